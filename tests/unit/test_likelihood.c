/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pass over the likelihood against a plain log-sum-exp of one person at a time, on every
 * instruction set that the machine has and in every precision.
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

/* ---- data: ragged and made by a congruential generator ---- */

static uint64_t generator = 1;

typedef struct {
    hbl_panel panel;
    hbl_model model;
    double *x;
} data;

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    assert_non_null(memory);
    return memory;
}

static data make_data(size_t persons, size_t columns, size_t most_tasks, size_t most_alternatives)
{
    data d = {0};
    size_t tasks = 0, rows = 0;

    d.panel.n_persons = persons;
    d.panel.person_task = allocate(persons + 1, sizeof(size_t));
    d.panel.task_row = allocate(persons * most_tasks + 1, sizeof(size_t));
    d.panel.task_chosen = allocate(persons * most_tasks, sizeof(size_t));
    for (size_t n = 0; n < persons; n++) {
        for (size_t t = survey_between(&generator, 1, most_tasks); t > 0; t--) {
            const size_t alternatives = survey_between(&generator, 2, most_alternatives);
            d.panel.task_chosen[tasks] = rows + survey_between(&generator, 0, alternatives - 1);
            rows += alternatives;
            d.panel.task_row[++tasks] = rows;
        }
        d.panel.person_task[n + 1] = tasks;
    }
    d.panel.n_tasks = tasks;
    d.panel.n_rows = rows;
    d.x = allocate(rows * columns, sizeof(double));
    for (size_t i = 0; i < rows * columns; i++)
        d.x[i] = survey_uniform(&generator) < 0.3 ? 0 : 2 * survey_uniform(&generator) - 1;
    d.model.n_columns = d.model.n_coefficients = d.model.n_random = columns;
    d.model.x = d.x;
    return d;
}

static void free_data(data *d)
{
    free(d->panel.person_task);
    free(d->panel.task_row);
    free(d->panel.task_chosen);
    free(d->x);
}

/* ---- the reference ---- */

/* One person's log-likelihood and, where asked for, gradient. */
static double reference(const data *d, const size_t *chosen, size_t person, const double *beta,
                        double *gradient)
{
    const size_t n = d->model.n_columns;
    double total = 0;

    for (size_t k = 0; gradient && k < n; k++)
        gradient[k] = 0;
    for (size_t t = d->panel.person_task[person]; t < d->panel.person_task[person + 1]; t++) {
        const size_t first = d->panel.task_row[t], end = d->panel.task_row[t + 1];
        double v[128] = {0}, greatest = -INFINITY, sum = 0;
        assert_true(end - first <= 128);
        for (size_t row = first; row < end; row++) {
            v[row - first] = 0;
            for (size_t k = 0; k < n; k++)
                v[row - first] += d->x[row * n + k] * beta[k];
            greatest = fmax(greatest, v[row - first]);
        }
        for (size_t row = first; row < end; row++)
            sum += exp(v[row - first] - greatest);
        total += v[chosen[t] - first] - greatest - log(sum);
        for (size_t row = first; gradient && row < end; row++)
            for (size_t k = 0; k < n; k++)
                gradient[k] +=
                    ((row == chosen[t]) - exp(v[row - first] - greatest) / sum) * d->x[row * n + k];
    }
    return total;
}

/* ---- comparison ---- */

static const char *const isas[] = {"sse2", "avx2", "avx512", "baseline"};
static const hbl_precision precisions[] = {HBL_PRECISION_DOUBLE, HBL_PRECISION_MIXED,
                                           HBL_PRECISION_FLOAT};
enum { N_ISAS = 4, MOST_COLUMNS = 30, MOST_PAIRS = MOST_COLUMNS * (MOST_COLUMNS + 1) / 2 };

static _Alignas(64) double beta[MOST_COLUMNS * HBL_LANES];
static _Alignas(64) double gradient[MOST_COLUMNS * HBL_LANES];
static _Alignas(64) double other[MOST_COLUMNS * HBL_LANES];
static _Alignas(64) double hessian[MOST_PAIRS * HBL_LANES];

