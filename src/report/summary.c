/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of estimates.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hblogit/report.h"
#include "report/text.h"
#include "report/verdict.h"

/* ---- a table of parameters ---- */

typedef struct {
    bool distribution, truth; /* columns that are not always there */
} layout;

static layout layout_of(const hbl_summary *s)
{
    layout l = {false, false};

    for (size_t k = 0; k < s->n_random; k++)
        l.distribution |= strcmp(s->distribution[k], "normal") != 0;
    for (size_t i = 0; i < s->n_parameters; i++)
        l.truth |= !isnan(s->parameter[i].truth);
    return l;
}

static void add_headings(hbl_grid *grid, layout l)
{
    static const char *const figures[] = {"mean",  "sd",       "5 %",     "95 %",
                                          "R-hat", "bulk ESS", "tail ESS"};
    size_t column = 1;

    hbl_grid_add(grid, "");
    if (l.distribution) {
        hbl_grid_add(grid, "distribution");
        column++;
    }
    if (l.truth) {
        hbl_grid_add(grid, "truth");
        hbl_grid_align(grid, column++, HBL_ALIGN_POINT);
    }
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        hbl_grid_add(grid, figures[i]);
        hbl_grid_align(grid, column++, HBL_ALIGN_POINT);
    }
}

/* The truth in as many decimals as the estimate has, or a few more where that shows it whole. */
static void add_truth(hbl_grid *grid, double truth, int decimals)
{
    char text[HBL_NUMBER_SIZE];

    for (int more = 0; more <= 3; more++) {
        hbl_format_decimals(truth, decimals + more, text);
        if (isnan(truth) || fabs(strtod(text, NULL) - truth) <= 1e-12 * fabs(truth)) {
            hbl_grid_add(grid, text);
            return;
        }
    }
    hbl_grid_add_number(grid, truth, decimals);
}

static void add_parameter(hbl_grid *grid, const hbl_summary *s, layout l, const char *label,
                          const hbl_parameter *p)
{
    const hbl_convergence *c = &p->convergence;
    const int decimals = hbl_decimals(c->mean, c->sd, c->mcse_mean);

    hbl_grid_add(grid, label);
    if (l.distribution)
        hbl_grid_add(grid, s->distribution[p->row]);
    if (l.truth)
        add_truth(grid, p->truth, decimals);
    hbl_grid_add_number(grid, c->mean, decimals);
    hbl_grid_add_number(grid, c->sd, decimals);
    hbl_grid_add_number(grid, c->q5, decimals);
    hbl_grid_add_number(grid, c->q95, decimals);
    hbl_grid_add_rhat(grid, c->rhat);
    hbl_grid_add_count(grid, c->ess_bulk);
    hbl_grid_add_count(grid, c->ess_tail);
}

/* "time ~ price" for a pair, "time:income" for what a covariate adds, else the coefficient. */
static void add_labelled(hbl_grid *grid, const hbl_summary *s, layout l, const hbl_parameter *p)
{
    const char *row = s->coefficient[p->row], *col;
    size_t size;
    char *label;

    if (p->kind == HBL_PARAMETER_SLOPE) {
        add_parameter(grid, s, l, p->name, p);
        return;
    }
    col = s->coefficient[p->col];
    size = strlen(row) + strlen(col) + 4;
    if (p->row == p->col) {
        add_parameter(grid, s, l, row, p);
        return;
    }
    label = malloc(size);
    if (label)
        snprintf(label, size, "%s ~ %s", row, col);
    add_parameter(grid, s, l, label ? label : row, p);
    free(label);
}

/* All parameters of one kind, of n in a list; nothing where there are none. */
static int put_kind(FILE *out, const hbl_summary *s, const hbl_parameter *list, size_t n,
                    hbl_parameter_kind kind, const char *title, hbl_error *error)
{
    layout l = layout_of(s);
    size_t first = 0;
    hbl_grid *grid;
    int status;

    while (first < n && list[first].kind != kind)
        first++;
    if (first == n)
        return HBL_OK;
    l.distribution &= kind == HBL_PARAMETER_MEAN;
    grid = hbl_grid_alloc(8u + l.distribution + l.truth, error);
    if (!grid)
        return HBL_ERR_MEMORY;
    add_headings(grid, l);
    for (size_t i = first; i < n; i++)
        if (list[i].kind == kind)
            add_labelled(grid, s, l, &list[i]);
    fprintf(out, "\n%s\n", title);
    status = hbl_grid_print(grid, out, error);
    hbl_grid_free(grid);
    return status;
}

/* ---- correlations as a matrix ---- */

static const hbl_parameter *find_correlation(const hbl_summary *s, size_t row, size_t col)
{
    for (size_t i = s->n_random; i < s->n_derived; i++)
        if (s->derived[i].row == row && s->derived[i].col == col)
            return &s->derived[i];
    return NULL;
}

