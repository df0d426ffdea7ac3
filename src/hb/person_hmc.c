/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hamiltonian Monte Carlo for theta_n with two leapfrog steps (Duane et al. 1987; Neal 2011), in
 * the metric M_n^-1 = H_n + P: H_n the person's average Hessian over warm-up, P that of Omega^-1.
 * With W'W = M_n the momentum is p ~ N(0, I), kept in part from sweep to sweep (Horowitz 1991):
 *
 *     p = c p + sqrt(1 - c^2) z, z ~ N(0, I), c the persistence;
 *     p += e/2 W f;   theta += e W' p;   f = grad ll_n - Omega^-1 (theta - mu),
 *
 * accepted with exp(H_start - H_end), H = -ll_n + |L^-1 (theta - mu)|^2 / 2 + |p|^2 / 2; where it
 * is not, p turns round. Each part leaves p(theta_n | ...) N(p | 0, I) invariant, and so does what
 * the other steps of the sweep do, which know nothing of p. Exact for any gradient that is a
 * function of theta, so gradients may be of lower precision than the log-likelihood.
 */
#include <string.h>

#include "hb/chain.h"

enum { LEAPFROG_STEPS = 2 };

static double first_step(size_t K)
{
    (void)K;
    return 0.5;
}

static void propose(const hbl_chain *chain, size_t block, hbl_workspace *w)
{
    const hbl_hb *hb = chain->hb;
    const hbl_lanes *lanes = hb->lanes;
    const size_t K = hb->K;
    const double *theta = hbl_at_block(chain->theta, block, K);
    const double *log_likelihood = hbl_at_block(chain->log_likelihood, block, 1);
    const double *factor = hbl_at_block(chain->tuning.factor, block, HBL_TRIANGLE(K));
    double *momentum = hbl_at_block(chain->momentum, block, K);

    for (size_t l = 0; l < HBL_LANES; l++)
        w->half_step[l] = 0.5 * w->step[l];
    memcpy(w->theta, theta, K * HBL_LANES * sizeof *theta);
    lanes->refresh(K, hb->settings.persistence, w->normals, momentum);
    memcpy(w->momentum, momentum, K * HBL_LANES * sizeof *momentum);
    lanes->square(K, momentum, w->kinetic_start);

    lanes->normal(K, chain->mu, chain->precision, theta,
                  hbl_at_block(chain->gradient, block, hb->P), w->deviation, w->force,
                  w->quadratic_start);
    lanes->kick(K, factor, w->force, w->half_step, w->momentum);
    for (int step = 1; step <= LEAPFROG_STEPS; step++) {
        const int last = step == LEAPFROG_STEPS;
        lanes->drift(K, factor, w->momentum, w->step, w->theta);
        hbl_evaluate(hb, block, w->theta, chain->delta, chain->alpha, w,
                     last ? w->log_likelihood : NULL, w->gradient);
        lanes->normal(K, chain->mu, chain->precision, w->theta, w->gradient, w->deviation, w->force,
                      w->quadratic);
        lanes->kick(K, factor, w->force, last ? w->half_step : w->step, w->momentum);
    }
    lanes->square(K, w->momentum, w->kinetic);
    for (size_t l = 0; l < HBL_LANES; l++)
        w->log_ratio[l] = w->log_likelihood[l] - log_likelihood[l] -
                          0.5 * (w->quadratic[l] - w->quadratic_start[l]) -
                          0.5 * (w->kinetic[l] - w->kinetic_start[l]);
}

const hbl_person_kernel hbl_kernel_hmc = {
    .name = "hmc",
    .target = 0.80,
    .uses_gradient = true,
    .uses_factor = true,
    .keeps_momentum = true,
    .first_step = first_step,
    .largest_step = 1.0,
    .propose = propose,
};
