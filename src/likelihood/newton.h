/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A step of Newton's method, by the Cholesky factor of the Hessian scaled to a unit diagonal: right
 * for columns in units as different as arithmetic allows, and it knows a singular Hessian.
 */
#ifndef HBL_LIKELIHOOD_NEWTON_H
#define HBL_LIKELIHOOD_NEWTON_H

#include <stdbool.h>
#include <stddef.h>

/* factor = chol(S H S + ridge I) for the leading n x n part of hessian, whose rows are stride
 * apart, S the diagonal matrix of 1 / sqrt(H_kk), written to scale; false where that is not
 * positive definite or as good as singular. factor is n x n. */
bool hbl_newton_factorise(const double *hessian, size_t n, size_t stride, double ridge,
                          double *scale, double *factor);

/* The same with as little ridge as will do; *singular where it took one. False: not even then. */
bool hbl_newton_factorise_with_ridge(const double *hessian, size_t n, size_t stride, double *scale,
                                     double *factor, bool *singular);

/* step = H^-1 gradient; returns the decrement gradient'H^-1 gradient. */
double hbl_newton_step(size_t n, const double *scale, const double *factor, const double *gradient,
                       double *step);

/* inverse = H^-1 (n x n), of the leading part that was factorised. */
void hbl_newton_inverse(size_t n, const double *scale, const double *factor, double *inverse);

#endif
