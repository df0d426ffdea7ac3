/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The multinomial logit with weights, a scale of utility and held coefficients, and its sandwich
 * variance. The figures without scale are those of R's survival (a stratum has one choice, so that
 * Breslow's likelihood is the logit's),
 *
 *     clogit(choice ~ a + b + h + strata(task), d, weights = w, method = "breslow", cluster = id)
 *
 * with its naive and its clustered variance; clogit's log-likelihood has sum_t w_t ln w_t taken
 * off. Those with scale were made in Python: numpy's log-likelihood, its gradient by complex steps,
 * scipy's BFGS polished by Newton steps on differences of that gradient.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hblogit/mnl.h"

enum { PERSONS = 300, TASKS = 3, SIZE = 5, ROWS = PERSONS * TASKS * SIZE };

static size_t person_task[PERSONS + 1], task_row[PERSONS * TASKS + 1];
static size_t task_chosen[PERSONS * TASKS];
static double x[ROWS * 3], v[PERSONS * 2], weight[PERSONS], held[] = {0.5};
static int32_t row_alternative[ROWS];
static hbl_panel panel;

static unsigned generator;

static double uniform(void)
{
    generator = (generator * 1103 + 12345) % 65536;
    return (generator + 0.5) / 65536;
}

static void draw_task(size_t task, double scale)
{
    double greatest = -INFINITY;

    for (size_t j = 0; j < SIZE; j++) {
        const size_t row = task * SIZE + j;
        double *at = x + row * 3, utility;
        at[0] = floor(100 * uniform()) / 10;
        at[1] = floor(100 * uniform()) / 50;
        at[2] = floor(10 * uniform()) / 10;
        utility = scale * (-0.4 * at[0] + 0.8 * at[1] + 0.5 * at[2]) - log(-log(uniform()));
        row_alternative[row] = (int32_t)j;
        if (utility > greatest) {
            greatest = utility;
            task_chosen[task] = row;
        }
    }
    task_row[task + 1] = (task + 1) * SIZE;
}

static void make_panel(void)
{
    generator = 1;
    for (size_t n = 0; n < PERSONS; n++) {
        weight[n] = 0.5 + uniform();
        v[2 * n] = floor(2 * uniform());
        v[2 * n + 1] = uniform() - 0.5;
        for (size_t t = n * TASKS; t < (n + 1) * TASKS; t++)
            draw_task(t, exp(0.6 * v[2 * n] - 0.5 * v[2 * n + 1]));
        person_task[n + 1] = (n + 1) * TASKS;
    }
    panel = (hbl_panel){.n_persons = PERSONS,
                        .n_tasks = PERSONS * TASKS,
                        .n_rows = ROWS,
                        .n_alternatives = SIZE,
                        .person_task = person_task,
                        .task_row = task_row,
                        .task_chosen = task_chosen,
                        .row_alternative = row_alternative,
                        .weight = weight};
}

/* a, b and h, of which the last n_held are held, and the scale of both columns of v or none. */
static hbl_model make_model(size_t n_held, size_t n_scale)
{
    make_panel();
    return (hbl_model){.panel = &panel,
                       .n_fixed = 3 - n_held,
                       .n_held = n_held,
                       .n_columns = 3,
                       .n_scale = n_scale,
                       .n_coefficients = 3 - n_held + n_scale,
                       .x = x,
                       .held = held,
                       .v = v};
}

static void assert_close(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not within a factor of 1 + %g of %.17g", value, relative, expected);
}

/* ---- against other programs ---- */

typedef struct {
    size_t n_held, n_scale;
    double estimate[5], standard_error[5], robust[5], log_likelihood;
} golden;

