/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Spec and data together: columns in mlogit's order and by its names, values, blocks, and the
 * message of everything that does not fit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "hblogit/model.h"
#include "unit/scratch_files.h"

/* Two people with two tasks and one; "car" is not offered in the last. */
static const char data[] = "id,t,alt,choice,cost,income,ivt,brand,hole,mixed\n"
                           "1,1,air,1,10,40,3,x,1,3O\n"
                           "1,1,bus,0,4,40,5,y,2,1\n"
                           "1,1,car,0,6,40,4,y,3,2\n"
                           "1,2,air,0,11,40,3,x,1,3\n"
                           "1,2,bus,1,5,40,6,y,4,4\n"
                           "1,2,car,0,7,40,4,2,5,5\n"
                           "2,1,air,0,12,55,3,x,,6\n"
                           "2,1,bus,1,3,55,7,y,1,7\n";

static int write_data(void **state)
{
    const int status = scratch_enter(state);

    if (status == 0)
        scratch_write("d.csv", data);
    return status;
}

static int build(const char *formula, const char *more, hbl_model **model, hbl_error *error)
{
    hbl_spec *spec = NULL;
    char text[1024];
    int status;

    snprintf(text, sizeof text,
             "{\"data\": {\"file\": \"d.csv\", \"person\": \"id\", \"task\": \"t\", "
             "\"alternative\": \"alt\"},\n \"formula\": \"%s\"%s}",
             formula, more);
    scratch_write("m.json", text);
    status = hbl_spec_read("m.json", NULL, 0, &spec, error);
    if (!status)
        status = hbl_model_build(spec, NULL, model, error);
    hbl_spec_free(spec);
    return status;
}

static hbl_model *built(const char *formula, const char *more)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_model *model = NULL;

    if (build(formula, more, &model, &error))
        fail_msg("%s", error.message);
    return model;
}

static void has_names(const char *formula, const char *more, const char *wanted)
{
    hbl_model *model = built(formula, more);
    char names[512] = "";

    for (size_t i = 0; i < model->n_columns; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                 i == model->n_random && i > 0 ? " + "
                 : i > 0                       ? " "
                                               : "",
                 model->name[i]);
    assert_string_equal(names, wanted);
    hbl_model_free(model);
}

/* mlogit 1.1: intercepts, generic, individual-specific, alternative-specific; the reference is the
 * first alternative. */
static void names(void **state)
{
    (void)state;
    has_names("choice ~ cost", "", "(Intercept):bus (Intercept):car cost");
    has_names("choice ~ cost | 0", "", "cost");
    has_names("choice ~ cost | income | ivt", "",
              "(Intercept):bus (Intercept):car cost income:bus income:car ivt:air ivt:bus ivt:car");
    has_names("choice ~ 0 | 0 + income | ivt", "", "income:bus income:car ivt:air ivt:bus ivt:car");
    has_names("choice ~ ivt + cost | 0", ", \"random\": {\"cost\": \"normal\"}", "cost + ivt");
    has_names("choice ~ cost + ivt",
              ", \"random\": {\"ivt\": \"normal\", \"(Intercept):car\": \"normal\", \"cost\": "
              "\"lognormal\"}",
              "(Intercept):car cost ivt + (Intercept):bus");
}

static void values(void **state)
{
    /* columns: (Intercept):car + (Intercept):bus cost income:bus income:car ivt:air ivt:bus ivt:car
     */
    static const double wanted[8][8] = {
        {0, 0, 10, 0, 0, 3, 0, 0}, {0, 1, 4, 40, 0, 0, 5, 0}, {1, 0, 6, 0, 40, 0, 0, 4},
        {0, 0, 11, 0, 0, 3, 0, 0}, {0, 1, 5, 40, 0, 0, 6, 0}, {1, 0, 7, 0, 40, 0, 0, 4},
        {0, 0, 12, 0, 0, 3, 0, 0}, {0, 1, 3, 55, 0, 0, 7, 0},
    };
    hbl_model *model =
        built("choice ~ cost | income | ivt", ", \"random\": {\"(Intercept):car\": \"normal\"}");

    (void)state;
    assert_true(model->n_random == 1 && model->n_fixed == 7 && model->n_columns == 8);
    assert_int_equal(model->panel->n_rows, 8);
    assert_int_equal(model->panel->n_persons, 2);
    for (size_t r = 0; r < 8; r++) {
        for (size_t c = 0; c < 8; c++)
            assert_true(model->x[r * 8 + c] == wanted[r][c]);
    }
    hbl_model_free(model);
}

