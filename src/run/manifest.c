/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <zlib.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "run/file.h"

static const char program[] = "hblogit";

struct hbl_manifest {
    cJSON *root;
    bool incomplete; /* an item could not be allocated */
};

void hbl_manifest_set(hbl_manifest *manifest, const char *key, cJSON *item)
{
    const bool present = cJSON_GetObjectItemCaseSensitive(manifest->root, key) != NULL;
    bool done = false;

    if (item && present)
        done = cJSON_ReplaceItemInObjectCaseSensitive(manifest->root, key, item);
    else if (item)
        done = cJSON_AddItemToObject(manifest->root, key, item);
    if (!done) {
        cJSON_Delete(item);
        manifest->incomplete = true;
    }
}

cJSON *hbl_manifest_get(const hbl_manifest *manifest, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(manifest->root, key);
}

cJSON *hbl_manifest_integer(uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, value);
    return cJSON_CreateRaw(text);
}

static void set_text(hbl_manifest *manifest, const char *key, const char *text)
{
    hbl_manifest_set(manifest, key, text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

/* ISO 8601, UTC. */
static void set_now(hbl_manifest *manifest, const char *key)
{
    const time_t now = time(NULL);
    struct tm parts;
    char text[64] = "";

    if (gmtime_r(&now, &parts))
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    set_text(manifest, key, text);
}

/* ---- parts */

/* Path, size and CRC-32 of a file; null where it cannot be read. */
static cJSON *describe_file(const char *path)
{
    FILE *file = path ? fopen(path, "rb") : NULL;
    unsigned char block[1 << 14];
    uint64_t bytes = 0;
    uLong crc = crc32(0, NULL, 0);
    char text[16];
    cJSON *json;

    if (!file)
        return cJSON_CreateNull();
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0; bytes += n)
        crc = crc32(crc, block, (uInt)n);
    const bool failed = ferror(file);
    fclose(file);
    if (failed)
        return cJSON_CreateNull();
    snprintf(text, sizeof text, "%08lx", crc & 0xfffffffful);
    json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "path", path);
    cJSON_AddItemToObject(json, "bytes", hbl_manifest_integer(bytes));
    cJSON_AddStringToObject(json, "hash", text);
    return json;
}

static cJSON *describe_hashes(const hbl_spec *spec)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "algorithm", "crc32");
    cJSON_AddItemToObject(json, "model", describe_file(spec->path));
    cJSON_AddItemToObject(json, "data", describe_file(spec->data.file));
    return json;
}

static void restore_seed(cJSON *object, uint64_t seed)
{
    if (cJSON_GetObjectItemCaseSensitive(object, "seed"))
        cJSON_ReplaceItemInObjectCaseSensitive(object, "seed", hbl_manifest_integer(seed));
}

/* The model file with its defaults. Reading the text rounds numbers to doubles, which would change
 * large seeds, so they are put in again. */
static cJSON *echo_spec(const hbl_spec *spec)
{
    char *text = hbl_spec_to_json(spec);
    cJSON *json = text ? cJSON_Parse(text) : NULL;

    free(text);
    restore_seed(cJSON_GetObjectItemCaseSensitive(json, "hb"), spec->hb.seed);
    restore_seed(cJSON_GetObjectItemCaseSensitive(json, "simulate"), spec->simulate.seed);
    return json;
}

static cJSON *describe_machine(void)
{
    struct utsname name;
    const bool known = uname(&name) >= 0;
    cJSON *json = cJSON_CreateObject();

    cJSON_AddStringToObject(json, "system", known ? name.sysname : "");
    cJSON_AddStringToObject(json, "release", known ? name.release : "");
    cJSON_AddStringToObject(json, "machine", known ? name.machine : "");
    cJSON_AddNumberToObject(json, "processors", hbl_processors());
    return json;
}

static cJSON *names(char *const *name, size_t n)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < n; i++)
        cJSON_AddItemToArray(array, cJSON_CreateString(name[i]));
    return array;
}

static void set_model(hbl_manifest *manifest, const hbl_model *model)
{
    const hbl_panel *panel = model->panel;
    cJSON *coefficients = cJSON_CreateObject(), *counts = cJSON_CreateObject();
    cJSON *blocks = cJSON_CreateArray(), *distributions = cJSON_CreateArray();

    cJSON_AddItemToObject(coefficients, "random", names(model->name, model->n_random));
    cJSON_AddItemToObject(coefficients, "fixed",
                          names(model->name + model->n_random, model->n_fixed));
    for (size_t k = 0; k < model->n_random; k++) {
        cJSON_AddItemToArray(blocks, cJSON_CreateNumber((double)model->block_of[k]));
        cJSON_AddItemToArray(distributions, cJSON_CreateString(model->mixing[k]->name));
    }
    cJSON_AddNumberToObject(counts, "persons", (double)panel->n_persons);
    cJSON_AddNumberToObject(counts, "tasks", (double)panel->n_tasks);
    cJSON_AddNumberToObject(counts, "rows", (double)panel->n_rows);
    cJSON_AddNumberToObject(counts, "alternatives", (double)panel->n_alternatives);
    hbl_manifest_set(manifest, "counts", counts);
    hbl_manifest_set(manifest, "coefficients", coefficients);
    hbl_manifest_set(manifest, "distributions", distributions);
    hbl_manifest_set(manifest, "blocks", blocks);
}

