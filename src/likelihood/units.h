/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Units of columns: in most surveys the levels of an attribute lie on a grid, and differences
 * between them are multiples of its mesh.
 */
#ifndef HBL_LIKELIHOOD_UNITS_H
#define HBL_LIKELIHOOD_UNITS_H

#include <stdbool.h>

#include "hblogit/model.h"

/* True where every column k of x has a unit[k] > 0 such that, for any two rows of a task, there is
 * a whole m, |m| <= 32767, with
 *
 *     |x_ik - x_jk - m unit[k]| <= 2^-47 max_k,   max_k the largest |x_k|,
 *
 * some 14 digits, and 2^-47 max_k <= 2^-25 unit[k], so that m unit[k] is also, unless it is 0, the
 * difference to within the rounding of a float; and no task has more than 32767 rows. unit is of no
 * use otherwise. A column that is the same throughout each task has unit 1. */
bool hbl_units_find(const hbl_model *model, double *unit);

#endif
