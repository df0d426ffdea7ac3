/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The exponential function of many numbers at once.
 */
#ifndef HBL_CORE_EXP_H
#define HBL_CORE_EXP_H

#include <stddef.h>

/* y_i = exp(x_i), i < n, with a relative error below 3e-16; y may be x. Infinite above 709.78, 0
 * below -745.13, gradually less precise from -708.4 on, NaN for NaN. What comes out does not depend
 * on n or on i. */
void hbl_exp(size_t n, const double *x, double *y);

#endif
