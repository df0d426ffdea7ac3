/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The step of a trust region: least g'p + p'Bp / 2 with |S p| <= radius, S a diagonal of scales.
 */
#ifndef HBL_MSL_REGION_H
#define HBL_MSL_REGION_H

#include <stdbool.h>
#include <stddef.h>

#include "hblogit/error.h"

typedef struct hbl_region hbl_region;

int hbl_region_alloc(size_t n, hbl_region **region, hbl_error *error);
void hbl_region_free(hbl_region *region);

/* Takes the model in: g and scale (n, above 0), B (n x n, symmetric). false where it is not finite.
 */
bool hbl_region_set(hbl_region *region, const double *g, const double *B, const double *scale);
/* g'B^-1 g, or infinite where B is not positive definite. */
double hbl_region_decrement(const hbl_region *region);
/* |S p| of the Newton step p = -B^-1 g; infinite where B is not positive definite. */
double hbl_region_newton_length(const hbl_region *region);
/* The step and by how much the model falls along it (a number above 0). Returns |S p|. */
double hbl_region_step(hbl_region *region, double radius, double *step, double *predicted);

#endif
