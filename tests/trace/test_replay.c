/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Trace replay. Under hbl_chain_trace the sampler writes what every kernel had, drew, proposed and
 * decided; here each line is reckoned again from the model, the data and the lines before it, by
 * the plain code of plain.h. A state is carried from line to line, so that what a step leaves
 * behind has to be what the next one starts from.
 *
 * In double precision figures agree to 1e-9 relative (gradients, taken as differences, to 1e-6).
 * With gradients in float a proposal may differ by 1e-4 and a log ratio by 1e-2; with the
 * log-likelihood in float as well, that by 1e-4.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hb/chain.h"
#include "trace/replay_interweave.h"
#include "trace/replay_person.h"
#include "trace/replay_population.h"
#include "trace/survey.h"

/* ---- a sweep ---- */

/* One sweep of chain under trace; the text of the trace, to be freed. */
static char *traced_sweep(hbl_chain *chain)
{
    char *text = NULL;
    size_t size;
    hbl_error error = HBL_ERROR_INIT;
    FILE *trace = open_memstream(&text, &size);

    assert_non_null(trace);
    hbl_chain_trace(chain, trace);
    if (hbl_chain_sweep(chain, &error))
        fail_msg("%s", error.message);
    hbl_chain_trace(chain, NULL);
    assert_int_equal(fclose(trace), 0);
    return text;
}

static void replay_line(replay *r, const char *text, size_t *persons, bool *seen)
{
    cJSON *line = cJSON_Parse(text);
    const char *step;

    assert_non_null(line);
    step = cJSON_GetObjectItemCaseSensitive(line, "step")->valuestring;
    assert_true(cJSON_GetObjectItemCaseSensitive(line, "sweep")->valuedouble == (double)r->sweep);
    if (strcmp(step, "state") == 0) {
        replay_state(r, line);
    } else if (strcmp(step, "person") == 0) {
        const size_t n = (size_t)cJSON_GetObjectItemCaseSensitive(line, "person")->valuedouble;
        assert_true(n < r->w.N && !seen[n]);
        seen[n] = true;
        replay_person(r, line);
        ++*persons;
    } else if (strcmp(step, "population") == 0) {
        assert_int_equal(*persons, r->w.K ? r->w.N : 0);
        replay_population(r, line);
    } else if (strcmp(step, "slopes") == 0) {
        assert_true(r->w.Q > 0);
        replay_slopes(r, line);
    } else if (strcmp(step, "scales") == 0) {
        replay_scales(r, line);
    } else {
        assert_string_equal(step, "interweave");
        replay_interweave(r, line);
    }
    cJSON_Delete(line);
}

/* theta, as the chain gives it, less Delta'w. */
static void take_out_slopes(const replay *r, const hbl_chain *chain, double *theta)
{
    const size_t K = r->w.K, Q = r->w.Q;

    for (size_t n = 0; n < r->w.N; n++)
        for (size_t e = 0; e < Q * K; e++)
            theta[n * K + e % K] -= chain->delta[e] * r->w.model->w[n * Q + e / K];
}

/* What callers see after the sweep is the state that the lines led to. */
static void check_draw(replay *r, const hbl_chain *chain, real *log_posterior_offset)
{
    real omega[PLAIN_K * PLAIN_K], offset;
    double theta[PLAIN_N * PLAIN_K];
    hbl_draw draw;

    hbl_chain_draw(chain, &draw);
    hbl_chain_theta(chain, theta);
    take_out_slopes(r, chain, theta);
    plain_square(r->w.K, r->s.L, omega);
    for (size_t k = 0; k < r->w.K; k++) {
        replay_near(r, "mu of the draw", draw.mu[k], r->s.mu[k], 1e-9);
        for (size_t j = 0; j < r->w.K; j++)
            replay_near(r, "Omega of the draw", draw.omega[k * r->w.K + j], omega[k * r->w.K + j],
                        1e-9);
        for (size_t n = 0; n < r->w.N; n++)
            replay_near(r, "theta after the sweep", theta[n * r->w.K + k], r->s.theta[n][k], 1e-9);
    }
    for (size_t e = 0; e < r->w.Q * r->w.K; e++)
        replay_near(r, "Delta of the draw", draw.delta[e], r->s.delta[e], 1e-9);
    for (size_t f = 0; f < r->w.F; f++)
        replay_near(r, "alpha of the draw", draw.alpha[f], r->s.alpha[f], 1e-9);
    replay_near(r, "loglik of the draw", draw.log_likelihood, plain_log_likelihood(&r->w, &r->s),
                r->tolerance_value);
    offset = draw.log_posterior - plain_log_posterior(&r->w, &r->s);
    if (isnan(*log_posterior_offset))
        *log_posterior_offset = offset;
    replay_near(r, "constant of the log posterior", offset, *log_posterior_offset,
                100 * r->tolerance_value);
}