void hbl_manifest_set_pooled(hbl_manifest *manifest, const hbl_model *model, const hbl_mnl *mnl)
{
    cJSON *pooled = cJSON_CreateObject(), *estimates, *errors;

    cJSON_AddNumberToObject(pooled, "log_likelihood", mnl->log_likelihood);
    cJSON_AddNumberToObject(pooled, "log_likelihood_zero", mnl->log_likelihood_zero);
    cJSON_AddBoolToObject(pooled, "converged", mnl->converged);
    cJSON_AddBoolToObject(pooled, "singular", mnl->singular);
    estimates = cJSON_AddObjectToObject(pooled, "estimates");
    errors = cJSON_AddObjectToObject(pooled, "standard_errors");
    for (size_t k = 0; k < model->n_columns && k < mnl->n_columns; k++) {
        cJSON_AddNumberToObject(estimates, model->name[k], mnl->estimate[k]);
        cJSON_AddNumberToObject(errors, model->name[k], mnl->standard_error[k]);
    }
    hbl_manifest_set(manifest, "pooled", pooled);
}

/* ---- the whole */

int hbl_manifest_alloc(const hbl_spec *spec, const hbl_model *model, const hbl_fit_options *options,
                       int threads, hbl_manifest **out, hbl_error *error)
{
    hbl_manifest *manifest = hbl_calloc(1, sizeof *manifest, "run.json", error);

    *out = NULL;
    if (!manifest)
        return HBL_ERR_MEMORY;
    manifest->root = cJSON_CreateObject();
    set_text(manifest, "program", program);
    set_text(manifest, "version", hbl_version());
    set_text(manifest, "command", options->command);
    set_text(manifest, "status", "running");
    set_now(manifest, "started");
    set_text(manifest, "finished", NULL);
    set_text(manifest, "method", spec->method);
    hbl_manifest_set(manifest, "seed", hbl_manifest_integer(spec->hb.seed));
    hbl_manifest_set(manifest, "threads", cJSON_CreateNumber(threads));
    hbl_manifest_set(manifest, "machine", describe_machine());
    hbl_manifest_set(manifest, "hashes", describe_hashes(spec));
    set_model(manifest, model);
    hbl_manifest_set(manifest, "model", echo_spec(spec));
    *out = manifest;
    return HBL_OK;
}

void hbl_manifest_free(hbl_manifest *manifest)
{
    if (!manifest)
        return;
    cJSON_Delete(manifest->root);
    free(manifest);
}

static int write_manifest(hbl_manifest *manifest, const char *directory, bool sync,
                          hbl_error *error)
{
    char *text = manifest->incomplete ? NULL : cJSON_Print(manifest->root);
    char *path = hbl_path_join(directory, "run.json", error);
    int status = HBL_ERR_MEMORY;

    if (text && path) {
        const size_t length = strlen(text);
        text[length] = '\n'; /* in the place of the NUL, which a file does not need */
        status = hbl_file_replace(path, text, length + 1, sync, error);
    } else {
        hbl_fail_memory(error, "run.json");
    }
    free(path);
    cJSON_free(text);
    return status;
}

int hbl_manifest_write_start(hbl_manifest *manifest, const char *directory, hbl_error *error)
{
    return write_manifest(manifest, directory, false, error);
}

int hbl_manifest_write_end(hbl_manifest *manifest, const char *directory, int status,
                           const char *why, hbl_error *error)
{
    const char *word = status == HBL_OK                ? "done"
                       : status == HBL_ERR_INTERRUPTED ? "interrupted"
                                                       : "failed";
    set_text(manifest, "status", word);
    set_now(manifest, "finished");
    if (status && status != HBL_ERR_INTERRUPTED)
        set_text(manifest, "error", why);
    return write_manifest(manifest, directory, true, error);
}

bool hbl_manifest_is_ours(const char *directory)
{
    enum { MOST = 1 << 26 };
    char *path = hbl_path_join(directory, "run.json", NULL), *text = NULL;
    FILE *file = path ? fopen(path, "rb") : NULL;
    size_t used = 0, capacity = 0;
    bool ours = false;

    while (file && used < MOST && !hbl_grow(&text, &capacity, used + 4096, 1, "run.json", NULL)) {
        const size_t n = fread(text + used, 1, capacity - used, file);
        used += n;
        if (n == 0)
            break;
    }
    if (text) {
        cJSON *root = cJSON_ParseWithLength(text, used);
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "program"));
        ours = name && strcmp(name, program) == 0;
        cJSON_Delete(root);
    }
    if (file)
        fclose(file);
    free(text);
    free(path);
    return ours;
}
