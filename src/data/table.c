/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "data/cells.h"
#include "data/number.h"
#include "hblogit/data.h"

static bool is_missing(const char *cell)
{
    return cell[0] == '\0' || (cell[0] == '.' && cell[1] == '\0') || strcmp(cell, "NA") == 0;
}

/* ---- numbers ---- */

/* Reads all cells as numbers; a column where one is not becomes a column of text, its numbers
 * dropped. */
static int read_numbers(hbl_table *table, const char *cell, hbl_error *error)
{
    for (size_t j = 0; j < table->n_columns; j++) {
        table->column[j].number =
            hbl_calloc(table->n_rows, sizeof(double), "a column of numbers", error);
        if (!table->column[j].number)
            return HBL_ERR_MEMORY;
    }
    for (size_t i = 0; i < table->n_rows; i++) {
        for (size_t j = 0; j < table->n_columns; j++, cell += strlen(cell) + 1) {
            hbl_column *column = &table->column[j];

            if (column->type == HBL_COLUMN_TEXT || hbl_number_read(cell, &column->number[i]))
                continue;
            if (is_missing(cell)) {
                column->number[i] = NAN;
            } else {
                column->type = HBL_COLUMN_TEXT;
                free(column->number);
                column->number = NULL;
            }
        }
    }
    return HBL_OK;
}

/* ---- text ---- */

/* The labels of one column by their hash: open addressing, slots hold code + 1, at most half of
 * them in use. */
typedef struct {
    int32_t *slot;
    size_t n_slots;
    size_t label_capacity;
} dictionary;

/* FNV-1a. */
static uint64_t hash_text(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 32;
}

/* The slot that holds text, or the empty one where it belongs. */
static int32_t *find_slot(const dictionary *d, const hbl_column *column, const char *text)
{
    size_t at = hash_text(text) & (d->n_slots - 1);

    while (d->slot[at] && strcmp(column->label[d->slot[at] - 1], text) != 0)
        at = (at + 1) & (d->n_slots - 1);
    return &d->slot[at];
}

static int widen(dictionary *d, const hbl_column *column, hbl_error *error)
{
    const size_t n_slots = d->n_slots ? 2 * d->n_slots : 64;
    int32_t *slot = hbl_calloc(n_slots, sizeof *slot, "an index of texts", error);

    if (!slot)
        return HBL_ERR_MEMORY;
    free(d->slot);
    d->slot = slot;
    d->n_slots = n_slots;
    for (int32_t code = 0; code < column->n_labels; code++)
        *find_slot(d, column, column->label[code]) = code + 1;
    return HBL_OK;
}

static int add_label(dictionary *d, hbl_column *column, const char *text, hbl_error *error)
{
    int status;

    if (column->n_labels == INT32_MAX - 1)
        return hbl_fail(error, HBL_ERR_INPUT, "column \"%s\" has too many different texts",
                        column->name);
    status = hbl_grow(&column->label, &d->label_capacity, (size_t)column->n_labels + 1,
                      sizeof *column->label, "labels", error);
    if (status)
        return status;
    column->label[column->n_labels] = hbl_strdup(text, error);
    if (!column->label[column->n_labels])
        return HBL_ERR_MEMORY;
    column->n_labels++;
    return HBL_OK;
}

/* code = that of text, which becomes a new label where it is not one yet. */
static int encode(dictionary *d, hbl_column *column, const char *text, int32_t *code,
                  hbl_error *error)
{
    int32_t *slot;
    int status;

    if (2 * (size_t)(column->n_labels + 1) > d->n_slots && (status = widen(d, column, error)))
        return status;
    slot = find_slot(d, column, text);
    if (*slot == 0) {
        if ((status = add_label(d, column, text, error)))
            return status;
        *slot = column->n_labels;
    }
    *code = *slot - 1;
    return HBL_OK;
}

static int encode_cells(hbl_table *table, dictionary *dictionaries, const char *cell,
                        hbl_error *error)
{
    for (size_t i = 0; i < table->n_rows; i++) {
        for (size_t j = 0; j < table->n_columns; j++, cell += strlen(cell) + 1) {
            hbl_column *column = &table->column[j];
            int status;

            if (column->type == HBL_COLUMN_NUMBER)
                continue;
            column->code[i] = -1;
            if (!is_missing(cell) &&
                (status = encode(&dictionaries[j], column, cell, &column->code[i], error)))
                return status;
        }
    }
    return HBL_OK;
}

static int read_texts(hbl_table *table, const char *cell, hbl_error *error)
{
    dictionary *dictionaries =
        hbl_calloc(table->n_columns, sizeof *dictionaries, "an index of texts", error);
    int status = dictionaries ? HBL_OK : HBL_ERR_MEMORY;
    size_t n_texts = 0;

    for (size_t j = 0; j < table->n_columns && !status; j++) {
        if (table->column[j].type == HBL_COLUMN_NUMBER)
            continue;
        table->column[j].code =
            hbl_calloc(table->n_rows, sizeof(int32_t), "a column of texts", error);
        status = table->column[j].code ? HBL_OK : HBL_ERR_MEMORY;
        n_texts++;
    }
    if (!status && n_texts > 0)
        status = encode_cells(table, dictionaries, cell, error);
    for (size_t j = 0; dictionaries && j < table->n_columns; j++)
        free(dictionaries[j].slot);
    free(dictionaries);
    return status;
}

/* ---- the table ---- */

/* Moves names and lines from cells to the table. */
static int take_over(hbl_table *table, hbl_cells *cells, hbl_error *error)
{
    table->column =
        hbl_calloc(cells->n_columns, sizeof *table->column, "the columns of the table", error);
    if (!table->column)
        return HBL_ERR_MEMORY;
    table->n_columns = cells->n_columns;
    table->n_rows = cells->n_rows;
    for (size_t j = 0; j < table->n_columns; j++) {
        table->column[j].name = cells->name[j];
        table->column[j].type = HBL_COLUMN_NUMBER;
        cells->name[j] = NULL;
    }
    table->line = cells->line;
    cells->line = NULL;
    return HBL_OK;
}

static int fill(hbl_table *table, const char *path, hbl_cells *cells, hbl_error *error)
{
    int status;

    table->path = hbl_strdup(path, error);
    if (!table->path)
        return HBL_ERR_MEMORY;
    if ((status = hbl_cells_read(path, cells, error)) ||
        (status = take_over(table, cells, error)) ||
        (status = read_numbers(table, cells->text, error)))
        return status;
    return read_texts(table, cells->text, error);
}

int hbl_table_read(const char *path, const hbl_table_options *options, hbl_table **table,
                   hbl_error *error)
{
    (void)options;
    hbl_cells cells = {0};
    int status;

    *table = hbl_calloc(1, sizeof **table, "a table", error);
    if (!*table)
        return HBL_ERR_MEMORY;
    status = fill(*table, path, &cells, error);
    hbl_cells_release(&cells);
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
