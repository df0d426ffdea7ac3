/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers that stand for missing values, as survey programs write them, and would be taken at their
 * word: far from everything else in the column.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
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

static double value_at(const values *v, size_t i)
{
    return v->x[i * v->stride] + v->mean;
}

static bool is_code(double x, double c)
{
    return fabs(x - c) <= 1e-9 * fabs(c);
}

typedef struct {
    double low, high;
} range;

static void widen(range *r, double x)
{
    if (x < r->low)
        r->low = x;
    if (x > r->high)
        r->high = x;
}

/* How often c stands there, where it is three times as far from the rest as the rest is wide, or
 * from 0; otherwise 0. */
static size_t count_far(const values *v, double c, range *rest)
{
    double width, distance;
    size_t n = 0;

    *rest = (range){INFINITY, -INFINITY};
    for (size_t i = 0; i < v->n; i++) {
        if (is_code(value_at(v, i), c))
            n++;
        else
            widen(rest, value_at(v, i));
    }
    width = fmax(rest->high - rest->low, fmax(fabs(rest->low), fabs(rest->high)));
    distance = c < rest->low ? rest->low - c : c - rest->high;
    return n > 0 && n < v->n && width > 0 && distance > 3 * width ? n : 0;
}

/* all: of v, before the mean was taken. What is far from all the rest is at one of its ends. */
static int find(const hbl_check *check, const values *v, range all, const char *of,
                hbl_error *error)
{
    int status = HBL_OK;

    for (size_t i = 0; !status && i < CODES; i++) {
        range rest;
        size_t n;

        if (!is_code(all.low + v->mean, code[i]) && !is_code(all.high + v->mean, code[i]))
            continue;
        n = count_far(v, code[i], &rest);
        if (n > 0)
            status = hbl_findings_add(check->findings, error, HBL_FINDING_WARNING,
                                      "\"%s\" is %g for %zu of %zu %s, and from %.4g to %.4g "
                                      "otherwise; if that stands for a missing value, leave the "
                                      "cells empty",
                                      v->name, code[i], n, v->n, of, rest.low, rest.high);
    }
    return status;
}

/* n columns side by side, the first `used` of which are looked at; mean may be NULL. */
static int find_in(const hbl_check *check, const double *x, size_t n_rows, size_t n, size_t used,
                   char *const *name, const double *mean, const char *of, hbl_error *error)
{
    range *all = hbl_calloc(used, sizeof *all, "columns", error);
    int status = all ? HBL_OK : HBL_ERR_MEMORY;

    for (size_t k = 0; all && k < used; k++)
        all[k] = (range){INFINITY, -INFINITY};
    for (size_t r = 0; all && r < n_rows; r++)
        for (size_t k = 0; k < used; k++)
            widen(&all[k], x[r * n + k]);
    for (size_t k = 0; !status && k < used; k++) {
        const values v = {name[k], n_rows, n, x + k, mean ? mean[k] : 0};
        status = find(check, &v, all[k], of, error);
    }
    free(all);
    return status;
}

int hbl_check_missing(const hbl_check *check, hbl_error *error)
{
    const hbl_model *m = check->model;
    const hbl_panel *p = m->panel;
    int status =
        find_in(check, m->x, p->n_rows, m->n_columns, check->n, m->name, NULL, "rows", error);

    if (!status)
        status = find_in(check, m->v, p->n_persons, m->n_scale, m->n_scale, m->name + check->n,
                         NULL, "people", error);
    if (!status)
        status = find_in(check, m->w, p->n_persons, m->n_covariates, m->n_covariates,
                         m->covariate_name, m->covariate_mean, "people", error);
    return status;
}
