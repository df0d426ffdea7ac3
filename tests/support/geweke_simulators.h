/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two simulators of the joint distribution test (support/geweke.h), and a watch on what the
 * sampler carries from step to step.
 */
#ifndef TESTS_SUPPORT_GEWEKE_SIMULATORS_H
#define TESTS_SUPPORT_GEWEKE_SIMULATORS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hb/chain.h"
#include "support/geweke_functions.h"
#include "support/tiny.h"

enum { GEWEKE_SWEEPS = 2, GEWEKE_WARMUP = 600 };

/* The marginal-conditional simulator. */
static inline void geweke_marginal(const tiny_problem *tiny, size_t draws, gsl_rng *rng,
                                   geweke_moments *moments)
{
    double log_probability[TINY_ROWS];
    tiny_state state = {0};
    geweke_values v = {0};

    memset(moments, 0, sizeof *moments);
    for (size_t i = 0; i < draws; i++) {
        tiny_draw_prior(tiny, rng, &state);
        tiny_log_probabilities(tiny, &state, log_probability);
        tiny_draw_choices(tiny, log_probability, rng, state.chosen);
        geweke_evaluate(tiny, &state, tiny_log_likelihood(tiny, log_probability, state.chosen), &v);
        geweke_count(moments, v.n, v.value);
    }
}

/* The successive-conditional simulator. */
typedef struct {
    tiny_problem tiny;
    hbl_hb *hb;
    hbl_chain *chain;
    gsl_rng *rng;
    tiny_state state;
    double log_probability[TINY_ROWS];
    double drift, drift_gradient; /* largest differences of what the chain keeps from the state */
    double stray;                 /* largest |theta - mu| in lanes of padding */
} geweke_simulator;

static inline void geweke_redraw_choices(geweke_simulator *g)
{
    tiny_draw_choices(&g->tiny, g->log_probability, g->rng, g->state.chosen);
    hbl_likelihood_set_choices(g->hb->likelihood, g->state.chosen);
    hbl_chain_refresh(g->chain);
}

static inline void geweke_omega(const tiny_problem *tiny, const tiny_state *state, double *omega)
{
    const size_t K = tiny->spec.K;
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++) {
            omega[i * K + j] = 0;
            for (size_t k = 0; k <= (i < j ? i : j); k++)
                omega[i * K + j] += state->L[i * K + k] * state->L[j * K + k];
        }
}

/* The momentum, where the kernel keeps one, is N(0, I) whatever all else is. */
static inline void geweke_draw_momentum(geweke_simulator *g)
{
    const size_t n = g->hb->n_blocks * g->hb->K * HBL_LANES;

    for (size_t i = 0; g->hb->kernel->keeps_momentum && i < n; i++)
        g->chain->momentum[i] = gsl_ran_ugaussian(g->rng);
}

/* Parameters and choices from the joint distribution, into the chain. */
static inline void geweke_place(geweke_simulator *g)
{
    tiny_state *state = &g->state;
    double omega[TINY_K * TINY_K];
    hbl_error error = HBL_ERROR_INIT;

    tiny_draw_prior(&g->tiny, g->rng, state);
    tiny_log_probabilities(&g->tiny, state, g->log_probability);
    geweke_omega(&g->tiny, state, omega);
    assert_int_equal(hbl_chain_set_state(g->chain, state->theta, state->mu, state->delta, omega,
                                         state->alpha, state->lambda, &error),
                     HBL_OK);
    geweke_draw_momentum(g);
    geweke_redraw_choices(g);
}

static inline void geweke_read_state(geweke_simulator *g)
{
    const size_t K = g->tiny.spec.K, F = g->tiny.spec.F + g->tiny.spec.S;
    tiny_state *state = &g->state;

    memcpy(state->mu, g->chain->mu, K * sizeof(double));
    memcpy(state->L, g->chain->L, K * K * sizeof(double));
    memcpy(state->lambda, g->chain->lambda, K * sizeof(double));
    memcpy(state->delta, g->chain->delta, g->tiny.spec.Q * K * sizeof(double));
    if (F)
        memcpy(state->alpha, g->chain->alpha, F * sizeof(double));
    if (K)
        hbl_chain_theta(g->chain, state->theta);
}