static void distributions(void **state)
{
    hbl_model *model = built("choice ~ cost + ivt | 0",
                             ", \"random\": {\"ivt\": \"negative-lognormal\", \"cost\": "
                             "{\"distribution\": \"johnson-sb\", \"lower\": -3, \"upper\": 2}}");

    (void)state;
    assert_string_equal(model->mixing[0]->name, "johnson-sb");
    assert_true(model->lower[0] == -3.0 && model->upper[0] == 2.0);
    assert_string_equal(model->mixing[1]->name, "negative-lognormal");
    hbl_model_free(model);
}

static void has_blocks(const char *correlation, size_t n_blocks, size_t b0, size_t b1, size_t b2)
{
    hbl_model *model;
    char more[256];

    snprintf(more, sizeof more,
             ", \"random\": {\"cost\": \"normal\", \"ivt\": \"normal\", \"income\": \"normal\"}%s",
             correlation);
    model = built("choice ~ cost + ivt + income | 0", more);
    assert_int_equal(model->n_blocks, n_blocks);
    assert_true(model->block_of[0] == b0 && model->block_of[1] == b1 && model->block_of[2] == b2);
    hbl_model_free(model);
}

static void blocks(void **state)
{
    (void)state;
    has_blocks("", 1, 0, 0, 0);
    has_blocks(", \"correlation\": \"full\"", 1, 0, 0, 0);
    has_blocks(", \"correlation\": \"none\"", 3, 0, 1, 2);
    has_blocks(", \"correlation\": [[\"income\", \"cost\"]]", 2, 0, 1, 0);
    has_blocks(", \"correlation\": [[\"income\"], [\"ivt\", \"cost\"]]", 2, 1, 1, 0);
    has_blocks(", \"correlation\": []", 3, 0, 1, 2);
}

static void reference(void **state)
{
    static const char *const set[] = {"data.reference=car"};
    hbl_spec *spec = NULL;
    hbl_model *model = NULL;

    (void)state;
    scratch_write("m.json", "{\"data\": {\"file\": \"d.csv\", \"person\": \"id\", \"task\": \"t\", "
                            "\"alternative\": \"alt\"}, \"formula\": \"choice ~ cost\"}");
    assert_int_equal(hbl_spec_read("m.json", set, 1, &spec, NULL), HBL_OK);
    assert_int_equal(hbl_model_build(spec, NULL, &model, NULL), HBL_OK);
    assert_string_equal(model->name[0], "(Intercept):air");
    assert_string_equal(model->name[1], "(Intercept):bus");
    hbl_model_free(model);
    hbl_spec_free(spec);
}

static void refused(const char *formula, const char *more, const char *message)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_model *model = NULL;

    assert_int_equal(build(formula, more, &model, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message, message);
    assert_null(model);
}

static void wrong_columns(void **state)
{
    (void)state;
    refused("choice ~ cost + incme | 0", "",
            "m.json:2:30: formula: d.csv has no column \"incme\"; did you mean \"income\"?");
    refused(
        "choice ~ cost | zzz", "",
        "m.json:2:30: formula: d.csv has no column \"zzz\"; there are: id, t, alt, choice, cost, "
        "income, ivt, brand, hole, mixed");
    refused(
        "choice ~ mixed | 0", "",
        "d.csv:2: column \"mixed\" of the formula holds text, \"3O\", among numbers; correct it, "
        "or, where these are levels, name the column under \"categorical\" of \"data\"");
    refused("choice ~ hole | 0", "",
            "d.csv:8: column \"hole\" is missing here; data.missing can be \"drop-task\" or "
            "\"drop-person\"");
}