static void add_correlation(hbl_grid *grid, const hbl_summary *s, size_t row, size_t col)
{
    const hbl_parameter *p = row > col ? find_correlation(s, row, col) : NULL;
    char text[HBL_NUMBER_SIZE + 1];

    if (row <= col) {
        hbl_grid_add(grid, "");
        return;
    }
    if (!p) {
        hbl_grid_add(grid, "0"); /* of different blocks */
        return;
    }
    hbl_format_decimals(p->convergence.mean, 2, text);
    if (p->convergence.q5 > 0 || p->convergence.q95 < 0)
        strcat(text, "*");
    hbl_grid_add(grid, text);
}

/* Columns first .. end - 1 of the matrix's lower triangle. */
static int put_columns(FILE *out, const hbl_summary *s, size_t first, size_t end, hbl_error *error)
{
    hbl_grid *grid = hbl_grid_alloc(1 + end - first, error);
    int status;

    if (!grid)
        return HBL_ERR_MEMORY;
    hbl_grid_add(grid, "");
    for (size_t col = first; col < end; col++) {
        hbl_grid_align(grid, 1 + col - first, HBL_ALIGN_POINT);
        hbl_grid_add(grid, s->coefficient[col]);
    }
    for (size_t row = first + 1; row < s->n_random; row++) {
        hbl_grid_add(grid, s->coefficient[row]);
        for (size_t col = first; col < end; col++)
            add_correlation(grid, s, row, col);
    }
    status = hbl_grid_print(grid, out, error);
    hbl_grid_free(grid);
    return status;
}

static size_t width_of_column(const char *name)
{
    const size_t length = strlen(name);

    return 2 + (length < 6 ? 6 : length);
}

/* As many columns at a time as a line holds. */
static int put_matrix(FILE *out, const hbl_summary *s, hbl_error *error)
{
    size_t names = 0;
    int status = HBL_OK;

    fputs("\nCorrelations of the random coefficients (posterior means; * where the 90 % interval "
          "excludes 0)\n",
          out);
    for (size_t k = 0; k < s->n_random; k++)
        if (width_of_column(s->coefficient[k]) > names)
            names = width_of_column(s->coefficient[k]);
    for (size_t first = 0, end; !status && first + 1 < s->n_random; first = end) {
        size_t width = names;

        for (end = first; end + 1 < s->n_random; end++) {
            width += width_of_column(s->coefficient[end]);
            if (width > HBL_LINE_WIDTH && end > first)
                break;
        }
        if (first > 0)
            fputc('\n', out);
        status = put_columns(out, s, first, end, error);
    }
    return status;
}

/* Beside the truth a list says more than a matrix. */
static int put_correlations(FILE *out, const hbl_summary *s, hbl_error *error)
{
    if (s->n_derived <= s->n_random)
        return HBL_OK;
    if (layout_of(s).truth)
        return put_kind(out, s, s->derived, s->n_derived, HBL_PARAMETER_CORRELATION,
                        "Correlations of the random coefficients", error);
    return put_matrix(out, s, error);
}

/* ---- the whole ---- */

static void put_coverage(FILE *out, const hbl_summary *s)
{
    size_t known = 0, covered = 0;

    for (size_t i = 0; i < s->n_parameters; i++) {
        const hbl_parameter *p = &s->parameter[i];
        known += !isnan(p->truth);
        covered += p->truth >= p->convergence.q5 && p->truth <= p->convergence.q95;
    }
    if (known > 0)
        fprintf(out,
                "The 90 %% intervals of mu, %sOmega and alpha cover the truth for %zu of %zu "
                "parameters.\n",
                s->n_covariates ? "Delta, " : "", covered, known);
}

static int put_tables(FILE *out, const hbl_summary *s, hbl_error *error)
{
    const bool transformed = layout_of(s).distribution;
    int status = put_kind(out, s, s->parameter, s->n_parameters, HBL_PARAMETER_MEAN,
                          transformed ? "Population means mu, on the scale of theta (the "
                                        "coefficient is beta = g(theta), theta normal)"
                                      : "Population means of the random coefficients",
                          error);

    if (!status)
        status = put_kind(out, s, s->parameter, s->n_parameters, HBL_PARAMETER_SLOPE,
                          transformed ? "What covariates add to the means of theta"
                                      : "What covariates add to the means",
                          error);
    if (!status)
        status =
            put_kind(out, s, s->derived, s->n_derived, HBL_PARAMETER_SD,
                     transformed ? "Standard deviations over people, on the scale of theta"
                                 : "Standard deviations of the random coefficients over people",
                     error);
    if (!status)
        status = put_correlations(out, s, error);
    if (!status)
        status = put_kind(out, s, s->parameter, s->n_parameters, HBL_PARAMETER_FIXED,
                          "Fixed coefficients", error);
    return status;
}

int hbl_report_summary(FILE *file, const hbl_summary *s, hbl_error *error)
{
    hbl_output out;
    int status = hbl_output_begin(&out, file, error);

    if (status)
        return status;
    hbl_verdict_heading(file, s);
    status = put_tables(file, s, error);
    fputc('\n', file);
    put_coverage(file, s);
    hbl_verdict_print(file, s);
    hbl_verdict_advise(file, s);
    return hbl_output_end(&out, status, "the table of estimates", error);
}