static inline void geweke_step(geweke_simulator *g, geweke_values *v)
{
    hbl_error error = HBL_ERROR_INIT;
    double log_likelihood;

    for (int s = 0; s < GEWEKE_SWEEPS; s++)
        if (hbl_chain_sweep(g->chain, &error))
            fail_msg("%s", error.message);
    geweke_read_state(g);
    tiny_log_probabilities(&g->tiny, &g->state, g->log_probability);
    log_likelihood = tiny_log_likelihood(&g->tiny, g->log_probability, g->state.chosen);
    geweke_evaluate(&g->tiny, &g->state, log_likelihood, v);
}

/* The largest d beta / d theta: rounding errors of utilities are in proportion to it. */
static inline double geweke_steepest(const geweke_simulator *g)
{
    const tiny_spec *spec = &g->tiny.spec;
    double steepest = 1;

    for (size_t i = 0; i < spec->N * spec->K; i++)
        steepest = fmax(steepest, fabs(tiny_slope(spec->mixing[i % spec->K], g->state.theta[i])));
    return steepest;
}

/* Largest difference between the persons' gradients that the chain keeps and those at its state. */
static inline double geweke_gradient_drift(const geweke_simulator *g, double steepest)
{
    const hbl_hb *hb = g->hb;
    double drift = 0;

    for (size_t at = 0; hb->needs_gradient && at < hb->n_blocks * HBL_LANES; at++) {
        double own[TINY_K + TINY_F];
        if (hb->person[at] == SIZE_MAX)
            continue;
        tiny_gradient(&g->tiny, &g->state, g->log_probability, hb->person[at], own);
        for (size_t p = 0; p < hb->P; p++) {
            const double kept =
                g->chain->gradient[(at / HBL_LANES * hb->P + p) * HBL_LANES + at % HBL_LANES];
            const double difference = fabs(kept - own[p]) / (fabs(own[p]) + steepest * steepest);
            drift = isnan(difference) ? INFINITY : fmax(drift, difference);
        }
    }
    return drift;
}

/* How far from mu lanes of padding are. */
static inline double geweke_stray(const geweke_simulator *g)
{
    const hbl_hb *hb = g->hb;
    double stray = 0;

    for (size_t at = 0; at < hb->n_blocks * HBL_LANES; at++)
        for (size_t k = 0; hb->person[at] == SIZE_MAX && k < hb->K; k++) {
            const double theta =
                g->chain->theta[(at / HBL_LANES * hb->K + k) * HBL_LANES + at % HBL_LANES];
            const double far = fabs(theta - g->chain->mu[k]);
            stray = isnan(far) ? INFINITY : fmax(stray, far);
        }
    return stray;
}

/* What the chain keeps from step to step against the state: log-likelihood, sum |z|^2, gradients.
 */
static inline void geweke_watch_drift(geweke_simulator *g)
{
    const tiny_problem *tiny = &g->tiny;
    const double steepest = geweke_steepest(g);
    const double own = tiny_log_likelihood(tiny, g->log_probability, g->state.chosen);
    const double scale = (double)(tiny->spec.N * tiny->spec.K);
    const double drift = fabs(g->chain->sums.log_likelihood - own) / (fabs(own) + steepest);
    const double z2 = tiny->spec.K ? geweke_standardised(tiny, &g->state) : 0;
    const double drift_z2 = tiny->spec.K ? fabs(g->chain->sum_z2 / scale - z2) / (1 + z2) : 0;

    g->drift = fmax(g->drift, isnan(drift) || isnan(drift_z2) ? INFINITY : fmax(drift, drift_z2));
    g->drift_gradient = fmax(g->drift_gradient, geweke_gradient_drift(g, steepest));
    g->stray = fmax(g->stray, geweke_stray(g));
}

