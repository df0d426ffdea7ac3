/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Uniform between m - s and m + s: beta = m + s (2 u - 1), u = Phi(z); its standard deviation is
 * s / sqrt(3). 2 Phi(z) - 1 = erf(z / sqrt(2)), which keeps its relative accuracy at the middle.
 */
#include "model/mixing.h"

#include <math.h>

static void mix(size_t n, const double *m, double s, const double *z, double *beta, double *by_m,
                double *by_s)
{
    const double root_half = 0.70710678118654752440;

    for (size_t i = 0; i < n; i++) {
        by_m[i] = 1.0;
        by_s[i] = erf(z[i] * root_half);
        beta[i] = m[i] + s * by_s[i];
    }
}

const hbl_mixing hbl_mixing_uniform = {
    .name = "uniform",
    .help = "beta uniform between m - s and m + s",
    .mix = mix,
};