static const golden fits[] = {
    {.estimate = {-0.534034291151805, 1.071908989998402, 0.773118240175170},
     .standard_error = {0.0228309331042256, 0.0893362557862848, 0.1607500230379189},
     .robust = {0.0277082516390681, 0.1036112823440025, 0.1790469739155272},
     .log_likelihood = -891.5516870030722},
    {.n_held = 1,
     .n_scale = 2,
     .estimate = {-0.383371127021817, 0.7652503339531015, 0.7055171025181047, -0.6772387378164973},
     .standard_error = {0.026373084806634, 0.071062066009589, 0.092545579359663, 0.157236807735091},
     .robust = {0.03072099823077371, 0.08120706417203906, 0.10848287188290658, 0.16930399142522015},
     .log_likelihood = -854.7223545202953},
    {.n_scale = 2,
     .estimate = {-0.39061320741097444, 0.7854689813574489, 0.6679911291952925, 0.6886243508973021,
                  -0.6653755143347654},
     .standard_error = {0.026405419835679, 0.072359958322008, 0.11033104119543, 0.090472193149263,
                        0.154717710963541},
     .robust = {0.02924984822545915, 0.07985061080602983, 0.1307145359628586, 0.10339707563724876,
                0.16693692732308033},
     .log_likelihood = -853.5155534389222},
};

static void test_golden_fits(void **state)
{
    (void)state;
    for (size_t f = 0; f < 3; f++) {
        const golden *g = &fits[f];
        const hbl_model model = make_model(g->n_held, g->n_scale);
        const size_t n = model.n_coefficients;
        hbl_mnl *mnl = NULL;
        double variance[25];
        assert_int_equal(hbl_mnl_estimate(&model, 1, &mnl, NULL), HBL_OK);
        assert_true(mnl->converged && !mnl->singular);
        assert_true(mnl->decrement >= 0 && mnl->decrement < 1e-10);
        assert_true(mnl->iterations < 15 && mnl->evaluations > mnl->iterations);
        assert_close(mnl->log_likelihood, g->log_likelihood, 1e-12);
        assert_int_equal(hbl_mnl_robust(&model, mnl, variance, NULL), HBL_OK);
        for (size_t k = 0; k < n; k++) {
            assert_close(mnl->estimate[k], g->estimate[k], 1e-8);
            assert_close(mnl->standard_error[k], g->standard_error[k], 1e-6);
            assert_close(sqrt(variance[k * n + k]), g->robust[k], 1e-6);
            for (size_t j = 0; j < k; j++)
                assert_close(variance[k * n + j], variance[j * n + k], 1e-9);
        }
        if (f == 0)
            assert_close(variance[1], -1.20501026272485e-03, 1e-6);
        hbl_mnl_free(mnl);
    }
}

static void test_chance_is_weighted(void **state)
{
    const hbl_model model = make_model(1, 2);
    hbl_mnl *mnl = NULL;
    double sum = 0;

    (void)state;
    for (size_t n = 0; n < PERSONS; n++)
        sum -= weight[n] * TASKS * log(SIZE);
    assert_int_equal(hbl_mnl_estimate(&model, 1, &mnl, NULL), HBL_OK);
    assert_close(mnl->log_likelihood_zero, sum, 1e-13);
    hbl_mnl_free(mnl);
}

/* A person of weight 2 counts as two persons. */
static void test_weight_of_two(void **state)
{
    hbl_model model = make_model(0, 2);
    hbl_mnl *twice = NULL, *once = NULL;

    (void)state;
    for (size_t n = 0; n < PERSONS; n++)
        weight[n] = 2;
    assert_int_equal(hbl_mnl_estimate(&model, 1, &twice, NULL), HBL_OK);
    panel.weight = NULL;
    assert_int_equal(hbl_mnl_estimate(&model, 1, &once, NULL), HBL_OK);
    assert_close(twice->log_likelihood, 2 * once->log_likelihood, 1e-13);
    for (size_t k = 0; k < 5; k++) {
        assert_close(twice->estimate[k], once->estimate[k], 1e-7);
        assert_close(twice->standard_error[k], once->standard_error[k] / sqrt(2), 1e-7);
    }
    hbl_mnl_free(twice);
    hbl_mnl_free(once);
}

