/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiled once for each instruction set; the flags are in the Makefile, which also lets multiply
 * and add contract here (the sums are ours, and the same on every run).
 */
#include <string.h>

#include "likelihood/likelihood.h"
#include "likelihood/pass.h"
#include "likelihood/pass_isa.h"

#define CHUNK 4 /* rows that go side by side */

#define HBL_DOUBLE 0
#include "likelihood/pass_type.h"
#undef HBL_DOUBLE

#define HBL_DOUBLE 1
#include "likelihood/pass_type.h"

extern const hbl_pass PASTE(hbl_pass_, HBL_ISA);
const hbl_pass PASTE(hbl_pass_, HBL_ISA) = {TEXT(HBL_ISA),
                                            {&kernels_float, &kernels_units_float},
                                            {&kernels_double, &kernels_units_double}};