/* NULL where this machine lacks the instruction set. */
static hbl_likelihood *likelihood_of(data *d, hbl_precision precision, const char *isa)
{
    hbl_likelihood *likelihood = NULL;
    hbl_error error = HBL_ERROR_INIT;
    const int status = (d->model.panel = &d->panel,
                        hbl_likelihood_alloc(&d->model, precision, isa, &likelihood, &error));

    if (status) {
        assert_int_equal(status, HBL_ERR_INPUT);
        assert_non_null(strstr(error.message, isa));
        assert_null(likelihood);
    }
    return likelihood;
}

static void draw_beta(size_t columns, double size)
{
    for (size_t i = 0; i < columns * HBL_LANES; i++)
        beta[i] = size * (2 * survey_uniform(&generator) - 1);
}

static void lane_of(const double *array, size_t columns, size_t lane, double *out)
{
    for (size_t k = 0; k < columns; k++)
        out[k] = array[k * HBL_LANES + lane];
}

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g is not within %g of %.17g", value, tolerance, expected);
}

/* Tolerances for one person: of the value and of an element of the gradient. */
typedef struct {
    double value, gradient;
} tolerance;

static tolerance tolerance_of(hbl_precision precision, double scale)
{
    const double in_double = 1e-12 * scale, in_float = 4e-6 * scale;

    return (tolerance){precision == HBL_PRECISION_FLOAT ? in_float : in_double,
                       precision == HBL_PRECISION_DOUBLE ? in_double : in_float};
}

static void compare_block(const data *d, const hbl_likelihood *l, hbl_precision precision,
                          const size_t *chosen, size_t block, double utility_scale)
{
    const size_t n = d->model.n_columns;
    double ll[HBL_LANES], ll_alone[HBL_LANES], b[MOST_COLUMNS], g[MOST_COLUMNS];

    hbl_likelihood_block(l, block, beta, ll, gradient, NULL);
    hbl_likelihood_block(l, block, beta, ll_alone, NULL, NULL);
    hbl_likelihood_block(l, block, beta, NULL, other, NULL);
    assert_memory_equal(ll, ll_alone, sizeof ll);
    assert_memory_equal(gradient, other, n * HBL_LANES * sizeof *gradient);
    for (size_t lane = 0; lane < HBL_LANES; lane++) {
        const size_t person = hbl_likelihood_person(l, block, lane);
        lane_of(beta, n, lane, b);
        if (person == SIZE_MAX) {
            assert_true(ll[lane] == 0);
            for (size_t k = 0; k < n; k++)
                assert_true(gradient[k * HBL_LANES + lane] == 0);
            continue;
        }
        const double tasks =
            (double)(d->panel.person_task[person + 1] - d->panel.person_task[person]);
        const double expected = reference(d, chosen, person, b, g);
        const tolerance t = tolerance_of(precision, tasks * utility_scale + fabs(expected));
        assert_near(ll[lane], expected, t.value);
        for (size_t k = 0; k < n; k++)
            assert_near(gradient[k * HBL_LANES + lane], g[k], t.gradient);
    }
}

/* Every person once, in the lanes of all blocks. */
static void check_persons(const data *d, const hbl_likelihood *l)
{
    bool *seen = allocate(d->panel.n_persons, sizeof *seen);
    size_t found = 0;

    for (size_t block = 0; block < hbl_likelihood_n_blocks(l); block++)
        for (size_t lane = 0; lane < HBL_LANES; lane++) {
            const size_t person = hbl_likelihood_person(l, block, lane);
            if (person == SIZE_MAX)
                continue;
            assert_true(person < d->panel.n_persons && !seen[person]);
            seen[person] = true;
            found++;
        }
    assert_int_equal(found, d->panel.n_persons);
    free(seen);
}

static void compare_everywhere(data *d, double beta_size)
{
    const double scale = 1 + beta_size * (double)d->model.n_columns;

    for (size_t i = 0; i < N_ISAS; i++)
        for (size_t p = 0; p < 3; p++) {
            hbl_likelihood *l = likelihood_of(d, precisions[p], isas[i]);
            if (!l)
                continue;
            assert_int_equal(hbl_likelihood_n_rows(l), d->panel.n_rows);
            assert_int_equal(hbl_likelihood_n_coefficients(l), d->model.n_columns);
            check_persons(d, l);
            for (size_t block = 0; block < hbl_likelihood_n_blocks(l); block++) {
                draw_beta(d->model.n_columns, beta_size);
                compare_block(d, l, precisions[p], d->panel.task_chosen, block, scale);
            }
            hbl_likelihood_free(l);
        }
}