static void test_same_for_any_threads(void **state)
{
    const hbl_model model = make_model(1, 2);
    hbl_mnl *one = NULL, *three = NULL;

    (void)state;
    assert_int_equal(hbl_mnl_estimate(&model, 1, &one, NULL), HBL_OK);
    assert_int_equal(hbl_mnl_estimate(&model, 3, &three, NULL), HBL_OK);
    assert_memory_equal(one->estimate, three->estimate, 4 * sizeof(double));
    assert_memory_equal(one->hessian, three->hessian, 16 * sizeof(double));
    assert_memory_equal(&one->log_likelihood, &three->log_likelihood, sizeof(double));
    assert_int_equal(one->evaluations, three->evaluations);
    hbl_mnl_free(one);
    hbl_mnl_free(three);
}

/* ---- far from the start ---- */

/* Fits the persons from first to end on their own, without scale. */
static hbl_mnl *fit_group(const hbl_model *model, size_t first, size_t end)
{
    size_t chosen[PERSONS * TASKS];
    const size_t first_row = first * TASKS * SIZE;
    hbl_panel part = panel;
    hbl_model group = *model;
    hbl_mnl *mnl = NULL;

    for (size_t t = 0; t < (end - first) * TASKS; t++)
        chosen[t] = task_chosen[t + first * TASKS] - first_row;
    part.n_persons = end - first;
    part.n_tasks = part.n_persons * TASKS;
    part.n_rows = part.n_tasks * SIZE;
    part.task_chosen = chosen;
    part.weight = weight + first;
    group.panel = &part;
    group.x = x + first_row * 3;
    group.n_scale = 0;
    group.n_coefficients = 1;
    assert_int_equal(hbl_mnl_estimate(&group, 1, &mnl, NULL), HBL_OK);
    assert_true(mnl->converged);
    return mnl;
}

/* One coefficient and two groups, a scale for the second: the same as a logit for each group. */
static void check_two_groups(size_t n_first, double first_scale, double second_scale)
{
    double zero[] = {0, 0};
    hbl_model model = make_model(2, 1);
    hbl_mnl *mnl = NULL, *first, *second;

    model.held = zero;
    for (size_t n = 0; n < PERSONS; n++) {
        v[n] = n >= n_first;
        for (size_t t = n * TASKS; t < (n + 1) * TASKS; t++)
            draw_task(t, n >= n_first ? second_scale : first_scale);
    }
    assert_int_equal(hbl_mnl_estimate(&model, 1, &mnl, NULL), HBL_OK);
    first = fit_group(&model, 0, n_first);
    second = fit_group(&model, n_first, PERSONS);
    assert_true(mnl->converged && !mnl->singular && mnl->iterations < 30);
    assert_close(mnl->log_likelihood, first->log_likelihood + second->log_likelihood, 1e-12);
    assert_close(mnl->estimate[0], first->estimate[0], 1e-9);
    assert_close(mnl->estimate[0] * exp(mnl->estimate[1]), second->estimate[0], 1e-9);
    hbl_mnl_free(mnl);
    hbl_mnl_free(first);
    hbl_mnl_free(second);
}

/* A few whose scale is far above that of the many: at the fit without scale the Hessian is not
 * positive definite. */
static void test_two_groups(void **state)
{
    (void)state;
    check_two_groups(PERSONS / 2, 1, 1);
    check_two_groups(PERSONS / 2, 3, 0.1);
    check_two_groups(PERSONS - 20, 0.1, 3);
}

/* ---- where the scale is not identified, or runs away ---- */

