/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hbl_model_check: small data sets, each with one thing wrong with it, and one with nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hblogit/model.h"

enum { PERSONS = 30, TASKS = 3, ALTERNATIVES = 3, MOST = 4 };

/* A balanced panel with columns that a test fills, names and intercepts as it likes. */
typedef struct {
    size_t person_task[PERSONS + 1], task_row[PERSONS * TASKS + 1], chosen[PERSONS * TASKS];
    int32_t alternative[PERSONS * TASKS * ALTERNATIVES];
    char *label[ALTERNATIVES];
    hbl_panel panel;
    double x[PERSONS * TASKS * ALTERNATIVES * MOST];
    size_t n_random, n_columns;
    const char *name[MOST];
    const size_t *block_of;
    const hbl_prior *prior; /* NULL: not known */
} fixture;

static unsigned long long random_state;

/* Uniform on (0, 1), from a linear congruential generator: any will do here. */
static double uniform(void)
{
    random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
    return ((double)(random_state >> 12) + 0.5) * 0x1p-52;
}

static void start(fixture *f, size_t n_random, size_t n_columns, size_t tasks)
{
    static char labels[ALTERNATIVES][2] = {"p", "q", "r"};
    const size_t n_tasks = PERSONS * tasks;

    *f = (fixture){.n_random = n_random, .n_columns = n_columns, .name = {"a", "b", "c", "d"}};
    random_state = 1;
    for (size_t n = 0; n <= PERSONS; n++)
        f->person_task[n] = n * tasks;
    for (size_t t = 0; t <= n_tasks; t++)
        f->task_row[t] = t * ALTERNATIVES;
    for (size_t t = 0; t < n_tasks; t++)
        f->chosen[t] = t * ALTERNATIVES + t % ALTERNATIVES;
    for (size_t r = 0; r < n_tasks * ALTERNATIVES; r++)
        f->alternative[r] = (int32_t)(r % ALTERNATIVES);
    for (size_t j = 0; j < ALTERNATIVES; j++)
        f->label[j] = labels[j];
    for (size_t i = 0; i < n_tasks * ALTERNATIVES * n_columns; i++)
        f->x[i] = uniform();
    f->panel = (hbl_panel){.n_persons = PERSONS,
                           .n_tasks = n_tasks,
                           .n_rows = n_tasks * ALTERNATIVES,
                           .n_alternatives = ALTERNATIVES,
                           .person_task = f->person_task,
                           .task_row = f->task_row,
                           .task_chosen = f->chosen,
                           .row_alternative = f->alternative,
                           .alternative_label = f->label};
}

static double *cell(fixture *f, size_t row, size_t column)
{
    return &f->x[row * f->n_columns + column];
}

static hbl_findings *check(fixture *f)
{
    const hbl_mixing *const mixing[MOST] = {hbl_mixings[0], hbl_mixings[0], hbl_mixings[0],
                                            hbl_mixings[0]};
    hbl_error error = HBL_ERROR_INIT;
    hbl_findings *findings = NULL;
    hbl_model *model = NULL;

    if (hbl_model_from_arrays(&f->panel, f->n_random, f->n_columns - f->n_random, f->name, f->x,
                              mixing, NULL, NULL, f->block_of, &model, &error) ||
        hbl_model_check(model, f->prior, &findings, &error))
        fail_msg("%s", error.message);
    hbl_model_free(model);
    return findings;
}

static void finds(fixture *f, hbl_severity severity, const char *text)
{
    hbl_findings *findings = check(f);

    assert_int_equal(findings->n_findings, 1);
    assert_string_equal(findings->finding[0].text, text);
    assert_int_equal(findings->finding[0].severity, severity);
    hbl_findings_free(findings);
}

static void nothing(void **state)
{
    fixture f;
    hbl_findings *findings;

    (void)state;
    start(&f, 3, 4, TASKS);
    findings = check(&f);
    assert_int_equal(findings->n_findings, 0);
    hbl_findings_free(findings);
}

static void constant_within_tasks(void **state)
{
    fixture f;

    (void)state;
    start(&f, 2, 3, TASKS);
    for (size_t r = 0; r < f.panel.n_rows; r++)
        *cell(&f, r, 2) = 0.1 * (double)(r / ALTERNATIVES);
    finds(&f, HBL_FINDING_ERROR,
          "\"c\" is the same for all alternatives of every task, so that no choice depends on it; "
          "take it out, or put it into the formula's second part for a coefficient by alternative");
}

/* c = 2 a - b + something constant within tasks; d has no part in it. */
static void collinear(void **state)
{
    fixture f;

    (void)state;
    start(&f, 4, 4, TASKS);
    for (size_t r = 0; r < f.panel.n_rows; r++)
        *cell(&f, r, 3) =
            2.0 * *cell(&f, r, 0) - *cell(&f, r, 2) + 1e3 * (double)(r / ALTERNATIVES);
    finds(&f, HBL_FINDING_ERROR,
          "\"d\" is, within tasks, a linear combination of \"a\", \"c\": their coefficients cannot "
          "be told apart; leave one of them out");
}

/* Two dependencies are told one by one, the second without the column that is out already. */
static void collinear_twice(void **state)
{
    hbl_findings *findings;
    fixture f;

    (void)state;
    start(&f, 0, 4, TASKS);
    for (size_t r = 0; r < f.panel.n_rows; r++) {
        *cell(&f, r, 1) = -3e-5 * *cell(&f, r, 0);
        *cell(&f, r, 3) = *cell(&f, r, 1) + *cell(&f, r, 2);
    }
    findings = check(&f);
    assert_true(findings->n_findings >= 2);
    assert_non_null(strstr(findings->finding[0].text, "\"b\" is, within tasks, a linear "
                                                      "combination of \"a\":"));
    assert_non_null(strstr(findings->finding[1].text, "\"d\" is, within tasks, a linear "
                                                      "combination of \"a\", \"c\":"));
    hbl_findings_free(findings);
}

