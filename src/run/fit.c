/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/fit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/fail.h"
#include "core/parallel.h"

/* Estimators by the name that a model file gives them. */
static const struct {
    const char *name;
    int (*drive)(hbl_fit_run *run, hbl_error *error);
    bool resumes; /* keeps checkpoints */
} method[] = {
    {"hb", hbl_fit_hb, true},
    {"msl", hbl_fit_msl, false},
    {"mnl", hbl_fit_mnl, false},
};
enum { N_METHODS = sizeof method / sizeof *method };

void hbl_fit_notice(const hbl_fit_run *run, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    if (!run->options->notice)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    run->options->notice(run->options->context, text);
}

int hbl_fit_begin(hbl_fit_run *run, bool keep, hbl_error *error)
{
    int status = HBL_OK;

    if (!keep)
        status = run->before ? hbl_directory_clear_outputs(run->directory, error)
                             : hbl_directory_clear(run->directory, error);
    if (!status)
        status = hbl_manifest_write_start(run->manifest, hbl_directory_path(run->directory), error);
    run->begun = !status;
    return status;
}

/* What the caller can do about a full disk: a run with a checkpoint is not lost. */
static void add_advice(const hbl_fit_run *run, hbl_error *error)
{
    const size_t used = strlen(error->message);

    if (strcmp(run->spec->method, "hb") != 0)
        return;
    snprintf(error->message + used, sizeof error->message - used,
             "; once that is mended, hblogit resume %s goes on",
             hbl_directory_path(run->directory));
}

static int end(hbl_fit_run *run, int status, hbl_error *error)
{
    int written;

    if (status == HBL_ERR_WRITE)
        add_advice(run, error);
    written = hbl_manifest_write_end(run->manifest, hbl_directory_path(run->directory), status,
                                     error->message, error);
    if (!status && written)
        add_advice(run, error);
    return status ? status : written;
}

/* The estimator, and what becomes of it in run.json. Before the run has begun the directory is
 * left as it was found. */
static int drive(hbl_fit_run *run, size_t which, hbl_error *error)
{
    int status = hbl_manifest_alloc(run->spec, run->model, run->options, run->threads,
                                    &run->manifest, error);

    if (!status && run->before)
        hbl_manifest_inherit(run->manifest, run->before, run->spec, run->options, run->threads);
    if (!status)
        status = method[which].drive(run, error);
    if (run->begun)
        status = end(run, status, error);
    hbl_manifest_free(run->manifest);
    return status;
}

/* resume: with the run that is in the directory. */
static int fit(hbl_fit_run *run, bool resume, hbl_error *error)
{
    const char *path = run->options->directory;
    cJSON *before = NULL;
    size_t which = 0;
    int status;

    while (which < N_METHODS && strcmp(method[which].name, run->spec->method) != 0)
        which++;
    if (which == N_METHODS)
        return hbl_fail(error, HBL_ERR_INPUT, "method \"%s\" is none that can be fitted",
                        run->spec->method);
    if (resume && !method[which].resumes)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: a run by \"%s\" has nothing to resume; run hblogit fit again, with "
                        "--force",
                        path, run->spec->method);
    run->threads = run->options->threads > 0 ? run->options->threads : hbl_processors();
    status = resume ? hbl_directory_reopen(path, &run->directory, error)
                    : hbl_directory_open(path, run->options->overwrite, &run->directory, error);
    if (!status && resume)
        run->before = before = hbl_manifest_read(path);
    if (!status && resume && !before)
        status = errno == ENOMEM
                     ? hbl_fail_memory(error, "run.json")
                     : hbl_fail(error, HBL_ERR_INPUT, "%s: run.json cannot be read any more", path);
    if (!status)
        status = drive(run, which, error);
    hbl_directory_close(run->directory);
    cJSON_Delete(before);
    return status;
}

int hbl_fit(const hbl_spec *spec, const hbl_model *model, const hbl_fit_options *options,
            hbl_error *error)
{
    hbl_error unwanted = HBL_ERROR_INIT;
    hbl_fit_run run = {.spec = spec, .model = model, .options = options};
    return fit(&run, false, error ? error : &unwanted);
}

int hbl_resume(const hbl_spec *spec, const hbl_model *model, const hbl_fit_options *options,
               hbl_error *error)
{
    hbl_error unwanted = HBL_ERROR_INIT;
    hbl_fit_run run = {.spec = spec, .model = model, .options = options};
    return fit(&run, true, error ? error : &unwanted);
}
