/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Choices depend on x only through differences within a task. So with
 *     A = sum_tasks sum_rows (x - mean_task)(x - mean_task)',
 * a column with A_cc = 0 has no say, and a null vector of A is a direction in which the likelihood
 * is flat. A is scaled to ones on the diagonal and factored column by column (Cholesky): what is
 * left of a column's 1 after the ones before it is the share of it that they do not explain.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/findings.h"

/* Unexplained shares: below EXACT nothing but rounding, below NEAR a tolerance of 1e-3 in angle. */
#define EXACT 1e-11
#define NEAR  1e-6

typedef struct {
    size_t n;
    double *a;     /* n x n: A, then scaled */
    double *scale; /* n: sqrt(A_cc) */
    double *l;     /* n x n: Cholesky factor; the row of a dependent column is that of the unit */
    double *work;  /* n */
    double *mean;  /* n */
    bool *varies;  /* n: differs within some task */
} products;

static void release(products *p)
{
    free(p->a);
    free(p->scale);
    free(p->l);
    free(p->work);
    free(p->mean);
    free(p->varies);
}

static int reserve(products *p, size_t n, hbl_error *error)
{
    static const char what[] = "cross-products";

    p->n = n;
    p->a = hbl_calloc(n * n, sizeof *p->a, what, error);
    p->scale = hbl_calloc(n, sizeof *p->scale, what, error);
    p->l = hbl_calloc(n * n, sizeof *p->l, what, error);
    p->work = hbl_calloc(n, sizeof *p->work, what, error);
    p->mean = hbl_calloc(n, sizeof *p->mean, what, error);
    p->varies = hbl_calloc(n, sizeof *p->varies, what, error);
    if (!p->a || !p->scale || !p->l || !p->work || !p->mean || !p->varies)
        return HBL_ERR_MEMORY;
    return HBL_OK;
}

/* ---- cross-products */

static void add_task(products *p, const double *x, size_t n_rows)
{
    const size_t n = p->n;

    memset(p->mean, 0, n * sizeof *p->mean);
    for (size_t r = 0; r < n_rows; r++) {
        for (size_t c = 0; c < n; c++) {
            p->mean[c] += x[r * n + c] / (double)n_rows;
            p->varies[c] = p->varies[c] || x[r * n + c] != x[c];
        }
    }
    for (size_t r = 0; r < n_rows; r++) {
        for (size_t c = 0; c < n; c++)
            p->work[c] = x[r * n + c] - p->mean[c];
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j <= i; j++)
                p->a[i * n + j] += p->work[i] * p->work[j];
        }
    }
}

static void scale(products *p)
{
    const size_t n = p->n;

    for (size_t i = 0; i < n; i++)
        p->scale[i] = p->varies[i] ? sqrt(p->a[i * n + i]) : 0.0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            if (p->scale[i] > 0.0 && p->scale[j] > 0.0)
                p->a[i * n + j] /= p->scale[i] * p->scale[j];
        }
    }
}

/* ---- findings */

static int find_constant(const hbl_model *model, const products *p, hbl_findings *findings,
                         hbl_error *error)
{
    int status = HBL_OK;

    for (size_t c = 0; !status && c < p->n; c++) {
        if (!p->varies[c])
            status = hbl_findings_add(
                findings, error, HBL_FINDING_ERROR,
                "\"%s\" is the same for all alternatives of every task, so that no choice depends "
                "on it; take it out, or put it into the formula's second part for a coefficient "
                "by alternative",
                model->name[c]);
    }
    return status;
}

/* Row i of the factor; returns the share of column i that the independent ones before leave. */
static double factor_row(products *p, size_t i)
{
    const size_t n = p->n;
    double left = 1.0;

    for (size_t j = 0; j < i; j++) {
        double sum = p->a[i * n + j];

        for (size_t k = 0; k < j; k++)
            sum -= p->l[i * n + k] * p->l[j * n + k];
        p->l[i * n + j] = p->varies[j] && p->work[j] > 0.0 ? sum / p->l[j * n + j] : 0.0;
        left -= p->l[i * n + j] * p->l[i * n + j];
    }
    return left;
}

