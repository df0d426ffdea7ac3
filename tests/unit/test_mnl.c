/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pooled multinomial logit against R's survival::clogit, and where it has no answer.
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

#include "likelihood/likelihood.h"

enum { HOUSES = 900, SYSTEMS = 5 };

static size_t person_task[HOUSES + 1], task_row[HOUSES + 1], task_chosen[HOUSES];
static double x[HOUSES * SYSTEMS * 3];
static hbl_panel panel;
static hbl_model model;

/* A generator that R's doubles follow exactly. */
static double generator;

static double uniform(void)
{
    generator = fmod(generator * 1103 + 12345, 65536);
    return (generator + 0.5) / 65536;
}

/* 900 houses choose one of 5 heating systems by installation and operating cost. In R:
 *
 *     s <- 1
 *     u <- function() { s <<- (s * 1103 + 12345) %% 65536; (s + 0.5) / 65536 }
 *     d <- do.call(rbind, lapply(1:900, function(t) {
 *       ic <- oc <- v <- numeric(5)
 *       for (j in 1:5) {
 *         ic[j] <- 400 + floor(800 * u()); oc[j] <- 80 + floor(320 * u())
 *         v[j] <- -0.006 * ic[j] - 0.0045 * oc[j] - log(-log(u()))
 *       }
 *       data.frame(t = t, ic, oc, choice = as.integer(1:5 == which.max(v)))
 *     }))
 *     clogit(choice ~ ic + oc + strata(t), d, method = "exact",
 *            control = coxph.control(eps = 1e-14, toler.chol = 1e-16))
 */
static void make_heating(size_t columns)
{
    generator = 1;
    for (size_t t = 0; t < HOUSES; t++) {
        double greatest = -INFINITY;
        for (size_t j = 0; j < SYSTEMS; j++) {
            const size_t row = t * SYSTEMS + j;
            double *at = x + row * columns, v;
            at[0] = 400 + floor(800 * uniform());
            at[1] = 80 + floor(320 * uniform());
            v = -0.006 * at[0] - 0.0045 * at[1] - log(-log(uniform()));
            if (v > greatest) {
                greatest = v;
                task_chosen[t] = row;
            }
        }
        person_task[t + 1] = t + 1;
        task_row[t + 1] = (t + 1) * SYSTEMS;
    }
    panel = (hbl_panel){.n_persons = HOUSES,
                        .n_tasks = HOUSES,
                        .n_rows = HOUSES * SYSTEMS,
                        .person_task = person_task,
                        .task_row = task_row,
                        .task_chosen = task_chosen};
    model = (hbl_model){.panel = &panel,
                        .n_fixed = columns,
                        .n_columns = columns,
                        .n_coefficients = columns,
                        .x = x};
}

static hbl_mnl *fit(hbl_precision precision, const char *isa, int threads)
{
    hbl_likelihood *likelihood = NULL;
    hbl_mnl *mnl = NULL;

    if (!hbl_likelihood_alloc(&model, precision, isa, &likelihood, NULL)) {
        assert_int_equal(hbl_mnl_fit(likelihood, threads, &mnl, NULL), HBL_OK);
        assert_non_null(mnl);
    }
    hbl_likelihood_free(likelihood);
    return mnl;
}

static void assert_close(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not within a factor of 1 + %g of %.17g", value, relative, expected);
}

static void test_heating_against_clogit(void **state)
{
    static const char *const isas[] = {NULL, "sse2", "avx2", "avx512", "baseline"};

    (void)state;
    make_heating(2);
    for (size_t i = 0; i < 5; i++)
        for (hbl_precision p = HBL_PRECISION_DOUBLE; p <= HBL_PRECISION_FLOAT; p++) {
            hbl_mnl *mnl = fit(p, isas[i], 1);
            if (!mnl)
                continue;
            assert_close(mnl->estimate[0], -0.00590910567036435, 1e-9);
            assert_close(mnl->estimate[1], -0.00399061109415035, 1e-9);
            assert_close(mnl->standard_error[0], 0.000257707602433934, 1e-9);
            assert_close(mnl->standard_error[1], 0.000483089452392420, 1e-9);
            assert_close(mnl->log_likelihood_zero, -1448.49412119068, 1e-12);
            assert_close(mnl->log_likelihood, -1002.52466415436, 1e-12);
            assert_true(mnl->converged);
            assert_false(mnl->singular);
            assert_true(mnl->iterations > 0 && mnl->iterations < 15);
            hbl_mnl_free(mnl);
        }
}

