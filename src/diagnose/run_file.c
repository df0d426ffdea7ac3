/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diagnose/run_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"

enum { LARGEST_FILE = 1 << 26 };

/* ---- the file ---- */

static char *join(const char *directory, const char *name, hbl_error *error)
{
    const size_t size = strlen(directory) + strlen(name) + 2;
    char *path = hbl_calloc(size, 1, "a path", error);

    if (path)
        snprintf(path, size, "%s/%s", directory, name);
    return path;
}

static int read_stream(FILE *file, const char *path, char **text, hbl_error *error)
{
    size_t capacity = 0, length = 0, got;

    do {
        if (hbl_grow(text, &capacity, length + (1 << 14) + 1, 1, path, error))
            return HBL_ERR_MEMORY;
        got = fread(*text + length, 1, 1 << 14, file);
        length += got;
    } while (got > 0 && length < LARGEST_FILE);
    (*text)[length] = '\0';
    if (ferror(file))
        return hbl_fail(error, HBL_ERR_INPUT, "%s: cannot be read: %s", path, strerror(errno));
    if (strlen(*text) != length || length >= LARGEST_FILE)
        return hbl_fail(error, HBL_ERR_INPUT, "%s: not a text that hblogit has written", path);
    return HBL_OK;
}

static int read_text(const char *directory, const char *path, char **text, hbl_error *error)
{
    FILE *file = fopen(path, "rb");
    int status;

    if (!file)
        return hbl_fail(error, HBL_ERR_INPUT, "%s: holds no run of hblogit (%s: %s)", directory,
                        path, strerror(errno));
    status = read_stream(file, path, text, error);
    fclose(file);
    return status;
}

static int parse(hbl_run_file *run, const char *text, hbl_error *error)
{
    const char *stop = NULL;
    size_t line = 1;

    errno = 0;
    run->root = cJSON_ParseWithOpts(text, &stop, 1);
    if (!run->root && errno == ENOMEM) /* cJSON has one answer for this and bad text */
        return hbl_fail_memory(error, run->path);
    if (cJSON_IsObject(run->root))
        return HBL_OK;
    for (const char *s = text; stop && s < stop; s++)
        line += *s == '\n';
    return hbl_fail(error, HBL_ERR_INPUT, "%s:%zu: not JSON; was the run cut off?", run->path,
                    line);
}

static int set_files(hbl_run_file *run, const char *directory, hbl_error *error)
{
    const cJSON *files = cJSON_GetObjectItemCaseSensitive(run->root, "files"), *file;
    const int n = cJSON_GetArraySize(files);

    if (!cJSON_IsArray(files) || n == 0)
        return hbl_fail(error, HBL_ERR_INPUT, "%s: \"files\" does not list the chain files",
                        run->path);
    run->file = hbl_calloc((size_t)n, sizeof *run->file, "paths", error);
    if (!run->file)
        return HBL_ERR_MEMORY;
    cJSON_ArrayForEach(file, files)
    {
        if (!cJSON_IsString(file))
            return hbl_fail(error, HBL_ERR_INPUT, "%s: files[%zu] is not a name", run->path,
                            run->n_files);
        run->file[run->n_files] = join(directory, file->valuestring, error);
        if (!run->file[run->n_files++])
            return HBL_ERR_MEMORY;
    }
    return HBL_OK;
}

bool hbl_run_file_has_draws(const hbl_run_file *run)
{
    const cJSON *method = cJSON_GetObjectItemCaseSensitive(run->root, "method");

    return !cJSON_IsString(method) || strcmp(method->valuestring, "hb") == 0;
}

int hbl_run_file_read(const char *directory, hbl_run_file *run, hbl_error *error)
{
    char *text = NULL;
    int status;

    *run = (hbl_run_file){.path = join(directory, "run.json", error)};
    status = run->path ? read_text(directory, run->path, &text, error) : HBL_ERR_MEMORY;
    if (!status)
        status = parse(run, text, error);
    free(text);
    if (!status && hbl_run_file_has_draws(run))
        status = set_files(run, directory, error);
    if (status)
        hbl_run_file_clear(run);
    return status;
}

void hbl_run_file_clear(hbl_run_file *run)
{
    for (size_t i = 0; i < run->n_files; i++)
        free(run->file[i]);
    free(run->file);
    free(run->path);
    cJSON_Delete(run->root);
    *run = (hbl_run_file){0};
}

