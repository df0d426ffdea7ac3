/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Progress of several chains, told to the caller's function a few times a second a chain and from
 * one thread at a time.
 */
#ifndef HBL_RUN_PROGRESS_H
#define HBL_RUN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hblogit/error.h"
#include "hblogit/run.h"

/* Seconds of a clock that only goes forward. */
double hbl_seconds(void);

typedef struct hbl_reporter hbl_reporter;

/* For n_chains chains on that many threads (at most n_chains), of n_sweeps sweeps each, of which
 * the first n_warmup are warm-up. */
int hbl_reporter_alloc(const hbl_fit_options *options, size_t n_chains, int threads,
                       uint64_t n_warmup, uint64_t n_sweeps, hbl_reporter **reporter,
                       hbl_error *error);
void hbl_reporter_free(hbl_reporter *reporter);

/* A sweep of chain (from 0) is done. Called by the thread that works on that chain. now: a
 * reading of hbl_seconds. */
void hbl_reporter_tick(hbl_reporter *reporter, size_t chain, double acceptance, double now);

/* The chain has that many sweeps behind it, from an earlier process. */
void hbl_reporter_skip(hbl_reporter *reporter, size_t chain, uint64_t sweeps);

/* Nobody works on the chain for a while, which shall not count as slowness: restarts its clock. */
void hbl_reporter_wake(hbl_reporter *reporter, size_t chain, double now);

/* Chain `chain` makes way for others until it wakes again. */
void hbl_reporter_rest(hbl_reporter *reporter, size_t chain, double now);

#endif
