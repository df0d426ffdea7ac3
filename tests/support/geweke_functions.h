/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The functions of parameters and choices whose means the joint distribution test compares. They
 * are bounded or have light tails, so that all variances are finite though an inverse Wishart's are
 * not.
 */
#ifndef TESTS_SUPPORT_GEWEKE_FUNCTIONS_H
#define TESTS_SUPPORT_GEWEKE_FUNCTIONS_H

#include <stdio.h>

#include "support/tiny.h"

enum { GEWEKE_FUNCTIONS = 96 };

typedef struct {
    size_t n;
    double value[GEWEKE_FUNCTIONS];
    char (*name)[48]; /* filled in where not NULL */
} geweke_values;

static inline void geweke_add(geweke_values *v, const char *name, size_t i, double value)
{
    if (v->name)
        snprintf(v->name[v->n], sizeof *v->name, "%s.%zu", name, i + 1);
    v->value[v->n++] = value;
}

/* A value with its square: mean and spread. */
static inline void geweke_add_pair(geweke_values *v, const char *name, const char *squared,
                                   size_t i, double value)
{
    geweke_add(v, name, i, value);
    geweke_add(v, squared, i, value * value);
}

static inline double geweke_squash(double x)
{
    return x / sqrt(1 + x * x);
}

/* Of the persons' theta_k: its mean, spread, products between persons (a sampler that ties persons
 * together shows here), with mu, and with the attribute that the persons chose. */
static inline void geweke_persons(const tiny_problem *tiny, const tiny_state *state, size_t k,
                                  geweke_values *v)
{
    const size_t K = tiny->spec.K, P = tiny_columns(&tiny->spec), N = tiny->spec.N;
    double sum = 0, squares = 0, chosen = 0;

    for (size_t n = 0; n < N; n++) {
        const double s = geweke_squash(state->theta[n * K + k]);
        sum += s;
        squares += s * s;
        for (size_t t = tiny->person_task[n]; t < tiny->person_task[n + 1]; t++) {
            const double first = tiny->x[tiny->task_row[t] * P + k];
            const double second = tiny->x[(tiny->task_row[t] + 1) * P + k];
            chosen += s * (tiny->x[state->chosen[t] * P + k] - 0.5 * (first + second));
        }
    }
    geweke_add(v, "theta", k, sum / (double)N);
    geweke_add(v, "theta^2", k, squares / (double)N);
    if (N > 1)
        geweke_add(v, "theta_m theta_n", k, (sum * sum - squares) / (double)(N * (N - 1)));
    geweke_add(v, "mu theta", k, geweke_squash(state->mu[k]) * sum / (double)N);
    geweke_add(v, "theta x", k, chosen);
}

/* Of z_n = L^-1 (theta_n - Delta'w_n - mu): the mean of |z_n|^2, standardised. */
static inline double geweke_standardised(const tiny_problem *tiny, const tiny_state *state)
{
    const size_t K = tiny->spec.K;
    double total = 0;

    for (size_t n = 0; n < tiny->spec.N; n++) {
        double z[TINY_K];
        for (size_t i = 0; i < K; i++) {
            z[i] = state->theta[n * K + i] - tiny_added(tiny, state, n, i) - state->mu[i];
            for (size_t j = 0; j < i; j++)
                z[i] -= state->L[i * K + j] * z[j];
            z[i] /= state->L[i * K + i];
            total += z[i] * z[i];
        }
    }
    return total / (double)(tiny->spec.N * K);
}

/* Of Delta: each element, with the persons whose covariate is above the mean against those below,
 * and with the population's parameters. */
