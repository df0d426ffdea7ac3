/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The leapfrog steps of hmc on a block of persons at once, laid out as in lanes.h. With f = grad
 * ll_n - P (theta - mu), P = Omega^-1, and W'W = M_n, the metric's inverse, a trajectory is
 *
 *     start:    p += e/2 W f,  theta += e/(1 + e^2/4) W'p;   f anew
 *     next:     p += e W f,    theta += e/(1 + e^2/4) W'p;   f anew
 *     finish:   p += e/2 W f
 *
 * A rotation by the angle a is three shears, a kick by tan(a/2), a drift by sin a, a kick by
 * tan(a/2), and sin a = e/(1 + e^2/4) where e/2 = tan(a/2): where ll_n is quadratic and M_n^-1 its
 * Hessian + P, a step is the exact motion through the angle a = 2 atan(e/2), accepted always. With
 * drifts by e (Neal 2011, section 5.3), it is so for small e alone. Between the calls the caller
 * computes the gradient.
 */
#ifndef HBL_HB_TRAJECTORY_H
#define HBL_HB_TRAJECTORY_H

#include <stddef.h>

typedef struct {
    const double *mu, *precision; /* [K], P [K x K]: shared by the lanes */
    const double *factor;         /* W, [triangle][lane] */
    const double *step;           /* e, [lane]: by which a kick is long */
    double *theta, *momentum;     /* where the trajectory is, [K][lane] each */
    double *gradient;             /* of ll_n there, [K][lane] */
    double *energy;               /* [lane]: at the start, (theta - mu)'P(theta - mu)/2 + p'p/2 */
} hbl_trajectory;

typedef struct {
    /* refreshed = keep * refreshed + sqrt(1 - keep^2) * noise, the momentum that the trajectory
     * starts with from theta, where the gradient is that; then as above. */
    void (*start)(size_t K, const hbl_trajectory *t, double keep, const double *noise,
                  double *refreshed, const double *theta, const double *gradient);
    void (*next)(size_t K, const hbl_trajectory *t);
    /* Then log_ratio = ll_n - from - (energy at the end - energy at the start), from what ll_n was
     * at the start. */
    void (*finish)(size_t K, const hbl_trajectory *t, const double *from,
                   const double *log_likelihood, double *log_ratio);
} hbl_trajectory_steps;

/* The table for the widest instruction set of this machine (see core/isa.h). */
const hbl_trajectory_steps *hbl_trajectory_steps_best(void);

#endif
