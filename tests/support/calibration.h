/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Simulation-based calibration (Talts, Betancourt, Simpson, Vehtari and Gelman 2018, arXiv
 * 1804.06788) of the sampler as shipped: parameters from the prior and choices given them
 * (support/tiny.h, no code of the sampler); then the pooled fit, the chain's start, warm-up with
 * its adaptation, and draws, by the public interface alone. The rank of every true quantity among
 * CALIBRATION_DRAWS draws of it is uniform if the draws come from the posterior.
 *
 * Beside the parameters the quantities are those of Modrak et al. (2023, Bayesian Analysis):
 * functions of parameters and choices together, log-likelihood first, without which a sampler that
 * ignores the choices would pass.
 *
 * Ranks want draws that are nearly independent. A chain runs on until the effective sample size of
 * every quantity is twice the number of draws taken from it, so that neighbours among those are
 * about exp(-4) correlated; or until it has run CALIBRATION_LONGEST times its length. What was then
 * still short is counted.
 */
#ifndef TESTS_SUPPORT_CALIBRATION_H
#define TESTS_SUPPORT_CALIBRATION_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/parallel.h"
#include "hblogit/diagnose.h"
#include "hblogit/hb.h"
#include "support/tiny.h"
#include "support/uniformity.h"

enum {
    CALIBRATION_DRAWS = 63,
    CALIBRATION_RANKS = CALIBRATION_DRAWS + 1,
    CALIBRATION_QUANTITIES = 40,
    CALIBRATION_LONGEST = 16,
};

typedef struct {
    const char *name;
    tiny_spec spec;
    bool shipped_prior; /* the program's default prior instead of tiny.h's */
} calibration_case;

/* A spec's settings as they are by default. */
#define CALIBRATION_SHIPPED                                                                        \
    .kernel = "hmc", .interweave = true, .over_relaxation = 0.85, .persistence = 0.4,              \
    .precision = HBL_PRECISION_FLOAT

/* ---- quantities ---- */

typedef enum {
    CALIBRATION_MEAN,
    CALIBRATION_SLOPE,
    CALIBRATION_COVARIANCE,
    CALIBRATION_FIXED,
    CALIBRATION_LIKELIHOOD,
    CALIBRATION_DETERMINANT,
    CALIBRATION_CORRELATION,
    CALIBRATION_RATIO,
    CALIBRATION_PERSON,
    CALIBRATION_GROUPS
} calibration_group;
static const char *const calibration_group_name[] = {"mu",          "Delta",          "Omega",
                                                     "alpha",       "log-likelihood", "log |Omega|",
                                                     "correlation", "ratio",          "person"};

typedef struct {
    size_t n;
    double value[CALIBRATION_QUANTITIES];
    calibration_group group[CALIBRATION_QUANTITIES];
} calibration_values;

static inline void calibration_add(calibration_values *v, calibration_group group, double value)
{
    v->group[v->n] = group;
    v->value[v->n++] = value;
}

/* beta: the persons'. */
static inline void calibration_evaluate(const tiny_spec *spec, const double *mu,
                                        const double *delta, const double *omega,
                                        const double *alpha, const double *beta,
                                        double log_likelihood, calibration_values *v)
{
    const size_t K = spec->K;
    double L[TINY_K * TINY_K], log_determinant = 0;
    gsl_matrix_view factor = gsl_matrix_view_array(L, K ? K : 1, K ? K : 1);

    v->n = 0;
    for (size_t k = 0; k < K; k++)
        calibration_add(v, CALIBRATION_MEAN, mu[k]);
    for (size_t k = 0; k < K; k++)
        for (size_t j = 0; j <= k; j++)
            if (spec->block_of[j] == spec->block_of[k]) {
                const double w = omega[k * K + j];
                calibration_add(v, CALIBRATION_COVARIANCE, w);
                if (j < k)
                    calibration_add(v, CALIBRATION_CORRELATION,
                                    w / sqrt(omega[k * K + k] * omega[j * K + j]));
            }
    for (size_t e = 0; e < spec->Q * K; e++)
        calibration_add(v, CALIBRATION_SLOPE, delta[e]);
    for (size_t f = 0; f < spec->F + spec->S; f++)
        calibration_add(v, CALIBRATION_FIXED, alpha[f]);
    calibration_add(v, CALIBRATION_LIKELIHOOD, log_likelihood);
    if (K) {
        memcpy(L, omega, K * K * sizeof *L);
        gsl_linalg_cholesky_decomp1(&factor.matrix);
        for (size_t k = 0; k < K; k++)
            log_determinant += 2 * log(L[k * K + k]);
        calibration_add(v, CALIBRATION_DETERMINANT, log_determinant);
    }
    for (size_t k = 1; k < K; k++) /* as where one is a price */
        calibration_add(v, CALIBRATION_RATIO, mu[k] / mu[0]);
    for (size_t f = K ? 0 : 1; f < spec->F; f++)
        calibration_add(v, CALIBRATION_RATIO, alpha[f] / (K ? mu[0] : alpha[0]));
    for (size_t n = 0; K && n < 2 && n < spec->N; n++)
        for (size_t k = 0; k < K; k++)
            calibration_add(v, CALIBRATION_PERSON, beta[n * K + k]);
    if (K > 1) /* the ratio of two, as an angle: a censored coefficient may be 0 */
        calibration_add(v, CALIBRATION_PERSON, atan2(beta[1], beta[0]));
}