static inline void geweke_slopes(const tiny_problem *tiny, const tiny_state *state,
                                 geweke_values *v)
{
    const size_t K = tiny->spec.K, Q = tiny->spec.Q;

    for (size_t e = 0; e < Q * K; e++) {
        const size_t k = e % K, q = e / K;
        const double delta = geweke_squash(state->delta[e]);
        double against = 0;
        for (size_t n = 0; n < tiny->spec.N; n++)
            against += (tiny->centred[n * Q + q] > 0 ? 1 : -1) *
                       geweke_squash(state->theta[n * K + k]) / (double)tiny->spec.N;
        geweke_add_pair(v, "Delta", "Delta^2", e, delta);
        geweke_add(v, "Delta theta", e, delta * against);
        geweke_add(v, "Delta mu", e, delta * geweke_squash(state->mu[k]));
        geweke_add(v, "Delta^2 ln L", e, delta * delta * log(state->L[k * K + k]));
    }
}

static inline void geweke_hierarchy(const tiny_problem *tiny, const tiny_state *state,
                                    geweke_values *v)
{
    const size_t K = tiny->spec.K;

    for (size_t k = 0; k < K; k++) {
        geweke_add_pair(v, "mu", "mu^2", k, geweke_squash(state->mu[k]));
        geweke_add_pair(v, "ln L", "(ln L)^2", k, log(state->L[k * K + k]));
        if (tiny->spec.covariance == HBL_COVARIANCE_HUANG_WAND)
            geweke_add(v, "ln lambda", k, log(state->lambda[k]));
        for (size_t j = 0; j < k; j++)
            if (tiny->spec.block_of[j] == tiny->spec.block_of[k]) {
                const double ratio = state->L[k * K + j] / state->L[k * K + k];
                geweke_add_pair(v, "L_ij", "L_ij^2", k * K + j, geweke_squash(ratio));
                geweke_add(v, "mu mu", k * K + j,
                           geweke_squash(state->mu[k]) * geweke_squash(state->mu[j]));
            }
        geweke_persons(tiny, state, k, v);
    }
    geweke_slopes(tiny, state, v);
    for (size_t n = 0; K > 1 && n < 2; n++)
        geweke_add(v, "theta_1 theta_2", n,
                   geweke_squash(state->theta[n * K]) * geweke_squash(state->theta[n * K + 1]));
    if (K)
        geweke_add_pair(v, "z^2", "z^4", 0, geweke_standardised(tiny, state));
}

static inline void geweke_evaluate(const tiny_problem *tiny, const tiny_state *state,
                                   double log_likelihood, geweke_values *v)
{
    const size_t K = tiny->spec.K, F = tiny->spec.F, P = tiny_columns(&tiny->spec);

    v->n = 0;
    geweke_hierarchy(tiny, state, v);
    for (size_t f = 0; f < F + tiny->spec.S; f++) {
        double chosen = f < F ? 0 : geweke_squash(log_likelihood); /* of the scale: how well */
        for (size_t t = 0; t < tiny->panel.n_tasks && f < F; t++)
            chosen +=
                tiny->x[state->chosen[t] * P + K + f] - tiny->x[tiny->task_row[t] * P + K + f];
        geweke_add_pair(v, "alpha", "alpha^2", f, state->alpha[f]);
        geweke_add(v, "alpha x", f, state->alpha[f] * chosen);
        if (K)
            geweke_add(v, "alpha mu", f, state->alpha[f] * geweke_squash(state->mu[0]));
    }
    geweke_add_pair(v, "loglik", "loglik^2", 0, log_likelihood / (double)tiny->panel.n_tasks);
}

/* ---- their means ---- */

/* Welford's recurrence for every function: of draws, or of the means of segments. */
typedef struct {
    double n, mean[GEWEKE_FUNCTIONS], m2[GEWEKE_FUNCTIONS];
} geweke_moments;

static inline void geweke_count(geweke_moments *m, size_t n, const double *value)
{
    m->n++;
    for (size_t i = 0; i < n; i++) {
        const double difference = value[i] - m->mean[i];
        m->mean[i] += difference / m->n;
        m->m2[i] += difference * (value[i] - m->mean[i]);
    }
}

static inline double geweke_error_squared(const geweke_moments *m, size_t i)
{
    return m->m2[i] / (m->n - 1) / m->n;
}

#endif
