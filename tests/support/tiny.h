/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tiny choice problem for tests of whole distributions: a few persons with one to three tasks of
 * two or three alternatives; the joint distribution of parameters and choices, simulated from its
 * definition by other code than the sampler's: another generator (GSL's Mersenne twister), the
 * inverse Wishart as the inverse of a sum of outer products, the transforms written out again.
 */
#ifndef TESTS_SUPPORT_TINY_H
#define TESTS_SUPPORT_TINY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "hblogit/hb.h"
#include "hblogit/model.h"

enum {
    TINY_K = 3,
    TINY_F = 3,
    TINY_N = 19,
    TINY_TASKS = 3 * TINY_N,
    TINY_ROWS = 3 * TINY_TASKS,
};

/* What is estimated, and how. */
typedef struct {
    const char *kernel;
    bool interweave;
    double over_relaxation;
    hbl_precision precision;
    hbl_mean_prior mean;
    hbl_covariance_prior covariance;
    size_t N, K, F;
    const char *mixing[TINY_K];
    size_t block_of[TINY_K];
    bool heavy; /* heavy-tailed priors: df K + 3, a block of one 1, or 2 (Huang-Wand) */
} tiny_spec;

typedef struct {
    double mu[TINY_K], L[TINY_K * TINY_K], lambda[TINY_K], alpha[TINY_F];
    double theta[TINY_N * TINY_K];
    size_t chosen[TINY_TASKS];
} tiny_state;

typedef struct {
    tiny_spec spec;
    hbl_prior prior;
    hbl_panel panel;
    size_t person_task[TINY_N + 1], task_row[TINY_TASKS + 1], task_chosen[TINY_TASKS];
    size_t person_of[TINY_TASKS];
    double x[TINY_ROWS * (TINY_K + TINY_F)];
    hbl_model *model;
} tiny_problem;

static const double tiny_lower = -2, tiny_upper = 3; /* of johnson-sb */

/* ---- the problem ---- */

/* Informative enough for choices to matter, with whole degrees of freedom. */
static inline hbl_prior tiny_prior(const tiny_spec *spec)
{
    hbl_prior prior = {.mean = spec->mean,
                       .mean_location = 0.3,
                       .mean_precision = spec->mean == HBL_MEAN_CONJUGATE ? 1.5 : 2,
                       .covariance = spec->covariance,
                       .fixed_location = -0.2,
                       .fixed_precision = 3};
    if (spec->covariance == HBL_COVARIANCE_HUANG_WAND) {
        prior.df.constant = spec->heavy ? 2 : 4;
        prior.scale.constant = 0.7;
    } else {
        prior.df = (hbl_linear_in_k){spec->heavy ? 3 : 6, 1};
        prior.scale = spec->heavy ? (hbl_linear_in_k){3, 1} : (hbl_linear_in_k){2, 0.5};
        prior.df_single = (hbl_linear_in_k){spec->heavy ? 1 : 5, 0};
        prior.scale_single = (hbl_linear_in_k){spec->heavy ? 1 : 2, 0};
    }
    return prior;
}

static inline int tiny_build(const tiny_spec *spec, tiny_problem *tiny, hbl_error *error)
{
    static const char *const name[] = {"a", "b", "c", "d", "e", "f"};
    static const size_t persons_tasks[] = {3, 1, 2, 3, 2};
    const size_t P = spec->K + spec->F;
    const hbl_mixing *mixing[TINY_K];
    double lower[TINY_K], upper[TINY_K];
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    size_t task = 0, row = 0;

    memset(tiny, 0, sizeof *tiny);
    tiny->spec = *spec;
    tiny->prior = tiny_prior(spec);
    gsl_rng_set(rng, 7);
    for (size_t n = 0; n < spec->N; n++) {
        for (size_t t = 0; t < persons_tasks[n % 5]; t++, task++) {
            tiny->person_of[task] = n;
            row += 2 + task % 2;
            tiny->task_row[task + 1] = row;
        }
        tiny->person_task[n + 1] = task;
    }
    for (size_t i = 0; i < row * P; i++)
        tiny->x[i] = 3 * gsl_rng_uniform(rng) - 1.5;
    gsl_rng_free(rng);
    tiny->panel = (hbl_panel){.n_persons = spec->N,
                              .n_tasks = task,
                              .n_rows = row,
                              .person_task = tiny->person_task,
                              .task_row = tiny->task_row,
                              .task_chosen = tiny->task_chosen};
    for (size_t t = 0; t < task; t++)
        tiny->task_chosen[t] = tiny->task_row[t];
    for (size_t k = 0; k < spec->K; k++) {
        mixing[k] = hbl_mixing_find(spec->mixing[k]);
        lower[k] = tiny_lower;
        upper[k] = tiny_upper;
    }
    return hbl_model_from_arrays(&tiny->panel, spec->K, spec->F, name, tiny->x, mixing, lower,
                                 upper, spec->block_of, &tiny->model, error);
}

