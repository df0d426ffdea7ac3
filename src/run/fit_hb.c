/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/fit_hb.h"

#include <stdlib.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "run/file.h"
#include "run/persons.h"

/* At most one thread a chain; threads beyond that go to the persons of the first chains. */
static void share_threads(hbl_hb_fit *fit)
{
    const size_t threads = (size_t)fit->run->threads, n = fit->n_chains;

    for (size_t c = 0; c < n; c++)
        fit->chain[c].threads = threads <= n ? 1 : (int)(threads / n + (c < threads % n));
    fit->threads = (int)(threads < n ? threads : n);
}

/* Everything that can go wrong because of model or settings, before a file is touched. */
static int prepare(hbl_hb_fit *fit, hbl_error *error)
{
    const hbl_hb_settings *settings = fit->settings;
    const double from = hbl_seconds();
    int status;

    fit->total_from = from;
    fit->n_chains = (size_t)settings->chains;
    fit->n_sweeps =
        (uint64_t)settings->warmup + (uint64_t)settings->draws * (uint64_t)settings->thin;
    fit->chain = hbl_calloc(fit->n_chains, sizeof *fit->chain, "chains", error);
    if (!fit->chain)
        return HBL_ERR_MEMORY;
    share_threads(fit);
    status = hbl_reporter_alloc(fit->run->options, fit->n_chains, fit->threads,
                                (uint64_t)settings->warmup, fit->n_sweeps, &fit->reporter, error);
    if (!status)
        status = hbl_hb_alloc(fit->run->model, settings, fit->run->threads, &fit->hb, error);
    if (!status)
        status = hbl_hb_identify(fit, error);
    fit->start_seconds = hbl_seconds() - from;
    return status;
}

bool hbl_hb_keeps_persons(const hbl_hb_fit *fit)
{
    return fit->settings->save_persons && fit->run->model->n_random > 0;
}

int hbl_hb_open_zarr(hbl_hb_fit *fit, hbl_error *error)
{
    const hbl_model *model = fit->run->model;
    const hbl_zarr_layout layout = {.n_chains = fit->n_chains,
                                    .n_draws = (size_t)fit->settings->draws,
                                    .n_persons = model->panel->n_persons,
                                    .n_coefficients = model->n_random,
                                    .person = model->panel->person_label,
                                    .coefficient = model->name};
    char *path = hbl_path_join(hbl_directory_path(fit->run->directory), "persons", error);
    const int status = path ? hbl_zarr_open(path, &layout, &fit->zarr, error) : HBL_ERR_MEMORY;
    free(path);
    return status;
}

static int open_files(hbl_hb_fit *fit, hbl_error *error)
{
    const char *directory = hbl_directory_path(fit->run->directory);
    int status = HBL_OK;

    for (size_t c = 0; !status && c < fit->n_chains; c++)
        status = hbl_chain_files_open(directory, (uint32_t)c + 1, fit->settings, fit->run->model,
                                      &fit->chain[c].files, error);
    if (!status && hbl_hb_keeps_persons(fit))
        status = hbl_hb_open_zarr(fit, error);
    return status;
}

/* persons.csv from the chains that have kept draws. */
static int write_persons(const hbl_hb_fit *fit, hbl_error *error)
{
    const hbl_chain **chain = hbl_calloc(fit->n_chains, sizeof *chain, "chains", error);
    hbl_person_moments *moments = NULL;
    char *path = NULL;
    size_t n = 0;
    int status = HBL_ERR_MEMORY;

    for (size_t c = 0; chain && c < fit->n_chains; c++)
        if (fit->chain[c].n_draws > 0)
            chain[n++] = fit->chain[c].chain;
    if (chain)
        path = hbl_path_join(hbl_directory_path(fit->run->directory), "persons.csv", error);
    if (path)
        status = n > 0 ? hbl_person_moments_alloc(chain, n, &moments, error) : HBL_OK;
    if (moments)
        status = hbl_persons_write(path, fit->run->model, moments, error);
    hbl_person_moments_free(moments);
    free(path);
    free(chain);
    return status;
}

static void release(hbl_hb_fit *fit)
{
    for (size_t c = 0; fit->chain && c < fit->n_chains; c++)
        hbl_chain_free(fit->chain[c].chain);
    free(fit->chain);
    hbl_reporter_free(fit->reporter);
    hbl_hb_free(fit->hb);
}

static int begin_anew(hbl_hb_fit *fit, hbl_error *error)
{
    int status;

    if (fit->run->before)
        hbl_fit_notice(fit->run, "%s: no checkpoint was written yet; the run starts over",
                       hbl_directory_path(fit->run->directory));
    status = hbl_fit_begin(fit->run, false, error);
    return status ? status : open_files(fit, error);
}

