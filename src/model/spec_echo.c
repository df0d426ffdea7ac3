/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A spec as JSON, every default filled in: what run.json records, and what hbl_spec_read, given the
 * same folder, reads back to the same spec. Running out of memory shows as NULL somewhere below and
 * at the end as no text at all.
 */
#include "model/spec_echo.h"

#include <stdio.h>
#include <string.h>

/* ---- lists and objects */

bool hbl_echo_append(cJSON *array, cJSON *item)
{
    if (item != NULL && cJSON_AddItemToArray(array, item))
        return true;
    cJSON_Delete(item);
    return false;
}

bool hbl_echo_put(cJSON *object, const char *key, cJSON *item)
{
    if (item != NULL && cJSON_AddItemToObject(object, key, item))
        return true;
    cJSON_Delete(item);
    return false;
}

static cJSON *number(double value)
{
    char text[64];

    hbl_format_number(value, text, sizeof text);
    return cJSON_CreateRaw(text);
}

bool hbl_echo_number(cJSON *object, const char *key, double value)
{
    return hbl_echo_put(object, key, number(value));
}

cJSON *hbl_echo_row(const double *value, size_t n)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; list != NULL && i < n; i++) {
        if (!hbl_echo_append(list, number(value[i]))) {
            cJSON_Delete(list);
            return NULL;
        }
    }
    return list;
}

bool hbl_echo_numbers(cJSON *object, const char *key, const double *value, size_t n)
{
    return hbl_echo_put(object, key, hbl_echo_row(value, n));
}

cJSON *hbl_echo_list(char *const *names, size_t n)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; list != NULL && i < n; i++) {
        if (!hbl_echo_append(list, names[i] != NULL ? cJSON_CreateString(names[i]) : number(0.0))) {
            cJSON_Delete(list);
            return NULL;
        }
    }
    return list;
}

bool hbl_echo_values(cJSON *object, const char *key, const hbl_named_value *value, size_t n)
{
    cJSON *values = cJSON_AddObjectToObject(object, key);
    bool done = values != NULL;

    for (size_t i = 0; done && i < n; i++)
        done = hbl_echo_number(values, value[i].name, value[i].value);
    return done;
}

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

static bool is_text(const hbl_option *option)
{
    return option->type == HBL_OPTION_STRING || option->type == HBL_OPTION_WORD ||
           option->type == HBL_OPTION_NAME;
}

static bool add_option(cJSON *object, const hbl_option *option, const void *section)
{
    const char *key = option->key;
    char text[64];

    for (const char *dot; object != NULL && (dot = strchr(key, '.')) != NULL; key = dot + 1)
        object = within(object, key, (size_t)(dot - key));
    if (is_text(option)) {
        const char *value = *(char *const *)(const void *)((const char *)section + option->offset);

        return value == NULL || cJSON_AddStringToObject(object, key, value) != NULL;
    }
    if (!hbl_option_format(option, section, text, sizeof text))
        return true;
    if (is_quoted(option, text))
        return cJSON_AddStringToObject(object, key, text) != NULL;
    return cJSON_AddRawToObject(object, key, text) != NULL;
}

bool hbl_echo_section(cJSON *object, const hbl_section *section, const void *values)
{
    bool done = object != NULL;

    for (size_t i = 0; done && i < section->n; i++)
        done = add_option(object, &section->option[i], values);
    return done;
}

/* ---- the whole file */

char *hbl_spec_to_json(const hbl_spec *spec)
{
    cJSON *root = cJSON_CreateObject();
    char *text = NULL;
    const bool done =
        hbl_echo_section(root, &hbl_section_top, spec) && hbl_echo_data(root, spec) &&
        hbl_echo_coefficients(root, spec) &&
        hbl_echo_section(cJSON_AddObjectToObject(root, "hb"), &hbl_section_hb, &spec->hb) &&
        hbl_echo_section(cJSON_AddObjectToObject(root, "msl"), &hbl_section_msl, &spec->msl) &&
        (!spec->simulate.present || hbl_echo_simulation(root, &spec->simulate));

    if (done)
        text = cJSON_Print(root);
    cJSON_Delete(root);
    return text;
}
