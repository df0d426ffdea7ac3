/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/dependence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

void hbl_dependence_release(hbl_dependence *d)
{
    free(d->a);
    free(d->scale);
    free(d->l);
    free(d->work);
    free(d->mean);
    free(d->varies);
    free(d->independent);
}

int hbl_dependence_reserve(hbl_dependence *d, size_t n, hbl_error *error)
{
    static const char what[] = "cross-products";

    *d = (hbl_dependence){.n = n};
    d->a = hbl_calloc(n * n, sizeof *d->a, what, error);
    d->scale = hbl_calloc(n, sizeof *d->scale, what, error);
    d->l = hbl_calloc(n * n, sizeof *d->l, what, error);
    d->work = hbl_calloc(n, sizeof *d->work, what, error);
    d->mean = hbl_calloc(n, sizeof *d->mean, what, error);
    d->varies = hbl_calloc(n, sizeof *d->varies, what, error);
    d->independent = hbl_calloc(n, sizeof *d->independent, what, error);
    if (!d->a || !d->scale || !d->l || !d->work || !d->mean || !d->varies || !d->independent)
        return HBL_ERR_MEMORY;
    return HBL_OK;
}

void hbl_dependence_add(hbl_dependence *d, const double *x, size_t n_rows, size_t stride,
                        const size_t *column)
{
    const size_t n = d->n;

    memset(d->mean, 0, n * sizeof *d->mean);
    for (size_t r = 0; r < n_rows; r++) {
        for (size_t c = 0; c < n; c++) {
            d->mean[c] += x[r * stride + column[c]] / (double)n_rows;
            d->varies[c] = d->varies[c] || x[r * stride + column[c]] != x[column[c]];
        }
    }
    for (size_t r = 0; r < n_rows; r++) {
        for (size_t c = 0; c < n; c++)
            d->work[c] = x[r * stride + column[c]] - d->mean[c];
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j <= i; j++)
                d->a[i * n + j] += d->work[i] * d->work[j];
        }
    }
}

void hbl_dependence_finish(hbl_dependence *d)
{
    const size_t n = d->n;

    for (size_t i = 0; i < n; i++)
        d->scale[i] = d->varies[i] ? sqrt(d->a[i * n + i]) : 0.0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            if (d->scale[i] > 0.0 && d->scale[j] > 0.0)
                d->a[i * n + j] /= d->scale[i] * d->scale[j];
        }
    }
}

/* Row i of the factor; returns the share of column i that the independent ones before leave. */
static double factor_row(hbl_dependence *d, size_t i)
{
    const size_t n = d->n;
    double left = 1.0;

    for (size_t j = 0; j < i; j++) {
        double sum = d->a[i * n + j];

        for (size_t k = 0; k < j; k++)
            sum -= d->l[i * n + k] * d->l[j * n + k];
        d->l[i * n + j] = d->independent[j] ? sum / d->l[j * n + j] : 0.0;
        left -= d->l[i * n + j] * d->l[i * n + j];
    }
    return left;
}

/* Weights of the columns before i in the best account of column i: L_S' b = l_i. */
static void explain(const hbl_dependence *d, size_t i, double *b)
{
    const size_t n = d->n;

    for (size_t j = i; j-- > 0;) {
        b[j] = d->l[i * n + j];
        for (size_t k = j + 1; k < i; k++)
            b[j] -= d->independent[k] ? d->l[k * n + j] * b[k] : 0.0;
        b[j] = d->independent[j] ? b[j] / d->l[j * n + j] : 0.0;
    }
}

double hbl_dependence_factor(hbl_dependence *d, size_t i, double *explained)
{
    double left;

    if (!d->varies[i])
        return 0.0;
    left = factor_row(d, i);
    explain(d, i, explained);
    d->independent[i] = left >= HBL_DEPENDENCE_EXACT;
    d->l[i * d->n + i] = d->independent[i] ? sqrt(left) : 1.0;
    if (!d->independent[i])
        memset(d->l + i * d->n, 0, i * sizeof *d->l);
    return left;
}
