/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * beta = theta.
 */
#include "model/mixing.h"

#include <math.h>

static void transform(size_t n, const double *theta, double lower, double upper, double *beta,
                      double *slope)
{
    (void)lower;
    (void)upper;
    for (size_t i = 0; i < n; i++) {
        beta[i] = theta[i];
        slope[i] = 1.0;
    }
}

static double inverse(double beta, double lower, double upper)
{
    (void)lower;
    (void)upper;
    return isfinite(beta) ? beta : 0.0;
}

const hbl_mixing hbl_mixing_normal = {
    .name = "normal",
    .help = "beta = theta: any sign, symmetric",
    .transform = transform,
    .inverse = inverse,
};
