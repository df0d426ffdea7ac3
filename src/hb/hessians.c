/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hessians of the log-likelihood, from which the kernels take their shape: the persons' H_n, the
 * pooled one in the interweaving vector, and those of the fractional likelihood.
 */
#include <math.h>
#include <string.h>

#include "hb/chain.h"

/* The running averages' part of some blocks. The derivative of a person's (theta, alpha) by an
 * entry of the interweaving vector touches one coefficient and is 1 for mu and alpha, z_nj for
 * L_ij, z_n = L^-1 (theta_n - Delta'w_n - mu), and w_nq for Delta_qk. pooled NULL: the persons'
 * Hessians alone. */
static void accumulate(hbl_chain *chain, size_t first, size_t end, double *pooled, hbl_workspace *w)
{
    const hbl_hb *hb = chain->hb;
    const size_t K = hb->K, tri = HBL_TRIANGLE(K);
    const double *const z = w->theta, *const origin = w->deviation;

    memset(w->deviation, 0, K * HBL_LANES * sizeof(double));
    for (size_t l = 0; l < HBL_LANES; l++)
        w->step[l] = 1;
    for (size_t e = 0; pooled && e < hb->n_entries; e++)
        w->factor_of[e] =
            hb->entry[e].kind == HBL_ENTRY_FACTOR ? z + hb->entry[e].column * HBL_LANES : w->step;

    for (size_t block = first; block < end; block++) {
        const double *theta = hbl_at_block(chain->theta, block, K);
        hbl_evaluate_hessian(hb, block, theta, chain->delta, chain->alpha, w);
        if (hb->kernel->uses_factor) {
            double *sum = hbl_at_block(chain->tuning.hessian, block, tri);
            for (size_t e = 0; e < tri * HBL_LANES; e++)
                sum[e] += w->hessian[e];
        }
        for (size_t e = 0; pooled && e < hb->n_entries; e++)
            if (hb->entry[e].kind == HBL_ENTRY_SLOPE)
                w->factor_of[e] =
                    hbl_at_block(hb->w, block, hb->Q) + hb->entry[e].column * HBL_LANES;
        if (pooled) {
            hb->lanes->affine(K, chain->L_inverse, chain->mu, origin, theta, w->theta);
            hb->lanes->pooled(hb->n_entries, hb->entry_row, w->factor_of, w->hessian, pooled);
        }
    }
}

static void accumulate_persons(hbl_chain *chain, size_t part, size_t first, size_t end,
                               hbl_workspace *w)
{
    (void)part;
    accumulate(chain, first, end, NULL, w);
}

static void accumulate_all(hbl_chain *chain, size_t part, size_t first, size_t end,
                           hbl_workspace *w)
{
    const size_t d = chain->hb->n_entries;
    accumulate(chain, first, end, chain->tuning.pooled_sum + part * d * d, w);
}

void hbl_accumulate_hessians(hbl_chain *chain, bool pooled)
{
    const hbl_hb *hb = chain->hb;

    if (pooled && hb->n_entries > 0) {
        hbl_for_parts(chain, hb->n_pooled_parts, accumulate_all);
        chain->tuning.n_pooled++;
    } else if (hb->kernel->uses_factor) {
        hbl_for_parts(chain, hb->n_chunks, accumulate_persons);
    }
    for (size_t e = 0; e < hb->K * hb->K; e++)
        chain->tuning.precision_sum[e] += chain->precision[e];
    chain->tuning.n_hessians++;
}

/* ---- the fractional likelihood (Rossi, Allenby and McCulloch 2005, section 5.3) ----
 *
 * (1 - w) ll_n(theta) - w T_n / T (theta - theta_p)' H_p (theta - theta_p) / 2, w = 0.1: the pooled
 * log-likelihood enters by its quadratic approximation at the pooled estimate, as in bayesm. It is
 * maximised by Newton's method for a block of persons at once; a person's step is halved while it
 * does not improve. */

enum { NEWTON_ITERATIONS = 25 };
static const double fraction = 0.1;

/* Weight of the pooled quadratic for a lane. */
static double pooled_weight(const hbl_hb *hb, size_t block, size_t lane)
{
    return fraction * hb->tasks[block * HBL_LANES + lane] / (double)hb->model->panel->n_tasks;
}

