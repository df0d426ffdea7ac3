/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Log-likelihoods of persons and the joint log density of parameters, persons and choices at fixed
 * points, under every type of prior, against numpy and scipy.stats: the figures are those of
 * tests/support/golden_density.h, and golden_density.py beside it makes them. Problem and states
 * are multiples of 1/8 out of a congruential generator, drawn here as there.
 *
 * The sampler leaves constants out of its joint density, so that it is differences between states
 * that are compared; from each state to the next one part alone is another.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hb/chain.h"
#include "support/golden_density.h"

enum {
    PEOPLE = GOLDEN_PEOPLE,
    K = 3,
    F = 1,
    Q = 2,
    P = K + F,
    MOST_TASKS = 3 * PEOPLE,
    MOST_ROWS = 4 * MOST_TASKS
};

/* ---- the problem ---- */

static uint64_t generator;

static int below(int n)
{
    generator = generator * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((generator >> 33) % (uint64_t)n);
}

static double eighths(int most)
{
    return (below(2 * most + 1) - most) / 8.0;
}

static struct {
    hbl_panel panel;
    size_t person_task[PEOPLE + 1], task_row[MOST_TASKS + 1], task_chosen[MOST_TASKS];
    double x[MOST_ROWS * P], w[PEOPLE * Q], v[PEOPLE];
} problem;

static void make_task(size_t task)
{
    const size_t first = problem.task_row[task], n = 2 + (size_t)below(3);

    for (size_t i = first * P; i < (first + n) * P; i++)
        problem.x[i] = eighths(12);
    problem.task_chosen[task] = first + (size_t)below((int)n);
    problem.task_row[task + 1] = first + n;
}

static void make_problem(void)
{
    size_t tasks = 0;

    generator = 1;
    for (size_t n = 0; n < PEOPLE; n++) {
        for (int t = 1 + below(3); t > 0; t--)
            make_task(tasks++);
        problem.person_task[n + 1] = tasks;
        for (size_t q = 0; q < Q; q++)
            problem.w[n * Q + q] = eighths(16);
        problem.v[n] = eighths(4);
    }
    problem.panel = (hbl_panel){.n_persons = PEOPLE,
                                .n_tasks = tasks,
                                .n_rows = problem.task_row[tasks],
                                .person_task = problem.person_task,
                                .task_row = problem.task_row,
                                .task_chosen = problem.task_chosen};
}

/* ---- the configurations, in the order of the maker ---- */

#define INDEPENDENT HBL_MEAN_NORMAL
#define HUANG_WAND  HBL_COVARIANCE_HUANG_WAND

typedef struct {
    const char *name;
    hbl_preset preset;
    bool own; /* mean and covariance as below, not the preset's */
    hbl_mean_prior mean;
    double location, precision;
    hbl_covariance_prior covariance;
    hbl_linear_in_k df, scale;
    size_t block_of[K];
    const char *mixing[K]; /* NULL: normal */
    double fixed_location, fixed_precision;
    size_t n_scale, n_covariates;
} configuration;

static const configuration configurations[] = {
    {"bayesm", HBL_PRESET_BAYESM, .fixed_location = 0.5, .fixed_precision = 2},
    {"train", HBL_PRESET_TRAIN, .fixed_precision = 0},
    {"rsghb, uncorrelated", HBL_PRESET_RSGHB, .block_of = {0, 1, 2}, .fixed_location = -1,
     .fixed_precision = 0.5},
    {"choicemodelr, blocks", HBL_PRESET_CHOICEMODELR, .block_of = {0, 0, 1},
     .mixing = {"lognormal", "normal", "censored-normal"}, .fixed_precision = 1},
    {"normal mean", .own = true, .mean = INDEPENDENT, .location = 0.5, .precision = 2, .df = {2, 1},
     .scale = {3, 0}, .mixing = {"johnson-sb", "negative-lognormal", "normal"},
     .fixed_precision = 1},
    {"Huang-Wand", .own = true, .mean = HBL_MEAN_CONJUGATE, .location = -0.25, .precision = 1.5,
     .covariance = HUANG_WAND, .df = {2, 0}, .scale = {10, 0}, .fixed_precision = 1},
    {"Huang-Wand, blocks", .own = true, .mean = INDEPENDENT, .location = 0.25, .precision = 0.5,
     .covariance = HUANG_WAND, .df = {3, 0}, .scale = {1.5, 0}, .block_of = {0, 1, 0},
     .fixed_precision = 1},
    {"covariates", HBL_PRESET_BAYESM, .fixed_precision = 1, .n_covariates = Q},
    {"covariates, scale", .own = true, .mean = INDEPENDENT, .precision = 2,
     .covariance = HUANG_WAND, .df = {2, 0}, .scale = {1, 0},
     .mixing = {"normal", "lognormal", "normal"}, .fixed_location = 0.25, .fixed_precision = 4,
     .n_scale = 1, .n_covariates = Q},
    {"covariates, flat mean", HBL_PRESET_TRAIN, .block_of = {0, 1, 1}, .fixed_precision = 1,
     .n_covariates = Q},
};
enum { CONFIGURATIONS = sizeof configurations / sizeof *configurations };

