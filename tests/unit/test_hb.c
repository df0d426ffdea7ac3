/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sampler's densities against other code and against differences, its start, its edges, the
 * persons' running moments, and what it refuses. That its steps are right is for tests/trace and
 * tests/statistical.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/linalg.h"
#include "hb/chain.h"
#include "trace/plain.h"
#include "trace/survey.h"

static const char *const mixture[] = {"negative-lognormal", "normal", "johnson-sb", "lognormal",
                                      "censored-normal"};
static const size_t interleaved[] = {0, 1, 0, 1, 1}, apart[] = {0, 1, 2};

#define RAGGED                                                                                     \
    .tasks_min = 1, .tasks_max = 5, .alternatives_min = 2, .alternatives_max = 4, .size = 0.5

/* ---- a problem and a chain ---- */

typedef struct {
    survey made;
    hbl_hb_settings settings;
    hbl_hb *hb;
    hbl_chain *chain;
} fixture;

static hbl_prior prior_of(hbl_mean_prior mean, hbl_covariance_prior covariance)
{
    const bool half_t = covariance == HBL_COVARIANCE_HUANG_WAND;

    return (hbl_prior){.mean = mean,
                       .mean_location = 0.3,
                       .mean_precision = mean == HBL_MEAN_FLAT ? 0 : 0.7,
                       .covariance = covariance,
                       .df = half_t ? (hbl_linear_in_k){2, 0} : (hbl_linear_in_k){4, 1},
                       .scale = half_t ? (hbl_linear_in_k){3, 0} : (hbl_linear_in_k){2, 0.5},
                       .fixed_location = 0.2,
                       .fixed_precision = 0.4};
}

static fixture set_up(const survey_shape *shape, const char *kernel, const hbl_prior *prior)
{
    fixture f = {.made = survey_make(shape)};
    hbl_error error = HBL_ERROR_INIT;

    assert_int_equal(hbl_hb_settings_default(&f.settings, &error), HBL_OK);
    f.settings.precision = HBL_PRECISION_DOUBLE; /* figures are compared to rounding */
    free(f.settings.kernel);
    f.settings.kernel = strdup(kernel);
    f.settings.warmup = 20;
    if (prior)
        f.settings.prior = *prior;
    if (hbl_hb_alloc(f.made.model, &f.settings, 1, &f.hb, &error) ||
        hbl_chain_alloc(f.hb, 1, 1, &f.chain, &error) || hbl_chain_start(f.chain, &error))
        fail_msg("%s", error.message);
    return f;
}

static void tear_down(fixture *f)
{
    hbl_chain_free(f->chain);
    hbl_hb_free(f->hb);
    hbl_hb_settings_clear(&f->settings);
    survey_free(&f->made);
}

static void sweeps(hbl_chain *chain, int n)
{
    hbl_error error = HBL_ERROR_INIT;

    for (int i = 0; i < n; i++)
        if (hbl_chain_sweep(chain, &error))
            fail_msg("%s", error.message);
}

static void near(const char *what, double value, double wanted, double tolerance)
{
    if (!(fabs(value - wanted) <= tolerance * (1 + fabs(wanted))))
        fail_msg("%s is %.17g, wanted %.17g", what, value, wanted);
}

/* ---- densities ---- */

/* A state of no particular kind: L lower triangular within the blocks, lambda positive. */
static plain_state random_state(const plain_problem *w, uint64_t *generator)
{
    plain_state s;

    memset(&s, 0, sizeof s);
    for (size_t i = 0; i < w->K; i++) {
        s.mu[i] = survey_normal(generator);
        s.lambda[i] = 0.2 + survey_uniform(generator);
        for (size_t j = 0; j <= i; j++)
            if (w->model->block_of[i] == w->model->block_of[j])
                s.L[i * w->K + j] =
                    i == j ? 0.3 + survey_uniform(generator) : survey_normal(generator) / 2;
        for (size_t n = 0; n < w->N; n++)
            s.theta[n][i] = s.mu[i] + survey_normal(generator) / 2;
    }
    for (size_t e = 0; e < w->Q * w->K; e++)
        s.delta[e] = survey_normal(generator) / 2;
    for (size_t f = 0; f < w->F; f++)
        s.alpha[f] = survey_normal(generator);
    return s;
}

