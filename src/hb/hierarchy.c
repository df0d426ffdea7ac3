/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hierarchy's densities, with L the lower Cholesky factor of Omega, by covariance blocks of m
 * coefficients, i the place of a coefficient in its block from 0:
 *
 *   ln p(L)  = sum_i [-(df + m + 1) + m - i] ln L_ii - tr(V Omega^-1) / 2    (IW, dOmega/dL
 * included) ln p(mu | L) = -sum_i ln L_ii - a |L^-1 (mu - b)|^2 / 2                     (conjugate)
 *   ln p(mu)     = -p |mu - b|^2 / 2                                            (normal)
 *   ln p(Delta)  = -p_d |Delta|^2 / 2                          (whatever the prior of mu, p_d = 0
 * where that is flat)
 *   ln p(alpha)  = -p_f |alpha - b_f|^2 / 2
 */
#include <math.h>
#include <string.h>

#include "core/linalg.h"
#include "hb/chain.h"

double hbl_prior_scale_of(const hbl_hb *hb, const double *lambda, size_t k)
{
    const hbl_prior *prior = &hb->settings.prior;
    const size_t m = hb->covariance[hb->covariance_of[k]].size;

    if (prior->covariance == HBL_COVARIANCE_HUANG_WAND)
        return 2 * hbl_prior_df(prior, m) * lambda[k];
    return hbl_prior_scale(prior, m);
}

double hbl_prior_df_of(const hbl_hb *hb, const hbl_covariance *covariance)
{
    const hbl_prior *prior = &hb->settings.prior;
    const double df = hbl_prior_df(prior, covariance->size);

    if (prior->covariance == HBL_COVARIANCE_HUANG_WAND)
        return df + (double)covariance->size - 1;
    return df;
}

double hbl_prior_slope_precision(const hbl_hb *hb)
{
    return hb->settings.prior.mean == HBL_MEAN_FLAT ? 0 : hb->settings.prior.mean_precision;
}

void hbl_derive_from_factor(hbl_chain *chain)
{
    const size_t K = chain->hb->K;

    if (K == 0)
        return;
    hbl_lower_square(K, chain->L, chain->omega);
    hbl_lower_inverse(K, chain->L, chain->L_inverse);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t k = i; k < K; k++)
                sum += chain->L_inverse[k * K + i] * chain->L_inverse[k * K + j];
            chain->precision[i * K + j] = chain->precision[j * K + i] = sum;
        }
}

/* Power of L_ii in the density of (mu, L). */
static double diagonal_power(const hbl_hb *hb, size_t k)
{
    const hbl_covariance *c = &hb->covariance[hb->covariance_of[k]];
    const double m = (double)c->size, i = (double)hb->position[k];
    const double conjugate = hb->settings.prior.mean == HBL_MEAN_CONJUGATE ? 1 : 0;

    return -(hbl_prior_df_of(hb, c) + m + 1) + m - i - conjugate;
}

/* Element i of L^-T x, the elements of x that far apart. */
static double transpose_times(size_t K, const double *L_inverse, const double *x, size_t i,
                              size_t stride)
{
    double sum = 0;
    for (size_t k = i; k < K; k++)
        sum += L_inverse[k * K + i] * x[k * stride];
    return sum;
}

/* w = L^-1 V L^-T, V diagonal: its trace is tr(V Omega^-1), and the derivative of half of that by
 * L_ij is -(L^-T w)_ij. */
static void whitened_scale(size_t K, const double *L_inverse, const double *scale, double *w)
{
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t k = 0; k <= j; k++)
                sum += L_inverse[i * K + k] * scale[k] * L_inverse[j * K + k];
            w[i * K + j] = w[j * K + i] = sum;
        }
}

static double log_normal(size_t n, const double *x, double location, double precision)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - location) * (x[i] - location);
    return -0.5 * precision * sum;
}

double hbl_log_prior_factor(const hbl_hb *hb, const double *mu, const double *delta,
                            const double *L, const double *L_inverse, const double *alpha,
                            const double *lambda, double *scratch, double *gradient)
{
    const hbl_prior *prior = &hb->settings.prior;
    const size_t K = hb->K;
    const double a = prior->mean == HBL_MEAN_CONJUGATE ? prior->mean_precision : 0;
    const double p = prior->mean == HBL_MEAN_NORMAL ? prior->mean_precision : 0;
    const double p_slope = hbl_prior_slope_precision(hb);
    double *u = scratch, *t = u + K, *scale = t + K, *w = scale + K; /* u = L^-1 (mu - b) */
    double log_density = log_normal(K, mu, prior->mean_location, p) +
                         log_normal(hb->Q * K, delta, 0, p_slope) +
                         log_normal(hb->F, alpha, prior->fixed_location, prior->fixed_precision);

    for (size_t i = 0; i < K; i++) {
        scale[i] = hbl_prior_scale_of(hb, lambda, i);
        u[i] = 0;
        for (size_t j = 0; j <= i; j++)
            u[i] += L_inverse[i * K + j] * (mu[j] - prior->mean_location);
    }
    whitened_scale(K, L_inverse, scale, w);
    for (size_t i = 0; i < K; i++) {
        log_density +=
            diagonal_power(hb, i) * log(L[i * K + i]) - 0.5 * a * u[i] * u[i] - 0.5 * w[i * K + i];
        t[i] = a * transpose_times(K, L_inverse, u, i, 1);
    }
    for (size_t e = 0; gradient && e < hb->n_entries; e++) {
        const size_t i = hb->entry[e].row, j = hb->entry[e].column;
        switch (hb->entry[e].kind) {
        case HBL_ENTRY_MEAN:
            gradient[e] = -t[i] - p * (mu[i] - prior->mean_location);
            break;
        case HBL_ENTRY_FACTOR:
            gradient[e] = t[i] * u[j] + transpose_times(K, L_inverse, w + j, i, K) +
                          (i == j ? diagonal_power(hb, i) / L[i * K + i] : 0);
            break;
        case HBL_ENTRY_SLOPE:
            gradient[e] = -p_slope * delta[j * K + i];
            break;
        case HBL_ENTRY_FIXED:
            gradient[e] = -prior->fixed_precision * (alpha[i] - prior->fixed_location);
            break;
        }
    }
    return log_density;
}

/* The density of (mu, L) divided by |dOmega / dL| = 2^m prod L_ii^{m-i} a block, times those of
 * theta and of the choices; and of lambda under Huang and Wand's prior. */
double hbl_log_posterior(const hbl_chain *chain)
{
    const hbl_hb *hb = chain->hb;
    const hbl_prior *prior = &hb->settings.prior;
    double log_density =
        hbl_log_prior_factor(hb, chain->mu, chain->delta, chain->L, chain->L_inverse, chain->alpha,
                             chain->lambda, chain->scratch, NULL);

    for (size_t k = 0; k < hb->K; k++) {
        const hbl_covariance *c = &hb->covariance[hb->covariance_of[k]];
        const double m = (double)c->size, log_diagonal = log(chain->L[k * hb->K + k]);
        log_density -= (m - (double)hb->position[k]) * log_diagonal + (double)hb->N * log_diagonal;
        if (prior->covariance == HBL_COVARIANCE_HUANG_WAND) {
            const double A = hbl_prior_scale(prior, c->size);
            log_density += (0.5 * hbl_prior_df_of(hb, c) - 0.5) * log(chain->lambda[k]) -
                           chain->lambda[k] / (A * A);
        }
    }
    return log_density - 0.5 * chain->sum_z2 + chain->sums.log_likelihood;
}
