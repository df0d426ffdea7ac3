/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Failures that show only when model and data meet, pointed back into the model file. A spec holds
 * no places, so the file is read again; where that is not possible the message stands without a
 * line.
 */
#include <stdio.h>
#include <string.h>

#include "core/fail.h"
#include "model/spec.h"

static const char *path_of(const hbl_spec *spec)
{
    return spec->path != NULL ? spec->path : "model";
}

int hbl_spec_fail_formula(const hbl_spec *spec, size_t position, hbl_error *error,
                          const char *message)
{
    hbl_json *json = NULL;
    const cJSON *node = NULL;
    int status;

    if (spec->path != NULL && hbl_json_read(spec->path, &json, NULL) == HBL_OK)
        node = hbl_json_member(hbl_json_root(json), "formula");
    if (cJSON_IsString(node) && strcmp(node->valuestring, spec->formula) == 0)
        status = hbl_json_fail_within(json, node, position, error, message);
    else
        status = hbl_fail(error, HBL_ERR_INPUT, "%s: formula, character %zu: %s", path_of(spec),
                          position + 1, message);
    hbl_json_free(json);
    return status;
}

/* The member of node whose key text begins with, before what can follow a key; the longest such. */
static const cJSON *member_at(const cJSON *node, const char *text, size_t *length)
{
    const cJSON *found = NULL, *each;

    *length = 0;
    if (!cJSON_IsObject(node))
        return NULL;
    cJSON_ArrayForEach(each, node)
    {
        const size_t n = strlen(each->string);

        if (n > *length && strncmp(text, each->string, n) == 0 && strchr(".[: ", text[n]) != NULL) {
            found = each;
            *length = n;
        }
    }
    return found;
}

/* The node of "data.derived.time ...", or of what of that path the file has. */
static const cJSON *node_at(const cJSON *node, const char *text)
{
    const cJSON *deeper;
    size_t length;

    while ((deeper = member_at(node, text, &length)) != NULL) {
        node = deeper;
        text += length;
        if (*text != '.')
            break;
        text++;
    }
    return node;
}

static bool begins_with(const char *text, const char *path)
{
    return path != NULL && strncmp(text, path, strlen(path)) == 0;
}

void hbl_spec_place(const hbl_spec *spec, hbl_error *error)
{
    hbl_json *json = NULL;
    hbl_error placed = HBL_ERROR_INIT;
    const cJSON *root, *node;

    if (error == NULL || error->status != HBL_ERR_INPUT || spec->path == NULL ||
        begins_with(error->message, spec->data.file) ||
        begins_with(error->message, spec->data.persons) ||
        hbl_json_read(spec->path, &json, NULL) != HBL_OK)
        return;
    root = hbl_json_root(json);
    node = node_at(root, error->message);
    if (node != root) {
        hbl_json_fail_at(json, node, &placed, error->message);
        *error = placed;
    }
    hbl_json_free(json);
}

int hbl_spec_fail_member(const hbl_spec *spec, const char *section, const char *key,
                         hbl_error *error, const char *message)
{
    hbl_json *json = NULL;
    const cJSON *node = NULL;
    int status;

    if (spec->path != NULL && hbl_json_read(spec->path, &json, NULL) == HBL_OK)
        node = hbl_json_member(hbl_json_root(json), section);
    if (node != NULL && key != NULL)
        node = hbl_json_member(node, key);
    if (node != NULL)
        status = hbl_json_fail(json, node, error, "%s", message);
    else
        status = hbl_fail(error, HBL_ERR_INPUT, "%s: %s%s%s %s", path_of(spec), section,
                          key != NULL ? "." : "", key != NULL ? key : "", message);
    hbl_json_free(json);
    return status;
}
