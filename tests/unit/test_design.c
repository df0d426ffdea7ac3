/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the formula to the design matrix: levels, products, "." and the parts, held and ordered
 * coefficients, what describes persons. Matrices of levels are those of R 4.2's model.matrix() of
 * the same data (read.csv(stringsAsFactors = TRUE)), without the column of ones; those of formulas
 * that mlogit's documentation calls the same are compared with each other.
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

enum { ROWS = 11 };

static const char data[] = "id,t,alt,choice,price,brand,size,income,region\n"
                           "p1,1,air,1,1.5,x,2,40,west\n"
                           "p1,1,bus,0,2,z,1,40,west\n"
                           "p1,1,car,0,3,y,3,40,west\n"
                           "p1,2,air,0,4,z,1,40,west\n"
                           "p1,2,bus,1,5,x,2,40,west\n"
                           "p1,2,car,0,6.5,y,3,40,west\n"
                           "p2,1,air,0,1,y,1,55,east\n"
                           "p2,1,bus,0,2.5,x,3,55,east\n"
                           "p2,1,car,1,7,z,2,55,east\n"
                           "p3,1,bus,0,3.5,y,2,25,north\n"
                           "p3,1,car,1,4.5,z,1,25,north\n";

static int write_data(void **state)
{
    const int status = scratch_enter(state);

    if (status == 0)
        scratch_write("d.csv", data);
    return status;
}

/* more_data: further members of "data"; more: of the file. */
static int build(const char *formula, const char *more_data, const char *more, hbl_model **model,
                 hbl_error *error)
{
    hbl_spec *spec = NULL;
    char text[2048];
    int status;

    snprintf(text, sizeof text,
             "{\"data\": {\"file\": \"d.csv\", \"person\": \"id\", \"task\": \"t\", "
             "\"alternative\": \"alt\"%s},\n \"formula\": \"%s\"%s}",
             more_data, formula, more);
    scratch_write("m.json", text);
    status = hbl_spec_read("m.json", NULL, 0, &spec, error);
    if (!status)
        status = hbl_model_build(spec, NULL, model, error);
    hbl_spec_free(spec);
    return status;
}

static hbl_model *built(const char *formula, const char *more_data, const char *more)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_model *model = NULL;

    if (build(formula, more_data, more, &model, &error))
        fail_msg("%s: %s", formula, error.message);
    return model;
}

static void names_are(const hbl_model *model, const char *wanted)
{
    char names[1024] = "";

    for (size_t i = 0; i < model->n_coefficients; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i > 0 ? " " : "",
                 model->name[i]);
    assert_string_equal(names, wanted);
}

static void refused(const char *formula, const char *more_data, const char *more,
                    const char *message)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_model *model = NULL;

    assert_int_equal(build(formula, more_data, more, &model, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message, message);
    assert_null(model);
}

static void has_remark(const hbl_model *model, const char *text)
{
    size_t n;
    const char *const *remarks = hbl_model_remarks(model, &n);

    for (size_t i = 0; i < n; i++) {
        if (strcmp(remarks[i], text) == 0)
            return;
    }
    for (size_t i = 0; i < n; i++)
        print_message("%s\n", remarks[i]);
    fail_msg("no remark: %s", text);
}

/* ---- levels, against R */

static void equals(const char *formula, const char *more_data, const char *names, size_t n_columns,
                   const double *wanted)
{
    hbl_model *model = built(formula, more_data, "");

    names_are(model, names);
    assert_true(model->n_columns == n_columns && model->panel->n_rows == ROWS);
    for (size_t i = 0; i < ROWS * n_columns; i++) {
        if (model->x[i] != wanted[i])
            fail_msg("%s: row %zu, column %zu: %g, not %g", formula, i / n_columns, i % n_columns,
                     model->x[i], wanted[i]);
    }
    hbl_model_free(model);
}

/* model.matrix(~ price * brand) */
static void crossed(void **state)
{
    static const double wanted[ROWS * 5] = {1.5, 0, 0, 0,   0, 2, 0,   1,   0,   2, 3, 1,   0,  3,
                                            0,   4, 0, 1,   0, 4, 5,   0,   0,   0, 0, 6.5, 1,  0,
                                            6.5, 0, 1, 1,   0, 1, 0,   2.5, 0,   0, 0, 0,   7,  0,
                                            1,   0, 7, 3.5, 1, 0, 3.5, 0,   4.5, 0, 1, 0,   4.5};

    (void)state;
    equals("choice ~ price*brand | 0", "", "price brandy brandz price:brandy price:brandz", 5,
           wanted);
}

