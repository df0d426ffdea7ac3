/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The likelihood of models with a scale of utility and with held coefficients, against a plain
 * log-sum-exp of one person in extended precision, and its derivatives against differences.
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
#include "trace/survey.h"

enum {
    PERSONS = 37,
    MOST_TASKS = 5,
    MOST_ALTERNATIVES = 6,
    MOST_FREE = 5,
    MOST_SCALE = 2,
    MOST_HELD = 2,
    MOST_N = MOST_FREE + MOST_SCALE,
    MOST_COLUMNS = MOST_FREE + MOST_HELD,
    MOST_PAIRS = MOST_N * (MOST_N + 1) / 2
};

/* ---- data: ragged and made by a congruential generator ---- */

static uint64_t generator = 1;

static size_t person_task[PERSONS + 1], task_row[PERSONS * MOST_TASKS + 1];
static size_t task_chosen[PERSONS * MOST_TASKS];
static double x[PERSONS * MOST_TASKS * MOST_ALTERNATIVES * MOST_COLUMNS], v[PERSONS * MOST_SCALE];
static double held[MOST_HELD] = {0.7, -1.3};
static hbl_panel panel;
static hbl_model model;

static void make_data(size_t n_free, size_t n_scale, size_t n_held)
{
    const size_t n_columns = n_free + n_held;
    size_t tasks = 0, rows = 0;

    for (size_t n = 0; n < PERSONS; n++) {
        for (size_t t = 1 + (size_t)(survey_uniform(&generator) * MOST_TASKS); t > 0; t--) {
            const size_t size = 2 + (size_t)(survey_uniform(&generator) * (MOST_ALTERNATIVES - 1));
            task_chosen[tasks] = rows + (size_t)(survey_uniform(&generator) * (double)size);
            rows += size;
            task_row[++tasks] = rows;
        }
        person_task[n + 1] = tasks;
    }
    for (size_t i = 0; i < rows * n_columns; i++)
        x[i] = 2 * survey_uniform(&generator) - 1;
    for (size_t i = 0; i < PERSONS * n_scale; i++)
        v[i] = 2 * survey_uniform(&generator) - 1;
    panel = (hbl_panel){.n_persons = PERSONS,
                        .n_tasks = tasks,
                        .n_rows = rows,
                        .person_task = person_task,
                        .task_row = task_row,
                        .task_chosen = task_chosen};
    model = (hbl_model){.panel = &panel,
                        .n_fixed = n_free,
                        .n_held = n_held,
                        .n_columns = n_columns,
                        .n_scale = n_scale,
                        .n_coefficients = n_free + n_scale,
                        .x = x,
                        .held = held,
                        .v = v};
}

/* ---- the reference ---- */

typedef long double wide;

static wide scale_of(size_t person, const wide *b)
{
    wide sum = 0;

    for (size_t q = 0; q < model.n_scale; q++)
        sum += v[person * model.n_scale + q] * b[model.n_fixed + q];
    return expl(sum);
}

/* V of a row and, where asked for, its derivatives by (b, lambda). */
static wide utility(size_t person, size_t row, const wide *b, wide *derivative)
{
    const wide s = scale_of(person, b);
    wide sum = 0;

    for (size_t k = 0; k < model.n_columns; k++)
        sum += x[row * model.n_columns + k] *
               (k < model.n_fixed ? b[k] : (wide)held[k - model.n_fixed]);
    for (size_t k = 0; derivative && k < model.n_fixed; k++)
        derivative[k] = s * x[row * model.n_columns + k];
    for (size_t q = 0; derivative && q < model.n_scale; q++)
        derivative[model.n_fixed + q] = s * sum * v[person * model.n_scale + q];
    return s * sum;
}

/* Choice probabilities of a task; returns the logarithm of the chosen one's. */
static wide probabilities(size_t person, size_t task, const wide *b, wide *p)
{
    const size_t first = task_row[task], end = task_row[task + 1];
    wide greatest = -INFINITY, sum = 0, chosen;

    for (size_t row = first; row < end; row++) {
        p[row - first] = utility(person, row, b, NULL);
        greatest = fmaxl(greatest, p[row - first]);
    }
    for (size_t row = first; row < end; row++)
        sum += expl(p[row - first] - greatest);
    chosen = p[task_chosen[task] - first] - greatest - logl(sum);
    for (size_t row = first; row < end; row++)
        p[row - first] = expl(p[row - first] - greatest) / sum;
    return chosen;
}

static wide value(size_t person, const wide *b)
{
    wide sum = 0, p[MOST_ALTERNATIVES];

    for (size_t t = person_task[person]; t < person_task[person + 1]; t++)
        sum += probabilities(person, t, b, p);
    return sum;
}

/* dll = sum_t (dV_chosen - E dV), and the information sum_t E (dV - E dV)(dV - E dV)', which is the
 * Hessian without the terms in the gradient. */