/* ---- what was run ---- */

static const cJSON *item(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static int set_string(const cJSON *value, const char *otherwise, char **out, hbl_error *error)
{
    *out = hbl_strdup(cJSON_IsString(value) ? value->valuestring : otherwise, error);
    return *out ? HBL_OK : HBL_ERR_MEMORY;
}

static size_t count(const cJSON *value)
{
    return cJSON_IsNumber(value) && value->valuedouble >= 0 && value->valuedouble < 0x1p53
               ? (size_t)value->valuedouble
               : 0;
}

static int set_names(const hbl_run_file *run, hbl_summary *s, hbl_error *error)
{
    const cJSON *coefficients = item(run->root, "coefficients");
    const cJSON *list[2] = {item(coefficients, "random"), item(coefficients, "fixed")}, *name;
    size_t n = 0;

    s->n_random = (size_t)cJSON_GetArraySize(list[0]);
    s->n_fixed = (size_t)cJSON_GetArraySize(list[1]);
    if (!cJSON_IsArray(list[0]) || !cJSON_IsArray(list[1]))
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: \"coefficients\" does not list the random and the fixed ones",
                        run->path);
    s->coefficient =
        hbl_calloc(s->n_random + s->n_fixed, sizeof *s->coefficient, "coefficients", error);
    if (!s->coefficient)
        return HBL_ERR_MEMORY;
    for (size_t l = 0; l < 2; l++)
        cJSON_ArrayForEach(name, list[l])
        {
            if (!cJSON_IsString(name))
                return hbl_fail(error, HBL_ERR_INPUT, "%s: coefficients.%s[%zu] is not a name",
                                run->path, l ? "fixed" : "random", l ? n - s->n_random : n);
            if (set_string(name, "", &s->coefficient[n++], error))
                return HBL_ERR_MEMORY;
        }
    return HBL_OK;
}

/* The covariates, where there are any. */
static int set_covariates(const hbl_run_file *run, hbl_summary *s, hbl_error *error)
{
    const cJSON *list = item(item(run->root, "coefficients"), "covariates"), *name;
    size_t n = 0;

    if (!list)
        return HBL_OK;
    s->n_covariates = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;
    s->covariate = hbl_calloc(s->n_covariates, sizeof *s->covariate, "covariates", error);
    if (!s->covariate)
        return HBL_ERR_MEMORY;
    cJSON_ArrayForEach(name, list)
    {
        if (!cJSON_IsString(name))
            return hbl_fail(error, HBL_ERR_INPUT, "%s: coefficients.covariates[%zu] is not a name",
                            run->path, n);
        if (set_string(name, "", &s->covariate[n++], error))
            return HBL_ERR_MEMORY;
    }
    return HBL_OK;
}

static int set_blocks(const hbl_run_file *run, hbl_summary *s, hbl_error *error)
{
    const cJSON *blocks = item(run->root, "blocks"), *block;
    size_t k = 0;

    s->block_of = hbl_calloc(s->n_random, sizeof *s->block_of, "blocks", error);
    if (!s->block_of)
        return HBL_ERR_MEMORY;
    if (!cJSON_IsArray(blocks) || (size_t)cJSON_GetArraySize(blocks) != s->n_random)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: \"blocks\" does not give a block for each of %zu random coefficients",
                        run->path, s->n_random);
    cJSON_ArrayForEach(block, blocks)
    {
        if (!cJSON_IsNumber(block) || block->valuedouble < 0)
            return hbl_fail(error, HBL_ERR_INPUT, "%s: blocks[%zu] is not a number from 0",
                            run->path, k);
        s->block_of[k++] = count(block);
    }
    return HBL_OK;
}

