/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keys of "data" that hold lists and objects; the others are in the table of settings.c.
 */
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/spec.h"

static const char *const parts[] = {"varying",     "alternatives", "available", "derived",
                                    "categorical", "persons",      NULL};

static int fail_empty(const hbl_json *json, const cJSON *node, hbl_error *error)
{
    return hbl_json_fail(json, node, error, "is empty; leave the key out");
}

/* The name of a member of an object, allocated. */
static int read_key(const hbl_json *json, const cJSON *node, char **name, hbl_error *error)
{
    if (node->string[0] == '\0')
        return hbl_json_fail(json, node, error, "has an empty name");
    *name = hbl_strdup(node->string, error);
    return *name != NULL ? HBL_OK : HBL_ERR_MEMORY;
}

/* ---- alternatives */

static int read_alternatives(const hbl_json *json, const cJSON *node, hbl_data_spec *data,
                             hbl_error *error)
{
    int status;

    if (node == NULL)
        return HBL_OK;
    status = hbl_json_names(json, node, "a list of alternatives, such as [\"car\", \"bus\"]",
                            &data->alternatives, &data->n_alternatives, error);
    if (!status)
        status = hbl_json_unique(json, node, data->alternatives, data->n_alternatives, error);
    if (!status && data->n_alternatives < 2)
        status = hbl_json_fail(json, node, error, "names one alternative; a choice needs two");
    return status;
}

/* ---- varying: [ "price" ] or { "price": ["price_a", "price_b"] } */

static int read_varying_list(const hbl_json *json, const cJSON *node, hbl_data_spec *data,
                             hbl_error *error)
{
    char **names = NULL;
    size_t n = 0;
    int status = hbl_json_names(json, node, "a list of attributes", &names, &n, error);

    if (!status)
        status = hbl_json_unique(json, node, names, n, error);
    if (!status) {
        data->varying = hbl_calloc(n, sizeof *data->varying, "varying attributes", error);
        status = data->varying == NULL ? HBL_ERR_MEMORY : HBL_OK;
    }
    for (size_t i = 0; !status && i < n; i++) {
        data->varying[data->n_varying++].name = names[i];
        names[i] = NULL;
    }
    hbl_json_names_free(names, n);
    return status;
}

static int read_columns(const hbl_json *json, const cJSON *node, hbl_varying_spec *varying,
                        hbl_error *error)
{
    const int status = read_key(json, node, &varying->name, error);

    return status ? status
                  : hbl_json_names(json, node,
                                   "a list of columns, one for each alternative, such as "
                                   "[\"cost1\", \"cost2\"]",
                                   &varying->column, &varying->n_columns, error);
}

static int read_varying(const hbl_json *json, const cJSON *node, hbl_data_spec *data,
                        hbl_error *error)
{
    int status;

    if (node == NULL)
        return HBL_OK;
    if (!cJSON_IsArray(node) && !cJSON_IsObject(node))
        return hbl_json_fail_type(json, node,
                                  "a list of attributes, such as [\"price\"], or an object "
                                  "attribute -> list of columns",
                                  error);
    if (node->child == NULL)
        return fail_empty(json, node, error);
    if (cJSON_IsArray(node))
        return read_varying_list(json, node, data, error);
    status = hbl_json_members(json, node, sizeof *data->varying, "varying", &data->varying, error);
    for (const cJSON *c = node->child; !status && c != NULL; c = c->next)
        status = read_columns(json, c, &data->varying[data->n_varying++], error);
    return status;
}

/* ---- available: "avail" or { "car": "has_car" } */

static int read_available_of(const hbl_json *json, const cJSON *node, hbl_data_spec *data,
                             hbl_error *error)
{
    int status = hbl_json_members(json, node, sizeof *data->available_of, "availability",
                                  &data->available_of, error);

    for (const cJSON *c = node->child; !status && c != NULL; c = c->next) {
        hbl_available_spec *one = &data->available_of[data->n_available++];

        status = read_key(json, c, &one->alternative, error);
        if (!status)
            status = hbl_json_name(json, c, &one->column, error);
    }
    return status;
}

static int read_available(const hbl_json *json, const cJSON *node, hbl_data_spec *data,
                          hbl_error *error)
{
    if (node == NULL)
        return HBL_OK;
    if (cJSON_IsObject(node))
        return node->child == NULL ? fail_empty(json, node, error)
                                   : read_available_of(json, node, data, error);
    if (cJSON_IsString(node))
        return hbl_json_name(json, node, &data->available, error);
    return hbl_json_fail_type(json, node,
                              "a column, or an object alternative -> column, such as "
                              "{ \"car\": \"has_car\" }",
                              error);
}

/* ---- derived: { "time": "ivt + ovt" } */

