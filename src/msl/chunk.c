/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Draws go by in chunks. Weights are taken against a reference, the greatest ll of the first chunk;
 * only where a later ll is far above it are the sums so far brought to a new one (log-sum-exp). The
 * formulas are in objective.c.
 */
#include "msl/chunk.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { ALIGNED = 8 };

static size_t aligned(size_t n)
{
    return (n + ALIGNED - 1) / ALIGNED * ALIGNED;
}

/* ---- workspace of a thread ---- */

size_t hbl_msl_chunk_size(const hbl_msl *msl)
{
    const size_t K = msl->model->n_random, P = msl->model->n_coefficients;
    const size_t rows = msl->terms.n_rows;
    const size_t lanes =
        K + HBL_MSL_CHUNK * (P + 2 * K + rows + 1) + 1 + 2 + rows + msl->terms.n_products;

    return lanes * HBL_LANES + aligned(hbl_likelihood_scratch(msl->likelihood)) +
           aligned(hbl_msl_draws_scratch(&msl->draws));
}

hbl_msl_chunk hbl_msl_chunk_of(const hbl_msl *msl, int thread)
{
    const size_t K = msl->model->n_random, P = msl->model->n_coefficients;
    const size_t rows = msl->terms.n_rows;
    double *at = msl->workspace + (size_t)thread * msl->workspace_size;
    hbl_msl_chunk c;

    c.mean = at, at += K * HBL_LANES;
    c.beta = at, at += HBL_MSL_CHUNK * P * HBL_LANES;
    c.slope = at, at += HBL_MSL_CHUNK * K * HBL_LANES;
    c.by_spread = at, at += HBL_MSL_CHUNK * K * HBL_LANES;
    c.gradient = at, at += HBL_MSL_CHUNK * rows * HBL_LANES;
    c.weight = at, at += HBL_MSL_CHUNK * HBL_LANES;
    c.reference = at, at += HBL_LANES;
    c.sum = at, at += 2 * HBL_LANES;
    c.term = at, at += (rows + msl->terms.n_products) * HBL_LANES;
    c.pass = at, at += aligned(hbl_likelihood_scratch(msl->likelihood));
    c.draws = at;
    return c;
}

/* ---- a chunk of draws ---- */

/* mu + Delta'w_n in every lane, and the fixed coefficients in every draw. */
void hbl_msl_chunk_begin(const hbl_msl *msl, size_t block, const double *parameter,
                         hbl_msl_chunk *c)
{
    const hbl_model *model = msl->model;
    const size_t K = model->n_random, Q = model->n_covariates, P = model->n_coefficients;
    const double *delta = parameter + msl->first_slope;

    for (size_t l = 0; l < HBL_LANES; l++) {
        const size_t n = hbl_likelihood_person(msl->likelihood, block, l);
        for (size_t k = 0; k < K; k++) {
            double m = parameter[k];
            for (size_t q = 0; q < Q && n != SIZE_MAX; q++)
                m += model->w[n * Q + q] * delta[q * K + k];
            c->mean[k * HBL_LANES + l] = m;
        }
        c->reference[l] = -HUGE_VAL;
    }
    for (size_t d = 0; d < HBL_MSL_CHUNK; d++)
        for (size_t f = K; f < P; f++)
            for (size_t l = 0; l < HBL_LANES; l++)
                c->beta[(d * P + f) * HBL_LANES + l] = parameter[msl->first_fixed + f - K];
    memset(c->sum, 0, 2 * HBL_LANES * sizeof *c->sum);
    memset(c->term, 0, (msl->terms.n_rows + msl->terms.n_products) * HBL_LANES * sizeof *c->term);
}

/* beta of one coefficient and draw in place of theta, and what its gradient is multiplied by. */
static void shape_row(const hbl_msl *msl, const double *parameter, size_t k, const double *z,
                      const hbl_msl_chunk *c, double *beta, double *slope, double *by_spread)
{
    const hbl_model *model = msl->model;
    const double least = 1e-10; /* a spread of 0 has no truncation point */
    const double most = 1e130;  /* utilities far beyond any choice, whose sums stay finite */
    double theta[HBL_LANES];

    if (msl->shape[k] == HBL_MSL_MIXED) {
        const double spread = fabs(parameter[hbl_msl_diagonal(msl, k)]);
        model->mixing[k]->mix(HBL_LANES, c->mean + k * HBL_LANES, fmax(spread, least), z, beta,
                              slope, by_spread);
        return;
    }
    memcpy(theta, beta, sizeof theta);
    model->mixing[k]->transform(HBL_LANES, theta, model->lower[k], model->upper[k], beta, slope);
    for (size_t l = 0; l < HBL_LANES; l++)
        if (fabs(beta[l]) > most) { /* a lognormal's draw; NaN stays so */
            beta[l] = copysign(most, beta[l]);
            slope[l] = 0;
        }
}

