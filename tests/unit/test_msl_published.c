/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Published results by maximum simulated likelihood, with the same fixed draws: Halton points from
 * point 100 on, a prime a random coefficient in column order. The figures are those that R mlogit,
 * gmnl and logitr and Python's xlogit agree on for these data.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "msl/internal.h"
#include "unit/msl_surveys.h"

typedef struct {
    msl_survey survey;
    hbl_msl *msl;
    hbl_msl_fit *fit;
} fitted;

static fitted fit_of(const msl_survey_plan *plan, const hbl_msl_settings *settings)
{
    fitted f = {.fit = NULL};
    hbl_error error = HBL_ERROR_INIT;

    if (!survey_read(plan, &f.survey))
        skip();
    if (hbl_msl_alloc(f.survey.model, settings, 1, &f.msl, &error) ||
        hbl_msl_estimate(f.msl, NULL, NULL, &f.fit, &error))
        fail_msg("%s", error.message);
    assert_true(f.fit->converged && !f.fit->singular);
    return f;
}

static void done(fitted *f)
{
    hbl_msl_fit_free(f->fit);
    hbl_msl_free(f->msl);
    survey_clear(&f->survey);
}

static void near(double value, double published, double tolerance)
{
    if (!(fabs(value - published) <= tolerance))
        fail_msg("%.10g instead of %.10g", value, published);
}

static void all_near(const fitted *f, const double *published, double tolerance)
{
    for (size_t i = 0; i < f->fit->n_parameters; i++)
        if (!(fabs(f->fit->estimate[i] - published[i]) <= tolerance))
            fail_msg("%s: %.7g instead of %.7g", hbl_msl_parameters(f->msl)[i].name,
                     f->fit->estimate[i], published[i]);
}

/* ---- electricity ---- */

static const double electricity_600[] = {-.9972, -.2197, 2.2902, 1.6943, -9.6752, -9.6962,
                                         .2207,  .4116,  1.7840, 1.2296, 2.2757,  1.4862};

static double value_at(hbl_msl *msl, const double *parameter)
{
    double value;

    assert_int_equal(hbl_msl_evaluate(msl, parameter, &value, NULL, NULL, NULL, NULL), HBL_OK);
    return value;
}

/* Minus the second derivative of LL by i and j, from values alone: two mixed differences of steps h
 * and 2 h, extrapolated. */
static double second_difference(hbl_msl *msl, const double *parameter, const double *h, size_t n,
                                size_t i, size_t j)
{
    double value[2], p[12];

    for (int wide = 0; wide < 2; wide++) {
        value[wide] = 0;
        for (int corner = 0; corner < 4; corner++) {
            const double a = (corner & 1 ? 1 : -1) * (1 + wide);
            const double b = (corner & 2 ? 1 : -1) * (1 + wide);
            memcpy(p, parameter, n * sizeof *p);
            p[i] += a * h[i];
            p[j] += b * h[j];
            value[wide] += (a * b > 0 ? 1 : -1) * value_at(msl, p);
        }
        value[wide] /= 4 * (1 + wide) * (1 + wide) * h[i] * h[j];
    }
    return -(4 * value[0] - value[1]) / 3;
}

/* The person-level Hessian from LL alone (Revelt and Train's standard errors), to 1e-4 in every
 * standard error. */
static void check_standard_errors(const fitted *f)
{
    const size_t n = f->fit->n_parameters;
    double h[12], hessian[144], sum, *v = f->fit->variance_hessian;

    for (size_t i = 0; i < n; i++)
        h[i] = 0.02 / sqrt(f->fit->hessian[i * n + i]);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            hessian[i * n + j] = hessian[j * n + i] =
                second_difference(f->msl, f->fit->estimate, h, n, i, j);
    /* V = H^-1 has relative errors below 1e-4 where H_numerical V is I that nearly, row by row in
     * units of the standard errors. */
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            sum = 0;
            for (size_t k = 0; k < n; k++)
                sum += hessian[i * n + k] * v[k * n + j];
            near(sum * sqrt(v[i * n + i] / v[j * n + j]), i == j, 1e-4);
        }
}

static void electricity(void **state)
{
    const hbl_msl_settings s600 = survey_settings(600), s500 = survey_settings(500),
                           s100 = survey_settings(100);
    fitted f = fit_of(&electricity_plan, &s600);

    (void)state;
    near(f.fit->log_likelihood, -3888.465070, 2e-6);
    all_near(&f, electricity_600, 6e-5);
    assert_true(f.fit->iterations <= 20);
    /* that of the contract length is not the .015 of sums over tasks */
    near(sqrt(f.fit->variance_hessian[1 * 12 + 1]), .026, .0006);
    done(&f);
    f = fit_of(&electricity_plan, &s500);
    near(f.fit->log_likelihood, -3891.717714, 2e-6);
    done(&f);
    f = fit_of(&electricity_plan, &s100);
    near(f.fit->log_likelihood, -3952.487733, 2e-6);
    near(f.fit->mu[0], -.97339, 2e-5);
    near(f.fit->mu[4], -9.05254, 1e-4);
    assert_int_equal(f.fit->n_boundary, 0); /* though LL is higher without sd.seas, 1.18 */
    check_standard_errors(&f);
    done(&f);
}

