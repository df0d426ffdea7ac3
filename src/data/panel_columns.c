/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The columns that a panel is made from, and the filter.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "data/columns.h"
#include "data/expression.h"
#include "data/panel_builder.h"

/* ---- filter ---- */

static int evaluate_filter(panel_builder *b, hbl_expression *filter)
{
    enum { AT_ONCE = 1024 };
    const size_t n_rows = b->table->n_rows;
    double value[AT_ONCE];
    int status = HBL_OK;

    b->left_out = hbl_calloc(n_rows, sizeof *b->left_out, "the filter", b->error);
    if (!b->left_out)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < n_rows && !status; i += AT_ONCE) {
        const size_t n = n_rows - i < AT_ONCE ? n_rows - i : AT_ONCE;

        status = hbl_expression_evaluate(filter, i, n, value, b->error);
        for (size_t k = 0; k < n && !status; k++) {
            b->left_out[i + k] = !(value[k] < 0 || value[k] > 0);
            b->account.rows_filtered += b->left_out[i + k];
        }
    }
    return status;
}

static int apply_filter(panel_builder *b)
{
    hbl_expression *filter;
    int status;

    if (!b->spec->filter)
        return HBL_OK;
    status = hbl_expression_compile("data.filter", b->spec->filter, b->table, &filter, b->error);
    if (status)
        return status;
    status = evaluate_filter(b, filter);
    hbl_expression_free(filter);
    if (!status && b->account.rows_filtered == b->table->n_rows)
        return hbl_fail(b->error, HBL_ERR_INPUT,
                        "%s: data.filter \"%.200s\" leaves out every row; it must be true for the "
                        "rows to keep",
                        b->table->path, b->spec->filter);
    return status;
}

/* ---- index ---- */

/* Sees to it that no cell is missing. */
static int check_identifier(const panel_builder *b, const char *key, const hbl_column *column)
{
    if (!column || column->complete)
        return HBL_OK;
    for (size_t i = 0; i < b->table->n_rows; i++)
        if (hbl_columns_is_missing(column, i) && !(b->left_out && b->left_out[i]))
            return hbl_fail(b->error, HBL_ERR_INPUT,
                            "%s:%" PRIu64
                            ": the %s is missing (column \"%s\"); every row needs one",
                            b->table->path, b->table->line[i], key, column->name);
    return HBL_OK;
}

static int find_column(panel_builder *b, const char *key, const char *name,
                       const hbl_column **column)
{
    return name ? hbl_columns_find(b->table, key, name, column, b->error) : HBL_OK;
}

/* Neither tasks nor alternatives are told: the first two columns, those of persons and choices
 * passed over, are they. */
static int infer_first_two(panel_builder *b)
{
    const hbl_table *table = b->table;
    const hbl_column *found[2] = {NULL, NULL};
    size_t n = 0;

    for (size_t j = 0; j < table->n_columns && n < 2; j++)
        if (&table->column[j] != b->person && &table->column[j] != b->choice)
            found[n++] = &table->column[j];
    if (n < 2)
        return hbl_fail(b->error, HBL_ERR_INPUT,
                        "%s:1: no columns that could tell tasks and alternatives apart; name them "
                        "in data.task and data.alternative",
                        table->path);
    b->task = found[0];
    b->alternative = found[1];
    return HBL_OK;
}

static int find_index(panel_builder *b)
{
    const hbl_data_spec *spec = b->spec;
    int status;

    if (!spec->choice && !b->extras->without_choices)
        return hbl_fail(b->error, HBL_ERR_INPUT,
                        "data.choice is missing: the name of the column that is 1 where an "
                        "alternative is chosen and 0 elsewhere, or that names the one chosen");
    if ((status = find_column(b, "person", spec->person, &b->person)) ||
        (status = find_column(b, "task", spec->task, &b->task)) ||
        (status = find_column(b, "alternative", spec->alternative, &b->alternative)) ||
        (!b->extras->without_choices &&
         (status = find_column(b, "choice", spec->choice, &b->choice))))
        return status;
    if (!b->task && !b->alternative && spec->n_alternatives == 0 && (status = infer_first_two(b)))
        return status;
    if ((status = check_identifier(b, "person", b->person)) ||
        (status = check_identifier(b, "task", b->task)))
        return status;
    return check_identifier(b, "alternative", b->alternative);
}

/* ---- columns whose cells are needed: of those, the ones that lack some ---- */

static bool has_missing(const hbl_table *table, const hbl_column *column)
{
    for (size_t i = 0; !column->complete && i < table->n_rows; i++)
        if (hbl_columns_is_missing(column, i))
            return true;
    return false;
}

static bool is_listed(const panel_builder *b, const hbl_column *column)
{
    for (size_t i = 0; i < b->n_needed; i++)
        if (b->needed[i] == column)
            return true;
    return false;
}

static void need(panel_builder *b, const hbl_column *column)
{
    if (column && !is_listed(b, column) && has_missing(b->table, column))
        b->needed[b->n_needed++] = column;
}

static void need_by_name(panel_builder *b, const char *name)
{
    if (name)
        need(b, hbl_table_column(b->table, name));
}

/* Choice and weight, and what the model needs; a name that is no column is the model's to refuse.
 */
static int find_needed(panel_builder *b)
{
    const hbl_table *table = b->table;
    const hbl_data_needs *needs = b->extras->needs;

    b->needed = hbl_calloc(table->n_columns, sizeof *b->needed, "columns", b->error);
    if (!b->needed)
        return HBL_ERR_MEMORY;
    need(b, b->choice);
    if (!b->extras->weights_elsewhere)
        need_by_name(b, b->spec->weight);
    for (size_t i = 0; needs && needs->column && i < needs->n_columns; i++)
        need_by_name(b, needs->column[i]);
    for (size_t j = 0; needs && !needs->column && j < table->n_columns; j++)
        need(b, &table->column[j]);
    return HBL_OK;
}

int hbl_panel_read_columns(panel_builder *b)
{
    int status = apply_filter(b);

    if (!status)
        status = find_index(b);
    return status ? status : find_needed(b);
}
