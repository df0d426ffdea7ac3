/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The design: the formula's names resolved to columns of the table, a coefficient each, named and
 * ordered as mlogit does: intercepts, then x, z and w.
 */
#ifndef HBL_MODEL_DESIGN_H
#define HBL_MODEL_DESIGN_H

#include "hblogit/model.h"
#include "model/formula.h"

typedef struct {
    char *name;               /* "price", "(Intercept):air", "income:air" */
    const hbl_column *source; /* of the table; NULL: 1 */
    int32_t alternative;      /* the one it belongs to, -1: all */
} hbl_coefficient;

typedef struct {
    size_t n_coefficients;
    hbl_coefficient *coefficient;
} hbl_design;

/* HBL_ERR_INPUT: a name that is no column, a column of text, a missing value. spec tells where the
 * formula stands. */
int hbl_design_resolve(const hbl_formula *formula, const hbl_spec *spec, const hbl_table *table,
                       const hbl_panel *panel, hbl_design **design, hbl_error *error);
void hbl_design_free(hbl_design *design);

/* Writes the coefficient's column into x, of which element (row, column) is at row * stride. */
void hbl_design_fill(const hbl_coefficient *coefficient, const hbl_panel *panel, size_t stride,
                     double *x);

#endif
