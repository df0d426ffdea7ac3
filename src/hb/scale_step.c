/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scales under Huang and Wand's prior: (row k of L, lambda_k) -> (e^u row k, e^2u lambda_k) for
 * every k at once with z_n held, u ~ N(0, size^2), of a size drawn anew each time: to and from
 * Omega near 0, where L and lambda, each given the other, move by little steps only. The Jacobian
 * is e^u for each of the i + 1 elements of the row, i its place in the covariance block, and e^2u
 * for lambda_k.
 */
#include <math.h>
#include <string.h>

#include "hb/proposal.h"

static double log_density_of_lambda(const hbl_hb *hb, const double *lambda)
{
    double sum = 0;

    for (size_t k = 0; k < hb->K; k++) {
        const hbl_covariance *c = &hb->covariance[hb->covariance_of[k]];
        const double A = hbl_prior_scale(&hb->settings.prior, c->size);
        sum += (0.5 * hbl_prior_df_of(hb, c) - 0.5) * log(lambda[k]) - lambda[k] / (A * A);
    }
    return sum;
}

static double log_density_at(const hbl_chain *chain, const hbl_point *at, const double *lambda)
{
    return hbl_log_prior_factor(chain->hb, at->mu, at->delta, at->L, at->L_inverse, at->alpha,
                                lambda, chain->scratch, NULL) +
           log_density_of_lambda(chain->hb, lambda);
}

static void trace_scales(const hbl_chain *chain, const double *lambda, double size,
                         const double *normals, double log_ratio, double uniform, double accepted)
{
    const size_t K = chain->hb->K;
    const hbl_trace_field field[] = {
        {"size", &size, 1, 1},
        {"normals", normals, K, 1},
        {"lambda_proposal", lambda, K, 1},
        {"loglik", &chain->sums.log_likelihood, 1, 1},
        {"loglik_proposal", &chain->sums_other.log_likelihood, 1, 1},
        {"log_ratio", &log_ratio, 1, 1},
        {"uniform", &uniform, 1, 1},
        {"accepted", &accepted, 1, 1},
    };
    hbl_trace(chain, "scales", -1, field, sizeof field / sizeof *field);
}

void hbl_scale_step(hbl_chain *chain)
{
    static const double sizes[] = {0.2, 0.7, 2.5};
    const hbl_hb *hb = chain->hb;
    const hbl_point from = hbl_point_of(chain);
    const size_t K = hb->K;
    hbl_rng rng =
        hbl_rng_stream(hb->settings.seed, chain->number, HBL_STREAM_INTERWEAVE, 1, chain->sweep);
    hbl_proposal p;
    double *lambda = chain->scratch + 2 * (K * K + K); /* beyond what the density takes */
    double size, log_ratio, uniform;
    bool accepted;

    if (hb->settings.prior.covariance != HBL_COVARIANCE_HUANG_WAND || !hb->moves_hierarchy)
        return;
    size = sizes[(size_t)(3 * hbl_rng_uniform(&rng))];
    p = hbl_proposal_begin(chain);
    hbl_rng_normals(&rng, K, p.noise);
    log_ratio = -log_density_at(chain, &from, chain->lambda) - chain->sums.log_likelihood;
    for (size_t k = 0; k < K; k++) {
        const double u = size * p.noise[k];
        for (size_t j = 0; j <= k; j++)
            p.to.L[k * K + j] *= exp(u);
        lambda[k] = chain->lambda[k] * exp(2 * u);
        log_ratio += u * (double)(hb->position[k] + 3);
    }
    hbl_proposal_factor(chain, &p);
    hbl_proposal_evaluate(chain, &p);
    log_ratio += log_density_at(chain, &p.to, lambda) + chain->sums_other.log_likelihood;
    uniform = hbl_rng_uniform(&rng);
    accepted = log(uniform) < log_ratio;
    if (chain->trace)
        trace_scales(chain, lambda, size, p.noise, log_ratio, uniform, accepted);
    chain->scale_count.tried++;
    chain->scale_count.accepted += accepted;
    chain->scale_count.non_finite += isnan(log_ratio);
    if (accepted) {
        hbl_proposal_accept(chain, &p);
        memcpy(chain->lambda, lambda, K * sizeof *lambda);
    }
}