static void almost_collinear(void **state)
{
    fixture f;

    (void)state;
    start(&f, 2, 3, TASKS);
    for (size_t r = 0; r < f.panel.n_rows; r++)
        *cell(&f, r, 2) = *cell(&f, r, 0) + 1e-4 * *cell(&f, r, 2);
    finds(&f, HBL_FINDING_WARNING,
          "\"c\" is, within tasks, almost a linear combination of \"a\": their coefficients will "
          "be uncertain and correlated");
}

static void unlike_scales(void **state)
{
    fixture f;
    hbl_findings *findings;

    (void)state;
    start(&f, 2, 3, TASKS);
    for (size_t r = 0; r < f.panel.n_rows; r++)
        *cell(&f, r, 1) *= 1e6;
    findings = check(&f);
    assert_int_equal(findings->n_findings, 1);
    assert_int_equal(findings->finding[0].severity, HBL_FINDING_WARNING);
    assert_non_null(strstr(findings->finding[0].text, "\"b\" varies 1e+06 times as much as"));
    hbl_findings_free(findings);
}

static const hbl_prior flat = {.fixed_precision = 0}, proper = {.fixed_precision = 0.01};

static void separation(void **state)
{
    fixture f;

    (void)state;
    start(&f, 2, 3, TASKS);
    for (size_t t = 0; t < f.panel.n_tasks; t++) {
        for (size_t j = 0; j < ALTERNATIVES; j++)
            *cell(&f, t * ALTERNATIVES + j, 2) = 1.0;
        *cell(&f, f.chosen[t], 2) = t % 5 == 0 ? 0.5 : 1.0;
    }
    finds(&f, HBL_FINDING_WARNING,
          "\"c\" separates the choices: the chosen alternative never has more of it than another; "
          "its coefficient has no maximum of the likelihood, and only the prior holds it; give "
          "fixed coefficients a prior (hb.prior.fixed.precision) or leave it out");
    f.prior = &flat;
    finds(&f, HBL_FINDING_ERROR,
          "\"c\" separates the choices: the chosen alternative never has more of it than another; "
          "its coefficient has no maximum of the likelihood, and only the prior holds it; give "
          "fixed coefficients a prior (hb.prior.fixed.precision) or leave it out");
    f.prior = &proper;
    *cell(&f, f.chosen[1], 2) = 2.0;
    hbl_findings *findings = check(&f);
    assert_int_equal(findings->n_findings, 0);
    hbl_findings_free(findings);
}

static void never_chosen(void **state)
{
    hbl_findings *findings;
    fixture f;

    (void)state;
    start(&f, 2, 4, TASKS);
    for (size_t t = 0; t < f.panel.n_tasks; t++)
        f.chosen[t] = t * ALTERNATIVES + t % 2;
    finds(&f, HBL_FINDING_NOTE, "alternative \"r\" is never chosen");
    f.name[2] = "(Intercept):q";
    f.name[3] = "(Intercept):r";
    for (size_t r = 0; r < f.panel.n_rows; r++) {
        *cell(&f, r, 2) = r % ALTERNATIVES == 1;
        *cell(&f, r, 3) = r % ALTERNATIVES == 2;
    }
    f.prior = &proper;
    finds(&f, HBL_FINDING_WARNING,
          "alternative \"r\" is never chosen: the larger the intercepts against it, the better, "
          "without end, and only the prior holds them; leave the alternative or the intercepts "
          "out, or give fixed coefficients a prior (hb.prior.fixed.precision)");
    f.prior = &flat;
    findings = check(&f);
    assert_int_equal(findings->n_findings, 1);
    assert_int_equal(findings->finding[0].severity, HBL_FINDING_ERROR);
    hbl_findings_free(findings);
}

static void few_persons(void **state)
{
    const size_t one_by_one[MOST] = {0, 1, 2, 3};
    fixture f;

    (void)state;
    start(&f, 4, 4, TASKS);
    f.panel.n_persons = 9;
    f.panel.n_tasks = 9 * TASKS;
    f.panel.n_rows = 9 * TASKS * ALTERNATIVES;
    finds(&f, HBL_FINDING_WARNING,
          "the covariance of 4 random coefficients has 10 parameters, but there are only 9 "
          "persons: the prior will decide most of it; use \"correlation\": \"none\" or smaller "
          "blocks");
    f.block_of = one_by_one;
    hbl_findings *findings = check(&f);
    assert_int_equal(findings->n_findings, 0);
    hbl_findings_free(findings);
}

static void one_task_a_person(void **state)
{
    fixture f;

    (void)state;
    start(&f, 2, 3, 1);
    finds(&f, HBL_FINDING_WARNING,
          "every person has one task only, which says next to nothing of how persons differ: "
          "variances of random coefficients, of intercepts above all, will follow the prior; is "
          "\"person\" missing in \"data\"?");
    f.n_random = 0;
    hbl_findings *findings = check(&f);
    assert_int_equal(findings->n_findings, 0);
    hbl_findings_free(findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing),          cmocka_unit_test(constant_within_tasks),
        cmocka_unit_test(collinear),        cmocka_unit_test(collinear_twice),
        cmocka_unit_test(almost_collinear), cmocka_unit_test(unlike_scales),
        cmocka_unit_test(separation),       cmocka_unit_test(never_chosen),
        cmocka_unit_test(few_persons),      cmocka_unit_test(one_task_a_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
