/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A few draws of a block at once: their coefficients, their likelihoods, their part of the sums.
 * What the evaluation and the conditional means share.
 */
#ifndef HBL_MSL_CHUNK_H
#define HBL_MSL_CHUNK_H

#include "msl/internal.h"

enum { HBL_MSL_CHUNK = 8 }; /* draws */

/* A thread's workspace. Rows of lanes; K random coefficients, P coefficients. */
typedef struct {
    double *mean;              /* [K] mu + Delta'w_n */
    double *beta;              /* [draw][P] */
    double *slope, *by_spread; /* [draw][K] d beta / d theta (or m), d beta / d s */
    double *gradient;          /* [draw][terms.n_rows] */
    double *weight;            /* [draw] ll, then exp(ll - reference) */
    double *reference;         /* a row */
    double *sum;               /* [2] sums of the weights and of their squares */
    double *term;              /* [terms.n_rows + terms.n_products] weighted sums */
    double *pass, *draws;      /* lent on */
} hbl_msl_chunk;

/* Doubles of a thread's workspace, and its parts. */
size_t hbl_msl_chunk_size(const hbl_msl *msl);
hbl_msl_chunk hbl_msl_chunk_of(const hbl_msl *msl, int thread);

/* Before the first draw of a block. */
void hbl_msl_chunk_begin(const hbl_msl *msl, size_t block, const double *parameter,
                         hbl_msl_chunk *chunk);
/* beta and slopes of so many draws with normals z. */
void hbl_msl_chunk_beta(const hbl_msl *msl, const double *parameter, size_t draws, const double *z,
                        hbl_msl_chunk *chunk);
/* Their likelihoods (and gradients), added to the sums; weight then holds their weights. */
void hbl_msl_chunk_add(const hbl_msl *msl, size_t block, size_t draws, const double *z,
                       bool want_gradient, hbl_msl_chunk *chunk);
/* ln P_n of a lane, after the last draw. */
double hbl_msl_chunk_log(const hbl_msl *msl, const hbl_msl_chunk *chunk, size_t lane);

#endif