void hbl_msl_chunk_beta(const hbl_msl *msl, const double *parameter, size_t draws, const double *z,
                        hbl_msl_chunk *c)
{
    const size_t K = msl->model->n_random, P = msl->model->n_coefficients;
    const hbl_msl_factor factor = {msl->n_factors, msl->factor_row, msl->factor_column,
                                   parameter + msl->first_factor};

    msl->kernels->theta(draws, K, P, &factor, c->mean, z, c->beta);
    for (size_t k = 0; k < K; k++)
        for (size_t d = 0; d < draws && msl->shape[k] != HBL_MSL_PLAIN; d++) {
            const size_t at = (d * K + k) * HBL_LANES;
            shape_row(msl, parameter, k, z + at, c, c->beta + (d * P + k) * HBL_LANES,
                      c->slope + at, c->by_spread + at);
        }
}

/* From gradients by beta to those by theta, or by m and s. */
static void chain(const hbl_msl *msl, size_t draws, hbl_msl_chunk *c)
{
    const size_t K = msl->model->n_random, rows = msl->terms.n_rows;

    for (size_t k = 0; k < K; k++) {
        for (size_t d = 0; d < draws && msl->shape[k] != HBL_MSL_PLAIN; d++) {
            double *by = c->gradient + (d * rows + k) * HBL_LANES;
            const double *slope = c->slope + (d * K + k) * HBL_LANES;
            const double *spread = c->by_spread + (d * K + k) * HBL_LANES;
            double *more = c->gradient + (d * rows + msl->mixed_row[k]) * HBL_LANES;

            for (size_t l = 0; l < HBL_LANES && msl->shape[k] == HBL_MSL_MIXED; l++)
                more[l] = by[l] * spread[l];
            for (size_t l = 0; l < HBL_LANES; l++)
                by[l] *= slope[l];
        }
    }
}

/* Sees to it that no ll is far above its lane's reference. */
static void settle_reference(const hbl_msl *msl, size_t draws, hbl_msl_chunk *c)
{
    const size_t n_terms = msl->terms.n_rows + msl->terms.n_products;
    const double far = 30, lowest = -1e300; /* lowest: where every ll is -infinity */

    for (size_t l = 0; l < HBL_LANES; l++) {
        double greatest = lowest, factor;
        for (size_t d = 0; d < draws; d++) {
            const double ll = c->weight[d * HBL_LANES + l];
            greatest = ll > greatest ? ll : greatest; /* fmax() is a call */
        }
        if (greatest <= c->reference[l] + far)
            continue;
        factor = exp(c->reference[l] - greatest);
        c->reference[l] = greatest;
        c->sum[l] *= factor;
        c->sum[HBL_LANES + l] *= factor * factor;
        for (size_t i = 0; i < n_terms; i++)
            c->term[i * HBL_LANES + l] *= factor;
    }
}

/* Draws come from memory once an evaluation; those of the next chunk are asked for in good time, a
 * few lines with every draw. */
static void fetch(const double *z, size_t n)
{
    enum { LINE = 64 / sizeof(double) };
    const uintptr_t from = (uintptr_t)z; /* may be past the last draw, which a prefetch may be */

    for (size_t i = 0; i < n; i += LINE)
        __builtin_prefetch((const void *)(from + i * sizeof(double)));
}

void hbl_msl_chunk_add(const hbl_msl *msl, size_t block, size_t draws, const double *z,
                       bool want_gradient, hbl_msl_chunk *c)
{
    const size_t P = msl->model->n_coefficients, rows = msl->terms.n_rows;
    const size_t size = msl->model->n_random * HBL_LANES;

    for (size_t d = 0; d < draws; d++) {
        fetch(z + (draws + d) * size, size);
        hbl_likelihood_block(msl->likelihood, block, c->beta + d * P * HBL_LANES,
                             c->weight + d * HBL_LANES,
                             want_gradient ? c->gradient + d * rows * HBL_LANES : NULL, c->pass);
    }
    settle_reference(msl, draws, c);
    msl->kernels->weigh(draws, c->reference, c->weight, c->sum);
    if (!want_gradient)
        return;
    chain(msl, draws, c);
    msl->kernels->add(draws, &msl->terms, c->weight, c->gradient, z, c->term);
}

double hbl_msl_chunk_log(const hbl_msl *msl, const hbl_msl_chunk *c, size_t lane)
{
    return c->reference[lane] + log(c->sum[lane] / (double)msl->draws.draws);
}
