/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The likelihood of data packed in units against the same data in double, on every instruction set
 * that the machine has; which data have units, and which do not.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "likelihood/internal.h"
#include "likelihood/units.h"
#include "trace/survey.h"

enum { PERSONS = 50, MOST_TASKS = 9, MOST_ALTERNATIVES = 11, MOST_COLUMNS = 30 };
enum { MOST_ROWS = PERSONS * MOST_TASKS * MOST_ALTERNATIVES };
enum { NO_CACHE = 0 };

static const char *const isas[] = {"sse2", "avx2", "avx512", "baseline"};
enum { N_ISAS = sizeof isas / sizeof isas[0] };

/* ---- data: ragged, on a grid, made by a congruential generator ---- */

static uint64_t generator = 1;

static size_t person_task[PERSONS + 1], task_row[PERSONS * MOST_TASKS + 1];
static size_t task_chosen[PERSONS * MOST_TASKS], other_chosen[PERSONS * MOST_TASKS];
static double x[MOST_ROWS * MOST_COLUMNS];
static hbl_panel panel;
static hbl_model model;

/* Dummies, prices in cents far from 0, fine levels, thirds, quarters, and one that never differs
 * within a task. */
static double level(size_t k, size_t task)
{
    switch (k % 6) {
    case 0:
        return (double)survey_between(&generator, 0, 1);
    case 1:
        return 100 + (double)survey_between(&generator, 0, 400) / 100;
    case 2:
        return ((double)survey_between(&generator, 0, 16000) - 8000) / 8000;
    case 3:
        return (double)survey_between(&generator, 0, 5) / 3;
    case 4:
        return -0.25 * (double)survey_between(&generator, 0, 7);
    default:
        return (double)task / 7;
    }
}

static void make_data(size_t persons, size_t columns)
{
    size_t tasks = 0, rows = 0;

    for (size_t n = 0; n < persons; n++) {
        for (size_t t = survey_between(&generator, 1, MOST_TASKS); t > 0; t--, tasks++) {
            const size_t first = rows;
            rows += survey_between(&generator, 2, MOST_ALTERNATIVES);
            task_chosen[tasks] = survey_between(&generator, first, rows - 1);
            other_chosen[tasks] = survey_between(&generator, first, rows - 1);
            for (size_t row = first; row < rows; row++)
                for (size_t k = 0; k < columns; k++)
                    x[row * columns + k] = level(k, tasks);
            task_row[tasks + 1] = rows;
        }
        person_task[n + 1] = tasks;
    }
    panel = (hbl_panel){.n_persons = persons,
                        .n_tasks = tasks,
                        .n_rows = rows,
                        .person_task = person_task,
                        .task_row = task_row,
                        .task_chosen = task_chosen};
    model = (hbl_model){.panel = &panel,
                        .n_columns = columns,
                        .n_coefficients = columns,
                        .n_random = columns,
                        .x = x};
}

/* NULL where this machine does not have the instruction set. */
static hbl_likelihood *likelihood_of(hbl_precision precision, const char *isa, size_t cached)
{
    hbl_likelihood *likelihood = NULL;
    hbl_error error = HBL_ERROR_INIT;

    hbl_likelihood_alloc_cached(&model, precision, isa, cached, &likelihood, &error);
    return likelihood;
}

static bool in_units(const hbl_likelihood *likelihood)
{
    return likelihood->pack[0].kind == HBL_PACK_UNITS;
}

/* ---- the same as in double ---- */

/* beta, and what comes out for it: of the pass in question, and of the one to compare with. */
static _Alignas(64) double beta[MOST_COLUMNS * HBL_LANES];
typedef struct {
    _Alignas(64) double value[HBL_LANES], gradient[MOST_COLUMNS * HBL_LANES];
    _Alignas(64) double hessian[MOST_COLUMNS * (MOST_COLUMNS + 1) / 2 * HBL_LANES];
} results;
static results found, expected;

static void draw_beta(double size)
{
    for (size_t k = 0; k < model.n_columns; k++)
        for (size_t l = 0; l < HBL_LANES; l++)
            beta[k * HBL_LANES + l] = size * (2 * survey_uniform(&generator) - 1);
}

static void assert_near(const double *a, const double *b, size_t n, double tolerance)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs(a[i] - b[i]) <= tolerance))
            fail_msg("%.17g is not within %g of %.17g", a[i], tolerance, b[i]);
}

