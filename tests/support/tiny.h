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
    TINY_F = 3, /* fixed coefficients, those of the scale of utility among them */
    TINY_Q = 2,
    TINY_COLUMNS = TINY_K + TINY_F + 1,
    TINY_N = 19,
    TINY_TASKS = 3 * TINY_N,
    TINY_ROWS = 3 * TINY_TASKS,
};

/* What is estimated, and how. */
typedef struct {
    const char *kernel;
    bool interweave;
    double over_relaxation, persistence;
    double
        stretch; /* test_exact: the persons' steps, of those that warm-up finds; 0: as they are */
    hbl_precision precision;
    hbl_mean_prior mean;
    hbl_covariance_prior covariance;
    size_t N, K, F;
    size_t Q, S;  /* covariates; F of the columns' fixed coefficients, then S of the scale */
    bool held;    /* a last column whose coefficient is held at tiny_held */
    bool ordered; /* beta_2 is g(theta_2) above beta_1, and so on */
    const char *mixing[TINY_K];
    size_t block_of[TINY_K];
    bool heavy; /* heavy-tailed priors: df K + 3, a block of one 1, or 2 (Huang-Wand) */
} tiny_spec;

typedef struct {
    double mu[TINY_K], L[TINY_K * TINY_K], lambda[TINY_K], alpha[TINY_F];
    double delta[TINY_Q * TINY_K];
    double theta[TINY_N * TINY_K];
    size_t chosen[TINY_TASKS];
} tiny_state;

typedef struct {
    tiny_spec spec;
    hbl_prior prior;
    hbl_panel panel;
    size_t person_task[TINY_N + 1], task_row[TINY_TASKS + 1], task_chosen[TINY_TASKS];
    size_t person_of[TINY_TASKS];
    double x[TINY_ROWS * TINY_COLUMNS];
    double v[TINY_N * TINY_F]; /* of the scale */
    double w[TINY_N * TINY_Q]; /* covariates as they come, and about their means */
    double centred[TINY_N * TINY_Q];
    hbl_model *model;
} tiny_problem;

static const double tiny_lower = -2, tiny_upper = 3; /* of johnson-sb */
static const double tiny_held = -0.7;

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

static inline size_t tiny_columns(const tiny_spec *spec)
{
    return spec->K + spec->F + spec->held;
}

/* Persons' covariates, of unlike sizes, correlated and far from centred; and what scales utility.
 */
static inline void tiny_describe_persons(tiny_problem *tiny, gsl_rng *rng)
{
    const tiny_spec *spec = &tiny->spec;

    for (size_t n = 0; n < spec->N; n++)
        for (size_t q = 0; q < spec->Q; q++)
            tiny->w[n * spec->Q + q] =
                2 + (q ? tiny->w[n * spec->Q] : 0) + (q ? 0.8 : 2) * (gsl_rng_uniform(rng) - 0.5);
    for (size_t q = 0; q < spec->Q; q++) {
        double mean = 0;
        for (size_t n = 0; n < spec->N; n++)
            mean += tiny->w[n * spec->Q + q] / (double)spec->N;
        for (size_t n = 0; n < spec->N; n++)
            tiny->centred[n * spec->Q + q] = tiny->w[n * spec->Q + q] - mean;
    }
    for (size_t i = 0; i < spec->N * spec->S; i++)
        tiny->v[i] = 2 * gsl_rng_uniform(rng) - 0.6;
}

