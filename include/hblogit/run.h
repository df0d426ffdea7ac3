/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs: an estimator driven into a run directory (run.json, chain-*.csv, persons.csv, persons/).
 */
#ifndef HBLOGIT_RUN_H
#define HBLOGIT_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hblogit/error.h"
#include "hblogit/model.h"

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
    void *context;
    const volatile sig_atomic_t *stop; /* polled between sweeps; nonzero: stop; may be NULL */
} hbl_fit_options;

/* Runs the estimator that spec names and leaves a complete run directory. When stopped, every file
 * is closed in a state that readers accept, run.json says "interrupted", and the status is
 * HBL_ERR_INTERRUPTED. HBL_ERR_WRITE: a file could not be written whole; HBL_ERR_INPUT: the
 * directory holds something else, or a run and overwrite is false. */
int hbl_fit(const hbl_spec *spec, const hbl_model *model, const hbl_fit_options *options,
            hbl_error *error);

/* Version of the library: "0.1.0". */
const char *hbl_version(void);

#endif