/* Weights of the columns before i in the best account of column i: L_S' b = l_i. */
static void explain(const products *p, size_t i, double *b)
{
    const size_t n = p->n;

    for (size_t j = i; j-- > 0;) {
        b[j] = p->l[i * n + j];
        for (size_t k = j + 1; k < i; k++)
            b[j] -= p->work[k] > 0.0 ? p->l[k * n + j] * b[k] : 0.0;
        b[j] = p->work[j] > 0.0 ? b[j] / p->l[j * n + j] : 0.0;
    }
}

static int report(const hbl_model *model, const products *p, size_t i, double left,
                  hbl_findings *findings, hbl_error *error)
{
    const double weight = left < EXACT ? 1e-6 : 1e-3;
    double *b = p->mean; /* free by now */
    char list[400] = "";
    size_t used = 0, count = 0;

    explain(p, i, b);
    for (size_t j = 0; j < i && used + 60 < sizeof list; j++) {
        if (fabs(b[j]) > weight)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s\"%.40s\"",
                                     count++ > 0 ? ", " : "", model->name[j]);
    }
    if (left < EXACT)
        return hbl_findings_add(findings, error, HBL_FINDING_ERROR,
                                "\"%s\" is, within tasks, a linear combination of %s: their "
                                "coefficients cannot be told apart; leave one of them out",
                                model->name[i], list);
    return hbl_findings_add(findings, error, HBL_FINDING_WARNING,
                            "\"%s\" is, within tasks, almost a linear combination of %s: their "
                            "coefficients will be uncertain and correlated",
                            model->name[i], list);
}

/* work[j] > 0 marks the columns that the ones before them do not explain. */
static int find_collinear(const hbl_model *model, products *p, hbl_findings *findings,
                          hbl_error *error)
{
    int status = HBL_OK;

    memset(p->work, 0, p->n * sizeof *p->work);
    for (size_t i = 0; !status && i < p->n; i++) {
        if (!p->varies[i])
            continue;
        const double left = factor_row(p, i);

        p->work[i] = left >= EXACT;
        p->l[i * p->n + i] = left >= EXACT ? sqrt(left) : 1.0;
        if (left < NEAR)
            status = report(model, p, i, left, findings, error);
        if (left < EXACT)
            memset(p->l + i * p->n, 0, i * sizeof *p->l);
    }
    return status;
}

static int find_scales(const hbl_model *model, const products *p, hbl_findings *findings,
                       hbl_error *error)
{
    const double limit = 1e4;
    size_t least = SIZE_MAX, most = SIZE_MAX;

    for (size_t c = 0; c < p->n; c++) {
        if (!p->varies[c])
            continue;
        if (least == SIZE_MAX || p->scale[c] < p->scale[least])
            least = c;
        if (most == SIZE_MAX || p->scale[c] > p->scale[most])
            most = c;
    }
    if (most == SIZE_MAX || p->scale[most] <= limit * p->scale[least])
        return HBL_OK;
    return hbl_findings_add(findings, error, HBL_FINDING_WARNING,
                            "\"%s\" varies %.0e times as much as \"%s\": a prior that is the same "
                            "for both cannot suit them; change the units, so that both vary by "
                            "about 1",
                            model->name[most], p->scale[most] / p->scale[least],
                            model->name[least]);
}

int hbl_check_columns(const hbl_model *model, hbl_findings *findings, hbl_error *error)
{
    const hbl_panel *panel = model->panel;
    products p = {0};
    int status = reserve(&p, model->n_columns, error);

    for (size_t t = 0; !status && t < panel->n_tasks; t++)
        add_task(&p, model->x + panel->task_row[t] * model->n_columns,
                 panel->task_row[t + 1] - panel->task_row[t]);
    if (!status) {
        scale(&p);
        status = find_constant(model, &p, findings, error);
    }
    if (!status)
        status = find_collinear(model, &p, findings, error);
    if (!status)
        status = find_scales(model, &p, findings, error);
    release(&p);
    return status;
}