/* ---- a replication ---- */

typedef struct {
    const calibration_case *c;
    hbl_hb_settings settings; /* as shipped, but for what the case names */
    size_t replications;
    uint64_t seed;
    size_t n; /* quantities */
    calibration_group group[CALIBRATION_QUANTITIES];
    unsigned char (*rank)[CALIBRATION_QUANTITIES]; /* [replications] */
    double *sweeps;                                /* [replications]: how long a chain ran */
    double *ess; /* [replications]: the least effective sample size */
    bool *failed;
} calibration_work;

static inline void calibration_truth(const tiny_problem *tiny, const tiny_state *state,
                                     double log_likelihood, calibration_values *v)
{
    const size_t K = tiny->spec.K;
    double omega[TINY_K * TINY_K] = {0}, beta[TINY_N * TINY_K];

    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++)
            for (size_t k = 0; k <= (i < j ? i : j); k++)
                omega[i * K + j] += state->L[i * K + k] * state->L[j * K + k];
    for (size_t i = 0; i < tiny->spec.N * K; i++)
        beta[i] = tiny_transform(tiny->spec.mixing[i % K], state->theta[i]);
    for (size_t i = 0; i < tiny->spec.N * K && tiny->spec.ordered; i++)
        beta[i] += i % K ? beta[i - 1] : 0;
    calibration_evaluate(&tiny->spec, state->mu, state->delta, omega, state->alpha, beta,
                         log_likelihood, v);
}

/* Sweeps on; values of every quantity into draw[quantity][from..to-1]. */
static inline bool calibration_sweep(hbl_chain *chain, const tiny_spec *spec, size_t from,
                                     size_t to, size_t room, double *draw)
{
    double beta[TINY_N * TINY_K];
    calibration_values v;
    hbl_draw now;

    for (size_t i = from; i < to; i++) {
        if (hbl_chain_sweep(chain, NULL))
            return false;
        hbl_chain_draw(chain, &now);
        if (spec->K)
            hbl_chain_beta(chain, beta);
        calibration_evaluate(spec, now.mu, now.delta, now.omega, now.alpha, beta,
                             now.log_likelihood, &v);
        for (size_t q = 0; q < v.n; q++)
            draw[q * room + i] = v.value[q];
    }
    return true;
}

/* Constant draws (a censored coefficient that stays at zero) have none: they limit nothing. */
static inline double calibration_least_ess(const double *draw, size_t quantities, size_t n,
                                           size_t room)
{
    double least = INFINITY;

    for (size_t q = 0; q < quantities; q++) {
        hbl_convergence c;
        if (hbl_convergence_compute(draw + q * room, n, 1, &c, NULL) == HBL_OK &&
            isfinite(c.ess_bulk))
            least = fmin(least, c.ess_bulk);
    }
    return least;
}

/* Rank among draws at equal distances, equals by lot. */
static inline unsigned char calibration_rank(const double *draw, size_t n, double truth,
                                             gsl_rng *rng)
{
    size_t below = 0, same = 0;

    for (size_t i = 1; i <= CALIBRATION_DRAWS; i++) {
        const double value = draw[i * n / CALIBRATION_DRAWS - 1];
        below += value < truth;
        same += value == truth;
    }
    return (unsigned char)(below + gsl_rng_uniform_int(rng, same + 1));
}

static inline bool calibration_sample(calibration_work *work, size_t r, const tiny_problem *tiny,
                                      const calibration_values *truth, gsl_rng *rng)
{
    const size_t most = (size_t)work->settings.draws * CALIBRATION_LONGEST;
    hbl_hb_settings settings = work->settings;
    double *draw = malloc(truth->n * most * sizeof *draw), ess = 0;
    hbl_hb *hb = NULL;
    hbl_chain *chain = NULL;
    size_t n = 0;
    bool good;

    settings.seed = work->seed * 1000000 + r;
    good = draw && hbl_hb_alloc(tiny->model, &settings, 1, &hb, NULL) == HBL_OK &&
           hbl_chain_alloc(hb, 1, 1, &chain, NULL) == HBL_OK &&
           hbl_chain_start(chain, NULL) == HBL_OK;
    for (int64_t s = 0; good && s < settings.warmup; s++)
        good = hbl_chain_sweep(chain, NULL) == HBL_OK;
    for (size_t to = (size_t)settings.draws; good && to <= most; to *= 2) {
        good = calibration_sweep(chain, &tiny->spec, n, to, most, draw);
        n = to;
        ess = calibration_least_ess(draw, truth->n, n, most);
        if (ess >= 2 * CALIBRATION_DRAWS)
            break;
    }
    for (size_t q = 0; good && q < truth->n; q++)
        work->rank[r][q] = calibration_rank(draw + q * most, n, truth->value[q], rng);
    work->sweeps[r] = (double)n;
    work->ess[r] = ess;
    hbl_chain_free(chain);
    hbl_hb_free(hb);
    free(draw);
    return good;
}

