/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arrays of lanes as machine vectors, for the *_isa.c files, which are compiled once for each
 * instruction set: a row of HBL_LANES doubles is VECTORS vectors of WIDTH.
 */
#ifndef HBL_LIKELIHOOD_VECTORS_H
#define HBL_LIKELIHOOD_VECTORS_H

#include "core/vectors.h"
#include "likelihood/likelihood.h"

enum { VECTORS = HBL_LANES / WIDTH };

/* Vector v of row k in an array of lanes. */
#define AT(array, k, v)  (((const vec *)(array))[(k)*VECTORS + (v)])
#define SET(array, k, v) (((vec *)(array))[(k)*VECTORS + (v)])
#define FOR_VECTORS(v)   for (size_t v = 0; v < VECTORS; v++)

#endif