/* model.matrix(~ price:brand): without price by itself every level has its own column. */
static void without_margin(void **state)
{
    static const double wanted[ROWS * 3] = {1.5, 0, 0, 0, 0, 2,   0,   3, 0, 0, 0,
                                            4,   5, 0, 0, 0, 6.5, 0,   0, 1, 0, 2.5,
                                            0,   0, 0, 0, 7, 0,   3.5, 0, 0, 0, 4.5};

    (void)state;
    equals("choice ~ price:brand | 0", "", "price:brandx price:brandy price:brandz", 3, wanted);
}

/* model.matrix(~ brand:S + S), S = factor(size) */
static void two_categories(void **state)
{
    static const double wanted[ROWS * 8] = {
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0,
        0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0,
        0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0};

    (void)state;
    equals("choice ~ brand:size + size | 0", ", \"categorical\": {\"size\": \"dummy\"}",
           "size2 size3 brandy:size1 brandz:size1 brandy:size2 brandz:size2 brandy:size3 "
           "brandz:size3",
           8, wanted);
}

/* model.matrix(~ brand), brand = relevel(brand, "y") */
static void other_base(void **state)
{
    static const double wanted[ROWS * 2] = {1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0,
                                            0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1};

    (void)state;
    equals("choice ~ brand | 0", ", \"categorical\": {\"brand\": {\"base\": \"y\"}}",
           "brandx brandz", 2, wanted);
}

/* model.matrix(~ brand * price) with contr.sum and levels x, z, y: columns 1 and 2 are x and z. */
static void effects(void **state)
{
    static const double wanted[ROWS * 5] = {
        1,   0, 1.5, 1.5, 0, 0, 1,  2,  0,   2,    -1,   -1,   3,  -3, -3,  0,  1,  4, 0,
        4,   1, 0,   5,   5, 0, -1, -1, 6.5, -6.5, -6.5, -1,   -1, 1,  -1,  -1, 1,  0, 2.5,
        2.5, 0, 0,   1,   7, 0, 7,  -1, -1,  3.5,  -3.5, -3.5, 0,  1,  4.5, 0,  4.5};

    (void)state;
    equals("choice ~ brand*price | 0",
           ", \"categorical\": {\"brand\": {\"coding\": \"effects\", \"base\": \"y\"}}",
           "brandx brandz price brandx:price brandz:price", 5, wanted);
}

static void wrong_levels(void **state)
{
    (void)state;
    refused("choice ~ brand | 0", ", \"categorical\": {\"brand\": {\"base\": \"w\"}}", "",
            "m.json:1: data.categorical has \"w\" for the base of \"brand\", which is none of its "
            "levels: x, y, z");
}

/* ---- the parts */

static void same(const char *a, const char *b)
{
    hbl_model *p = built(a, "", ""), *q = built(b, "", "");

    assert_true(p->n_columns == q->n_columns && p->n_columns > 0);
    for (size_t k = 0; k < p->n_columns; k++)
        assert_string_equal(p->name[k], q->name[k]);
    assert_memory_equal(p->x, q->x, ROWS * p->n_columns * sizeof *p->x);
    hbl_model_free(p);
    hbl_model_free(q);
}

/* mlogit's documentation, chapter 2, with the columns of this file. */
static void equivalences(void **state)
{
    (void)state;
    same("choice ~ price + size | income", "choice ~ price + size | income | 0");
    same("choice ~ 0 | income | 0", "choice ~ 0 | income");
    same("choice ~ price + size", "choice ~ price + size | 1");
    same("choice ~ price + size", "choice ~ price + size | 1 | 0");
    same("choice ~ price | income + 0 | size", "choice ~ price | income - 1 | size");
    same("choice ~ price - 1", "choice ~ price | 0");
    same("choice ~ price*size | 0", "choice ~ price + size + price:size | 0");
}

static void three_parts(void **state)
{
    hbl_model *model = built("choice ~ price | income | size", "", "");

    (void)state;
    names_are(model, "(Intercept):bus (Intercept):car price income:bus income:car size:air "
                     "size:bus size:car");
    has_remark(model, "reference alternative: air (data.reference names another)");
    hbl_model_free(model);
    /* levels vary faster than alternatives, as in R's brand:alt */
    model = built("choice ~ 0 | region - 1", "", "");
    names_are(model, "regionnorth:bus regionwest:bus regionnorth:car regionwest:car");
    has_remark(model, "region has 3 levels, dummy coded, base level east");
    hbl_model_free(model);
}

