/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * State of a hierarchical Bayes fit while it runs.
 */
#ifndef HBL_RUN_FIT_HB_H
#define HBL_RUN_FIT_HB_H

#include <stdatomic.h>

#include "hblogit/hb.h"
#include "run/checkpoint.h"
#include "run/fit.h"
#include "run/hb_files.h"
#include "run/progress.h"
#include "run/zarr.h"

/* A checkpoint on its way to the disk. */
typedef struct hbl_hb_saving hbl_hb_saving;

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
    double pause_at;    /* or until this time, when a checkpoint is due */
    int threads;        /* chains at work at the same time */
    hbl_chain_run *chain;
    hbl_zarr *zarr; /* NULL: draws of persons are not kept */
    hbl_reporter *reporter;
    atomic_bool halt;       /* a chain failed */
    hbl_hb_saving *saving;  /* the last checkpoint, to be written beside the other files; or NULL */
    hbl_error saving_error; /* of writing it */
    hbl_error late;         /* of what is written at the end */
    double start_seconds, sampling_wall_seconds, total_from;
    double sampling_from;
    double earlier_seconds; /* of sampling_wall_seconds, in processes before this one */
    hbl_identity identity;  /* for checkpoints */
} hbl_hb_fit;

/* Makes a chain, not yet started or loaded. */
int hbl_hb_make_chain(hbl_hb_fit *fit, size_t c, hbl_error *error);

/* Opens persons/. */
int hbl_hb_open_zarr(hbl_hb_fit *fit, hbl_error *error);

/* What the fit is, for its checkpoints. */
int hbl_hb_identify(hbl_hb_fit *fit, hbl_error *error);

/* Writes a checkpoint; all chains must be between two sweeps. */
int hbl_hb_checkpoint(hbl_hb_fit *fit, hbl_error *error);

/* The same in steps, for the end of a run, where all files wait for the disk at the same time:
 * notes where the files stand, which must then stay as they are or, if they had been flushed, may
 * be ended; writes the checkpoint beside the others, while persons/ is still open; and puts it in
 * its place when the files are on the disk. */
int hbl_hb_saving_alloc(hbl_hb_fit *fit, hbl_hb_saving **saving, hbl_error *error);
int hbl_hb_saving_write(hbl_hb_saving *saving, hbl_error *error);
int hbl_hb_saving_commit(hbl_hb_saving *saving, hbl_error *error);
void hbl_hb_saving_free(hbl_hb_saving *saving);

/* Goes on from the newest whole checkpoint: the directory is begun, files and chains are as they
 * were then. *restored false: there is none, and nothing was done. */
int hbl_hb_restore(hbl_hb_fit *fit, bool *restored, hbl_error *error);

/* Tells the caller where the disk has less room than the run will need. */
void hbl_hb_check_space(const hbl_hb_fit *fit);

/* Runs all chains to their end, or until one fails or the caller's stop flag is set. */
int hbl_hb_sample(hbl_hb_fit *fit, hbl_error *error);

/* Whether persons/ is asked for, and there is something to put into it. */
bool hbl_hb_keeps_persons(const hbl_hb_fit *fit);

/* Adds to run.json what is known before, and after the chains have run. */
void hbl_hb_describe(const hbl_hb_fit *fit);
void hbl_hb_describe_chains(const hbl_hb_fit *fit);

#endif