/* v the same for everyone: the scale cannot be told from the size of b. */
static void test_constant_scale(void **state)
{
    const hbl_model model = make_model(0, 1);
    hbl_mnl *mnl = NULL;
    double variance[16];

    (void)state;
    for (size_t n = 0; n < PERSONS; n++)
        v[n] = 1;
    assert_int_equal(hbl_mnl_estimate(&model, 1, &mnl, NULL), HBL_OK);
    assert_true(mnl->singular);
    assert_close(mnl->log_likelihood, fits[0].log_likelihood, 1e-9);
    assert_int_equal(hbl_mnl_robust(&model, mnl, variance, NULL), HBL_OK);
    for (size_t k = 0; k < 4; k++)
        assert_true(isfinite(mnl->estimate[k]) && isnan(mnl->standard_error[k]) &&
                    isnan(variance[5 * k]));
    hbl_mnl_free(mnl);
}

/* The first half choose the best alternative whatever it is worth: their scale has no maximum. */
static void test_scale_runs_away(void **state)
{
    double zero[] = {0, 0};
    hbl_model only_a = make_model(2, 1);
    hbl_mnl *mnl = NULL;

    (void)state;
    only_a.held = zero;
    for (size_t n = 0; n < PERSONS; n++)
        v[n] = n < PERSONS / 2;
    for (size_t t = 0; t < PERSONS / 2 * TASKS; t++)
        for (size_t row = t * SIZE; row < (t + 1) * SIZE; row++)
            if (x[row * 3] < x[task_chosen[t] * 3])
                task_chosen[t] = row;
    assert_int_equal(hbl_mnl_estimate(&only_a, 1, &mnl, NULL), HBL_OK);
    assert_false(mnl->converged);
    assert_true(isfinite(mnl->log_likelihood) && mnl->estimate[1] > 2);
    hbl_mnl_free(mnl);
}

/* ---- shares ---- */

static void test_shares(void **state)
{
    const hbl_model model = make_model(1, 2);
    const double coefficient[] = {-0.4, 0.8, 0.6, -0.5};
    double observed[SIZE], fitted[SIZE], expected[2][SIZE] = {{0}}, total = 0;

    (void)state;
    for (size_t n = 0; n < PERSONS; n++)
        for (size_t t = n * TASKS; t < (n + 1) * TASKS; t++) {
            const double s = exp(0.6 * v[2 * n] - 0.5 * v[2 * n + 1]);
            double p[SIZE], sum = 0;
            for (size_t j = 0; j < SIZE; j++) {
                const double *at = x + (t * SIZE + j) * 3;
                sum += p[j] = exp(s * (-0.4 * at[0] + 0.8 * at[1] + 0.5 * at[2]));
            }
            for (size_t j = 0; j < SIZE; j++)
                expected[1][j] += weight[n] * p[j] / sum;
            expected[0][task_chosen[t] - t * SIZE] += weight[n];
            total += weight[n];
        }
    assert_int_equal(hbl_mnl_shares(&model, coefficient, observed, fitted, NULL), HBL_OK);
    for (size_t j = 0; j < SIZE; j++) {
        assert_close(observed[j], expected[0][j] / total, 1e-12);
        assert_close(fitted[j], expected[1][j] / total, 1e-12);
    }
    assert_int_equal(hbl_mnl_shares(&model, coefficient, NULL, fitted, NULL), HBL_OK);
    assert_int_equal(hbl_mnl_shares(&model, NULL, observed, NULL, NULL), HBL_OK);
}

/* Where everyone is offered the same, sum_j W_j ln (W_j / W). */
static void test_shares_log_likelihood(void **state)
{
    const hbl_model model = make_model(0, 0);
    double observed[SIZE], total = 0, expected = 0, actual;

    (void)state;
    assert_int_equal(hbl_mnl_shares(&model, NULL, observed, NULL, NULL), HBL_OK);
    for (size_t n = 0; n < PERSONS; n++)
        total += weight[n] * TASKS;
    for (size_t j = 0; j < SIZE; j++)
        expected += total * observed[j] * log(observed[j]);
    assert_int_equal(hbl_mnl_shares_log_likelihood(&model, &actual, NULL), HBL_OK);
    assert_close(actual, expected, 1e-13);
}