static void dot(void **state)
{
    hbl_model *model = built("choice ~ . | income", "", "");

    (void)state;
    names_are(model, "(Intercept):bus (Intercept):car price brandy brandz size regionnorth "
                     "regionwest income:bus income:car");
    hbl_model_free(model);
    model = built("choice ~ . - region - brand + price:income | 0", "", "");
    names_are(model, "price size income price:income");
    hbl_model_free(model);
    refused("choice ~ . - brnd | 0", "", "",
            "m.json:2:27: formula: d.csv has no column \"brnd\"; did you mean \"brand\"?");
}

/* Tasks and alternatives of wide data are no columns of the formula. */
static void dot_of_wide_data(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;
    hbl_model *model = NULL;

    (void)state;
    scratch_write("wide.csv", "choice,price_A,price_B,time_A,time_B\nA,1,2,5,3\nB,3,2,1,4\n");
    scratch_write("w.json", "{\"data\": {\"file\": \"wide.csv\", \"shape\": \"wide\", "
                            "\"separator\": \"_\"}, \"formula\": \"choice ~ . | 0\"}");
    if (hbl_spec_read("w.json", NULL, 0, &spec, &error) ||
        hbl_model_build(spec, NULL, &model, &error))
        fail_msg("%s", error.message);
    names_are(model, "price time");
    hbl_model_free(model);
    hbl_spec_free(spec);
}

/* ---- scale, covariates, held */

static void scale(void **state)
{
    hbl_model *model = built("choice ~ price + size | 0 | 0 | 1 + income + region", "",
                             ", \"held\": {\"price\": -1.5}");

    (void)state;
    names_are(model, "size scale:(Intercept) scale:income scale:regionnorth scale:regionwest");
    assert_true(model->n_fixed == 1 && model->n_scale == 4 && model->n_held == 1);
    assert_true(model->n_columns == 2 && model->held[0] == -1.5);
    assert_string_equal(model->held_name[0], "price");
    assert_true(model->x[0] == 2.0 && model->x[1] == 1.5); /* size, then price */
    {
        static const double v[] = {1, 40, 0, 1, 1, 55, 0, 0, 1, 25, 1, 0};
        assert_memory_equal(model->v, v, sizeof v);
    }
    hbl_model_free(model);
}

static void covariates(void **state)
{
    hbl_model *model = built("choice ~ price | 0", "",
                             ", \"random\": {\"price\": \"normal\"}, \"covariates\": [\"income\", "
                             "\"region\"]");
    static const double w[] = {0,        -1.0 / 3, 2.0 / 3, 15,      -1.0 / 3,
                               -1.0 / 3, -15,      2.0 / 3, -1.0 / 3};

    (void)state;
    assert_int_equal(model->n_covariates, 3);
    assert_string_equal(model->covariate_name[0], "income");
    assert_string_equal(model->covariate_name[1], "regionnorth");
    assert_string_equal(model->covariate_name[2], "regionwest");
    assert_true(model->covariate_mean[0] == 40.0);
    for (size_t i = 0; i < 9; i++)
        assert_true(fabs(model->w[i] - w[i]) < 1e-15);
    hbl_model_free(model);
}

/* ---- patterns, orders, blocks */

static void patterns(void **state)
{
    hbl_model *model = built("choice ~ price + brand", "",
                             ", \"random\": {\"brand*\": \"normal\", \"brandz\": \"lognormal\"}");

    (void)state;
    names_are(model, "brandy brandz (Intercept):bus (Intercept):car price");
    assert_string_equal(model->mixing[0]->name, "normal");
    assert_string_equal(model->mixing[1]->name, "lognormal");
    has_remark(model, "random \"brand*\": brandy");
    hbl_model_free(model);
    refused("choice ~ price | 0", "", ", \"random\": {\"q*\": \"normal\"}",
            "m.json:2: random.q* has the pattern \"q*\", which is no coefficient of the formula "
            "(price)");
    model = built("choice ~ price + brand | 0", "",
                  ", \"random\": {\"*\": \"normal\"}, \"correlation\": [[\"brand*\"]]");
    assert_true(model->block_of[0] == 1 && model->block_of[1] == 0 && model->block_of[2] == 0);
    hbl_model_free(model);
}

/* A task's utilities by the ordered coefficients are those by the increments. */
static void has_order(const char *order, const size_t *base, const char *const *mixing,
                      const double *increment, const double *beta, const char *remark)
{
    char more[256];
    hbl_model *plain = built("choice ~ price + size + income | 0", "",
                             ", \"random\": {\"*\": \"normal\"}"),
              *model;
    double b[3];

    snprintf(more, sizeof more, ", \"random\": {\"*\": \"normal\"}, \"order\": [%s]", order);
    model = built("choice ~ price + size + income | 0", "", more);
    for (size_t k = 0; k < 3; k++) {
        assert_true(model->base[k] == base[k]);
        assert_string_equal(model->mixing[k]->name, mixing[k]);
    }
    memcpy(b, increment, sizeof b);
    hbl_model_cumulate(model, b, 1);
    for (size_t k = 0; k < 3; k++)
        assert_true(b[k] == beta[k]);
    for (size_t r = 0; r < ROWS; r++) {
        double u = 0.0, v = 0.0;

        for (size_t k = 0; k < 3; k++) {
            u += plain->x[3 * r + k] * beta[k];
            v += model->x[3 * r + k] * increment[k];
        }
        assert_true(u == v);
    }
    has_remark(model, remark);
    hbl_model_free(plain);
    hbl_model_free(model);
}

