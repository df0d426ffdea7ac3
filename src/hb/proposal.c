/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Population parameters moved with the standardised theta_n held: see proposal.h.
 */
#include "hb/proposal.h"

#include <string.h>

#include "core/linalg.h"

static hbl_proposal room_in(const hbl_chain *chain)
{
    const size_t K = chain->hb->K, F = chain->hb->F, d = chain->hb->n_entries;
    hbl_proposal p;

    p.to.mu = chain->interweave;
    p.to.alpha = p.to.mu + K;
    p.to.delta = p.to.alpha + F;
    p.to.L = p.to.delta + chain->hb->Q * K;
    p.to.L_inverse = p.to.L + K * K;
    p.t = p.to.L_inverse + K * K;
    p.v = p.t + K * K;
    p.gradient = p.v + d;
    p.gradient_to = p.gradient + d;
    p.noise = p.gradient_to + d;
    p.increment = p.noise + d;
    return p;
}

static void copy_point(const hbl_hb *hb, const hbl_point *from, hbl_point *to)
{
    const size_t K = hb->K;

    memcpy(to->mu, from->mu, K * sizeof(double));
    memcpy(to->L, from->L, K * K * sizeof(double));
    memcpy(to->L_inverse, from->L_inverse, K * K * sizeof(double));
    memcpy(to->delta, from->delta, hb->Q * K * sizeof(double));
    memcpy(to->alpha, from->alpha, hb->F * sizeof(double));
}

hbl_point hbl_point_of(const hbl_chain *chain)
{
    return (hbl_point){chain->mu, chain->L, chain->L_inverse, chain->delta, chain->alpha};
}

hbl_proposal hbl_proposal_begin(const hbl_chain *chain)
{
    const hbl_point from = hbl_point_of(chain);
    hbl_proposal p = room_in(chain);

    copy_point(chain->hb, &from, &p.to);
    return p;
}

void hbl_proposal_factor(const hbl_chain *chain, hbl_proposal *p)
{
    const size_t K = chain->hb->K;

    hbl_lower_inverse(K, p->to.L, p->to.L_inverse);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++) {
            p->t[i * K + j] = 0;
            for (size_t k = j; k <= i; k++)
                p->t[i * K + j] += p->to.L[i * K + k] * chain->L_inverse[k * K + j];
        }
}

/* theta'_n = mu' + L' L^-1 (theta_n - mu), less Delta'w_n both, its log-likelihood and gradient,
 * for every person. */
static void evaluate_chunk(hbl_chain *chain, size_t chunk, size_t first, size_t end,
                           hbl_workspace *workspace)
{
    const hbl_hb *hb = chain->hb;
    const hbl_proposal p = room_in(chain);
    double *sums = chain->chunk_moment + chunk * hb->layout.n * hb->lanes->fold;

    memset(sums, 0, hb->layout.n * hb->lanes->fold * sizeof *sums);
    for (size_t block = first; block < end; block++) {
        const double *theta = hbl_at_block(chain->theta, block, hb->K);
        double *other = hbl_at_block(chain->theta_other, block, hb->K);
        double *log_likelihood = hbl_at_block(chain->log_likelihood_other, block, 1);
        double *gradient = hbl_at_block(chain->gradient_other, block, hb->P);

        if (hb->moves_hierarchy)
            hb->lanes->affine(hb->K, p.t, chain->mu, p.to.mu, theta, other);
        else
            memcpy(other, theta, hb->K * HBL_LANES * sizeof *theta);
        hbl_evaluate(hb, block, other, p.to.delta, p.to.alpha, workspace, log_likelihood, gradient);
        hbl_add_slopes(hb, block, p.to.mu, other, log_likelihood, gradient, workspace, sums);
    }
}

void hbl_proposal_evaluate(hbl_chain *chain, const hbl_proposal *p)
{
    hbl_for_parts(chain, chain->hb->n_chunks, evaluate_chunk);
    hbl_sum_chunks(chain, p->to.mu, &chain->sums_other);
}

static void swap(double **a, double **b)
{
    double *kept = *a;
    *a = *b;
    *b = kept;
}

/* to_q = t from_q for n vectors. */
static void map_each(size_t n, size_t K, const double *t, const double *from, double *to)
{
    for (size_t q = 0; q < n; q++)
        for (size_t i = 0; i < K; i++) {
            to[q * K + i] = 0;
            for (size_t j = 0; j <= i; j++)
                to[q * K + i] += t[i * K + j] * from[q * K + j];
        }
}

/* The deviations' sums where the proposal is, theta'_n - mu' = t (theta_n - mu), of those where the
 * chain is: t sum d, t (sum d d') t', sum w d' t'. */
static void map_spread(const hbl_chain *chain, const double *t, const double *from, double *to)
{
    const hbl_moment_layout *at = &chain->hb->layout;
    const size_t K = chain->hb->K;
    double *rows = chain->scratch; /* of (sum d d') t' */

    map_each(1, K, t, from + at->d, to + at->d);
    map_each(chain->hb->Q, K, t, from + at->wd, to + at->wd);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++) {
            rows[i * K + j] = 0;
            for (size_t k = 0; k <= j; k++)
                rows[i * K + j] +=
                    t[j * K + k] *
                    from[at->dd + (i >= k ? HBL_TRIANGLE(i) + k : HBL_TRIANGLE(k) + i)];
        }
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t k = 0; k <= i; k++)
                sum += t[i * K + k] * rows[k * K + j];
            to[at->dd + HBL_TRIANGLE(i) + j] = sum;
        }
}

void hbl_proposal_accept(hbl_chain *chain, const hbl_proposal *p)
{
    const hbl_hb *hb = chain->hb;
    const hbl_sums kept = chain->sums;

    memcpy(chain->mu, p->to.mu, hb->K * sizeof(double));
    memcpy(chain->alpha, p->to.alpha, hb->F * sizeof(double));
    if (hb->moves_hierarchy) {
        memcpy(chain->L, p->to.L, hb->K * hb->K * sizeof(double));
        memcpy(chain->delta, p->to.delta, hb->Q * hb->K * sizeof(double));
        hbl_derive_from_factor(chain);
        map_spread(chain, p->t, chain->sums.moment, chain->sums_other.moment);
        swap(&chain->theta, &chain->theta_other);
    } else {
        memcpy(chain->sums_other.moment + hb->layout.d, chain->sums.moment + hb->layout.d,
               (hb->layout.n - hb->layout.d) * sizeof(double));
    }
    swap(&chain->log_likelihood, &chain->log_likelihood_other);
    swap(&chain->gradient, &chain->gradient_other);
    chain->sums = chain->sums_other;
    chain->sums_other = kept;
}
