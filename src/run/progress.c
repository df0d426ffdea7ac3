/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/progress.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "core/fail.h"
#include "core/memory.h"

static const double interval = 0.25; /* seconds between two reports of a chain */

typedef struct {
    uint64_t sweep, phase_sweeps; /* done in all, and in this phase */
    double phase_seconds, rate;   /* time worked in this phase; sweeps a second */
    double counted;               /* until when phase_seconds counts */
    double reported;              /* when the last report was made */
    double acceptance;            /* summed since then */
    uint64_t n_acceptance;
} chain_progress;

struct hbl_reporter {
    hbl_fit_options options;
    size_t n_chains;
    double turns; /* chains to a thread: they work one after the other */
    uint64_t n_warmup, n_sweeps;
    pthread_mutex_t lock;
    chain_progress *chain;
};

double hbl_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int hbl_reporter_alloc(const hbl_fit_options *options, size_t n_chains, int threads,
                       uint64_t n_warmup, uint64_t n_sweeps, hbl_reporter **out, hbl_error *error)
{
    hbl_reporter *reporter = hbl_calloc(1, sizeof *reporter, "progress", error);

    *out = NULL;
    if (!reporter)
        return HBL_ERR_MEMORY;
    reporter->chain = hbl_calloc(n_chains, sizeof *reporter->chain, "progress", error);
    if (!reporter->chain || pthread_mutex_init(&reporter->lock, NULL)) {
        free(reporter->chain);
        free(reporter);
        return hbl_fail_memory(error, "progress");
    }
    reporter->options = *options;
    reporter->n_chains = n_chains;
    reporter->turns = (double)n_chains / threads;
    reporter->n_warmup = n_warmup;
    reporter->n_sweeps = n_sweeps;
    *out = reporter;
    return HBL_OK;
}

void hbl_reporter_free(hbl_reporter *reporter)
{
    if (!reporter)
        return;
    pthread_mutex_destroy(&reporter->lock);
    free(reporter->chain);
    free(reporter);
}

static hbl_phase phase_of(const hbl_reporter *reporter, uint64_t sweep)
{
    if (sweep >= reporter->n_sweeps)
        return HBL_PHASE_DONE;
    return sweep < reporter->n_warmup ? HBL_PHASE_WARMUP : HBL_PHASE_SAMPLING;
}

static void report(hbl_reporter *reporter, size_t chain, hbl_phase phase, double now)
{
    chain_progress *c = &reporter->chain[chain];
    hbl_progress progress = {.chain = chain + 1,
                             .n_chains = reporter->n_chains,
                             .phase = phase,
                             .sweep = c->sweep,
                             .n_sweeps = reporter->n_sweeps,
                             .sweeps_per_second = c->rate};

    if (c->n_acceptance > 0)
        progress.acceptance = c->acceptance / (double)c->n_acceptance;
    if (c->rate > 0)
        progress.seconds_left = reporter->turns * (double)(reporter->n_sweeps - c->sweep) / c->rate;
    reporter->options.progress(reporter->options.context, &progress);
    c->reported = now;
    c->acceptance = 0;
    c->n_acceptance = 0;
}

/* Sweeps a second of this phase; that of the phase before until there is something to go by. */
static void measure(chain_progress *c, double now)
{
    c->phase_seconds += now - c->counted;
    c->counted = now;
    if (c->phase_seconds > 0.02 || c->rate == 0)
        c->rate = c->phase_seconds > 0 ? (double)c->phase_sweeps / c->phase_seconds : 0;
}

void hbl_reporter_skip(hbl_reporter *reporter, size_t chain, uint64_t sweeps)
{
    reporter->chain[chain].sweep = sweeps;
}

void hbl_reporter_wake(hbl_reporter *reporter, size_t chain, double now)
{
    chain_progress *c = &reporter->chain[chain];

    c->counted = now;
    if (c->reported == 0)
        c->reported = now;
}

void hbl_reporter_rest(hbl_reporter *reporter, size_t chain, double now)
{
    measure(&reporter->chain[chain], now);
}

void hbl_reporter_tick(hbl_reporter *reporter, size_t chain, double acceptance, double now)
{
    chain_progress *c = &reporter->chain[chain];
    const hbl_phase before = phase_of(reporter, c->sweep), phase = phase_of(reporter, c->sweep + 1);

    if (!reporter->options.progress)
        return;
    c->sweep++;
    c->phase_sweeps++;
    c->acceptance += acceptance;
    c->n_acceptance++;
    if (phase == before && now - c->reported < interval)
        return;
    measure(c, now);
    /* a routine report is left out, not waited for, while another chain makes its own */
    if (phase != before)
        pthread_mutex_lock(&reporter->lock);
    else if (pthread_mutex_trylock(&reporter->lock))
        return;
    report(reporter, chain, phase, now);
    pthread_mutex_unlock(&reporter->lock);
    if (phase != before) {
        c->phase_sweeps = 0;
        c->phase_seconds = 0;
    }
}
