/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "random" and "correlation" of the model file.
 */
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/spec.h"

/* ---- random */

static int fail_distribution(const hbl_json *json, const cJSON *node, const char *name,
                             hbl_error *error)
{
    const char *names[32], *nearest;
    char list[512] = "";
    size_t n = 0;

    for (; hbl_mixings[n] != NULL && n < 32; n++) {
        names[n] = hbl_mixings[n]->name;
        if (n > 0)
            strncat(list, ", ", sizeof list - strlen(list) - 1);
        strncat(list, names[n], sizeof list - strlen(list) - 1);
    }
    nearest = hbl_nearest(name, names, n);
    if (nearest != NULL)
        return hbl_json_fail(json, node, error,
                             "has no distribution \"%.60s\"; did you mean \"%s\"?", name, nearest);
    return hbl_json_fail(json, node, error, "has no distribution \"%.60s\"; there are %s", name,
                         list);
}

static int read_distribution(const hbl_json *json, const cJSON *node, hbl_random_spec *random,
                             hbl_error *error)
{
    const char *name = NULL;
    const int status = hbl_json_string(json, node, &name, error);

    if (status)
        return status;
    random->mixing = hbl_mixing_find(name);
    return random->mixing != NULL ? HBL_OK : fail_distribution(json, node, name, error);
}

static int read_bound(const hbl_json *json, const cJSON *node, const hbl_mixing *mixing,
                      double *bound, hbl_error *error)
{
    if (node == NULL)
        return HBL_OK;
    if (!mixing->has_bounds)
        return hbl_json_fail(json, node, error, "has no meaning: %s has no bounds", mixing->name);
    return hbl_json_number(json, node, bound, error);
}

/* { "distribution": "johnson-sb", "lower": 0, "upper": 3 } */
static int read_long_form(const hbl_json *json, const cJSON *node, hbl_random_spec *random,
                          hbl_error *error)
{
    static const char *const keys[] = {"distribution", "lower", "upper", NULL};
    const cJSON *distribution = hbl_json_member(node, keys[0]);
    int status = hbl_json_check_keys(json, node, NULL, "", keys, error);

    if (!status && distribution == NULL)
        return hbl_json_fail(json, node, error,
                             "has no \"distribution\", such as \"normal\" or \"johnson-sb\"");
    if (!status)
        status = read_distribution(json, distribution, random, error);
    if (!status)
        status =
            read_bound(json, hbl_json_member(node, "lower"), random->mixing, &random->lower, error);
    if (!status)
        status =
            read_bound(json, hbl_json_member(node, "upper"), random->mixing, &random->upper, error);
    if (!status && !(random->lower < random->upper))
        return hbl_json_fail(json, node, error, "has lower bound %g, not below its upper %g",
                             random->lower, random->upper);
    return status;
}

static int read_one(const hbl_json *json, const cJSON *node, hbl_random_spec *random,
                    hbl_error *error)
{
    random->lower = 0.0;
    random->upper = 1.0;
    random->name = hbl_strdup(node->string, error);
    if (random->name == NULL)
        return HBL_ERR_MEMORY;
    if (cJSON_IsObject(node))
        return read_long_form(json, node, random, error);
    if (!cJSON_IsString(node))
        return hbl_json_fail_type(
            json, node, "a distribution, such as \"normal\", or an object with one", error);
    return read_distribution(json, node, random, error);
}

int hbl_spec_read_random(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error)
{
    int status = hbl_json_members(json, node, sizeof *spec->random, "random coefficients",
                                  &spec->random, error);

    for (const cJSON *c = node ? node->child : NULL; !status && c != NULL; c = c->next)
        status = read_one(json, c, &spec->random[spec->n_random++], error);
    return status;
}

/* ---- correlation */

static int read_block(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error)
{
    const size_t b = spec->n_blocks++;

    return hbl_json_names(json, node, "a list of coefficients, such as [\"pf\", \"cl\"]",
                          &spec->block[b], &spec->block_size[b], error);
}

static int read_blocks(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error)
{
    const size_t n = (size_t)cJSON_GetArraySize(node);
    int status = HBL_OK;

    spec->correlation = HBL_CORRELATION_BLOCKS;
    spec->block = hbl_calloc(n, sizeof *spec->block, "covariance blocks", error);
    spec->block_size = hbl_calloc(n, sizeof *spec->block_size, "covariance blocks", error);
    if (spec->block == NULL || spec->block_size == NULL)
        return HBL_ERR_MEMORY;
    for (const cJSON *c = node->child; !status && c != NULL; c = c->next)
        status = read_block(json, c, spec, error);
    return status;
}

int hbl_spec_read_correlation(const hbl_json *json, const cJSON *node, hbl_spec *spec,
                              hbl_error *error)
{
    static const char wanted[] = "\"full\", \"none\" or a list of blocks, such as "
                                 "[[\"pf\", \"cl\"], [\"loc\", \"wk\"]]";

    if (node == NULL)
        return HBL_OK;
    if (cJSON_IsArray(node))
        return read_blocks(json, node, spec, error);
    if (cJSON_IsString(node) && strcmp(node->valuestring, "full") == 0)
        spec->correlation = HBL_CORRELATION_FULL;
    else if (cJSON_IsString(node) && strcmp(node->valuestring, "none") == 0)
        spec->correlation = HBL_CORRELATION_NONE;
    else
        return hbl_json_fail_type(json, node, wanted, error);
    return HBL_OK;
}