/* Tasks that offer a random subset of the alternatives with the chosen one. */
static void make_ragged(void)
{
    size_t rows = 0;

    for (size_t t = 0; t < PERSONS * TASKS; t++) {
        const size_t chosen = task_chosen[t];
        for (size_t j = 0; j < SIZE; j++) {
            if (t * SIZE + j == chosen)
                task_chosen[t] = rows;
            else if (uniform() < 0.2 + 0.1 * (double)j)
                continue;
            row_alternative[rows++] = (int32_t)j;
        }
        task_row[t + 1] = rows;
    }
    panel.n_rows = rows;
}

/* Hunter's (2004) minorisation: worth_j = W_j / sum_{t offers j} w_t / sum_{i in t} worth_i. */
static double minorised(void)
{
    double worth[SIZE], chosen[SIZE] = {0}, value = 0;

    for (size_t j = 0; j < SIZE; j++)
        worth[j] = 1;
    for (size_t t = 0; t < panel.n_tasks; t++)
        chosen[row_alternative[task_chosen[t]]] += weight[t / TASKS];
    for (int iteration = 0; iteration < 2000; iteration++) {
        double divisor[SIZE] = {0};
        value = 0;
        for (size_t t = 0; t < panel.n_tasks; t++) {
            double sum = 0;
            for (size_t row = task_row[t]; row < task_row[t + 1]; row++)
                sum += worth[row_alternative[row]];
            for (size_t row = task_row[t]; row < task_row[t + 1]; row++)
                divisor[row_alternative[row]] += weight[t / TASKS] / sum;
            value += weight[t / TASKS] * log(worth[row_alternative[task_chosen[t]]] / sum);
        }
        for (size_t j = 0; j < SIZE; j++)
            worth[j] = divisor[j] > 0 ? chosen[j] / divisor[j] : 0;
    }
    return value;
}

/* Another alternative of the task is chosen, or, where there is none, alternative 0. */
static void never_choose(int32_t alternative)
{
    for (size_t t = 0; t < panel.n_tasks; t++) {
        const size_t first = task_row[t], chosen = task_chosen[t];
        if (row_alternative[chosen] != alternative)
            continue;
        if (task_row[t + 1] - first > 1)
            task_chosen[t] = chosen == first ? first + 1 : first;
        else
            row_alternative[chosen] = 0;
    }
}

static void always_choose(int32_t alternative)
{
    for (size_t t = 0; t < panel.n_tasks; t++)
        for (size_t row = task_row[t]; row < task_row[t + 1]; row++)
            if (row_alternative[row] == alternative)
                task_chosen[t] = row;
}

static void test_ragged_shares(void **state)
{
    const hbl_model model = make_model(0, 0);
    double actual;

    (void)state;
    make_ragged();
    assert_int_equal(hbl_mnl_shares_log_likelihood(&model, &actual, NULL), HBL_OK);
    assert_close(actual, minorised(), 1e-10);
    never_choose(2);
    assert_int_equal(hbl_mnl_shares_log_likelihood(&model, &actual, NULL), HBL_OK);
    assert_close(actual, minorised(), 1e-10);
    always_choose(4); /* where minorisation crawls up to the limit */
    assert_int_equal(hbl_mnl_shares_log_likelihood(&model, &actual, NULL), HBL_OK);
    assert_close(actual, minorised(), 1e-3);
    assert_true(actual > minorised());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden_fits),
        cmocka_unit_test(test_chance_is_weighted),
        cmocka_unit_test(test_weight_of_two),
        cmocka_unit_test(test_same_for_any_threads),
        cmocka_unit_test(test_two_groups),
        cmocka_unit_test(test_constant_scale),
        cmocka_unit_test(test_scale_runs_away),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_shares_log_likelihood),
        cmocka_unit_test(test_ragged_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