/* ---- the joint distribution, from its definition ---- */

static inline double tiny_linear(hbl_linear_in_k value, size_t m)
{
    return value.constant + value.per_coefficient * (double)m;
}

/* lambda and the factor L of a covariance block. Omega = (sum_{i < df} w w')^-1 with w ~ N(0, V^-1)
 * is IW(df, V); under Huang and Wand's prior df is df + m - 1, V = 2 df diag(lambda),
 * lambda ~ Gamma(1/2, rate 1 / A^2), that is A^2 / 2 times the square of a standard normal. */
static inline void tiny_draw_block(const tiny_problem *tiny, const size_t *index, size_t m,
                                   gsl_rng *rng, tiny_state *state)
{
    const hbl_prior *prior = &tiny->prior;
    const bool single = m == 1 && prior->df_single.constant > 0;
    const double df = tiny_linear(single ? prior->df_single : prior->df, m);
    const double scale = tiny_linear(single ? prior->scale_single : prior->scale, m);
    const bool huang_wand = prior->covariance == HBL_COVARIANCE_HUANG_WAND;
    const size_t n = (size_t)(huang_wand ? df + (double)m - 1 : df);
    double V[TINY_K], W[TINY_K * TINY_K] = {0};
    gsl_matrix_view matrix = gsl_matrix_view_array(W, m, m);

    for (size_t i = 0; i < m; i++) {
        if (huang_wand) {
            const double z = gsl_ran_ugaussian(rng);
            state->lambda[index[i]] = 0.5 * scale * scale * z * z;
            V[i] = 2 * df * state->lambda[index[i]];
        } else
            V[i] = scale;
    }
    for (size_t r = 0; r < n; r++) {
        double w[TINY_K];
        for (size_t i = 0; i < m; i++)
            w[i] = gsl_ran_ugaussian(rng) / sqrt(V[i]);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < m; j++)
                W[i * m + j] += w[i] * w[j];
    }
    gsl_linalg_cholesky_decomp1(&matrix.matrix);
    gsl_linalg_cholesky_invert(&matrix.matrix);
    gsl_linalg_cholesky_decomp1(&matrix.matrix);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++)
            state->L[index[i] * tiny->spec.K + index[j]] = W[i * m + j];
}

/* b + scale L z, or b + scale z where L is NULL. */
static inline void tiny_draw_normal(size_t K, const double *b, const double *L, double scale,
                                    gsl_rng *rng, double *out)
{
    double z[TINY_K];
    for (size_t i = 0; i < K; i++)
        z[i] = gsl_ran_ugaussian(rng);
    for (size_t i = 0; i < K; i++) {
        out[i] = b[i] + (L ? 0 : scale * z[i]);
        for (size_t j = 0; L && j <= i; j++)
            out[i] += scale * L[i * K + j] * z[j];
    }
}

/* Parameters and persons from the prior. */
static inline void tiny_draw_prior(const tiny_problem *tiny, gsl_rng *rng, tiny_state *state)
{
    const hbl_prior *prior = &tiny->prior;
    const size_t K = tiny->spec.K;
    const double b = prior->mean_location, location[TINY_K] = {b, b, b};

    memset(state->L, 0, sizeof state->L);
    for (size_t block = 0; block < K; block++) {
        size_t index[TINY_K], m = 0;
        for (size_t k = 0; k < K; k++)
            if (tiny->spec.block_of[k] == block)
                index[m++] = k;
        if (m)
            tiny_draw_block(tiny, index, m, rng, state);
    }
    tiny_draw_normal(K, location, prior->mean == HBL_MEAN_CONJUGATE ? state->L : NULL,
                     1 / sqrt(prior->mean_precision), rng, state->mu);
    for (size_t n = 0; n < tiny->spec.N; n++)
        tiny_draw_normal(K, state->mu, state->L, 1, rng, state->theta + n * K);
    for (size_t f = 0; f < tiny->spec.F; f++)
        state->alpha[f] =
            prior->fixed_location + gsl_ran_ugaussian(rng) / sqrt(prior->fixed_precision);
}

