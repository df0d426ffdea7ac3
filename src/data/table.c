/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The records of a file become the columns of a table. A column is one of numbers until a cell is
 * none; the spelling of the numbers before, which then belongs to the text, is not kept: the file
 * is read again for such columns. What the first rows show is acted on at once, by beginning anew;
 * so there are three passes at most, and nearly always one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "data/header.h"
#include "data/rows.h"
#include "hblogit/data.h"

typedef struct {
    hbl_table *table;
    hbl_rows rows;
    size_t builder_capacity, column_capacity;
} reading;

/* ---- columns */

/* A column for the cell of that place, unless it is not wanted. */
static int add_column(reading *r, size_t place, hbl_error *error)
{
    const hbl_table_options *options = &r->rows.cells.options;
    hbl_table *table = r->table;
    const size_t n = table->n_columns;
    char *name = NULL;
    int status;

    if (options->wanted && !options->wanted(options->wanted_context, table->name[place]))
        return HBL_OK;
    name = hbl_strdup(table->name[place], error);
    if ((status = name ? HBL_OK : HBL_ERR_MEMORY) ||
        (status = hbl_grow(&table->column, &r->column_capacity, n + 1, sizeof *table->column,
                           "the columns of the table", error)) ||
        (status = hbl_grow(&r->rows.builder, &r->builder_capacity, n + 1, sizeof *r->rows.builder,
                           "the columns of the table", error))) {
        free(name);
        return status;
    }
    table->column[n] = (hbl_column){.name = name, .type = HBL_COLUMN_NUMBER};
    r->rows.builder[n] = (hbl_column_builder){.cell = place};
    table->n_columns++;
    return HBL_OK;
}

static int copy_names(reading *r, hbl_error *error)
{
    const hbl_batch *header = &r->rows.header;
    hbl_table *table = r->table;

    table->name = hbl_calloc(header->n_cells, sizeof *table->name, "the names of columns", error);
    if (!table->name)
        return HBL_ERR_MEMORY;
    while (table->n_names < header->n_cells) {
        const hbl_cell cell = hbl_batch_cell(header, 0, table->n_names);
        char *name = hbl_calloc(cell.size + 1, 1, "a name", error);

        if (!name)
            return HBL_ERR_MEMORY;
        table->name[table->n_names++] = memcpy(name, cell.text, cell.size);
    }
    return HBL_OK;
}

static int start_columns(reading *r, hbl_error *error)
{
    int status = hbl_header_read(&r->rows.cells, &r->rows.header, error);

    if (!status)
        status = copy_names(r, error);
    for (size_t place = 0; place < r->table->n_names && !status; place++)
        status = add_column(r, place, error);
    for (size_t j = 0; j < r->table->n_columns; j++)
        r->rows.builder[j].column = &r->table->column[j];
    return status;
}

/* ---- passes */

static int fail_changed(const hbl_table *table, hbl_error *error)
{
    return hbl_fail(error, HBL_ERR_INPUT, "%s: it changed while it was read", table->path);
}

/* Back to the first row, with columns to be filled from there. */
static int begin_anew(reading *r, bool whole, hbl_error *error)
{
    hbl_rows *rows = &r->rows;
    int status = hbl_cells_rewind(&rows->cells, error);

    for (size_t j = 0; j < r->table->n_columns; j++) {
        rows->builder[j].done = whole && !rows->builder[j].again;
        rows->builder[j].again = false;
    }
    if (!status)
        status = hbl_cells_next(&rows->cells, 1, &rows->header, error);
    if (!status && rows->header.n_records == 0)
        return fail_changed(r->table, error);
    return status;
}

static int fill(reading *r, hbl_error *error)
{
    hbl_table *table = r->table;
    size_t n_rows = 0;
    bool whole = false, again = true;
    int status = start_columns(r, error);

    while (!status && again) {
        status = hbl_rows_read(&r->rows, &n_rows, &whole, error);
        if (!status && whole && table->n_rows > 0 && n_rows != table->n_rows)
            status = fail_changed(table, error);
        if (!status && whole && n_rows == 0)
            status = hbl_fail(error, HBL_ERR_INPUT,
                              "%s:%" PRIu64 ": no rows after the names of the columns", table->path,
                              r->rows.header.line[0]);
        if (whole)
            table->n_rows = n_rows;
        again = hbl_rows_again(&r->rows);
        if (!status && again)
            status = begin_anew(r, whole, error);
    }
    return status;
}

/* ---- the table */

static void finish(reading *r)
{
    hbl_table *table = r->table;
    uint64_t *line = realloc(table->line, table->n_rows * sizeof *line);

    if (line)
        table->line = line;
    for (size_t j = 0; j < table->n_columns; j++)
        hbl_column_finish(&r->rows.builder[j], table->n_rows);
}

static int read_table(hbl_table *table, const char *path, const hbl_table_options *options,
                      hbl_error *error)
{
    reading r = {.table = table, .rows = {.table = table}};
    int status;

    table->path = hbl_strdup(path, error);
    if (!table->path)
        return HBL_ERR_MEMORY;
    status = hbl_cells_open(table->path, options, &r.rows.cells, error);
    if (!status)
        status = fill(&r, error);
    if (!status)
        finish(&r);
    hbl_rows_release(&r.rows);
    return status;
}

int hbl_table_read(const char *path, const hbl_table_options *options, hbl_table **table,
                   hbl_error *error)
{
    int status;

    *table = hbl_calloc(1, sizeof **table, "a table", error);
    if (!*table)
        return HBL_ERR_MEMORY;
    status = read_table(*table, path, options, error);
    if (status) {
        hbl_table_free(*table);
        *table = NULL;
    }
    return status;
}

void hbl_table_free(hbl_table *table)
{
    if (!table)
        return;
    for (size_t j = 0; table->column && j < table->n_columns; j++) {
        hbl_column *column = &table->column[j];

        for (int32_t code = 0; column->label && code < column->n_labels; code++)
            free(column->label[code]);
        free(column->label);
        free(column->code);
        free(column->number);
        free(column->name);
    }
    for (size_t j = 0; j < table->n_names; j++)
        free(table->name[j]);
    free(table->name);
    free(table->column);
    free(table->line);
    free(table->path);
    free(table);
}

const hbl_column *hbl_table_column(const hbl_table *table, const char *name)
{
    for (size_t j = 0; j < table->n_columns; j++)
        if (strcmp(table->column[j].name, name) == 0)
            return &table->column[j];
    return NULL;
}
