/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The multinomial logits of ../shared/reference/published.md by the model files of
 * models/published, from the raw surveys to the digits printed there: each figure stands here as it
 * stands there, and must agree to half a unit of its last digit. Exit 77 where the surveys are
 * absent.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hblogit/mnl.h"
#include "hblogit/model.h"

#define FOLDER "../shared/data/"

enum { MOST_COLUMNS = 10, MOST_ALTERNATIVES = 5 };

/* ---- from model file to model ---- */

typedef struct {
    hbl_spec *spec;
    hbl_model *model;
} fixture;

/* A file of models/published, whose data stand in FOLDER. */
static fixture open_model(const char *name, size_t n_tasks)
{
    fixture f = {NULL, NULL};
    hbl_error error = HBL_ERROR_INIT;
    char path[256];

    snprintf(path, sizeof path, "models/published/%s.json", name);
    if (hbl_spec_read(path, NULL, 0, &f.spec, &error) ||
        hbl_model_build(f.spec, NULL, &f.model, &error))
        fail_msg("%s", error.message);
    assert_int_equal(f.model->panel->n_tasks, n_tasks);
    return f;
}

static void close_model(fixture *f)
{
    hbl_model_free(f->model);
    hbl_spec_free(f->spec);
}

/* By the name of an alternative. */
static size_t alternative_of(const hbl_panel *panel, const char *name)
{
    for (size_t j = 0; j < panel->n_alternatives; j++)
        if (strcmp(panel->alternative_label[j], name) == 0)
            return j;
    fail_msg("no alternative %s", name);
    return 0;
}

/* ---- figures as published ---- */

static void assert_published(const char *what, double value, const char *published)
{
    const char *const point = strchr(published, '.');
    const int decimals = point ? (int)strlen(point + 1) : 0;
    const double expected = strtod(published, NULL);

    if (!(fabs(value - expected) <= 0.5001 * pow(10, -decimals)))
        fail_msg("%s is %.12g, published as %s", what, value, published);
}

typedef struct {
    const char *name, *estimate, *standard_error; /* standard_error NULL: none is given */
} figure;

static size_t index_of(const hbl_model *model, const char *name)
{
    for (size_t k = 0; k < model->n_coefficients; k++)
        if (strcmp(model->name[k], name) == 0)
            return k;
    fail_msg("no coefficient %s", name);
    return 0;
}

/* Fits, and compares with the figures, which end with a name of NULL. */
static hbl_mnl *fit(const hbl_model *model, const char *log_likelihood, const figure *figures)
{
    hbl_mnl *mnl = NULL;

    assert_int_equal(hbl_mnl_estimate(model, 2, &mnl, NULL), HBL_OK);
    assert_true(mnl->converged && !mnl->singular);
    assert_published("the log-likelihood", mnl->log_likelihood, log_likelihood);
    for (; figures->name; figures++) {
        const size_t k = index_of(model, figures->name);
        assert_published(figures->name, mnl->estimate[k], figures->estimate);
        if (figures->standard_error)
            assert_published(figures->name, mnl->standard_error[k], figures->standard_error);
    }
    return mnl;
}

static void test_heating(void **state)
{
    static const figure figures[] = {{"ic", "-.0062318693", ".00035277397"},
                                     {"oc", "-.0045800830", ".00032216380"},
                                     {NULL, NULL, NULL}};
    fixture f = open_model("heating-generic", 900);
    hbl_mnl *mnl;

    (void)state;
    mnl = fit(f.model, "-1095.237125", figures);
    assert_published(
        "oc / ic", mnl->estimate[index_of(f.model, "oc")] / mnl->estimate[index_of(f.model, "ic")],
        ".7349453");
    hbl_mnl_free(mnl);
    close_model(&f);
}

/* The share of an alternative where a column of it is multiplied by a factor. */
static double share_after(const hbl_model *model, const double *estimate, size_t alternative,
                          size_t k, double factor)
{
    const size_t n = model->n_columns, n_rows = model->panel->n_rows;
    double *x = calloc(n_rows * n, sizeof *x), shares[MOST_ALTERNATIVES];
    hbl_model changed = *model;

    assert_non_null(x);
    memcpy(x, model->x, n_rows * n * sizeof *x);
    for (size_t row = 0; row < n_rows; row++)
        if ((size_t)model->panel->row_alternative[row] == alternative)
            x[row * n + k] *= factor;
    changed.x = x;
    assert_int_equal(hbl_mnl_shares(&changed, estimate, NULL, shares, NULL), HBL_OK);
    free(x);
    return shares[alternative];
}

static void test_heating_intercepts(void **state)
{
    static const figure figures[] = {{"(Intercept):gc", "1.7109793", ".22674214"},
                                     {"(Intercept):gr", ".30826325", ".20659222"},
                                     {"(Intercept):ec", "1.6588459", ".44841936"},
                                     {"(Intercept):er", "1.8534370", ".36195509"},
                                     {"ic", "-.0015331531", ".00062085625"},
                                     {"oc", "-.0069963679", ".0015540818"},
                                     {NULL, NULL, NULL}};
    fixture f = open_model("heating-intercepts", 900);
    const size_t hp = alternative_of(f.model->panel, "hp");
    double observed[MOST_ALTERNATIVES], fitted[MOST_ALTERNATIVES];
    hbl_mnl *mnl;

    (void)state;
    mnl = fit(f.model, "-1008.228722", figures);
    assert_int_equal(hbl_mnl_shares(f.model, mnl->estimate, observed, fitted, NULL), HBL_OK);
    assert_published("the share of hp", fitted[hp], ".05556");
    for (size_t j = 0; j < 5; j++) /* as intercepts make them */
        assert_true(fabs(observed[j] - fitted[j]) < 1e-9);
    assert_published("the share of hp after",
                     share_after(f.model, mnl->estimate, hp, index_of(f.model, "ic"), 0.9),
                     ".06446");
    hbl_mnl_free(mnl);
    close_model(&f);
}

