/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of parameters: what runs have in common stands in one row, by name.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "core/memory.h"

/* ---- rows ---- */

static const hbl_compared_value nothing = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};

/* The row of that name, new where there is none yet. other: the name the other way round, of a
 * pair. */
static int find_row(hbl_comparison *c, size_t *capacity, hbl_compared_kind kind, const char *name,
                    const char *other, hbl_compared_parameter **row, hbl_error *error)
{
    hbl_compared_parameter added = {.kind = kind};

    for (size_t i = 0; i < c->n_parameters; i++)
        if (c->parameter[i].kind == kind &&
            (strcmp(c->parameter[i].name, name) == 0 || strcmp(c->parameter[i].name, other) == 0)) {
            *row = &c->parameter[i];
            return HBL_OK;
        }
    if (hbl_grow(&c->parameter, capacity, c->n_parameters + 1, sizeof added, "the comparison",
                 error))
        return HBL_ERR_MEMORY;
    added.name = hbl_strdup(name, error);
    added.value = hbl_calloc(c->n_runs, sizeof *added.value, "the comparison", error);
    if (!added.name || !added.value) {
        free(added.name);
        free(added.value);
        return HBL_ERR_MEMORY;
    }
    for (size_t r = 0; r < c->n_runs; r++)
        added.value[r] = nothing;
    *row = &c->parameter[c->n_parameters];
    c->parameter[c->n_parameters++] = added;
    return HBL_OK;
}

typedef struct {
    const hbl_fitted *fitted;
    size_t run;
    hbl_comparison *comparison;
    size_t *capacity;
} filling;

static bool is_transformed(const hbl_model *model, size_t k)
{
    return k < model->n_random && (strcmp(model->mixing[k]->name, "normal") != 0 ||
                                   (model->base && model->base[k] != SIZE_MAX));
}

/* "pf", or "price (theta)": of a multinomial logit everything is on the scale of beta, and the
 * mean of a transformed coefficient has nothing to be compared with. */
static const char *scale_of(const filling *f, size_t k)
{
    return is_transformed(f->fitted->model, k) && strcmp(f->fitted->method, "mnl") != 0 ? " (theta)"
                                                                                        : "";
}

static int put(const filling *f, hbl_compared_kind kind, size_t i, size_t j,
               const hbl_compared_value *value, hbl_error *error)
{
    const hbl_model *m = f->fitted->model;
    const char *a = m->name[i], *b = kind == HBL_COMPARED_SLOPE ? m->covariate_name[j] : m->name[j];
    const size_t size = strlen(a) + strlen(b) + 16;
    char *name = hbl_calloc(2 * size, 1, "the comparison", error), *other = name + size;
    hbl_compared_parameter *row;
    int status;

    if (!name)
        return HBL_ERR_MEMORY;
    if (kind == HBL_COMPARED_COEFFICIENT || kind == HBL_COMPARED_SD) {
        snprintf(name, size, "%s%s", a, scale_of(f, i));
        snprintf(other, size, "%s%s", a, scale_of(f, i));
    } else {
        snprintf(name, size, "%s:%s", a, b);
        snprintf(other, size, "%s:%s", b, a);
    }
    status = find_row(f->comparison, f->capacity, kind, name, other, &row, error);
    free(name);
    if (!status)
        row->value[f->run] = *value;
    return status;
}

/* ---- of draws ---- */

static double skewness(const double *x, size_t n)
{
    double mean = 0, m2 = 0, m3 = 0;

    for (size_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        m2 += (x[i] - mean) * (x[i] - mean) / (double)n;
        m3 += (x[i] - mean) * (x[i] - mean) * (x[i] - mean) / (double)n;
    }
    return m3 / (m2 * sqrt(m2));
}

/* Of the draws in that column, or of their roots; of a few thousand of them at most. NaN where
 * there is no such column. */
static int set_skewness(const hbl_draws *draws, const char *column, bool root, double *answer,
                        hbl_error *error)
{
    enum { ENOUGH = 20000 };
    const size_t total = hbl_draws_n_chains(draws) * hbl_draws_n_draws(draws);
    const size_t stride = 1 + total / ENOUGH, each = hbl_draws_n_draws(draws) / stride;
    const size_t n = hbl_draws_n_chains(draws) * each;
    size_t c = 0;
    double *x;
    int status;

    while (c < hbl_draws_n_columns(draws) && strcmp(hbl_draws_column_name(draws, c), column) != 0)
        c++;
    if (c == hbl_draws_n_columns(draws) || n < 3)
        return HBL_OK;
    x = hbl_calloc(n, sizeof *x, "draws", error);
    if (!x)
        return HBL_ERR_MEMORY;
    status = hbl_draws_read(draws, &c, 1, stride, &x, error);
    for (size_t i = 0; !status && root && i < n; i++)
        x[i] = sqrt(x[i]);
    if (!status)
        *answer = skewness(x, n);
    free(x);
    return status;
}

static hbl_compared_value value_of_draws(const hbl_convergence *c)
{
    return (hbl_compared_value){.estimate = c->mean,
                                .error = c->sd,
                                .lower = c->q5,
                                .upper = c->q95,
                                .numerical = c->mcse_mean,
                                .ess = c->ess_bulk,
                                .skewness = NAN,
                                .z = NAN};
}