static void compare(const hbl_likelihood *likelihood, hbl_precision precision, size_t block,
                    const hbl_likelihood *in_double, double tolerance)
{
    const size_t n = model.n_columns;
    results alone;

    hbl_likelihood_pass(in_double, HBL_PRECISION_DOUBLE, block, beta, expected.value,
                        expected.gradient);
    hbl_likelihood_pass(likelihood, precision, block, beta, found.value, found.gradient);
    assert_near(found.value, expected.value, HBL_LANES, tolerance);
    assert_near(found.gradient, expected.gradient, n * HBL_LANES, tolerance);
    hbl_likelihood_pass(likelihood, precision, block, beta, alone.value, NULL);
    hbl_likelihood_pass(likelihood, precision, block, beta, NULL, alone.gradient);
    assert_near(alone.value, expected.value, HBL_LANES, tolerance);
    assert_memory_equal(alone.gradient, found.gradient, n * HBL_LANES * sizeof(double));
}

static void compare_hessians(const hbl_likelihood *likelihood, size_t block,
                             const hbl_likelihood *in_double, double tolerance)
{
    const size_t n = model.n_columns;

    hbl_likelihood_pass_hessian(in_double, block, beta, expected.hessian);
    hbl_likelihood_pass_hessian(likelihood, block, beta, found.hessian);
    assert_near(found.hessian, expected.hessian, n * (n + 1) / 2 * HBL_LANES, tolerance);
}

/* Utilities of some sizes: those too large for float, and for double, take other ways. */
static void compare_blocks(const hbl_likelihood *likelihood, const hbl_likelihood *in_double)
{
    static const double sizes[] = {1, 30, 300, 1e5};

    for (size_t block = 0; block < hbl_likelihood_n_blocks(likelihood); block++)
        for (size_t i = 0; i < 4; i++) {
            const double scale = 1 + 10 * sizes[i] * (double)model.n_columns;
            draw_beta(sizes[i]);
            compare(likelihood, HBL_PRECISION_DOUBLE, block, in_double, 1e-12 * scale);
            compare(likelihood, HBL_PRECISION_FLOAT, block, in_double, 1e-5 * scale);
            compare_hessians(likelihood, block, in_double, 1e-11 * scale);
        }
}

static void test_as_in_double(void **state)
{
    static const size_t columns[] = {1, 2, 3, 6, 10, 16, 17, 30}, persons[] = {1, 17, 50};

    (void)state;
    for (size_t c = 0; c < 8; c++)
        for (size_t p = 0; p < 3; p++) {
            make_data(persons[p], columns[c]);
            for (size_t i = 0; i < N_ISAS; i++) {
                hbl_likelihood *units = likelihood_of(HBL_PRECISION_FLOAT, isas[i], NO_CACHE);
                hbl_likelihood *reals = likelihood_of(HBL_PRECISION_DOUBLE, isas[i], NO_CACHE);
                if (units) {
                    assert_true(in_units(units) && !in_units(reals));
                    assert_int_equal(2 * hbl_likelihood_bytes(units),
                                     hbl_pack_size(&units->packing, &model, units->pack[0].lanes,
                                                   HBL_PACK_FLOAT));
                    compare_blocks(units, reals);
                }
                hbl_likelihood_free(units);
                hbl_likelihood_free(reals);
            }
        }
}

static void test_choices_drawn_anew(void **state)
{
    (void)state;
    make_data(40, 6);
    for (size_t i = 0; i < N_ISAS; i++) {
        hbl_likelihood *changed = likelihood_of(HBL_PRECISION_MIXED, isas[i], NO_CACHE);
        if (!changed)
            continue;
        hbl_likelihood_set_choices(changed, other_chosen);
        panel.task_chosen = other_chosen;
        hbl_likelihood *reals = likelihood_of(HBL_PRECISION_DOUBLE, isas[i], NO_CACHE);
        assert_true(in_units(changed));
        compare_blocks(changed, reals);
        panel.task_chosen = task_chosen;
        hbl_likelihood_free(changed);
        hbl_likelihood_free(reals);
    }
}

/* ---- who has units ---- */

/* A fresh column 1 of data that had units throughout. */
static bool has_units_with(double (*value)(size_t row), double *unit)
{
    make_data(20, 3);
    for (size_t row = 0; row < panel.n_rows; row++)
        x[row * 3 + 1] = value(row);
    return hbl_units_find(&model, unit);
}

