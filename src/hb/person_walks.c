/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Train's random walk (2009, section 12.6): theta' = theta + rho L z, z ~ N(0, I), accepted with
 * the ratio of posterior densities.
 */
#include <math.h>
#include <string.h>

#include "hb/chain.h"

static double first_step(size_t K)
{
    return 0.5 / sqrt((double)K);
}

/* ln p(theta' | ...) - ln p(theta | ...) for a proposal that is symmetric. */
static void symmetric_log_ratio(const hbl_chain *chain, size_t block, hbl_workspace *w)
{
    const hbl_hb *hb = chain->hb;
    const double *log_likelihood = hbl_at_block(chain->log_likelihood, block, 1);

    hbl_evaluate(hb, block, w->theta, chain->delta, chain->alpha, w, w->log_likelihood,
                 hb->needs_gradient ? w->gradient : NULL);
    hb->lanes->quadratic(hb->K, chain->mu, chain->precision,
                         hbl_at_block(chain->theta, block, hb->K), w->quadratic_start);
    hb->lanes->quadratic(hb->K, chain->mu, chain->precision, w->theta, w->quadratic);
    for (size_t l = 0; l < HBL_LANES; l++)
        w->log_ratio[l] = w->log_likelihood[l] - log_likelihood[l] -
                          0.5 * (w->quadratic[l] - w->quadratic_start[l]);
}

static void propose(const hbl_chain *chain, size_t block, hbl_workspace *w)
{
    const hbl_hb *hb = chain->hb;

    memcpy(w->theta, hbl_at_block(chain->theta, block, hb->K),
           hb->K * HBL_LANES * sizeof *w->theta);
    hb->lanes->add_lower(hb->K, chain->L, w->normals, w->step, w->theta);
    symmetric_log_ratio(chain, block, w);
}

const hbl_person_kernel hbl_kernel_random_walk = {
    .name = "random-walk",
    .target = 0.30,
    .first_step = first_step,
    .largest_step = 10.0,
    .propose = propose,
};

/* The customised random walk of Rossi, Allenby and McCulloch (2005, section 5.3): the increment has
 * covariance s^2 (H_n + Omega^-1)^-1, H_n the negative Hessian at the maximum of the person's
 * fractional likelihood (hessians.c), Omega the current one. H_n depends on the choices alone, so
 * the proposal is symmetric. */

static double first_hessian_step(size_t K)
{
    return 2.38 / sqrt((double)K);
}

static void propose_hessian(const hbl_chain *chain, size_t block, hbl_workspace *w)
{
    const hbl_hb *hb = chain->hb;
    const size_t K = hb->K;
    const double *hessian = hbl_at_block(chain->tuning.hessian, block, HBL_TRIANGLE(K));

    for (size_t i = 0, e = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++, e++)
            for (size_t l = 0; l < HBL_LANES; l++)
                w->triangle[e * HBL_LANES + l] =
                    hessian[e * HBL_LANES + l] + chain->precision[i * K + j];
    hb->lanes->inverse_factor(K, w->triangle, w->factor);

    memcpy(w->theta, hbl_at_block(chain->theta, block, K), K * HBL_LANES * sizeof *w->theta);
    hb->lanes->drift(K, w->factor, w->normals, w->step, w->theta);
    symmetric_log_ratio(chain, block, w);
}

const hbl_person_kernel hbl_kernel_hessian = {
    .name = "hessian",
    .target = 0.25,
    .uses_hessian = true,
    .first_step = first_hessian_step,
    .largest_step = 10.0,
    .propose = propose_hessian,
};
