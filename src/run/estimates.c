/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/estimates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/linalg.h"
#include "core/memory.h"
#include "run/derived.h"

/* ---- the table ---- */

static int alloc_table(size_t n_parameters, size_t n_derived, const double *variance,
                       hbl_estimate_table **out, hbl_error *error)
{
    hbl_estimate_table *table = hbl_calloc(1, sizeof *table, "the table of estimates", error);
    const size_t squared = n_parameters * n_parameters;

    *out = NULL;
    if (!table)
        return HBL_ERR_MEMORY;
    table->n_parameters = n_parameters;
    table->n_rows = n_parameters + n_derived;
    table->row = hbl_calloc(table->n_rows, sizeof *table->row, "the table of estimates", error);
    table->variance = hbl_calloc(squared, sizeof(double), "the table of estimates", error);
    if (!table->row || !table->variance) {
        hbl_estimate_table_free(table);
        return HBL_ERR_MEMORY;
    }
    if (squared > 0)
        memcpy(table->variance, variance, squared * sizeof(double));
    *out = table;
    return HBL_OK;
}

void hbl_estimate_table_free(hbl_estimate_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; table->row && i < table->n_rows; i++)
        free(table->row[i].name);
    free(table->row);
    free(table->variance);
    free(table);
}

static int set_parameter(hbl_table_row *row, const char *name, double estimate, double variance,
                         double robust, hbl_error *error)
{
    row->name = hbl_strdup(name, error);
    row->estimate = estimate;
    row->standard_error = sqrt(variance);
    row->robust_standard_error = sqrt(robust);
    return row->name ? HBL_OK : HBL_ERR_MEMORY;
}

/* ---- the delta method ---- */

/* From the parameters to what follows from them: Var f(p) = J Var(p) J', J by central differences
 * of fourth order, f'(x) = (8 (f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))) / 12h. */
typedef struct {
    const hbl_model *model;
    const hbl_msl_parameter *parameters; /* NULL: those of a multinomial logit */
    const hbl_derived *list;
    size_t n, n_derived;
    double *p;          /* n: where the functions are taken */
    double *mu, *omega; /* unpacked */
    double *L;
    double *value; /* n_derived */
    double *J;     /* n_derived x n */
} delta;

static void delta_clear(delta *d)
{
    free(d->p);
    free(d->mu);
    free(d->omega);
    free(d->L);
    free(d->value);
    free(d->J);
}

static int delta_alloc(delta *d, hbl_error *error)
{
    const size_t K = d->model->n_random;
    const char *what = "derived estimates";

    d->p = hbl_calloc(d->n, sizeof(double), what, error);
    d->mu = hbl_calloc(d->parameters ? K : d->n, sizeof(double), what, error);
    d->omega = hbl_calloc(K * K, sizeof(double), what, error);
    d->L = hbl_calloc(K * K, sizeof(double), what, error);
    d->value = hbl_calloc(d->n_derived, sizeof(double), what, error);
    d->J = hbl_calloc(d->n_derived * d->n, sizeof(double), what, error);
    return d->p && d->mu && d->omega && d->L && d->value && d->J ? HBL_OK : HBL_ERR_MEMORY;
}

static void unpack(delta *d)
{
    const size_t K = d->model->n_random;

    for (size_t i = 0; i < d->n; i++) {
        if (!d->parameters)
            d->mu[i] = d->p[i];
        else if (d->parameters[i].kind == HBL_MSL_MEAN)
            d->mu[d->parameters[i].row] = d->p[i];
        else if (d->parameters[i].kind == HBL_MSL_FACTOR)
            d->L[d->parameters[i].row * K + d->parameters[i].column] = d->p[i];
    }
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t k = 0; k <= j; k++)
                sum += d->L[i * K + k] * d->L[j * K + k];
            d->omega[i * K + j] = d->omega[j * K + i] = sum;
        }
}

static void evaluate(delta *d)
{
    unpack(d);
    hbl_derived_evaluate(d->model, d->list, d->n_derived, d->mu, d->omega, d->value);
}

static void add_difference(delta *d, size_t i, double x, double factor)
{
    d->p[i] = x;
    evaluate(d);
    for (size_t f = 0; f < d->n_derived; f++)
        d->J[f * d->n + i] += factor * d->value[f];
}

static void differentiate(delta *d)
{
    for (size_t i = 0; i < d->n; i++) {
        const double x = d->p[i], h = 1e-3 * fmax(fabs(x), 1e-2);
        add_difference(d, i, x + h, 8 / (12 * h));
        add_difference(d, i, x - h, -8 / (12 * h));
        add_difference(d, i, x + 2 * h, -1 / (12 * h));
        add_difference(d, i, x - 2 * h, 1 / (12 * h));
        d->p[i] = x;
    }
    evaluate(d);
}

static double error_of(const delta *d, size_t f, const double *variance)
{
    const double *J = d->J + f * d->n;
    double sum = 0;

    for (size_t i = 0; i < d->n; i++)
        for (size_t j = 0; j < d->n; j++)
            if (J[i] != 0 && J[j] != 0) /* a NaN that is not concerned does no harm */
                sum += J[i] * variance[i * d->n + j] * J[j];
    return sqrt(sum);
}

static int set_derived(const delta *d, hbl_estimate_table *table, const double *robust,
                       hbl_error *error)
{
    int status = HBL_OK;

    for (size_t f = 0; !status && f < d->n_derived; f++) {
        hbl_table_row *row = &table->row[table->n_parameters + f];
        status = hbl_derived_name(d->model, &d->list[f], row->parameter, &row->name, error);
        row->estimate = d->value[f];
        row->standard_error = error_of(d, f, table->variance);
        row->robust_standard_error = error_of(d, f, robust);
    }
    return status;
}

