/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Draws from chain files, row by row.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/number.h"
#include "diagnose/draws.h"

static int fail_cell(const hbl_reader *r, const char *name, const char *text, const char *end,
                     hbl_error *error)
{
    const int length = end - text > 40 ? 40 : (int)(end - text);

    return hbl_fail(error, HBL_ERR_INPUT, "%s:%zu: \"%.*s\" in column %s is not a number", r->path,
                    r->number, length, text, name);
}

/* Goes once over the cells of a line, reading those that are asked for. */
static int parse_row(const hbl_draws *draws, const hbl_reader *r, const size_t *columns,
                     size_t n_columns, double *value, hbl_error *error)
{
    const char *s = r->text, *line_end = r->text + r->length;
    size_t cell = 0, wanted = 0;

    for (;; cell++) {
        const char *end = memchr(s, ',', (size_t)(line_end - s));
        const bool last = !end;

        if (last)
            end = line_end;
        while (wanted < n_columns && columns[wanted] == cell) {
            if (!hbl_number_parse_any(s, (size_t)(end - s), &value[wanted]))
                return fail_cell(r, draws->name[cell], s, end, error);
            wanted++;
        }
        if (last)
            break;
        s = end + 1;
    }
    if (cell + 1 != draws->n_columns)
        return hbl_fail(error, HBL_ERR_INPUT, "%s:%zu: %zu cells under %zu column names", r->path,
                        r->number, cell + 1, draws->n_columns);
    return HBL_OK;
}

static int walk_rows(const hbl_draws *draws, hbl_reader *r, const size_t *columns, size_t n_columns,
                     double *value, void (*visit)(void *context, size_t row, const double *value),
                     void *context, hbl_error *error)
{
    size_t row = 0;
    int status = HBL_OK;

    while (!status && row < draws->n_draws && hbl_reader_next(r, &status, error)) {
        if (!hbl_reader_is_row(r))
            continue;
        status = parse_row(draws, r, columns, n_columns, value, error);
        if (!status)
            visit(context, row++, value);
    }
    if (!status && row < draws->n_draws)
        status = hbl_fail(error, HBL_ERR_INPUT, "%s:%zu: the file became shorter while it was read",
                          r->path, r->number);
    return status;
}

int hbl_draws_walk(const hbl_draws *draws, size_t chain, const size_t *columns, size_t n_columns,
                   void (*visit)(void *context, size_t row, const double *value), void *context,
                   hbl_error *error)
{
    const hbl_chain_file *file = &draws->chain[chain];
    double *value = hbl_calloc(n_columns, sizeof *value, "a draw", error);
    hbl_reader r = {0};
    int status = value ? HBL_OK : HBL_ERR_MEMORY;

    if (!status)
        status = hbl_reader_open(&r, file->path, error);
    if (!status && fseek(r.file, file->first_row, SEEK_SET) != 0)
        status = hbl_fail(error, HBL_ERR_INPUT, "%s: cannot be read again: %s", file->path,
                          strerror(errno));
    if (!status) {
        r.number = file->header_line;
        status = walk_rows(draws, &r, columns, n_columns, value, visit, context, error);
    }
    hbl_reader_close(&r);
    free(value);
    return status;
}

/* ---- every stride-th draw of some columns ---- */

typedef struct {
    const size_t *place; /* of the i-th ascending column in values */
    size_t n_columns, stride, n_kept, chain;
    double *const *values;
} strided;

static void keep_strided(void *context, size_t row, const double *value)
{
    const strided *s = context;
    const size_t i = row / s->stride;

    if (row % s->stride != 0 || i >= s->n_kept)
        return;
    for (size_t c = 0; c < s->n_columns; c++)
        s->values[s->place[c]][s->chain * s->n_kept + i] = value[c];
}

/* Insertion sort of (column, place) by column: the lists are short. */
static void sort_columns(const size_t *columns, size_t n, size_t *ascending, size_t *place)
{
    for (size_t i = 0; i < n; i++) {
        size_t j = i;
        for (; j > 0 && ascending[j - 1] > columns[i]; j--) {
            ascending[j] = ascending[j - 1];
            place[j] = place[j - 1];
        }
        ascending[j] = columns[i];
        place[j] = i;
    }
}

int hbl_draws_read(const hbl_draws *draws, const size_t *columns, size_t n_columns, size_t stride,
                   double *const *values, hbl_error *error)
{
    size_t *ascending = hbl_calloc(n_columns, 2 * sizeof *ascending, "columns", error);
    strided s = {.n_columns = n_columns, .stride = stride, .values = values};
    int status = ascending ? HBL_OK : HBL_ERR_MEMORY;

    if (!status && stride == 0)
        status = hbl_fail(error, HBL_ERR_INPUT, "a stride of 0 draws");
    for (size_t c = 0; !status && c < n_columns; c++)
        if (columns[c] >= draws->n_columns)
            status = hbl_fail(error, HBL_ERR_INPUT, "%s has %zu columns, not %zu",
                              draws->chain[0].path, draws->n_columns, columns[c] + 1);
    if (!status) {
        sort_columns(columns, n_columns, ascending, ascending + n_columns);
        s.place = ascending + n_columns;
        s.n_kept = draws->n_draws / stride;
    }
    for (size_t c = 0; !status && c < draws->n_chains; c++) {
        s.chain = c;
        status = hbl_draws_walk(draws, c, ascending, n_columns, keep_strided, &s, error);
    }
    free(ascending);
    return status;
}
