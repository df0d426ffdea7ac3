/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the search begins: the multinomial logit, with standard deviations from a few tries; and
 * random starts about it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/rng.h"
#include "msl/internal.h"

/* Standard deviations as multiples of the coefficients' sizes: that with the best LL is taken. */
static const double multiples[] = {0.1, 0.3, 1.0};

/* The size of a coefficient on the scale of theta: that of the logit's estimate (at least its
 * standard error) over the slope of g there. Curved ones have g's own unit, 1, as a limit. */
static double size_of(const hbl_model *model, const hbl_mnl *mnl, size_t k, double theta)
{
    const double least = 1e-3;
    double size = fmax(fabs(mnl->estimate[k]), mnl->standard_error[k]), beta, slope;

    if (!(size > 0) || !isfinite(size))
        size = 1;
    if (!model->mixing[k]->transform || model->mixing[k] == hbl_mixings[0])
        return size;
    model->mixing[k]->transform(1, &theta, model->lower[k], model->upper[k], &beta, &slope);
    return fmin(1, fmax(size / fabs(slope), least));
}

static void fill(const hbl_msl *msl, const hbl_mnl *mnl, double multiple, double *parameter)
{
    const hbl_model *model = msl->model;
    const size_t K = model->n_random;

    memset(parameter, 0, msl->n_parameters * sizeof *parameter);
    for (size_t k = 0; k < K; k++) {
        const double b = mnl->estimate[k];
        const hbl_mixing *mixing = model->mixing[k];
        parameter[k] = mixing->inverse ? mixing->inverse(b, model->lower[k], model->upper[k]) : b;
        parameter[hbl_msl_diagonal(msl, k)] = multiple * size_of(model, mnl, k, parameter[k]);
    }
    for (size_t f = K; f < model->n_coefficients; f++)
        parameter[msl->first_fixed + f - K] = mnl->estimate[f];
}

static int best_multiple(hbl_msl *msl, const hbl_mnl *mnl, double *parameter, hbl_error *error)
{
    const size_t n = sizeof multiples / sizeof multiples[0];
    double best = -INFINITY, chosen = multiples[0];
    int status = HBL_OK;

    for (size_t i = 0; !status && i < n && msl->model->n_random > 0; i++) {
        double ll;
        fill(msl, mnl, multiples[i], parameter);
        status = hbl_msl_evaluate(msl, parameter, &ll, NULL, NULL, NULL, error);
        if (ll > best) {
            best = ll;
            chosen = multiples[i];
        }
    }
    fill(msl, mnl, chosen, parameter);
    return status;
}

int hbl_msl_start(hbl_msl *msl, double *parameter, double *log_likelihood, hbl_error *error)
{
    hbl_mnl *mnl = NULL;
    int status = hbl_mnl_fit(msl->likelihood, msl->threads, &mnl, error);

    if (!status) {
        *log_likelihood = mnl->log_likelihood;
        status = best_multiple(msl, mnl, parameter, error);
    }
    hbl_mnl_free(mnl);
    return status;
}

void hbl_msl_random_start(const hbl_msl *msl, const double *about, int number, double *parameter)
{
    const hbl_model *model = msl->model;
    hbl_rng rng = hbl_rng_stream(msl->settings.seed, 0, HBL_STREAM_SEARCH, (uint64_t)number, 0);

    memcpy(parameter, about, msl->n_parameters * sizeof *parameter);
    for (size_t k = 0; k < model->n_random; k++) {
        const size_t at = hbl_msl_diagonal(msl, k);
        const double spread = fmax(fabs(about[at]), 0.5 * fmin(1, fabs(about[k])));

        parameter[k] += spread * hbl_rng_normal(&rng);
        parameter[at] = fmax(fabs(about[at]), 0.1 * fabs(about[k])) * exp(hbl_rng_normal(&rng));
    }
    for (size_t e = 0; e < msl->n_factors; e++)
        if (msl->factor_row[e] != msl->factor_column[e])
            parameter[msl->first_factor + e] =
                0.3 * hbl_rng_normal(&rng) * parameter[hbl_msl_diagonal(msl, msl->factor_row[e])];
}