static hbl_prior prior_of(const configuration *c)
{
    hbl_prior prior = {0};

    hbl_prior_preset(&prior, c->preset);
    if (c->own) {
        prior.mean = c->mean;
        prior.mean_location = c->location;
        prior.mean_precision = c->precision;
        prior.covariance = c->covariance;
        prior.df = prior.df_single = c->df;
        prior.scale = prior.scale_single = c->scale;
    }
    if (c->own && c->covariance == HBL_COVARIANCE_INVERSE_WISHART) {
        prior.df_single = (hbl_linear_in_k){c->df.constant + c->df.per_coefficient, 0};
        prior.scale_single = (hbl_linear_in_k){c->scale.constant + c->scale.per_coefficient, 0};
    }
    prior.fixed_location = c->fixed_location;
    prior.fixed_precision = c->fixed_precision;
    return prior;
}

static const hbl_mixing *mixing_named(const char *name)
{
    for (size_t i = 0; hbl_mixings[i]; i++)
        if (strcmp(hbl_mixings[i]->name, name ? name : "normal") == 0)
            return hbl_mixings[i];
    fail_msg("no distribution is called %s", name);
    return NULL;
}

static hbl_model *model_of(const configuration *c)
{
    static const char *const name[] = {"a", "b", "c", "d", "s"}, *const covariate[] = {"u", "w"};
    static const double lower[K] = {-1, -1, -1}, upper[K] = {2, 2, 2};
    const hbl_mixing *mixing[K];
    hbl_model_parts parts = {.n_random = K,
                             .n_fixed = F,
                             .n_scale = c->n_scale,
                             .n_covariates = c->n_covariates,
                             .name = name,
                             .x = problem.x,
                             .mixing = mixing,
                             .lower = lower,
                             .upper = upper,
                             .block_of = c->block_of,
                             .v = problem.v,
                             .covariate_name = covariate,
                             .w = problem.w};
    hbl_model *model = NULL;
    hbl_error error = HBL_ERROR_INIT;

    for (size_t k = 0; k < K; k++)
        mixing[k] = mixing_named(c->mixing[k]);
    if (hbl_model_from_parts(&problem.panel, &parts, &model, &error))
        fail_msg("%s: %s", c->name, error.message);
    return model;
}

/* ---- states ---- */

typedef struct {
    double mu[K], omega[K * K], theta[PEOPLE * K], alpha[F + 1], delta[Q * K], lambda[K];
} state_of_chain;

static void draw_omega(const configuration *c, double *omega)
{
    double L[K * K] = {0};

    for (size_t i = 0; i < K; i++) {
        for (size_t j = 0; j < i; j++)
            L[i * K + j] = c->block_of[i] == c->block_of[j] ? eighths(4) : 0;
        L[i * K + i] = (4 + below(8)) / 8.0;
    }
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++) {
            omega[i * K + j] = 0;
            for (size_t k = 0; k < K; k++)
                omega[i * K + j] += L[i * K + k] * L[j * K + k];
        }
}

static void draw_eighths(double *x, size_t n, int most)
{
    for (size_t i = 0; i < n; i++)
        x[i] = eighths(most);
}

static void draw_part(const configuration *c, size_t part, state_of_chain *s)
{
    switch (part) {
    case 0:
        draw_eighths(s->mu, K, 8);
        break;
    case 1:
        draw_omega(c, s->omega);
        break;
    case 2:
        draw_eighths(s->theta, (size_t)PEOPLE * K, 16);
        break;
    case 3:
        draw_eighths(s->alpha, F + c->n_scale, 8);
        break;
    case 4:
        draw_eighths(s->delta, c->n_covariates * K, 8);
        break;
    default:
        for (size_t k = 0; k < K; k++)
            s->lambda[k] = (1 + below(16)) / 8.0;
    }
}

