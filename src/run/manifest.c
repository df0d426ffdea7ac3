/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/manifest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "run/file.h"
#include "run/tree.h"

static const char program[] = "hblogit";

struct hbl_manifest {
    cJSON *root;
    bool incomplete; /* an item could not be allocated */
};

void hbl_manifest_set(hbl_manifest *manifest, const char *key, cJSON *item)
{
    hbl_tree_put(manifest->root, key, item);
    if (hbl_tree_failed())
        manifest->incomplete = true;
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
static void format_now(char text[64])
{
    const time_t now = time(NULL);
    struct tm parts;

    text[0] = '\0';
    if (gmtime_r(&now, &parts))
        strftime(text, 64, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

static void set_now(hbl_manifest *manifest, const char *key)
{
    char text[64];

    format_now(text);
    set_text(manifest, key, text);
}

/* The working directory, from which the paths that follow are to be taken. */
static void set_folder(hbl_manifest *manifest)
{
    char folder[4096];
    set_text(manifest, "folder", getcwd(folder, sizeof folder));
}

/* ---- parts */

/* Path, size and CRC-32 of a file; null where it cannot be read. */
static cJSON *describe_file(const char *path)
{
    uint64_t bytes = 0;
    uint32_t crc;
    char text[16];
    cJSON *json;

    errno = 0;
    if (!path || hbl_file_checksum(path, &crc, &bytes, NULL))
        return errno == ENOMEM ? NULL : cJSON_CreateNull();
    snprintf(text, sizeof text, "%08" PRIx32, crc);
    json = cJSON_CreateObject();
    hbl_tree_put(json, "path", cJSON_CreateString(path));
    hbl_tree_put(json, "bytes", hbl_manifest_integer(bytes));
    hbl_tree_put(json, "hash", cJSON_CreateString(text));
    return json;
}

static cJSON *describe_hashes(const hbl_spec *spec)
{
    cJSON *json = cJSON_CreateObject();
    hbl_tree_put(json, "algorithm", cJSON_CreateString("crc32"));
    hbl_tree_put(json, "model", describe_file(spec->path));
    hbl_tree_put(json, "data", describe_file(spec->data.file));
    return json;
}

/* The model file with its defaults, as it is: cJSON would round numbers in reading and writing
 * them. Line breaks within strings are escaped, so that each one there is can be indented. */
static cJSON *echo_spec(const hbl_spec *spec)
{
    char *text = hbl_spec_to_json(spec), *indented, *to;
    size_t lines = 0;
    cJSON *json = NULL;

    for (const char *at = text; at && *at; at++)
        lines += *at == '\n';
    indented = text ? hbl_calloc(strlen(text) + lines + 1, 1, "run.json", NULL) : NULL;
    if (indented) {
        to = indented;
        for (const char *at = text; *at; at++) {
            *to++ = *at;
            if (*at == '\n')
                *to++ = '\t';
        }
        json = cJSON_CreateRaw(indented);
    }
    free(indented);
    free(text);
    return json;
}

static cJSON *describe_machine(void)
{
    struct utsname name;
    const bool known = uname(&name) >= 0;
    cJSON *json = cJSON_CreateObject();

    hbl_tree_put(json, "system", cJSON_CreateString(known ? name.sysname : ""));
    hbl_tree_put(json, "release", cJSON_CreateString(known ? name.release : ""));
    hbl_tree_put(json, "machine", cJSON_CreateString(known ? name.machine : ""));
    hbl_tree_put(json, "processors", cJSON_CreateNumber(hbl_processors()));
    return json;
}

static cJSON *names(char *const *name, size_t n)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < n; i++)
        hbl_tree_append(array, cJSON_CreateString(name[i]));
    return array;
}

/* [lower, upper] of a coefficient whose distribution has them, or null. */
static cJSON *bounds_of(const hbl_model *model, size_t k)
{
    cJSON *bounds;

    if (!model->mixing[k]->has_bounds)
        return cJSON_CreateNull();
    bounds = cJSON_CreateArray();
    hbl_tree_append(bounds, cJSON_CreateNumber(model->lower[k]));
    hbl_tree_append(bounds, cJSON_CreateNumber(model->upper[k]));
    return bounds;
}

/* The coefficient above which an ordered one is, or null. */
static cJSON *base_of(const hbl_model *model, size_t k)
{
    return model->base[k] == SIZE_MAX ? cJSON_CreateNull()
                                      : cJSON_CreateString(model->name[model->base[k]]);
}

static void set_model(hbl_manifest *manifest, const hbl_model *model)
{
    const hbl_panel *panel = model->panel;
    cJSON *coefficients = cJSON_CreateObject(), *counts = cJSON_CreateObject();
    cJSON *blocks = cJSON_CreateArray(), *distributions = cJSON_CreateArray();
    cJSON *bounds = cJSON_CreateArray(), *above = cJSON_CreateArray();

    hbl_tree_put(coefficients, "random", names(model->name, model->n_random));
    hbl_tree_put(coefficients, "fixed",
                 names(model->name + model->n_random, model->n_fixed + model->n_scale));
    if (model->n_covariates > 0)
        hbl_tree_put(coefficients, "covariates", names(model->covariate_name, model->n_covariates));
    for (size_t k = 0; k < model->n_random; k++) {
        hbl_tree_append(blocks, cJSON_CreateNumber((double)model->block_of[k]));
        hbl_tree_append(distributions, cJSON_CreateString(model->mixing[k]->name));
        hbl_tree_append(bounds, bounds_of(model, k));
        hbl_tree_append(above, base_of(model, k));
    }
    hbl_tree_put(counts, "persons", cJSON_CreateNumber((double)panel->n_persons));
    hbl_tree_put(counts, "tasks", cJSON_CreateNumber((double)panel->n_tasks));
    hbl_tree_put(counts, "rows", cJSON_CreateNumber((double)panel->n_rows));
    hbl_tree_put(counts, "alternatives", cJSON_CreateNumber((double)panel->n_alternatives));
    hbl_manifest_set(manifest, "counts", counts);
    hbl_manifest_set(manifest, "coefficients", coefficients);
    hbl_manifest_set(manifest, "distributions", distributions);
    hbl_manifest_set(manifest, "bounds", bounds);
    hbl_manifest_set(manifest, "above", above);
    hbl_manifest_set(manifest, "blocks", blocks);
}

void hbl_manifest_set_pooled(hbl_manifest *manifest, const hbl_model *model, const hbl_mnl *mnl)
{
    cJSON *pooled = cJSON_CreateObject(), *estimates, *errors;

    hbl_tree_put(pooled, "log_likelihood", cJSON_CreateNumber(mnl->log_likelihood));
    hbl_tree_put(pooled, "log_likelihood_zero", cJSON_CreateNumber(mnl->log_likelihood_zero));
    hbl_tree_put(pooled, "converged", cJSON_CreateBool(mnl->converged));
    hbl_tree_put(pooled, "singular", cJSON_CreateBool(mnl->singular));
    estimates = hbl_tree_put(pooled, "estimates", cJSON_CreateObject());
    errors = hbl_tree_put(pooled, "standard_errors", cJSON_CreateObject());
    for (size_t k = 0; k < model->n_coefficients && k < mnl->n_coefficients; k++) {
        hbl_tree_put(estimates, model->name[k], cJSON_CreateNumber(mnl->estimate[k]));
        hbl_tree_put(errors, model->name[k], cJSON_CreateNumber(mnl->standard_error[k]));
    }
    hbl_manifest_set(manifest, "pooled", pooled);
}

/* ---- the whole */

/* Of the method in use; the multinomial logit has nothing random. */
static cJSON *describe_seed(const hbl_spec *spec)
{
    if (strcmp(spec->method, "mnl") == 0)
        return cJSON_CreateNull();
    return hbl_manifest_integer(strcmp(spec->method, "msl") == 0 ? spec->msl.seed : spec->hb.seed);
}

int hbl_manifest_alloc(const hbl_spec *spec, const hbl_model *model, const hbl_fit_options *options,
                       int threads, hbl_manifest **out, hbl_error *error)
{
    hbl_manifest *manifest = hbl_calloc(1, sizeof *manifest, "run.json", error);

    *out = NULL;
    if (!manifest)
        return HBL_ERR_MEMORY;
    hbl_tree_failed(); /* whatever an earlier run has left */
    manifest->root = cJSON_CreateObject();
    set_text(manifest, "program", program);
    set_text(manifest, "version", hbl_version());
    set_text(manifest, "command", options->command);
    set_folder(manifest);
    set_text(manifest, "status", "running");
    set_now(manifest, "started");
    set_text(manifest, "finished", NULL);
    set_text(manifest, "method", spec->method);
    hbl_manifest_set(manifest, "seed", describe_seed(spec));
    hbl_manifest_set(manifest, "threads", cJSON_CreateNumber(threads));
    hbl_manifest_set(manifest, "machine", describe_machine());
    hbl_manifest_set(manifest, "hashes", describe_hashes(spec));
    set_model(manifest, model);
    hbl_manifest_set(manifest, "model", echo_spec(spec));
    *out = manifest;
    return HBL_OK;
}

static const cJSON *item(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* The model file may have changed since; what was run has not. */
static void inherit_model_hash(hbl_manifest *manifest, const cJSON *before, const hbl_spec *spec)
{
    cJSON *hashes = hbl_manifest_get(manifest, "hashes");
    const cJSON *recorded = item(item(before, "hashes"), "model");
    cJSON *model;

    if (!cJSON_IsObject(recorded) || !spec->path)
        return;
    model = hbl_tree_copy(recorded);
    hbl_tree_put(model, "path", cJSON_CreateString(spec->path));
    hbl_tree_put(hashes, "model", model);
}

void hbl_manifest_inherit(hbl_manifest *manifest, const cJSON *before, const hbl_spec *spec,
                          const hbl_fit_options *options, int threads)
{
    static const char *const kept[] = {"command", "started"};
    cJSON *resumed = hbl_tree_copy(item(before, "resumed")), *now = cJSON_CreateObject();
    char time[64];

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (item(before, kept[i]))
            hbl_manifest_set(manifest, kept[i], hbl_tree_copy(item(before, kept[i])));
    inherit_model_hash(manifest, before, spec);
    if (!resumed)
        resumed = cJSON_CreateArray();
    format_now(time);
    hbl_tree_put(now, "time", cJSON_CreateString(time));
    hbl_tree_put(now, "command",
                 options->command ? cJSON_CreateString(options->command) : cJSON_CreateNull());
    hbl_tree_put(now, "threads", cJSON_CreateNumber(threads));
    hbl_tree_append(resumed, now);
    hbl_manifest_set(manifest, "resumed", resumed);
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
    const bool failed = hbl_tree_failed() || manifest->incomplete;
    char *text = failed ? NULL : cJSON_Print(manifest->root);
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

char *hbl_manifest_text(const char *directory)
{
    enum { MOST = 1 << 26 };
    char *path, *text = NULL;
    FILE *file;
    size_t used = 0, capacity = 0, got = 1;
    int status = HBL_OK;

    errno = 0;
    path = hbl_path_join(directory, "run.json", NULL);
    file = path ? fopen(path, "rb") : NULL;
    while (file && got > 0 && used < MOST &&
           !(status = hbl_grow(&text, &capacity, used + 4097, 1, "run.json", NULL))) {
        got = fread(text + used, 1, capacity - used - 1, file);
        used += got;
        text[used] = '\0';
    }
    if (file)
        fclose(file);
    free(path);
    if (status) {
        free(text);
        text = NULL;
        errno = ENOMEM;
    }
    return text;
}

cJSON *hbl_manifest_read(const char *directory)
{
    char *text = hbl_manifest_text(directory);
    cJSON *root = text ? cJSON_Parse(text) : NULL;
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "program"));

    free(text);
    if (name && strcmp(name, program) == 0)
        return root;
    cJSON_Delete(root);
    return NULL;
}

bool hbl_manifest_is_ours(const char *directory)
{
    cJSON *root = hbl_manifest_read(directory);
    const bool ours = root != NULL;

    cJSON_Delete(root);
    return ours;
}
