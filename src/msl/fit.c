/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What follows from an optimum: Hessian, variances, boundaries, persons.
 */
#include "msl/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/linalg.h"
#include "core/memory.h"

/* ---- life ---- */

static double *numbers(size_t n, hbl_error *error)
{
    return hbl_calloc(n, sizeof(double), "the estimates", error);
}

static bool alloc_arrays(const hbl_msl *msl, hbl_msl_fit *f, hbl_error *error)
{
    const hbl_model *model = msl->model;
    const size_t n = msl->n_parameters, K = model->n_random, N = model->panel->n_persons;

    return (f->estimate = numbers(n, error)) && (f->gradient = numbers(n, error)) &&
           (f->hessian = numbers(n * n, error)) && (f->variance_hessian = numbers(n * n, error)) &&
           (f->variance_opg = numbers(n * n, error)) &&
           (f->variance_robust = numbers(n * n, error)) && (f->mu = numbers(K, error)) &&
           (f->delta = numbers(model->n_covariates * K, error)) && (f->L = numbers(K * K, error)) &&
           (f->omega = numbers(K * K, error)) &&
           (f->fixed = numbers(model->n_coefficients - K, error)) &&
           (f->boundary = hbl_calloc(n, sizeof *f->boundary, "the estimates", error)) &&
           (f->optimum = hbl_calloc((size_t)msl->settings.starts + 1, sizeof *f->optimum,
                                    "the estimates", error)) &&
           (f->repeat_sd = numbers(n, error)) && (f->person_mean = numbers(N * K, error)) &&
           (f->person_sd = numbers(N * K, error)) && (f->person_log_likelihood = numbers(N, error));
}

int hbl_msl_fit_alloc(const hbl_msl *msl, hbl_msl_fit **fit, hbl_error *error)
{
    *fit = hbl_calloc(1, sizeof **fit, "the estimates", error);
    if (!*fit)
        return HBL_ERR_MEMORY;
    (*fit)->n_parameters = msl->n_parameters;
    if (alloc_arrays(msl, *fit, error))
        return HBL_OK;
    hbl_msl_fit_free(*fit);
    *fit = NULL;
    return HBL_ERR_MEMORY;
}

void hbl_msl_fit_free(hbl_msl_fit *fit)
{
    if (!fit)
        return;
    free(fit->estimate);
    free(fit->gradient);
    free(fit->hessian);
    free(fit->variance_hessian);
    free(fit->variance_opg);
    free(fit->variance_robust);
    free(fit->mu);
    free(fit->delta);
    free(fit->L);
    free(fit->omega);
    free(fit->fixed);
    free(fit->boundary);
    free(fit->optimum);
    free(fit->repeat_sd);
    free(fit->person_mean);
    free(fit->person_sd);
    free(fit->person_log_likelihood);
    free(fit);
}

void hbl_msl_fit_unpack(const hbl_msl *msl, hbl_msl_fit *fit)
{
    const size_t K = msl->model->n_random;

    for (size_t i = 0; i < msl->n_parameters; i++) {
        const hbl_msl_parameter *p = &msl->parameter[i];
        const double value = fit->estimate[i];

        if (p->kind == HBL_MSL_MEAN)
            fit->mu[p->row] = value;
        else if (p->kind == HBL_MSL_SLOPE)
            fit->delta[p->row * K + p->column] = value;
        else if (p->kind == HBL_MSL_FACTOR)
            fit->L[p->row * K + p->column] = value;
        else
            fit->fixed[p->row] = value;
    }
    hbl_lower_square(K, fit->L, fit->omega);
}

/* ---- variances ---- */

/* bread = sum_n w_n s_n s_n', meat = sum_n w_n^2 s_n s_n'. */
static void sum_scores(const hbl_panel *panel, size_t n, const double *scores, double *bread,
                       double *meat)
{
    memset(bread, 0, n * n * sizeof *bread);
    memset(meat, 0, n * n * sizeof *meat);
    for (size_t p = 0; p < panel->n_persons; p++) {
        const double *s = scores + p * n, w = panel->weight ? panel->weight[p] : 1;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                bread[i * n + j] += w * s[i] * s[j];
                meat[i * n + j] += w * w * s[i] * s[j];
            }
    }
}

