/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pooled multinomial logit on real surveys against R's survival::clogit:
 *
 *     d <- read.csv("electricity.csv")
 *     clogit(choice ~ pf + cl + loc + wk + tod + seas + strata(obsID), d, method = "exact",
 *            control = coxph.control(eps = 1e-13, toler.chol = 1e-14))
 *
 * and the same for camera.csv with strata(paste(id, task)). Exit 77 where the surveys are absent.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "likelihood/likelihood.h"

#define FOLDER "../shared/data/"

enum { MOST_COLUMNS = 10 };

typedef struct {
    const char *file, *task;
    size_t n_persons, n_columns;
    const char *column[MOST_COLUMNS];
    double estimate[MOST_COLUMNS], standard_error[MOST_COLUMNS], log_likelihood;
} survey;

static const survey electricity = {
    .file = FOLDER "electricity.csv",
    .task = "obsID",
    .n_persons = 361,
    .n_columns = 6,
    .column = {"pf", "cl", "loc", "wk", "tod", "seas"},
    .estimate = {-0.625227765403641, -0.108299090259003, 1.442242871630119, 0.995504004752349,
                 -5.462758656314564, -5.840030834981714},
    .standard_error = {0.02322231635717452, 0.00824421534421694, 0.05055712453993619,
                       0.04478007609148633, 0.18371250844912632, 0.18667789658700937},
    .log_likelihood = -4958.64911933699,
};

static const survey camera = {
    .file = FOLDER "camera.csv",
    .task = "task",
    .n_persons = 332,
    .n_columns = 10,
    .column = {"canon", "sony", "nikon", "panasonic", "pixels", "zoom", "video", "swivel", "wifi",
               "price"},
    .estimate = {0.4650268452336723, 0.2383719090278235, 0.3116539329629441, 0.0226605798401125,
                 0.7582603529490544, 0.8193529037565415, 0.6278848985700594, 0.3671048018358785,
                 0.5778051752565510, -1.4855533456696448},
    .standard_error = {0.0759667793899843, 0.0766928370860632, 0.0765905072369557,
                       0.0778517354929228, 0.0421944210776511, 0.0419398624706763,
                       0.0406470657977770, 0.0402111280873457, 0.0416575712347757,
                       0.0324674012393193},
    .log_likelihood = -6503.74651822340,
};

/* The survey's columns as a design, row-major. */
static double *design_of(const survey *s, const hbl_table *table, const hbl_panel *panel)
{
    double *x = calloc(panel->n_rows * s->n_columns, sizeof *x);

    assert_non_null(x);
    for (size_t k = 0; k < s->n_columns; k++) {
        const hbl_column *column = hbl_table_column(table, s->column[k]);
        assert_non_null(column);
        for (size_t row = 0; row < panel->n_rows; row++)
            x[row * s->n_columns + k] = column->number[panel->row_source[row]];
    }
    return x;
}

static void assert_close(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not within a factor of 1 + %g of %.17g", value, relative, expected);
}

static void compare(const survey *s)
{
    char person[] = "id", alternative[] = "alt", choice[] = "choice", task[16];
    hbl_data_spec spec = {
        .person = person, .task = task, .alternative = alternative, .choice = choice};
    hbl_table *table = NULL;
    hbl_panel *panel = NULL;
    hbl_likelihood *likelihood = NULL;
    hbl_mnl *mnl = NULL;

    snprintf(task, sizeof task, "%s", s->task);
    assert_int_equal(hbl_table_read(s->file, NULL, &table, NULL), HBL_OK);
    assert_int_equal(hbl_panel_build(table, &spec, &panel, NULL, NULL), HBL_OK);
    double *x = design_of(s, table, panel);
    const hbl_model model = {
        .panel = panel, .n_columns = s->n_columns, .n_coefficients = s->n_columns, .x = x};
    assert_int_equal(panel->n_persons, s->n_persons);
    assert_int_equal(hbl_likelihood_alloc(&model, HBL_PRECISION_MIXED, NULL, &likelihood, NULL),
                     HBL_OK);
    assert_int_equal(hbl_mnl_fit(likelihood, 2, &mnl, NULL), HBL_OK);
    assert_true(mnl->converged && !mnl->singular);
    assert_close(mnl->log_likelihood, s->log_likelihood, 1e-12);
    for (size_t k = 0; k < s->n_columns; k++) {
        assert_close(mnl->estimate[k], s->estimate[k], 1e-8);
        assert_close(mnl->standard_error[k], s->standard_error[k], 1e-8);
    }
    hbl_mnl_free(mnl);
    hbl_likelihood_free(likelihood);
    free(x);
    hbl_panel_free(panel);
    hbl_table_free(table);
}

static void test_electricity(void **state)
{
    (void)state;
    compare(&electricity);
}

static void test_camera(void **state)
{
    (void)state;
    compare(&camera);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_electricity),
        cmocka_unit_test(test_camera),
    };
    FILE *file = fopen(electricity.file, "r");

    if (!file) {
        printf("skipped: there is no %s\n", electricity.file);
        return 77;
    }
    fclose(file);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
