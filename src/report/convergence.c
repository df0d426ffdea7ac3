/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report on convergence.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "hblogit/report.h"
#include "report/text.h"
#include "report/verdict.h"

enum { MOST_ROWS = 20 };

/* ---- parameters, worst first ---- */

static int compare_shortfall(const void *a, const void *b)
{
    const hbl_parameter *p = *(const hbl_parameter *const *)a,
                        *q = *(const hbl_parameter *const *)b;
    const double x = hbl_verdict_shortfall(&p->convergence),
                 y = hbl_verdict_shortfall(&q->convergence);

    if (x != y)
        return x < y ? 1 : -1;
    return (p > q) - (p < q);
}

/* "R-hat, tail": the limits that are not met. */
static void add_missed(hbl_grid *grid, const hbl_convergence *c)
{
    char text[64] = "";

    if (!(c->rhat <= HBL_RHAT_LIMIT))
        strcat(text, ", R-hat");
    if (!(c->ess_bulk >= HBL_ESS_LIMIT))
        strcat(text, ", bulk ESS");
    if (!(c->ess_tail >= HBL_ESS_LIMIT))
        strcat(text, ", tail ESS");
    hbl_grid_add(grid, text[0] ? text + 2 : "");
}

static void add_row(hbl_grid *grid, const hbl_parameter *p)
{
    const hbl_convergence *c = &p->convergence;

    hbl_grid_add(grid, p->name);
    hbl_grid_add_rhat(grid, c->rhat);
    hbl_grid_add_count(grid, c->ess_bulk);
    hbl_grid_add_count(grid, c->ess_tail);
    hbl_grid_add_number(grid, c->mean, hbl_decimals(c->mean, c->sd, c->mcse_mean));
    hbl_grid_add_number(grid, c->mcse_mean, hbl_decimals(0, c->mcse_mean, NAN) - 2);
    hbl_grid_add_number(grid, 100 * c->mcse_mean / c->sd, 1);
    add_missed(grid, c);
}

static int put_worst(FILE *out, const hbl_summary *s, const hbl_parameter **sorted,
                     hbl_error *error)
{
    static const char *const heading[] = {"",     "R-hat", "bulk ESS", "tail ESS",
                                          "mean", "MCSE",  "% of sd",  "misses"};
    const size_t columns = sizeof heading / sizeof *heading;
    const size_t shown = s->n_parameters < MOST_ROWS ? s->n_parameters : MOST_ROWS;
    hbl_grid *grid = hbl_grid_alloc(columns, error);
    int status;

    if (!grid)
        return HBL_ERR_MEMORY;
    for (size_t c = 0; c < columns; c++) {
        hbl_grid_add(grid, heading[c]);
        hbl_grid_align(grid, c, c == 0 || c + 1 == columns ? HBL_ALIGN_LEFT : HBL_ALIGN_POINT);
    }
    for (size_t i = 0; i < shown; i++)
        add_row(grid, sorted[i]);
    fprintf(out, "\nParameters, the least certain first\n");
    status = hbl_grid_print(grid, out, error);
    if (shown < s->n_parameters)
        fprintf(out, "  and %zu more, which are better\n", s->n_parameters - shown);
    hbl_grid_free(grid);
    return status;
}

static int put_parameters(FILE *out, const hbl_summary *s, hbl_error *error)
{
    const hbl_parameter **sorted = hbl_calloc(s->n_parameters, sizeof *sorted, "the report", error);
    int status;

    if (!sorted)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < s->n_parameters; i++)
        sorted[i] = &s->parameter[i];
    qsort(sorted, s->n_parameters, sizeof *sorted, compare_shortfall);
    status = s->n_parameters > 0 ? put_worst(out, s, sorted, error) : HBL_OK;
    free(sorted);
    return status;
}

/* ---- kernels ---- */

typedef struct {
    size_t chains;
    double least, most, sum, step, non_finite;
} over_chains;

static over_chains gather(const hbl_summary *s, const char *name)
{
    over_chains o = {.least = INFINITY, .most = -INFINITY};

    for (size_t k = 0; k < s->n_kernels; k++) {
        const hbl_kernel_summary *kernel = &s->kernel[k];
        if (strcmp(kernel->name, name) != 0)
            continue;
        o.chains++;
        o.least = fmin(o.least, kernel->acceptance);
        o.most = fmax(o.most, kernel->acceptance);
        o.sum += kernel->acceptance;
        o.step += kernel->step;
        o.non_finite += kernel->non_finite;
    }
    return o;
}

static bool seen_before(const hbl_summary *s, size_t k)
{
    for (size_t i = 0; i < k; i++)
        if (strcmp(s->kernel[i].name, s->kernel[k].name) == 0)
            return true;
    return false;
}

static int put_kernels(FILE *out, const hbl_summary *s, hbl_error *error)
{
    static const char *const heading[] = {"", "mean", "least", "most", "step", "not finite"};
    const size_t columns = sizeof heading / sizeof *heading;
    hbl_grid *grid;
    int status;

    if (s->n_kernels == 0)
        return HBL_OK;
    grid = hbl_grid_alloc(columns, error);
    if (!grid)
        return HBL_ERR_MEMORY;
    for (size_t c = 0; c < columns; c++) {
        hbl_grid_add(grid, heading[c]);
        hbl_grid_align(grid, c, c == 0 ? HBL_ALIGN_LEFT : HBL_ALIGN_POINT);
    }
    for (size_t k = 0; k < s->n_kernels; k++) {
        const over_chains o = gather(s, s->kernel[k].name);
        if (seen_before(s, k))
            continue;
        hbl_grid_add(grid, s->kernel[k].name);
        hbl_grid_add_number(grid, o.sum / (double)o.chains, 2);
        hbl_grid_add_number(grid, isfinite(o.least) ? o.least : NAN, 2);
        hbl_grid_add_number(grid, isfinite(o.most) ? o.most : NAN, 2);
        hbl_grid_add_number(grid, o.step / (double)o.chains, 3);
        hbl_grid_add_count(grid, o.non_finite);
    }
    fprintf(out, "\nAcceptance of the kernels, over chains\n");
    status = hbl_grid_print(grid, out, error);
    hbl_grid_free(grid);
    return status;
}

/* ---- the whole ---- */

int hbl_report_convergence(FILE *file, const hbl_summary *s, hbl_error *error)
{
    hbl_output out;
    int status = hbl_output_begin(&out, file, error);

    if (status)
        return status;
    hbl_verdict_heading(file, s);
    status = put_parameters(file, s, error);
    if (!status)
        status = put_kernels(file, s, error);
    fputc('\n', file);
    hbl_verdict_print(file, s);
    fprintf(file, "  Good enough is R-hat at most %.2f and bulk and tail ESS at least %.0f.\n",
            HBL_RHAT_LIMIT, HBL_ESS_LIMIT);
    hbl_verdict_advise(file, s);
    return hbl_output_end(&out, status, "the report on convergence", error);
}
