/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of hbl_msl_estimate.
 */
#ifndef HBL_MSL_FIT_H
#define HBL_MSL_FIT_H

#include "msl/internal.h"

int hbl_msl_fit_alloc(const hbl_msl *msl, hbl_msl_fit **fit, hbl_error *error);

/* Everything that follows from fit->estimate, whose errors are about scale. The gradient's
 * decrement by the exact Hessian comes out in fit->decrement. */
int hbl_msl_fit_curvature(hbl_msl *msl, const double *scale, hbl_msl_fit *fit, hbl_error *error);

/* g'Vg, V n x n. */
double hbl_msl_decrement(size_t n, const double *g, const double *variance);

/* What else follows from it: variances, boundaries, persons. */
int hbl_msl_fit_finish(hbl_msl *msl, hbl_msl_fit *fit, hbl_error *error);

/* Fits over randomised sequences. */
int hbl_msl_fit_repeat(hbl_msl *msl, const hbl_msl_audience *audience, hbl_msl_fit *fit,
                       hbl_error *error);

/* The unpacked parts of estimate. */
void hbl_msl_fit_unpack(const hbl_msl *msl, hbl_msl_fit *fit);

#endif
