/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weighted sums over persons of log-likelihood, gradient and Hessian at one value of the
 * coefficients, the same bit for bit for any number of threads.
 */
#ifndef HBL_LIKELIHOOD_SUMS_H
#define HBL_LIKELIHOOD_SUMS_H

#include "likelihood/likelihood.h"

typedef struct {
    const hbl_likelihood *likelihood;
    size_t n, n_pairs; /* coefficients; elements of a triangle */
    int threads;
    bool exact;        /* the Hessian's kind */
    double *beta;      /* [n][HBL_LANES]: the same for every lane */
    double *workspace; /* a thread: lanes of log-likelihood, gradient, hessian, scratch; aligned */
    size_t n_parts;    /* of the blocks, that threads take up */
    double *partial;   /* a part: the first three, weighted and summed */
} hbl_sums;

int hbl_sums_init(hbl_sums *sums, const hbl_likelihood *likelihood, int threads, hbl_error *error);
void hbl_sums_clear(hbl_sums *sums);

/* At b[n]: gradient[n], and the full n x n of minus the second derivatives, exact or not as in
 * hbl_likelihood_block_hessian. */
void hbl_sums_evaluate(hbl_sums *sums, const double *b, bool exact, double *log_likelihood,
                       double *gradient, double *hessian);

#endif
