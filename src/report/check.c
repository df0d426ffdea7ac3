/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was read and what was left out, the alternatives; and what is wrong with model and data.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "hblogit/report.h"
#include "report/check.h"
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
        hbl_grid_add_number(grid, hbl_check_percent(shares[a].offered, panel->n_tasks), 1);
        hbl_grid_add_number(grid, hbl_check_percent(shares[a].chosen, panel->n_tasks), 1);
        hbl_grid_add_number(grid, hbl_check_percent(shares[a].chosen, shares[a].offered), 1);
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

/* ---- what was left out, and what was decided for the user ---- */

static void put_left_out(FILE *out, size_t n, const char *unit, const char *why)
{
    char text[HBL_NUMBER_SIZE];

    if (n == 0)
        return;
    hbl_format_count((double)n, text);
    fprintf(out, "  left out %12s %s%s: %s\n", text, unit, n == 1 ? "" : "s", why);
}

static void put_account(FILE *out, const hbl_model *model)
{
    const hbl_data_account *a = hbl_model_account(model);

    if (!a)
        return;
    put_left_out(out, a->rows_filtered, "row", "data.filter is not true");
    put_left_out(out, a->rows_not_offered, "row", "alternatives not available");
    put_left_out(out, a->rows_of_other_alternatives, "row", "none of data.alternatives");
    put_left_out(out, a->tasks_chose_other, "task", "chose none of data.alternatives");
    put_left_out(out, a->tasks_single, "task", "one alternative only is left");
    put_left_out(out, a->tasks_missing, "task", "missing values");
    put_left_out(out, a->persons_missing, "person", "missing values");
}

static void put_remarks(FILE *out, const hbl_model *model)
{
    size_t n;
    const char *const *remarks = hbl_model_remarks(model, &n);

    if (n > 0)
        fputc('\n', out);
    for (size_t i = 0; i < n; i++)
        hbl_put_wrapped(out, "  ", remarks[i]);
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
    put_account(file, model);
    put_remarks(file, model);
    status = put_alternatives(file, model->panel, error);
    if (!status)
        status = hbl_check_put_coefficients(file, model, error);
    if (!status)
        status = hbl_check_put_persons(file, model, error);
    if (!status)
        status = hbl_check_put_parameters(file, model, error);
    if (!status)
        put_findings(file, findings);
    return hbl_output_end(&out, status, "the report", error);
}
