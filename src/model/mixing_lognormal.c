/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * beta = exp(theta): positive for everyone. Above theta = 709.78 beta is infinite, and the caller
 * rejects the proposal.
 */
#include "model/mixing.h"

#include <math.h>
#include <string.h>

#include "core/exp.h"

static void transform(size_t n, const double *theta, double lower, double upper, double *beta,
                      double *slope)
{
    (void)lower;
    (void)upper;
    hbl_exp(n, theta, beta);
    memcpy(slope, beta, n * sizeof *slope);
}

/* A coefficient of the wrong sign starts at a tenth of its size: near zero on its own scale. */
static double inverse(double beta, double lower, double upper)
{
    const double size = beta > 0.0 ? beta : 0.1 * fabs(beta);

    (void)lower;
    (void)upper;
    if (!isfinite(size))
        return 0.0;
    return log(fmax(size, 1e-6));
}

const hbl_mixing hbl_mixing_lognormal = {
    .name = "lognormal",
    .help = "beta = exp(theta): positive for everyone",
    .transform = transform,
    .inverse = inverse,
};
