/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values of the model file, with complaints where they are of the wrong kind.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/json.h"

enum { TEXT = 320 };

const cJSON *hbl_json_member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static void describe(const cJSON *node, char *text, size_t size)
{
    char number[32];

    if (cJSON_IsString(node)) {
        snprintf(text, size, "the text \"%.60s\"", node->valuestring);
    } else if (cJSON_IsNumber(node)) {
        hbl_format_number(node->valuedouble, number, sizeof number);
        snprintf(text, size, "the number %s", number);
    } else {
        snprintf(text, size, "%s",
                 cJSON_IsTrue(node)     ? "true"
                 : cJSON_IsFalse(node)  ? "false"
                 : cJSON_IsArray(node)  ? (node->child != NULL ? "a list" : "an empty list")
                 : cJSON_IsObject(node) ? "an object"
                                        : "null");
    }
}

int hbl_json_fail_type(const hbl_json *json, const cJSON *node, const char *wanted,
                       hbl_error *error)
{
    char found[TEXT];

    describe(node, found, sizeof found);
    return hbl_json_fail(json, node, error, "must be %s, not %s", wanted, found);
}

int hbl_json_object(const hbl_json *json, const cJSON *node, hbl_error *error)
{
    return cJSON_IsObject(node) ? HBL_OK
                                : hbl_json_fail_type(json, node, "an object { ... }", error);
}

int hbl_json_members(const hbl_json *json, const cJSON *node, size_t size, const char *what,
                     void *array, hbl_error *error)
{
    void *members = NULL;
    int status = HBL_OK;

    if (node != NULL)
        status = hbl_json_object(json, node, error);
    if (node != NULL && !status) {
        members = hbl_calloc((size_t)cJSON_GetArraySize(node), size, what, error);
        status = members == NULL ? HBL_ERR_MEMORY : HBL_OK;
    }
    memcpy(array, &members, sizeof members);
    return status;
}

int hbl_json_number(const hbl_json *json, const cJSON *node, double *value, hbl_error *error)
{
    if (!cJSON_IsNumber(node) || !isfinite(node->valuedouble))
        return hbl_json_fail_type(json, node, "a number", error);
    *value = node->valuedouble;
    return HBL_OK;
}

int hbl_json_string(const hbl_json *json, const cJSON *node, const char **value, hbl_error *error)
{
    const char *given = hbl_json_overridden(json, node);

    if (cJSON_IsString(node))
        *value = node->valuestring;
    else if (given != NULL && !cJSON_IsArray(node) && !cJSON_IsObject(node))
        *value = given;
    else
        return hbl_json_fail_type(json, node, "text", error);
    return HBL_OK;
}

int hbl_json_numbers(const hbl_json *json, const cJSON *node, size_t least, double **value,
                     size_t *n, hbl_error *error)
{
    const size_t size = cJSON_IsArray(node) ? (size_t)cJSON_GetArraySize(node) : 0;
    char wanted[TEXT];
    size_t i = 0;

    snprintf(wanted, sizeof wanted, "a list of at least %zu number%s", least,
             least == 1 ? "" : "s");
    if (!cJSON_IsArray(node))
        return hbl_json_fail_type(json, node, wanted, error);
    if (size < least)
        return hbl_json_fail(json, node, error, "must be %s, not of %zu", wanted, size);
    *value = hbl_calloc(size, sizeof **value, "a list of numbers", error);
    if (*value == NULL)
        return HBL_ERR_MEMORY;
    for (const cJSON *c = node->child; c != NULL; c = c->next) {
        const int status = hbl_json_number(json, c, &(*value)[i++], error);

        if (status)
            return status;
    }
    *n = size;
    return HBL_OK;
}

/* ---- names */

int hbl_json_name(const hbl_json *json, const cJSON *node, char **name, hbl_error *error)
{
    const char *text = NULL;
    char number[32];

    if (cJSON_IsString(node) && node->valuestring[0] == '\0')
        return hbl_json_fail(json, node, error, "is empty; it must be a name");
    if (cJSON_IsNumber(node) && isfinite(node->valuedouble)) {
        hbl_format_number(node->valuedouble, number, sizeof number);
        text = number;
    } else if (cJSON_IsString(node)) {
        text = node->valuestring;
    } else {
        return hbl_json_fail_type(json, node, "a name", error);
    }
    *name = hbl_strdup(text, error);
    return *name != NULL ? HBL_OK : HBL_ERR_MEMORY;
}

int hbl_json_names(const hbl_json *json, const cJSON *node, const char *wanted, char ***names,
                   size_t *n, hbl_error *error)
{
    int status = HBL_OK;

    if (!cJSON_IsArray(node) || node->child == NULL)
        return hbl_json_fail_type(json, node, wanted, error);
    *names = hbl_calloc((size_t)cJSON_GetArraySize(node), sizeof **names, "a list of names", error);
    if (*names == NULL)
        return HBL_ERR_MEMORY;
    for (const cJSON *c = node->child; !status && c != NULL; c = c->next) {
        char *name = NULL;

        status = hbl_json_name(json, c, &name, error);
        if (!status)
            (*names)[(*n)++] = name;
    }
    return status;
}

int hbl_json_unique(const hbl_json *json, const cJSON *node, char *const *names, size_t n,
                    hbl_error *error)
{
    size_t i = 0;

    for (const cJSON *c = node->child; c != NULL && i < n; c = c->next, i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(names[k], names[i]) == 0)
                return hbl_json_fail(json, c, error, "names \"%.60s\" a second time", names[i]);
        }
    }
    return HBL_OK;
}

void hbl_json_names_free(char **names, size_t n)
{
    for (size_t i = 0; names != NULL && i < n; i++)
        free(names[i]);
    free(names);
}