/* (Delta'w_n)_k */
static real added(const plain_problem *w, const plain_state *s, size_t n, size_t k)
{
    real sum = 0;

    for (size_t q = 0; q < w->Q; q++)
        sum += s->delta[q * w->K + k] * w->model->w[n * w->Q + q];
    return sum;
}

static void set_state(fixture *f, const plain_problem *w, const plain_state *s)
{
    double mu[PLAIN_K], omega[PLAIN_K * PLAIN_K], alpha[PLAIN_F], lambda[PLAIN_K];
    double theta[PLAIN_N * PLAIN_K], delta[PLAIN_Q * PLAIN_K];
    real square[PLAIN_K * PLAIN_K];
    hbl_error error = HBL_ERROR_INIT;

    plain_square(w->K, s->L, square);
    for (size_t k = 0; k < w->K; k++) {
        mu[k] = (double)s->mu[k], lambda[k] = (double)s->lambda[k];
        for (size_t n = 0; n < w->N; n++)
            theta[n * w->K + k] = (double)(s->theta[n][k] + added(w, s, n, k));
    }
    for (size_t e = 0; e < w->K * w->K; e++)
        omega[e] = (double)square[e];
    for (size_t i = 0; i < w->F; i++)
        alpha[i] = (double)s->alpha[i];
    for (size_t e = 0; e < w->Q * w->K; e++)
        delta[e] = (double)s->delta[e];
    assert_int_equal(hbl_chain_set_state(f->chain, theta, mu, delta, omega, alpha, lambda, &error),
                     HBL_OK);
}

/* ln p at states of their own: differences must be those of plain.h's. */
static void check_posterior(fixture *f, const plain_problem *w, uint64_t *generator)
{
    double offset = 0;

    for (int i = 0; i < 4; i++) {
        const plain_state s = random_state(w, generator);
        const double plain = (double)plain_log_posterior(w, &s);
        hbl_draw draw;
        set_state(f, w, &s);
        hbl_chain_draw(f->chain, &draw);
        if (i == 0)
            offset = draw.log_posterior - plain;
        near("log posterior", draw.log_posterior, plain + offset, 1e-10);
        near("log-likelihood", draw.log_likelihood, (double)plain_log_likelihood(w, &s), 1e-10);
    }
}

static double *entry_at(const hbl_hb *hb, const hbl_entry *entry, double *mu, double *delta,
                        double *L, double *alpha)
{
    return entry->kind == HBL_ENTRY_MEAN     ? &mu[entry->row]
           : entry->kind == HBL_ENTRY_SLOPE  ? &delta[entry->column * hb->K + entry->row]
           : entry->kind == HBL_ENTRY_FACTOR ? &L[entry->row * hb->K + entry->column]
                                             : &alpha[entry->row];
}

static double prior_at(const hbl_hb *hb, const double *mu, const double *delta, const double *L,
                       const double *alpha, const double *lambda, double *gradient)
{
    double inverse[PLAIN_K * PLAIN_K], scratch[PLAIN_K * PLAIN_K + PLAIN_K];

    if (hb->K)
        hbl_lower_inverse(hb->K, L, inverse);
    return hbl_log_prior_factor(hb, mu, delta, L, inverse, alpha, lambda, scratch, gradient);
}

/* ln p(mu, L, Delta, alpha): differences between points those of plain.h, gradient that of
 * differences. */
