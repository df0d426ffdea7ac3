/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chains at work: the loop over sweeps, and how chains share the threads.
 */
#include <math.h>

#include "core/fail.h"
#include "core/parallel.h"
#include "run/fit_hb.h"

static const double flush_interval = 1; /* seconds */

/* With fewer threads than chains, chains go on in turns, so that an interrupted run has chains of
 * about the same length. */
enum { ROUNDS = 20 };

static bool is_wanted(const hbl_hb_fit *fit)
{
    const volatile sig_atomic_t *stop = fit->run->options->stop;
    return !(stop && __atomic_load_n(stop, __ATOMIC_RELAXED)) &&
           !atomic_load_explicit(&fit->halt, memory_order_relaxed);
}

/* Whatever cannot be written is kept until it can: the draw counts all the same. */
static int keep_draw(hbl_hb_fit *fit, size_t c, const hbl_draw *draw)
{
    hbl_chain_run *run = &fit->chain[c];
    int status = hbl_stan_csv_row(run->files.draws, draw, &run->error), kept = HBL_OK;

    if (fit->zarr) {
        hbl_chain_beta(run->chain, hbl_zarr_slot(fit->zarr, c));
        kept = hbl_zarr_commit(fit->zarr, c, &run->error);
    }
    hbl_chain_accumulate(run->chain);
    run->n_draws++;
    return status ? status : kept;
}

static int keep_if_due(hbl_hb_fit *fit, size_t c, const hbl_draw *draw)
{
    const uint64_t warmup = (uint64_t)fit->settings->warmup, thin = (uint64_t)fit->settings->thin;
    hbl_chain_run *run = &fit->chain[c];

    if (run->sweep > warmup)
        return (run->sweep - warmup) % thin == 0 ? keep_draw(fit, c, draw) : HBL_OK;
    return run->files.warmup ? hbl_stan_csv_row(run->files.warmup, draw, &run->error) : HBL_OK;
}

/* One sweep and what leaves through files; now is moved to when it was done. */
static int advance(hbl_hb_fit *fit, size_t c, double *now)
{
    hbl_chain_run *run = &fit->chain[c];
    const double before = *now;
    hbl_draw draw;
    int status = hbl_chain_sweep(run->chain, &run->error);

    if (status)
        return status;
    run->sweep++;
    hbl_chain_draw(run->chain, &draw);
    status = keep_if_due(fit, c, &draw);
    *now = hbl_seconds();
    *(run->sweep > (uint64_t)fit->settings->warmup ? &run->sampling_seconds
                                                   : &run->warmup_seconds) += *now - before;
    hbl_reporter_tick(fit->reporter, c, draw.acceptance, *now);
    if (!status && *now - run->flushed > flush_interval) {
        status = hbl_chain_files_flush(&run->files, &run->error);
        run->flushed = *now;
    }
    return status;
}

int hbl_hb_make_chain(hbl_hb_fit *fit, size_t c, hbl_error *error)
{
    hbl_chain_run *run = &fit->chain[c];
    const int status = hbl_chain_alloc(fit->hb, (uint32_t)c + 1, run->threads, &run->chain, error);

    if (!status && run->files.trace)
        hbl_chain_trace(run->chain, run->files.trace);
    return status;
}

static int start_chain(hbl_hb_fit *fit, size_t c)
{
    hbl_chain_run *run = &fit->chain[c];
    const int status = hbl_hb_make_chain(fit, c, &run->error);
    return status ? status : hbl_chain_start(run->chain, &run->error);
}

/* Takes chain c to the end of the round, or until a checkpoint is due; at least a sweep, so that it
 * gets on however short the time between checkpoints is. */
static void run_chain(void *context, size_t c, int thread)
{
    hbl_hb_fit *fit = context;
    hbl_chain_run *run = &fit->chain[c];
    double now = hbl_seconds();
    int status = HBL_OK;

    (void)thread;
    hbl_reporter_wake(fit->reporter, c, now);
    if (!run->chain && is_wanted(fit)) {
        status = start_chain(fit, c);
        run->flushed = now;
    }
    while (!status && run->sweep < fit->round_end && is_wanted(fit)) {
        status = advance(fit, c, &now);
        if (now >= fit->pause_at)
            break;
    }
    hbl_reporter_rest(fit->reporter, c, now);
    if (status) {
        hbl_fail(&run->error, status, "chain %zu could not go on", c + 1);
        atomic_store(&fit->halt, true);
    }
}

/* The first chain that failed gives the error; without one, an early end is the caller's wish. */
static int conclude(const hbl_hb_fit *fit, hbl_error *error)
{
    uint64_t least = fit->n_sweeps;

    for (size_t c = 0; c < fit->n_chains; c++)
        if (fit->chain[c].error.status)
            return hbl_fail(error, fit->chain[c].error.status, "%s", fit->chain[c].error.message);
    for (size_t c = 0; c < fit->n_chains; c++)
        if (fit->chain[c].sweep < least)
            least = fit->chain[c].sweep;
    if (least == fit->n_sweeps)
        return HBL_OK;
    return hbl_fail(error, HBL_ERR_INTERRUPTED,
                    "interrupted after %llu of %llu sweeps; the draws so far are in %s, and "
                    "hblogit resume %s goes on",
                    (unsigned long long)least, (unsigned long long)fit->n_sweeps,
                    hbl_directory_path(fit->run->directory),
                    hbl_directory_path(fit->run->directory));
}

static void set_pause(hbl_hb_fit *fit)
{
    const double interval = fit->settings->checkpoint;
    fit->pause_at = interval > 0 ? hbl_seconds() + interval : INFINITY;
}

static bool is_round_over(const hbl_hb_fit *fit)
{
    for (size_t c = 0; c < fit->n_chains; c++)
        if (fit->chain[c].sweep < fit->round_end)
            return false;
    return true;
}

static double sampled_seconds(const hbl_hb_fit *fit)
{
    return fit->earlier_seconds + hbl_seconds() - fit->sampling_from;
}

/* Chains pause for checkpoints together: a checkpoint is the state of all of them. */
static int run_round(hbl_hb_fit *fit, hbl_error *error)
{
    for (;;) {
        hbl_parallel_for(fit->threads, fit->n_chains, run_chain, fit);
        if (!is_wanted(fit) || is_round_over(fit))
            return HBL_OK;
        fit->sampling_wall_seconds = sampled_seconds(fit);
        const int status = hbl_hb_checkpoint(fit, error);
        if (status)
            return status;
        set_pause(fit);
    }
}

int hbl_hb_sample(hbl_hb_fit *fit, hbl_error *error)
{
    const uint64_t rounds = (size_t)fit->threads < fit->n_chains ? ROUNDS : 1;
    int status = HBL_OK;

    fit->sampling_from = hbl_seconds();
    set_pause(fit);
    for (uint64_t round = 1; !status && round <= rounds && (round == 1 || is_wanted(fit));
         round++) {
        /* not n_sweeps * round / rounds, which might overflow */
        fit->round_end = fit->n_sweeps / rounds * round + fit->n_sweeps % rounds * round / rounds;
        status = run_round(fit, error);
    }
    fit->sampling_wall_seconds = sampled_seconds(fit);
    return status ? status : conclude(fit, error);
}
