/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers that stand for missing values, as survey programs write them, and would be taken at their
 * word: far from everything else in the column.
 */
#include <math.h>
#include <stdio.h>

#include "model/findings.h"

static const double code[] = {-9, -99, -999, -9999, -99999, 99, 999, 9999, 99999};
enum { CODES = sizeof code / sizeof *code };

/* A column: n values, stride apart, from which `mean` was taken. */
typedef struct {
    const char *name;
    size_t n, stride;
    const double *x;
    double mean;
} values;

static bool is_code(const values *v, size_t i, double c)
{
    return fabs(v->x[i * v->stride] + v->mean - c) <= 1e-9 * fabs(c);
}

/* How often c stands there, where it is three times as far from the rest as the rest is wide, or
 * from 0; otherwise 0. */
static size_t count_far(const values *v, double c, double *low, double *high)
{
    double width, distance;
    size_t n = 0;

    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < v->n; i++) {
        const double x = v->x[i * v->stride] + v->mean;

        if (is_code(v, i, c)) {
            n++;
        } else {
            *low = fmin(*low, x);
            *high = fmax(*high, x);
        }
    }
    width = fmax(*high - *low, fmax(fabs(*low), fabs(*high)));
    distance = c < *low ? *low - c : c - *high;
    return n > 0 && n < v->n && width > 0 && distance > 3 * width ? n : 0;
}

static int find(const hbl_check *check, const values *v, const char *of, hbl_error *error)
{
    int status = HBL_OK;

    for (size_t i = 0; !status && i < CODES; i++) {
        double low, high;
        const size_t n = count_far(v, code[i], &low, &high);

        if (n > 0)
            status = hbl_findings_add(check->findings, error, HBL_FINDING_WARNING,
                                      "\"%s\" is %g for %zu of %zu %s, and from %.4g to %.4g "
                                      "otherwise; if that stands for a missing value, leave the "
                                      "cells empty",
                                      v->name, code[i], n, v->n, of, low, high);
    }
    return status;
}

int hbl_check_missing(const hbl_check *check, hbl_error *error)
{
    const hbl_model *m = check->model;
    const hbl_panel *p = m->panel;
    int status = HBL_OK;

    for (size_t k = 0; !status && k < check->n; k++) {
        const values v = {m->name[k], p->n_rows, m->n_columns, m->x + k, 0};
        status = find(check, &v, "rows", error);
    }
    for (size_t k = 0; !status && k < m->n_scale; k++) {
        const values v = {m->name[check->n + k], p->n_persons, m->n_scale, m->v + k, 0};
        status = find(check, &v, "people", error);
    }
    for (size_t k = 0; !status && k < m->n_covariates; k++) {
        const values v = {m->covariate_name[k], p->n_persons, m->n_covariates, m->w + k,
                          m->covariate_mean[k]};
        status = find(check, &v, "people", error);
    }
    return status;
}