static int derive(delta *d, const double *estimate, const double *robust, hbl_estimate_table *table,
                  hbl_error *error)
{
    int status = delta_alloc(d, error);

    if (!status) {
        if (d->n > 0)
            memcpy(d->p, estimate, d->n * sizeof(double));
        differentiate(d);
        status = set_derived(d, table, robust, error);
    }
    delta_clear(d);
    return status;
}

/* ---- of the two estimators ---- */

static int name_mnl(const hbl_model *model, const hbl_mnl *mnl, const double *variance,
                    const double *robust, hbl_estimate_table *table, hbl_error *error)
{
    const size_t n = mnl->n_coefficients;
    int status = HBL_OK;

    for (size_t i = 0; !status && i < n; i++) {
        snprintf(table->row[i].parameter, sizeof table->row[i].parameter, "beta.%zu", i + 1);
        status = set_parameter(&table->row[i], model->name[i], mnl->estimate[i],
                               variance[i * n + i], robust[i * n + i], error);
    }
    return status;
}

static int name_msl(const hbl_msl_parameter *parameters, const hbl_msl_fit *fit,
                    hbl_estimate_table *table, hbl_error *error)
{
    const size_t n = fit->n_parameters;
    int status = HBL_OK;

    for (size_t i = 0; !status && i < n; i++) {
        const hbl_msl_parameter *p = &parameters[i];
        char *text = table->row[i].parameter;
        const size_t size = sizeof table->row[i].parameter;
        switch (p->kind) {
        case HBL_MSL_MEAN:
            snprintf(text, size, "mu.%zu", p->row + 1);
            break;
        case HBL_MSL_SLOPE:
            snprintf(text, size, "Delta.%zu.%zu", p->row + 1, p->column + 1);
            break;
        case HBL_MSL_FACTOR:
            snprintf(text, size, "L.%zu.%zu", p->row + 1, p->column + 1);
            break;
        case HBL_MSL_FIXED:
            snprintf(text, size, "alpha.%zu", p->row + 1);
            break;
        }
        status = set_parameter(&table->row[i], p->name, fit->estimate[i],
                               table->variance[i * n + i], fit->variance_robust[i * n + i], error);
    }
    return status;
}

/* The inverse of the Hessian, scaled to a unit diagonal on the way; NaN where it is singular. */
static int invert(const hbl_mnl *mnl, double *variance, hbl_error *error)
{
    const size_t n = mnl->n_coefficients;
    double *l = hbl_calloc(n * n + n, sizeof(double), "the variance of the estimates", error);
    double *scale = l ? l + n * n : NULL;
    bool regular = !mnl->singular;

    if (!l)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        scale[i] = 1 / sqrt(mnl->hessian[i * n + i]);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            l[i * n + j] = scale[i] * mnl->hessian[i * n + j] * scale[j];
    regular = regular && hbl_cholesky(n, l, l);
    if (regular)
        hbl_cholesky_inverse(n, l, variance);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            variance[i * n + j] = regular ? scale[i] * variance[i * n + j] * scale[j] : NAN;
    free(l);
    return HBL_OK;
}

int hbl_estimate_table_mnl(const hbl_model *model, const hbl_mnl *mnl, const double *robust,
                           hbl_estimate_table **table, hbl_error *error)
{
    const size_t n = mnl->n_coefficients;
    double *variance = hbl_calloc(n * n, sizeof(double), "the variance of the estimates", error);
    hbl_derived *list = NULL;
    delta d = {.model = model, .n = n};
    int status = variance ? invert(mnl, variance, error) : HBL_ERR_MEMORY;

    *table = NULL;
    if (!status)
        status = hbl_derived_list(model, false, &list, &d.n_derived, error);
    d.list = list;
    if (!status)
        status = alloc_table(n, d.n_derived, variance, table, error);
    if (!status)
        status = name_mnl(model, mnl, variance, robust, *table, error);
    if (!status)
        status = derive(&d, mnl->estimate, robust, *table, error);
    free(list);
    free(variance);
    if (status) {
        hbl_estimate_table_free(*table);
        *table = NULL;
    }
    return status;
}

static const double *reported_variance(const hbl_msl_fit *fit, const char *standard_errors)
{
    if (strcmp(standard_errors, "robust") == 0)
        return fit->variance_robust;
    if (strcmp(standard_errors, "opg") == 0)
        return fit->variance_opg;
    return fit->variance_hessian;
}

int hbl_estimate_table_msl(const hbl_model *model, const hbl_msl_parameter *parameters,
                           const hbl_msl_fit *fit, const char *standard_errors,
                           hbl_estimate_table **table, hbl_error *error)
{
    hbl_derived *list = NULL;
    delta d = {.model = model, .parameters = parameters, .n = fit->n_parameters};
    int status = hbl_derived_list(model, true, &list, &d.n_derived, error);

    *table = NULL;
    d.list = list;
    if (!status)
        status =
            alloc_table(d.n, d.n_derived, reported_variance(fit, standard_errors), table, error);
    if (!status)
        status = name_msl(parameters, fit, *table, error);
    if (!status)
        status = derive(&d, fit->estimate, fit->variance_robust, *table, error);
    free(list);
    if (status) {
        hbl_estimate_table_free(*table);
        *table = NULL;
    }
    return status;
}