static void check_prior(const hbl_hb *hb, const plain_problem *w, uint64_t *generator)
{
    double mu[PLAIN_K], L[PLAIN_K * PLAIN_K], alpha[PLAIN_F], lambda[PLAIN_K];
    double gradient[PLAIN_K + PLAIN_K * PLAIN_K + PLAIN_Q * PLAIN_K + PLAIN_F], offset = 0;
    double delta[PLAIN_Q * PLAIN_K];
    plain_state s = random_state(w, generator);

    for (size_t k = 0; k < w->K; k++)
        lambda[k] = (double)s.lambda[k];
    for (int i = 0; i < 3; i++) {
        const plain_state other = random_state(w, generator);
        memcpy(s.mu, other.mu, sizeof s.mu); /* lambda stays: its density is left out */
        memcpy(s.L, other.L, sizeof s.L);
        memcpy(s.alpha, other.alpha, sizeof s.alpha);
        memcpy(s.delta, other.delta, sizeof s.delta);
        for (size_t e = 0; e < w->Q * w->K; e++)
            delta[e] = (double)s.delta[e];
        for (size_t e = 0; e < w->K * w->K; e++)
            L[e] = (double)s.L[e];
        for (size_t k = 0; k < w->K; k++)
            mu[k] = (double)s.mu[k];
        for (size_t k = 0; k < w->F; k++)
            alpha[k] = (double)s.alpha[k];
        const double value = prior_at(hb, mu, delta, L, alpha, lambda, gradient);
        const double plain = (double)(plain_log_prior(w, &s) + plain_log_jacobian(w, s.L));
        if (i == 0)
            offset = value - plain;
        near("log prior", value, plain + offset, 1e-11);
        assert_true(value == prior_at(hb, mu, delta, L, alpha, lambda, NULL));
        for (size_t e = 0; e < hb->n_entries; e++) {
            double *entry = entry_at(hb, &hb->entry[e], mu, delta, L, alpha);
            const double kept = *entry, h = 1e-6;
            *entry = kept + h;
            const double up = prior_at(hb, mu, delta, L, alpha, lambda, NULL);
            *entry = kept - h;
            const double down = prior_at(hb, mu, delta, L, alpha, lambda, NULL);
            *entry = kept;
            near("gradient of the log prior", gradient[e], (up - down) / (2 * h), 1e-6);
        }
    }
}

static void test_densities(void **state)
{
    const survey_shape shapes[] = {
        {.persons = 18, RAGGED, .n_random = 5, .n_fixed = 2, .distribution = mixture, .seed = 1},
        {.persons = 5,
         RAGGED,
         .n_random = 5,
         .distribution = mixture,
         .block_of = interleaved,
         .seed = 2},
        {.persons = 17,
         RAGGED,
         .n_random = 3,
         .n_fixed = 1,
         .distribution = mixture,
         .block_of = apart,
         .seed = 3},
        {.persons = 9, RAGGED, .n_fixed = 3, .seed = 4},
        {.persons = 18,
         RAGGED,
         .n_random = 3,
         .n_fixed = 1,
         .n_covariates = 2,
         .n_scale = 2,
         .n_held = 1,
         .distribution = mixture,
         .seed = 15},
    };
    uint64_t generator = 11;

    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int mean = HBL_MEAN_CONJUGATE; mean <= HBL_MEAN_FLAT; mean++)
            for (int covariance = 0; covariance <= HBL_COVARIANCE_HUANG_WAND; covariance++) {
                const hbl_prior prior =
                    prior_of((hbl_mean_prior)mean, (hbl_covariance_prior)covariance);
                fixture f = set_up(&shapes[i], "hmc", &prior);
                const plain_problem w = plain_problem_of(f.made.model, &prior);
                check_prior(f.hb, &w, &generator);
                check_posterior(&f, &w, &generator);
                tear_down(&f);
            }
}

/* The log-likelihood at v, theta_n = mu + L z_n. */
static real likelihood_at(const hbl_hb *hb, const plain_problem *w, plain_state *s,
                          const real z[][PLAIN_K])
{
    (void)hb;
    for (size_t n = 0; n < w->N; n++)
        for (size_t i = 0; i < w->K; i++) {
            s->theta[n][i] = s->mu[i];
            for (size_t j = 0; j <= i; j++)
                s->theta[n][i] += s->L[i * w->K + j] * z[n][j];
        }
    return plain_log_likelihood(w, s);
}

static real *plain_entry(const hbl_hb *hb, size_t e, plain_state *s)
{
    const hbl_entry *entry = &hb->entry[e];

    return entry->kind == HBL_ENTRY_MEAN     ? &s->mu[entry->row]
           : entry->kind == HBL_ENTRY_SLOPE  ? &s->delta[entry->column * hb->K + entry->row]
           : entry->kind == HBL_ENTRY_FACTOR ? &s->L[entry->row * hb->K + entry->column]
                                             : &s->alpha[entry->row];
}

/* The pooled Hessian in (mu, L, Delta, alpha) is minus the second differences of the log-likelihood
 * (the coefficients normal, where no part of g is left out). */
