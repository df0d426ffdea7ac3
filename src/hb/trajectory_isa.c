/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiled once for each instruction set. A machine vector of persons at a time goes through a
 * whole step, its deviations, force and momentum in registers.
 */
#include "hb/trajectory.h"

#include <math.h>

#include "hb/by_size.h"

/* f = gradient - P d; returns d'P d. */
INLINE vec force_of(size_t K, const double *precision, const double *gradient, size_t v,
                    const vec *d, vec *force)
{
    vec quadratic = {0};

    UNROLLED (i, K) {
        vec sum = precision[i * K] * d[0];
        UNROLLED (j, K - 1)
            sum += precision[i * K + j + 1] * d[j + 1];
        force[i] = AT(gradient, i, v) - sum;
        quadratic += d[i] * sum;
    }
    return quadratic;
}

INLINE void kick(size_t K, const double *factor, size_t v, vec step, const vec *force, vec *p)
{
    UNROLLED (i, K)
        p[i] += step * factor_row(factor, v, i, force);
}

/* to = from + step W'p */
INLINE void drift(size_t K, const double *factor, size_t v, vec step, const vec *p,
                  const double *from, double *to)
{
    UNROLLED (j, K)
        SET(to, j, v) = AT(from, j, v) + step * factor_column(K, factor, v, j, p);
}

/* The drift that goes with kicks that long. */
INLINE vec shortened(vec step)
{
    return step / (1 + 0.25 * step * step);
}

INLINE vec sum_of_squares(size_t K, const vec *p)
{
    vec sum = {0};

    UNROLLED (k, K)
        sum += p[k] * p[k];
    return sum;
}

INLINE void start_of(size_t K, const hbl_trajectory *t, double keep, const double *noise,
                     double *refreshed, const double *theta, const double *gradient)
{
    const double fresh = sqrt(1 - keep * keep);
    vec *const d = ROOM(K), *const force = ROOM(K), *const p = ROOM(K);

    FOR_VECTORS (v) {
        const vec step = AT(t->step, 0, v);
        vec energy;

        UNROLLED (k, K) {
            p[k] = keep * AT(refreshed, k, v) + fresh * AT(noise, k, v);
            SET(refreshed, k, v) = p[k];
            d[k] = AT(theta, k, v) - t->mu[k];
        }
        energy = sum_of_squares(K, p) + force_of(K, t->precision, gradient, v, d, force);
        SET(t->energy, 0, v) = 0.5 * energy;
        kick(K, t->factor, v, 0.5 * step, force, p);
        drift(K, t->factor, v, shortened(step), p, theta, t->theta);
        UNROLLED (k, K)
            SET(t->momentum, k, v) = p[k];
    }
}

static void start(size_t K, const hbl_trajectory *t, double keep, const double *noise,
                  double *refreshed, const double *theta, const double *gradient)
{
    BY_SIZE(start_of, K, t, keep, noise, refreshed, theta, gradient);
}

/* p after a kick of that share of a step where the trajectory is; returns d'P d there. */
INLINE vec kicked(size_t K, const hbl_trajectory *t, size_t v, double share, vec *d, vec *force,
                  vec *p)
{
    vec quadratic;

    UNROLLED (k, K) {
        d[k] = AT(t->theta, k, v) - t->mu[k];
        p[k] = AT(t->momentum, k, v);
    }
    quadratic = force_of(K, t->precision, t->gradient, v, d, force);
    kick(K, t->factor, v, share * AT(t->step, 0, v), force, p);
    UNROLLED (k, K)
        SET(t->momentum, k, v) = p[k];
    return quadratic;
}

INLINE void next_of(size_t K, const hbl_trajectory *t)
{
    vec *const d = ROOM(K), *const force = ROOM(K), *const p = ROOM(K);

    FOR_VECTORS (v) {
        kicked(K, t, v, 1, d, force, p);
        drift(K, t->factor, v, shortened(AT(t->step, 0, v)), p, t->theta, t->theta);
    }
}

static void next(size_t K, const hbl_trajectory *t)
{
    BY_SIZE(next_of, K, t);
}

INLINE void finish_of(size_t K, const hbl_trajectory *t, const double *from,
                      const double *log_likelihood, double *log_ratio)
{
    vec *const d = ROOM(K), *const force = ROOM(K), *const p = ROOM(K);

    FOR_VECTORS (v) {
        const vec quadratic = kicked(K, t, v, 0.5, d, force, p);
        const vec energy = 0.5 * (quadratic + sum_of_squares(K, p));
        SET(log_ratio, 0, v) =
            AT(log_likelihood, 0, v) - AT(from, 0, v) - (energy - AT(t->energy, 0, v));
    }
}

static void finish(size_t K, const hbl_trajectory *t, const double *from,
                   const double *log_likelihood, double *log_ratio)
{
    BY_SIZE(finish_of, K, t, from, log_likelihood, log_ratio);
}

extern const hbl_trajectory_steps PASTE(hbl_trajectory_steps_, HBL_ISA);
const hbl_trajectory_steps PASTE(hbl_trajectory_steps_, HBL_ISA) = {start, next, finish};
