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

/* MANY: tasks of a person that are too many to be looked at all at once. */
enum { PERSONS = 30, TASKS = 3, MANY = 100, ALTERNATIVES = 3, MOST = 4 };

/* A balanced panel with columns that a test fills, names and intercepts as it likes. */
typedef struct {
    size_t person_task[PERSONS + 1], task_row[PERSONS * MANY + 1], chosen[PERSONS * MANY];
    int32_t alternative[PERSONS * MANY * ALTERNATIVES];
    char *label[ALTERNATIVES];
    hbl_panel panel;
    double x[PERSONS * MANY * ALTERNATIVES * MOST];
    size_t n_random, n_columns;
    const char *name[MOST];
    const size_t *block_of;
    const hbl_prior *prior; /* NULL: maximum likelihood */
    hbl_model_parts more;   /* scale, held and covariates */
} fixture;

static const hbl_prior flat = {.fixed_precision = 0}, proper = {.fixed_precision = 0.01};

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

    *f = (fixture){.n_random = n_random,
                   .n_columns = n_columns,
                   .name = {"a", "b", "c", "d"},
                   .prior = &proper};
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
    hbl_model_parts parts = f->more;
    hbl_error error = HBL_ERROR_INIT;
    hbl_findings *findings = NULL;
    hbl_model *model = NULL;

    parts.n_random = f->n_random;
    parts.n_fixed = f->n_columns - f->n_random - parts.n_held;
    parts.name = f->name;
    parts.x = f->x;
    parts.mixing = mixing;
    parts.block_of = f->block_of;
    if (hbl_model_from_parts(&f->panel, &parts, &model, &error) ||
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
          "take it out, or put it into the formula's second part for a coefficient by alternative "
          "(choice ~ x | c)");
    for (size_t r = 0; r < f.panel.n_rows; r++)
        *cell(&f, r, 2) = 7.0;
    finds(&f, HBL_FINDING_ERROR,
          "\"c\" is the same everywhere, so that no choice depends on it; take it out");
}

/* An attribute of alternatives that is the same in every task is a combination of intercepts. */
static void absorbed(void **state)
{
    fixture f;

    (void)state;
    start(&f, 0, 4, TASKS);
    f.name[1] = "(Intercept):q";
    f.name[3] = "(Intercept):r";
    for (size_t r = 0; r < f.panel.n_rows; r++) {
        *cell(&f, r, 0) = r % ALTERNATIVES == 0 ? 3.0 : r % ALTERNATIVES == 1 ? 8.0 : 4.0;
        *cell(&f, r, 1) = r % ALTERNATIVES == 1;
        *cell(&f, r, 3) = r % ALTERNATIVES == 2;
    }
    finds(&f, HBL_FINDING_ERROR,
          "\"a\" differs between alternatives but never within one, so that the intercepts absorb "
          "it: \"(Intercept):q\", \"(Intercept):r\" say the same and more; take the intercepts out "
          "(\"| 0\" for the formula's second part) or leave \"a\" out");
    for (size_t r = 0; r < f.panel.n_rows; r++)
        *cell(&f, r, 0) += uniform();
    hbl_findings *findings = check(&f);
    assert_int_equal(findings->n_findings, 0);
    hbl_findings_free(findings);
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

    (void)state;
    start(&f, 2, 3, TASKS);
    for (size_t r = 0; r < f.panel.n_rows; r++)
        *cell(&f, r, 1) *= 1e6;
    f.name[1] = "cost:car";
    finds(
        &f, HBL_FINDING_WARNING,
        "\"cost:car\" differs by about 2.9e+05 within a task, so that its coefficient is far from "
        "1 and a prior on the scale of 1 does not suit it; divide cost by 100000: \"derived\": "
        "{\"cost_scaled\": \"cost / 100000\"} under \"data\", and that name in the formula");
    for (size_t r = 0; r < f.panel.n_rows; r++) {
        *cell(&f, r, 1) /= 1e6;
        *cell(&f, r, 2) *= 1e-3;
    }
    f.prior = NULL;
    finds(&f, HBL_FINDING_NOTE,
          "\"c\" differs by about 0.00028 within a task, so that its coefficient is far from 1 and "
          "hard to read and to compute beside others; multiply c by 10000: \"derived\": "
          "{\"c_scaled\": \"c * 10000\"} under \"data\", and that name in the formula");
    /* rare, not small */
    for (size_t r = 0; r < f.panel.n_rows; r++)
        *cell(&f, r, 2) = r == 0 || r == 4 ? 0.11 : 0.0;
    *cell(&f, 1, 2) = 0.1;
    *cell(&f, 3, 2) = 0.2;
    hbl_findings *findings = check(&f);
    assert_int_equal(findings->n_findings, 0);
    hbl_findings_free(findings);
}

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

/* 4 a + b is 1 for the chosen alternative and 0 for others, in every `period`-th task; otherwise
 * all have 0: nothing but the two together tells the choices. */
static void separate_together(fixture *f, size_t period)
{
    for (size_t r = 0; r < f->panel.n_rows; r++) {
        const size_t t = r / ALTERNATIVES;

        *cell(f, r, 1) = (t % period == 0 && f->chosen[t] == r ? 1.0 : 0.0) - 4.0 * *cell(f, r, 0);
    }
}

