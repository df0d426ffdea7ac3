/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model written a second time, plainly and slowly, one person at a time in long double, for
 * tests that hold the sampler against it. Nothing of src/ is called here but the prior's two
 * numbers, df and scale.
 */
#ifndef HBL_TESTS_PLAIN_H
#define HBL_TESTS_PLAIN_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "hblogit/model.h"

typedef long double real;

enum { PLAIN_K = 6, PLAIN_F = 3, PLAIN_Q = 2, PLAIN_P = PLAIN_K + PLAIN_F, PLAIN_N = 32 };

typedef struct {
    const hbl_model *model;
    const hbl_prior *prior;
    size_t N, K, F, P, Q; /* F with those of the scale */
} plain_problem;

typedef struct {
    real mu[PLAIN_K], L[PLAIN_K * PLAIN_K], alpha[PLAIN_F], lambda[PLAIN_K];
    real delta[PLAIN_Q * PLAIN_K];
    real theta[PLAIN_N][PLAIN_K]; /* less Delta'w_n */
} plain_state;

static inline plain_problem plain_problem_of(const hbl_model *model, const hbl_prior *prior)
{
    return (plain_problem){.model = model,
                           .prior = prior,
                           .N = model->panel->n_persons,
                           .K = model->n_random,
                           .F = model->n_fixed + model->n_scale,
                           .P = model->n_coefficients,
                           .Q = model->n_random ? model->n_covariates : 0};
}

/* ---- small matrices, n x n, rows n apart ---- */

static inline bool plain_cholesky(size_t n, const real *a, real *l)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            real sum = j <= i ? a[i * n + j] : 0;
            for (size_t k = 0; k < j && j <= i; k++)
                sum -= l[i * n + k] * l[j * n + k];
            if (i == j && !(sum > 0))
                return false;
            l[i * n + j] = j > i ? 0 : i == j ? sqrtl(sum) : sum / l[j * n + j];
        }
    return true;
}

/* x = l^-1 b; x may be b. */
static inline void plain_forward(size_t n, const real *l, const real *b, real *x)
{
    for (size_t i = 0; i < n; i++) {
        real sum = b[i];
        for (size_t j = 0; j < i; j++)
            sum -= l[i * n + j] * x[j];
        x[i] = sum / l[i * n + i];
    }
}

/* x = l^-T b; x may be b. */
static inline void plain_backward(size_t n, const real *l, const real *b, real *x)
{
    for (size_t i = n; i-- > 0;) {
        real sum = b[i];
        for (size_t j = i + 1; j < n; j++)
            sum -= l[j * n + i] * x[j];
        x[i] = sum / l[i * n + i];
    }
}

/* inverse = a^-1 by Gauss and Jordan with row pivots; returns ln |det a|. */
static inline real plain_inverse(size_t n, const real *a, real *inverse)
{
    real work[PLAIN_P * PLAIN_P], log_determinant = 0;

    memcpy(work, a, n * n * sizeof *work);
    for (size_t i = 0; i < n * n; i++)
        inverse[i] = i % (n + 1) == 0;
    for (size_t c = 0; c < n; c++) {
        size_t pivot = c;
        for (size_t r = c; r < n; r++)
            if (fabsl(work[r * n + c]) > fabsl(work[pivot * n + c]))
                pivot = r;
        for (size_t j = 0; j < n; j++) {
            const real w = work[c * n + j], v = inverse[c * n + j];
            work[c * n + j] = work[pivot * n + j], work[pivot * n + j] = w;
            inverse[c * n + j] = inverse[pivot * n + j], inverse[pivot * n + j] = v;
        }
        log_determinant += logl(fabsl(work[c * n + c]));
        for (size_t j = 0, d = c * n + c; j < n; j++) {
            inverse[c * n + j] /= work[d];
            if (j != c)
                work[c * n + j] /= work[d];
        }
        work[c * n + c] = 1;
        for (size_t r = 0; r < n; r++) {
            const real factor = work[r * n + c];
            for (size_t j = 0; j < n && r != c; j++) {
                work[r * n + j] -= factor * work[c * n + j];
                inverse[r * n + j] -= factor * inverse[c * n + j];
            }
        }
    }
    return log_determinant;
}

/* l l' */
static inline void plain_square(size_t n, const real *l, real *a)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            a[i * n + j] = 0;
            for (size_t k = 0; k < n; k++)
                a[i * n + j] += l[i * n + k] * l[j * n + k];
        }
}

/* ---- the likelihood ---- */

