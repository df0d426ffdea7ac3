/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Running moments of the persons' coefficients (Welford 1962), so that person-level results need no
 * stored draws; chains are merged by Chan, Golub and LeVeque's (1983) update.
 */
#include <math.h>
#include <stdlib.h>

#include "core/exp.h"
#include "core/memory.h"
#include "hb/chain.h"

/* The mean of RLH = exp(ll_n / T_n). */
static void accumulate_rlh(const hbl_chain *chain, size_t block, double share, hbl_workspace *w)
{
    const double *log_likelihood = hbl_at_block(chain->log_likelihood, block, 1);
    const hbl_lanes *lanes = chain->hb->lanes;

    lanes->divide(log_likelihood, chain->hb->tasks + block * HBL_LANES, w->quadratic);
    hbl_exp(HBL_LANES, w->quadratic, w->quadratic);
    lanes->accumulate(1, share, w->quadratic, chain->rlh_mean + block * HBL_LANES, NULL);
}

static void accumulate_chunk(hbl_chain *chain, size_t chunk, size_t first, size_t end,
                             hbl_workspace *w)
{
    const hbl_hb *hb = chain->hb;
    const double share = 1 / (double)chain->n_accumulated;

    (void)chunk;
    for (size_t block = first; block < end; block++) {
        hbl_transform(hb, block, hbl_at_block(chain->theta, block, hb->K), chain->delta, w);
        for (size_t l = 0; hb->is_ordered && l < HBL_LANES; l++)
            hbl_model_cumulate(hb->model, w->beta + l, HBL_LANES);
        hb->lanes->accumulate(hb->K, share, w->beta, hbl_at_block(chain->beta_mean, block, hb->K),
                              hbl_at_block(chain->beta_m2, block, hb->K));
        accumulate_rlh(chain, block, share, w);
    }
}

void hbl_chain_accumulate(hbl_chain *chain)
{
    chain->n_accumulated++;
    hbl_for_parts(chain, chain->hb->n_chunks, accumulate_chunk);
}

/* Adds a chain's mean and sum of squares to those of n draws before it. */
static void merge(double n, double n_chain, double mean_chain, double m2_chain, double *mean,
                  double *m2)
{
    const double difference = mean_chain - *mean, total = n + n_chain;

    *mean += difference * n_chain / total;
    *m2 += m2_chain + difference * difference * n * n_chain / total;
}

static void add_chain(const hbl_chain *chain, hbl_person_moments *moments)
{
    const hbl_hb *hb = chain->hb;
    const double n = (double)moments->n_draws, n_chain = (double)chain->n_accumulated;
    const double sweeps = chain->sweep > (uint64_t)hb->settings.warmup
                              ? (double)(chain->sweep - (uint64_t)hb->settings.warmup)
                              : 0;

    if (chain->n_accumulated == 0)
        return;
    for (size_t at = 0; at < hb->n_blocks * HBL_LANES; at++) {
        const size_t person = hb->person[at], block = at / HBL_LANES, lane = at % HBL_LANES;
        if (person == SIZE_MAX)
            continue;
        for (size_t k = 0; k < hb->K; k++) {
            const size_t from = (block * hb->K + k) * HBL_LANES + lane, to = person * hb->K + k;
            merge(n, n_chain, chain->beta_mean[from], chain->beta_m2[from], &moments->mean[to],
                  &moments->sd[to]);
        }
        moments->rlh[person] +=
            (chain->rlh_mean[at] - moments->rlh[person]) * n_chain / (n + n_chain);
        if (sweeps > 0)
            moments->acceptance[person] +=
                (chain->person_accepted[at] / sweeps - moments->acceptance[person]) * n_chain /
                (n + n_chain);
    }
    moments->n_draws += chain->n_accumulated;
}

int hbl_person_moments_alloc(const hbl_chain *const *chains, size_t n_chains,
                             hbl_person_moments **out, hbl_error *error)
{
    const hbl_hb *hb = chains[0]->hb;
    hbl_person_moments *moments = hbl_calloc(1, sizeof *moments, "persons' moments", error);

    *out = NULL;
    if (!moments)
        return HBL_ERR_MEMORY;
    moments->mean = hbl_calloc(hb->N * hb->K, sizeof(double), "persons' means", error);
    moments->sd = hbl_calloc(hb->N * hb->K, sizeof(double), "persons' deviations", error);
    moments->rlh = hbl_calloc(hb->N, sizeof(double), "persons' likelihoods", error);
    moments->acceptance = hbl_calloc(hb->N, sizeof(double), "persons' acceptance", error);
    if (!moments->mean || !moments->sd || !moments->rlh || !moments->acceptance) {
        hbl_person_moments_free(moments);
        return HBL_ERR_MEMORY;
    }
    for (size_t c = 0; c < n_chains; c++)
        add_chain(chains[c], moments);
    for (size_t e = 0; e < hb->N * hb->K; e++)
        moments->sd[e] =
            moments->n_draws > 1 ? sqrt(moments->sd[e] / (double)(moments->n_draws - 1)) : NAN;
    *out = moments;
    return HBL_OK;
}

void hbl_person_moments_free(hbl_person_moments *moments)
{
    if (!moments)
        return;
    free(moments->mean);
    free(moments->sd);
    free(moments->rlh);
    free(moments->acceptance);
    free(moments);
}
