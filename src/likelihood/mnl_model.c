/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The multinomial logit of a model: the fit, and the sandwich variance of its estimates.
 */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "hblogit/mnl.h"
#include "likelihood/internal.h"
#include "likelihood/newton.h"

int hbl_mnl_estimate(const hbl_model *model, int threads, hbl_mnl **mnl, hbl_error *error)
{
    hbl_likelihood *likelihood = NULL;
    int status = hbl_likelihood_alloc(model, HBL_PRECISION_DOUBLE, NULL, &likelihood, error);

    *mnl = NULL;
    if (!status)
        status = hbl_mnl_fit(likelihood, threads, mnl, error);
    hbl_likelihood_free(likelihood);
    return status;
}

/* ---- the sandwich ---- */

typedef struct {
    const hbl_likelihood *likelihood;
    size_t n;
    double *beta, *gradient; /* [n][HBL_LANES] */
    double *scratch;
    double *meat;    /* n x n: sum_n w_n^2 g_n g_n' */
    double *inverse; /* n x n: H^-1 */
    double *factor, *scale;
} sandwich;

static void add_persons(sandwich *s, size_t block)
{
    const double *weight = s->likelihood->model->panel->weight;

    hbl_likelihood_block(s->likelihood, block, s->beta, NULL, s->gradient, s->scratch);
    for (size_t l = 0; l < HBL_LANES; l++) {
        const size_t person = hbl_likelihood_person(s->likelihood, block, l);
        const double w = person == SIZE_MAX ? 0 : weight ? weight[person] : 1;
        for (size_t i = 0; i < s->n; i++)
            for (size_t j = 0; j < s->n; j++)
                s->meat[i * s->n + j] +=
                    w * s->gradient[i * HBL_LANES + l] * w * s->gradient[j * HBL_LANES + l];
    }
}

/* out = a b, n x n */
static void multiply(size_t n, const double *a, const double *b, double *out)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            out[i * n + j] = 0;
            for (size_t k = 0; k < n; k++)
                out[i * n + j] += a[i * n + k] * b[k * n + j];
        }
}

static void fill_variance(sandwich *s, const hbl_mnl *mnl, double *variance)
{
    const size_t n = s->n;

    for (size_t k = 0; k < n * HBL_LANES; k++)
        s->beta[k] = mnl->estimate[k / HBL_LANES];
    for (size_t block = 0; block < hbl_likelihood_n_blocks(s->likelihood); block++)
        add_persons(s, block);
    if (mnl->singular || !hbl_newton_factorise(mnl->hessian, n, n, 0, s->scale, s->factor)) {
        for (size_t i = 0; i < n * n; i++)
            variance[i] = NAN;
        return;
    }
    hbl_newton_inverse(n, s->scale, s->factor, s->inverse);
    multiply(n, s->inverse, s->meat, s->factor);
    multiply(n, s->factor, s->inverse, variance);
}

int hbl_mnl_robust(const hbl_model *model, const hbl_mnl *mnl, double *variance, hbl_error *error)
{
    const size_t n = mnl->n_coefficients;
    hbl_likelihood *likelihood = NULL;
    int status = hbl_likelihood_alloc(model, HBL_PRECISION_DOUBLE, NULL, &likelihood, error);

    if (status)
        return status;
    const size_t lanes = 2 * n * HBL_LANES + hbl_likelihood_scratch(likelihood);
    double *memory =
        hbl_calloc_aligned(lanes + 3 * n * n + n, sizeof *memory, "the sandwich variance", error);
    if (!memory)
        status = HBL_ERR_MEMORY;
    else {
        double *const small = memory + lanes;
        sandwich s = {.likelihood = likelihood,
                      .n = n,
                      .beta = memory,
                      .gradient = memory + n * HBL_LANES,
                      .scratch = memory + 2 * n * HBL_LANES,
                      .meat = small,
                      .inverse = small + n * n,
                      .factor = small + 2 * n * n,
                      .scale = small + 3 * n * n};
        fill_variance(&s, mnl, variance);
    }
    free(memory);
    hbl_likelihood_free(likelihood);
    return status;
}
