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

enum { HBL_MOST_FOLD = 8 };

#define HBL_TRIANGLE(n) ((n) * ((n) + 1) / 2)

/* Sums over persons that a sweep needs, accumulated by block. d = theta - mu. */
typedef struct {
    size_t n_random, n_columns, n_covariates;
    size_t ll;    /* offset: sum log-likelihood */
    size_t g, gd; /* sum gradient [P], lower triangle of sum gradient d' */
    size_t wg;    /* sum w gradient' [Q x K], of theta's rows */
    size_t d, dd; /* sum d [K], lower triangle of sum d d' */
    size_t wd;    /* sum w d' [Q x K] */
    size_t n;     /* sums in all */
} hbl_moment_layout;

typedef struct {
    /* out[lane] = (theta - mu)' precision (theta - mu), precision shared. */
    void (*quadratic)(size_t K, const double *mu, const double *precision, const double *theta,
                      double *out);
    /* out = W x */
    void (*whiten)(size_t K, const double *w, const double *x, double *out);
    /* theta += step * W' p, step a value a lane */
    void (*drift)(size_t K, const double *w, const double *p, const double *step, double *theta);
    /* theta += step * l x, l shared lower triangular. */
    void (*add_lower)(size_t K, const double *l, const double *x, const double *step,
                      double *theta);
    /* out = mu_to + t (theta - mu_from), t shared lower triangular. */
    void (*affine)(size_t K, const double *t, const double *mu_from, const double *mu_to,
                   const double *theta, double *out);
    /* The Metropolis-Hastings decisions: accepted is 1 where valid is and ln(uniform) < log_ratio,
     * 0 elsewhere; a ratio that is not a number, or a log-likelihood that is not finite, is a
     * rejection. Adds to counts, which holds fold pieces each, [3][fold], how many were accepted,
     * were valid, and were not finite. */
    void (*decide)(const double *valid, const double *log_likelihood, const double *log_ratio,
                   const double *uniform, double *accepted, double *counts);
    /* to = mask ? from : -to, for K rows; mask is 0 or 1 a lane. */
    void (*select_or_negate)(size_t K, const double *mask, const double *from, double *to);
    /* w = R^-1 where R R' = a: a person's triangle each; NaN where a is not positive definite. */
    void (*inverse_factor)(size_t K, const double *a, double *w);
    /* to = mask ? from : to, for that many rows of lanes; mask is 0 or 1 a lane. */
    void (*select)(size_t rows, const double *mask, const double *from, double *to);
    /* out = a x; to += x; out = a / b: a row of lanes each. */
    void (*scale)(double a, const double *x, double *out);
    void (*add)(const double *x, double *to);
    void (*divide)(const double *a, const double *b, double *out);
    /* One more value of each of these rows, share = 1 / how many there are then: moves the means
     * and, unless m2 is NULL, the sums of squared deviations from them (Welford 1962). */
    void (*accumulate)(size_t rows, double share, const double *value, double *mean, double *m2);
    /* d = theta - mu, 0 in the lanes where valid is 0. */
    void (*deviations)(size_t K, const double *mu, const double *valid, const double *theta,
                       double *d);
    /* Add a block's part to the sums, of which partial holds fold pieces each, [layout->n][fold]:
     * to d and dd; to ll, g and gd; and of w value' to the Q x K sums from `at` on, w the block's
     * covariates, [Q][lane]. */
    void (*spread)(const hbl_moment_layout *layout, const double *deviation, double *partial);
    void (*slopes)(const hbl_moment_layout *layout, const double *log_likelihood,
                   const double *gradient, const double *deviation, double *partial);
    void (*cross)(const hbl_moment_layout *layout, const double *w, const double *value, size_t at,
                  double *partial);
    /* out_k += sign * sum_q w_q delta_qk, delta Q x K, shared. */
    void (*shift)(size_t Q, size_t K, const double *w, const double *delta, double sign,
                  double *out);
    /* sums[i] = the total over that many pieces of what `moments` left there, in order. */
    void (*total)(size_t pieces, size_t n, const double *partial, double *sums);
    /* sums += J' H J over the lanes, lower triangle, n x n: entry e of the n changes row[e] of a
     * person's vector by factor[e], a value a lane; hessian is a person's triangle each. */
    void (*pooled)(size_t n, const size_t *row, const double *const *factor, const double *hessian,
                   double *sums);
    size_t fold; /* pieces of each sum, at most HBL_MOST_FOLD */
} hbl_lanes;

/* The table for the widest instruction set of this machine (see core/isa.h). */
const hbl_lanes *hbl_lanes_best(void);

hbl_moment_layout hbl_moment_layout_of(size_t n_random, size_t n_columns, size_t n_covariates);

#endif
