/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Estimation by simulated likelihood and what it says of itself: starts, repeats, interruption,
 * conditional means, collinear columns, boundaries, advice.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "unit/msl_fixture.h"

static const survey_shape people = {.persons = 200,
                                    .tasks_min = 8,
                                    .tasks_max = 10,
                                    .alternatives_min = 3,
                                    .alternatives_max = 3,
                                    .n_random = 2,
                                    .n_fixed = 1,
                                    .seed = 11};

static int watch(void *context, const hbl_msl_progress *progress)
{
    double *last = context;

    assert_true(progress->start >= 1 && progress->start <= 4 + 3);
    if (progress->iteration > 0)
        assert_true(progress->log_likelihood >= last[progress->start]);
    last[progress->start] = progress->log_likelihood;
    assert_true(isfinite(progress->gradient_norm) && progress->seconds >= 0);
    return 0;
}

/* One estimate with several starts and repeats: LL goes up, the gradient vanishes, the parts agree
 * with one another. */
static void an_estimate(void **state)
{
    const bool walks = getenv("HBLOGIT_VALGRIND") != NULL; /* it is slow there */
    survey s = survey_make(&people);
    hbl_msl_settings settings = settings_of("mlhs", walks ? 48 : 128);
    hbl_error error = HBL_ERROR_INIT;
    hbl_msl_fit *fit;
    hbl_msl *msl;
    double last[8] = {0};
    size_t counted = 0, n;

    (void)state;
    settings.starts = walks ? 2 : 4;
    settings.repeats = walks ? 2 : 3;
    assert_int_equal(hbl_msl_alloc(s.model, &settings, 1, &msl, &error), HBL_OK);
    if (hbl_msl_estimate(msl, NULL, NULL, &fit, &error))
        fail_msg("%s", error.message);
    n = fit->n_parameters;
    assert_true(fit->converged && !fit->singular && !fit->interrupted);
    assert_true(fit->decrement < 1e-6);
    assert_true(fit->log_likelihood > fit->log_likelihood_start);
    for (size_t i = 0; i < fit->n_optima; i++)
        counted += fit->optimum[i].n_starts;
    assert_int_equal(counted, settings.starts);
    assert_int_equal(fit->n_repeats, settings.repeats);
    for (size_t i = 0; i < n; i++) {
        const double se = sqrt(fit->variance_hessian[i * n + i]);
        assert_true(fabs(fit->gradient[i]) * se < 1e-3);
        assert_true(fit->repeat_sd[i] > 0 && fit->repeat_sd[i] < se);
        assert_true(fabs(log(fit->variance_robust[i * n + i] / (se * se))) < 1);
        assert_true(fabs(log(fit->variance_opg[i * n + i] / (se * se))) < 1);
    }
    assert_true(fabs(at(msl, fit->estimate) - fit->log_likelihood) < 1e-9);
    assert_true(fit->log_likelihood_bias > 0 && fit->log_likelihood_bias < 20);
    assert_true(fit->omega[3] > 0 && fit->L[3] > 0 && fit->L[1] == 0);
    hbl_msl_fit_free(fit);
    assert_int_equal(hbl_msl_estimate(msl, watch, last, &fit, &error), HBL_OK);
    hbl_msl_fit_free(fit);
    hbl_msl_free(msl);
    survey_free(&s);
}

static int stop_at_second(void *context, const hbl_msl_progress *progress)
{
    (void)context;
    return progress->iteration >= 2;
}

static void an_interrupted_estimate(void **state)
{
    survey s = survey_make(&people);
    hbl_msl *msl = alloc(s.model, "halton", 32, 1);
    hbl_msl_fit *fit;

    (void)state;
    assert_int_equal(hbl_msl_estimate(msl, stop_at_second, NULL, &fit, NULL), HBL_OK);
    assert_true(fit->interrupted && !fit->converged);
    assert_int_equal(fit->iterations, 2);
    assert_true(fit->log_likelihood > fit->log_likelihood_start);
    hbl_msl_fit_free(fit);
    hbl_msl_free(msl);
    survey_free(&s);
}