static double momentum_of(const hbl_chain *chain, size_t at, size_t k)
{
    return chain->momentum[(at / HBL_LANES * chain->hb->K + k) * HBL_LANES + at % HBL_LANES];
}

static void check_momentum(const replay *r, const hbl_chain *chain)
{
    const hbl_hb *hb = chain->hb;

    for (size_t at = 0; kernel_is(r, "hmc") && at < hb->n_blocks * HBL_LANES; at++)
        for (size_t k = 0; k < hb->K && hb->person[at] != SIZE_MAX; k++)
            replay_near(r, "momentum after the sweep", momentum_of(chain, at, k),
                        r->momentum[hb->person[at]][k], r->tolerance_gradient);
}

static void replay_sweep(replay *r, hbl_chain *chain, real *log_posterior_offset)
{
    char *text = traced_sweep(chain), *rest = text, *line;
    size_t persons = 0;
    bool seen[PLAIN_N] = {false};

    while ((line = strtok_r(rest, "\n", &rest)))
        replay_line(r, line, &persons, seen);
    assert_int_equal(persons, r->w.K ? r->w.N : 0);
    check_draw(r, chain, log_posterior_offset);
    check_momentum(r, chain);
    r->sweep++;
    free(text);
}

/* What the momentum was left at, and what it starts from: K normals after those of theta. */
static void take_momentum(replay *r, const hbl_chain *chain)
{
    const hbl_hb *hb = chain->hb;

    for (size_t at = 0; kernel_is(r, "hmc") && at < hb->n_blocks * HBL_LANES; at++) {
        const size_t n = hb->person[at];
        hbl_rng rng = hbl_rng_stream(r->seed, r->chain, HBL_STREAM_START, n + 1, 0);
        for (size_t k = 0; k < 2 * hb->K && n != SIZE_MAX; k++) {
            const double z = hbl_rng_normal(&rng);
            if (k < hb->K)
                continue;
            r->momentum[n][k - hb->K] = momentum_of(chain, at, k - hb->K);
            assert_true(chain->sweep > 0 || momentum_of(chain, at, k - hb->K) == z);
        }
    }
}

/* Takes the state from the chain, after sweeps without a trace. */
static void take_state(replay *r, const hbl_chain *chain)
{
    double theta[PLAIN_N * PLAIN_K];

    memset(&r->s, 0, sizeof r->s);
    hbl_chain_theta(chain, theta);
    take_out_slopes(r, chain, theta);
    for (size_t e = 0; e < r->w.Q * r->w.K; e++)
        r->s.delta[e] = chain->delta[e];
    for (size_t k = 0; k < r->w.K; k++) {
        r->s.mu[k] = chain->mu[k];
        r->s.lambda[k] = chain->lambda[k];
        for (size_t j = 0; j < r->w.K; j++)
            r->s.L[k * r->w.K + j] = chain->L[k * r->w.K + j];
        for (size_t n = 0; n < r->w.N; n++)
            r->s.theta[n][k] = theta[n * r->w.K + k];
    }
    for (size_t f = 0; f < r->w.F; f++)
        r->s.alpha[f] = chain->alpha[f];
    for (size_t n = 0; n < r->w.N; n++)
        r->log_step[n] = NAN;
    r->log_step_interweave = NAN;
    take_momentum(r, chain);
    r->sweep = chain->sweep;
}

/* ---- a configuration ---- */

typedef struct {
    const char *name;
    survey_shape shape;
} model_case;

/* The longest over-relaxed part begins at sweep 50; warm-up ends at 54. */
enum { WARMUP = 54, EARLY_SWEEPS = 3, LATE_FROM = 51, LATE_SWEEPS = 6 };

