/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The simulated log-likelihood and its gradient (Train 2009, ch. 10; Revelt and Train 1998):
 *
 *     ln P_n = ln (1/R) sum_r exp(ll_nr),   ll_nr = ll_n(beta_nr, fixed),
 *     beta_nr = g(theta_nr),   theta_nr = mu + Delta'w_n + L z_nr,
 *     d ln P_n / dp = sum_r omega_nr d ll_nr / dp,   omega_nr = exp(ll_nr) / sum_r exp(ll_nr);
 *
 * with h = d ll_nr / d theta_nr, d ll_nr / d mu = h, by Delta_qk it is w_nq h_k, by L_ij h_i z_nj,
 * by fixed coefficients what the pass gives. Coefficients with a form of their own (mix) depend on
 * (m_nk, s_k) = (mu_k + w_n'Delta_k, |L_kk|) in place of theta, and have a row more in the
 * gradient, that by s_k.
 *
 * Blocks are independent; their sums are added in order.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"
#include "msl/chunk.h"

/* ---- preparation ---- */

static void list_terms(hbl_msl *msl)
{
    const hbl_model *model = msl->model;
    size_t n_mixed = 0, n_products = 0;

    for (size_t k = 0; k < model->n_random; k++) {
        msl->shape[k] = model->mixing[k]->mix                ? HBL_MSL_MIXED
                        : model->mixing[k] == hbl_mixings[0] ? HBL_MSL_PLAIN
                                                             : HBL_MSL_CURVED;
        if (msl->shape[k] == HBL_MSL_MIXED)
            msl->mixed_row[k] = model->n_coefficients + n_mixed++;
    }
    msl->terms = (hbl_msl_terms){.n_rows = model->n_coefficients + n_mixed,
                                 .n_random = model->n_random,
                                 .row = msl->product_row,
                                 .column = msl->product_column};
    for (size_t e = 0; e < msl->n_factors; e++) {
        const size_t i = msl->factor_row[e];
        if (msl->shape[i] == HBL_MSL_MIXED) {
            msl->product_of[e] = msl->mixed_row[i];
            continue;
        }
        msl->product_row[n_products] = i;
        msl->product_column[n_products] = msl->factor_column[e];
        msl->product_of[e] = msl->terms.n_rows + n_products++;
    }
    msl->terms.n_products = n_products;
}

int hbl_msl_objective_init(hbl_msl *msl, hbl_error *error)
{
    const size_t K = msl->model->n_random, n = msl->n_factors;
    const size_t n_blocks = hbl_likelihood_n_blocks(msl->likelihood);

    msl->shape = hbl_calloc(K, sizeof(size_t), "simulation", error);
    msl->mixed_row = hbl_calloc(K, sizeof(size_t), "simulation", error);
    msl->product_row = hbl_calloc(n, sizeof(size_t), "simulation", error);
    msl->product_column = hbl_calloc(n, sizeof(size_t), "simulation", error);
    msl->product_of = hbl_calloc(n, sizeof(size_t), "simulation", error);
    msl->one = hbl_calloc((size_t)msl->threads * msl->n_parameters, sizeof(double), "sums", error);
    msl->partial = hbl_calloc(n_blocks * (1 + msl->n_parameters), sizeof(double), "sums", error);
    if (!msl->shape || !msl->mixed_row || !msl->product_row || !msl->product_column ||
        !msl->product_of || !msl->one || !msl->partial)
        return HBL_ERR_MEMORY;
    list_terms(msl);
    msl->workspace_size = hbl_msl_chunk_size(msl);
    msl->workspace = hbl_calloc_aligned((size_t)msl->threads * msl->workspace_size, sizeof(double),
                                        "simulation", error);
    return msl->workspace ? HBL_OK : HBL_ERR_MEMORY;
}

void hbl_msl_objective_clear(hbl_msl *msl)
{
    free(msl->shape);
    free(msl->mixed_row);
    free(msl->product_row);
    free(msl->product_column);
    free(msl->product_of);
    free(msl->one);
    free(msl->partial);
    free(msl->workspace);
}

/* ---- all draws of all blocks ---- */

typedef struct {
    const hbl_msl *msl;
    const double *parameter;
    bool want_gradient;
    double *scores, *person;
} evaluation;

/* d ln P_n / dp of the person in that lane. */
static void score(const evaluation *e, const hbl_msl_chunk *c, size_t lane, size_t n, double *to)
{
    const hbl_msl *msl = e->msl;
    const hbl_model *model = msl->model;
    const size_t K = model->n_random, Q = model->n_covariates;
    const double share = 1 / c->sum[lane];
    const double *term = c->term + lane;

    for (size_t k = 0; k < K; k++)
        to[k] = term[k * HBL_LANES] * share;
    for (size_t q = 0; q < Q; q++)
        for (size_t k = 0; k < K; k++)
            to[msl->first_slope + q * K + k] = model->w[n * Q + q] * to[k];
    for (size_t f = 0; f < msl->n_factors; f++) {
        const size_t p = msl->first_factor + f;
        const bool turned = msl->shape[msl->factor_row[f]] == HBL_MSL_MIXED && e->parameter[p] < 0;
        to[p] = term[msl->product_of[f] * HBL_LANES] * (turned ? -share : share);
    }
    for (size_t f = K; f < model->n_coefficients; f++)
        to[msl->first_fixed + f - K] = term[f * HBL_LANES] * share;
}

static void finish_block(const evaluation *e, const hbl_msl_chunk *c, size_t block, double *one)
{
    const hbl_msl *msl = e->msl;
    const double *weights = msl->model->panel->weight;
    double *partial = msl->partial + block * (1 + msl->n_parameters);

    memset(partial, 0, (1 + msl->n_parameters) * sizeof *partial);
    for (size_t l = 0; l < HBL_LANES; l++) {
        const size_t n = hbl_likelihood_person(msl->likelihood, block, l);
        const double weight = n != SIZE_MAX && weights ? weights[n] : 1;
        double ln;

        if (n == SIZE_MAX)
            continue;
        ln = hbl_msl_chunk_log(msl, c, l);
        partial[0] += weight * ln;
        if (e->person)
            e->person[n] = ln;
        if (!e->want_gradient)
            continue;
        if (e->scores)
            one = e->scores + n * msl->n_parameters;
        score(e, c, l, n, one);
        for (size_t p = 0; p < msl->n_parameters; p++)
            partial[1 + p] += weight * one[p];
    }
}

static void evaluate_block(void *context, size_t block, int thread)
{
    const evaluation *e = context;
    const hbl_msl *msl = e->msl;
    hbl_msl_chunk c = hbl_msl_chunk_of(msl, thread);
    const size_t R = msl->draws.draws, K = msl->model->n_random;
    const double *z = hbl_msl_draws_block(&msl->draws, msl->likelihood, block, c.draws);

    hbl_msl_chunk_begin(msl, block, e->parameter, &c);
    for (size_t r = 0; r < R; r += HBL_MSL_CHUNK) {
        const size_t draws = R - r < HBL_MSL_CHUNK ? R - r : HBL_MSL_CHUNK;
        const double *at = z + r * K * HBL_LANES;
        hbl_msl_chunk_beta(msl, e->parameter, draws, at, &c);
        hbl_msl_chunk_add(msl, block, draws, at, e->want_gradient, &c);
    }
    finish_block(e, &c, block, msl->one + (size_t)thread * msl->n_parameters);
}

int hbl_msl_evaluate(hbl_msl *msl, const double *parameter, double *log_likelihood,
                     double *gradient, double *scores, double *person, hbl_error *error)
{
    const size_t n_blocks = hbl_likelihood_n_blocks(msl->likelihood), n = msl->n_parameters;
    evaluation e = {msl, parameter, gradient || scores, scores, person};

    (void)error;
    hbl_parallel_for(msl->threads, n_blocks, evaluate_block, &e);
    for (size_t block = 1; block < n_blocks; block++)
        for (size_t p = 0; p < 1 + n; p++)
            msl->partial[p] += msl->partial[block * (1 + n) + p];
    *log_likelihood = msl->partial[0];
    if (gradient)
        memcpy(gradient, msl->partial + 1, n * sizeof *gradient);
    msl->evaluations++;
    return HBL_OK;
}
