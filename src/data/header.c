/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/header.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"

typedef struct {
    hbl_cell cell;
    size_t place; /* from 1 */
} name_of_column;

/* By text and, where that is the same, by place. */
static int compare_names(const void *one, const void *other)
{
    const name_of_column *a = one, *b = other;
    const size_t n = a->cell.size < b->cell.size ? a->cell.size : b->cell.size;
    const int order = memcmp(a->cell.text, b->cell.text, n);

    if (order)
        return order;
    if (a->cell.size != b->cell.size)
        return a->cell.size > b->cell.size ? 1 : -1;
    return (a->place > b->place) - (a->place < b->place);
}

static bool looks_like_number(const hbl_cell *cell)
{
    for (size_t i = 0; i < cell->size; i++)
        if (!memchr("0123456789.,+-", cell->text[i], sizeof "0123456789.,+-" - 1))
            return false;
    return true;
}

static int fail_repeated(const char *path, uint64_t line, const name_of_column *a,
                         const name_of_column *b, hbl_error *error)
{
    return hbl_fail(
        error, HBL_ERR_INPUT, "%s:%" PRIu64 ": columns %zu and %zu are both named \"%.*s\"; %s",
        path, line, a->place, b->place, (int)a->cell.size, a->cell.text,
        looks_like_number(&a->cell) ? "is a line with the names of the columns missing above it?"
                                    : "rename one of them");
}

/* Sorts the names, so that equal ones meet. */
static int check_distinct(const char *path, const hbl_batch *header, hbl_error *error)
{
    const size_t n = header->n_cells;
    name_of_column *sorted = hbl_calloc(n, sizeof *sorted, "column names", error);
    int status = HBL_OK;

    if (!sorted)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        sorted[i] = (name_of_column){hbl_batch_cell(header, 0, i), i + 1};
    qsort(sorted, n, sizeof *sorted, compare_names);
    for (size_t i = 1; i < n && !status; i++) {
        const hbl_cell *a = &sorted[i - 1].cell, *b = &sorted[i].cell;
        if (a->size == b->size && memcmp(a->text, b->text, a->size) == 0)
            status = fail_repeated(path, header->line[0], &sorted[i - 1], &sorted[i], error);
    }
    free(sorted);
    return status;
}

static const char *nameless_hint(const hbl_batch *header, size_t i)
{
    if (i == 0)
        return " (R: write.csv(..., row.names = FALSE))";
    if (i + 1 == header->n_cells)
        return "; is there a comma too many at the end of the lines?";
    return "; does the first line name the columns?";
}

int hbl_header_read(hbl_cells *cells, hbl_batch *header, hbl_error *error)
{
    const char *path = cells->bytes.path;
    const int status = hbl_cells_next(cells, 1, header, error);

    if (status)
        return status;
    if (header->n_records == 0)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s:1: the file is empty; its first line must name the columns", path);
    for (size_t i = 0; i < header->n_cells; i++)
        if (hbl_batch_cell(header, 0, i).size == 0)
            return hbl_fail(error, HBL_ERR_INPUT,
                            "%s:%" PRIu64 ": column %zu has no name; name it or leave it out%s",
                            path, header->line[0], i + 1, nameless_hint(header, i));
    return check_distinct(path, header, error);
}
