/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arithmetic on a block of HBL_LANES persons at once. A person's K-vector lies as [k][lane], a
 * person's lower triangle as [i (i + 1) / 2 + j][lane]; "shared" matrices are the same for all
 * lanes, K x K row-major. Arrays are aligned to 64 bytes and do not overlap.
 */
#ifndef HBL_HB_LANES_H
#define HBL_HB_LANES_H

#include <stddef.h>

#include "likelihood/likelihood.h"

#define HBL_TRIANGLE(n) ((n) * ((n) + 1) / 2)

/* Sums over persons that a sweep needs, accumulated by block in `moments`. d = theta - mu. */
typedef struct {
    size_t n_random, n_columns, n_covariates;
    size_t d, dd; /* offsets: sum d [K], lower triangle of sum d d' */
    size_t g, gd; /* offsets: sum gradient [P], lower triangle of sum gradient d' */
    size_t wd;    /* offsets: sum w d' [Q x K] */
    size_t wg;    /* sum w gradient' [Q x K], of theta's rows */
    size_t n;     /* sums in all */
} hbl_moment_layout;

typedef struct {
    /* d = theta - mu, quadratic = d' precision d, force = g - precision d; precision shared. */
    void (*normal)(size_t K, const double *mu, const double *precision, const double *theta,
                   const double *g, double *d, double *force, double *quadratic);
    /* p += step * W force: a kick of the momentum; step a value a lane. */
    void (*kick)(size_t K, const double *w, const double *force, const double *step, double *p);
    /* theta += step * W' p */
    void (*drift)(size_t K, const double *w, const double *p, const double *step, double *theta);
    /* theta += step * l x, l shared lower triangular. */
    void (*add_lower)(size_t K, const double *l, const double *x, const double *step,
                      double *theta);
    /* out = mu_to + t (theta - mu_from), t shared lower triangular. */
    void (*affine)(size_t K, const double *t, const double *mu_from, const double *mu_to,
                   const double *theta, double *out);
    /* out[lane] = sum_k x_k^2 */
    void (*square)(size_t K, const double *x, double *out);
    /* The Metropolis-Hastings decisions: accepted is 1 where valid is and ln(uniform) < log_ratio,
     * 0 elsewhere; a ratio that is not a number, or a log-likelihood that is not finite, is a
     * rejection. Adds to counts how many were accepted, were valid, and were not finite. */
    void (*decide)(const double *valid, const double *log_likelihood, const double *log_ratio,
                   const double *uniform, double *accepted, double *counts);
    /* to = keep * to + sqrt(1 - keep^2) * noise, for K rows. */
    void (*refresh)(size_t K, double keep, const double *noise, double *to);
    /* to = mask ? from : -to, for K rows; mask is 0 or 1 a lane. */
    void (*select_or_negate)(size_t K, const double *mask, const double *from, double *to);
    /* w = R^-1 where R R' = a: a person's triangle each; NaN where a is not positive definite. */
    void (*inverse_factor)(size_t K, const double *a, double *w);
    /* to = mask ? from : to, for that many rows of lanes; mask is 0 or 1 a lane. */
    void (*select)(size_t rows, const double *mask, const double *from, double *to);
    /* One more value of each of these rows, share = 1 / how many there are then: moves the means
     * and the sums of squared deviations from them (Welford 1962). */
    void (*accumulate)(size_t rows, double share, const double *value, double *mean, double *m2);
    /* Adds a block's part to the sums: partial is [layout->n][fold]; valid is 0 or 1 a lane. Leaves
     * theta - mu in deviation, 0 in the lanes that are not valid. */
    void (*moments)(const hbl_moment_layout *layout, const double *mu, const double *valid,
                    const double *theta, const double *gradient, double *deviation,
                    double *partial);
    /* The same for wd and wg; w is the block's covariates, [Q][lane]. */
    void (*cross)(const hbl_moment_layout *layout, const double *mu, const double *w,
                  const double *theta, const double *gradient, double *partial);
    /* out_k += sign * sum_q w_q delta_qk, delta Q x K, shared. */
    void (*shift)(size_t Q, size_t K, const double *w, const double *delta, double sign,
                  double *out);
    /* sums[i] = the total over that many pieces of what `moments` left there, in order. */
    void (*total)(size_t pieces, size_t n, const double *partial, double *sums);
    /* sums += J' H J over the lanes, lower triangle, n x n: entry e of the n changes row[e] of a
     * person's vector by factor[e], a value a lane; hessian is a person's triangle each. */
    void (*pooled)(size_t n, const size_t *row, const double *const *factor, const double *hessian,
                   double *sums);
    size_t fold; /* partial sums kept for each sum in `moments`; at most 8 */
} hbl_lanes;

/* The table for the widest instruction set of this machine (see core/isa.h). */
const hbl_lanes *hbl_lanes_best(void);

hbl_moment_layout hbl_moment_layout_of(size_t n_random, size_t n_columns, size_t n_covariates);

#endif