static void wrong_random(void **state)
{
    (void)state;
    refused("choice ~ cost + ivt | 0", ",\n\"random\": {\n\"csot\": \"normal\"}",
            "m.json:4: random.csot names \"csot\", which is no coefficient of the formula (cost, "
            "ivt); did you mean \"cost\"?");
    refused(
        "choice ~ cost | 0", ", \"random\": {\"qqqqq\": \"normal\"}",
        "m.json:2: random.qqqqq names \"qqqqq\", which is no coefficient of the formula (cost)");
}

static void wrong_blocks(void **state)
{
    static const char random[] = ", \"random\": {\"cost\": \"normal\"},\n\"correlation\": ";
    char more[128];

    (void)state;
    snprintf(more, sizeof more, "%s[[\"cost\", \"ivt\"]]", random);
    refused("choice ~ cost + ivt | 0", more,
            "m.json:3: correlation names \"ivt\", which is not random; give it a distribution "
            "under \"random\"");
    snprintf(more, sizeof more, "%s[[\"cost\"], [\"cos*\"]]", random);
    refused("choice ~ cost + ivt | 0", more,
            "m.json:3: correlation names \"cos*\" twice; a coefficient is in one block");
    snprintf(more, sizeof more, "%s[[\"cots\"]]", random);
    refused("choice ~ cost + ivt | 0", more,
            "m.json:3: correlation names \"cots\", which is no coefficient of the formula (cost, "
            "ivt); did you mean \"cost\"?");
}

static void wrong_prior(void **state)
{
    (void)state;
    refused("choice ~ cost + ivt | 0",
            ", \"random\": {\"cost\": \"normal\", \"ivt\": \"normal\"}, \"hb\": {\"prior\": "
            "{\"covariance\": {\"df\": \"K-1\"}}}",
            "m.json:2: hb.prior.covariance.df is 1 for a block of 2 random coefficients: an "
            "inverse-Wishart "
            "needs more than 1, such as \"K+3\"");
}

