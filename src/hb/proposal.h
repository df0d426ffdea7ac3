/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Moves of the population parameters v = (mu, L, Delta, alpha) with z_n = L^-1 (theta_n - Delta'w_n
 * - mu) held: what interweave.c and scale_step.c have in common.
 */
#ifndef HBL_HB_PROPOSAL_H
#define HBL_HB_PROPOSAL_H

#include "hb/chain.h"

/* A point v with what its density and gradient need. */
typedef struct {
    double *mu, *L, *L_inverse, *delta, *alpha;
} hbl_point;

/* The chain's room for a move: where to, and t = L' L^-1. */
typedef struct {
    hbl_point to;
    double *t;
    double *v, *gradient, *gradient_to, *noise, *increment; /* n_entries */
} hbl_proposal;

/* The chain's own point. */
hbl_point hbl_point_of(const hbl_chain *chain);

/* A proposal that stays where the chain is. */
hbl_proposal hbl_proposal_begin(const hbl_chain *chain);

/* L_inverse and t, once L has been proposed. */
void hbl_proposal_factor(const hbl_chain *chain, hbl_proposal *p);

/* Every person at the proposal: theta_other, log_likelihood_other, gradient_other, sums_other. */
void hbl_proposal_evaluate(hbl_chain *chain, const hbl_proposal *p);

/* The proposal becomes the state. */
void hbl_proposal_accept(hbl_chain *chain, const hbl_proposal *p);

#endif