/* A digest of all that warm-up has tuned (FNV-1a): it must not change any more. */
static inline uint64_t geweke_tuning(const hbl_chain *chain)
{
    const hbl_hb *hb = chain->hb;
    const hbl_tuning *t = &chain->tuning;
    const size_t lanes = hb->n_blocks * HBL_LANES, triangle = HBL_TRIANGLE(hb->K) * lanes;
    const struct {
        const double *array;
        size_t n;
    } part[] = {{t->step, lanes},
                {t->factor, hb->kernel->uses_factor ? triangle : 0},
                {t->hessian, hb->kernel->uses_hessian ? triangle : 0},
                {t->pooled_factor, hb->n_entries * hb->n_entries},
                {&t->interweave_step, 1}};
    uint64_t digest = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        for (size_t e = 0; e < part[i].n; e++) {
            uint64_t bits;
            memcpy(&bits, &part[i].array[e], sizeof bits);
            digest = (digest ^ bits) * UINT64_C(0x100000001b3);
        }
    return digest;
}

/* The pooled logit, from which the chain would start, must exist: choices of which it does. */
static inline void geweke_open_sampler(geweke_simulator *g, unsigned seed)
{
    const tiny_spec *spec = &g->tiny.spec;
    hbl_hb_settings settings = {.warmup = GEWEKE_WARMUP,
                                .seed = seed,
                                .interweave = spec->interweave,
                                .over_relaxation = spec->over_relaxation,
                                .persistence = spec->persistence,
                                .precision = spec->precision,
                                .prior = g->tiny.prior};
    char kernel[32];
    hbl_error error = HBL_ERROR_INIT;

    snprintf(kernel, sizeof kernel, "%s", spec->kernel);
    settings.kernel = kernel;
    for (int attempt = 0; attempt < 1000; attempt++) {
        tiny_draw_prior(&g->tiny, g->rng, &g->state);
        tiny_log_probabilities(&g->tiny, &g->state, g->log_probability);
        tiny_draw_choices(&g->tiny, g->log_probability, g->rng, g->tiny.task_chosen);
        if (hbl_hb_alloc(g->tiny.model, &settings, 1, &g->hb, &error))
            fail_msg("%s", error.message);
        if (hbl_hb_pooled(g->hb)->converged && hbl_hb_pooled(g->hb)->log_likelihood < -2)
            break;
        hbl_hb_free(g->hb);
        g->hb = NULL;
    }
    assert_non_null(g->hb);
    if (hbl_chain_alloc(g->hb, 1, 1, &g->chain, &error) || hbl_chain_start(g->chain, &error))
        fail_msg("%s", error.message);
}

static inline void geweke_open(geweke_simulator *g, const tiny_spec *spec, unsigned seed)
{
    hbl_error error = HBL_ERROR_INIT;
    geweke_values v = {0};

    memset(g, 0, sizeof *g);
    if (tiny_build(spec, &g->tiny, &error))
        fail_msg("%s", error.message);
    g->rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(g->rng, seed);
    geweke_open_sampler(g, seed);
    geweke_place(g);
    while (g->chain->sweep < GEWEKE_WARMUP) {
        geweke_step(g, &v);
        geweke_redraw_choices(g);
    }
    geweke_place(g);
}

static inline void geweke_close(geweke_simulator *g)
{
    hbl_chain_free(g->chain);
    hbl_hb_free(g->hb);
    hbl_model_free(g->tiny.model);
    gsl_rng_free(g->rng);
}

static inline void geweke_segment(geweke_simulator *g, size_t cycles, geweke_values *v,
                                  geweke_moments *segments)
{
    double mean[GEWEKE_FUNCTIONS] = {0};

    geweke_place(g);
    for (size_t c = 0; c < cycles; c++) {
        geweke_step(g, v);
        for (size_t i = 0; i < v->n; i++)
            mean[i] += v->value[i] / (double)cycles;
        if (c % 8 == 0)
            geweke_watch_drift(g);
        geweke_redraw_choices(g);
    }
    geweke_count(segments, v->n, mean);
}

#endif