/* Own elasticity d ln P_j / d ln x_j = b x_j (1 - P_j) at the means of the columns over tasks. */
static double own_elasticity(const hbl_model *model, const double *estimate, const char *column,
                             const char *alternative)
{
    const hbl_panel *panel = model->panel;
    const size_t n = model->n_columns, k = index_of(model, column);
    const size_t own = alternative_of(panel, alternative);
    double mean[MOST_ALTERNATIVES][MOST_COLUMNS] = {{0}}, own_exp = 0, sum = 0;

    for (size_t row = 0; row < panel->n_rows; row++)
        for (size_t i = 0; i < n; i++)
            mean[panel->row_alternative[row]][i] += model->x[row * n + i] / (double)panel->n_tasks;
    for (size_t j = 0; j < panel->n_alternatives; j++) {
        double utility = 0;
        for (size_t i = 0; i < n; i++)
            utility += mean[j][i] * estimate[i];
        sum += exp(utility);
        own_exp = j == own ? exp(utility) : own_exp;
    }
    return estimate[k] * mean[own][k] * (1 - own_exp / sum);
}

static void test_mode_canada(void **state)
{
    static const figure figures[] = {{"cost", "-.0284971454", ".0065590859"},
                                     {"freq", ".0740290208", ".0047327044"},
                                     {"(Intercept):train", "-.9703444", ".26513065"},
                                     {"(Intercept):air", "-1.8985655", ".68414300"},
                                     {"income:train", "-.0064689226", NULL},
                                     {"income:air", ".0282463172", NULL},
                                     {"time:car", "-.014024052", NULL},
                                     {"time:train", "-.010968773", NULL},
                                     {"time:air", "-.017551202", NULL},
                                     {NULL, NULL, NULL}};
    fixture f = open_model("mode-canada-time", 2769);
    double shares;
    hbl_mnl *mnl;

    (void)state;
    mnl = fit(f.model, "-1951.343731", figures);
    assert_int_equal(hbl_mnl_shares_log_likelihood(f.model, &shares, NULL), HBL_OK);
    assert_published("McFadden's R2", 1 - mnl->log_likelihood / shares, ".31221");
    assert_published("the elasticity of car", own_elasticity(f.model, mnl->estimate, "cost", "car"),
                     "-.9131");
    assert_published("the elasticity of train",
                     own_elasticity(f.model, mnl->estimate, "cost", "train"), "-1.2505");
    assert_published("the elasticity of air", own_elasticity(f.model, mnl->estimate, "cost", "air"),
                     "-3.1410");
    hbl_mnl_free(mnl);
    close_model(&f);
}

static void compare(const char *name, size_t n_tasks, const char *log_likelihood,
                    const figure *figures)
{
    fixture f = open_model(name, n_tasks);

    hbl_mnl_free(fit(f.model, log_likelihood, figures));
    close_model(&f);
}

static void test_mode_canada_ovt(void **state)
{
    static const figure figures[] = {{"cost", "-.0333246066", ".0071187876"},
                                     {"freq", ".0926516222", NULL},
                                     {"ovt", "-.0430198497", NULL},
                                     {NULL, NULL, NULL}};

    (void)state;
    compare("mode-canada-ivt", 2769, "-1818.867906", figures);
}

static void test_train(void **state)
{
    static const figure figures[] = {{"price", ".067358056", ".0033932524"},
                                     {"time", "1.720551744", ".1603517020"},
                                     {"change", ".326340985", ".0594891516"},
                                     {"comfort", ".945725689", ".0649454636"},
                                     {NULL, NULL, NULL}};

    (void)state;
    compare("train", 2929, "-1724.150", figures);
}

static void test_yogurt(void **state)
{
    static const figure figures[] = {
        {"price", "-.36658447", ".024366066"}, {"feat", ".49143348", ".12006301"},
        {"brandhiland", "-3.7156002", NULL},   {"brandweight", "-.64118430", NULL},
        {"brandyoplait", ".73457119", NULL},   {NULL, NULL, NULL}};

    (void)state;
    compare("yogurt", 2412, "-2656.88787794", figures);
}

static void test_fishing(void **state)
{
    static const figure none[] = {{NULL, NULL, NULL}};
    static const figure figures[] = {{"price", "-.02511657", NULL},
                                     {"catch", ".3577820", NULL},
                                     {"(Intercept):pier", ".7779594", NULL},
                                     {"(Intercept):boat", ".5272788", NULL},
                                     {"(Intercept):charter", "1.694366", NULL},
                                     {NULL, NULL, NULL}};

    (void)state;
    compare("fishing-generic", 1182, "-1311.979617", none);
    compare("fishing-income", 1182, "-1215.137604", figures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heating),     cmocka_unit_test(test_heating_intercepts),
        cmocka_unit_test(test_mode_canada), cmocka_unit_test(test_mode_canada_ovt),
        cmocka_unit_test(test_train),       cmocka_unit_test(test_yogurt),
        cmocka_unit_test(test_fishing),
    };
    FILE *file = fopen(FOLDER "heating.csv", "r");

    if (!file) {
        printf("skipped: there is no " FOLDER "heating.csv\n");
        return 77;
    }
    fclose(file);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