static double sixes_and_fifteens(size_t row)
{
    return 0.01 * (double)(row % 3 == 0 ? 6 : row % 3 == 1 ? 15 : -9);
}

static double as_widely_as_16_bits(size_t row)
{
    return (double)(row % 2 ? 16383 : row % 5);
}

static double too_widely(size_t row)
{
    return (double)(row % 2 ? 16384 : row % 5);
}

static double irrational(size_t row)
{
    return sqrt((double)(row % 7));
}

static double all_different(size_t row)
{
    (void)row;
    return survey_uniform(&generator);
}

static double one_off(size_t row)
{
    return (double)(row % 9) / 10 + (row == 3 ? 1e-11 : 0);
}

static double far_from_zero(size_t row)
{
    return 1e12 + (double)(row % 9) / 8;
}

static double not_a_number(size_t row)
{
    return row == 5 ? NAN : (double)(row % 2);
}

static void test_units(void **state)
{
    double unit[3];

    (void)state;
    assert_true(has_units_with(sixes_and_fifteens, unit));
    assert_true(fabs(unit[1] - 0.03) < 4 * DBL_EPSILON * 0.03 && unit[0] == 1);
    assert_true(has_units_with(as_widely_as_16_bits, unit));
    assert_true(unit[1] == 1);
    assert_false(has_units_with(too_widely, unit));
    assert_false(has_units_with(irrational, unit));
    assert_false(has_units_with(all_different, unit));
    assert_false(has_units_with(one_off, unit));
    assert_false(has_units_with(far_from_zero, unit)); /* no digits left after the unit's */
    assert_false(has_units_with(not_a_number, unit));
}

/* However few levels tell it: the search must not let rounding grow. */
static void test_any_levels_of_a_fine_grid(void **state)
{
    double unit;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        make_data(1, 1);
        for (size_t row = 0; row < panel.n_rows; row++)
            x[row] = ((double)survey_between(&generator, 0, 16000) - 8000) / 8000;
        assert_true(hbl_units_find(&model, &unit));
        assert_true(fabs(unit * 8000 - rint(unit * 8000)) < 1e-10);
    }
}

/* Every difference within a task is a multiple of 16 bits, as exactly as units.h says. */
static void test_differences_are_multiples(void **state)
{
    double unit[6], most[6] = {0};

    (void)state;
    make_data(PERSONS, 6);
    assert_true(hbl_units_find(&model, unit));
    for (size_t i = 0; i < panel.n_rows * 6; i++)
        most[i % 6] = fmax(most[i % 6], fabs(x[i]));
    for (size_t t = 0; t < panel.n_tasks; t++)
        for (size_t i = task_row[t]; i < task_row[t + 1]; i++)
            for (size_t k = 0; k < 6; k++) {
                const double difference = x[i * 6 + k] - x[task_chosen[t] * 6 + k];
                const double m = rint(difference / unit[k]);
                assert_true(fabs(m) <= INT16_MAX);
                assert_true(fabs(difference - m * unit[k]) <= 0x1p-47 * most[k]);
            }
}

/* Data without units, and those that the caches hold, stay in float. */
static void test_who_stays_in_float(void **state)
{
    double unit[3];
    hbl_likelihood *likelihood, *by_default;

    (void)state;
    has_units_with(irrational, unit);
    likelihood = likelihood_of(HBL_PRECISION_FLOAT, NULL, NO_CACHE);
    assert_false(in_units(likelihood));
    assert_int_equal(likelihood->in_float.pack->kind, HBL_PACK_FLOAT);
    hbl_likelihood_free(likelihood);

    make_data(20, 3);
    likelihood = likelihood_of(HBL_PRECISION_FLOAT, NULL, 1 << 20);
    assert_int_equal(hbl_likelihood_alloc(&model, HBL_PRECISION_FLOAT, NULL, &by_default, NULL), 0);
    assert_true(!in_units(likelihood) && !in_units(by_default));
    hbl_likelihood_free(likelihood);
    hbl_likelihood_free(by_default);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_in_double),
        cmocka_unit_test(test_choices_drawn_anew),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_any_levels_of_a_fine_grid),
        cmocka_unit_test(test_differences_are_multiples),
        cmocka_unit_test(test_who_stays_in_float),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
