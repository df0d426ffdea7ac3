/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs: an estimator driven into a run directory (run.json, chain-*.csv, persons.csv, persons/;
 * or run.json, estimates.csv, vcov.csv, iterations.csv, persons.csv).
 */
#ifndef HBLOGIT_RUN_H
#define HBLOGIT_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hblogit/error.h"
#include "hblogit/model.h"
#include "hblogit/msl.h"

typedef enum { HBL_PHASE_WARMUP, HBL_PHASE_SAMPLING, HBL_PHASE_DONE } hbl_phase;

/* Where a chain stands, as told to the caller's progress function. */
typedef struct {
    size_t chain, n_chains; /* chain counts from 1 */
    hbl_phase phase;
    uint64_t sweep, n_sweeps;
    double sweeps_per_second;
    double acceptance; /* of the person kernel, over the sweeps since the last report */
    double seconds_left;
} hbl_progress;

typedef struct {
    const char *directory; /* created; an existing run in it is an error without overwrite */
    bool overwrite;
    int threads;         /* 0: one for each processor */
    const char *command; /* the command line, for run.json; may be NULL */
    /* Called a few times a second a chain, from one thread at a time; may be NULL. */
    void (*progress)(void *context, const hbl_progress *progress);
    /* Called at every iteration of an optimiser; may be NULL. */
    void (*iteration)(void *context, const hbl_msl_progress *progress);
    /* Told what is no failure and should be known, one sentence each: little space on the disk, a
     * damaged checkpoint that was passed over. May be NULL. */
    void (*notice)(void *context, const char *message);
    void *context;                     /* of all three */
    const volatile sig_atomic_t *stop; /* polled between sweeps or iterations; nonzero: stop; may
                                          be NULL */
} hbl_fit_options;

/* Runs the estimator that spec names and leaves a complete run directory. When stopped, every file
 * is closed in a state that readers accept, run.json says "interrupted", and the status is
 * HBL_ERR_INTERRUPTED. HBL_ERR_WRITE: a file could not be written whole; HBL_ERR_INPUT: the
 * directory holds something else, or a run and overwrite is false. From the first checkpoint on,
 * hbl_resume goes on with a run however it ended. */
int hbl_fit(const hbl_spec *spec, const hbl_model *model, const hbl_fit_options *options,
            hbl_error *error);

typedef enum {
    HBL_RUN_CUT_OFF, /* by a kill or a crash; or it is still at work */
    HBL_RUN_INTERRUPTED,
    HBL_RUN_FAILED,
    HBL_RUN_DONE,
} hbl_run_status;

/* What run.json in directory says was run: the first half of going on with it; hbl_model_build and
 * hbl_resume are the rest. overrides are as hbl_spec_read takes them; a run can go on with another
 * hb.draws, hb.checkpoint and data.file, if that has the same contents.
 * HBL_ERR_INPUT: no run here; the data are not where they were, or have changed since. */
int hbl_resume_read(const char *directory, const char *const *overrides, size_t n_overrides,
                    hbl_spec **spec, hbl_run_status *status, hbl_error *error);

/* Goes on with the run in options->directory from its last checkpoint, and ends as it would have
 * ended without the break: outputs are cut back to where they stood then. A run that has none yet
 * is started over. Given more draws than it has, a finished run gets what is missing.
 * HBL_ERR_INPUT: all checkpoints are damaged; or of another version, model, data set or machine;
 * another process is at work in the directory; a run by msl or mnl, which keeps no checkpoints. */
int hbl_resume(const hbl_spec *spec, const hbl_model *model, const hbl_fit_options *options,
               hbl_error *error);

/* Version of the library: "0.1.0". */
const char *hbl_version(void);

#endif