static void orders(void **state)
{
    static const size_t none = SIZE_MAX;
    static const char *const L = "lognormal", *const M = "negative-lognormal", *const N = "normal";

    (void)state;
    has_order("[\"income\", \"price\", \"size\"]", (const size_t[]){2, 0, none},
              (const char *const[]){L, L, N}, (const double[]){2, 4, -1},
              (const double[]){1, 5, -1},
              "ordered: income <= price <= size; the steps between them are lognormal");
    has_order("[0, \"size\", \"price\"]", (const size_t[]){1, none, none},
              (const char *const[]){L, L, N}, (const double[]){2, 4, 9}, (const double[]){6, 4, 9},
              "ordered: 0 <= size <= price; the steps between them are lognormal");
    has_order("[\"size\", \"price\", 0]", (const size_t[]){none, 0, none},
              (const char *const[]){M, M, N}, (const double[]){-2, -4, 9},
              (const double[]){-2, -6, 9},
              "ordered: size <= price <= 0; the steps between them are lognormal");
    refused("choice ~ price + size | 0", "",
            ", \"random\": {\"size\": \"normal\"}, \"order\": [[\"price\", \"size\"]]",
            "m.json:2: order[0][0] is \"price\", which is not random; add \"price\": \"normal\" to "
            "\"random\"");
}

static void single_blocks(void **state)
{
    hbl_model *model = built("choice ~ price + size + income | 0", "",
                             ", \"method\": \"msl\", \"random\": {\"price\": \"normal\", "
                             "\"size\": \"triangular\", \"income\": \"normal\"}, "
                             "\"correlation\": \"full\"");

    (void)state;
    assert_true(model->block_of[0] == 0 && model->block_of[1] == 1 && model->block_of[2] == 0);
    assert_int_equal(model->n_blocks, 2);
    has_remark(model, "size is triangular, which is not made from a normal: it is not correlated "
                      "with the other random coefficients");
    hbl_model_free(model);
}

/* ---- the matrix as a file */

static void written(void **state)
{
    static const char wanted[] =
        "person,task,alternative,chosen,size,price,scale:income,covariate:income\n"
        "p1,1,air,1,2,1.5,40,0\n"
        "p1,1,bus,0,1,2,40,0\n";
    hbl_model *model = built("choice ~ price + size | 0 | 0 | income", "",
                             ", \"held\": {\"price\": 1}, \"random\": {\"size\": \"normal\"}, "
                             "\"covariates\": [\"income\"]");
    FILE *file = fopen("design.csv", "w+"), *full = fopen("/dev/full", "w");
    hbl_error error = HBL_ERROR_INIT;
    char text[sizeof wanted] = "";
    size_t lines = 0;

    (void)state;
    assert_int_equal(hbl_model_write_design(model, file, NULL), HBL_OK);
    rewind(file);
    assert_int_equal(fread(text, 1, sizeof text - 1, file), sizeof text - 1);
    assert_string_equal(text, wanted);
    rewind(file);
    for (int c; (c = fgetc(file)) != EOF;)
        lines += c == '\n';
    assert_int_equal(lines, ROWS + 1);
    fclose(file);
    if (full != NULL) {
        assert_int_equal(hbl_model_write_design(model, full, &error), HBL_ERR_WRITE);
        fclose(full);
    }
    hbl_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crossed),
        cmocka_unit_test(without_margin),
        cmocka_unit_test(two_categories),
        cmocka_unit_test(other_base),
        cmocka_unit_test(effects),
        cmocka_unit_test(wrong_levels),
        cmocka_unit_test(equivalences),
        cmocka_unit_test(three_parts),
        cmocka_unit_test(dot),
        cmocka_unit_test(scale),
        cmocka_unit_test(covariates),
        cmocka_unit_test(patterns),
        cmocka_unit_test(orders),
        cmocka_unit_test(single_blocks),
        cmocka_unit_test(written),
        cmocka_unit_test(dot_of_wide_data),
    };
    return cmocka_run_group_tests(tests, write_data, scratch_leave);
}
