/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * beta = max(0, theta): a mass at 0 of those who do not care (Train and Sonnier 2005). The slope at
 * the kink is taken as 0. The comparison is written so that NaN stays NaN.
 */
#include "model/mixing.h"

#include <math.h>

static void transform(size_t n, const double *theta, double lower, double upper, double *beta,
                      double *slope)
{
    (void)lower;
    (void)upper;
    for (size_t i = 0; i < n; i++) {
        beta[i] = theta[i] < 0.0 ? 0.0 : theta[i];
        slope[i] = theta[i] > 0.0 ? 1.0 : 0.0;
    }
}

/* Below 0 every theta gives 0; beta itself says how far below the data would put it. */
static double inverse(double beta, double lower, double upper)
{
    (void)lower;
    (void)upper;
    return isfinite(beta) ? beta : 0.0;
}

const hbl_mixing hbl_mixing_censored_normal = {
    .name = "censored-normal",
    .help = "beta = max(0, theta): positive, with a mass of people at 0",
    .transform = transform,
    .inverse = inverse,
};
