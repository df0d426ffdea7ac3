/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The records of a file become the columns of a table, one cell after the other. A column is one of
 * numbers until a cell is none; the spelling of the numbers before, which then belongs to the text,
 * is not kept: the file is read again for such columns. What the first rows show is acted on at
 * once, by beginning anew; so there are three passes at most, and nearly always one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "data/column_builder.h"
#include "data/columns.h"
#include "data/header.h"
#include "hblogit/data.h"

enum { FIRST_ROWS = 4096 };

typedef struct {
    hbl_table *table;
    hbl_cells cells;
    size_t n_cells;              /* of every record */
    uint64_t header_line;        /* on which the columns are named */
    hbl_column_builder *builder; /* one a column of the table */
    size_t builder_capacity, column_capacity, line_capacity;
} reading;

/* ---- columns */

static char *copy_name(const hbl_cell *cell, hbl_error *error)
{
    char *name = hbl_calloc(cell->size + 1, 1, "a name", error);

    return name ? memcpy(name, cell->text, cell->size) : NULL;
}

/* A column for the cell of that place, unless it is not wanted. */
static int add_column(reading *r, size_t place, hbl_error *error)
{
    const hbl_table_options *options = &r->cells.options;
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
        (status = hbl_grow(&r->builder, &r->builder_capacity, n + 1, sizeof *r->builder,
                           "the columns of the table", error))) {
        free(name);
        return status;
    }
    table->column[n] = (hbl_column){.name = name, .type = HBL_COLUMN_NUMBER};
    r->builder[n] = (hbl_column_builder){.cell = place};
    table->n_columns++;
    return HBL_OK;
}

static int copy_names(reading *r, hbl_error *error)
{
    hbl_table *table = r->table;

    table->name = hbl_calloc(r->n_cells, sizeof *table->name, "the names of columns", error);
    if (!table->name)
        return HBL_ERR_MEMORY;
    while (table->n_names < r->n_cells) {
        char *name = copy_name(&r->cells.cell[table->n_names], error);

        if (!name)
            return HBL_ERR_MEMORY;
        table->name[table->n_names++] = name;
    }
    return HBL_OK;
}

static int start_columns(reading *r, hbl_error *error)
{
    int status = hbl_header_read(&r->cells, error);

    r->n_cells = r->cells.n_cells;
    r->header_line = r->cells.line;
    if (!status)
        status = copy_names(r, error);
    for (size_t place = 0; place < r->n_cells && !status; place++)
        status = add_column(r, place, error);
    for (size_t j = 0; j < r->table->n_columns; j++)
        r->builder[j].column = &r->table->column[j];
    return status;
}

/* ---- rows */

static int fail_count(const reading *r, hbl_error *error)
{
    const char *mark = hbl_columns_overlooked_delimiter(r->table);
    char cure[100] = "is the line cut short, or an empty cell without its delimiter?";

    if (mark)
        snprintf(cure, sizeof cure, "give \"delimiter\": \"%s\" under \"data\"", mark);
    else if (r->cells.n_cells > r->n_cells)
        snprintf(cure, sizeof cure, "a cell that has \"%c\" in it must stand in quotes",
                 r->cells.options.delimiter);
    return hbl_fail(error, HBL_ERR_INPUT, "%s:%" PRIu64 ": %zu cell%s where %zu column%s named; %s",
                    r->table->path, r->cells.line, r->cells.n_cells,
                    r->cells.n_cells == 1 ? "" : "s", r->n_cells, r->n_cells == 1 ? " is" : "s are",
                    cure);
}

static int take_row(reading *r, size_t row, hbl_error *error)
{
    hbl_table *table = r->table;
    int status = HBL_OK;

    if (r->cells.n_cells != r->n_cells)
        return fail_count(r, error);
    if (row >= r->line_capacity && (status = hbl_grow(&table->line, &r->line_capacity, row + 1,
                                                      sizeof *table->line, "the table", error)))
        return status;
    table->line[row] = r->cells.line;
    for (size_t j = 0; j < table->n_columns && !status; j++) {
        hbl_column_builder *b = &r->builder[j];
        if (!b->done && !b->again)
            status =
                hbl_column_take(b, row, &r->cells.cell[b->cell], r->cells.options.decimal, error);
    }
    return status;
}

static bool is_unfinished(const reading *r)
{
    for (size_t j = 0; j < r->table->n_columns; j++)
        if (r->builder[j].again)
            return true;
    return false;
}

/* Reads the rows, all of them or, where those show that a column has to be filled anew, the first
 * ones only. */
static int read_rows(reading *r, size_t *n_rows, bool *whole, hbl_error *error)
{
    size_t row = 0;
    int status = hbl_cells_next(&r->cells, error);

    while (!status && r->cells.n_cells > 0 && !(row == FIRST_ROWS && is_unfinished(r)) &&
           !(status = take_row(r, row, error))) {
        row++;
        status = hbl_cells_next(&r->cells, error);
    }
    *n_rows = row;
    *whole = r->cells.n_cells == 0;
    return status;
}

/* ---- passes */

/* Back to the first row, with columns to be filled from there. */
static int begin_anew(reading *r, bool whole, hbl_error *error)
{
    const int status = hbl_cells_rewind(&r->cells, error);

    for (size_t j = 0; j < r->table->n_columns; j++) {
        r->builder[j].done = whole && !r->builder[j].again;
        r->builder[j].again = false;
    }
    return status ? status : hbl_cells_next(&r->cells, error);
}

static int fill(reading *r, hbl_error *error)
{
    hbl_table *table = r->table;
    size_t n_rows = 0;
    bool whole = false, unfinished = true;
    int status = start_columns(r, error);

    while (!status && unfinished) {
        status = read_rows(r, &n_rows, &whole, error);
        if (!status && table->n_rows > 0 && n_rows != table->n_rows)
            status =
                hbl_fail(error, HBL_ERR_INPUT, "%s: it changed while it was read", table->path);
        if (!status && n_rows == 0)
            status = hbl_fail(error, HBL_ERR_INPUT,
                              "%s:%" PRIu64 ": no rows after the names of the columns", table->path,
                              r->header_line);
        if (whole)
            table->n_rows = n_rows;
        unfinished = is_unfinished(r);
        if (!status && unfinished)
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
        hbl_column_finish(&r->builder[j], table->n_rows);
}

static int read_table(hbl_table *table, const char *path, const hbl_table_options *options,
                      hbl_error *error)
{
    reading r = {.table = table};
    int status;

    table->path = hbl_strdup(path, error);
    if (!table->path)
        return HBL_ERR_MEMORY;
    status = hbl_cells_open(table->path, options, &r.cells, error);
    if (!status)
        status = fill(&r, error);
    if (!status)
        finish(&r);
    for (size_t j = 0; r.builder && j < table->n_columns; j++)
        hbl_column_release(&r.builder[j]);
    free(r.builder);
    hbl_cells_close(&r.cells);
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