static void test_against_reference(void **state)
{
    static const size_t columns[] = {1, 2, 3, 6, 10, 16, 17, 30}, persons[] = {1, 5, 16, 17, 50};

    (void)state;
    for (size_t k = 0; k < 8; k++)
        for (size_t n = 0; n < 5; n++) {
            data d = make_data(persons[n], columns[k], 40, 9);
            compare_everywhere(&d, 1.5);
            free_data(&d);
        }
}

/* Few alternatives too, whose tasks go side by side. */
static void test_every_number_of_columns(void **state)
{
    (void)state;
    for (size_t columns = 1; columns <= 18; columns++) {
        data any = make_data(20, columns, 6, 7), few = make_data(3, columns, 40, 3);
        compare_everywhere(&any, 1);
        compare_everywhere(&few, 1);
        free_data(&any);
        free_data(&few);
    }
}

/* More tasks than a run holds, and more alternatives than are ever seen. */
static void test_many_tasks_and_alternatives(void **state)
{
    data tasks = make_data(3, 4, 700, 3), alternatives = make_data(18, 5, 3, 100);

    (void)state;
    compare_everywhere(&tasks, 2);
    compare_everywhere(&alternatives, 2);
    free_data(&tasks);
    free_data(&alternatives);
}

/* Utilities that overflow exp in float, in double, and far beyond; small ones in the same block. */
static void test_large_utilities(void **state)
{
    static const double sizes[] = {30, 90, 350, 700, 1e5, 1e6};
    data d = make_data(37, 6, 12, 6);

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        compare_everywhere(&d, sizes[i]);
    free_data(&d);
}

/* An alternative hopeless by 700 or 1e5 adds nothing; a chosen one that is hopeless by as much
 * costs just that. */
static void test_one_sided_utilities(void **state)
{
    size_t person_task[] = {0, 1, 2}, task_row[] = {0, 2, 4}, chosen[] = {0, 3};
    double x[] = {1, 0, 1, 0};
    data d = {.panel = {.n_persons = 2,
                        .n_tasks = 2,
                        .n_rows = 4,
                        .person_task = person_task,
                        .task_row = task_row,
                        .task_chosen = chosen},
              .model = {.n_columns = 1, .n_coefficients = 1, .x = x},
              .x = x};

    (void)state;
    for (size_t i = 0; i < N_ISAS; i++)
        for (size_t p = 0; p < 3; p++)
            for (double size = 700; size < 1e6; size = size < 1e5 ? 1e5 : 1e6) {
                hbl_likelihood *l = likelihood_of(&d, precisions[p], isas[i]);
                double ll[HBL_LANES];
                if (!l)
                    continue;
                draw_beta(1, 0);
                beta[0] = beta[1] = size;
                hbl_likelihood_block(l, 0, beta, ll, gradient, NULL);
                assert_near(ll[0], 0, 1e-30);
                assert_near(gradient[0], 0, 1e-30);
                assert_near(ll[1], -size, 0);
                assert_near(gradient[1], -1, 0);
                hbl_likelihood_free(l);
            }
}

