/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "simulate" of the model file. Whether its names are the model's coefficients shows when the
 * formula meets the alternatives, in simulate/.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/spec.h"

/* Keys that are objects or lists of their own. */
static const char *const parts[] = {"tasks", "alternatives", "attributes", "mean", "sd",
                                    "slope", "correlation",  "fixed",      NULL};

/* ---- numbers of tasks and alternatives: 12 or [8, 12] */

static int read_count(const hbl_json *json, const cJSON *node, size_t least, size_t *count,
                      hbl_error *error)
{
    const size_t most = 1000000;
    double value = 0.0;
    const int status = hbl_json_number(json, node, &value, error);

    if (status)
        return status;
    if (value != floor(value) || value < (double)least || value > (double)most)
        return hbl_json_fail(json, node, error, "must be a whole number from %zu to %zu, not %g",
                             least, most, value);
    *count = (size_t)value;
    return HBL_OK;
}

static int read_range(const hbl_json *json, const cJSON *object, const char *key, size_t least,
                      size_t *low, size_t *high, hbl_error *error)
{
    const cJSON *node = hbl_json_member(object, key);
    int status;

    if (node == NULL)
        return hbl_json_fail(json, object, error,
                             "states persons but not \"%s\"; give their number, such as 8, or its "
                             "range, such as [5, 8]",
                             key);
    if (cJSON_IsArray(node) && cJSON_GetArraySize(node) == 2) {
        status = read_count(json, node->child, least, low, error);
        if (!status)
            status = read_count(json, node->child->next, least, high, error);
    } else if (cJSON_IsNumber(node)) {
        status = read_count(json, node, least, low, error);
        *high = *low;
    } else {
        status = hbl_json_fail_type(json, node, "a whole number or a pair [least, most]", error);
    }
    if (!status && *low > *high)
        return hbl_json_fail(json, node, error, "goes from %zu down to %zu", *low, *high);
    return status;
}

/* ---- attributes */

static int check_attribute(const hbl_json *json, const cJSON *node,
                           const hbl_attribute_spec *attribute, hbl_error *error)
{
    const double *v = attribute->value;

    if (attribute->kind != HBL_ATTRIBUTE_LEVELS && attribute->n_values != 2)
        return hbl_json_fail(json, node, error, "takes two numbers, not %zu", attribute->n_values);
    if (attribute->kind == HBL_ATTRIBUTE_UNIFORM && !(v[0] < v[1]))
        return hbl_json_fail(json, node, error, "needs low < high, not %g and %g", v[0], v[1]);
    if (attribute->kind == HBL_ATTRIBUTE_NORMAL && !(v[1] > 0.0))
        return hbl_json_fail(json, node, error, "needs a standard deviation above 0, not %g", v[1]);
    return HBL_OK;
}

const char *const hbl_attribute_owners[] = {[HBL_ATTRIBUTE_OF_ALTERNATIVE] = "alternative",
                                            [HBL_ATTRIBUTE_OF_TASK] = "task",
                                            [HBL_ATTRIBUTE_OF_PERSON] = "person",
                                            NULL};

static int read_owner(const hbl_json *json, const cJSON *node, hbl_attribute_owner *of,
                      hbl_error *error)
{
    const char *word = NULL;
    int status = HBL_OK;

    if (node == NULL)
        return HBL_OK;
    status = hbl_json_string(json, node, &word, error);
    for (int k = 0; !status && hbl_attribute_owners[k] != NULL; k++) {
        if (strcmp(word, hbl_attribute_owners[k]) == 0) {
            *of = (hbl_attribute_owner)k;
            return HBL_OK;
        }
    }
    return status ? status
                  : hbl_json_fail(json, node, error,
                                  "must be \"alternative\", \"task\" or \"person\", not \"%.60s\"",
                                  word);
}

/* { "levels": [1, 2, 3] } or another kind, and perhaps what has one value of it. */
static int read_attribute(const hbl_json *json, const cJSON *node, hbl_attribute_spec *attribute,
                          hbl_error *error)
{
    static const char *const keys[] = {[HBL_ATTRIBUTE_LEVELS] = "levels",
                                       [HBL_ATTRIBUTE_UNIFORM] = "uniform",
                                       [HBL_ATTRIBUTE_NORMAL] = "normal",
                                       "of",
                                       NULL};
    const cJSON *of = hbl_json_member(node, "of"), *values = NULL;
    int status;

    if (!cJSON_IsObject(node) || cJSON_GetArraySize(node) != 1 + (of != NULL))
        return hbl_json_fail(json, node, error,
                             "must be one of {\"levels\": [1, 2, 3]}, {\"uniform\": [low, high]}, "
                             "{\"normal\": [mean, sd]}, and may add \"of\": \"person\"");
    status = hbl_json_check_keys(json, node, NULL, "", keys, error);
    if (status)
        return status;
    attribute->name = hbl_strdup(node->string, error);
    if (attribute->name == NULL)
        return HBL_ERR_MEMORY;
    for (int k = HBL_ATTRIBUTE_LEVELS; k <= HBL_ATTRIBUTE_NORMAL; k++) {
        if (hbl_json_member(node, keys[k]) != NULL) {
            values = hbl_json_member(node, keys[k]);
            attribute->kind = (hbl_attribute_kind)k;
        }
    }
    status = hbl_json_numbers(json, values, 1, &attribute->value, &attribute->n_values, error);
    if (!status)
        status = check_attribute(json, values, attribute, error);
    return status ? status : read_owner(json, of, &attribute->of, error);
}