static void set_tolerances(replay *r, hbl_precision precision)
{
    r->tolerance_value = precision == HBL_PRECISION_FLOAT ? 1e-4 : 1e-9;
    r->tolerance_gradient = precision == HBL_PRECISION_DOUBLE ? 1e-9 : 1e-4;
    r->tolerance_ratio = precision == HBL_PRECISION_DOUBLE ? 1e-8 : 1e-2;
}

static void run_chain(replay *r, const hbl_hb *hb)
{
    hbl_chain *chain;
    hbl_error error = HBL_ERROR_INIT;
    real log_posterior_offset = NAN;

    assert_int_equal(hbl_chain_alloc(hb, r->chain, 1, &chain, &error), HBL_OK);
    assert_int_equal(hbl_chain_start(chain, &error), HBL_OK);
    take_state(r, chain);
    for (int sweep = 0; sweep < EARLY_SWEEPS; sweep++)
        replay_sweep(r, chain, &log_posterior_offset);
    while (chain->sweep < LATE_FROM)
        if (hbl_chain_sweep(chain, &error))
            fail_msg("%s", error.message);
    take_state(r, chain);
    for (int sweep = 0; sweep < LATE_SWEEPS; sweep++)
        replay_sweep(r, chain, &log_posterior_offset);
    hbl_chain_free(chain);
}

typedef struct {
    size_t decisions, accepted, moves;
} tally;

static void replay_case(const model_case *model, const char *kernel, const hbl_prior *prior,
                        bool interweave, double over_relaxation, double persistence,
                        hbl_precision precision, tally *total)
{
    survey made = survey_make(&model->shape);
    hbl_hb_settings settings;
    hbl_error error = HBL_ERROR_INIT;
    hbl_hb *hb;
    replay *r = test_calloc(1, sizeof *r);

    assert_int_equal(hbl_hb_settings_default(&settings, &error), HBL_OK);
    free(settings.kernel);
    settings.kernel = strdup(kernel);
    settings.warmup = WARMUP;
    settings.seed = 20 + model->shape.seed;
    settings.interweave = interweave;
    settings.over_relaxation = over_relaxation;
    settings.persistence = persistence;
    settings.precision = precision;
    settings.prior = *prior;
    if (hbl_hb_alloc(made.model, &settings, 1, &hb, &error))
        fail_msg("%s", error.message);
    snprintf(r->name, sizeof r->name,
             "%s, %s, mean prior %d, covariance prior %d, %s, rho %g, c %g", model->name, kernel,
             (int)prior->mean, (int)prior->covariance,
             interweave ? "interweaving" : "no interweaving", over_relaxation, persistence);
    r->w = plain_problem_of(made.model, prior);
    r->kernel = kernel;
    r->pooled = hbl_hb_pooled(hb);
    r->seed = settings.seed;
    r->chain = 3;
    r->warmup = WARMUP;
    r->over_relaxation = over_relaxation;
    r->persistence = persistence;
    r->interweave = interweave;
    set_tolerances(r, precision);
    run_chain(r, hb);
    total->decisions += r->decisions;
    total->accepted += r->accepted;
    total->moves += r->moves;
    test_free(r);
    hbl_hb_free(hb);
    hbl_hb_settings_clear(&settings);
    survey_free(&made);
}

/* ---- what is combined ---- */

static const char *const mixture[] = {"negative-lognormal", "normal", "johnson-sb", "lognormal",
                                      "censored-normal"};
static const size_t interleaved[] = {0, 1, 0, 1, 1}, apart[] = {0, 1, 2};

#define RAGGED                                                                                     \
    .tasks_min = 1, .tasks_max = 5, .alternatives_min = 2, .alternatives_max = 4, .size = 0.5
