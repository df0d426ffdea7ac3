/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings of the command line, put into the tree as if they stood in the file.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/json_private.h"

static int keep_assignment(hbl_json *json, const char *assignment, const char **kept,
                           hbl_error *error)
{
    char *copy = NULL;
    int status = hbl_grow(&json->overrides, &json->override_capacity, json->n_overrides + 1,
                          sizeof *json->overrides, "settings", error);

    if (!status) {
        copy = hbl_strdup(assignment, error);
        status = copy == NULL ? HBL_ERR_MEMORY : HBL_OK;
    }
    if (!status)
        *kept = json->overrides[json->n_overrides++] = copy;
    return status;
}

/* JSON where it reads as JSON (5, true, [1,2], "text"), otherwise the text itself. */
static cJSON *parse_value(const char *text)
{
    cJSON *value;

    errno = 0;
    value = cJSON_ParseWithOpts(text, NULL, 1);
    return value != NULL || errno == ENOMEM ? value : cJSON_CreateString(text);
}

/* Notes value and all within it as coming from assignment. */
static int add_places(hbl_json *json, const cJSON *parent, const cJSON *value,
                      const char *assignment, hbl_error *error)
{
    const hbl_json_place p = {.node = value, .parent = parent, .override = assignment};
    int status = hbl_json_add_place(json, p, error);

    for (const cJSON *c = value->child; !status && c != NULL; c = c->next)
        status = add_places(json, value, c, assignment, error);
    return status;
}

/* Puts value under key, in place of what is there. */
static int put(hbl_json *json, cJSON *object, const char *key, cJSON *value, const char *assignment,
               hbl_error *error)
{
    if (value == NULL)
        return hbl_fail_memory(error, "settings");
    cJSON_DeleteItemFromObjectCaseSensitive(object, key);
    if (!cJSON_AddItemToObject(object, key, value)) {
        cJSON_Delete(value);
        return hbl_fail_memory(error, "settings");
    }
    return add_places(json, object, value, assignment, error);
}

/* The names of coefficients, columns and alternatives may hold dots: within the objects that have
 * them for keys the rest of the path is one key, unless it goes on into an object that is there. */
static bool holds_names(const cJSON *object, const cJSON *parent)
{
    static const char *const names[] = {"random",  "held",        "varying",
                                        "derived", "categorical", "available"};
    const char *name = object->string != NULL ? object->string : "";
    const char *above = parent != NULL && parent->string != NULL ? parent->string : "";

    for (size_t i = 0; i < HBL_COUNT(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return strcmp(above, "simulate") == 0;
}

/* Finds, or makes, the object that holds the last key of a dotted path; *rest is that key. */
static int descend(hbl_json *json, const char *assignment, char *path, cJSON **object, char **rest,
                   hbl_error *error)
{
    const cJSON *parent = NULL;
    char *dot;

    *object = (cJSON *)(uintptr_t)json->root;
    for (*rest = path; (dot = strchr(*rest, '.')) != NULL; *rest = dot + 1) {
        cJSON *child;
        int status = HBL_OK;

        if (cJSON_GetObjectItemCaseSensitive(*object, *rest) != NULL)
            return HBL_OK;
        *dot = '\0';
        child = cJSON_GetObjectItemCaseSensitive(*object, *rest);
        if (holds_names(*object, parent) && !cJSON_IsObject(child)) {
            *dot = '.';
            return HBL_OK;
        }
        if (child == NULL) {
            child = cJSON_CreateObject();
            status = put(json, *object, *rest, child, assignment, error);
        } else if (!cJSON_IsObject(child)) {
            status = hbl_fail(error, HBL_ERR_INPUT,
                              "--set %.200s: \"%s\" has no settings within: in %s it is not an "
                              "object",
                              assignment, *rest, json->path);
        }
        if (status)
            return status;
        parent = *object;
        *object = child;
    }
    return HBL_OK;
}

int hbl_json_override(hbl_json *json, const char *assignment, hbl_error *error)
{
    const char *kept = NULL, *equals = strchr(assignment, '=');
    cJSON *object = NULL;
    char *path, *rest = NULL;
    int status;

    if (equals == NULL || equals == assignment)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "--set %.200s: write it as key=value, such as "
                        "hb.draws=5000",
                        assignment);
    status = keep_assignment(json, assignment, &kept, error);
    path = status ? NULL : hbl_strdup(assignment, error);
    if (path == NULL)
        return HBL_ERR_MEMORY;
    path[equals - assignment] = '\0';
    status = descend(json, kept, path, &object, &rest, error);
    if (!status)
        status = put(json, object, rest, parse_value(equals + 1), kept, error);
    free(path);
    return status;
}
