/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "likelihood/sums.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"
#include "likelihood/internal.h"

/* A number that does not depend on the number of threads, nor memory on that of persons. */
enum { MOST_PARTS = 256 };

static size_t n_sums(const hbl_sums *s)
{
    return 1 + s->n + s->n_pairs;
}

static size_t workspace_size(const hbl_sums *s)
{
    return n_sums(s) * HBL_LANES + hbl_likelihood_scratch(s->likelihood);
}

static void weights_of(const hbl_likelihood *likelihood, size_t block, double *weight)
{
    const double *const all = likelihood->model->panel->weight;

    for (size_t l = 0; l < HBL_LANES; l++) {
        const size_t person = hbl_likelihood_person(likelihood, block, l);
        weight[l] = all && person != SIZE_MAX ? all[person] : 1;
    }
}

/* partial += the block's log-likelihood, gradient and Hessian, side by side, lanes in order. */
static void add_block(const hbl_sums *s, size_t block, double *lanes, double *partial)
{
    double *gradient = lanes + HBL_LANES, *hessian = gradient + s->n * HBL_LANES;
    double *scratch = lanes + n_sums(s) * HBL_LANES, weight[HBL_LANES];

    weights_of(s->likelihood, block, weight);
    hbl_likelihood_block_in(s->likelihood, HBL_PRECISION_DOUBLE, block, s->beta, lanes, gradient,
                            scratch);
    hbl_likelihood_block_hessian(s->likelihood, block, s->beta, s->exact, hessian, scratch);
    for (size_t i = 0; i < n_sums(s); i++) {
        double sum = 0;
        for (size_t l = 0; l < HBL_LANES; l++)
            sum += weight[l] * lanes[i * HBL_LANES + l];
        partial[i] += sum;
    }
}

/* The blocks of one part, in order. */
static void sum_part(void *context, size_t part, int thread)
{
    const hbl_sums *s = context;
    const size_t n_blocks = hbl_likelihood_n_blocks(s->likelihood);
    double *lanes = s->workspace + (size_t)thread * workspace_size(s);
    double *partial = s->partial + part * n_sums(s);

    memset(partial, 0, n_sums(s) * sizeof *partial);
    for (size_t b = part * n_blocks / s->n_parts; b < (part + 1) * n_blocks / s->n_parts; b++)
        add_block(s, b, lanes, partial);
}

void hbl_sums_evaluate(hbl_sums *sums, const double *b, bool exact, double *log_likelihood,
                       double *gradient, double *hessian)
{
    hbl_sums *const s = sums;
    double *total = s->partial;

    s->exact = exact;
    for (size_t k = 0; k < s->n; k++)
        for (size_t l = 0; l < HBL_LANES; l++)
            s->beta[k * HBL_LANES + l] = b[k];
    hbl_parallel_for(s->threads, s->n_parts, sum_part, s);
    for (size_t part = 1; part < s->n_parts; part++)
        for (size_t i = 0; i < n_sums(s); i++)
            total[i] += s->partial[part * n_sums(s) + i];
    *log_likelihood = total[0];
    memcpy(gradient, total + 1, s->n * sizeof *gradient);
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j <= i; j++)
            hessian[i * s->n + j] = hessian[j * s->n + i] = total[1 + s->n + i * (i + 1) / 2 + j];
}

int hbl_sums_init(hbl_sums *sums, const hbl_likelihood *likelihood, int threads, hbl_error *error)
{
    const size_t n = hbl_likelihood_n_coefficients(likelihood);
    const size_t n_blocks = hbl_likelihood_n_blocks(likelihood);

    *sums = (hbl_sums){.likelihood = likelihood,
                       .n = n,
                       .n_pairs = n * (n + 1) / 2,
                       .n_parts = n_blocks < MOST_PARTS ? n_blocks : MOST_PARTS,
                       .threads = threads > 1 ? threads : 1};
    sums->beta = hbl_calloc_aligned(n * HBL_LANES, sizeof(double), "the pooled fit", error);
    sums->workspace = hbl_calloc_aligned((size_t)sums->threads * workspace_size(sums),
                                         sizeof(double), "the pooled fit", error);
    sums->partial =
        hbl_calloc(sums->n_parts * n_sums(sums), sizeof(double), "the pooled fit", error);
    return sums->beta && sums->workspace && sums->partial ? HBL_OK : HBL_ERR_MEMORY;
}

void hbl_sums_clear(hbl_sums *sums)
{
    free(sums->beta);
    free(sums->workspace);
    free(sums->partial);
    *sums = (hbl_sums){0};
}
