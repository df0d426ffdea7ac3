/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A CSV file as bare text: the names of the columns and the cells, one after the other, before
 * anyone asks whether they are numbers.
 */
#ifndef HBL_DATA_CELLS_H
#define HBL_DATA_CELLS_H

#include <stddef.h>
#include <stdint.h>

#include "hblogit/error.h"

typedef struct {
    char **name; /* n_columns, distinct, none empty */
    size_t n_columns, name_capacity;
    char *text; /* the cells row by row, each ended by a zero byte */
    size_t text_size, text_capacity;
    uint64_t *line; /* n_rows: the line of the file on which the row begins, from 1 */
    size_t n_rows, line_capacity;
} hbl_cells;

/* Fills cells, which the caller has zeroed. Every row has n_columns cells and there is at least
 * one. Blank lines are passed over; blanks around a cell that is not quoted are dropped. */
int hbl_cells_read(const char *path, hbl_cells *cells, hbl_error *error);

/* Frees what the struct holds, also after a failed read. */
void hbl_cells_release(hbl_cells *cells);

#endif
