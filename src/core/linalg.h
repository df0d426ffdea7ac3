/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small dense linear algebra, row-major, by GSL, every status checked. Lower-triangular results
 * have zeros above the diagonal.
 */
#ifndef HBL_CORE_LINALG_H
#define HBL_CORE_LINALG_H

#include <stdbool.h>
#include <stddef.h>

/* l = lower Cholesky factor of a (n x n, its lower triangle read); l may be a. false where a is not
 * positive definite or not finite: l is then undefined. */
bool hbl_cholesky(size_t n, const double *a, double *l);

/* inverse = l^-1, lower triangular; may not overlap l. */
void hbl_lower_inverse(size_t n, const double *l, double *inverse);

/* a = l l', both triangles filled; a may be l. */
void hbl_lower_square(size_t n, const double *l, double *a);

/* a^-1 = l^-T l^-1 from the factor l of a, both triangles filled; may not overlap
 * l. */
void hbl_cholesky_inverse(size_t n, const double *l, double *inverse);

/* y = l x; y may be x. */
void hbl_lower_times(size_t n, const double *l, const double *x, double *y);

/* y = l' x; y may be x. */
void hbl_lower_transpose_times(size_t n, const double *l, const double *x, double *y);

/* y = l^-1 x; y may be x. */
void hbl_lower_solve(size_t n, const double *l, const double *x, double *y);

/* y = l^-T x; y may be x. */
void hbl_lower_transpose_solve(size_t n, const double *l, const double *x, double *y);

#endif
