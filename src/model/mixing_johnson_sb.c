/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Johnson's SB: beta = lower + (upper - lower) / (1 + exp(-theta)) (Train and Sonnier 2005).
 *
 * With e = exp(-|theta|) the smaller of the two shares is q = e / (1 + e), and beta is reckoned
 * from the nearer bound, so that neither side overflows or cancels:
 *     theta >= 0: beta = upper - (upper - lower) q,   theta < 0: beta = lower + (upper - lower) q,
 *     slope = (upper - lower) e / (1 + e)^2.
 */
#include "model/mixing.h"

#include <math.h>

#include "core/exp.h"

static void transform(size_t n, const double *theta, double lower, double upper, double *beta,
                      double *slope)
{
    const double range = upper - lower;

    for (size_t i = 0; i < n; i++)
        slope[i] = -fabs(theta[i]);
    hbl_exp(n, slope, slope);
    for (size_t i = 0; i < n; i++) {
        const double e = slope[i];
        const double share = e / (1.0 + e);

        beta[i] = theta[i] < 0.0 ? lower + range * share : upper - range * share;
        slope[i] = range * share / (1.0 + e);
    }
}

/* The logit of beta's place between the bounds; at or beyond a bound, a place just inside. */
static double inverse(double beta, double lower, double upper)
{
    const double place = (beta - lower) / (upper - lower), margin = 1e-3;

    if (isnan(place))
        return 0.0;
    if (place < margin)
        return log(margin / (1.0 - margin));
    if (place > 1.0 - margin)
        return log((1.0 - margin) / margin);
    return log(place / (1.0 - place));
}

const hbl_mixing hbl_mixing_johnson_sb = {
    .name = "johnson-sb",
    .help = "beta = lower + (upper - lower) / (1 + exp(-theta)): between two bounds",
    .has_bounds = true,
    .transform = transform,
    .inverse = inverse,
};