/* ---- artificial ---- */

/* Published to five digits by a program that stopped a little earlier: LL is flat along petfr. */
static void artificial(void **state)
{
    static const double published[] = {1.70994, 3.87864,  -2.02467, .70175, 1.22305,
                                       1.03390, -1.03374, -1.46147, .89478, 1.06387};
    const hbl_msl_settings settings = survey_settings(500);
    fitted f = fit_of(&artificial_plan, &settings);

    (void)state;
    near(f.fit->log_likelihood, -2278.8977801, 1e-6);
    for (size_t i = 0; i < 10; i++)
        near(f.fit->estimate[i], published[i], 3e-4);
    done(&f);
}

/* ---- yogurt ---- */

static const double yogurt_published[] = {1.08267, .89216,  -5.54092, -3.94454, 1.07816,
                                          3.78188, 2.81991, 3.78701,  -.45648};

/* An optimum that is one of several: from near it, and exactly. */
static void yogurt(void **state)
{
    const hbl_msl_settings settings = survey_settings(1000);
    msl_survey survey;
    hbl_msl *msl;
    double gradient[9], value;

    (void)state;
    if (!survey_read(&yogurt_plan, &survey))
        skip();
    assert_int_equal(hbl_msl_alloc(survey.model, &settings, 1, &msl, NULL), HBL_OK);
    assert_int_equal(hbl_msl_evaluate(msl, yogurt_published, &value, gradient, NULL, NULL, NULL),
                     HBL_OK);
    near(value, -1247.199, 5e-4);
    hbl_msl_free(msl);
    survey_clear(&survey);
}

/* From the start that the program takes by itself, in either order of the columns: above what is
 * published, where other programs stop at -1291.218. */
static void yogurt_by_default(void **state)
{
    const hbl_msl_settings settings = survey_settings(1000);
    fitted f = fit_of(&yogurt_plan, &settings);

    (void)state;
    assert_true(f.fit->log_likelihood > -1247.199);
    done(&f);
    f = fit_of(&yogurt_other_plan, &settings);
    assert_true(f.fit->log_likelihood > -1247.199);
    done(&f);
}

/* The same model in willingness-to-pay space: price held at -1, the scale exp(lambda) in its place.
 * From the published figures, converted, the search comes to the same optimum. */
static void yogurt_willingness_to_pay(void **state)
{
    static const double minus_one[] = {-1};
    const hbl_msl_settings settings = survey_settings(1000);
    const hbl_msl_audience nobody = {.observer = NULL};
    msl_survey_plan plan = yogurt_plan;
    hbl_msl_search search = {0};
    msl_survey survey;
    hbl_msl *msl;

    (void)state;
    plan.n_fixed = 0;
    plan.n_held = 1;
    plan.held = minus_one;
    plan.scale = true;
    if (!survey_read(&plan, &survey))
        skip();
    assert_int_equal(hbl_msl_alloc(survey.model, &settings, 1, &msl, NULL), HBL_OK);
    assert_int_equal(hbl_msl_search_init(&search, 9, NULL), HBL_OK);
    for (size_t i = 0; i < 8; i++)
        search.parameter[i] = yogurt_published[i] / .45648;
    search.parameter[8] = log(.45648);
    assert_int_equal(hbl_msl_maximise(msl, &search, &nobody, NULL), HBL_OK);
    assert_true(search.converged);
    near(search.log_likelihood, -1247.199, 5e-4);
    for (size_t i = 0; i < 8; i++)
        near(search.parameter[i] * exp(search.parameter[8]), yogurt_published[i], 3e-4);
    near(exp(search.parameter[8]), .45648, 2e-5);
    hbl_msl_search_clear(&search);
    hbl_msl_free(msl);
    survey_clear(&survey);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(electricity),
        cmocka_unit_test(artificial),
        cmocka_unit_test(yogurt),
        cmocka_unit_test(yogurt_by_default),
        cmocka_unit_test(yogurt_willingness_to_pay),
    };
    FILE *data = fopen("../shared/data/electricity.csv", "r");

    if (!data) {
        puts("skipped: no ../shared/data");
        return 77;
    }
    fclose(data);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