static void test_pooled_hessian(void **state)
{
    const survey_shape shape = {
        .persons = 20, RAGGED, .n_random = 3, .n_fixed = 1, .n_covariates = 2, .seed = 5};
    const hbl_prior prior = prior_of(HBL_MEAN_CONJUGATE, HBL_COVARIANCE_INVERSE_WISHART);
    fixture f = set_up(&shape, "hmc", &prior);
    const plain_problem w = plain_problem_of(f.made.model, &prior);
    const size_t d = f.hb->n_entries;
    uint64_t generator = 5;
    plain_state s = random_state(&w, &generator);
    real z[PLAIN_N][PLAIN_K];
    const real h = 1e-4L;
    double *parts;

    (void)state;
    set_state(&f, &w, &s);
    for (size_t n = 0; n < w.N; n++)
        plain_whiten(&w, &s, n, z[n]);
    parts = f.chain->tuning.pooled_sum;
    memset(parts, 0, f.hb->n_pooled_parts * d * d * sizeof(double));
    hbl_accumulate_hessians(f.chain, true);
    for (size_t e = d * d; e < f.hb->n_pooled_parts * d * d; e++)
        parts[e % (d * d)] += parts[e];
    assert_int_equal(d, 16);
    for (size_t e = 0; e < d; e++)
        for (size_t g = 0; g <= e; g++) {
            real sum = 0;
            for (int corner = 0; corner < 4; corner++) {
                const real up = corner & 1 ? h : -h, right = corner & 2 ? h : -h;
                *plain_entry(f.hb, e, &s) += up;
                *plain_entry(f.hb, g, &s) += right;
                sum += (up * right > 0 ? 1 : -1) *
                       likelihood_at(f.hb, &w, &s, (const real(*)[PLAIN_K])z);
                *plain_entry(f.hb, g, &s) -= right;
                *plain_entry(f.hb, e, &s) -= up;
            }
            near("pooled Hessian", parts[e * d + g], (double)(-sum / (4 * h * h)), 1e-5);
        }
    tear_down(&f);
}

/* ---- start and edges ---- */

/* Chains begin at finite log-likelihoods, apart from one another, whatever the distributions. */
static void test_start(void **state)
{
    const survey_shape shape = {
        .persons = 40, RAGGED, .n_random = 5, .n_fixed = 2, .distribution = mixture, .seed = 8};
    fixture f = set_up(&shape, "hmc", NULL);
    double first[5] = {0};
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    for (uint32_t number = 1; number <= 8; number++) {
        hbl_chain *chain;
        hbl_draw draw;
        assert_int_equal(hbl_chain_alloc(f.hb, number, 1, &chain, &error), HBL_OK);
        assert_int_equal(hbl_chain_start(chain, &error), HBL_OK);
        hbl_chain_draw(chain, &draw);
        assert_true(isfinite(draw.log_likelihood) && isfinite(draw.log_posterior));
        assert_int_equal(draw.sweep, 0);
        for (size_t k = 0; k < 5; k++) {
            assert_true(isfinite(draw.mu[k]) && draw.mu[k] != first[k]);
            assert_true(draw.omega[k * 5 + k] > 0);
            first[k] = draw.mu[k];
        }
        hbl_chain_free(chain);
    }
    tear_down(&f);
}

/* The smallest problems go through, with every kernel, and stay finite. */
static void test_edges(void **state)
{
    const survey_shape shapes[] = {
        {.persons = 1,
         .tasks_min = 1,
         .tasks_max = 1,
         .alternatives_min = 2,
         .alternatives_max = 2,
         .n_random = 1,
         .seed = 1},
        {.persons = 1,
         .tasks_min = 1,
         .tasks_max = 1,
         .alternatives_min = 2,
         .alternatives_max = 2,
         .n_random = 2,
         .n_fixed = 1,
         .seed = 2},
        {.persons = 30, RAGGED, .n_fixed = 2, .seed = 3},
        {.persons = 16, RAGGED, .n_random = 1, .seed = 4},
        {.persons = 17, RAGGED, .n_random = 5, .distribution = mixture, .seed = 5},
    };
    const hbl_prior prior = prior_of(HBL_MEAN_CONJUGATE, HBL_COVARIANCE_INVERSE_WISHART);

    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (size_t k = 0; hbl_person_kernels[k].name; k++) {
            fixture f = set_up(&shapes[i], hbl_person_kernels[k].name, &prior);
            hbl_draw draw;
            for (int s = 0; s < 40; s++) {
                sweeps(f.chain, 1);
                hbl_chain_draw(f.chain, &draw);
                assert_true(isfinite(draw.log_likelihood) && isfinite(draw.log_posterior));
                assert_true(draw.log_likelihood <= 0);
                assert_in_range(draw.acceptance * 100, 0, 100);
            }
            assert_int_equal(draw.sweep, 40);
            tear_down(&f);
        }
}