static int read_derived(const hbl_json *json, const cJSON *node, hbl_data_spec *data,
                        hbl_error *error)
{
    int status =
        hbl_json_members(json, node, sizeof *data->derived, "derived", &data->derived, error);

    for (const cJSON *c = node ? node->child : NULL; !status && c != NULL; c = c->next) {
        hbl_derived_spec *derived = &data->derived[data->n_derived++];

        status = read_key(json, c, &derived->name, error);
        if (!status && !cJSON_IsString(c) && !cJSON_IsNumber(c))
            status = hbl_json_fail_type(json, c, "an expression, such as \"ivt + ovt\"", error);
        if (!status)
            status = hbl_json_name(json, c, &derived->expression, error);
    }
    return status;
}

/* ---- categorical: { "brand": "dummy", "colour": { "coding": "effects", "base": "blue" } } */

static int read_coding(const hbl_json *json, const cJSON *node, bool *effects, hbl_error *error)
{
    static const char *const codings[] = {"dummy", "effects"};
    const char *word = NULL, *nearest;
    const int status = hbl_json_string(json, node, &word, error);

    if (status)
        return status;
    *effects = strcmp(word, codings[1]) == 0;
    if (*effects || strcmp(word, codings[0]) == 0)
        return HBL_OK;
    nearest = hbl_nearest(word, codings, 2);
    return hbl_json_fail(json, node, error, "must be \"dummy\" or \"effects\", not \"%.60s\"%s%s%s",
                         word, nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                         nearest ? "\"?" : "");
}

static int read_categorical_object(const hbl_json *json, const cJSON *node,
                                   hbl_categorical_spec *one, hbl_error *error)
{
    static const char *const keys[] = {"coding", "base", NULL};
    const cJSON *coding = hbl_json_member(node, "coding"), *base = hbl_json_member(node, "base");
    int status = hbl_json_check_keys(json, node, NULL, "", keys, error);

    if (!status && coding != NULL)
        status = read_coding(json, coding, &one->effects, error);
    if (!status && base != NULL)
        status = hbl_json_name(json, base, &one->base, error);
    return status;
}

static int read_categorical(const hbl_json *json, const cJSON *node, hbl_data_spec *data,
                            hbl_error *error)
{
    int status = hbl_json_members(json, node, sizeof *data->categorical, "categorical",
                                  &data->categorical, error);

    for (const cJSON *c = node ? node->child : NULL; !status && c != NULL; c = c->next) {
        hbl_categorical_spec *one = &data->categorical[data->n_categorical++];

        status = read_key(json, c, &one->name, error);
        if (!status && cJSON_IsObject(c))
            status = read_categorical_object(json, c, one, error);
        else if (!status && cJSON_IsString(c))
            status = read_coding(json, c, &one->effects, error);
        else if (!status)
            status = hbl_json_fail_type(json, c,
                                        "\"dummy\", \"effects\" or an object such as { "
                                        "\"coding\": \"dummy\", \"base\": \"blue\" }",
                                        error);
    }
    return status;
}

/* ---- persons: "people.csv" or { "file": "people.csv", "person": "id" } */

static int read_persons(const hbl_json *json, const cJSON *node, hbl_data_spec *data,
                        hbl_error *error)
{
    static const char *const keys[] = {"file", "person", NULL};
    const cJSON *file = hbl_json_member(node, "file"), *key = hbl_json_member(node, "person");
    int status;

    if (node == NULL)
        return HBL_OK;
    if (cJSON_IsString(node))
        return hbl_json_name(json, node, &data->persons, error);
    if (!cJSON_IsObject(node))
        return hbl_json_fail_type(json, node,
                                  "the name of a CSV file, or { \"file\": \"people.csv\", "
                                  "\"person\": \"id\" }",
                                  error);
    status = hbl_json_check_keys(json, node, NULL, "", keys, error);
    if (!status && file == NULL)
        return hbl_json_fail(json, node, error, "has no \"file\", the name of a CSV file");
    if (!status)
        status = hbl_json_name(json, file, &data->persons, error);
    if (!status && key != NULL)
        status = hbl_json_name(json, key, &data->persons_key, error);
    return status;
}

/* ---- all */

int hbl_spec_read_data(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error)
{
    hbl_data_spec *data = &spec->data;
    int status = HBL_OK;

    if (node == NULL)
        return HBL_OK;
    status = hbl_json_settings(json, node, &hbl_section_data, parts, data, error);
    if (!status)
        status = read_alternatives(json, hbl_json_member(node, "alternatives"), data, error);
    if (!status)
        status = read_varying(json, hbl_json_member(node, "varying"), data, error);
    if (!status)
        status = read_available(json, hbl_json_member(node, "available"), data, error);
    if (!status)
        status = read_derived(json, hbl_json_member(node, "derived"), data, error);
    if (!status)
        status = read_categorical(json, hbl_json_member(node, "categorical"), data, error);
    if (!status)
        status = read_persons(json, hbl_json_member(node, "persons"), data, error);
    return status;
}
