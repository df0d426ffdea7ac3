/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pooled multinomial logit on real surveys against R's survival::clogit:
 *
 *     d <- read.csv("electricity.csv")
 *     clogit(choice ~ pf + cl + loc + wk + tod + seas + strata(obsID), d, method = "exact",
 *            control = coxph.control(eps = 1e-13, toler.chol = 1e-14))
 *
 * and the same for camera.csv with strata(paste(id, task)); for cars_us.csv with weights = weights,
 * method = "breslow" and cluster = id, whose naive variance is the Hessian's and whose variance the
 * sandwich by person. Exit 77 where the surveys are absent.
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
    const char *file, *task, *weight;
    size_t n_persons, n_columns;
    const char *column[MOST_COLUMNS];
    double estimate[MOST_COLUMNS], standard_error[MOST_COLUMNS], log_likelihood;
    double robust[MOST_COLUMNS]; /* 0: not known */
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

/* clogit's log-likelihood of weighted data is another: this one was summed in R over its fitted
 * probabilities. */
static const survey cars = {
    .file = FOLDER "cars_us.csv",
    .task = "obsnum",
    .weight = "weights",
    .n_persons = 384,
    .n_columns = 5,
    .column = {"hev", "phev10", "phev20", "price", "opCost"},
    .estimate = {0.3517708271704507, 0.4598901211652366, 0.6308558935717099, -0.04575438097868781,
                 -0.07396779174278452},
    .standard_error = {0.06377922865970251, 0.06354012994919672, 0.06183056860467572,
                       0.00191572514378454, 0.004560448784634031},
    .robust = {0.1168718632230373, 0.1232540584241898, 0.1188249704972183, 0.007196971694847833,
               0.01201354094965914},
    .log_likelihood = -3825.68699174875,
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

static char *word(char *room, size_t size, const char *text)
{
    snprintf(room, size, "%s", text ? text : "");
    return text ? room : NULL;
}

static void compare_robust(const survey *s, const hbl_model *model, const hbl_mnl *mnl)
{
    const size_t n = s->n_columns;
    double variance[MOST_COLUMNS * MOST_COLUMNS];

    assert_int_equal(hbl_mnl_robust(model, mnl, variance, NULL), HBL_OK);
    for (size_t k = 0; k < n && s->robust[k] > 0; k++)
        assert_close(sqrt(variance[k * n + k]), s->robust[k], 1e-8);
}

static void compare(const survey *s)
{
    char file[64], task[16], weight[16], person[] = "id", choice[] = "choice";
    const hbl_data_spec spec = {.file = word(file, sizeof file, s->file),
                                .person = person,
                                .task = word(task, sizeof task, s->task),
                                .choice = choice,
                                .weight = word(weight, sizeof weight, s->weight)};
    hbl_data *data = NULL;
    hbl_likelihood *likelihood = NULL;
    hbl_mnl *mnl = NULL;

    assert_int_equal(hbl_data_read(&spec, NULL, &data, NULL), HBL_OK);
    double *x = design_of(s, data->table, data->panel);
    const hbl_model model = {
        .panel = data->panel, .n_columns = s->n_columns, .n_coefficients = s->n_columns, .x = x};
    assert_int_equal(data->panel->n_persons, s->n_persons);
    assert_int_equal(hbl_likelihood_alloc(&model, HBL_PRECISION_MIXED, NULL, &likelihood, NULL),
                     HBL_OK);
    assert_int_equal(hbl_mnl_fit(likelihood, 2, &mnl, NULL), HBL_OK);
    assert_true(mnl->converged && !mnl->singular);
    assert_close(mnl->log_likelihood, s->log_likelihood, 1e-12);
    for (size_t k = 0; k < s->n_columns; k++) {
        assert_close(mnl->estimate[k], s->estimate[k], 1e-10);
        assert_close(mnl->standard_error[k], s->standard_error[k], 1e-10);
    }
    compare_robust(s, &model, mnl);
    hbl_mnl_free(mnl);
    hbl_likelihood_free(likelihood);
    free(x);
    hbl_data_free(data);
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

static void test_cars(void **state)
{
    (void)state;
    compare(&cars);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_electricity),
        cmocka_unit_test(test_camera),
        cmocka_unit_test(test_cars),
    };
    FILE *file = fopen(electricity.file, "r");

    if (!file) {
        printf("skipped: there is no %s\n", electricity.file);
        return 77;
    }
    fclose(file);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