static int fill_parameter(const filling *f, const hbl_draws *draws, const hbl_parameter *p,
                          hbl_error *error)
{
    const hbl_model *m = f->fitted->model;
    const size_t K = m->n_random, C = m->n_coefficients;
    hbl_compared_value value = value_of_draws(&p->convergence);
    size_t i, j;
    int status;

    if (sscanf(p->column, "mu.%zu", &i) == 1 && i - 1 < K) {
        status = set_skewness(draws, p->column, false, &value.skewness, error);
        return status ? status : put(f, HBL_COMPARED_COEFFICIENT, i - 1, i - 1, &value, error);
    }
    if (sscanf(p->column, "alpha.%zu", &i) == 1 && i - 1 < C - K) {
        status = set_skewness(draws, p->column, false, &value.skewness, error);
        return status ? status
                      : put(f, HBL_COMPARED_COEFFICIENT, K + i - 1, K + i - 1, &value, error);
    }
    if (sscanf(p->column, "Delta.%zu.%zu", &i, &j) == 2 && i - 1 < m->n_covariates && j - 1 < K)
        return put(f, HBL_COMPARED_SLOPE, j - 1, i - 1, &value, error);
    return HBL_OK;
}

static int fill_derived(const filling *f, const hbl_draws *draws, const hbl_parameter *p,
                        hbl_error *error)
{
    hbl_compared_value value = value_of_draws(&p->convergence);
    char column[64];
    int status;

    if (p->row >= f->fitted->model->n_random || p->col >= f->fitted->model->n_random)
        return HBL_OK;
    if (p->kind == HBL_PARAMETER_SD) {
        snprintf(column, sizeof column, "Omega.%zu.%zu", p->row + 1, p->row + 1);
        status = set_skewness(draws, column, true, &value.skewness, error);
        return status ? status : put(f, HBL_COMPARED_SD, p->row, p->row, &value, error);
    }
    if (p->kind == HBL_PARAMETER_CORRELATION)
        return put(f, HBL_COMPARED_CORRELATION, p->row, p->col, &value, error);
    return HBL_OK;
}

static int fill_draws(const filling *f, hbl_error *error)
{
    const hbl_summary *s = f->fitted->summary;
    hbl_draws *draws = NULL;
    int status = hbl_draws_open((const char *const *)f->fitted->file.file, f->fitted->file.n_files,
                                &draws, error);

    for (size_t i = 0; !status && i < s->n_parameters; i++)
        status = fill_parameter(f, draws, &s->parameter[i], error);
    for (size_t i = 0; !status && i < s->n_derived; i++)
        status = fill_derived(f, draws, &s->derived[i], error);
    if (draws)
        hbl_draws_close(draws);
    return status;
}

/* ---- of estimates ---- */

static const double ninety_percent = 1.6448536269514722; /* Phi^-1(0.95) */

static hbl_compared_value value_of_estimate(const hbl_estimates *e, size_t i)
{
    const hbl_estimate *row = &e->row[i];
    const double half = ninety_percent * row->standard_error;

    return (hbl_compared_value){.estimate = row->estimate,
                                .error = row->standard_error,
                                .lower = row->estimate - half,
                                .upper = row->estimate + half,
                                .numerical = i < e->n_parameters ? e->simulation[i] : NAN,
                                .ess = NAN,
                                .skewness = NAN,
                                .z = NAN};
}

static int fill_estimate(const filling *f, size_t at, hbl_error *error)
{
    const hbl_model *m = f->fitted->model;
    const size_t K = m->n_random, C = m->n_coefficients;
    const char *p = f->fitted->estimates->row[at].parameter;
    const hbl_compared_value value = value_of_estimate(f->fitted->estimates, at);
    size_t i, j;

    if ((sscanf(p, "mu.%zu", &i) == 1 && i - 1 < K) ||
        (sscanf(p, "beta.%zu", &i) == 1 && i - 1 < C))
        return put(f, HBL_COMPARED_COEFFICIENT, i - 1, i - 1, &value, error);
    if (sscanf(p, "alpha.%zu", &i) == 1 && i - 1 < C - K)
        return put(f, HBL_COMPARED_COEFFICIENT, K + i - 1, K + i - 1, &value, error);
    if (sscanf(p, "Delta.%zu.%zu", &i, &j) == 2 && i - 1 < m->n_covariates && j - 1 < K)
        return put(f, HBL_COMPARED_SLOPE, j - 1, i - 1, &value, error);
    if (sscanf(p, "sd.%zu", &i) == 1 && i - 1 < K)
        return put(f, HBL_COMPARED_SD, i - 1, i - 1, &value, error);
    if (sscanf(p, "L.%zu.%zu", &i, &j) == 2 && i == j && i - 1 < K &&
        strncmp(f->fitted->estimates->row[at].name, "sd.", 3) == 0)
        return put(f, HBL_COMPARED_SD, i - 1, i - 1, &value, error);
    if (sscanf(p, "correlation.%zu.%zu", &i, &j) == 2 && i - 1 < K && j - 1 < K)
        return put(f, HBL_COMPARED_CORRELATION, i - 1, j - 1, &value, error);
    return HBL_OK;
}

int hbl_compare_fill(const hbl_fitted *fitted, size_t run, hbl_comparison *comparison,
                     size_t *capacity, hbl_error *error)
{
    const filling f = {fitted, run, comparison, capacity};
    int status = HBL_OK;

    if (fitted->summary)
        return fill_draws(&f, error);
    for (size_t i = 0; !status && i < fitted->estimates->n_rows_of_table; i++)
        status = fill_estimate(&f, i, error);
    return status;
}
