/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diagnose/csv_file.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/number.h"

typedef struct {
    hbl_csv_file *csv;
    size_t capacity, n_cells, in_row, row; /* row counts from 1, the line of names */
    hbl_error *error;
    int status;
} filling;

static void on_cell(void *text, size_t length, void *context)
{
    filling *f = context;
    const char *cell = text ? text : "";

    if (f->status)
        return;
    if (memchr(cell, '\0', length)) {
        f->status = hbl_fail(f->error, HBL_ERR_INPUT, "%s:%zu: a zero byte", f->csv->path, f->row);
        return;
    }
    f->status = hbl_grow(&f->csv->cell, &f->capacity, f->n_cells + 1, sizeof *f->csv->cell,
                         f->csv->path, f->error);
    if (f->status)
        return;
    f->csv->cell[f->n_cells] = hbl_strdup(cell, f->error);
    if (!f->csv->cell[f->n_cells])
        f->status = HBL_ERR_MEMORY;
    else
        f->n_cells++;
    f->in_row++;
}

static void on_row(int ending, void *context)
{
    filling *f = context;

    (void)ending;
    if (f->status)
        return;
    if (f->row == 1)
        f->csv->n_columns = f->in_row;
    else if (f->in_row != f->csv->n_columns)
        f->status = hbl_fail(f->error, HBL_ERR_INPUT,
                             "%s:%zu: %zu cells under %zu names; was the file cut off?",
                             f->csv->path, f->row, f->in_row, f->csv->n_columns);
    f->in_row = 0;
    f->row++;
}

static int fill(filling *f, FILE *file)
{
    struct csv_parser parser;
    char buffer[1 << 14];
    size_t got;

    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL))
        return hbl_fail_memory(f->error, f->csv->path);
    while (!f->status && (got = fread(buffer, 1, sizeof buffer, file)) > 0)
        if (csv_parse(&parser, buffer, got, on_cell, on_row, f) != got && !f->status)
            f->status = csv_error(&parser) == CSV_ENOMEM
                            ? hbl_fail_memory(f->error, f->csv->path)
                            : hbl_fail(f->error, HBL_ERR_INPUT, "%s:%zu: not CSV: %s", f->csv->path,
                                       f->row, csv_strerror(csv_error(&parser)));
    if (!f->status && ferror(file))
        f->status = hbl_fail(f->error, HBL_ERR_INPUT, "%s: cannot be read: %s", f->csv->path,
                             strerror(errno));
    if (!f->status && csv_fini(&parser, on_cell, on_row, f) && !f->status)
        f->status = hbl_fail(f->error, HBL_ERR_INPUT, "%s:%zu: not CSV: a quote is not closed",
                             f->csv->path, f->row);
    csv_free(&parser);
    if (!f->status && f->row < 2)
        f->status = hbl_fail(f->error, HBL_ERR_INPUT, "%s: is empty", f->csv->path);
    return f->status;
}

int hbl_csv_file_read(const char *directory, const char *name, hbl_csv_file *csv, hbl_error *error)
{
    const size_t size = strlen(directory) + strlen(name) + 2;
    filling f = {.csv = csv, .row = 1, .error = error};
    FILE *file;
    int status;

    *csv = (hbl_csv_file){.path = hbl_calloc(size, 1, "a path", error)};
    if (!csv->path)
        return HBL_ERR_MEMORY;
    snprintf(csv->path, size, "%s/%s", directory, name);
    file = fopen(csv->path, "rb");
    if (file) {
        status = fill(&f, file);
        fclose(file);
    } else {
        status =
            hbl_fail(error, HBL_ERR_INPUT, "%s: cannot be read: %s", csv->path, strerror(errno));
    }
    if (!status)
        csv->n_rows = f.row - 2;
    if (status) {
        csv->n_columns = 1; /* as many cells as there are */
        csv->n_rows = f.n_cells ? f.n_cells - 1 : 0;
        if (!f.n_cells)
            csv->n_columns = 0;
        hbl_csv_file_clear(csv);
    }
    return status;
}

void hbl_csv_file_clear(hbl_csv_file *csv)
{
    for (size_t i = 0; csv->cell && i < (1 + csv->n_rows) * csv->n_columns; i++)
        free(csv->cell[i]);
    free(csv->cell);
    free(csv->path);
    *csv = (hbl_csv_file){0};
}

const char *hbl_csv_file_name(const hbl_csv_file *csv, size_t column)
{
    return csv->cell[column];
}

const char *hbl_csv_file_cell(const hbl_csv_file *csv, size_t row, size_t column)
{
    return csv->cell[(1 + row) * csv->n_columns + column];
}

int hbl_csv_file_number(const hbl_csv_file *csv, size_t row, size_t column, double *value,
                        hbl_error *error)
{
    const char *text = hbl_csv_file_cell(csv, row, column);

    if (hbl_number_parse_any(text, strlen(text), value))
        return HBL_OK;
    return hbl_fail(error, HBL_ERR_INPUT, "%s:%zu: \"%.40s\" in column %s is not a number",
                    csv->path, row + 2, text, hbl_csv_file_name(csv, column));
}