static inline real plain_transform(const char *name, real theta, real lower, real upper,
                                   real *slope)
{
    real beta = NAN;

    *slope = NAN;
    if (strcmp(name, "normal") == 0) {
        *slope = 1;
        beta = theta;
    } else if (strcmp(name, "lognormal") == 0) {
        *slope = beta = expl(theta);
    } else if (strcmp(name, "negative-lognormal") == 0) {
        *slope = beta = -expl(theta);
    } else if (strcmp(name, "censored-normal") == 0) {
        *slope = theta > 0;
        beta = theta > 0 ? theta : 0;
    } else if (strcmp(name, "johnson-sb") == 0) {
        const real p = 1 / (1 + expl(-theta));
        *slope = (upper - lower) * p * (1 - p);
        beta = lower + (upper - lower) * p;
    }
    return beta;
}

/* One task's ln P, added to by its derivatives wrt the coefficients: with d_j those of the utility,
 * sum_j (1[j chosen] - P_j) d_j and sum_j P_j (d_j - dbar) d_j'. The utility is
 * exp(v'lambda) (x'beta + h'c), lambda the last coefficients. */
static inline real plain_task(const plain_problem *w, size_t n, size_t task, const real *beta,
                              real *gradient, real *hessian)
{
    const hbl_model *model = w->model;
    const hbl_panel *panel = model->panel;
    const size_t first = panel->task_row[task], end = panel->task_row[task + 1], P = w->P;
    const size_t in_x = P - model->n_scale;
    real v[16] = {0}, greatest = -INFINITY, sum = 0, chosen, mean[PLAIN_P] = {0}, d[16][PLAIN_P];
    real log_scale = 0;

    for (size_t s = 0; s < model->n_scale; s++)
        log_scale += model->v[n * model->n_scale + s] * beta[in_x + s];
    for (size_t r = first; r < end; r++) {
        const double *x = model->x + r * model->n_columns;
        real *u = &v[r - first];
        for (size_t k = 0; k < in_x; k++)
            *u += x[k] * beta[k];
        for (size_t h = 0; h < model->n_held; h++)
            *u += x[in_x + h] * model->held[h];
        *u *= expl(log_scale);
        for (size_t k = 0; k < P; k++)
            d[r - first][k] =
                k < in_x ? expl(log_scale) * x[k] : model->v[n * model->n_scale + k - in_x] * *u;
        greatest = fmaxl(greatest, *u);
    }
    for (size_t r = first; r < end; r++)
        sum += expl(v[r - first] - greatest);
    chosen = v[panel->task_chosen[task] - first] - greatest - logl(sum);
    for (size_t r = first; r < end && gradient; r++) {
        const real p = expl(v[r - first] - greatest) / sum;
        for (size_t k = 0; k < P; k++) {
            gradient[k] += ((r == panel->task_chosen[task]) - p) * d[r - first][k];
            mean[k] += p * d[r - first][k];
        }
    }
    for (size_t r = 0; r < end - first && hessian; r++)
        for (size_t i = 0; i < P; i++)
            for (size_t j = 0; j < P; j++)
                hessian[i * P + j] += expl(v[r] - greatest) / sum * (d[r][i] - mean[i]) * d[r][j];
    return chosen;
}

/* ln P_n at theta + Delta'w_n (delta NULL: 0); gradient [P] wrt (theta, alpha) and hessian [P x P]
 * (minus the second derivatives, without those of g and of the scale) where not NULL; a hessian
 * needs a gradient too. */
static inline real plain_person(const plain_problem *w, size_t n, const real *theta,
                                const real *delta, const real *alpha, real *gradient, real *hessian)
{
    const hbl_model *model = w->model;
    real beta[PLAIN_P], slope[PLAIN_P], total = 0;

    for (size_t k = 0; k < w->P; k++) {
        real at = k < w->K ? theta[k] : 0;
        for (size_t q = 0; q < w->Q && k < w->K && delta; q++)
            at += delta[q * w->K + k] * model->w[n * w->Q + q];
        slope[k] = 1;
        beta[k] = k < w->K ? plain_transform(model->mixing[k]->name, at, model->lower[k],
                                             model->upper[k], &slope[k])
                           : alpha[k - w->K];
    }
    if (gradient)
        memset(gradient, 0, w->P * sizeof *gradient);
    if (hessian)
        memset(hessian, 0, w->P * w->P * sizeof *hessian);
    for (size_t t = model->panel->person_task[n]; t < model->panel->person_task[n + 1]; t++)
        total += plain_task(w, n, t, beta, gradient, hessian);
    for (size_t i = 0; i < w->P; i++) {
        if (gradient)
            gradient[i] *= slope[i];
        for (size_t j = 0; j < w->P && hessian; j++)
            hessian[i * w->P + j] *= slope[i] * slope[j];
    }
    return total;
}

static inline real plain_log_likelihood(const plain_problem *w, const plain_state *s)
{
    real total = 0;

    for (size_t n = 0; n < w->N; n++)
        total += plain_person(w, n, s->theta[n], s->delta, s->alpha, NULL, NULL);
    return total;
}

