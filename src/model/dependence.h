/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Linear dependence of columns within groups of rows. With
 *     A = sum_groups sum_rows (x - mean_group)(x - mean_group)',
 * a column with A_cc = 0 never varies, and a null vector of A is a combination that never varies. A
 * is scaled to ones on the diagonal and factored column by column (Cholesky): what is left of a
 * column's 1 after the ones before it is the share of it that they do not explain.
 */
#ifndef HBL_MODEL_DEPENDENCE_H
#define HBL_MODEL_DEPENDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "hblogit/error.h"

typedef struct {
    size_t n;
    double *a;     /* n x n: A, then scaled */
    double *scale; /* n: sqrt(A_cc) */
    double *l;     /* n x n: Cholesky factor; the row of a dependent column is that of the unit */
    double *work;  /* n */
    double *mean;  /* n */
    bool *varies;  /* n: differs within some group */
    bool *independent; /* n: varies, and those before do not explain it */
} hbl_dependence;

int hbl_dependence_reserve(hbl_dependence *d, size_t n, hbl_error *error);
void hbl_dependence_release(hbl_dependence *d);

/* Takes in a group of rows; column i is column[i] of x, of stride a row. */
void hbl_dependence_add(hbl_dependence *d, const double *x, size_t n_rows, size_t stride,
                        const size_t *column);

/* After the last group: scales A. */
void hbl_dependence_finish(hbl_dependence *d);

/* Takes column i after those before it, in turn from 0; returns the share of it that they do not
 * explain. explained[j], j < i: the weights of those in the best account of it, in units of scale.
 */
double hbl_dependence_factor(hbl_dependence *d, size_t i, double *explained);

/* Below EXACT nothing but rounding is left, below NEAR a tolerance of 1e-3 in angle. */
#define HBL_DEPENDENCE_EXACT 1e-11
#define HBL_DEPENDENCE_NEAR  1e-6

#endif
