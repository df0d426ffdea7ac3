/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * beta = -exp(theta), the mirror image of the lognormal: negative for everyone, as a price. Above
 * theta = 709.78 beta is infinite, and the caller rejects the proposal.
 */
#include "model/mixing.h"

static void transform(size_t n, const double *theta, double lower, double upper, double *beta,
                      double *slope)
{
    hbl_mixing_mirror(&hbl_mixing_lognormal, n, theta, lower, upper, beta, slope);
}

static double inverse(double beta, double lower, double upper)
{
    return hbl_mixing_lognormal.inverse(-beta, lower, upper);
}

const hbl_mixing hbl_mixing_negative_lognormal = {
    .name = "negative-lognormal",
    .help = "beta = -exp(theta): negative for everyone",
    .transform = transform,
    .inverse = inverse,
};
