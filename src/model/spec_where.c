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
