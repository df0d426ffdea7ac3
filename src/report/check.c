/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was read: data, alternatives, coefficients; and what is wrong with them.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "hblogit/report.h"
#include "report/text.h"

enum { MOST_ALTERNATIVES = 40 };

/* ---- people, tasks, rows ---- */

typedef struct {
    size_t least, most;
    double mean;
} spread;

/* Of the differences of an array of n + 1 offsets. */
static spread spread_of(const size_t *offset, size_t n)
{
    spread s = {n > 0 ? SIZE_MAX : 0, 0, n > 0 ? (double)offset[n] / (double)n : 0};

    for (size_t i = 0; i < n; i++) {
        const size_t size = offset[i + 1] - offset[i];
        s.least = size < s.least ? size : s.least;
        s.most = size > s.most ? size : s.most;
    }
    return s;
}

/* unit in the singular: "3 tasks each", "1 task each", "1 to 3 tasks each, 2.2 on average". */
static void put_count(FILE *out, const char *what, size_t n, const char *unit, const spread *s)
{
    char text[HBL_NUMBER_SIZE];

    hbl_format_count((double)n, text);
    fprintf(out, "  %-12s %10s", what, text);
    if (s && s->least == s->most)
        fprintf(out, "   %zu %s%s each", s->least, unit, s->least == 1 ? "" : "s");
    else if (s)
        fprintf(out, "   %zu to %zu %ss each, %.1f on average", s->least, s->most, unit, s->mean);
    fputc('\n', out);
}

static void put_heading(FILE *out, const hbl_spec *spec, const hbl_panel *panel)
{
    const spread tasks = spread_of(panel->person_task, panel->n_persons);
    const spread rows = spread_of(panel->task_row, panel->n_tasks);

    hbl_put_text(out, spec->title && spec->title[0] ? spec->title
                      : spec->path                  ? spec->path
                                                    : "Model");
    fputs("\n\nData", out);
    if (spec->data.file) {
        fputs(": ", out);
        hbl_put_text(out, spec->data.file);
    }
    fputc('\n', out);
    put_count(out, "people", panel->n_persons, "task", &tasks);
    put_count(out, "tasks", panel->n_tasks, "alternative", &rows);
    put_count(out, "rows", panel->n_rows, "", NULL);
}

/* ---- alternatives ---- */

typedef struct {
    size_t offered, chosen; /* tasks */
} share;

static share *count_shares(const hbl_panel *panel, hbl_error *error)
{
    share *shares = hbl_calloc(panel->n_alternatives, sizeof *shares, "the report", error);

    for (size_t r = 0; shares && r < panel->n_rows; r++)
        shares[panel->row_alternative[r]].offered++;
    for (size_t t = 0; shares && t < panel->n_tasks; t++)
        shares[panel->row_alternative[panel->task_chosen[t]]].chosen++;
    return shares;
}

static double percent(size_t part, size_t whole)
{
    return whole > 0 ? 100 * (double)part / (double)whole : NAN;
}

static int put_alternatives(FILE *out, const hbl_panel *panel, hbl_error *error)
{
    static const char *const heading[] = {"", "offered %", "chosen %", "when offered %", ""};
    const size_t columns = sizeof heading / sizeof *heading;
    const size_t shown =
        panel->n_alternatives < MOST_ALTERNATIVES ? panel->n_alternatives : MOST_ALTERNATIVES;
    share *shares = count_shares(panel, error);
    hbl_grid *grid = shares ? hbl_grid_alloc(columns, error) : NULL;
    int status = HBL_ERR_MEMORY;

    for (size_t c = 0; grid && c < columns; c++) {
        hbl_grid_add(grid, heading[c]);
        hbl_grid_align(grid, c, c == 0 || c + 1 == columns ? HBL_ALIGN_LEFT : HBL_ALIGN_POINT);
    }
    for (size_t a = 0; grid && a < shown; a++) {
        hbl_grid_add(grid, panel->alternative_label[a]);
        hbl_grid_add_number(grid, percent(shares[a].offered, panel->n_tasks), 1);
        hbl_grid_add_number(grid, percent(shares[a].chosen, panel->n_tasks), 1);
        hbl_grid_add_number(grid, percent(shares[a].chosen, shares[a].offered), 1);
        hbl_grid_add(grid, (size_t)panel->reference == a ? "reference" : "");
    }
    if (grid) {
        fputs("\nAlternatives\n", out);
        status = hbl_grid_print(grid, out, error);
    }
    if (shown < panel->n_alternatives)
        fprintf(out, "  and %zu more\n", panel->n_alternatives - shown);
    hbl_grid_free(grid);
    free(shares);
    return status;
}

/* ---- coefficients ---- */

typedef struct {
    double least, mean, most;
    size_t varying; /* tasks in which the column is not the same for all alternatives */
} column_facts;

