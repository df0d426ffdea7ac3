/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the machine can do at most, one thread: the yardsticks of the likelihood pass. Compiled once
 * for each instruction set, like the pass itself.
 */
#ifndef HBL_TESTS_BENCH_PEAK_H
#define HBL_TESTS_BENCH_PEAK_H

#include <stddef.h>

/* Each does some work and returns how much: fused multiply-adds on numbers that stay in registers;
 * exponentials by the program's own exp2 (likelihood/pass_math.h) of numbers that stay in the
 * first-level cache. sum takes what comes out, so that nothing is left out. */
typedef double peak_function(double *sum);

enum { PEAK_WAYS = 3 };

typedef struct {
    const char *isa;
    /* [0] for float, [1] for double; exponentials one after the other, two or four side by side:
     * which is fastest depends on the registers. */
    peak_function *multiply_adds[2], *exponentials[2][PEAK_WAYS];
    /* Reads size bytes, a multiple of 4,096, aligned to 64. */
    double (*read)(const void *from, size_t size);
} peak_kernels;

#if defined __x86_64__
extern const peak_kernels peak_sse2, peak_avx2, peak_avx512;
#else
extern const peak_kernels peak_baseline;
#endif

#endif
