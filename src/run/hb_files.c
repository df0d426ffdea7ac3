/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/hb_files.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fail.h"
#include "run/file.h"

static char *numbered_path(const char *directory, const char *stem, uint32_t chain,
                           const char *suffix, hbl_error *error)
{
    char name[64];
    snprintf(name, sizeof name, "%s-%" PRIu32 "%s", stem, chain, suffix);
    return hbl_path_join(directory, name, error);
}

/* What opening, checking and reopening have in common: the files of a chain. */
typedef struct {
    const char *directory;
    const hbl_hb_settings *settings;
    hbl_stan_csv_layout draws, warmup;
} chain_place;

static chain_place place_of(const char *directory, uint32_t chain, const hbl_hb_settings *settings,
                            const hbl_model *model)
{
    chain_place place = {.directory = directory,
                         .settings = settings,
                         .draws = {.chain = chain,
                                   .seed = settings->seed,
                                   .n_warmup = (uint64_t)settings->warmup,
                                   .n_random = model->n_random,
                                   .n_covariates = model->n_random ? model->n_covariates : 0,
                                   .n_fixed = model->n_fixed + model->n_scale}};
    place.warmup = place.draws;
    place.warmup.n_warmup = 0;
    return place;
}

static char *csv_path(const chain_place *place, const char *stem, hbl_error *error)
{
    return numbered_path(place->directory, stem, place->draws.chain, ".csv", error);
}

/* mark NULL: a new file */
static int open_csv(const chain_place *place, const char *stem, const hbl_stan_csv_layout *layout,
                    const hbl_stan_csv_mark *mark, hbl_stan_csv **csv, hbl_error *error)
{
    char *path = csv_path(place, stem, error);
    int status = HBL_ERR_MEMORY;

    if (path)
        status = mark ? hbl_stan_csv_reopen(path, layout, mark, csv, error)
                      : hbl_stan_csv_open(path, layout, csv, error);
    free(path);
    return status;
}

static int cut_trace(hbl_chain_files *files, uint64_t end, hbl_error *error)
{
    if (ftruncate(fileno(files->trace), (off_t)end) || fseeko(files->trace, (off_t)end, SEEK_SET))
        return hbl_file_fail(files->trace_path, error);
    return HBL_OK;
}

static int open_trace(const chain_place *place, const hbl_chain_files_mark *mark,
                      hbl_chain_files *files, hbl_error *error)
{
    files->trace_path =
        numbered_path(place->directory, "trace", place->draws.chain, ".jsonl", error);
    if (!files->trace_path)
        return HBL_ERR_MEMORY;
    files->trace = fopen(files->trace_path, mark ? "r+" : "w");
    if (!files->trace)
        return hbl_file_fail(files->trace_path, error);
    return mark ? cut_trace(files, mark->trace, error) : HBL_OK;
}

static int open_files(const chain_place *place, const hbl_chain_files_mark *mark,
                      hbl_chain_files *files, hbl_error *error)
{
    int status =
        open_csv(place, "chain", &place->draws, mark ? &mark->draws : NULL, &files->draws, error);

    if (!status && place->settings->save_warmup)
        status = open_csv(place, "warmup", &place->warmup, mark ? &mark->warmup : NULL,
                          &files->warmup, error);
    if (!status && place->settings->trace)
        status = open_trace(place, mark, files, error);
    return status;
}

int hbl_chain_files_open(const char *directory, uint32_t chain, const hbl_hb_settings *settings,
                         const hbl_model *model, hbl_chain_files *files, hbl_error *error)
{
    const chain_place place = place_of(directory, chain, settings, model);
    return open_files(&place, NULL, files, error);
}

int hbl_chain_files_reopen(const char *directory, uint32_t chain, const hbl_hb_settings *settings,
                           const hbl_model *model, const hbl_chain_files_mark *mark,
                           hbl_chain_files *files, hbl_error *error)
{
    const chain_place place = place_of(directory, chain, settings, model);
    return open_files(&place, mark, files, error);
}

/* ---- checkpoints */

int hbl_chain_files_where(hbl_chain_files *files, hbl_chain_files_mark *mark, hbl_error *error)
{
    *mark = (hbl_chain_files_mark){0};
    hbl_stan_csv_where(files->draws, &mark->draws);
    if (files->warmup)
        hbl_stan_csv_where(files->warmup, &mark->warmup);
    if (files->trace) {
        const off_t at = fflush(files->trace) ? -1 : ftello(files->trace);
        if (at < 0)
            return hbl_file_fail(files->trace_path, error);
        mark->trace = (uint64_t)at;
    }
    return HBL_OK;
}

int hbl_chain_files_sync(hbl_chain_files *files, hbl_error *error)
{
    int status = hbl_stan_csv_sync(files->draws, error);

    if (!status && files->warmup)
        status = hbl_stan_csv_sync(files->warmup, error);
    if (!status && files->trace && fflush(files->trace))
        status = hbl_file_fail(files->trace_path, error);
    if (!status && files->trace)
        status = hbl_file_sync_open(fileno(files->trace), files->trace_path, error);
    return status;
}

static int check_csv(const chain_place *place, const char *stem, const hbl_stan_csv_layout *layout,
                     const hbl_stan_csv_mark *mark, hbl_error *error)
{
    char *path = csv_path(place, stem, error);
    const int status = path ? hbl_stan_csv_check(path, layout, mark, error) : HBL_ERR_MEMORY;
    free(path);
    return status;
}

static int check_trace(const chain_place *place, uint64_t end, hbl_error *error)
{
    char *path = numbered_path(place->directory, "trace", place->draws.chain, ".jsonl", error);
    struct stat about;
    int status = path ? HBL_OK : HBL_ERR_MEMORY;

    if (!status && (stat(path, &about) || (uint64_t)about.st_size < end))
        status = hbl_fail(error, HBL_ERR_INPUT,
                          "%s: shorter than it was when the checkpoint was written", path);
    free(path);
    return status;
}

int hbl_chain_files_check(const char *directory, uint32_t chain, const hbl_hb_settings *settings,
                          const hbl_model *model, const hbl_chain_files_mark *mark,
                          hbl_error *error)
{
    const chain_place place = place_of(directory, chain, settings, model);
    int status = check_csv(&place, "chain", &place.draws, &mark->draws, error);

    if (!status && settings->save_warmup)
        status = check_csv(&place, "warmup", &place.warmup, &mark->warmup, error);
    if (!status && settings->trace)
        status = check_trace(&place, mark->trace, error);
    return status;
}

/* ---- the end */

int hbl_chain_files_flush(hbl_chain_files *files, hbl_error *error)
{
    int status = hbl_stan_csv_flush(files->draws, error);

    if (!status && files->warmup)
        status = hbl_stan_csv_flush(files->warmup, error);
    if (!status && files->trace && fflush(files->trace))
        status = hbl_file_fail(files->trace_path, error);
    return status;
}

int hbl_chain_files_close(hbl_chain_files *files, hbl_error *error)
{
    int status = hbl_stan_csv_close(files->draws, error);
    const int warmup = hbl_stan_csv_close(files->warmup, error);
    const int trace =
        files->trace ? hbl_stream_close(files->trace, files->trace_path, false, error) : HBL_OK;

    free(files->trace_path);
    *files = (hbl_chain_files){0};
    status = status ? status : warmup;
    return status ? status : trace;
}