static void no_data(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;
    hbl_model *model = NULL;

    (void)state;
    scratch_write("m.json", "{\"formula\": \"choice ~ a\", \"simulate\": {\"persons\": 3, "
                            "\"tasks\": 2, \"alternatives\": 2}}");
    assert_int_equal(hbl_spec_read("m.json", NULL, 0, &spec, NULL), HBL_OK);
    assert_int_equal(hbl_model_build(spec, NULL, &model, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message, "m.json: data.file is missing; name the CSV file to read, "
                                       "or simulate one");
    hbl_spec_free(spec);
}

/* ---- from arrays */

static hbl_panel tiny_panel(void)
{
    static size_t person_task[] = {0, 1}, task_row[] = {0, 2}, chosen[] = {1};

    return (hbl_panel){.n_persons = 1,
                       .n_tasks = 1,
                       .n_rows = 2,
                       .person_task = person_task,
                       .task_row = task_row,
                       .task_chosen = chosen};
}

static void plain_parts(void **state)
{
    const hbl_panel panel = tiny_panel();
    const char *const name[] = {"a", "b", "c"};
    const hbl_mixing *const mixing[] = {hbl_mixings[0], hbl_mixing_find("johnson-sb")};
    double x[] = {1, 2, 3, 4, 5, 6};
    hbl_model *model = NULL;

    (void)state;
    assert_int_equal(
        hbl_model_from_parts(
            &panel,
            &(hbl_model_parts){.n_random = 2, .n_fixed = 1, .name = name, .x = x, .mixing = mixing},
            &model, NULL),
        HBL_OK);
    x[5] = 0.0;
    assert_true(model->x[5] == 6.0);
    assert_ptr_equal(model->panel, &panel);
    assert_true(model->n_blocks == 1 && model->n_columns == 3);
    assert_true(model->lower[1] == 0.0 && model->upper[1] == 1.0);
    assert_string_equal(model->name[2], "c");
    hbl_model_free(model);
    hbl_model_free(NULL);
}

static void parts_refused(void **state)
{
    const hbl_panel panel = tiny_panel();
    const char *const name[] = {"a", "b"};
    const hbl_mixing *const mixing[] = {hbl_mixings[0], hbl_mixing_find("johnson-sb")};
    const double x[] = {1, 2, 3, NAN}, good[] = {1, 2, 3, 4}, ones[] = {1, 1};
    const size_t gap[] = {0, 2}, hole[] = {1, 1};
    hbl_error error = HBL_ERROR_INIT;
    hbl_model *model = NULL;

    (void)state;
    assert_int_equal(hbl_model_from_parts(
                         &panel,
                         &(hbl_model_parts){.n_random = 2, .name = name, .x = x, .mixing = mixing},
                         &model, &error),
                     HBL_ERR_INPUT);
    assert_string_equal(error.message, "x[1][1] (b) is not a finite number");
    assert_int_equal(hbl_model_from_parts(&panel,
                                          &(hbl_model_parts){.n_random = 2,
                                                             .name = name,
                                                             .x = good,
                                                             .mixing = mixing,
                                                             .lower = ones,
                                                             .upper = ones},
                                          &model, NULL),
                     HBL_ERR_INPUT);
    assert_int_equal(
        hbl_model_from_parts(
            &panel,
            &(hbl_model_parts){
                .n_random = 2, .name = name, .x = good, .mixing = mixing, .block_of = gap},
            &model, NULL),
        HBL_ERR_INPUT);
    assert_int_equal(
        hbl_model_from_parts(
            &panel,
            &(hbl_model_parts){
                .n_random = 2, .name = name, .x = good, .mixing = mixing, .block_of = hole},
            &model, NULL),
        HBL_ERR_INPUT);
    assert_int_equal(
        hbl_model_from_parts(&panel, &(hbl_model_parts){.name = name, .x = good, .mixing = mixing},
                             &model, NULL),
        HBL_ERR_INPUT);
    assert_null(model);
}

static void from_parts(void **state)
{
    static const char *const name[] = {"a", "b", "c", "d", "scale:s"}, *const held_name[] = {"h"},
                             *const covariate_name[] = {"q"};
    static const double x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, held[] = {-2.5}, v[] = {0.5},
                        w[] = {7};
    static const size_t base[] = {1, 2, SIZE_MAX};
    const hbl_mixing *const mixing[] = {hbl_mixings[0], hbl_mixings[0], hbl_mixings[0]};
    const hbl_panel panel = tiny_panel();
    hbl_model_parts parts = {.n_random = 3,
                             .n_fixed = 1,
                             .n_held = 1,
                             .n_scale = 1,
                             .n_covariates = 1,
                             .name = name,
                             .x = x,
                             .mixing = mixing,
                             .base = base,
                             .held_name = held_name,
                             .held = held,
                             .v = v,
                             .covariate_name = covariate_name,
                             .w = w};
    static const size_t circle[] = {1, 0, SIZE_MAX}, outside[] = {3, SIZE_MAX, SIZE_MAX};
    double beta[] = {1, -1, 10, -1, 100, -1};
    hbl_error error = HBL_ERROR_INIT;
    hbl_model *model = NULL;
    size_t n = 9;

    (void)state;
    assert_int_equal(hbl_model_from_parts(&panel, &parts, &model, NULL), HBL_OK);
    assert_true(model->n_columns == 5 && model->n_coefficients == 5);
    assert_memory_equal(model->x, x, sizeof x);
    assert_true(model->held[0] == -2.5 && model->v[0] == 0.5);
    assert_true(model->covariate_mean[0] == 7.0 && model->w[0] == 0.0);
    hbl_model_cumulate(model, beta, 2); /* a on b on c */
    assert_true(beta[0] == 111.0 && beta[2] == 110.0 && beta[4] == 100.0 && beta[1] == -1.0);
    assert_null(hbl_model_account(model));
    (void)hbl_model_remarks(model, &n);
    assert_int_equal(n, 0);
    hbl_model_free(model);
    model = NULL;
    parts.base = circle;
    assert_int_equal(hbl_model_from_parts(&panel, &parts, &model, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message, "the order of a has no end: its base is no other random "
                                       "coefficient, or the bases go round in a circle");
    parts.base = outside;
    assert_int_equal(hbl_model_from_parts(&panel, &parts, &model, NULL), HBL_ERR_INPUT);
    parts.base = NULL;
    parts.n_random = 0;
    assert_int_equal(hbl_model_from_parts(&panel, &parts, &model, NULL), HBL_ERR_INPUT);
    assert_null(model);
}

/* ---- the surveys */

static void survey(const char *data_object, const char *formula, size_t n_rows, const char *wanted)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;
    hbl_model *model = NULL;
    char text[8192], names[512] = "";

    snprintf(text, sizeof text,
             "{\"data\": {\"file\": \"%s/../shared/data/%s}, \"formula\": \"%s\"}", scratch_home,
             data_object, formula);
    scratch_write("s.json", text);
    if (hbl_spec_read("s.json", NULL, 0, &spec, &error) ||
        hbl_model_build(spec, NULL, &model, &error))
        fail_msg("%s", error.message);
    for (size_t i = 0; i < model->n_coefficients; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i > 0 ? " " : "",
                 model->name[i]);
    assert_string_equal(names, wanted);
    assert_int_equal(model->panel->n_rows, n_rows);
    hbl_model_free(model);
    hbl_spec_free(spec);
}

/* Names and their order as in mlogit's documentation: chapter 2's example of 3 + 1 + 3 + 4 columns,
 * and tables of coefficients. */
static void surveys(void **state)
{
    char path[4200];

    (void)state;
    snprintf(path, sizeof path, "%s/../shared/data/mode_canada.csv", scratch_home);
    if (access(path, F_OK) != 0) {
        print_message("../shared/data is not there\n");
        skip();
    }
    survey("heating.csv\", \"shape\": \"wide\", \"separator\": \".\", \"reference\": \"hp\"",
           "depvar ~ ic + oc", 4500,
           "(Intercept):gc (Intercept):gr (Intercept):ec (Intercept):er ic oc");
    survey(
        "mode_canada.csv\", \"task\": \"case\", \"alternative\": \"alt\", \"filter\": \"noalt == "
        "4\", \"alternatives\": [\"train\", \"air\", \"bus\", \"car\"]",
        "choice ~ cost | income | ivt", 11116,
        "(Intercept):air (Intercept):bus (Intercept):car cost income:air income:bus income:car "
        "ivt:train ivt:air ivt:bus ivt:car");
    survey("yogurt.csv\", \"person\": \"id\", \"task\": \"obsID\", \"alternative\": \"alt\"",
           "choice ~ price + feat + brand | 0", 9648,
           "price feat brandhiland brandweight brandyoplait");
    survey("fishing.csv\", \"shape\": \"wide\", \"separator\": \".\"",
           "mode ~ price + catch | income", 4728,
           "(Intercept):pier (Intercept):boat (Intercept):charter price catch income:pier "
           "income:boat income:charter");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),         cmocka_unit_test(values),
        cmocka_unit_test(distributions), cmocka_unit_test(blocks),
        cmocka_unit_test(reference),     cmocka_unit_test(wrong_columns),
        cmocka_unit_test(wrong_random),  cmocka_unit_test(wrong_blocks),
        cmocka_unit_test(wrong_prior),   cmocka_unit_test(no_data),
        cmocka_unit_test(plain_parts),   cmocka_unit_test(parts_refused),
        cmocka_unit_test(from_parts),    cmocka_unit_test(surveys),
    };
    return cmocka_run_group_tests(tests, write_data, scratch_leave);
}