static int read_attributes(const hbl_json *json, const cJSON *node, hbl_simulation_spec *s,
                           hbl_error *error)
{
    int status = hbl_json_members(json, node, sizeof *s->attribute, "simulated attributes",
                                  &s->attribute, error);

    for (const cJSON *c = node ? node->child : NULL; !status && c != NULL; c = c->next)
        status = read_attribute(json, c, &s->attribute[s->n_attributes++], error);
    return status;
}

/* ---- the truth */

static int read_values(const hbl_json *json, const cJSON *object, const char *key,
                       hbl_named_value **values, size_t *n, hbl_error *error)
{
    return hbl_spec_read_values(json, hbl_json_member(object, key), "the truth", values, n, error);
}

static int check_slopes(const hbl_json *json, const cJSON *node, hbl_error *error)
{
    for (const cJSON *c = node ? node->child : NULL; c != NULL; c = c->next) {
        if (strchr(c->string, ':') == NULL)
            return hbl_json_fail(json, c, error,
                                 "must be a coefficient and a covariate, such as "
                                 "\"price:income\"");
    }
    return HBL_OK;
}

static int check_sds(const hbl_json *json, const cJSON *node, const hbl_simulation_spec *s,
                     hbl_error *error)
{
    for (size_t i = 0; i < s->n_sds; i++) {
        if (s->sd[i].value < 0.0)
            return hbl_json_fail(json, hbl_json_member(node, s->sd[i].name), error,
                                 "is a standard deviation: it must be at least 0, not %g",
                                 s->sd[i].value);
    }
    return HBL_OK;
}

static int read_row(const hbl_json *json, const cJSON *node, size_t size, double *row,
                    hbl_error *error)
{
    double *values = NULL;
    size_t n = 0;
    int status = hbl_json_numbers(json, node, size, &values, &n, error);

    if (!status && n != size)
        status = hbl_json_fail(json, node, error, "has %zu numbers; \"mean\" has %zu coefficients",
                               n, size);
    for (size_t i = 0; !status && i < size; i++) {
        row[i] = values[i];
        if (fabs(row[i]) > 1.0)
            status = hbl_json_fail(json, node, error, "holds %g, which is no correlation", row[i]);
    }
    free(values);
    return status;
}

static int read_correlation(const hbl_json *json, const cJSON *node, hbl_simulation_spec *s,
                            hbl_error *error)
{
    const size_t size = s->n_means;
    size_t i = 0;
    int status = HBL_OK;

    if (node == NULL)
        return HBL_OK;
    if (!cJSON_IsArray(node))
        return hbl_json_fail_type(json, node, "a list of rows, in the order of \"mean\"", error);
    if ((size_t)cJSON_GetArraySize(node) != size)
        return hbl_json_fail(json, node, error, "has %d rows; \"mean\" has %zu coefficients",
                             cJSON_GetArraySize(node), size);
    s->correlation = hbl_calloc(size * size, sizeof *s->correlation, "the truth", error);
    if (s->correlation == NULL)
        return HBL_ERR_MEMORY;
    s->correlation_size = size;
    for (const cJSON *c = node->child; !status && c != NULL; c = c->next)
        status = read_row(json, c, size, s->correlation + size * i++, error);
    return status;
}

static int read_truth(const hbl_json *json, const cJSON *node, hbl_simulation_spec *s,
                      hbl_error *error)
{
    const cJSON *sd = hbl_json_member(node, "sd");
    int status = read_values(json, node, "mean", &s->mean, &s->n_means, error);

    if (!status)
        status = read_values(json, node, "sd", &s->sd, &s->n_sds, error);
    if (!status)
        status = check_sds(json, sd, s, error);
    if (!status)
        status = read_values(json, node, "fixed", &s->fixed, &s->n_fixed, error);
    if (!status)
        status = read_values(json, node, "slope", &s->slope, &s->n_slopes, error);
    if (!status)
        status = check_slopes(json, hbl_json_member(node, "slope"), error);
    if (!status)
        status = read_correlation(json, hbl_json_member(node, "correlation"), s, error);
    return status;
}

/* With no people stated the rows come from a file, and nothing can be said about them here. */
static int check_rows_given(const hbl_json *json, const cJSON *node, hbl_error *error)
{
    static const char *const keys[] = {"tasks", "alternatives", "attributes"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const cJSON *given = hbl_json_member(node, keys[i]);

        if (given != NULL)
            return hbl_json_fail(json, given, error,
                                 "needs \"persons\", the number of people to draw; without it "
                                 "choices are drawn on the rows of data.file");
    }
    return HBL_OK;
}

int hbl_spec_read_simulation(const hbl_json *json, const cJSON *node, hbl_spec *spec,
                             hbl_error *error)
{
    hbl_simulation_spec *s = &spec->simulate;
    int status;

    if (node == NULL)
        return HBL_OK;
    s->present = true;
    status = hbl_options_default(hbl_section_simulation.option, hbl_section_simulation.n, s, error);
    if (!status)
        status = hbl_json_settings(json, node, &hbl_section_simulation, parts, s, error);
    if (!status && s->n_persons == 0)
        status = check_rows_given(json, node, error);
    if (!status && s->n_persons > 0)
        status = read_range(json, node, "tasks", 1, &s->tasks_min, &s->tasks_max, error);
    if (!status && s->n_persons > 0)
        status = read_range(json, node, "alternatives", 2, &s->alternatives_min,
                            &s->alternatives_max, error);
    if (!status)
        status = read_attributes(json, hbl_json_member(node, "attributes"), s, error);
    if (!status)
        status = read_truth(json, node, s, error);
    return status;
}