/* Nothing in here asserts: cmocka cannot leave a thread. */
static inline void calibration_replicate(void *context, size_t r, int thread)
{
    calibration_work *work = context;
    tiny_problem *tiny = malloc(sizeof *tiny);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double log_probability[TINY_ROWS];
    tiny_state state = {0};
    calibration_values truth;

    (void)thread;
    gsl_rng_set(rng, (unsigned long)(work->seed * 1000000 + r));
    work->failed[r] = true;
    if (tiny && tiny_build(&work->c->spec, tiny, NULL) == HBL_OK) {
        tiny->prior = work->settings.prior;
        tiny_draw_prior(tiny, rng, &state);
        tiny_log_probabilities(tiny, &state, log_probability);
        tiny_draw_choices(tiny, log_probability, rng, state.chosen);
        memcpy(tiny->task_chosen, state.chosen, sizeof state.chosen);
        calibration_truth(tiny, &state, tiny_log_likelihood(tiny, log_probability, state.chosen),
                          &truth);
        work->failed[r] = !calibration_sample(work, r, tiny, &truth, rng);
        if (r == 0) {
            work->n = truth.n;
            memcpy(work->group, truth.group, sizeof work->group);
        }
        hbl_model_free(tiny->model);
    }
    gsl_rng_free(rng);
    free(tiny);
}

/* ---- a configuration ---- */

typedef struct {
    size_t n[CALIBRATION_GROUPS];         /* quantities */
    double excursion[CALIBRATION_GROUPS]; /* largest, relative to the 95 % bands of one quantity */
    double p[CALIBRATION_GROUPS];         /* least */
    size_t n_all, failures, short_runs, replications;
    double least_p, sweeps, ess; /* sweeps a replication; mean of the least ess */
} calibration_result;

/* As the program does where a model file says nothing, but for what the case names. */
static inline void calibration_settings(const calibration_case *c, hbl_hb_settings *settings)
{
    assert_int_equal(hbl_hb_settings_default(settings, NULL), HBL_OK);
    free(settings->kernel);
    settings->kernel = strdup(c->spec.kernel);
    assert_non_null(settings->kernel);
    settings->interweave = c->spec.interweave;
    settings->over_relaxation = c->spec.over_relaxation;
    settings->precision = c->spec.precision;
    if (!c->shipped_prior)
        settings->prior = tiny_prior(&c->spec);
}

static inline void calibration_judge(const calibration_work *work, calibration_result *result)
{
    const double level =
        uniformity_adjusted_level(CALIBRATION_RANKS, (unsigned)work->replications, 0.05);

    result->least_p = 1;
    for (size_t q = 0; q < work->n; q++) {
        const calibration_group g = work->group[q];
        size_t counts[CALIBRATION_RANKS] = {0};
        double p;

        for (size_t r = 0; r < work->replications; r++)
            if (!work->failed[r])
                counts[work->rank[r][q]]++;
        p = uniformity_bands(CALIBRATION_RANKS, counts);
        result->p[g] = result->n[g]++ ? fmin(result->p[g], p) : p;
        result->excursion[g] =
            fmax(result->excursion[g], uniformity_excursion(CALIBRATION_RANKS, counts, level));
        result->least_p = fmin(result->least_p, p);
        result->n_all++;
        if (getenv("HBLOGIT_CALIBRATION_ALL"))
            print_message("    quantity %zu (%s): p %.3g\n", q, calibration_group_name[g], p);
    }
    for (size_t r = 0; r < work->replications; r++) {
        result->failures += work->failed[r];
        result->short_runs += work->ess[r] < 2 * CALIBRATION_DRAWS;
        result->sweeps += work->sweeps[r] / (double)work->replications;
        result->ess += fmin(work->ess[r], work->sweeps[r]) / (double)work->replications;
    }
}

static inline calibration_result calibration_run(const calibration_case *c, size_t replications,
                                                 uint64_t seed)
{
    calibration_work work = {.c = c, .replications = replications, .seed = seed};
    calibration_result result = {.replications = replications};

    calibration_settings(c, &work.settings);
    work.rank = calloc(replications, sizeof *work.rank);
    work.sweeps = calloc(replications, sizeof *work.sweeps);
    work.ess = calloc(replications, sizeof *work.ess);
    work.failed = calloc(replications, sizeof *work.failed);
    assert_true(work.rank && work.sweeps && work.ess && work.failed);
    hbl_parallel_for(hbl_processors(), replications, calibration_replicate, &work);
    calibration_judge(&work, &result);
    free(work.rank);
    free(work.sweeps);
    free(work.ess);
    free(work.failed);
    hbl_hb_settings_clear(&work.settings);
    return result;
}

#endif
