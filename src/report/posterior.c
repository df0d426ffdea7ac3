/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report on posterior probabilities.
 */
#include <math.h>
#include <stdio.h>

#include "hblogit/report.h"
#include "report/figures.h"
#include "report/text.h"

static void add_line(hbl_grid *grid, const hbl_posterior_line *line)
{
    const int decimals = hbl_decimals(0, line->sd, NAN) - 1;

    hbl_grid_add(grid, line->text);
    hbl_grid_add_number(grid, line->mean, decimals);
    hbl_grid_add_number(grid, line->sd, decimals);
    hbl_grid_add_number(grid, line->lower, decimals);
    hbl_grid_add_number(grid, line->upper, decimals);
    hbl_grid_add_number(grid, line->probability, 4);
    hbl_grid_add_number(grid, line->mcse, 4);
}

static int put_lines(FILE *out, const hbl_posterior *p, hbl_error *error)
{
    static const char *const heading[] = {"hypothesis", "left - right", "sd",  "5 %",
                                          "95 %",       "probability",  "MCSE"};
    enum { COLUMNS = sizeof heading / sizeof *heading };
    hbl_grid *grid = hbl_grid_alloc(COLUMNS, error);
    int status;

    if (!grid)
        return HBL_ERR_MEMORY;
    for (size_t c = 0; c < COLUMNS; c++) {
        hbl_grid_add(grid, heading[c]);
        hbl_grid_align(grid, c, c == 0 ? HBL_ALIGN_LEFT : HBL_ALIGN_POINT);
    }
    for (size_t i = 0; i < p->n_lines; i++)
        add_line(grid, &p->line[i]);
    status = hbl_grid_print(grid, out, error);
    hbl_grid_free(grid);
    return status;
}

int hbl_report_posterior(FILE *file, const hbl_posterior *p, hbl_error *error)
{
    hbl_output out;
    char draws[HBL_NUMBER_SIZE];
    int status = hbl_output_begin(&out, file, error);

    if (status)
        return status;
    status = put_lines(file, p, error);
    if (p->n_lines > 1) {
        fprintf(file, "All of them together: probability %.4f", p->joint.probability);
        if (isfinite(p->joint.mcse))
            fprintf(file, " (MCSE %.4f)", p->joint.mcse);
        fputc('\n', file);
    }
    hbl_format_count((double)p->n_draws, draws);
    fprintf(file,
            "Posterior probabilities, the shares of %s draws; of a hypothesis with \"=\", that "
            "left > right.\n",
            draws);
    if (!p->converged)
        fputs("The chains have NOT converged: see hblogit diagnose.\n", file);
    return hbl_output_end(&out, status, "the test", error);
}

static void add_probability(hbl_figures *t, cJSON *to, const hbl_posterior_line *line)
{
    hbl_figures_add_number(t, to, "probability", line->probability);
    hbl_figures_add_number(t, to, "mcse", line->mcse);
}

int hbl_report_posterior_json(FILE *file, const hbl_posterior *p, hbl_error *error)
{
    hbl_figures t = {false};
    cJSON *root = hbl_figures_root(&t), *array;

    hbl_figures_add_string(&t, root, "test", "posterior");
    hbl_figures_add_string(&t, root, "directory", p->directory);
    hbl_figures_add_number(&t, root, "draws", (double)p->n_draws);
    hbl_figures_add_bool(&t, root, "converged", p->converged);
    array = hbl_figures_add_array(&t, root, "hypotheses");
    for (size_t i = 0; i < p->n_lines; i++) {
        const hbl_posterior_line *line = &p->line[i];
        cJSON *to = hbl_figures_append_object(&t, array);
        hbl_figures_add_string(&t, to, "hypothesis", line->text);
        hbl_figures_add_number(&t, to, "difference", line->mean);
        hbl_figures_add_number(&t, to, "sd", line->sd);
        hbl_figures_add_number(&t, to, "lower", line->lower);
        hbl_figures_add_number(&t, to, "upper", line->upper);
        add_probability(&t, to, line);
    }
    add_probability(&t, hbl_figures_add_object(&t, root, "together"), &p->joint);
    return hbl_figures_print(&t, root, file, "the test", error);
}
