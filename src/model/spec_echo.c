/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A spec as JSON, every default filled in: what run.json records, and what hbl_spec_read, given the
 * same folder, reads back to the same spec. Running out of memory shows as NULL somewhere below and
 * at the end as no text at all.
 */
#include <stdio.h>
#include <string.h>

#include "model/spec.h"

/* ---- settings, from their tables */

static cJSON *within(cJSON *object, const char *key, size_t length)
{
    char part[64];
    cJSON *child;

    snprintf(part, sizeof part, "%.*s", (int)length, key);
    child = cJSON_GetObjectItemCaseSensitive(object, part);
    return child != NULL ? child : cJSON_AddObjectToObject(object, part);
}

/* Words and texts are quoted; numbers and booleans are written as they are. */
static bool is_quoted(const hbl_option *option, const char *text)
{
    switch (option->type) {
    case HBL_OPTION_CHOICE:
        return true;
    case HBL_OPTION_LINEAR:
        return strchr(text, 'K') != NULL;
    default:
        return false;
    }
}

static bool add_option(cJSON *object, const hbl_option *option, const void *section)
{
    const char *key = option->key;
    char text[64];

    for (const char *dot; object != NULL && (dot = strchr(key, '.')) != NULL; key = dot + 1)
        object = within(object, key, (size_t)(dot - key));
    if (option->type == HBL_OPTION_STRING || option->type == HBL_OPTION_WORD) {
        const char *value = *(char *const *)(const void *)((const char *)section + option->offset);

        return value == NULL || cJSON_AddStringToObject(object, key, value) != NULL;
    }
    if (!hbl_option_format(option, section, text, sizeof text))
        return true;
    if (is_quoted(option, text))
        return cJSON_AddStringToObject(object, key, text) != NULL;
    return cJSON_AddRawToObject(object, key, text) != NULL;
}

static bool add_section(cJSON *object, const hbl_section *section, const void *values)
{
    bool done = object != NULL;

    for (size_t i = 0; done && i < section->n; i++) {
        if (section->option[i].type != HBL_OPTION_LATER)
            done = add_option(object, &section->option[i], values);
    }
    return done;
}

/* ---- data */

/* The file as the model file's folder sees it. */
static bool add_data(cJSON *root, const hbl_spec *spec)
{
    cJSON *object = cJSON_AddObjectToObject(root, "data");
    const char *slash = spec->path != NULL ? strrchr(spec->path, '/') : NULL;
    const size_t length = slash != NULL ? (size_t)(slash - spec->path) + 1 : 0;
    hbl_data_spec data = spec->data;

    if (data.file != NULL && length > 0 && strncmp(data.file, spec->path, length) == 0 &&
        data.file[length] != '/')
        data.file += length;
    return add_section(object, &hbl_section_data, &data);
}

/* ---- random and correlation */

/* Exactly: cJSON's own way may lose the last digit. */
static bool add_number(cJSON *object, const char *key, double value)
{
    char text[64];

    hbl_format_number(value, text, sizeof text);
    return cJSON_AddRawToObject(object, key, text) != NULL;
}

static bool add_random(cJSON *root, const hbl_spec *spec)
{
    cJSON *object = cJSON_AddObjectToObject(root, "random");
    bool done = object != NULL;

    for (size_t i = 0; done && i < spec->n_random; i++) {
        const hbl_random_spec *r = &spec->random[i];
        cJSON *one;

        if (!r->mixing->has_bounds) {
            done = cJSON_AddStringToObject(object, r->name, r->mixing->name) != NULL;
            continue;
        }
        one = cJSON_AddObjectToObject(object, r->name);
        done = cJSON_AddStringToObject(one, "distribution", r->mixing->name) != NULL &&
               add_number(one, "lower", r->lower) && add_number(one, "upper", r->upper);
    }
    return done;
}

/* cJSON_AddItemToArray frees nothing where it fails. */
static bool append(cJSON *array, cJSON *item)
{
    if (item != NULL && cJSON_AddItemToArray(array, item))
        return true;
    cJSON_Delete(item);
    return false;
}

