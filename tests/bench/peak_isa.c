/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiled once for each instruction set, with the flags of src/likelihood/pass_isa.c.
 */
#include <stdint.h>
#include <string.h>

#include "bench/peak.h"
#include "likelihood/pass_isa.h"

/* Chains that do not wait for each other: more than latency x units of any machine in reach, and no
 * more than the registers of AVX2 hold. */
enum { CHAINS = 12, ROUNDS = 20000 };
/* Arguments of exp2 in the first-level cache. */
enum { ARGUMENTS = 96, MOST_ABREAST = 4, EXP_ROUNDS = 500 };

#define HBL_DOUBLE 0
#include "bench/peak_body.h"
#undef HBL_DOUBLE

#define HBL_DOUBLE 1
#include "bench/peak_body.h"

static double read_all(const void *from, size_t size)
{
    const vreal_double *v = from;
    vreal_double total[8] = {{0}};
    double sum;

    for (size_t i = 0; i < size / sizeof *v; i += 8)
        UNROLLED (c, 8)
            total[c] += v[i + c];
    for (size_t c = 1; c < 8; c++)
        total[0] += total[c];
    memcpy(&sum, &total[0], sizeof sum);
    return sum;
}

extern const peak_kernels PASTE(peak_, HBL_ISA);
const peak_kernels PASTE(peak_, HBL_ISA) = {
    TEXT(HBL_ISA),
    {multiply_adds_float, multiply_adds_double},
    {{exponentials_one_float, exponentials_two_float, exponentials_four_float},
     {exponentials_one_double, exponentials_two_double, exponentials_four_double}},
    read_all};