static column_facts facts_of(const hbl_model *model, size_t column)
{
    const hbl_panel *panel = model->panel;
    const double *x = model->x + column;
    const size_t stride = model->n_columns;
    column_facts f = {INFINITY, 0, -INFINITY, 0};

    for (size_t t = 0; t < panel->n_tasks; t++) {
        bool varies = false;

        for (size_t r = panel->task_row[t]; r < panel->task_row[t + 1]; r++) {
            const double value = x[r * stride];
            f.least = fmin(f.least, value);
            f.most = fmax(f.most, value);
            f.mean += value / (double)panel->n_rows;
            varies |= value != x[panel->task_row[t] * stride];
        }
        f.varying += varies;
    }
    return f;
}

static void add_distribution(hbl_grid *grid, const hbl_model *model, size_t k)
{
    char text[128];

    if (k >= model->n_random) {
        hbl_grid_add(grid, "fixed");
        return;
    }
    if (model->mixing[k]->has_bounds)
        snprintf(text, sizeof text, "%.60s(%g, %g)", model->mixing[k]->name, model->lower[k],
                 model->upper[k]);
    else
        snprintf(text, sizeof text, "%.60s", model->mixing[k]->name);
    hbl_grid_add(grid, text);
}

/* The block's number where there are several of which some hold more than one coefficient. */
static void add_block(hbl_grid *grid, const hbl_model *model, size_t k)
{
    if (k < model->n_random)
        hbl_grid_add_count(grid, (double)model->block_of[k] + 1);
    else
        hbl_grid_add(grid, "");
}

static int put_coefficients(FILE *out, const hbl_model *model, hbl_error *error)
{
    static const char *const heading[] = {"",    "distribution",        "block", "min", "mean",
                                          "max", "varies in % of tasks"};
    const size_t columns = sizeof heading / sizeof *heading;
    hbl_grid *grid = hbl_grid_alloc(columns, error);
    int status;

    if (!grid)
        return HBL_ERR_MEMORY;
    for (size_t c = 0; c < columns; c++) {
        hbl_grid_add(grid, heading[c]);
        hbl_grid_align(grid, c, c < 2 ? HBL_ALIGN_LEFT : HBL_ALIGN_POINT);
    }
    for (size_t k = 0; k < model->n_columns; k++) {
        const column_facts f = facts_of(model, k);
        const int decimals = hbl_decimals(fmax(fabs(f.least), fabs(f.most)), 0, NAN);

        hbl_grid_add(grid, model->name[k]);
        add_distribution(grid, model, k);
        add_block(grid, model, k);
        hbl_grid_add_number(grid, f.least, decimals);
        hbl_grid_add_number(grid, f.mean, decimals);
        hbl_grid_add_number(grid, f.most, decimals);
        hbl_grid_add_number(grid, percent(f.varying, model->panel->n_tasks), 1);
    }
    fputs("\nCoefficients and their attributes\n", out);
    status = hbl_grid_print(grid, out, error);
    hbl_grid_free(grid);
    return status;
}

static int put_parameters(FILE *out, const hbl_model *model, hbl_error *error)
{
    const size_t K = model->n_random;
    size_t *size = hbl_calloc(model->n_blocks, sizeof *size, "the report", error);
    size_t covariances = 0;
    char latent[HBL_NUMBER_SIZE];

    if (!size)
        return HBL_ERR_MEMORY;
    for (size_t k = 0; k < K; k++)
        covariances += ++size[model->block_of[k]]; /* sums to m (m + 1) / 2 for a block of m */
    free(size);
    hbl_format_count((double)K * (double)model->panel->n_persons, latent);
    fprintf(out,
            "\nParameters estimated: %zu (means %zu, variances and covariances %zu, fixed %zu)\n",
            K + covariances + model->n_fixed, K, covariances, model->n_fixed);
    fprintf(out, "Latent values, the coefficients of each person: %s\n", latent);
    return HBL_OK;
}

/* ---- findings ---- */

static void put_findings(FILE *out, const hbl_findings *findings)
{
    static const struct {
        hbl_severity severity;
        const char *word;
    } order[] = {{HBL_FINDING_ERROR, "error:   "},
                 {HBL_FINDING_WARNING, "warning: "},
                 {HBL_FINDING_NOTE, "note:    "}};

    fputc('\n', out);
    if (!findings || findings->n_findings == 0) {
        fputs("Nothing stands in the way of estimating this model.\n", out);
        return;
    }
    for (size_t s = 0; s < sizeof order / sizeof *order; s++)
        for (size_t i = 0; i < findings->n_findings; i++)
            if (findings->finding[i].severity == order[s].severity)
                hbl_put_wrapped(out, order[s].word, findings->finding[i].text);
}

int hbl_report_check(FILE *file, const hbl_spec *spec, const hbl_model *model,
                     const hbl_findings *findings, hbl_error *error)
{
    hbl_output out;
    int status = hbl_output_begin(&out, file, error);

    if (status)
        return status;
    put_heading(file, spec, model->panel);
    status = put_alternatives(file, model->panel, error);
    if (!status)
        status = put_coefficients(file, model, error);
    if (!status)
        status = put_parameters(file, model, error);
    if (!status)
        put_findings(file, findings);
    return hbl_output_end(&out, status, "the report", error);
}
