/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hamiltonian Monte Carlo for theta_n with three leapfrog steps (Duane et al. 1987; Neal 2011), in
 * the metric M_n^-1 = H_n + P: H_n the person's average Hessian over warm-up, P that of Omega^-1.
 * With W'W = M_n the momentum is p ~ N(0, I), kept in part from sweep to sweep (Horowitz 1991):
 *
 *     p = c p + sqrt(1 - c^2) z, z ~ N(0, I), c the persistence;
 *
 * and a step a rotation where ll_n is quadratic (trajectory.h). The end is accepted with
 * exp(H_start - H_end), H = -ll_n + |L^-1 (theta - mu)|^2 / 2 + |p|^2 / 2; where it is not, p turns
 * round. Each part leaves p(theta_n | ...) N(p | 0, I) invariant, and so does what the other steps
 * of the sweep do, which know nothing of p. Exact for any gradient that is a function of theta, so
 * gradients may be of lower precision than the log-likelihood.
 *
 * Steps of .75 are angles of .72, 2.1 a trajectory: with persons refreshed so far each sweep, the
 * population mixes nearly as well as with draws from theta_n's conditional (tests/bench/README.md).
 */
#include "hb/chain.h"

enum { LEAPFROG_STEPS = 3 };

static double first_step(size_t K)
{
    (void)K;
    return 0.5;
}

static void propose(const hbl_chain *chain, size_t block, hbl_workspace *w)
{
    const hbl_hb *hb = chain->hb;
    const size_t K = hb->K;
    const hbl_trajectory t = {
        .mu = chain->mu,
        .precision = chain->precision,
        .factor = hbl_at_block(chain->tuning.factor, block, HBL_TRIANGLE(K)),
        .step = w->step,
        .theta = w->theta,
        .momentum = w->momentum,
        .gradient = w->gradient,
        .energy = w->energy,
    };

    hb->trajectory->start(
        K, &t, hb->settings.persistence, w->normals, hbl_at_block(chain->momentum, block, K),
        hbl_at_block(chain->theta, block, K), hbl_at_block(chain->gradient, block, hb->P));
    for (int step = 1; step < LEAPFROG_STEPS; step++) {
        hbl_evaluate(hb, block, w->theta, chain->delta, chain->alpha, w, NULL, w->gradient);
        hb->trajectory->next(K, &t);
    }
    hbl_evaluate(hb, block, w->theta, chain->delta, chain->alpha, w, w->log_likelihood,
                 w->gradient);
    hb->trajectory->finish(K, &t, hbl_at_block(chain->log_likelihood, block, 1), w->log_likelihood,
                           w->log_ratio);
}

const hbl_person_kernel hbl_kernel_hmc = {
    .name = "hmc",
    .target = 0.90,
    .uses_gradient = true,
    .uses_factor = true,
    .keeps_momentum = true,
    .first_step = first_step,
    .largest_step = 0.75,
    .propose = propose,
};
