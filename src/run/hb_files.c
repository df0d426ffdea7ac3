/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/hb_files.h"

#include <inttypes.h>
#include <stdlib.h>

#include "run/file.h"

static char *numbered_path(const char *directory, const char *stem, uint32_t chain,
                           const char *suffix, hbl_error *error)
{
    char name[64];
    snprintf(name, sizeof name, "%s-%" PRIu32 "%s", stem, chain, suffix);
    return hbl_path_join(directory, name, error);
}

static int open_csv(const char *directory, const char *stem, const hbl_stan_csv_layout *layout,
                    hbl_stan_csv **csv, hbl_error *error)
{
    char *path = numbered_path(directory, stem, layout->chain, ".csv", error);
    const int status = path ? hbl_stan_csv_open(path, layout, csv, error) : HBL_ERR_MEMORY;
    free(path);
    return status;
}

static int open_trace(const char *directory, uint32_t chain, hbl_chain_files *files,
                      hbl_error *error)
{
    files->trace_path = numbered_path(directory, "trace", chain, ".jsonl", error);
    if (!files->trace_path)
        return HBL_ERR_MEMORY;
    files->trace = fopen(files->trace_path, "w");
    return files->trace ? HBL_OK : hbl_file_fail(files->trace_path, error);
}

int hbl_chain_files_open(const char *directory, uint32_t chain, const hbl_hb_settings *settings,
                         const hbl_model *model, hbl_chain_files *files, hbl_error *error)
{
    hbl_stan_csv_layout layout = {.chain = chain,
                                  .seed = settings->seed,
                                  .n_warmup = (uint64_t)settings->warmup,
                                  .n_random = model->n_random,
                                  .n_fixed = model->n_fixed};
    int status = open_csv(directory, "chain", &layout, &files->draws, error);

    layout.n_warmup = 0;
    if (!status && settings->save_warmup)
        status = open_csv(directory, "warmup", &layout, &files->warmup, error);
    if (!status && settings->trace)
        status = open_trace(directory, chain, files, error);
    return status;
}

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