static inline int tiny_build(const tiny_spec *spec, tiny_problem *tiny, hbl_error *error)
{
    static const char *const name[] = {"a", "b", "c", "d", "e", "f"};
    static const char *const covariate_name[] = {"income", "age"}, *const held_name[] = {"held"};
    static const size_t persons_tasks[] = {3, 1, 2, 3, 2};
    const size_t P = tiny_columns(spec);
    size_t base[TINY_K];
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
    tiny_describe_persons(tiny, rng);
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
        base[k] = spec->ordered && k ? k - 1 : SIZE_MAX;
    }
    return hbl_model_from_parts(&tiny->panel,
                                &(hbl_model_parts){.n_random = spec->K,
                                                   .n_fixed = spec->F,
                                                   .n_held = spec->held,
                                                   .n_scale = spec->S,
                                                   .n_covariates = spec->Q,
                                                   .name = name,
                                                   .x = tiny->x,
                                                   .mixing = mixing,
                                                   .lower = lower,
                                                   .upper = upper,
                                                   .block_of = spec->block_of,
                                                   .base = spec->ordered ? base : NULL,
                                                   .held_name = held_name,
                                                   .held = &tiny_held,
                                                   .v = tiny->v,
                                                   .covariate_name = covariate_name,
                                                   .w = tiny->w},
                                &tiny->model, error);
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

/* (Delta'w_n)_k */
static inline double tiny_added(const tiny_problem *tiny, const tiny_state *state, size_t n,
                                size_t k)
{
    double sum = 0;

    for (size_t q = 0; q < tiny->spec.Q; q++)
        sum += state->delta[q * tiny->spec.K + k] * tiny->centred[n * tiny->spec.Q + q];
    return sum;
}

/* exp(v_n'lambda) */
static inline double tiny_scale(const tiny_problem *tiny, const tiny_state *state, size_t n)
{
    double sum = 0;

    for (size_t s = 0; s < tiny->spec.S; s++)
        sum += tiny->v[n * tiny->spec.S + s] * state->alpha[tiny->spec.F + s];
    return exp(sum);
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
    for (size_t e = 0; e < tiny->spec.Q * K; e++)
        state->delta[e] = gsl_ran_ugaussian(rng) / sqrt(prior->mean_precision);
    for (size_t i = 0; i < tiny->spec.N * K; i++)
        state->theta[i] += tiny_added(tiny, state, i / K, i % K);
    for (size_t f = 0; f < tiny->spec.F + tiny->spec.S; f++)
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
    const size_t P = tiny_columns(&tiny->spec);
    double beta[TINY_K] = {0};

    for (size_t t = 0; t < tiny->panel.n_tasks; t++) {
        const size_t n = tiny->person_of[t], first = tiny->task_row[t], end = tiny->task_row[t + 1];
        double greatest = -INFINITY, sum = 0;

        for (size_t k = 0; k < K && t == tiny->person_task[n]; k++)
            beta[k] = tiny_transform(tiny->spec.mixing[k], state->theta[n * K + k]);
        for (size_t r = first; r < end; r++) {
            const double *x = tiny->x + r * P;
            double v = 0;
            for (size_t k = 0; k < K; k++)
                v += x[k] * beta[k];
            for (size_t f = 0; f < F; f++)
                v += x[K + f] * state->alpha[f];
            if (tiny->spec.held)
                v += x[K + F] * tiny_held;
            log_probability[r] = tiny_scale(tiny, state, n) * v;
            greatest = fmax(greatest, log_probability[r]);
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

/* d ln P(person n's choices) / d (theta_n, alpha). A coefficient of the scale moves all utilities
 * of a task in proportion, which are its log probabilities but for what they have in common. */
static inline void tiny_gradient(const tiny_problem *tiny, const tiny_state *state,
                                 const double *log_probability, size_t n, double *gradient)
{
    const size_t K = tiny->spec.K, U = K + tiny->spec.F, P = tiny_columns(&tiny->spec);
    const double scale = tiny_scale(tiny, state, n);

    for (size_t p = 0; p < U + tiny->spec.S; p++) {
        const double v = p < U ? 0 : tiny->v[n * tiny->spec.S + p - U];
        gradient[p] = 0;
        for (size_t t = tiny->person_task[n]; t < tiny->person_task[n + 1]; t++) {
            const size_t chosen = state->chosen[t];
            gradient[p] += p < U ? scale * tiny->x[chosen * P + p] : v * log_probability[chosen];
            for (size_t r = tiny->task_row[t]; r < tiny->task_row[t + 1]; r++)
                gradient[p] -= exp(log_probability[r]) *
                               (p < U ? scale * tiny->x[r * P + p] : v * log_probability[r]);
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
