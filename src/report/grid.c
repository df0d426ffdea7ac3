/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables with aligned columns. Widths count code points of UTF-8, not bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "report/text.h"

enum { GUTTER = 2 };

struct hbl_grid {
    size_t n_columns, n_cells, capacity;
    char **cell;
    hbl_alignment *alignment;
    bool incomplete; /* a cell could not be allocated */
};

hbl_grid *hbl_grid_alloc(size_t n_columns, hbl_error *error)
{
    hbl_grid *grid = hbl_calloc(1, sizeof *grid, "a table", error);

    if (!grid)
        return NULL;
    grid->n_columns = n_columns;
    grid->alignment = hbl_calloc(n_columns, sizeof *grid->alignment, "a table", error);
    if (!grid->alignment) {
        free(grid);
        return NULL;
    }
    return grid;
}

void hbl_grid_free(hbl_grid *grid)
{
    if (!grid)
        return;
    for (size_t i = 0; i < grid->n_cells; i++)
        free(grid->cell[i]);
    free(grid->cell);
    free(grid->alignment);
    free(grid);
}

void hbl_grid_align(hbl_grid *grid, size_t column, hbl_alignment alignment)
{
    grid->alignment[column] = alignment;
}

void hbl_grid_add(hbl_grid *grid, const char *text)
{
    char *copy = NULL;

    if (hbl_grow(&grid->cell, &grid->capacity, grid->n_cells + 1, sizeof copy, "a table", NULL) ||
        !(copy = hbl_strdup(text, NULL))) {
        grid->incomplete = true;
        return;
    }
    grid->cell[grid->n_cells++] = copy;
}

void hbl_grid_add_number(hbl_grid *grid, double x, int decimals)
{
    char text[HBL_NUMBER_SIZE];

    hbl_format_decimals(x, decimals, text);
    hbl_grid_add(grid, text);
}

void hbl_grid_add_count(hbl_grid *grid, double x)
{
    char text[HBL_NUMBER_SIZE];

    hbl_format_count(x, text);
    hbl_grid_add(grid, text);
}

void hbl_grid_add_rhat(hbl_grid *grid, double x)
{
    char text[HBL_NUMBER_SIZE];

    hbl_format_rhat(x, text);
    hbl_grid_add(grid, text);
}

/* ---- printing ---- */

/* Code points: every byte but continuations, 10xxxxxx. */
static size_t width_of(const char *text)
{
    size_t width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* Characters from the decimal point on. */
static size_t fraction_of(const char *text)
{
    const char *point = strchr(text, '.');

    return point ? strlen(point) : 0;
}

typedef struct {
    size_t width, fraction;
} extent;

static extent extent_of(const hbl_grid *grid, size_t column)
{
    extent e = {0, 0};
    size_t whole = 0;

    for (size_t i = column + grid->n_columns; i < grid->n_cells; i += grid->n_columns) {
        const size_t width = width_of(grid->cell[i]);
        const size_t fraction =
            grid->alignment[column] == HBL_ALIGN_POINT ? fraction_of(grid->cell[i]) : 0;

        if (fraction > e.fraction)
            e.fraction = fraction;
        if (width - fraction > whole)
            whole = width - fraction;
    }
    e.width = whole + e.fraction;
    if (column < grid->n_cells && width_of(grid->cell[column]) > e.width)
        e.width = width_of(grid->cell[column]);
    return e;
}

static size_t put_spaces(FILE *file, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fputc(' ', file);
    return 0;
}

/* Prints a cell; returns the spaces that are due before the next, so that lines end without. */
static size_t put_cell(const hbl_grid *grid, size_t i, extent e, FILE *file)
{
    const hbl_alignment alignment = grid->alignment[i % grid->n_columns];
    const char *text = grid->cell[i];
    size_t after = 0, before;

    if (alignment == HBL_ALIGN_LEFT)
        after = e.width - width_of(text);
    else if (alignment == HBL_ALIGN_POINT && i >= grid->n_columns)
        after = e.fraction - fraction_of(text);
    before = e.width - width_of(text) - after;
    put_spaces(file, before);
    hbl_put_text(file, text);
    return after;
}

int hbl_grid_print(const hbl_grid *grid, FILE *file, hbl_error *error)
{
    extent *extents;

    if (grid->incomplete)
        return hbl_fail_memory(error, "a table");
    extents = hbl_calloc(grid->n_columns, sizeof *extents, "a table", error);
    if (!extents)
        return HBL_ERR_MEMORY;
    for (size_t c = 0; c < grid->n_columns; c++)
        extents[c] = extent_of(grid, c);
    for (size_t row = 0; row + grid->n_columns <= grid->n_cells; row += grid->n_columns) {
        size_t due = 0;
        for (size_t c = 0; c < grid->n_columns; c++) {
            if (grid->cell[row + c][0] == '\0') { /* nothing but room */
                due += GUTTER + extents[c].width;
                continue;
            }
            put_spaces(file, due + GUTTER);
            due = put_cell(grid, row + c, extents[c], file);
        }
        fputc('\n', file);
    }
    free(extents);
    return HBL_OK;
}
