/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Symmetric triangular between m - s and m + s, peak at m: beta = m + s t with
 *
 *     t = sqrt(2 u) - 1 for u <= 1/2, 1 - sqrt(2 (1 - u)) above,   u = Phi(z);
 *
 * its standard deviation is s / sqrt(6). With c = erfc(|z| / sqrt(2)), twice the smaller tail, and
 * a = erf(|z| / sqrt(2)) = 1 - c, |t| = 1 - sqrt(c) = a / (1 + sqrt(c)), which does not cancel at
 * the peak.
 */
#include "model/mixing.h"

#include <math.h>

static void mix(size_t n, const double *m, double s, const double *z, double *beta, double *by_m,
                double *by_s)
{
    const double root_half = 0.70710678118654752440;

    for (size_t i = 0; i < n; i++) {
        const double x = fabs(z[i]) * root_half;

        by_m[i] = 1.0;
        by_s[i] = copysign(erf(x) / (1.0 + sqrt(erfc(x))), z[i]);
        beta[i] = m[i] + s * by_s[i];
    }
}

const hbl_mixing hbl_mixing_triangular = {
    .name = "triangular",
    .help = "beta triangular between m - s and m + s, peak at m",
    .mix = mix,
};