static void test_same_for_any_threads(void **state)
{
    hbl_mnl *one, *two;

    (void)state;
    make_heating(2);
    one = fit(HBL_PRECISION_MIXED, NULL, 1);
    two = fit(HBL_PRECISION_MIXED, NULL, 2);
    assert_memory_equal(one->estimate, two->estimate, 2 * sizeof(double));
    assert_memory_equal(one->standard_error, two->standard_error, 2 * sizeof(double));
    assert_memory_equal(one->hessian, two->hessian, 4 * sizeof(double));
    assert_memory_equal(&one->log_likelihood, &two->log_likelihood, sizeof(double));
    assert_int_equal(one->iterations, two->iterations);
    hbl_mnl_free(one);
    hbl_mnl_free(two);
}

/* The third column is the sum of the others, or never varies within a task: the fit is that of the
 * other two, and says that it had to be helped. */
static void check_singular(double share, double constant)
{
    hbl_mnl *mnl;

    make_heating(3);
    for (size_t row = 0; row < HOUSES * SYSTEMS; row++)
        x[row * 3 + 2] = share * (x[row * 3] + x[row * 3 + 1]) + constant;
    mnl = fit(HBL_PRECISION_DOUBLE, NULL, 1);
    assert_true(mnl->singular);
    assert_close(mnl->log_likelihood, -1002.52466415436, 1e-9);
    assert_close(mnl->estimate[0] + share * mnl->estimate[2], -0.00590910567036435, 1e-5);
    assert_close(mnl->estimate[1] + share * mnl->estimate[2], -0.00399061109415035, 1e-5);
    for (size_t k = 0; k < 3; k++)
        assert_true(isfinite(mnl->estimate[k]) && isnan(mnl->standard_error[k]));
    hbl_mnl_free(mnl);
}

static void test_collinear_and_constant_columns(void **state)
{
    (void)state;
    check_singular(1, 0);
    check_singular(0.3, 17);
    check_singular(0, 1);
}

/* A column that is 1 for the chosen alternative and 0 otherwise, in a few tasks or in all. */
static void test_separation(void **state)
{
    (void)state;
    for (size_t every = 1; every <= 300; every *= 300) {
        hbl_mnl *mnl;
        make_heating(3);
        for (size_t row = 0; row < HOUSES * SYSTEMS; row++) {
            const size_t task = row / SYSTEMS;
            x[row * 3 + 2] = task % every == 0 && task_chosen[task] == row;
        }
        mnl = fit(HBL_PRECISION_DOUBLE, NULL, 2);
        assert_false(mnl->converged);
        assert_true(isfinite(mnl->log_likelihood) && mnl->log_likelihood <= 0);
        assert_true(isfinite(mnl->estimate[2]) && mnl->estimate[2] > 5);
        hbl_mnl_free(mnl);
    }
}

/* Costs in units so small or large that the Hessian's elements differ by 1e20. */
static void test_badly_scaled_columns(void **state)
{
    hbl_mnl *mnl;

    (void)state;
    make_heating(2);
    for (size_t row = 0; row < HOUSES * SYSTEMS; row++) {
        x[row * 2] *= 1e-5;
        x[row * 2 + 1] *= 1e5;
    }
    mnl = fit(HBL_PRECISION_DOUBLE, NULL, 1);
    assert_true(mnl->converged && !mnl->singular);
    assert_close(mnl->estimate[0], -0.00590910567036435e5, 1e-9);
    assert_close(mnl->estimate[1], -0.00399061109415035e-5, 1e-9);
    hbl_mnl_free(mnl);
}

static void test_data_beyond_arithmetic(void **state)
{
    hbl_likelihood *likelihood = NULL;
    hbl_mnl *mnl = NULL;
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    make_heating(2);
    x[7] = NAN;
    assert_int_equal(hbl_likelihood_alloc(&model, HBL_PRECISION_MIXED, NULL, &likelihood, NULL),
                     HBL_OK);
    assert_int_equal(hbl_mnl_fit(likelihood, 1, &mnl, &error), HBL_ERR_NUMERIC);
    assert_null(mnl);
    assert_true(strlen(error.message) > 0);
    hbl_likelihood_free(likelihood);
    hbl_mnl_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heating_against_clogit),
        cmocka_unit_test(test_same_for_any_threads),
        cmocka_unit_test(test_collinear_and_constant_columns),
        cmocka_unit_test(test_separation),
        cmocka_unit_test(test_badly_scaled_columns),
        cmocka_unit_test(test_data_beyond_arithmetic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
