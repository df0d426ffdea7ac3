/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From run.json back to the spec, before anything is touched.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fail.h"
#include "run/file.h"
#include "run/manifest.h"

static const cJSON *item(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static hbl_run_status status_of(const cJSON *root)
{
    const char *word = cJSON_GetStringValue(item(root, "status"));

    if (!word)
        return HBL_RUN_CUT_OFF;
    return strcmp(word, "done") == 0          ? HBL_RUN_DONE
           : strcmp(word, "interrupted") == 0 ? HBL_RUN_INTERRUPTED
           : strcmp(word, "failed") == 0      ? HBL_RUN_FAILED
                                              : HBL_RUN_CUT_OFF;
}

/* What is known of a run, and what shall be different. */
typedef struct {
    const char *directory;
    const char *text; /* of run.json: its model is read from there, where numbers are exact */
    const cJSON *root;
    const char *const *override;
    size_t n_overrides;
} recorded;

/* The spec as it would be read from a model file at path. */
static int spec_at(const recorded *run, const char *path, hbl_spec **spec, hbl_error *error)
{
    char *name = hbl_path_join(run->directory, "run.json", error);
    const int status = name ? hbl_spec_from_run(path, name, run->text, run->override,
                                                run->n_overrides, spec, error)
                            : HBL_ERR_MEMORY;
    free(name);
    return status;
}

/* The model file's path, taken from the folder where the run began; or, where the data are not to
 * be found from there, from here: both may have been moved together. */
static int locate(const recorded *run, hbl_spec **spec, hbl_error *error)
{
    const cJSON *hashes = item(run->root, "hashes");
    const char *path = cJSON_GetStringValue(item(item(hashes, "model"), "path"));
    const char *folder = cJSON_GetStringValue(item(run->root, "folder"));
    const bool relative = path && path[0] != '/' && folder;
    char *whole = relative ? hbl_path_join(folder, path, error) : NULL;
    int status = relative && !whole ? HBL_ERR_MEMORY : HBL_OK;

    path = path ? path : "model.json";
    if (!status)
        status = spec_at(run, whole ? whole : path, spec, error);
    if (!status && whole && (*spec)->data.file && access((*spec)->data.file, R_OK)) {
        hbl_spec_free(*spec);
        *spec = NULL;
        status = spec_at(run, path, spec, error);
    }
    free(whole);
    return status;
}

static int check_data(const cJSON *root, const hbl_spec *spec, hbl_error *error)
{
    const cJSON *data = item(item(root, "hashes"), "data");
    const char *hash = cJSON_GetStringValue(item(data, "hash"));
    uint64_t bytes;
    uint32_t crc;
    char is[16];

    if (!spec->data.file || !hash)
        return HBL_OK;
    if (hbl_file_checksum(spec->data.file, &crc, &bytes, NULL))
        return errno == ENOMEM
                   ? hbl_fail_memory(error, spec->data.file)
                   : hbl_fail(
                         error, HBL_ERR_INPUT,
                         "%s: the data of the run are not there any more; --data names them where "
                         "they are",
                         spec->data.file);
    snprintf(is, sizeof is, "%08" PRIx32, crc);
    if (strcmp(is, hash) == 0)
        return HBL_OK;
    return hbl_fail(error, HBL_ERR_INPUT,
                    "%s: has changed since the run began (its checksum is %s, and was %s); the run "
                    "can go on with the same data only",
                    spec->data.file, is, hash);
}

int hbl_resume_read(const char *directory, const char *const *overrides, size_t n_overrides,
                    hbl_spec **spec, hbl_run_status *status, hbl_error *error)
{
    char *text = hbl_manifest_text(directory);
    cJSON *root = text ? hbl_manifest_read(directory) : NULL;
    const int reason = errno;
    const recorded run = {directory, text, root, overrides, n_overrides};
    int result;

    *spec = NULL;
    *status = status_of(root);
    if (!root && reason == ENOMEM)
        result = hbl_fail_memory(error, "run.json");
    else if (!root)
        result = hbl_fail(error, HBL_ERR_INPUT, "%s: holds no run of hblogit", directory);
    else
        result = locate(&run, spec, error);
    if (!result)
        result = check_data(root, *spec, error);
    if (result) {
        hbl_spec_free(*spec);
        *spec = NULL;
    }
    cJSON_Delete(root);
    free(text);
    return result;
}