static void test_not_finite(void **state)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    data d = make_data(33, 3, 8, 5);

    (void)state;
    for (size_t i = 0; i < N_ISAS; i++)
        for (size_t p = 0; p < 3; p++)
            for (size_t b = 0; b < 3; b++) {
                hbl_likelihood *l = likelihood_of(&d, precisions[p], isas[i]);
                double ll[HBL_LANES];
                if (!l)
                    continue;
                draw_beta(3, 1);
                beta[HBL_LANES + 5] = bad[b];
                hbl_likelihood_block(l, 0, beta, ll, gradient, NULL);
                hbl_likelihood_block_hessian(l, 0, beta, false, hessian, NULL);
                for (size_t lane = 0; lane < HBL_LANES; lane++) {
                    assert_int_equal(isfinite(ll[lane]) != 0, lane != 5);
                    assert_int_equal(isfinite(gradient[lane]) != 0, lane != 5);
                    assert_int_equal(isfinite(hessian[lane]) != 0, lane != 5);
                }
                /* The last block has 15 lanes of padding, which stay 0 whatever beta is there. */
                for (size_t k = 0; k < 3 * HBL_LANES; k++)
                    beta[k] = bad[b];
                hbl_likelihood_block(l, 2, beta, ll, gradient, NULL);
                assert_false(isfinite(ll[0]));
                for (size_t lane = 1; lane < HBL_LANES; lane++)
                    assert_true(ll[lane] == 0 && gradient[lane] == 0);
                hbl_likelihood_free(l);
            }
    free_data(&d);
}

/* ---- derivatives by differences ---- */

static void test_gradient_is_the_slope(void **state)
{
    const double h = 1e-5;
    data d = make_data(20, 4, 10, 5);
    double up[HBL_LANES], down[HBL_LANES];

    (void)state;
    for (size_t i = 0; i < N_ISAS; i++) {
        hbl_likelihood *l = likelihood_of(&d, HBL_PRECISION_DOUBLE, isas[i]);
        if (!l)
            continue;
        draw_beta(4, 1);
        hbl_likelihood_block(l, 0, beta, NULL, gradient, NULL);
        for (size_t k = 0; k < 4; k++) {
            for (size_t lane = 0; lane < HBL_LANES; lane++)
                beta[k * HBL_LANES + lane] += h;
            hbl_likelihood_block(l, 0, beta, up, NULL, NULL);
            for (size_t lane = 0; lane < HBL_LANES; lane++)
                beta[k * HBL_LANES + lane] -= 2 * h;
            hbl_likelihood_block(l, 0, beta, down, NULL, NULL);
            for (size_t lane = 0; lane < HBL_LANES; lane++) {
                beta[k * HBL_LANES + lane] += h;
                assert_near(gradient[k * HBL_LANES + lane], (up[lane] - down[lane]) / (2 * h),
                            1e-8);
            }
        }
        hbl_likelihood_free(l);
    }
    free_data(&d);
}

/* Column j of the Hessian is minus the difference of gradients along beta_j; the slow path, which
 * one lane with huge utilities brings in, gives the same as the fast one. */
static void check_hessian(data *d, const char *isa, hbl_precision precision, size_t columns,
                          double huge)
{
    const double h = 1e-5;
    hbl_likelihood *l = likelihood_of(d, precision, isa);
    hbl_likelihood *in_double = likelihood_of(d, HBL_PRECISION_DOUBLE, isa);

    for (size_t block = 0; l && block < hbl_likelihood_n_blocks(l); block++) {
        draw_beta(columns, 1);
        for (size_t k = 0; k < columns; k++)
            beta[k * HBL_LANES + 3] *= huge;
        hbl_likelihood_block_hessian(l, block, beta, false, hessian, NULL);
        for (size_t j = 0; j < columns; j++) {
            double *const along = beta + j * HBL_LANES;
            for (size_t lane = 0; lane < HBL_LANES; lane++)
                along[lane] += h;
            hbl_likelihood_block(in_double, block, beta, NULL, gradient, NULL);
            for (size_t lane = 0; lane < HBL_LANES; lane++)
                along[lane] -= 2 * h;
            hbl_likelihood_block(in_double, block, beta, NULL, other, NULL);
            for (size_t lane = 0; lane < HBL_LANES; lane++)
                along[lane] += h;
            for (size_t i = j; i < columns; i++)
                for (size_t lane = 0; lane < HBL_LANES; lane++)
                    assert_near(hessian[(i * (i + 1) / 2 + j) * HBL_LANES + lane],
                                (other[i * HBL_LANES + lane] - gradient[i * HBL_LANES + lane]) /
                                    (2 * h),
                                1e-7);
        }
    }
    hbl_likelihood_free(l);
    hbl_likelihood_free(in_double);
}