static bool add_blocks(cJSON *root, const hbl_spec *spec)
{
    cJSON *list = cJSON_AddArrayToObject(root, "correlation");
    bool done = list != NULL;

    for (size_t b = 0; done && b < spec->n_blocks; b++) {
        cJSON *block = cJSON_CreateArray();

        done = append(list, block);
        for (size_t i = 0; done && i < spec->block_size[b]; i++)
            done = append(block, cJSON_CreateString(spec->block[b][i]));
    }
    return done;
}

static bool add_correlation(cJSON *root, const hbl_spec *spec)
{
    if (spec->correlation == HBL_CORRELATION_BLOCKS)
        return add_blocks(root, spec);
    return cJSON_AddStringToObject(root, "correlation",
                                   spec->correlation == HBL_CORRELATION_FULL ? "full" : "none") !=
           NULL;
}

/* ---- simulate */

static bool add_numbers(cJSON *object, const char *key, const double *value, size_t n)
{
    cJSON *list = cJSON_AddArrayToObject(object, key);
    bool done = list != NULL;

    for (size_t i = 0; done && i < n; i++)
        done = append(list, cJSON_CreateNumber(value[i]));
    return done;
}

static bool add_range(cJSON *object, const char *key, size_t low, size_t high)
{
    const double range[2] = {(double)low, (double)high};

    return add_numbers(object, key, range, 2);
}

static bool add_attributes(cJSON *object, const hbl_simulation_spec *s)
{
    static const char *const kinds[] = {[HBL_ATTRIBUTE_LEVELS] = "levels",
                                        [HBL_ATTRIBUTE_UNIFORM] = "uniform",
                                        [HBL_ATTRIBUTE_NORMAL] = "normal"};
    cJSON *list = cJSON_AddObjectToObject(object, "attributes");
    bool done = list != NULL;

    for (size_t i = 0; done && i < s->n_attributes; i++) {
        const hbl_attribute_spec *a = &s->attribute[i];

        done = add_numbers(cJSON_AddObjectToObject(list, a->name), kinds[a->kind], a->value,
                           a->n_values);
    }
    return done;
}

static bool add_values(cJSON *object, const char *key, const hbl_named_value *value, size_t n)
{
    cJSON *values = cJSON_AddObjectToObject(object, key);
    bool done = values != NULL;

    for (size_t i = 0; done && i < n; i++)
        done = cJSON_AddNumberToObject(values, value[i].name, value[i].value) != NULL;
    return done;
}

static bool add_truth_correlation(cJSON *object, const hbl_simulation_spec *s)
{
    const size_t n = s->correlation_size;
    cJSON *rows = cJSON_AddArrayToObject(object, "correlation");
    bool done = rows != NULL;

    for (size_t i = 0; done && i < n; i++)
        done = append(rows, cJSON_CreateDoubleArray(s->correlation + i * n, (int)n));
    return done;
}

static bool add_simulation(cJSON *root, const hbl_simulation_spec *s)
{
    cJSON *object = cJSON_AddObjectToObject(root, "simulate");
    bool done = add_section(object, &hbl_section_simulation, s);

    if (done && s->n_persons > 0)
        done = add_range(object, "tasks", s->tasks_min, s->tasks_max) &&
               add_range(object, "alternatives", s->alternatives_min, s->alternatives_max) &&
               add_attributes(object, s);
    done = done && add_values(object, "mean", s->mean, s->n_means) &&
           add_values(object, "sd", s->sd, s->n_sds) &&
           add_values(object, "fixed", s->fixed, s->n_fixed);
    if (done && s->correlation_size > 0)
        done = add_truth_correlation(object, s);
    return done;
}

char *hbl_spec_to_json(const hbl_spec *spec)
{
    cJSON *root = cJSON_CreateObject();
    char *text = NULL;
    const bool done =
        add_section(root, &hbl_section_top, spec) && add_data(root, spec) &&
        add_random(root, spec) && add_correlation(root, spec) &&
        add_section(cJSON_AddObjectToObject(root, "hb"), &hbl_section_hb, &spec->hb) &&
        (!spec->simulate.present || add_simulation(root, &spec->simulate));

    if (done)
        text = cJSON_Print(root);
    cJSON_Delete(root);
    return text;
}