/* to = a m a, a and m symmetric. */
static void sandwich(size_t n, const double *a, const double *m, double *work, double *to)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            work[i * n + j] = 0;
            for (size_t k = 0; k < n; k++)
                work[i * n + j] += a[i * n + k] * m[k * n + j];
        }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            to[i * n + j] = 0;
            for (size_t k = 0; k < n; k++)
                to[i * n + j] += work[i * n + k] * a[k * n + j];
        }
}

double hbl_msl_decrement(size_t n, const double *g, const double *variance)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum += g[i] * variance[i * n + j] * g[j];
    return sum;
}

int hbl_msl_fit_curvature(hbl_msl *msl, const double *scale, hbl_msl_fit *f, hbl_error *error)
{
    const size_t n = msl->n_parameters;
    double *work = numbers(n * n, error);
    int status = work ? HBL_OK : HBL_ERR_MEMORY;

    if (!status)
        status = hbl_msl_hessian(msl, f->estimate, scale, f->hessian, error);
    if (!status) {
        f->singular = !hbl_msl_invert(n, f->hessian, f->variance_hessian, work);
        f->decrement = hbl_msl_decrement(n, f->gradient, f->variance_hessian);
    }
    free(work);
    return status;
}

static int variances(hbl_msl *msl, hbl_msl_fit *f, hbl_error *error)
{
    const hbl_panel *panel = msl->model->panel;
    const size_t n = msl->n_parameters;
    double *scores = numbers(panel->n_persons * n, error);
    double *bread = numbers(n * n, error), *meat = numbers(n * n, error);
    double *work = numbers(n * n, error);
    int status = scores && bread && meat && work ? HBL_OK : HBL_ERR_MEMORY;

    if (!status)
        status = hbl_msl_evaluate(msl, f->estimate, &f->log_likelihood, f->gradient, scores,
                                  f->person_log_likelihood, error);
    if (!status) {
        sum_scores(panel, n, scores, bread, meat);
        hbl_msl_invert(n, bread, f->variance_opg, work);
        sandwich(n, f->variance_hessian, meat, work, f->variance_robust);
    }
    free(scores);
    free(bread);
    free(meat);
    free(work);
    return status;
}

/* ---- boundaries ---- */

/* A standard deviation is on its boundary where it is within a standard error of 0 and LL is as
 * good without it. The second alone would not do: with few draws LL has several maxima, and one
 * without the standard deviation may even be higher than one far from 0. */
static int boundaries(hbl_msl *msl, hbl_msl_fit *f, hbl_error *error)
{
    const size_t n = msl->n_parameters;
    const double as_good = 0.01;
    double *without = numbers(n, error);
    int status = without ? HBL_OK : HBL_ERR_MEMORY;

    for (size_t k = 0; !status && k < msl->model->n_random; k++) {
        const size_t at = hbl_msl_diagonal(msl, k);
        const double se = sqrt(f->variance_hessian[at * n + at]);
        double ll;

        if (f->estimate[at] > se) /* which NaN is not: then LL alone decides */
            continue;
        memcpy(without, f->estimate, n * sizeof *without);
        without[at] = 0;
        status = hbl_msl_evaluate(msl, without, &ll, NULL, NULL, NULL, error);
        if (!status && ll > f->log_likelihood - as_good)
            f->boundary[f->n_boundary++] = at;
    }
    free(without);
    return status;
}

int hbl_msl_fit_finish(hbl_msl *msl, hbl_msl_fit *f, hbl_error *error)
{
    int status = variances(msl, f, error);

    if (!status)
        status = boundaries(msl, f, error);
    if (!status)
        status = hbl_msl_persons(msl, f->estimate, f->person_mean, f->person_sd,
                                 &f->log_likelihood_bias, error);
    hbl_msl_fit_unpack(msl, f);
    return status;
}
