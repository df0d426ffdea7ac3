/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The design: the formula's terms resolved to columns of the data, a coefficient each, named and
 * ordered as mlogit does: intercepts, then x, z and w; those of v and the covariates by themselves.
 */
#ifndef HBL_MODEL_DESIGN_H
#define HBL_MODEL_DESIGN_H

#include "hblogit/model.h"
#include "model/formula.h"
#include "model/variable.h"

/* Columns as factors: their values are multiplied. */
typedef struct {
    size_t n;
    struct {
        size_t variable; /* of the design */
        size_t level;    /* of a categorical one */
        bool contrast;   /* coded against its base, not by a column for every level */
    } of[HBL_TERM_VARIABLES];
} hbl_product;

typedef struct {
    char *name; /* "price", "(Intercept):air", "income:air", "brandhiland" */
    hbl_product product;
    int32_t alternative; /* the one it belongs to, -1: all */
} hbl_coefficient;

typedef struct {
    size_t n;
    hbl_coefficient *coefficient;
} hbl_coefficients;

typedef struct {
    size_t n_variables;
    hbl_variable *variable;
    hbl_coefficients utility; /* x, z and w */
    hbl_coefficients scale;   /* v */
    hbl_coefficients covariates;
} hbl_design;

/* HBL_ERR_INPUT: a name that is no column, all that hbl_variable_resolve says. spec tells where the
 * formula stands. */
int hbl_design_resolve(const hbl_formula *formula, const hbl_spec *spec, const hbl_data *data,
                       hbl_design **design, hbl_error *error);
void hbl_design_free(hbl_design *design);

/* Writes rows first to end - 1 of the coefficient's column into x, of which element (row, column)
 * is at row * stride: rows of the panel, or, of scale and covariates, persons. */
void hbl_design_fill(const hbl_design *design, const hbl_coefficient *coefficient,
                     const hbl_panel *panel, size_t first, size_t end, size_t stride, double *x);

/* The names of columns that formula and covariates use: *names, to be freed, with n of them, which
 * belong to formula and spec. */
int hbl_design_columns(const hbl_formula *formula, const hbl_spec *spec, const char ***names,
                       size_t *n, hbl_error *error);

/* ---- parts */

/* Fails on a name in the formula, or at position SIZE_MAX on a covariate, that is no column, with
 * the nearest. */
int hbl_design_fail_column(const hbl_spec *spec, const hbl_data *data,
                           const hbl_variable_name *name, hbl_error *error);

/* Finds the variable, or resolves it. */
int hbl_design_variable(hbl_design *design, const hbl_spec *spec, const hbl_data *data,
                        const char *name, bool by_person, size_t *index, hbl_error *error);

/* Appends the coefficients of a product, levels expanded: the levels of its first variable vary
 * fastest. suffix: a label to follow the name, or NULL. */
int hbl_design_expand(hbl_design *design, hbl_coefficients *to, const hbl_product *product,
                      const char *prefix, const char *suffix, int32_t alternative,
                      hbl_error *error);

#endif