/* ---- refusals ---- */

static void refuse(const survey *made, hbl_hb_settings *settings, hbl_status status,
                   const char *words)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_hb *hb = (hbl_hb *)&error; /* anything but NULL */

    assert_int_equal(hbl_hb_alloc(made->model, settings, 1, &hb, &error), status);
    assert_null(hb);
    if (!strstr(error.message, words))
        fail_msg("\"%s\" does not say \"%s\"", error.message, words);
}

static void test_refusals(void **state)
{
    const survey_shape shape = {.persons = 10, RAGGED, .n_random = 3, .seed = 9};
    static const hbl_mixing no_transform = {.name = "triangular"};
    const hbl_mixing *kept;
    double weight[10] = {1, 2, 1, 1, 1, 1, 1, 1, 1, 1};
    const double zeros[30] = {0}, singular[9] = {1, 1, 0, 1, 1, 0, 0, 0, 1};
    fixture f = set_up(&shape, "hmc", NULL);
    hbl_hb_settings settings = f.settings;
    hbl_error error = HBL_ERROR_INIT;
    char name[] = "gibbs";
    hbl_draw before, after;

    (void)state;
    settings.kernel = name;
    refuse(&f.made, &settings, HBL_ERR_INPUT, "gibbs");
    settings = f.settings;
    settings.prior.df = (hbl_linear_in_k){2, 0};
    refuse(&f.made, &settings, HBL_ERR_INPUT, "df");
    settings.prior.df = (hbl_linear_in_k){NAN, 0};
    refuse(&f.made, &settings, HBL_ERR_INPUT, "df");
    settings = f.settings;
    f.made.panel->weight = weight;
    refuse(&f.made, &settings, HBL_ERR_INPUT, "methods mnl and msl");
    f.made.panel->weight = NULL;
    kept = f.made.model->mixing[1];
    f.made.model->mixing[1] = &no_transform;
    refuse(&f.made, &settings, HBL_ERR_INPUT, "x2 is triangular, a distribution that only");
    f.made.model->mixing[1] = kept;

    hbl_chain_draw(f.chain, &before);
    assert_int_equal(hbl_chain_set_state(f.chain, zeros, zeros, NULL, singular, NULL, NULL, &error),
                     HBL_ERR_NUMERIC);
    assert_non_null(strstr(error.message, "positive definite"));
    hbl_chain_draw(f.chain, &after);
    assert_true(before.log_likelihood == after.log_likelihood);
    tear_down(&f);
    hbl_hb_free(NULL);
    hbl_chain_free(NULL);
    hbl_person_moments_free(NULL);
}

/* A constant covariate has nothing that holds its coefficients but the prior. */
static void test_collinear_covariates(void **state)
{
    const survey_shape shape = {.persons = 10, RAGGED, .n_random = 2, .n_covariates = 2, .seed = 9};
    const hbl_prior proper = prior_of(HBL_MEAN_CONJUGATE, HBL_COVARIANCE_INVERSE_WISHART);
    fixture f = set_up(&shape, "hmc", &proper);
    double *w = (double *)(uintptr_t)f.made.model->w;
    hbl_hb_settings settings = f.settings;
    hbl_hb *hb;

    (void)state;
    settings.prior.mean = HBL_MEAN_FLAT;
    assert_int_equal(hbl_hb_alloc(f.made.model, &settings, 1, &hb, NULL), HBL_OK);
    hbl_hb_free(hb);
    for (size_t n = 0; n < 10; n++)
        w[2 * n + 1] = -3e6 * w[2 * n];
    refuse(&f.made, &settings, HBL_ERR_INPUT, "the covariate x2 is constant or a sum of others");
    for (size_t n = 0; n < 10; n++)
        w[2 * n] = 0;
    refuse(&f.made, &settings, HBL_ERR_INPUT, "the covariate x1 is constant or a sum of others");
    tear_down(&f);
    f = set_up(&shape, "hmc", &proper);
    w = (double *)(uintptr_t)f.made.model->w;
    for (size_t n = 0; n < 10; n++)
        w[2 * n + 1] = 0;
    hbl_chain_free(f.chain);
    hbl_hb_free(f.hb);
    assert_int_equal(hbl_hb_alloc(f.made.model, &f.settings, 1, &f.hb, NULL), HBL_OK);
    assert_int_equal(hbl_chain_alloc(f.hb, 1, 1, &f.chain, NULL), HBL_OK);
    assert_int_equal(hbl_chain_start(f.chain, NULL), HBL_OK);
    sweeps(f.chain, 30);
    tear_down(&f);
}

