/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the search begins: the multinomial logit, with standard deviations from a short line of
 * evaluations; and random starts about it.
 *
 * How near the standard deviations are decides how many evaluations the search needs and, where LL
 * has several optima, in which it ends: on yogurt, from standard deviations of a tenth, a half and
 * three times the logit's coefficients, at -1255.9, -1267.0 and -1246.3. LL itself, which costs a
 * third of what it costs with its gradient, tells how near.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/rng.h"
#include "msl/internal.h"

/* Standard deviations as multiples of the coefficients' sizes, and then coefficients (which are
 * larger in a mixed logit) as multiples of the logit's: those with the best LL are taken. Then each
 * standard deviation on its own may double or halve. */
static const double multiples[] = {0.1, 0.3, 1.0, 3.0, 10.0}, scales[] = {1.5, 2.0};
static const double factors[] = {2.0, 0.5};

#define LENGTH(list) (sizeof(list) / sizeof(list)[0])

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

typedef struct {
    hbl_msl *msl;
    const hbl_mnl *mnl;
    double *parameter, log_likelihood; /* the best so far */
    double *there;                     /* what is tried */
} start;

static void fill(const start *s, double scale, double multiple, double *parameter)
{
    const hbl_msl *msl = s->msl;
    const hbl_model *model = msl->model;
    const size_t K = model->n_random;

    memset(parameter, 0, msl->n_parameters * sizeof *parameter);
    for (size_t k = 0; k < K; k++) {
        const double b = scale * s->mnl->estimate[k];
        const hbl_mixing *mixing = model->mixing[k];
        parameter[k] = mixing->inverse ? mixing->inverse(b, model->lower[k], model->upper[k]) : b;
        parameter[hbl_msl_diagonal(msl, k)] = multiple * size_of(model, s->mnl, k, parameter[k]);
    }
    for (size_t f = K; f < model->n_coefficients; f++)
        parameter[msl->first_fixed + f - K] =
            s->mnl->estimate[f] * (f < model->n_random + model->n_fixed ? scale : 1);
}

/* Takes what is tried where LL is better. */
static int try_there(start *s, bool *better, hbl_error *error)
{
    double ll;
    const int status = hbl_msl_evaluate(s->msl, s->there, &ll, NULL, NULL, NULL, error);

    *better = !status && ll > s->log_likelihood;
    if (*better) {
        s->log_likelihood = ll;
        memcpy(s->parameter, s->there, s->msl->n_parameters * sizeof *s->there);
    }
    return status;
}

static int try_multiples(start *s, hbl_error *error)
{
    double multiple = multiples[0];
    bool better;
    int status = HBL_OK;

    fill(s, 1, multiple, s->parameter);
    for (size_t i = 0; !status && i < LENGTH(multiples); i++) {
        fill(s, 1, multiples[i], s->there);
        status = try_there(s, &better, error);
        if (better)
            multiple = multiples[i];
    }
    for (size_t i = 0; !status && i < LENGTH(scales); i++) {
        fill(s, scales[i], multiple, s->there);
        status = try_there(s, &better, error);
    }
    return status;
}

static int try_each(start *s, hbl_error *error)
{
    int status = HBL_OK;

    for (size_t k = 0; k < s->msl->model->n_random; k++) {
        bool better = false;
        for (size_t i = 0; !status && !better && i < LENGTH(factors); i++) {
            memcpy(s->there, s->parameter, s->msl->n_parameters * sizeof *s->there);
            s->there[hbl_msl_diagonal(s->msl, k)] *= factors[i];
            status = try_there(s, &better, error);
        }
    }
    return status;
}

int hbl_msl_start(hbl_msl *msl, double *parameter, double *log_likelihood, hbl_error *error)
{
    start s = {.msl = msl, .parameter = parameter, .log_likelihood = -INFINITY};
    hbl_mnl *mnl = NULL;
    int status = hbl_mnl_fit(msl->likelihood, msl->threads, &mnl, error);

    if (!status) {
        s.mnl = mnl;
        *log_likelihood = mnl->log_likelihood;
        s.there = hbl_calloc(msl->n_parameters, sizeof *s.there, "the search", error);
        status = s.there ? HBL_OK : HBL_ERR_MEMORY;
    }
    if (!status)
        status = try_multiples(&s, error);
    if (!status)
        status = try_each(&s, error);
    free(s.there);
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
