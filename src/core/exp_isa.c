/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiled once for each instruction set. exp(x) = 2^n exp(r), n the integer nearest to x / ln 2,
 * |r| <= ln(2) / 2, ln 2 in two parts so that r is exact to rounding (Cody and Waite 1980), and
 * exp(r) its Taylor series to r^13 / 13!, which leaves out 5e-18.
 */
#include <string.h>

#include "core/exp.h"
#include "core/vectors.h"

/* Where a and b are masks of all or no bits: */
static inline vec either(bits mask, vec a, vec b)
{
    return (vec)((mask & (bits)a) | (~mask & (bits)b));
}

/* 2^n for a whole number n + 2^52 + 2^51, -1022 <= n <= 1023. */
static inline vec power_of_two(vec shifted)
{
    return (vec)(((bits)shifted + 1023) << 52);
}

/* Its sum by Estrin's scheme, which does not wait for one product after the other. */
static inline vec series(vec r)
{
    const vec r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
    const vec a = (r * (1.0 / 6) + 0.5) * r2 + r;
    const vec b = (r * (1.0 / 5040) + 1.0 / 720) * r2 + (r * (1.0 / 120) + 1.0 / 24);
    const vec c = (r * (1.0 / 39916800) + 1.0 / 3628800) * r2 + (r * (1.0 / 362880) + 1.0 / 40320);
    const vec d = r * (1.0 / 6227020800) + 1.0 / 479001600;

    return (d * r4 + c) * r8 + (b * r4 + a) + 1;
}

static inline vec exp_vector(vec x)
{
    const double shift = 0x1.8p52, log2_e = 0x1.71547652b82fep0;
    const double ln2_high = 0x1.62e42fefa38p-1, ln2_low = 0x1.ef35793c7673p-45;
    const vec most = (vec){0} + 710, least = (vec){0} - 746;
    vec n, half, r;

    x = either((bits)(x > most), most, x);
    x = either((bits)(x < least), least, x);
    n = (x * log2_e + shift) - shift;
    r = (x - n * ln2_high) - n * ln2_low;
    half = (0.5 * n + shift) - shift; /* 2^n itself may be out of range */
    return series(r) * power_of_two(half + shift) * power_of_two((n - half) + shift);
}

void PASTE(hbl_exp_, HBL_ISA)(size_t n, const double *x, double *y);
void PASTE(hbl_exp_, HBL_ISA)(size_t n, const double *x, double *y)
{
    vec v = {0};
    size_t i = 0;

    for (; i + WIDTH <= n; i += WIDTH) {
        memcpy(&v, x + i, sizeof v);
        v = exp_vector(v);
        memcpy(y + i, &v, sizeof v);
    }
    if (i < n) {
        memcpy(&v, x + i, (n - i) * sizeof *x);
        v = exp_vector(v);
        memcpy(y + i, &v, (n - i) * sizeof *y);
    }
}