/* Where a proposal's likelihood overflows it is refused and counted, and the chain stays finite. */
static void test_non_finite(void **state)
{
    static const char *const lognormal[] = {"lognormal", "lognormal"};
    const survey_shape shape = {
        .persons = 20, RAGGED, .n_random = 2, .distribution = lognormal, .seed = 10};
    fixture f = set_up(&shape, "random-walk", NULL);
    const double omega[4] = {1e6, 0, 0, 1e6}, mu[2] = {0, 0};
    double theta[40];
    hbl_error error = HBL_ERROR_INIT;
    hbl_kernel_report report[3];
    hbl_draw draw;

    (void)state;
    for (size_t i = 0; i < 40; i++)
        theta[i] = 0.1;
    assert_int_equal(hbl_chain_set_state(f.chain, theta, mu, NULL, omega, NULL, NULL, &error),
                     HBL_OK);
    hbl_person_step(f.chain); /* steps of a thousand: exp overflows for some */
    assert_true(hbl_chain_kernels(f.chain, report, 3) >= 1);
    assert_string_equal(report[0].name, "random-walk");
    assert_true(report[0].non_finite > 0);
    hbl_chain_draw(f.chain, &draw);
    assert_true(isfinite(draw.log_likelihood) && isfinite(draw.log_posterior));
    tear_down(&f);
}

/* ---- what callers see ---- */

enum { PERSONS = 19, COEFFICIENTS = 5, CHAINS = 2, DRAWS = 7, CELLS = PERSONS * COEFFICIENTS };
enum { ABOVE = 3 }; /* the coefficient that is ordered above the one before */

/* What hbl_person_moments must give, from every draw kept. */
typedef struct {
    double beta[CHAINS * DRAWS][CELLS], likelihood[CHAINS * DRAWS][PERSONS];
    size_t moved[PERSONS], n;
} kept_draws;

static void keep(kept_draws *kept, const plain_problem *w, const hbl_chain *chain)
{
    double theta[CELLS];
    hbl_draw draw;

    hbl_chain_draw(chain, &draw);
    hbl_chain_theta(chain, theta);
    hbl_chain_beta(chain, kept->beta[kept->n]);
    for (size_t n = 0; n < PERSONS; n++) {
        const size_t *task = w->model->panel->person_task + n;
        real theta_n[PLAIN_K], alpha[PLAIN_F] = {draw.alpha[0], draw.alpha[1]}, slope;
        double below = 0; /* beta of the coefficient before */
        for (size_t k = 0; k < COEFFICIENTS; k++) {
            theta_n[k] = theta[n * COEFFICIENTS + k];
            below = (k == ABOVE ? below : 0) +
                    (double)plain_transform(w->model->mixing[k]->name, theta_n[k], -1, 2, &slope);
            near("beta", kept->beta[kept->n][n * COEFFICIENTS + k], below, 1e-12);
        }
        kept->likelihood[kept->n][n] = (double)expl(
            plain_person(w, n, theta_n, NULL, alpha, NULL, NULL) / (real)(task[1] - task[0]));
    }
    kept->n++;
}

static void compare_moments(const kept_draws *kept, const hbl_person_moments *moments)
{
    assert_int_equal(moments->n_draws, kept->n);
    for (size_t c = 0; c < CELLS; c++) {
        double mean = 0, variance = 0;
        for (size_t i = 0; i < kept->n; i++)
            mean += kept->beta[i][c] / (double)kept->n;
        for (size_t i = 0; i < kept->n; i++)
            variance += pow(kept->beta[i][c] - mean, 2) / (double)(kept->n - 1);
        near("mean", moments->mean[c], mean, 1e-11);
        near("sd", moments->sd[c], sqrt(variance), 1e-7);
    }
    for (size_t n = 0; n < PERSONS; n++) {
        double rlh = 0;
        for (size_t i = 0; i < kept->n; i++)
            rlh += kept->likelihood[i][n] / (double)kept->n;
        near("rlh", moments->rlh[n], rlh, 1e-9);
        near("acceptance", moments->acceptance[n], (double)kept->moved[n] / (CHAINS * DRAWS * 2),
             1e-12);
    }
}