/* "normal", "johnson-sb(0, 2)", or, of an ordered coefficient, "a + lognormal". */
static int set_distribution(const hbl_run_file *run, int k, char **out, hbl_error *error)
{
    const cJSON *name = cJSON_GetArrayItem(item(run->root, "distributions"), k);
    const cJSON *bounds = cJSON_GetArrayItem(item(run->root, "bounds"), k);
    const cJSON *above = cJSON_GetArrayItem(item(run->root, "above"), k);
    const cJSON *lower = cJSON_GetArrayItem(bounds, 0), *upper = cJSON_GetArrayItem(bounds, 1);
    char text[320];

    if (!cJSON_IsString(name))
        return set_string(name, "normal", out, error);
    if (cJSON_IsNumber(lower) && cJSON_IsNumber(upper))
        snprintf(text, sizeof text, "%.80s(%g, %g)", name->valuestring, lower->valuedouble,
                 upper->valuedouble);
    else if (cJSON_IsString(above))
        snprintf(text, sizeof text, "%.200s + %.80s", above->valuestring, name->valuestring);
    else
        snprintf(text, sizeof text, "%.80s", name->valuestring);
    *out = hbl_strdup(text, error);
    return *out ? HBL_OK : HBL_ERR_MEMORY;
}

static int set_distributions(const hbl_run_file *run, hbl_summary *s, hbl_error *error)
{
    s->distribution = hbl_calloc(s->n_random, sizeof *s->distribution, "distributions", error);
    if (!s->distribution)
        return HBL_ERR_MEMORY;
    for (size_t k = 0; k < s->n_random; k++)
        if (set_distribution(run, (int)k, &s->distribution[k], error))
            return HBL_ERR_MEMORY;
    return HBL_OK;
}

static double number(const cJSON *value, double otherwise)
{
    return cJSON_IsNumber(value) ? value->valuedouble : otherwise;
}

/* "kernels": objects with name, acceptance, step, non_finite, and the chain's number; or a list of
 * such lists, a chain each. */
static int add_kernels(const cJSON *list, size_t chain, hbl_summary *s, size_t *capacity,
                       hbl_error *error)
{
    const cJSON *k;

    cJSON_ArrayForEach(k, list)
    {
        const size_t its_chain = count(item(k, "chain"));
        hbl_kernel_summary kernel = {.chain = its_chain ? its_chain : chain};

        if (!cJSON_IsString(item(k, "name")))
            continue;
        kernel.acceptance = number(item(k, "acceptance"), NAN);
        kernel.step = number(item(k, "step"), NAN);
        kernel.non_finite = number(item(k, "non_finite"), 0);
        if (hbl_grow(&s->kernel, capacity, s->n_kernels + 1, sizeof kernel, "kernels", error) ||
            set_string(item(k, "name"), "", &kernel.name, error))
            return HBL_ERR_MEMORY;
        s->kernel[s->n_kernels++] = kernel;
    }
    return HBL_OK;
}

static int set_kernels(const hbl_run_file *run, hbl_summary *s, hbl_error *error)
{
    const cJSON *kernels = item(run->root, "kernels"), *first = cJSON_GetArrayItem(kernels, 0);
    const cJSON *chain;
    size_t capacity = 0, number_of_chain = 0;

    if (!cJSON_IsArray(first))
        return add_kernels(kernels, 0, s, &capacity, error);
    cJSON_ArrayForEach(chain, kernels)
    {
        if (add_kernels(chain, ++number_of_chain, s, &capacity, error))
            return HBL_ERR_MEMORY;
    }
    return HBL_OK;
}

int hbl_run_file_describe(const hbl_run_file *run, hbl_summary *s, hbl_error *error)
{
    const cJSON *counts = item(run->root, "counts"), *method = item(run->root, "method");
    int status;

    if (cJSON_IsString(method) && strcmp(method->valuestring, "hb") != 0)
        return hbl_fail(error, HBL_ERR_INPUT, "%s: a run by \"%s\", which leaves no draws",
                        run->path, method->valuestring);
    s->n_persons = count(item(counts, "persons"));
    s->n_tasks = count(item(counts, "tasks"));
    s->n_rows = count(item(counts, "rows"));
    status = set_string(item(item(run->root, "model"), "title"), "", &s->title, error);
    if (!status)
        status = set_string(method, "hb", &s->method, error);
    if (!status)
        status = set_string(item(run->root, "status"), "done", &s->status, error);
    if (!status)
        status = set_string(item(item(run->root, "machine"), "pass"), "", &s->pass, error);
    if (!status)
        status = set_names(run, s, error);
    if (!status)
        status = set_covariates(run, s, error);
    if (!status)
        status = set_blocks(run, s, error);
    if (!status)
        status = set_distributions(run, s, error);
    return status ? status : set_kernels(run, s, error);
}