static inline double tiny_transform(const char *mixing, double theta)
{
    switch (mixing[0]) {
    case 'l': /* lognormal */
        return exp(theta);
    case 'c': /* censored-normal */
        return theta > 0 ? theta : 0;
    case 'j': /* johnson-sb */
        return tiny_lower + (tiny_upper - tiny_lower) / (1 + exp(-theta));
    default:
        return strcmp(mixing, "normal") == 0 ? theta : -exp(theta);
    }
}

/* ln P of every row, given its task. */
static inline void tiny_log_probabilities(const tiny_problem *tiny, const tiny_state *state,
                                          double *log_probability)
{
    const size_t K = tiny->spec.K, F = tiny->spec.F;
    double beta[TINY_K] = {0};

    for (size_t t = 0; t < tiny->panel.n_tasks; t++) {
        const size_t n = tiny->person_of[t], first = tiny->task_row[t], end = tiny->task_row[t + 1];
        double greatest = -INFINITY, sum = 0;

        for (size_t k = 0; k < K && t == tiny->person_task[n]; k++)
            beta[k] = tiny_transform(tiny->spec.mixing[k], state->theta[n * K + k]);
        for (size_t r = first; r < end; r++) {
            const double *x = tiny->x + r * (K + F);
            double v = 0;
            for (size_t k = 0; k < K; k++)
                v += x[k] * beta[k];
            for (size_t f = 0; f < F; f++)
                v += x[K + f] * state->alpha[f];
            log_probability[r] = v;
            greatest = fmax(greatest, v);
        }
        for (size_t r = first; r < end; r++)
            sum += exp(log_probability[r] - greatest);
        for (size_t r = first; r < end; r++)
            log_probability[r] -= greatest + log(sum);
    }
}

/* d tiny_transform / d theta */
static inline double tiny_slope(const char *mixing, double theta)
{
    const double beta = tiny_transform(mixing, theta);

    switch (mixing[0]) {
    case 'l':
        return beta;
    case 'c':
        return theta > 0 ? 1 : 0;
    case 'j':
        return (beta - tiny_lower) * (tiny_upper - beta) / (tiny_upper - tiny_lower);
    default:
        return strcmp(mixing, "normal") == 0 ? 1 : beta;
    }
}

/* d ln P(person n's choices) / d (theta_n, alpha) */
static inline void tiny_gradient(const tiny_problem *tiny, const tiny_state *state,
                                 const double *log_probability, size_t n, double *gradient)
{
    const size_t K = tiny->spec.K, P = K + tiny->spec.F;

    for (size_t p = 0; p < P; p++) {
        gradient[p] = 0;
        for (size_t t = tiny->person_task[n]; t < tiny->person_task[n + 1]; t++) {
            gradient[p] += tiny->x[state->chosen[t] * P + p];
            for (size_t r = tiny->task_row[t]; r < tiny->task_row[t + 1]; r++)
                gradient[p] -= exp(log_probability[r]) * tiny->x[r * P + p];
        }
        if (p < K)
            gradient[p] *= tiny_slope(tiny->spec.mixing[p], state->theta[n * K + p]);
    }
}

static inline double tiny_log_likelihood(const tiny_problem *tiny, const double *log_probability,
                                         const size_t *chosen)
{
    double sum = 0;
    for (size_t t = 0; t < tiny->panel.n_tasks; t++)
        sum += log_probability[chosen[t]];
    return sum;
}

static inline void tiny_draw_choices(const tiny_problem *tiny, const double *log_probability,
                                     gsl_rng *rng, size_t *chosen)
{
    for (size_t t = 0; t < tiny->panel.n_tasks; t++) {
        double u = gsl_rng_uniform(rng);
        size_t r = tiny->task_row[t];

        while (r + 1 < tiny->task_row[t + 1] && (u -= exp(log_probability[r])) > 0)
            r++;
        chosen[t] = r;
    }
}

#endif
