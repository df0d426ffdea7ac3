/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Simulated likelihood finds the truth, for every distribution of a coefficient: choices of 600
 * people, whose coefficients are drawn by a recipe of this file's own; then, with H the Hessian,
 *
 *     (estimate - truth)' H (estimate - truth) ~ chi^2(4)
 *
 * for the mean and spread of that coefficient and of a normal one beside it, but for what few
 * draws do. Seeds are fixed; over others one of the tests would fail with a probability of 1e-4.
 */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hblogit/hblogit.h"
#include "trace/survey.h"

enum { N_DISTRIBUTIONS = 11 };
static const double truth[] = {0.4, -0.8, 0.9, 0.7}; /* m and mu, then the spreads */
static const double lower = -1, upper = 2;           /* as survey_make sets them */

/* ---- a person's coefficient: theta normal, u uniform ---- */

typedef double recipe(double m, double s, uint64_t *generator);

static double normal(double m, double s, uint64_t *g)
{
    return m + s * survey_normal(g);
}

static double lognormal(double m, double s, uint64_t *g)
{
    return exp(normal(m, s, g));
}

static double negative_lognormal(double m, double s, uint64_t *g)
{
    return -exp(normal(m, s, g));
}

static double censored(double m, double s, uint64_t *g)
{
    return fmax(0, normal(m, s, g));
}

static double bounded(double m, double s, uint64_t *g)
{
    return lower + (upper - lower) / (1 + exp(-normal(m, s, g)));
}

static double positive(double m, double s, uint64_t *g)
{
    return log(1 + exp(normal(m, s, g)));
}

static double negative(double m, double s, uint64_t *g)
{
    return -log(1 + exp(normal(m, s, g)));
}

static double truncated(double m, double s, uint64_t *g)
{
    double beta;

    do
        beta = normal(m, s, g);
    while (beta < 0);
    return beta;
}

static double uniform(double m, double s, uint64_t *g)
{
    return m + s * (2 * survey_uniform(g) - 1);
}

static double triangular(double m, double s, uint64_t *g)
{
    return m + s * (survey_uniform(g) + survey_uniform(g) - 1);
}

static double exponential(double m, double s, uint64_t *g)
{
    return m - s * log(survey_uniform(g));
}

static const struct {
    const char *name;
    recipe *draw;
} distribution[N_DISTRIBUTIONS] = {
    {"normal", normal},
    {"lognormal", lognormal},
    {"negative-lognormal", negative_lognormal},
    {"censored-normal", censored},
    {"johnson-sb", bounded},
    {"positive-normal", positive},
    {"negative-normal", negative},
    {"truncated-normal", truncated},
    {"uniform", uniform},
    {"triangular", triangular},
    {"exponential", exponential},
};

/* ---- choices ---- */

static void choose(const survey *s, recipe *draw, uint64_t *g)
{
    const hbl_panel *p = s->panel;

    for (size_t n = 0; n < p->n_persons; n++) {
        const double first = draw(truth[0], truth[2], g), second = normal(truth[1], truth[3], g);
        for (size_t t = p->person_task[n]; t < p->person_task[n + 1]; t++) {
            double best = -INFINITY;
            for (size_t r = p->task_row[t]; r < p->task_row[t + 1]; r++) {
                const double utility = s->model->x[2 * r] * first +
                                       s->model->x[2 * r + 1] * second -
                                       log(-log(survey_uniform(g)));
                if (utility > best) {
                    best = utility;
                    p->task_chosen[t] = r;
                }
            }
        }
    }
}

static survey simulate(size_t d)
{
    static const size_t blocks[] = {0, 1};
    const survey_shape shape = {.persons = 600,
                                .tasks_min = 8,
                                .tasks_max = 8,
                                .alternatives_min = 3,
                                .alternatives_max = 3,
                                .n_random = 2,
                                .block_of = blocks,
                                .seed = 40 + d};
    uint64_t generator = 900 + d;
    survey s = survey_make(&shape);

    for (size_t i = 0; i < s.panel->n_rows * 2; i++) /* attributes that tell much */
        ((double *)s.model->x)[i] *= 2;
    s.model->mixing[0] = hbl_mixing_find(distribution[d].name);
    choose(&s, distribution[d].draw, &generator);
    return s;
}

/* ---- the test ---- */

static void finds_the_truth(void **state)
{
    const size_t d = *(const size_t *)*state;
    const double limit = gsl_cdf_chisq_Qinv(1e-4 / N_DISTRIBUTIONS, 4);
    survey s = simulate(d);
    hbl_msl_settings settings;
    hbl_error error = HBL_ERROR_INIT;
    hbl_msl *msl = NULL;
    hbl_msl_fit *fit = NULL;
    /* or the test says little; m and s of a truncated normal are much alike in what they do */
    const double most = distribution[d].draw == truncated ? 1 : 0.15;
    double distance = 0;

    assert_int_equal(hbl_msl_settings_default(&settings, &error), HBL_OK);
    settings.draws = getenv("HBLOGIT_VALGRIND") ? 100 : 500;
    if (hbl_msl_alloc(s.model, &settings, 1, &msl, &error) ||
        hbl_msl_estimate(msl, NULL, NULL, &fit, &error))
        fail_msg("%s", error.message);
    assert_true(fit->converged && fit->n_parameters == 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(sqrt(fit->variance_hessian[i * 4 + i]) < most);
        for (size_t j = 0; j < 4; j++)
            distance += (fit->estimate[i] - truth[i]) * fit->hessian[i * 4 + j] *
                        (fit->estimate[j] - truth[j]);
    }
    print_message("%s: chi2 %.1f, %d evaluations\n", distribution[d].name, distance,
                  fit->evaluations);
    assert_true(distance < limit);
    hbl_msl_fit_free(fit);
    hbl_msl_free(msl);
    hbl_msl_settings_clear(&settings);
    survey_free(&s);
}

static void none_is_left_out(void **state)
{
    size_t n = 0;

    (void)state;
    while (hbl_mixings[n])
        n++;
    assert_int_equal(n, N_DISTRIBUTIONS);
}

int main(void)
{
    static size_t number[N_DISTRIBUTIONS];
    struct CMUnitTest tests[N_DISTRIBUTIONS + 1] = {cmocka_unit_test(none_is_left_out)};

    for (size_t d = 0; d < N_DISTRIBUTIONS; d++) {
        number[d] = d;
        tests[d + 1] =
            (struct CMUnitTest){distribution[d].name, finds_the_truth, NULL, NULL, &number[d]};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