static const model_case models[] = {
    {"every distribution, full",
     {.persons = 21, RAGGED, .n_random = 5, .n_fixed = 2, .distribution = mixture, .seed = 1}},
    {"every distribution, two blocks",
     {.persons = 17,
      RAGGED,
      .n_random = 5,
      .n_fixed = 1,
      .distribution = mixture,
      .block_of = interleaved,
      .seed = 2}},
    {"three distributions, diagonal",
     {.persons = 18, RAGGED, .n_random = 3, .distribution = mixture, .block_of = apart, .seed = 3}},
    {"normal, full", {.persons = 24, RAGGED, .n_random = 3, .n_fixed = 1, .seed = 4}},
    {"covariates, scale and held, two blocks",
     {.persons = 21,
      RAGGED,
      .n_random = 3,
      .n_fixed = 1,
      .n_covariates = 2,
      .n_scale = 1,
      .n_held = 1,
      .distribution = mixture,
      .block_of = interleaved,
      .seed = 8}},
};
static const model_case edges[] = {
    {"one coefficient", {.persons = 16, RAGGED, .n_random = 1, .seed = 5}},
    {"fixed coefficients only", {.persons = 19, RAGGED, .n_fixed = 3, .seed = 6}},
    {"one person",
     {.persons = 1,
      .tasks_min = 9,
      .tasks_max = 9,
      .alternatives_min = 3,
      .alternatives_max = 3,
      .n_random = 2,
      .n_fixed = 1,
      .seed = 7}},
};
enum { N_MODELS = sizeof models / sizeof *models, N_EDGES = sizeof edges / sizeof *edges };

static const double persistences[] = {0.4, 0, 0.9};
static const char *const kernels[] = {"hmc", "hessian", "random-walk"};

static hbl_prior prior_of(hbl_mean_prior mean, hbl_covariance_prior covariance)
{
    hbl_prior prior = {.mean = mean,
                       .mean_location = mean == HBL_MEAN_FLAT ? 0 : 0.3,
                       .mean_precision = mean == HBL_MEAN_FLAT ? 0 : 0.7,
                       .covariance = covariance,
                       .df = {4, 1},
                       .scale = {2, 0.5},
                       .fixed_location = 0.2,
                       .fixed_precision = 0.4};
    if (covariance == HBL_COVARIANCE_HUANG_WAND) {
        prior.df = (hbl_linear_in_k){2, 0};
        prior.scale = (hbl_linear_in_k){3, 0};
    }
    return prior;
}

/* valgrind takes a hundred times longer: a part of the combinations then. */
static bool left_out(size_t count)
{
    return getenv("HBLOGIT_VALGRIND") && count % 9;
}

/* Every kernel x mean prior x covariance prior x model; interweaving, over-relaxation and
 * persistence in turns that fall differently on each of those. */
static void test_combinations(void **state)
{
    tally total = {0};
    size_t count = 0;

    (void)state;
    for (size_t k = 0; k < 3; k++)
        for (int mean = HBL_MEAN_CONJUGATE; mean <= HBL_MEAN_FLAT; mean++)
            for (int covariance = 0; covariance <= HBL_COVARIANCE_HUANG_WAND; covariance++)
                for (size_t m = 0; m < N_MODELS; m++) {
                    const hbl_prior prior =
                        prior_of((hbl_mean_prior)mean, (hbl_covariance_prior)covariance);
                    const size_t turn = k + (size_t)mean + (size_t)covariance + m;
                    if (!left_out(count++))
                        replay_case(&models[m], kernels[k], &prior, turn % 3 != 0,
                                    turn % 2 ? 0.85 : 0, persistences[count % 3],
                                    HBL_PRECISION_DOUBLE, &total);
                }
    /* enough of both outcomes for the decisions to mean something */
    assert_true(total.accepted > total.decisions / 10);
    assert_true(total.accepted < total.decisions * 9 / 10);
    assert_true(total.moves > 0);
}

static void test_edges(void **state)
{
    tally total = {0};

    (void)state;
    for (size_t m = 0; m < N_EDGES; m++)
        for (size_t k = 0; k < 3; k++) {
            const hbl_prior prior = prior_of(HBL_MEAN_CONJUGATE, (hbl_covariance_prior)(k % 2));
            replay_case(&edges[m], kernels[k], &prior, true, 0.85, 0.4, HBL_PRECISION_DOUBLE,
                        &total);
        }
}

static void test_precisions(void **state)
{
    const hbl_prior prior = prior_of(HBL_MEAN_CONJUGATE, HBL_COVARIANCE_INVERSE_WISHART);
    tally total = {0};

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        replay_case(&models[3], kernels[k], &prior, true, 0.85, 0.4, HBL_PRECISION_MIXED, &total);
        replay_case(&models[3], kernels[k], &prior, true, 0.85, 0.4, HBL_PRECISION_FLOAT, &total);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_combinations),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_precisions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
