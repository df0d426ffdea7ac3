/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A normal truncated at 0 from below; m and s are mean and spread before the truncation. With
 * Q(x) = 1 - Phi(x), H(x) = phi(x) / Q(x) the hazard, a = m / s and q = Q(z) the upper tail drawn,
 *
 *     beta = s d,   d = a + x,   Q(x) = q Phi(a),
 *     d beta / d m = 1 - r,   d beta / d s = x + a r = d - a (1 - r),   r = H(-a) / H(x)
 *
 * (from dx / da = -q phi(a) / phi(x) and q = Q(x) / Phi(a)).
 *
 * Where Phi(a) is small (m far below 0) x is near -a and beta would be what cancellation leaves, so
 * d is solved for on its own: with y = -a, ln Q(y + d) = ln q + ln Q(y), that is
 *
 *     f(d) = -y d - d^2 / 2 - ln H(y + d) + ln H(y) - ln q = 0,   f'(d) = -H(y + d),
 *
 * by Newton's method, which rises to the root of the concave f from the left without overshooting;
 * f is nearly linear. Where Phi(a) is near 1 the lower tail is used, Phi(x) = Phi(z) + q Phi(-a).
 * Relative accuracy of beta is about 1e-11, and much better away from 0,.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_erf.h>
#include <math.h>

#include "model/mixing.h"

static const double deep = -4.0; /* a below which the second form holds */

/* H; below -9 Q is 1 to rounding, and phi may underflow as it should. */
static double hazard_of(double x)
{
    return x < -9.0 ? 0.39894228040143267794 * exp(-0.5 * x * x) : gsl_sf_hazard(x);
}

/* d = a + x for a < deep. -ln q / H(y), the first step from 0, is not beyond the root. */
static double deep_distance(double y, double log_q)
{
    const double log_hazard = log(hazard_of(y));
    double d = 0.0;

    for (int i = 0; i < 50; i++) {
        const double hazard = hazard_of(y + d);
        const double step = (-d * (y + 0.5 * d) - log(hazard) + log_hazard - log_q) / hazard;

        d += step;
        if (!(fabs(step) > 1e-14 * d))
            break;
    }
    return d;
}

/* Just above the truncation, where either form would leave rounding only: with e = -ln q,
 * d = e / H (1 - e (H - y) / (2 H)) to second order, H at y. 0 where that does not serve. */
static double near_distance(double y, double log_q)
{
    const double hazard = hazard_of(y), bend = -0.5 * log_q * (hazard - y) / hazard;

    return bend < 1e-6 ? -log_q / hazard * (1.0 - bend) : 0.0;
}

static double shallow(double a, double q, double z)
{
    const double upper = q * gsl_cdf_ugaussian_P(a);

    if (upper < 0.5)
        return gsl_cdf_ugaussian_Qinv(upper);
    return gsl_cdf_ugaussian_Pinv(gsl_cdf_ugaussian_P(z) + q * gsl_cdf_ugaussian_Q(a));
}

/* ln Q(z), of the smaller tail. */
static double log_upper_tail(double z)
{
    return z > 0.0 ? log(gsl_cdf_ugaussian_Q(z)) : log1p(-gsl_cdf_ugaussian_P(z));
}

static void mix(size_t n, const double *m, double s, const double *z, double *beta, double *by_m,
                double *by_s)
{
    for (size_t i = 0; i < n; i++) {
        const double a = m[i] / s, log_q = log_upper_tail(z[i]);
        double d, x, r;

        if (!isfinite(a) || isnan(z[i])) {
            beta[i] = by_m[i] = by_s[i] = NAN;
            continue;
        }
        d = near_distance(-a, log_q);
        if (d == 0.0)
            d = a < deep ? deep_distance(-a, log_q)
                         : a + shallow(a, gsl_cdf_ugaussian_Q(z[i]), z[i]);
        x = d - a;
        r = hazard_of(-a) / hazard_of(x);
        beta[i] = s * d;
        by_m[i] = 1.0 - r;
        by_s[i] = d - a * by_m[i];
    }
}

const hbl_mixing hbl_mixing_truncated_normal = {
    .name = "truncated-normal",
    .help = "beta normal(m, s) truncated at 0 from below: positive for everyone",
    .mix = mix,
};
