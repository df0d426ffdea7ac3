/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * State of a hierarchical Bayes fit while it runs.
 */
#ifndef HBL_RUN_FIT_HB_H
#define HBL_RUN_FIT_HB_H

#include <stdatomic.h>

#include "hblogit/hb.h"
#include "run/fit.h"
#include "run/hb_files.h"
#include "run/progress.h"
#include "run/zarr.h"

/* A chain at work. One thread at a time has it. */
typedef struct {
    hbl_chain *chain;
    hbl_chain_files files;
    int threads;             /* for its persons */
    uint64_t sweep, n_draws; /* done; kept */
    double warmup_seconds, sampling_seconds;
    double flushed;  /* when the files were last handed over */
    hbl_error error; /* of sampling */
    hbl_error late;  /* of closing the files */
} hbl_chain_run;

typedef struct {
    hbl_fit_run *run;
    const hbl_hb_settings *settings;
    hbl_hb *hb;
    size_t n_chains;
    uint64_t n_sweeps;  /* a chain, warm-up included */
    uint64_t round_end; /* chains go on until this sweep */
    hbl_chain_run *chain;
    hbl_zarr *zarr; /* NULL: draws of persons are not kept */
    hbl_reporter *reporter;
    atomic_bool halt; /* a chain failed */
    hbl_error late;   /* of what is written at the end */
    double start_seconds, sampling_wall_seconds, total_from;
} hbl_hb_fit;

/* Runs all chains to their end, or until one fails or the caller's stop flag is set. */
int hbl_hb_sample(hbl_hb_fit *fit, hbl_error *error);

/* Whether persons/ is asked for, and there is something to put into it. */
bool hbl_hb_keeps_persons(const hbl_hb_fit *fit);

/* Adds to run.json what is known before, and after the chains have run. */
void hbl_hb_describe(const hbl_hb_fit *fit);
void hbl_hb_describe_chains(const hbl_hb_fit *fit);

#endif
