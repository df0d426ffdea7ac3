/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every allocation of the multinomial logit (fit, sandwich, shares) made to fail in turn: it is
 * told, and nothing is left behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "faults/own_allocator.h"

#ifdef OWN_ALLOCATOR

int main(void)
{
    puts("a sanitizer's allocator cannot be stood in for");
    return 77;
}

#else

#include "faults/allocations.h"
#include "hblogit/mnl.h"

/* Forty persons with two tasks of three alternatives, one free, one held coefficient, a scale. */
enum { PERSONS = 40, TASKS = 2 * PERSONS, ROWS = 3 * TASKS };

static size_t person_task[PERSONS + 1], task_row[TASKS + 1], task_chosen[TASKS];
static int32_t row_alternative[ROWS];
static double x[2 * ROWS], v[PERSONS];
static double held[] = {0.5};
static const hbl_panel panel = {.n_persons = PERSONS,
                                .n_tasks = TASKS,
                                .n_rows = ROWS,
                                .n_alternatives = 3,
                                .person_task = person_task,
                                .task_row = task_row,
                                .task_chosen = task_chosen,
                                .row_alternative = row_alternative};
static const hbl_model model = {.panel = &panel,
                                .n_fixed = 1,
                                .n_held = 1,
                                .n_columns = 2,
                                .n_scale = 1,
                                .n_coefficients = 2,
                                .x = x,
                                .held = held,
                                .v = v};

static int set_up(void **state)
{
    unsigned generator = 1;

    (void)state;
    for (size_t n = 0; n <= PERSONS; n++)
        person_task[n] = 2 * n;
    for (size_t t = 0; t <= TASKS; t++)
        task_row[t] = 3 * t;
    for (size_t n = 0; n < PERSONS; n++)
        v[n] = n % 2 == 0;
    for (size_t row = 0; row < ROWS; row++) {
        row_alternative[row] = (int32_t)(row % 3);
        for (size_t k = 0; k < 2; k++) {
            generator = (generator * 1103 + 12345) % 65536;
            x[2 * row + k] = (generator + 0.5) / 65536;
        }
    }
    for (size_t t = 0; t < TASKS; t++)
        task_chosen[t] = 3 * t + (t / 2) % 3;
    return 0;
}

static int stage(hbl_error *error)
{
    hbl_mnl *mnl = NULL;
    double variance[4], observed[3], fitted[3], log_likelihood;
    int status = hbl_mnl_estimate(&model, 1, &mnl, error);

    if (!status)
        status = hbl_mnl_robust(&model, mnl, variance, error);
    if (!status)
        status = hbl_mnl_shares(&model, mnl->estimate, observed, fitted, error);
    if (!status)
        status = hbl_mnl_shares_log_likelihood(&model, &log_likelihood, error);
    hbl_mnl_free(mnl);
    return status;
}

static void test_allocations(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    int64_t live;
    uint64_t n;

    (void)state;
    assert_int_equal(stage(&error), HBL_OK); /* once for what the C library keeps */
    live = allocations.live;
    allocations_begin(0);
    assert_int_equal(stage(&error), HBL_OK);
    n = allocations.n;
    assert_int_equal(allocations.live, live);
    if (n == 0)
        skip(); /* another program, such as valgrind, has taken them over */
    for (uint64_t k = 1; k <= n; k++) {
        int status;
        error = (hbl_error)HBL_ERROR_INIT;
        allocations_begin(k);
        status = stage(&error);
        assert_true(allocations_end());
        assert_int_equal(status, HBL_ERR_MEMORY);
        assert_true(*error.message != '\0');
        assert_int_equal(allocations.live, live);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_allocations, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