/* ---- the hierarchy ---- */

/* The coefficients of covariance block b, and their number. */
static inline size_t plain_block(const plain_problem *w, size_t b, size_t *index)
{
    size_t m = 0;

    for (size_t k = 0; k < w->K; k++)
        if (w->model->block_of[k] == b)
            index[m++] = k;
    return m;
}

/* The inverse Wishart's degrees of freedom and diagonal scale V_kk of a block of m. */
static inline real plain_df(const plain_problem *w, size_t m)
{
    const bool half_t = w->prior->covariance == HBL_COVARIANCE_HUANG_WAND;
    return hbl_prior_df(w->prior, m) + (half_t ? (real)m - 1 : 0);
}
static inline real plain_scale(const plain_problem *w, size_t m, real lambda)
{
    if (w->prior->covariance == HBL_COVARIANCE_HUANG_WAND)
        return 2 * hbl_prior_df(w->prior, m) * lambda;
    return hbl_prior_scale(w->prior, m);
}

/* theta_n - mu, whitened by L. */
static inline void plain_whiten(const plain_problem *w, const plain_state *s, size_t n, real *z)
{
    for (size_t k = 0; k < w->K; k++)
        z[k] = s->theta[n][k] - s->mu[k];
    plain_forward(w->K, s->L, z, z);
}

/* ln p(mu, Delta, Omega, alpha, lambda) up to a constant, Omega the variable: the inverse Wishart's
 * density by determinant and inverse of each block of Omega = L L', normalised in V. */
static inline real plain_log_prior(const plain_problem *w, const plain_state *s)
{
    real omega[PLAIN_K * PLAIN_K], total = 0;

    plain_square(w->K, s->L, omega);
    for (size_t b = 0; b < w->model->n_blocks; b++) {
        size_t index[PLAIN_K];
        const size_t m = plain_block(w, b, index);
        const real df = plain_df(w, m), precision = w->prior->mean_precision;
        real block[PLAIN_K * PLAIN_K], inverse[PLAIN_K * PLAIN_K], log_determinant, quadratic = 0;

        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < m; j++)
                block[i * m + j] = omega[index[i] * w->K + index[j]];
        log_determinant = plain_inverse(m, block, inverse);
        total -= (df + (real)m + 1) / 2 * log_determinant;
        for (size_t i = 0; i < m; i++) {
            const real lambda = s->lambda[index[i]], scale = plain_scale(w, m, lambda);
            total -= scale * inverse[i * m + i] / 2;
            if (w->prior->covariance == HBL_COVARIANCE_HUANG_WAND) {
                const real A = hbl_prior_scale(w->prior, m);
                total += df / 2 * logl(scale) - logl(lambda) / 2 - lambda / (A * A);
            }
            for (size_t j = 0; j < m; j++)
                quadratic += (s->mu[index[i]] - w->prior->mean_location) *
                             (w->prior->mean == HBL_MEAN_CONJUGATE ? inverse[i * m + j] : i == j) *
                             (s->mu[index[j]] - w->prior->mean_location);
        }
        if (w->prior->mean == HBL_MEAN_CONJUGATE)
            total -= log_determinant / 2;
        if (w->prior->mean != HBL_MEAN_FLAT)
            total -= precision / 2 * quadratic;
    }
    for (size_t e = 0; e < w->Q * w->K && w->prior->mean != HBL_MEAN_FLAT; e++)
        total -= w->prior->mean_precision / 2 * s->delta[e] * s->delta[e];
    for (size_t f = 0; f < w->F; f++) {
        const real deviation = s->alpha[f] - w->prior->fixed_location;
        total -= w->prior->fixed_precision / 2 * deviation * deviation;
    }
    return total;
}

/* ln |dOmega / dL|, up to a constant: prod L_ii^(m - i) a block. */
static inline real plain_log_jacobian(const plain_problem *w, const real *L)
{
    real total = 0;

    for (size_t b = 0; b < w->model->n_blocks; b++) {
        size_t index[PLAIN_K];
        const size_t m = plain_block(w, b, index);
        for (size_t i = 0; i < m; i++)
            total += (real)(m - i) * logl(L[index[i] * w->K + index[i]]);
    }
    return total;
}

/* ln p(theta, mu, Omega, alpha, lambda, choices) up to a constant. */
static inline real plain_log_posterior(const plain_problem *w, const plain_state *s)
{
    real total = plain_log_prior(w, s) + plain_log_likelihood(w, s);

    for (size_t n = 0; n < w->N; n++) {
        real z[PLAIN_K];
        plain_whiten(w, s, n, z);
        for (size_t k = 0; k < w->K; k++)
            total -= z[k] * z[k] / 2 + logl(s->L[k * w->K + k]);
    }
    return total;
}

#endif
