/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Adaptation, in warm-up only. Step sizes follow Robbins and Monro (1951) all through it; the
 * preconditioners are averages of Hessians along the chain, begun anew at W/8, W/4 and W/2 so that
 * the way from the start is forgotten, and frozen at 3W/4 so that the steps settle on them.
 */
#include <math.h>
#include <string.h>

#include "core/linalg.h"
#include "hb/chain.h"

enum { HESSIAN_EVERY = 5, POOLED_EVERY = 20, REFACTOR_EVERY = 25 };

double hbl_adaptation_gain(uint64_t sweep)
{
    return fmax(0.005, 0.3 / pow(1 + 0.02 * (double)sweep, 0.7));
}

void hbl_adapt_interweave(hbl_chain *chain, double probability)
{
    static const double target = 0.65;
    const double gain = hbl_adaptation_gain(chain->sweep);

    /* s = 1 is a proposal that forgets the current state */
    chain->tuning.interweave_step =
        fmin(1, chain->tuning.interweave_step * exp(gain * (probability - target)));
}

static void restart_averages(hbl_chain *chain)
{
    const hbl_hb *hb = chain->hb;
    hbl_tuning *tuning = &chain->tuning;

    if (hb->kernel->uses_factor) {
        memset(tuning->hessian, 0, hb->n_blocks * HBL_TRIANGLE(hb->K) * HBL_LANES * sizeof(double));
        memset(tuning->precision_sum, 0, hb->K * hb->K * sizeof(double));
    }
    tuning->n_hessians = 0;
    memset(tuning->pooled_sum, 0,
           hb->n_pooled_parts * hb->n_entries * hb->n_entries * sizeof(double));
    tuning->n_pooled = 0;
}

void hbl_adapt(hbl_chain *chain)
{
    const uint64_t W = (uint64_t)chain->hb->settings.warmup, sweep = chain->sweep;

    if (sweep >= W - W / 4)
        return;
    if (sweep == W / 8 || sweep == W / 4 || sweep == W / 2)
        restart_averages(chain);
    if (sweep % HESSIAN_EVERY == 0)
        hbl_accumulate_hessians(chain, sweep % POOLED_EVERY == 0);
    if (sweep % REFACTOR_EVERY == 0)
        hbl_refactor(chain);
}

/* W_n'W_n = (H_n + P)^-1, averages over warm-up. */
static void refactor_part(hbl_chain *chain, size_t part, size_t first, size_t end, hbl_workspace *w)
{
    const hbl_hb *hb = chain->hb;
    const size_t K = hb->K, tri = HBL_TRIANGLE(K);
    const double scale = 1 / chain->tuning.n_hessians;

    (void)part;
    for (size_t block = first; block < end; block++) {
        const double *sum = hbl_at_block(chain->tuning.hessian, block, tri);
        for (size_t i = 0, e = 0; i < K; i++)
            for (size_t j = 0; j <= i; j++, e++)
                for (size_t l = 0; l < HBL_LANES; l++)
                    w->triangle[e * HBL_LANES + l] =
                        scale * (sum[e * HBL_LANES + l] + chain->tuning.precision_sum[i * K + j]);
        hb->lanes->inverse_factor(K, w->triangle, hbl_at_block(chain->tuning.factor, block, tri));
    }
}

/* Curvature of ln p(v) at the current state, roughly: its diagonal. */
static double prior_curvature(const hbl_chain *chain, const hbl_entry *entry)
{
    const hbl_hb *hb = chain->hb;
    const hbl_prior *prior = &hb->settings.prior;
    const size_t i = entry->row, K = hb->K;

    if (entry->kind == HBL_ENTRY_FIXED)
        return prior->fixed_precision;
    if (entry->kind == HBL_ENTRY_FACTOR)
        return (hbl_prior_df_of(hb, &hb->covariance[hb->covariance_of[i]]) +
                (double)hb->position[i]) /
               (chain->L[i * K + i] * chain->L[i * K + i]);
    if (entry->kind == HBL_ENTRY_SLOPE)
        return hbl_prior_slope_precision(hb);
    if (prior->mean == HBL_MEAN_CONJUGATE)
        return prior->mean_precision * chain->precision[i * K + i];
    return prior->mean == HBL_MEAN_NORMAL ? prior->mean_precision : 0;
}

/* R R' = average pooled Hessian + prior curvature; kept as it was where that is not positive
 * definite (a coefficient the choices say nothing about, under a flat prior). */
static void refactor_pooled(hbl_chain *chain)
{
    const hbl_hb *hb = chain->hb;
    const size_t d = hb->n_entries;
    double *a = chain->scratch_pooled;

    for (size_t e = 0; e < d; e++) {
        for (size_t f = 0; f <= e; f++) {
            a[e * d + f] = 0;
            for (size_t part = 0; part < hb->n_pooled_parts; part++)
                a[e * d + f] += chain->tuning.pooled_sum[(part * d + e) * d + f];
            a[e * d + f] /= chain->tuning.n_pooled;
        }
        a[e * d + e] += prior_curvature(chain, &hb->entry[e]);
    }
    if (hbl_cholesky(d, a, a))
        memcpy(chain->tuning.pooled_factor, a, d * d * sizeof *a);
}

/* Factoring takes d^3 / 3 operations: with K = 60, d = 1890, as long as fifty sweeps. */
static uint64_t pooled_refactor_every(size_t d)
{
    return REFACTOR_EVERY * (1 + (uint64_t)d / 400);
}

void hbl_refactor(hbl_chain *chain)
{
    const size_t d = chain->hb->n_entries;

    if (chain->hb->kernel->uses_factor && chain->hb->K && chain->tuning.n_hessians > 0)
        hbl_for_parts(chain, chain->hb->n_chunks, refactor_part);
    if (d && chain->tuning.n_pooled > 0 && chain->sweep % pooled_refactor_every(d) == 0)
        refactor_pooled(chain);
}