static void test_hessian(void **state)
{
    static const size_t columns[] = {1, 2, 6, 17};

    (void)state;
    for (size_t c = 0; c < 4; c++) {
        data d = make_data(21, columns[c], 12, 7);
        for (size_t i = 0; i < N_ISAS; i++)
            for (size_t p = 0; p < 3; p++) {
                check_hessian(&d, isas[i], precisions[p], columns[c], 1);
                check_hessian(&d, isas[i], precisions[p], columns[c], 150);
                check_hessian(&d, isas[i], precisions[p], columns[c], 1e4);
            }
        free_data(&d);
    }
}

/* ---- choices drawn anew, names, errors ---- */

static void test_set_choices(void **state)
{
    data d = make_data(40, 5, 9, 6);
    size_t *chosen = allocate(d.panel.n_tasks, sizeof *chosen);

    (void)state;
    for (size_t t = 0; t < d.panel.n_tasks; t++)
        chosen[t] = survey_between(&generator, d.panel.task_row[t], d.panel.task_row[t + 1] - 1);
    for (size_t p = 0; p < 3; p++) {
        hbl_likelihood *changed = likelihood_of(&d, precisions[p], NULL), *fresh;
        size_t *before = d.panel.task_chosen;
        double a[HBL_LANES], b[HBL_LANES];
        hbl_likelihood_set_choices(changed, chosen);
        d.panel.task_chosen = chosen;
        fresh = likelihood_of(&d, precisions[p], NULL);
        for (size_t block = 0; block < hbl_likelihood_n_blocks(changed); block++) {
            draw_beta(5, 1);
            hbl_likelihood_block(changed, block, beta, a, gradient, NULL);
            hbl_likelihood_block(fresh, block, beta, b, other, NULL);
            assert_memory_equal(a, b, sizeof a);
            assert_memory_equal(gradient, other, 5 * HBL_LANES * sizeof *other);
            compare_block(&d, changed, precisions[p], chosen, block, 6);
            for (size_t k = 0; k < 5 * HBL_LANES; k++)
                beta[k] *= 1e4; /* the slow path has its own view of the choices */
            compare_block(&d, changed, precisions[p], chosen, block, 6e4);
        }
        d.panel.task_chosen = before;
        hbl_likelihood_free(changed);
        hbl_likelihood_free(fresh);
    }
    free(chosen);
    free_data(&d);
}

static void test_instruction_sets(void **state)
{
    data d = make_data(2, 2, 2, 3);
    hbl_likelihood *l = NULL;
    hbl_error error = HBL_ERROR_INIT;
    size_t available = 0;

    (void)state;
    d.model.panel = &d.panel;
    assert_int_equal(hbl_likelihood_alloc(&d.model, HBL_PRECISION_MIXED, "avx1024", &l, &error),
                     HBL_ERR_INPUT);
    assert_non_null(strstr(error.message, "avx1024"));
    for (size_t i = 0; i < N_ISAS; i++) {
        l = likelihood_of(&d, HBL_PRECISION_MIXED, isas[i]);
        if (!l)
            continue;
        available++;
        assert_memory_equal(hbl_likelihood_name(l), isas[i], strlen(isas[i]));
        assert_string_equal(hbl_likelihood_name(l) + strlen(isas[i]), " mixed");
        assert_true(hbl_likelihood_bytes(l) > 0);
        hbl_likelihood_free(l);
    }
    assert_true(available >= 1);
    d.model.n_columns = d.model.n_coefficients = 0;
    assert_int_equal(hbl_likelihood_alloc(&d.model, HBL_PRECISION_DOUBLE, NULL, &l, NULL),
                     HBL_ERR_INPUT);
    hbl_likelihood_free(NULL);
    free_data(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_reference),
        cmocka_unit_test(test_every_number_of_columns),
        cmocka_unit_test(test_many_tasks_and_alternatives),
        cmocka_unit_test(test_large_utilities),
        cmocka_unit_test(test_one_sided_utilities),
        cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_gradient_is_the_slope),
        cmocka_unit_test(test_hessian),
        cmocka_unit_test(test_set_choices),
        cmocka_unit_test(test_instruction_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
