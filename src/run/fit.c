/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/fit.h"

#include <string.h>

#include "core/fail.h"
#include "core/parallel.h"

/* Estimators by the name that a model file gives them. */
static const struct {
    const char *name;
    int (*drive)(hbl_fit_run *run, hbl_error *error);
} method[] = {
    {"hb", hbl_fit_hb},
};
enum { N_METHODS = sizeof method / sizeof *method };

int hbl_fit_begin(hbl_fit_run *run, hbl_error *error)
{
    int status = hbl_directory_clear(run->directory, error);

    if (!status)
        status = hbl_manifest_write_start(run->manifest, hbl_directory_path(run->directory), error);
    run->begun = !status;
    return status;
}

/* The estimator, and what becomes of it in run.json. Before the run has begun the directory is
 * left as it was found. */
static int drive(hbl_fit_run *run, size_t which, hbl_error *error)
{
    int status = hbl_manifest_alloc(run->spec, run->model, run->options, run->threads,
                                    &run->manifest, error);

    if (!status)
        status = method[which].drive(run, error);
    if (run->begun) {
        const int written = hbl_manifest_write_end(
            run->manifest, hbl_directory_path(run->directory), status, error->message, error);
        status = status ? status : written;
    }
    hbl_manifest_free(run->manifest);
    return status;
}

int hbl_fit(const hbl_spec *spec, const hbl_model *model, const hbl_fit_options *options,
            hbl_error *error)
{
    hbl_error unwanted = HBL_ERROR_INIT;
    hbl_fit_run run = {.spec = spec, .model = model, .options = options};
    size_t which = 0;
    int status;

    error = error ? error : &unwanted;
    while (which < N_METHODS && strcmp(method[which].name, spec->method) != 0)
        which++;
    if (which == N_METHODS)
        return hbl_fail(error, HBL_ERR_INPUT, "method \"%s\" is none that can be fitted",
                        spec->method);
    run.threads = options->threads > 0 ? options->threads : hbl_processors();
    status = hbl_directory_open(options->directory, options->overwrite, &run.directory, error);
    if (!status)
        status = drive(&run, which, error);
    hbl_directory_close(run.directory);
    return status;
}