static void together(void **state)
{
    static const char with_prior[] =
        "together \"a\", \"b\" separate the choices: a combination of them is never less for the "
        "chosen alternative than for another; their coefficients have no maximum of the "
        "likelihood, and only the prior holds them; leave some of them out, or give fixed "
        "coefficients a prior (hb.prior.fixed.precision)";
    fixture f;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        start(&f, 0, 3, i < 2 ? TASKS : MANY);
        separate_together(&f, i % 2 == 0 ? 1 : 30);
        finds(&f, HBL_FINDING_WARNING, with_prior);
        f.prior = &flat;
        finds(&f, HBL_FINDING_ERROR, with_prior);
        f.prior = NULL;
        finds(&f, HBL_FINDING_ERROR,
              "together \"a\", \"b\" separate the choices: a combination of them is never less for "
              "the chosen alternative than for another; their coefficients have no maximum of the "
              "likelihood, and nothing holds them; leave some of them out");
        /* task 1 is task 0 with another choice: no direction favours both */
        memcpy(cell(&f, ALTERNATIVES, 0), cell(&f, 0, 0), 3 * ALTERNATIVES * sizeof *f.x);
        hbl_findings *findings = check(&f);
        assert_int_equal(findings->n_findings, 0);
        hbl_findings_free(findings);
    }
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
    hbl_findings *findings;

    (void)state;
    start(&f, 2, 3, 1);
    finds(&f, HBL_FINDING_WARNING,
          "every person has one task only, which says next to nothing of how persons differ: "
          "variances of random coefficients will follow the prior; is \"person\" missing in "
          "\"data\"?");
    f.name[1] = "(Intercept):q";
    findings = check(&f);
    assert_int_equal(findings->n_findings, 2);
    assert_string_equal(findings->finding[1].text,
                        "30 of 30 persons have one task only, where the random intercepts "
                        "\"(Intercept):q\" are hardly told from the error term: leave them fixed, "
                        "or give data.person the column that joins a person's tasks");
    hbl_findings_free(findings);
    f.n_random = 0;
    findings = check(&f);
    assert_int_equal(findings->n_findings, 0);
    hbl_findings_free(findings);
}

static void weights(void **state)
{
    double weight[PERSONS];
    fixture f;

    (void)state;
    start(&f, 1, 3, TASKS);
    for (size_t n = 0; n < PERSONS; n++)
        weight[n] = 1.0 + (double)n;
    f.panel.weight = weight;
    finds(&f, HBL_FINDING_ERROR,
          "hierarchical Bayes does not use the weights of persons; leave data.weight out, or "
          "estimate with \"method\": \"msl\"");
    f.prior = NULL;
    hbl_findings *findings = check(&f);
    assert_int_equal(findings->n_findings, 0);
    hbl_findings_free(findings);
}

/* The scale's constant needs a coefficient that is held; its columns must differ between persons.
 */
static void scale(void **state)
{
    static const char *const held_name[] = {"h"};
    static const double held[] = {-1.0};
    double v[PERSONS * 2];
    fixture f;

    (void)state;
    start(&f, 0, 2, TASKS);
    for (size_t n = 0; n < PERSONS; n++) {
        v[2 * n] = 1.0;
        v[2 * n + 1] = uniform();
    }
    f.name[2] = "scale:(Intercept)";
    f.name[3] = "scale:age";
    f.more = (hbl_model_parts){.n_scale = 2, .v = v};
    finds(&f, HBL_FINDING_ERROR,
          "the constant of the scale multiplies all coefficients alike, so that it cannot be told "
          "from them: take \"1\" out of the formula's fourth part, or hold one coefficient "
          "(\"held\": {\"price\": -1})");
    f.n_columns = 3;
    f.more.n_held = 1;
    f.more.held_name = held_name;
    f.more.held = held;
    hbl_findings *findings = check(&f);
    assert_int_equal(findings->n_findings, 0);
    hbl_findings_free(findings);
    for (size_t n = 0; n < PERSONS; n++)
        v[2 * n + 1] = 3.0;
    finds(&f, HBL_FINDING_ERROR,
          "\"scale:age\" is the same for all persons, so that nothing depends on it; take it out");
}

static void covariates(void **state)
{
    static const char *const name[] = {"age", "months"};
    double w[PERSONS * 2];
    fixture f;

    (void)state;
    start(&f, 1, 2, TASKS);
    for (size_t n = 0; n < PERSONS; n++) {
        w[2 * n] = 20.0 + 50.0 * uniform();
        w[2 * n + 1] = 12.0 * w[2 * n] + 5.0;
    }
    f.more = (hbl_model_parts){.n_covariates = 2, .covariate_name = name, .w = w};
    finds(&f, HBL_FINDING_ERROR,
          "\"months\" is, over persons, a linear combination of \"age\": their effects cannot be "
          "told apart; leave one of them out");
    w[1] += 1.0;
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
        cmocka_unit_test(absorbed),         cmocka_unit_test(together),
        cmocka_unit_test(weights),          cmocka_unit_test(scale),
        cmocka_unit_test(covariates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
