/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of tests/statistical/test_numerics.c takes longer: a million sweeps, sixty random
 * coefficients. Part of `make check-long`: half a minute of one core.
 */
#include "support/geweke.h"
#include "support/numerics.h"

enum { BATCHES = 100, SWEEPS = 1000000, BATCH = SWEEPS / BATCHES };

/* ---- a million sweeps ---- */

/* All attributes 0: the posterior of the parameters is their prior. */
static void say_nothing(geweke_simulator *g)
{
    const hbl_model *model = g->tiny.model;
    double *x = (double *)(uintptr_t)model->x;

    memset(x, 0, model->panel->n_rows * model->n_columns * sizeof *x);
    memset(g->tiny.x, 0, sizeof g->tiny.x);
    memcpy(g->state.chosen, g->tiny.task_chosen, sizeof g->state.chosen);
    hbl_likelihood_set_choices(g->hb->likelihood, g->state.chosen);
    hbl_chain_refresh(g->chain);
}

/* From a state of the prior, tuning frozen: means of BATCHES batches, what is carried along watched
 * a thousand times. Returns the number of functions. */
static size_t run_batches(geweke_simulator *g, geweke_moments *all, geweke_moments *half)
{
    size_t n = 0;

    for (size_t b = 0; b < BATCHES; b++) {
        geweke_values v = {0};
        double mean[GEWEKE_FUNCTIONS] = {0};

        for (size_t s = 0; s < BATCH / GEWEKE_SWEEPS; s++) {
            geweke_step(g, &v);
            for (size_t i = 0; i < v.n; i++)
                mean[i] += v.value[i] / (BATCH / GEWEKE_SWEEPS);
            if (s % (BATCH / 10 / GEWEKE_SWEEPS) == 0)
                geweke_watch_drift(g);
        }
        n = v.n;
        geweke_count(all, n, mean);
        geweke_count(&half[b < BATCHES / 2 ? 0 : 1], n, mean);
    }
    return n;
}

/* t of two means; 0 for a function that does not vary. */
static double difference(const geweke_moments *a, const geweke_moments *b, size_t i)
{
    const double error = sqrt(geweke_error_squared(a, i) + geweke_error_squared(b, i));
    return fabs(a->mean[i] - b->mean[i]) <= 1e-9 ? 0 : (a->mean[i] - b->mean[i]) / error;
}

/* The means of the first half against those of the second, and, where choices say nothing, against
 * draws from the prior. At most 200 comparisons in this program: t_49 above the quantile that they
 * pass together with probability 1 - 1e-4. */
static void a_million_sweeps(void **state)
{
    static const tiny_spec specs[] = {
        {.kernel = "hmc",
         .interweave = true,
         .over_relaxation = 0.85,
         .N = 5,
         .K = 2,
         .F = 1,
         .mixing = {"normal", "normal"}},
        {.kernel = "hmc",
         .interweave = true,
         .over_relaxation = 0.85,
         .precision = HBL_PRECISION_FLOAT,
         .mean = HBL_MEAN_NORMAL,
         .N = 5,
         .K = 2,
         .F = 1,
         .mixing = {"lognormal", "normal"}},
    };
    const bool informative = *(const bool *)*state;
    const double limit = gsl_cdf_tdist_Qinv(0.5 * 1e-4 / 200, BATCHES / 2 - 1);

    for (size_t s = 0; s < sizeof specs / sizeof *specs; s++) {
        static geweke_simulator g;
        static geweke_moments all, half[2], prior;
        double drift = 0, apart = 0;
        size_t n;

        memset(&all, 0, sizeof all);
        memset(half, 0, sizeof half);
        geweke_open(&g, &specs[s], 31);
        if (!informative)
            say_nothing(&g);
        n = run_batches(&g, &all, half);
        geweke_marginal(&g.tiny, informative ? 2 : SWEEPS, g.rng, &prior);
        for (size_t i = 0; i < n; i++) {
            drift = fmax(drift, fabs(difference(&half[0], &half[1], i)));
            apart = fmax(apart, informative ? 0 : fabs(difference(&all, &prior, i)));
        }
        print_message(
            "    halves differ by |t| %.2f, from the prior by %.2f, at most %.2f; carried "
            "along %.1g, gradients %.1g\n",
            drift, apart, limit, g.drift, g.drift_gradient);
        assert_true(drift < limit && apart < limit);
        assert_true(g.drift <= geweke_drift_allowed(specs[s].precision == HBL_PRECISION_FLOAT));
        assert_true(g.drift_gradient <=
                    geweke_drift_allowed(specs[s].precision == HBL_PRECISION_FLOAT));
        geweke_close(&g);
    }
}

/* ---- large ones ---- */

static const numerics_case cases[] = {
    {"sixty coefficients, a hundred persons", 100, 10, 3, 60, 0, .size = 0.3, .warmup = 300,
     .draws = 200, .least_acceptance = 0.3},
    {"two hundred alternatives, more persons", 200, 8, 200, 4, 1, .warmup = 500, .draws = 500,
     .rhat = 1.05, .least_acceptance = 0.4},
    {"one task, many persons", 5000, 1, 3, 2, 0, .warmup = 500, .draws = 1000, .rhat = 1.1,
     .least_acceptance = 0.3},
};

static void stays_sane(void **state)
{
    numerics_run(*state);
}

int main(void)
{
    static bool says[] = {false, true};
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N + 2];

    tests[0] = (struct CMUnitTest){"a million sweeps of the prior", a_million_sweeps, NULL, NULL,
                                   &says[0]};
    tests[1] = (struct CMUnitTest){"a million sweeps of a posterior", a_million_sweeps, NULL, NULL,
                                   &says[1]};
    for (size_t i = 0; i < N; i++)
        tests[i + 2] =
            (struct CMUnitTest){cases[i].name, stays_sane, NULL, NULL, (void *)&cases[i]};
    return cmocka_run_group_tests_name("long numerics", tests, NULL, NULL);
}