static void derivatives(size_t person, const wide *b, wide *gradient, wide *information)
{
    const size_t n = model.n_coefficients;

    memset(gradient, 0, n * sizeof *gradient);
    memset(information, 0, n * n * sizeof *information);
    for (size_t t = person_task[person]; t < person_task[person + 1]; t++) {
        wide p[MOST_ALTERNATIVES], d[MOST_ALTERNATIVES][MOST_N], mean[MOST_N] = {0};
        probabilities(person, t, b, p);
        for (size_t j = 0; j < task_row[t + 1] - task_row[t]; j++) {
            utility(person, task_row[t] + j, b, d[j]);
            for (size_t k = 0; k < n; k++)
                mean[k] += p[j] * d[j][k];
        }
        for (size_t i = 0; i < n; i++)
            gradient[i] += d[task_chosen[t] - task_row[t]][i] - mean[i];
        for (size_t j = 0; j < task_row[t + 1] - task_row[t]; j++)
            for (size_t i = 0; i < n * n; i++)
                information[i] += p[j] * (d[j][i / n] - mean[i / n]) * (d[j][i % n] - mean[i % n]);
    }
}

/* ---- comparison ---- */

static _Alignas(64) double beta[MOST_N * HBL_LANES], gradient[MOST_N * HBL_LANES];
static _Alignas(64) double other[MOST_N * HBL_LANES], hessian[MOST_PAIRS * HBL_LANES];
static _Alignas(64) double rough[MOST_PAIRS * HBL_LANES];
static _Alignas(64) double log_likelihood[HBL_LANES];

static void draw_beta(double size)
{
    for (size_t i = 0; i < model.n_coefficients * HBL_LANES; i++)
        beta[i] =
            (i < model.n_fixed * HBL_LANES ? size : 1.5) * (2 * survey_uniform(&generator) - 1);
}

static void assert_near(double actual, wide expected, double tolerance)
{
    if (!(fabs(actual - (double)expected) <= tolerance))
        fail_msg("%.17g is not within %g of %.17g", actual, tolerance, (double)expected);
}

static double *scratch_for(const hbl_likelihood *l)
{
    double *scratch = aligned_alloc(64, hbl_likelihood_scratch(l) * sizeof *scratch);

    assert_true(hbl_likelihood_scratch(l) > 0);
    assert_non_null(scratch);
    return scratch;
}

static void compare_lane(const hbl_likelihood *l, size_t block, size_t lane, double size,
                         double precise, double gradient_precise)
{
    const size_t n = model.n_coefficients, person = hbl_likelihood_person(l, block, lane);
    wide b[MOST_N] = {0}, g[MOST_N] = {0}, information[MOST_N * MOST_N] = {0};
    double unit = 0;

    for (size_t k = 0; k < n; k++)
        b[k] = beta[k * HBL_LANES + lane];
    if (person != SIZE_MAX)
        derivatives(person, b, g, information);
    for (size_t i = 0; i < n * n; i++)
        unit = fmax(unit, (double)fabsl(information[i]));
    assert_near(log_likelihood[lane], person == SIZE_MAX ? 0 : value(person, b),
                precise * (20 + 100 * size));
    for (size_t i = 0; i < n; i++) {
        assert_near(gradient[i * HBL_LANES + lane], g[i], gradient_precise * (20 + 200 * size));
        for (size_t j = 0; j <= i; j++)
            assert_near(rough[(i * (i + 1) / 2 + j) * HBL_LANES + lane], information[i * n + j],
                        1e-11 * (1 + unit) * (1 + size * size));
    }
}

static void compare(hbl_precision precision, const char *isa, double size)
{
    const double precise = precision == HBL_PRECISION_FLOAT ? 1e-6 : 1e-13;
    const double gradient_precise = precision == HBL_PRECISION_DOUBLE ? 1e-13 : 1e-6;
    hbl_likelihood *l = NULL;

    if (hbl_likelihood_alloc(&model, precision, isa, &l, NULL))
        return;
    assert_int_equal(hbl_likelihood_n_coefficients(l), model.n_coefficients);
    double *scratch = scratch_for(l);
    for (size_t block = 0; block < hbl_likelihood_n_blocks(l); block++) {
        draw_beta(size);
        hbl_likelihood_block(l, block, beta, log_likelihood, gradient, scratch);
        hbl_likelihood_block(l, block, beta, NULL, other, scratch);
        assert_memory_equal(gradient, other, model.n_coefficients * HBL_LANES * sizeof *gradient);
        hbl_likelihood_block_hessian(l, block, beta, false, rough, scratch);
        for (size_t lane = 0; lane < HBL_LANES; lane++)
            compare_lane(l, block, lane, size, precise, gradient_precise);
    }
    free(scratch);
    hbl_likelihood_free(l);
}

static const struct {
    size_t n_free, n_scale, n_held;
} shapes[] = {{3, 0, 2}, {3, 1, 0}, {5, 2, 2}, {1, 2, 1}, {0, 1, 1}};

