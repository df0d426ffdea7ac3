/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report on the convergence of an optimiser.
 */
#include <math.h>

#include "hblogit/report.h"
#include "report/estimates.h"
#include "report/text.h"

enum { MOST_PAIRS = 10 };
static const double strong = 0.95; /* correlation of two estimates that is told of */
static const double ill = 1e6;     /* condition that is told of */

static void put_figure(FILE *out, const char *label, double x)
{
    if (isnan(x))
        return;
    if (isinf(x))
        fprintf(out, "  %-34s not positive definite\n", label);
    else
        fprintf(out, "  %-34s %.3g\n", label, x);
}

static void put_condition(FILE *out, const hbl_estimates *e)
{
    put_figure(out, "norm of the gradient", e->gradient_norm);
    put_figure(out, "g'H^-1 g", e->decrement);
    put_figure(out, "condition of the Hessian (scaled)", e->condition);
    if (e->condition > ill)
        hbl_put_wrapped(out, "  ",
                        "The Hessian is close to singular: some combination of the parameters is "
                        "hardly identified.");
    for (size_t b = 0; b < e->n_boundary; b++) {
        fputs("  on the boundary, at 0: ", out);
        hbl_put_text(out, e->boundary[b]);
        fputc('\n', out);
    }
}

/* Pairs of estimates that the data hardly tell apart, the first few. */
static int put_pairs(FILE *out, const hbl_estimates *e, hbl_error *error)
{
    const size_t n = e->n_parameters;
    hbl_grid *grid = hbl_grid_alloc(3, error);
    size_t found = 0;
    int status = HBL_OK;

    if (!grid)
        return HBL_ERR_MEMORY;
    hbl_grid_align(grid, 2, HBL_ALIGN_POINT);
    hbl_grid_add(grid, "");
    hbl_grid_add(grid, "");
    hbl_grid_add(grid, "correlation");
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            const double r =
                e->variance[i * n + j] / sqrt(e->variance[i * n + i] * e->variance[j * n + j]);
            if (!(fabs(r) > strong))
                continue;
            if (++found > MOST_PAIRS)
                continue;
            hbl_grid_add(grid, e->row[i].name);
            hbl_grid_add(grid, e->row[j].name);
            hbl_grid_add_number(grid, r, 3);
        }
    if (found > 0) {
        fputs("\nEstimates that the data hardly tell apart\n", out);
        status = hbl_grid_print(grid, out, error);
    }
    if (found > MOST_PAIRS)
        fprintf(out, "  and %zu more pairs\n", found - MOST_PAIRS);
    hbl_grid_free(grid);
    return status;
}

int hbl_report_optimiser(FILE *file, const hbl_estimates *e, hbl_error *error)
{
    hbl_output out;
    int status = hbl_output_begin(&out, file, error);

    if (status)
        return status;
    hbl_estimates_put_heading(file, e);
    fputc('\n', file);
    put_condition(file, e);
    status = put_pairs(file, e, error);
    fputc('\n', file);
    hbl_estimates_put_ending(file, e);
    hbl_estimates_put_notes(file, e);
    return hbl_output_end(&out, status, "the report on convergence", error);
}
