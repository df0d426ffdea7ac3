/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All of the pass for one floating-point type: part of pass_isa.c, which includes it twice.
 */
#include "likelihood/pass_math.h"

#include "likelihood/pass_product.h"

#define HBL_UNITS 0
#include "likelihood/pass_body.h"
#undef HBL_UNITS

#define HBL_UNITS 1
#include "likelihood/pass_body.h"
#undef HBL_UNITS
