/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/header.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"

static int compare_cells(const hbl_cell *a, const hbl_cell *b)
{
    const int order = memcmp(a->text, b->text, a->size < b->size ? a->size : b->size);

    return order ? order : (a->size > b->size) - (a->size < b->size);
}

static int compare_names(const void *a, const void *b)
{
    return compare_cells(*(const hbl_cell *const *)a, *(const hbl_cell *const *)b);
}

static bool looks_like_number(const hbl_cell *cell)
{
    for (size_t i = 0; i < cell->size; i++)
        if (!memchr("0123456789.,+-", cell->text[i], sizeof "0123456789.,+-" - 1))
            return false;
    return true;
}

static int fail_repeated(const hbl_cells *cells, const hbl_cell *a, const hbl_cell *b,
                         hbl_error *error)
{
    const size_t first = (size_t)((a < b ? a : b) - cells->cell) + 1;
    const size_t second = (size_t)((a < b ? b : a) - cells->cell) + 1;

    return hbl_fail(
        error, HBL_ERR_INPUT, "%s:%" PRIu64 ": columns %zu and %zu are both named \"%.*s\"; %s",
        cells->bytes.path, cells->line, first, second, (int)a->size, a->text,
        looks_like_number(a) ? "is a line with the names of the columns missing above it?"
                             : "rename one of them");
}

/* Sorts pointers to the names, so that equal ones meet. */
static int check_distinct(const hbl_cells *cells, hbl_error *error)
{
    const size_t n = cells->n_cells;
    const hbl_cell **sorted = hbl_calloc(n, sizeof *sorted, "column names", error);
    int status = HBL_OK;

    if (!sorted)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        sorted[i] = &cells->cell[i];
    qsort(sorted, n, sizeof *sorted, compare_names);
    for (size_t i = 1; i < n && !status; i++)
        if (compare_cells(sorted[i - 1], sorted[i]) == 0)
            status = fail_repeated(cells, sorted[i - 1], sorted[i], error);
    free(sorted);
    return status;
}

static const char *nameless_hint(const hbl_cells *cells, size_t i)
{
    if (i == 0)
        return " (R: write.csv(..., row.names = FALSE))";
    if (i + 1 == cells->n_cells)
        return "; is there a comma too many at the end of the lines?";
    return "; does the first line name the columns?";
}

int hbl_header_read(hbl_cells *cells, hbl_error *error)
{
    const int status = hbl_cells_next(cells, error);

    if (status)
        return status;
    if (cells->n_cells == 0)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s:1: the file is empty; its first line must name the columns",
                        cells->bytes.path);
    for (size_t i = 0; i < cells->n_cells; i++)
        if (cells->cell[i].size == 0)
            return hbl_fail(error, HBL_ERR_INPUT,
                            "%s:%" PRIu64 ": column %zu has no name; name it or leave it out%s",
                            cells->bytes.path, cells->line, i + 1, nameless_hint(cells, i));
    return check_distinct(cells, error);
}