enum { N_SHAPES = sizeof shapes / sizeof shapes[0] };

/* Utilities of ordinary size and, times a scale of up to 20, far beyond exp. */
static void test_against_reference(void **state)
{
    static const char *const isas[] = {"sse2", "avx2", "avx512", "baseline"};
    static const double sizes[] = {1, 40, 700, 1e5};

    (void)state;
    for (size_t s = 0; s < N_SHAPES; s++) {
        make_data(shapes[s].n_free, shapes[s].n_scale, shapes[s].n_held);
        for (size_t i = 0; i < 4; i++)
            for (hbl_precision p = HBL_PRECISION_DOUBLE; p <= HBL_PRECISION_FLOAT; p++)
                for (size_t z = 0; z < 4; z++)
                    compare(p, isas[i], sizes[z]);
    }
}

/* The exact Hessian is minus the slope of the gradient; lane 3 has utilities that bring in the slow
 * path. */
static void check_exact_hessian(void)
{
    const double h = 1e-5;
    const size_t n = model.n_coefficients;
    hbl_likelihood *l = NULL;

    assert_int_equal(hbl_likelihood_alloc(&model, HBL_PRECISION_FLOAT, NULL, &l, NULL), HBL_OK);
    double *scratch = scratch_for(l);
    draw_beta(1);
    for (size_t k = 0; k < model.n_fixed; k++)
        beta[k * HBL_LANES + 3] *= 1e3;
    hbl_likelihood_block_hessian(l, 0, beta, true, hessian, scratch);
    for (size_t lane = 0; lane < HBL_LANES; lane++) {
        const size_t person = hbl_likelihood_person(l, 0, lane);
        wide b[MOST_N] = {0}, up[MOST_N], down[MOST_N], information[MOST_N * MOST_N];
        for (size_t k = 0; k < n; k++)
            b[k] = beta[k * HBL_LANES + lane];
        for (size_t j = 0; j < n; j++) {
            b[j] += h;
            derivatives(person, b, up, information);
            b[j] -= 2 * h;
            derivatives(person, b, down, information);
            b[j] += h;
            for (size_t i = j; i < n; i++) {
                const wide expected = (down[i] - up[i]) / (2 * h);
                assert_near(hessian[(i * (i + 1) / 2 + j) * HBL_LANES + lane], expected,
                            1e-7 * (1 + (double)fabsl(expected)));
            }
        }
    }
    free(scratch);
    hbl_likelihood_free(l);
}

static void test_exact_hessian(void **state)
{
    (void)state;
    for (size_t s = 0; s < N_SHAPES; s++) {
        make_data(shapes[s].n_free, shapes[s].n_scale, shapes[s].n_held);
        check_exact_hessian();
    }
}

/* What is not finite shows, -infinity in lambda (a scale of 0) too; lanes of padding stay 0. */
static void test_not_finite(void **state)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    hbl_likelihood *l = NULL;

    (void)state;
    make_data(2, 1, 1);
    assert_int_equal(hbl_likelihood_alloc(&model, HBL_PRECISION_MIXED, NULL, &l, NULL), HBL_OK);
    double *scratch = scratch_for(l);
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 3; k++)
            for (size_t block = 0; block < 3; block++) {
                draw_beta(1);
                for (size_t lane = 1; lane < HBL_LANES; lane += 2)
                    beta[k * HBL_LANES + lane] = bad[i];
                hbl_likelihood_block(l, block, beta, log_likelihood, gradient, scratch);
                hbl_likelihood_block_hessian(l, block, beta, true, hessian, scratch);
                for (size_t lane = 0; lane < HBL_LANES; lane++) {
                    const bool padding = hbl_likelihood_person(l, block, lane) == SIZE_MAX;
                    const bool finite = padding || lane % 2 == 0;
                    assert_int_equal(isfinite(log_likelihood[lane]) != 0, finite);
                    for (size_t j = 0; j < 3; j++)
                        assert_int_equal(isfinite(gradient[j * HBL_LANES + lane]) != 0, finite);
                    for (size_t j = 0; j < 6; j++)
                        assert_int_equal(isfinite(hessian[j * HBL_LANES + lane]) != 0, finite);
                    if (padding)
                        assert_true(log_likelihood[lane] == 0 && gradient[lane] == 0 &&
                                    hessian[5 * HBL_LANES + lane] == 0);
                }
            }
    free(scratch);
    hbl_likelihood_free(l);
}

/* Nothing is asked of callers whose models have neither. */
static void test_no_scratch(void **state)
{
    hbl_likelihood *l = NULL;

    (void)state;
    make_data(3, 0, 0);
    assert_int_equal(hbl_likelihood_alloc(&model, HBL_PRECISION_MIXED, NULL, &l, NULL), HBL_OK);
    assert_int_equal(hbl_likelihood_scratch(l), 0);
    hbl_likelihood_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_reference),
        cmocka_unit_test(test_exact_hessian),
        cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_no_scratch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
