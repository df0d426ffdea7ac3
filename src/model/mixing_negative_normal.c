/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * beta = -ln(1 + exp(theta)), the mirror image of the positive normal: negative for everyone, like
 * a normal far below 0 and like an exponential of theta near it.
 */
#include "model/mixing.h"

static void transform(size_t n, const double *theta, double lower, double upper, double *beta,
                      double *slope)
{
    hbl_mixing_mirror(&hbl_mixing_positive_normal, n, theta, lower, upper, beta, slope);
}

static double inverse(double beta, double lower, double upper)
{
    return hbl_mixing_positive_normal.inverse(-beta, lower, upper);
}

const hbl_mixing hbl_mixing_negative_normal = {
    .name = "negative-normal",
    .help = "beta = -ln(1 + exp(theta)): negative for everyone, near-normal far from 0",
    .transform = transform,
    .inverse = inverse,
};
