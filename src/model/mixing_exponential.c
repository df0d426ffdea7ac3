/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exponential above a threshold: beta = m + s E, E = -ln(1 - u) with u = Phi(z), so that E has mean
 * and standard deviation 1. 1 - u = erfc(z / sqrt(2)) / 2 above 0; below, ln(1 - u) by log1p.
 */
#include "model/mixing.h"

#include <math.h>

static void mix(size_t n, const double *m, double s, const double *z, double *beta, double *by_m,
                double *by_s)
{
    const double root_half = 0.70710678118654752440;

    for (size_t i = 0; i < n; i++) {
        const double tail = 0.5 * erfc(fabs(z[i]) * root_half);

        by_m[i] = 1.0;
        by_s[i] = z[i] > 0.0 ? -log(tail) : -log1p(-tail);
        beta[i] = m[i] + s * by_s[i];
    }
}

const hbl_mixing hbl_mixing_exponential = {
    .name = "exponential",
    .help = "beta = m + s E, E exponential with mean 1: above m for everyone",
    .mix = mix,
};