/* Means, sds, RLH and acceptance over draws of two chains, every second sweep kept; theta with what
 * covariates add, and one coefficient above another. */
static void test_moments(void **state)
{
    const survey_shape shape = {.persons = PERSONS,
                                RAGGED,
                                .n_random = COEFFICIENTS,
                                .n_fixed = 1,
                                .n_covariates = 2,
                                .n_scale = 1,
                                .distribution = mixture,
                                .above = ABOVE,
                                .seed = 12};
    fixture f = set_up(&shape, "hmc", NULL);
    const plain_problem w = plain_problem_of(f.made.model, &f.settings.prior);
    hbl_chain *chain[CHAINS] = {NULL, NULL};
    hbl_person_moments *moments;
    kept_draws *kept = test_calloc(1, sizeof *kept);
    double before[CELLS], after[CELLS];
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    for (size_t c = 0; c < CHAINS; c++) {
        assert_int_equal(hbl_chain_alloc(f.hb, (uint32_t)c + 1, 1, &chain[c], &error), HBL_OK);
        assert_int_equal(hbl_chain_start(chain[c], &error), HBL_OK);
        sweeps(chain[c], (int)f.settings.warmup);
        for (int i = 0; i < 2 * DRAWS; i++) {
            hbl_chain_theta(chain[c], before);
            hbl_person_step(chain[c]); /* a sweep in two: the whole one would move z as well */
            hbl_chain_theta(chain[c], after);
            for (size_t n = 0; n < PERSONS; n++)
                kept->moved[n] += before[n * COEFFICIENTS] != after[n * COEFFICIENTS];
            chain[c]->sweep++;
            if (i % 2 == 0)
                continue;
            hbl_chain_accumulate(chain[c]);
            keep(kept, &w, chain[c]);
        }
    }
    assert_int_equal(
        hbl_person_moments_alloc((const hbl_chain *const *)chain, CHAINS, &moments, &error),
        HBL_OK);
    compare_moments(kept, moments);
    hbl_person_moments_free(moments);
    hbl_chain_free(chain[0]);
    hbl_chain_free(chain[1]);
    test_free(kept);
    tear_down(&f);
}

static void test_reports(void **state)
{
    const survey_shape shape = {.persons = 30, RAGGED, .n_random = 2, .n_fixed = 1, .seed = 13};
    fixture f = set_up(&shape, "hmc", NULL);
    hbl_kernel_report report[4];
    double moved = 0, steps = 0;

    (void)state;
    assert_int_equal(hbl_hb_pooled(f.hb)->n_coefficients, 3);
    assert_true(hbl_hb_pooled(f.hb)->converged);
    assert_non_null(strstr(hbl_hb_pass_name(f.hb), "double"));
    sweeps(f.chain, (int)f.settings.warmup + 1); /* the last of these counts anew */
    for (int i = 0; i < 60; i++) {
        sweeps(f.chain, 1);
        moved += f.chain->acceptance * 30;
        steps += 30;
    }
    assert_int_equal(hbl_chain_kernels(f.chain, report, 4), 3);
    assert_string_equal(report[0].name, "hmc");
    assert_string_equal(report[1].name, "population");
    assert_string_equal(report[2].name, "interweave");
    near("acceptance", report[0].acceptance, moved / steps, 0.02);
    for (int i = 0; i < 3; i++) {
        assert_true(report[i].acceptance > 0 && report[i].acceptance <= 1);
        assert_true(report[i].step > 0);
        assert_int_equal(report[i].non_finite, 0);
    }
    tear_down(&f);
}