/* Conditional means: the posterior of each person by sums over its draws, written out. */
static void persons_as_written_out(void **state)
{
    survey s = survey_make(&everything);
    hbl_msl *msl = alloc(s.model, "halton", DRAWS, 1);
    double p[MOST], mean[PERSONS * 3], sd[PERSONS * 3], u[DRAWS * 3], z[DRAWS * 3], bias,
        wanted = 0;

    (void)state;
    somewhere(msl, p);
    assert_int_equal(hbl_msl_persons(msl, p, mean, sd, &bias, NULL), HBL_OK);
    for (size_t n = 0; n < PERSONS; n++) {
        double sum = 0, squares = 0, first[3] = {0}, second[3] = {0}, beta[8];
        hbl_points_normals(&msl->draws.points, n, DRAWS, false, u, z);
        for (size_t r = 0; r < DRAWS; r++) {
            plain_beta(msl, n, p, z + r * 3, beta);
            const double weight = exp(plain_likelihood(s.model, n, beta));
            sum += weight;
            squares += weight * weight;
            for (size_t k = 0; k < 3; k++) {
                first[k] += weight * beta[k];
                second[k] += weight * beta[k] * beta[k];
            }
        }
        for (size_t k = 0; k < 3; k++) {
            const double m = first[k] / sum;
            assert_true(fabs(mean[n * 3 + k] - m) < 1e-10);
            assert_true(fabs(sd[n * 3 + k] - sqrt(second[k] / sum - m * m)) < 1e-9);
        }
        wanted += (squares / DRAWS - sum * sum / DRAWS / DRAWS) * DRAWS / (DRAWS - 1) /
                  (2 * DRAWS * (sum / DRAWS) * (sum / DRAWS));
    }
    assert_true(fabs(bias - wanted) < 1e-10 * wanted);
    hbl_msl_free(msl);
    survey_free(&s);
}

/* ---- what goes wrong, told ---- */

static void starts_without_a_likelihood(void **state)
{
    survey s = survey_make(&people);
    hbl_msl *msl = alloc(s.model, "halton", 16, 1);
    hbl_msl_search search = {0};
    const hbl_msl_audience nobody = {.observer = NULL};
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    assert_int_equal(hbl_msl_search_init(&search, msl->n_parameters, NULL), HBL_OK);
    search.parameter[0] = NAN;
    assert_int_equal(hbl_msl_maximise(msl, &search, &nobody, &error), HBL_ERR_NUMERIC);
    assert_non_null(strstr(error.message, "not finite"));
    hbl_msl_search_clear(&search);
    hbl_msl_free(msl);
    survey_free(&s);
}

/* A column twice over: the Hessian is singular, and the variances say so. */
static void collinear_columns(void **state)
{
    survey s = survey_make(&people);
    double *x = (double *)s.model->x;
    hbl_msl *msl;
    hbl_msl_fit *fit;
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    for (size_t r = 0; r < s.panel->n_rows; r++)
        x[r * 3 + 2] = x[r * 3];
    msl = alloc(s.model, "halton", 32, 1);
    if (hbl_msl_estimate(msl, NULL, NULL, &fit, &error))
        fail_msg("%s", error.message);
    assert_true(fit->singular && !fit->converged);
    assert_true(isnan(fit->variance_hessian[0]));
    assert_true(isfinite(fit->log_likelihood));
    hbl_msl_fit_free(fit);
    hbl_msl_free(msl);
    survey_free(&s);
}

/* Choices without heterogeneity in x1: with its sd on the boundary, LL is as good without it. */
static void a_boundary(void **state)
{
    survey_shape shape = people;
    survey s;
    hbl_msl *msl;
    hbl_msl_fit *fit;

    (void)state;
    shape.size = 1e-6;
    shape.n_random = 1;
    shape.n_fixed = 0;
    shape.seed = 1;
    s = survey_make(&shape);
    msl = alloc(s.model, "halton", 64, 1);
    assert_int_equal(hbl_msl_estimate(msl, NULL, NULL, &fit, NULL), HBL_OK);
    assert_int_equal(fit->n_boundary, 1);
    assert_int_equal(fit->boundary[0], 1);
    assert_true(fit->estimate[1] >= 0 && fit->estimate[1] < 0.3);
    hbl_msl_fit_free(fit);
    hbl_msl_free(msl);
    survey_free(&s);
}

static void advice(void **state)
{
    survey_shape shape = people;
    survey s;
    hbl_msl *msl;
    hbl_findings *findings;

    (void)state;
    shape.n_random = 12;
    s = survey_make(&shape);
    msl = alloc(s.model, "halton", 50, 1);
    assert_int_equal(hbl_msl_advice(msl, &findings, NULL), HBL_OK);
    assert_int_equal(findings->n_findings, 2);
    assert_non_null(strstr(findings->finding[0].text, "600"));
    assert_non_null(strstr(findings->finding[1].text, "12 dimensions"));
    hbl_findings_free(findings);
    hbl_msl_free(msl);
    msl = alloc(s.model, "mlhs", 600, 1);
    assert_int_equal(hbl_msl_advice(msl, &findings, NULL), HBL_OK);
    assert_int_equal(findings->n_findings, 0);
    hbl_findings_free(findings);
    hbl_msl_free(msl);
    survey_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_estimate),
        cmocka_unit_test(an_interrupted_estimate),
        cmocka_unit_test(persons_as_written_out),
        cmocka_unit_test(starts_without_a_likelihood),
        cmocka_unit_test(collinear_columns),
        cmocka_unit_test(a_boundary),
        cmocka_unit_test(advice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
