/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * beta = ln(1 + exp(theta)): positive for everyone, like a normal far above 0 and like an
 * exponential of theta near it; a smooth stand-in for a normal truncated at 0.
 *
 * With e = exp(-|theta|), ln(1 + exp(theta)) = max(theta, 0) + ln(1 + e) and its slope is 1 / (1 +
 * e) or e / (1 + e): neither overflows, and both keep their relative accuracy far below 0.
 */
#include "model/mixing.h"

#include <math.h>

#include "core/exp.h"

static void transform(size_t n, const double *theta, double lower, double upper, double *beta,
                      double *slope)
{
    (void)lower;
    (void)upper;
    for (size_t i = 0; i < n; i++)
        slope[i] = -fabs(theta[i]);
    hbl_exp(n, slope, slope);
    for (size_t i = 0; i < n; i++) {
        const double e = slope[i];

        beta[i] = (theta[i] < 0.0 ? 0.0 : theta[i]) + log1p(e);
        slope[i] = (theta[i] < 0.0 ? e : 1.0) / (1.0 + e);
    }
}

/* theta = size + ln(1 - exp(-size)). A coefficient of the wrong sign starts at a tenth of its size:
 * near zero on its own scale. */
static double inverse(double beta, double lower, double upper)
{
    const double size = beta > 0.0 ? beta : 0.1 * fabs(beta);

    (void)lower;
    (void)upper;
    if (!isfinite(size))
        return 0.0;
    return fmax(size, 1e-6) + log(-expm1(-fmax(size, 1e-6)));
}

const hbl_mixing hbl_mixing_positive_normal = {
    .name = "positive-normal",
    .help = "beta = ln(1 + exp(theta)): positive for everyone, near-normal far from 0",
    .transform = transform,
    .inverse = inverse,
};
