/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A quantity is a column of the chain files or a function of some: sd_k = sqrt(Omega_kk),
 * correlation_ij = Omega_ij / sqrt(Omega_ii Omega_jj), draw by draw. Quantities are taken in groups
 * that fit into memory; for each group the files are read through once.
 */
#include "diagnose/quantities.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "diagnose/draws.h"
#include "diagnose/workspace.h"

enum {
    MOST_DRAWS = 1 << 17,       /* of all chains, that the diagnostics look at */
    VALUE_BYTES = 16 << 20,     /* values of a group */
    WORKSPACE_BYTES = 16 << 20, /* workspaces of all threads, unless one alone takes more */
    MOST_SOURCES = 3,
};

typedef struct {
    hbl_parameter *parameter;
    size_t n_sources,
        source[MOST_SOURCES]; /* columns of the files; then places in group's columns */
} quantity;

/* Mean and sum of squared deviations of one quantity in one chain (Welford). */
typedef struct {
    double n, mean, squares;
} running;

typedef struct {
    const hbl_draws *draws;
    size_t n_chains, stride, n_kept; /* n_kept: draws a chain that are diagnosed */
    size_t n;
    quantity *quantity;
    size_t n_columns;
    size_t *column;                     /* those that the quantities need, ascending */
    double *value;                      /* n x (n_chains n_kept) */
    running *running;                   /* n_chains x n; where stride > 1 */
    hbl_error *error;                   /* n_chains */
    hbl_diagnose_workspace **workspace; /* one a thread */
} group;

/* ---- which columns ---- */

/* *column: where the search begins, then where it ended. */
static int find_column(const hbl_draws *draws, const hbl_parameter *p, size_t n_random,
                       size_t *column, hbl_error *error)
{
    char name[64];

    if (p->kind == HBL_PARAMETER_MEAN)
        snprintf(name, sizeof name, "mu.%zu", p->row + 1);
    else if (p->kind == HBL_PARAMETER_FIXED)
        snprintf(name, sizeof name, "alpha.%zu", p->row - n_random + 1);
    else if (p->kind == HBL_PARAMETER_SLOPE)
        snprintf(name, sizeof name, "Delta.%zu.%zu", p->col + 1, p->row + 1);
    else
        snprintf(name, sizeof name, "Omega.%zu.%zu", p->row + 1, p->col + 1);
    *column = hbl_draws_find(draws, name, *column);
    if (*column == SIZE_MAX)
        return hbl_fail(error, HBL_ERR_INPUT, "%s: no column \"%s\", which run.json calls for",
                        hbl_draws_path(draws, 0), name);
    return HBL_OK;
}

/* Lists the summary's parameters and derived ones. The standard deviations come before the
 * correlations, which find Omega's diagonal there. */
static int set_quantities(const hbl_draws *draws, hbl_summary *s, quantity *all, hbl_error *error)
{
    const quantity *sd = all + s->n_parameters;
    size_t column = 0;
    int status = HBL_OK;

    for (size_t i = 0; !status && i < s->n_parameters + s->n_derived; i++) {
        hbl_parameter *p =
            i < s->n_parameters ? &s->parameter[i] : &s->derived[i - s->n_parameters];

        status = find_column(draws, p, s->n_random, &column, error);
        all[i] = (quantity){.parameter = p, .n_sources = 1, .source = {column}};
        if (p->kind == HBL_PARAMETER_CORRELATION) {
            all[i].n_sources = 3;
            all[i].source[1] = sd[p->row].source[0];
            all[i].source[2] = sd[p->col].source[0];
        }
    }
    return status;
}

static double evaluate(const quantity *q, const double *cell)
{
    const double x = cell[q->source[0]];

    if (q->parameter->kind == HBL_PARAMETER_SD)
        return sqrt(x);
    if (q->parameter->kind == HBL_PARAMETER_CORRELATION)
        return x / sqrt(cell[q->source[1]]) / sqrt(cell[q->source[2]]);
    return x;
}

static int compare_columns(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

/* Collects the columns of a group's quantities, and turns sources into places among them. */
static void set_columns(group *g)
{
    size_t n = 0, kept = 0;

    for (size_t i = 0; i < g->n; i++)
        for (size_t k = 0; k < g->quantity[i].n_sources; k++)
            g->column[n++] = g->quantity[i].source[k];
    qsort(g->column, n, sizeof *g->column, compare_columns);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || g->column[kept - 1] != g->column[i])
            g->column[kept++] = g->column[i];
    g->n_columns = kept;
    for (size_t i = 0; i < g->n; i++)
        for (size_t k = 0; k < g->quantity[i].n_sources; k++) {
            const size_t *at = bsearch(&g->quantity[i].source[k], g->column, kept,
                                       sizeof *g->column, compare_columns);
            g->quantity[i].source[k] = (size_t)(at - g->column);
        }
}

/* ---- reading ---- */

typedef struct {
    const group *group;
    size_t chain;
} chain_of_group;

static void take_row(void *context, size_t row, const double *cell)
{
    const chain_of_group *c = context;
    const group *g = c->group;
    const size_t i = row / g->stride;
    const bool kept = row % g->stride == 0 && i < g->n_kept;

    for (size_t q = 0; q < g->n; q++) {
        const double x = evaluate(&g->quantity[q], cell);

        if (kept)
            g->value[(q * g->n_chains + c->chain) * g->n_kept + i] = x;
        if (g->stride > 1) {
            running *r = &g->running[c->chain * g->n + q];
            const double step = x - r->mean;
            r->n += 1;
            r->mean += step / r->n;
            r->squares += step * (x - r->mean);
        }
    }
}