static hbl_draw put(hbl_chain *chain, const state_of_chain *s)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_draw draw;

    if (hbl_chain_set_state(chain, s->theta, s->mu, s->delta, s->omega, s->alpha, s->lambda,
                            &error))
        fail_msg("%s", error.message);
    hbl_chain_draw(chain, &draw);
    return draw;
}

/* ---- comparisons ---- */

static void assert_near(const char *name, const char *what, size_t i, double is, double wanted)
{
    if (!(fabs(is - wanted) <= 1e-11 * (1 + fabs(wanted))))
        fail_msg("%s: %s %zu is %.15g, wanted %.15g", name, what, i, is, wanted);
}

/* The persons' log-likelihoods, out of the pass over the panel at the betas that callers see. */
static void check_persons(const configuration *c, const hbl_chain *chain, const double *alpha,
                          const double *wanted)
{
    static _Alignas(64) double beta[(P + 1) * HBL_LANES], value[HBL_LANES], lent[64 * HBL_LANES];
    const hbl_likelihood *likelihood = chain->hb->likelihood;
    double of_person[PEOPLE * K];
    size_t seen = 0;

    hbl_chain_beta(chain, of_person);
    assert_true(hbl_likelihood_scratch(likelihood) <= sizeof lent / sizeof *lent);
    for (size_t block = 0; block < hbl_likelihood_n_blocks(likelihood); block++) {
        for (size_t i = 0; i < hbl_likelihood_n_coefficients(likelihood) * HBL_LANES; i++) {
            const size_t k = i / HBL_LANES,
                         n = hbl_likelihood_person(likelihood, block, i % HBL_LANES);
            beta[i] = n == SIZE_MAX ? 0 : k < K ? of_person[n * K + k] : alpha[k - K];
        }
        hbl_likelihood_block(likelihood, block, beta, value, NULL, lent);
        for (size_t lane = 0; lane < HBL_LANES; lane++) {
            const size_t n = hbl_likelihood_person(likelihood, block, lane);
            if (n == SIZE_MAX)
                continue;
            assert_near(c->name, "log-likelihood of person", n, value[lane], wanted[n]);
            seen++;
        }
    }
    assert_int_equal(seen, PEOPLE);
}

static void agrees_with_scipy(void **state)
{
    const configuration *c = *state;
    const golden_density *wanted = &golden_densities[c - configurations];
    hbl_model *model = model_of(c);
    state_of_chain s = {0};
    hbl_hb_settings settings;
    hbl_error error = HBL_ERROR_INIT;
    hbl_chain *chain = NULL;
    hbl_hb *hb = NULL;
    double first = 0;

    assert_int_equal(hbl_hb_settings_default(&settings, NULL), HBL_OK);
    settings.precision = HBL_PRECISION_DOUBLE;
    settings.prior = prior_of(c);
    if (hbl_hb_alloc(model, &settings, 1, &hb, &error) || hbl_chain_alloc(hb, 1, 1, &chain, &error))
        fail_msg("%s: %s", c->name, error.message);
    generator = 100 + (uint64_t)(c - configurations);
    for (size_t part = 0; part < GOLDEN_PARTS; part++)
        draw_part(c, part, &s);
    for (size_t i = 0; i <= GOLDEN_PARTS; i++) {
        hbl_draw draw;
        if (i > 0)
            draw_part(c, i - 1, &s);
        draw = put(chain, &s);
        first = i ? first : draw.log_posterior;
        if (i == 0)
            check_persons(c, chain, s.alpha, wanted->person);
        assert_near(c->name, "log-likelihood", i, draw.log_likelihood, wanted->log_likelihood[i]);
        assert_near(c->name, "joint density", i, draw.log_posterior - first,
                    wanted->log_joint[i] - wanted->log_joint[0]);
    }
    hbl_chain_free(chain);
    hbl_hb_free(hb);
    hbl_hb_settings_clear(&settings);
    hbl_model_free(model);
}

int main(void)
{
    struct CMUnitTest tests[CONFIGURATIONS];

    make_problem();
    _Static_assert(CONFIGURATIONS == sizeof golden_densities / sizeof *golden_densities,
                   "a figure for each configuration");
    for (size_t i = 0; i < CONFIGURATIONS; i++)
        tests[i] = (struct CMUnitTest){configurations[i].name, agrees_with_scipy, NULL, NULL,
                                       (void *)(uintptr_t)&configurations[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