static int fill_directory(hbl_hb_fit *fit, hbl_error *error)
{
    bool restored = false;
    int status = HBL_OK;

    hbl_hb_check_space(fit);
    if (fit->run->before)
        status = hbl_hb_restore(fit, &restored, error);
    if (!status && !restored)
        status = begin_anew(fit, error);
    if (!status)
        status = hbl_hb_sample(fit, error);
    return status;
}

/* The files of a chain; after the last of them persons.csv, and the checkpoint. */
static void finish_file(void *context, size_t i, int thread)
{
    hbl_hb_fit *fit = context;

    (void)thread;
    if (i < fit->n_chains)
        hbl_chain_files_close(&fit->chain[i].files, &fit->chain[i].late);
    else if (i == fit->n_chains)
        write_persons(fit, &fit->late);
    else if (fit->saving)
        hbl_hb_saving_write(fit->saving, &fit->saving_error);
}

static void note_late(hbl_hb_fit *fit, const hbl_error *error)
{
    if (error->status)
        hbl_fail(&fit->late, error->status, "%s", error->message);
}

/* All at the same time, because most of it is waiting for the disk. */
static void finish_files(hbl_hb_fit *fit)
{
    enum { MOST = 16 };
    const size_t n = fit->n_chains + 2;

    hbl_parallel_for(n < MOST ? (int)n : MOST, n, finish_file, fit);
    for (size_t c = 0; c < fit->n_chains; c++)
        note_late(fit, &fit->chain[c].late);
    note_late(fit, &fit->saving_error);
    hbl_zarr_close(fit->zarr, &fit->late);
    fit->zarr = NULL;
}

/* Whether every chain stands between two sweeps, with its draws kept: so it does after a write that
 * failed, but not after a sweep that did, nor where a trace is lost in a stream. */
static bool can_go_on(const hbl_hb_fit *fit)
{
    bool any = false;

    for (size_t c = 0; c < fit->n_chains; c++) {
        const hbl_chain_run *run = &fit->chain[c];
        const int status = run->error.status;
        if (!run->files.draws || (status && (status != HBL_ERR_WRITE || run->files.trace)))
            return false;
        any = any || run->sweep > 0;
    }
    return any && (!hbl_hb_keeps_persons(fit) || fit->zarr);
}

static int flush_files(hbl_hb_fit *fit)
{
    int status = HBL_OK;

    for (size_t c = 0; !status && c < fit->n_chains; c++)
        status = hbl_chain_files_flush(&fit->chain[c].files, &fit->late);
    return status;
}

/* The files, and the last checkpoint: what the draws of a finished run can be added to, and what a
 * stopped one goes on from. Where rows cannot be written they are in the checkpoint, which is then
 * the first thing to write. */
static void finish_outputs(hbl_hb_fit *fit, int status)
{
    hbl_hb_saving *saving = NULL;
    int failed = can_go_on(fit) ? HBL_OK : HBL_ERR_NUMERIC;

    if (!failed) {
        const int flushed = flush_files(fit);
        failed = hbl_hb_saving_alloc(fit, &saving, &fit->saving_error);
        if (!failed && flushed)
            failed = hbl_hb_saving_write(saving, &fit->saving_error);
        else if (!failed)
            fit->saving = saving;
    }
    finish_files(fit);
    if (!failed && !fit->saving_error.status && !hbl_hb_saving_commit(saving, &fit->late) &&
        !status && !fit->late.status)
        hbl_checkpoint_drop(hbl_directory_path(fit->run->directory), 1, &fit->late);
    hbl_hb_saving_free(saving);
}

/* An interrupted or failed run leaves the draws that it has, and what follows from them. That they
 * could not be written is worse news than an interruption, and takes its place. */
static int finish_directory(hbl_hb_fit *fit, int status, hbl_error *error)
{
    finish_outputs(fit, status);
    hbl_hb_describe_chains(fit);
    if (fit->late.status && (!status || status == HBL_ERR_INTERRUPTED)) {
        *error = fit->late;
        status = fit->late.status;
    }
    return status;
}

int hbl_fit_hb(hbl_fit_run *run, hbl_error *error)
{
    hbl_hb_fit fit = {.run = run, .settings = &run->spec->hb};
    int status = prepare(&fit, error);

    atomic_init(&fit.halt, false);
    if (!status) {
        hbl_hb_describe(&fit);
        status = fill_directory(&fit, error);
        if (run->begun)
            status = finish_directory(&fit, status, error);
    }
    release(&fit);
    return status;
}
