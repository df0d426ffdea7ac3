/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/cells.h"

#include <csv.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"

/* What libcsv's callbacks share. They cannot stop the parser, so after a failure they do nothing
 * until the chunk has been parsed. */
typedef struct {
    const char *path;
    hbl_cells *cells;
    hbl_error *error;
    int status;
    bool named;           /* the record that names the columns is complete */
    bool after_return;    /* the line just ended with CR: a LF now belongs to it */
    size_t n_in_record;   /* cells of the record so far */
    uint64_t line;        /* on which the next cell begins */
    uint64_t record_line; /* on which the record began */
} reader;

/* Line ends within a quoted cell: LF, CRLF or CR. */
static uint64_t count_line_ends(const char *text, size_t size)
{
    uint64_t n = 0;

    for (size_t i = 0; i < size; i++)
        n += text[i] == '\n' ? !(i > 0 && text[i - 1] == '\r') : text[i] == '\r';
    return n;
}

static int add_name(reader *r, const char *name)
{
    hbl_cells *cells = r->cells;
    const int status = hbl_grow(&cells->name, &cells->name_capacity, cells->n_columns + 1,
                                sizeof *cells->name, "column names", r->error);
    if (status)
        return status;
    cells->name[cells->n_columns] = hbl_strdup(name, r->error);
    return cells->name[cells->n_columns++] ? HBL_OK : HBL_ERR_MEMORY;
}

static int add_cell(reader *r, const char *text, size_t size)
{
    hbl_cells *cells = r->cells;
    const int status = hbl_grow(&cells->text, &cells->text_capacity, cells->text_size + size + 1, 1,
                                "the table", r->error);
    if (status)
        return status;
    memcpy(cells->text + cells->text_size, text, size + 1);
    cells->text_size += size + 1;
    return HBL_OK;
}

static int take_cell(reader *r, const char *text, size_t size)
{
    if (strlen(text) != size)
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "%s:%" PRIu64 ": a zero byte; the file must be CSV text in UTF-8", r->path,
                        r->line);
    if (!r->named)
        return add_name(r, text);
    return r->n_in_record < r->cells->n_columns ? add_cell(r, text, size) : HBL_OK;
}

static void on_cell(void *cell, size_t size, void *context)
{
    reader *r = context;

    if (r->status)
        return;
    if (r->n_in_record == 0)
        r->record_line = r->line;
    r->status = take_cell(r, cell, size);
    r->n_in_record++;
    r->line += count_line_ends(cell, size);
    r->after_return = false;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(**(char **const *)a, **(char **const *)b);
}

static int fail_repeated(const reader *r, char **a, char **b)
{
    const size_t first = (size_t)((a < b ? a : b) - r->cells->name) + 1;
    const size_t second = (size_t)((a < b ? b : a) - r->cells->name) + 1;

    return hbl_fail(r->error, HBL_ERR_INPUT,
                    "%s:%" PRIu64 ": columns %zu and %zu are both named \"%s\"", r->path,
                    r->record_line, first, second, *a);
}

/* Sorts pointers to the names, so that equal ones meet. */
static int check_distinct(const reader *r)
{
    const size_t n = r->cells->n_columns;
    char ***sorted = hbl_calloc(n, sizeof *sorted, "column names", r->error);
    int status = sorted ? HBL_OK : HBL_ERR_MEMORY;

    for (size_t i = 0; i < n && sorted; i++)
        sorted[i] = &r->cells->name[i];
    if (sorted)
        qsort(sorted, n, sizeof *sorted, compare_names);
    for (size_t i = 1; i < n && !status; i++)
        if (strcmp(*sorted[i - 1], *sorted[i]) == 0)
            status = fail_repeated(r, sorted[i - 1], sorted[i]);
    free(sorted);
    return status;
}