static void read_chain(void *context, size_t chain, int thread)
{
    const group *g = context;
    chain_of_group c = {g, chain};

    (void)thread;
    hbl_draws_walk(g->draws, chain, g->column, g->n_columns, take_row, &c, &g->error[chain]);
}

static int first_error(const group *g, hbl_error *error)
{
    for (size_t c = 0; c < g->n_chains; c++)
        if (g->error[c].status)
            return hbl_fail(error, g->error[c].status, "%s", g->error[c].message);
    return HBL_OK;
}

/* ---- diagnosing ---- */

/* Mean and sd of every draw instead of every stride-th; chains are joined in order. */
static void set_moments(const group *g, size_t q, hbl_convergence *result)
{
    running all = {0};

    for (size_t c = 0; c < g->n_chains; c++) {
        const running *r = &g->running[c * g->n + q];
        const double n = all.n + r->n, apart = r->mean - all.mean;

        all.mean += apart * r->n / n;
        all.squares += r->squares + apart * apart * all.n * r->n / n;
        all.n = n;
    }
    result->mean = all.mean;
    result->sd = sqrt(all.squares / (all.n - 1));
}

static void diagnose_quantity(void *context, size_t q, int thread)
{
    const group *g = context;
    hbl_convergence *result = &g->quantity[q].parameter->convergence;

    hbl_diagnose_compute(g->workspace[thread], g->value + q * g->n_chains * g->n_kept, result);
    if (g->stride > 1 && isfinite(result->mean))
        set_moments(g, q, result);
}

static int diagnose_group(group *g, int threads, hbl_error *error)
{
    int status;

    set_columns(g);
    for (size_t i = 0; i < g->n_chains * g->n; i++)
        g->running[i] = (running){0};
    hbl_parallel_for(threads, g->n_chains, read_chain, g);
    status = first_error(g, error);
    if (!status)
        hbl_parallel_for(threads, g->n, diagnose_quantity, g);
    return status;
}

/* ---- all of it ---- */

static int alloc_workspaces(group *g, int *threads, hbl_error *error)
{
    const size_t most = WORKSPACE_BYTES / hbl_diagnose_workspace_bytes(g->n_kept, g->n_chains);
    int status = HBL_OK;

    *threads = hbl_processors();
    if (*threads > 1 && (size_t)*threads > most)
        *threads = most > 1 ? (int)most : 1;
    g->workspace = hbl_calloc((size_t)*threads, sizeof *g->workspace, "the diagnostics", error);
    if (!g->workspace)
        return HBL_ERR_MEMORY;
    for (int t = 0; !status && t < *threads; t++)
        status = hbl_diagnose_workspace_alloc(g->n_kept, g->n_chains, &g->workspace[t], error);
    return status;
}

static int alloc_group(group *g, size_t most, hbl_error *error)
{
    const char *what = "the values of draws";

    if (!(g->column = hbl_calloc(most, MOST_SOURCES * sizeof *g->column, what, error)) ||
        !(g->value = hbl_calloc(most * g->n_chains, g->n_kept * sizeof *g->value, what, error)) ||
        !(g->running = hbl_calloc(most, g->n_chains * sizeof *g->running, what, error)) ||
        !(g->error = hbl_calloc(g->n_chains, sizeof *g->error, what, error)))
        return HBL_ERR_MEMORY;
    return HBL_OK;
}

static void clear_group(group *g, int threads)
{
    for (int t = 0; g->workspace && t < threads; t++)
        hbl_diagnose_workspace_free(g->workspace[t]);
    free(g->workspace);
    free(g->column);
    free(g->value);
    free(g->running);
    free(g->error);
}

static int diagnose_in_groups(const hbl_draws *draws, const hbl_summary *s, quantity *all, size_t n,
                              hbl_error *error)
{
    group g = {.draws = draws, .n_chains = s->n_chains, .stride = s->stride};
    size_t most = VALUE_BYTES / sizeof(double);
    int threads = 0, status;

    g.n_kept = s->n_draws / s->stride;
    most /= g.n_chains * g.n_kept;
    most = most < 1 ? 1 : most < n ? most : n;
    status = alloc_group(&g, most, error);
    if (!status)
        status = alloc_workspaces(&g, &threads, error);
    for (size_t first = 0; !status && first < n; first += most) {
        g.quantity = all + first;
        g.n = n - first < most ? n - first : most;
        status = diagnose_group(&g, threads, error);
    }
    clear_group(&g, threads);
    return status;
}

int hbl_quantities_diagnose(const hbl_draws *draws, hbl_summary *s, hbl_error *error)
{
    const size_t n = s->n_parameters + s->n_derived;
    quantity *all = hbl_calloc(n, sizeof *all, "parameters", error);
    int status = all ? HBL_OK : HBL_ERR_MEMORY;

    s->stride = (s->n_chains * s->n_draws + MOST_DRAWS - 1) / MOST_DRAWS;
    if (s->stride > s->n_draws) /* chains by the hundred thousand */
        s->stride = s->n_draws;
    if (!status)
        status = set_quantities(draws, s, all, error);
    if (!status && n > 0)
        status = diagnose_in_groups(draws, s, all, n, error);
    free(all);
    return status;
}
