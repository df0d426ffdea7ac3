/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a chain starts, and what derives from a state that was set.
 */
#include <math.h>
#include <string.h>

#include "core/fail.h"
#include "core/linalg.h"
#include "core/rng.h"
#include "hb/chain.h"

static void refresh_chunk(hbl_chain *chain, size_t chunk, size_t first, size_t end,
                          hbl_workspace *w)
{
    const hbl_hb *hb = chain->hb;
    double *sums = chain->chunk_moment + chunk * hb->layout.n * hb->lanes->fold;

    memset(sums, 0, hb->layout.n * hb->lanes->fold * sizeof *sums);
    for (size_t block = first; block < end; block++) {
        const double *theta = hbl_at_block(chain->theta, block, hb->K);
        double *log_likelihood = hbl_at_block(chain->log_likelihood, block, 1);
        double *gradient = hbl_at_block(chain->gradient, block, hb->P);

        hbl_evaluate(hb, block, theta, chain->delta, chain->alpha, w, log_likelihood, gradient);
        hbl_add_slopes(hb, block, chain->mu, theta, log_likelihood, gradient, w, sums);
        hbl_add_spread(hb, block, w, sums);
    }
}

void hbl_chain_refresh(hbl_chain *chain)
{
    const hbl_hb *hb = chain->hb;

    hbl_derive_from_factor(chain);
    hbl_for_parts(chain, hb->n_chunks, refresh_chunk);
    hbl_sum_chunks(chain, chain->mu, &chain->sums);
    chain->sum_z2 = 0;
    for (size_t i = 0; i < hb->K; i++)
        for (size_t j = 0; j <= i; j++)
            chain->sum_z2 += (i == j ? 1 : 2) * chain->precision[i * hb->K + j] *
                             chain->sums.moment[hb->layout.dd + HBL_TRIANGLE(i) + j];
}

/* mu a person's spread away from the pooled estimate, Omega diagonal with standard deviations of
 * a third to three times that spread, alpha two standard errors away, theta_n ~ N(mu, Omega):
 * chains begin further apart than they will end. */
static void disperse(hbl_chain *chain)
{
    const hbl_hb *hb = chain->hb;
    const uint64_t seed = hb->settings.seed;
    hbl_rng rng = hbl_rng_stream(seed, chain->number, HBL_STREAM_START, 0, 0);

    for (size_t k = 0; k < hb->K; k++) {
        const double factor = exp((2 * hbl_rng_uniform(&rng) - 1) * log(3.0));
        chain->mu[k] = hb->theta_pooled[k] + hb->spread[k] * hbl_rng_normal(&rng);
        chain->L[k * hb->K + k] = hb->spread[k] * factor;
        chain->lambda[k] = hb->spread[k] * hb->spread[k];
    }
    for (size_t f = 0; f < hb->F; f++)
        chain->alpha[f] = hb->alpha_pooled[f] + hb->alpha_spread[f] * hbl_rng_normal(&rng);
    for (size_t q = 0; q < hb->Q; q++) {
        const double size = sqrt((double)hb->Q * hb->ww[q * hb->Q + q] / (double)hb->N);
        for (size_t k = 0; k < hb->K; k++)
            chain->delta[q * hb->K + k] =
                size > 0 ? 0.5 * hb->spread[k] / size * hbl_rng_normal(&rng) : 0;
    }
    for (size_t at = 0; at < hb->n_blocks * HBL_LANES; at++) {
        const size_t person = hb->person[at], block = at / HBL_LANES, lane = at % HBL_LANES;
        if (person == SIZE_MAX)
            continue;
        rng = hbl_rng_stream(seed, chain->number, HBL_STREAM_START, person + 1, 0);
        for (size_t k = 0; k < hb->K; k++)
            chain->theta[(block * hb->K + k) * HBL_LANES + lane] =
                chain->mu[k] + chain->L[k * hb->K + k] * hbl_rng_normal(&rng);
        for (size_t k = 0; hb->kernel->keeps_momentum && k < hb->K; k++)
            chain->momentum[(block * hb->K + k) * HBL_LANES + lane] = hbl_rng_normal(&rng);
    }
}

int hbl_chain_start(hbl_chain *chain, hbl_error *error)
{
    const hbl_hb *hb = chain->hb;

    chain->sweep = 0;
    disperse(chain);
    hbl_chain_refresh(chain);
    if (!isfinite(chain->sums.log_likelihood))
        return hbl_fail(error, HBL_ERR_NUMERIC,
                        "chain %u: the log-likelihood is not finite at the start", chain->number);
    if (hb->K) {
        for (size_t at = 0; at < hb->n_blocks * HBL_LANES; at++)
            chain->tuning.step[at] = hb->kernel->first_step(hb->K);
    }
    chain->tuning.interweave_step = 0.5;
    if (hb->kernel->uses_hessian && hb->K)
        hbl_fractional_hessians(chain);
    hbl_accumulate_hessians(chain, true);
    for (size_t e = 0; e < hb->n_entries; e++) /* should the Hessian not be positive definite */
        chain->tuning.pooled_factor[e * hb->n_entries + e] = sqrt((double)hb->N);
    hbl_refactor(chain);
    return HBL_OK;
}

int hbl_chain_set_state(hbl_chain *chain, const double *theta, const double *mu,
                        const double *delta, const double *omega, const double *alpha,
                        const double *lambda, hbl_error *error)
{
    const hbl_hb *hb = chain->hb;

    if (hb->K && !hbl_cholesky(hb->K, omega, chain->L))
        return hbl_fail(error, HBL_ERR_NUMERIC, "Omega is not positive definite");
    memcpy(chain->mu, mu, hb->K * sizeof(double));
    if (hb->F)
        memcpy(chain->alpha, alpha, hb->F * sizeof(double));
    if (hb->Q)
        memcpy(chain->delta, delta, hb->Q * hb->K * sizeof(double));
    if (lambda)
        memcpy(chain->lambda, lambda, hb->K * sizeof(double));
    for (size_t at = 0; at < hb->n_blocks * HBL_LANES; at++)
        for (size_t k = 0; k < hb->K && hb->person[at] != SIZE_MAX; k++)
            chain->theta[(at / HBL_LANES * hb->K + k) * HBL_LANES + at % HBL_LANES] =
                theta[hb->person[at] * hb->K + k];
    for (size_t block = 0; hb->Q && block < hb->n_blocks; block++)
        hb->lanes->shift(hb->Q, hb->K, hbl_at_block(hb->w, block, hb->Q), chain->delta, -1,
                         hbl_at_block(chain->theta, block, hb->K));
    hbl_chain_refresh(chain);
    return HBL_OK;
}