static int check_names(const reader *r)
{
    for (size_t i = 0; i < r->cells->n_columns; i++)
        if (r->cells->name[i][0] == '\0')
            return hbl_fail(r->error, HBL_ERR_INPUT,
                            "%s:%" PRIu64 ": column %zu has no name; name it or leave it out%s",
                            r->path, r->record_line, i + 1,
                            i == 0 ? " (R: write.csv(..., row.names = FALSE))" : "");
    return check_distinct(r);
}

static int end_row(reader *r)
{
    hbl_cells *cells = r->cells;
    int status;

    if (r->n_in_record != cells->n_columns)
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "%s:%" PRIu64 ": %zu cell%s where %zu column%s named", r->path,
                        r->record_line, r->n_in_record, r->n_in_record == 1 ? "" : "s",
                        cells->n_columns, cells->n_columns == 1 ? " is" : "s are");
    status = hbl_grow(&cells->line, &cells->line_capacity, cells->n_rows + 1, sizeof *cells->line,
                      "the table", r->error);
    if (!status)
        cells->line[cells->n_rows++] = r->record_line;
    return status;
}

/* Called at every line end outside of quotes, so twice for CRLF, and at the end of the file (-1)
 * after a record that no line end closes. */
static void on_line_end(int character, void *context)
{
    reader *r = context;

    if (r->status)
        return;
    if (r->n_in_record > 0) {
        r->status = r->named ? end_row(r) : check_names(r);
        r->named = true;
        r->n_in_record = 0;
    }
    if (!(character == '\n' && r->after_return))
        r->line++;
    r->after_return = character == '\r';
}

static int parse(reader *r, struct csv_parser *parser, const char *text, size_t size)
{
    if (csv_parse(parser, text, size, on_cell, on_line_end, r) == size || r->status)
        return r->status;
    if (csv_error(parser) == CSV_EPARSE)
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "%s:%" PRIu64 ": a quote amid a cell; put the whole cell in quotes and "
                        "double those within it",
                        r->path, r->line);
    return hbl_fail_memory(r->error, "a cell");
}

static int finish(reader *r, struct csv_parser *parser)
{
    if (csv_fini(parser, on_cell, on_line_end, r) && !r->status)
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "%s:%" PRIu64 ": a quote opens in this line and is never closed", r->path,
                        r->line);
    if (r->status)
        return r->status;
    if (!r->named)
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "%s:1: the file is empty; its first line must name the columns", r->path);
    if (r->cells->n_rows == 0)
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "%s:%" PRIu64 ": no rows after the names of the columns", r->path,
                        r->record_line);
    return HBL_OK;
}

static int read_stream(reader *r, struct csv_parser *parser, FILE *file)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    char chunk[1 << 16];
    bool first = true;
    size_t size;

    while ((size = fread(chunk, 1, sizeof chunk, file)) > 0) {
        const size_t skip = first && size >= 3 && memcmp(chunk, byte_order_mark, 3) == 0 ? 3 : 0;
        const int status = parse(r, parser, chunk + skip, size - skip);
        if (status)
            return status;
        first = false;
    }
    if (ferror(file))
        return hbl_fail(r->error, HBL_ERR_INPUT, "%s: cannot be read: %s", r->path,
                        strerror(errno));
    return finish(r, parser);
}

int hbl_cells_read(const char *path, hbl_cells *cells, hbl_error *error)
{
    reader r = {.path = path, .cells = cells, .error = error, .line = 1, .record_line = 1};
    struct csv_parser parser;
    FILE *file = fopen(path, "rb");
    int status;

    if (!file)
        return hbl_fail(error, HBL_ERR_INPUT, "%s: cannot be read: %s", path, strerror(errno));
    csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL | CSV_APPEND_NULL);
    csv_set_blk_size(&parser, 4096);
    status = read_stream(&r, &parser, file);
    csv_free(&parser);
    fclose(file);
    return status;
}

void hbl_cells_release(hbl_cells *cells)
{
    for (size_t i = 0; i < cells->n_columns; i++)
        free(cells->name[i]);
    free(cells->name);
    free(cells->text);
    free(cells->line);
    *cells = (hbl_cells){0};
}