/* The pooled Hessian's element wrt theta_i, theta_j at the pooled estimate. */
static double pooled_element(const hbl_hb *hb, size_t i, size_t j)
{
    return hb->pooled_curvature[i * hb->K + j];
}

/* (1 - w) ll + pooled part, a lane each, into value; its gradient into gradient. */
static void fractional(const hbl_hb *hb, size_t block, const double *theta, hbl_workspace *w,
                       double *value, double *gradient)
{
    const size_t K = hb->K;

    hbl_evaluate(hb, block, theta, NULL, hb->alpha_pooled, w, value, gradient);
    for (size_t l = 0; l < HBL_LANES; l++) {
        const double weight = pooled_weight(hb, block, l);
        value[l] *= 1 - fraction;
        for (size_t i = 0; i < K; i++) {
            double product = 0;
            for (size_t j = 0; j < K; j++)
                product +=
                    pooled_element(hb, i, j) * (theta[j * HBL_LANES + l] - hb->theta_pooled[j]);
            value[l] -= 0.5 * weight * product * (theta[i * HBL_LANES + l] - hb->theta_pooled[i]);
            gradient[i * HBL_LANES + l] =
                (1 - fraction) * gradient[i * HBL_LANES + l] - weight * product;
        }
    }
}

/* w->triangle = (1 - w) H_n + w T_n / T H_p at theta. */
static void fractional_hessian(const hbl_hb *hb, size_t block, const double *theta,
                               hbl_workspace *w)
{
    hbl_evaluate_hessian(hb, block, theta, NULL, hb->alpha_pooled, w);
    for (size_t i = 0, e = 0; i < hb->K; i++)
        for (size_t j = 0; j <= i; j++, e++)
            for (size_t l = 0; l < HBL_LANES; l++)
                w->triangle[e * HBL_LANES + l] =
                    (1 - fraction) * w->hessian[e * HBL_LANES + l] +
                    pooled_weight(hb, block, l) * pooled_element(hb, i, j);
}

static void maximise_block(const hbl_hb *hb, size_t block, double *theta, hbl_workspace *w)
{
    const size_t K = hb->K;

    for (size_t l = 0; l < HBL_LANES; l++)
        w->step[l] = 1;
    fractional(hb, block, theta, w, w->quadratic_start, w->force);
    for (int iteration = 0; iteration < NEWTON_ITERATIONS; iteration++) {
        fractional_hessian(hb, block, theta, w);
        hb->lanes->inverse_factor(K, w->triangle, w->factor);
        hb->lanes->whiten(K, w->factor, w->force, w->momentum); /* W g */
        memcpy(w->theta, theta, K * HBL_LANES * sizeof *theta);
        hb->lanes->drift(K, w->factor, w->momentum, w->step, w->theta); /* + step W'W g */
        fractional(hb, block, w->theta, w, w->quadratic, w->gradient);
        for (size_t l = 0; l < HBL_LANES; l++) {
            w->accepted[l] = w->quadratic[l] >= w->quadratic_start[l];
            w->step[l] = w->accepted[l] > 0 ? fmin(1, 2 * w->step[l]) : 0.5 * w->step[l];
        }
        hb->lanes->select(K, w->accepted, w->theta, theta);
        hb->lanes->select(K, w->accepted, w->gradient, w->force);
        hb->lanes->select(1, w->accepted, w->quadratic, w->quadratic_start);
    }
    fractional_hessian(hb, block, theta, w);
}

static void hessian_chunk(hbl_chain *chain, size_t chunk, size_t first, size_t end,
                          hbl_workspace *w)
{
    const hbl_hb *hb = chain->hb;
    const size_t tri = HBL_TRIANGLE(hb->K);

    (void)chunk;
    for (size_t block = first; block < end; block++) {
        double *theta = hbl_at_block(chain->theta_other, block, hb->K);
        for (size_t e = 0; e < hb->K * HBL_LANES; e++)
            theta[e] = hb->theta_pooled[e / HBL_LANES];
        maximise_block(hb, block, theta, w);
        memcpy(hbl_at_block(chain->tuning.hessian, block, tri), w->triangle,
               tri * HBL_LANES * sizeof(double));
    }
}

void hbl_fractional_hessians(hbl_chain *chain)
{
    hbl_for_parts(chain, chain->hb->n_chunks, hessian_chunk);
}
