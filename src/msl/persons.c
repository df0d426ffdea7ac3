/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person's choices say of that person's coefficients (Revelt and Train 2000; Train 2009, ch.
 * 11): beta_n given the choices has weights omega_nr = P_nr / sum_r P_nr on the draws,
 *
 *     mean_n = sum_r omega_nr beta_nr,   var_n = sum_r omega_nr (beta_nr - mean_n)^2.
 *
 * And the bias of LL that comes of taking the logarithm of a mean of R draws: E ln P^ is below ln P
 * by about Var_r(P_nr) / (2 R P_n^2), which from the same weights is (R sum_r omega_nr^2 - 1) /
 * (2 (R - 1)).
 */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"
#include "msl/chunk.h"

typedef struct {
    hbl_msl *msl;
    const double *parameter;
    double *mean, *sd; /* n_persons x K; sums on the way */
    double *bias;      /* a block */
} conditional;

/* A new reference makes what was summed smaller. */
static void rescale(const conditional *x, size_t block, const hbl_msl_chunk *c,
                    const double *before)
{
    const size_t K = x->msl->model->n_random;

    for (size_t l = 0; l < HBL_LANES; l++) {
        const size_t n = hbl_likelihood_person(x->msl->likelihood, block, l);
        const double factor = exp(before[l] - c->reference[l]);
        for (size_t k = 0; n != SIZE_MAX && c->reference[l] > before[l] && k < K; k++) {
            x->mean[n * K + k] *= factor;
            x->sd[n * K + k] *= factor;
        }
    }
}

/* beta of the chunk, cumulated, times the weights. */
static void add(const conditional *x, size_t block, size_t draws, const hbl_msl_chunk *c)
{
    const hbl_model *model = x->msl->model;
    const size_t K = model->n_random, P = model->n_coefficients;

    for (size_t d = 0; d < draws; d++) {
        for (size_t l = 0; l < HBL_LANES; l++) {
            const size_t n = hbl_likelihood_person(x->msl->likelihood, block, l);
            const double weight = c->weight[d * HBL_LANES + l];
            double *beta = c->beta + d * P * HBL_LANES + l;

            if (n == SIZE_MAX || weight == 0)
                continue;
            hbl_model_cumulate(model, beta, HBL_LANES);
            for (size_t k = 0; k < K; k++) {
                x->mean[n * K + k] += weight * beta[k * HBL_LANES];
                x->sd[n * K + k] += weight * beta[k * HBL_LANES] * beta[k * HBL_LANES];
            }
        }
    }
}

static void finish(const conditional *x, size_t block, const hbl_msl_chunk *c)
{
    const hbl_msl *msl = x->msl;
    const size_t K = msl->model->n_random;
    const double R = (double)msl->draws.draws, *weights = msl->model->panel->weight;

    x->bias[block] = 0;
    for (size_t l = 0; l < HBL_LANES; l++) {
        const size_t n = hbl_likelihood_person(msl->likelihood, block, l);
        const double total = c->sum[l];

        for (size_t k = 0; n != SIZE_MAX && k < K; k++) {
            double *mean = &x->mean[n * K + k], *sd = &x->sd[n * K + k];
            *mean /= total;
            *sd = sqrt(fmax(0, *sd / total - *mean * *mean));
        }
        if (n != SIZE_MAX && R > 1)
            x->bias[block] += (weights ? weights[n] : 1) *
                              (R * c->sum[HBL_LANES + l] / (total * total) - 1) / (2 * (R - 1));
    }
}

static void person_block(void *context, size_t block, int thread)
{
    const conditional *x = context;
    const hbl_msl *msl = x->msl;
    hbl_msl_chunk c = hbl_msl_chunk_of(msl, thread);
    const size_t R = msl->draws.draws, K = msl->model->n_random;
    const double *z = hbl_msl_draws_block(&msl->draws, msl->likelihood, block, c.draws);
    double before[HBL_LANES];

    hbl_msl_chunk_begin(msl, block, x->parameter, &c);
    for (size_t r = 0; r < R; r += HBL_MSL_CHUNK) {
        const size_t draws = R - r < HBL_MSL_CHUNK ? R - r : HBL_MSL_CHUNK;
        hbl_msl_chunk_beta(msl, x->parameter, draws, z + r * K * HBL_LANES, &c);
        memcpy(before, c.reference, sizeof before);
        hbl_msl_chunk_add(msl, block, draws, z, false, &c);
        rescale(x, block, &c, before);
        add(x, block, draws, &c);
    }
    finish(x, block, &c);
}

int hbl_msl_persons(hbl_msl *msl, const double *parameter, double *mean, double *sd, double *bias,
                    hbl_error *error)
{
    const size_t n_blocks = hbl_likelihood_n_blocks(msl->likelihood);
    const size_t size = msl->model->panel->n_persons * msl->model->n_random * sizeof *mean;
    conditional x = {
        .msl = msl, .parameter = parameter, .mean = mean, .sd = sd, .bias = msl->partial};

    (void)error;
    memset(mean, 0, size);
    memset(sd, 0, size);
    hbl_parallel_for(msl->threads, n_blocks, person_block, &x);
    *bias = 0;
    for (size_t block = 0; block < n_blocks; block++)
        *bias += x.bias[block];
    msl->evaluations++;
    return HBL_OK;
}