/* The share of persons that a step is said to have moved is the share that moved. */
static void test_acceptance(void **state)
{
    const survey_shape shape = {.persons = 30, RAGGED, .n_random = 2, .n_fixed = 1, .seed = 14};
    fixture f = set_up(&shape, "hmc", NULL);
    double before[60], after[60], all = 0;

    (void)state;
    sweeps(f.chain, (int)f.settings.warmup + 1);
    for (int i = 0; i < 20; i++, f.chain->sweep++) {
        double moved = 0;
        hbl_chain_theta(f.chain, before);
        hbl_person_step(f.chain);
        hbl_chain_theta(f.chain, after);
        for (size_t n = 0; n < 30; n++)
            moved += memcmp(before + 2 * n, after + 2 * n, 2 * sizeof *before) != 0;
        near("acceptance", f.chain->acceptance, moved / 30, 1e-12);
        all += moved;
    }
    assert_true(all > 60 && all < 600); /* some were refused */
    tear_down(&f);
}

typedef struct {
    double *factor, *pooled, *step;
    size_t n_factor, n_pooled, n_step;
} kept_tuning;

static kept_tuning keep_tuning(const fixture *f)
{
    const size_t d = f->hb->n_entries, lanes = f->hb->n_blocks * HBL_LANES;
    kept_tuning kept = {.n_factor = HBL_TRIANGLE(f->hb->K) * lanes * sizeof(double),
                        .n_pooled = d * d * sizeof(double),
                        .n_step = lanes * sizeof(double)};

    kept.factor = malloc(kept.n_factor);
    kept.pooled = malloc(kept.n_pooled);
    kept.step = malloc(kept.n_step);
    assert_true(kept.factor && kept.pooled && kept.step);
    memcpy(kept.factor, f->chain->tuning.factor, kept.n_factor);
    memcpy(kept.pooled, f->chain->tuning.pooled_factor, kept.n_pooled);
    memcpy(kept.step, f->chain->tuning.step, kept.n_step);
    return kept;
}

/* Whether metrics and steps still are what was kept; frees that. */
static void compare_tuning(const fixture *f, kept_tuning kept, bool same_metric, bool same_steps)
{
    const hbl_tuning *now = &f->chain->tuning;

    assert_true((memcmp(kept.factor, now->factor, kept.n_factor) == 0) == same_metric);
    assert_true((memcmp(kept.pooled, now->pooled_factor, kept.n_pooled) == 0) == same_metric);
    assert_true((memcmp(kept.step, now->step, kept.n_step) == 0) == same_steps);
    free(kept.factor);
    free(kept.pooled);
    free(kept.step);
}

/* Metrics are learnt until 3/4 of warm-up, steps until its end, and nothing after. */
static void test_freezing(void **state)
{
    const survey_shape shape = {.persons = 30, RAGGED, .n_random = 2, .n_fixed = 1, .seed = 15};
    fixture f = set_up(&shape, "hmc", NULL);
    kept_tuning kept = keep_tuning(&f);
    double interweave_step;

    (void)state;
    f.hb->settings.warmup = 200;
    sweeps(f.chain, 100);
    compare_tuning(&f, kept, false, false);
    kept = keep_tuning(&f);
    sweeps(f.chain, 50);
    compare_tuning(&f, kept, false, false);
    kept = keep_tuning(&f);
    sweeps(f.chain, 50);
    compare_tuning(&f, kept, true, false);
    kept = keep_tuning(&f);
    interweave_step = f.chain->tuning.interweave_step;
    sweeps(f.chain, 100);
    compare_tuning(&f, kept, true, true);
    assert_true(f.chain->tuning.interweave_step == interweave_step);
    tear_down(&f);
}

/* The model file's words for kernels are the sampler's registry. */
static void test_kernel_names(void **state)
{
    const hbl_setting_info *list;
    const size_t n = hbl_settings_list(&list);
    bool found = false;

    (void)state;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].key, "hb.kernel") != 0)
            continue;
        found = true;
        assert_non_null(strstr(list[i].otherwise, hbl_person_kernels[0].name));
        for (size_t k = 0; hbl_person_kernels[k].name; k++) {
            assert_non_null(strstr(list[i].value, hbl_person_kernels[k].name));
            assert_non_null(hbl_person_kernel_find(hbl_person_kernels[k].name));
        }
    }
    assert_true(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_densities),    cmocka_unit_test(test_pooled_hessian),
        cmocka_unit_test(test_start),        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_refusals),     cmocka_unit_test(test_non_finite),
        cmocka_unit_test(test_moments),      cmocka_unit_test(test_reports),
        cmocka_unit_test(test_acceptance),   cmocka_unit_test(test_freezing),
        cmocka_unit_test(test_kernel_names), cmocka_unit_test(test_collinear_covariates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
