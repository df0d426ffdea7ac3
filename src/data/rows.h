/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows of a CSV file become columns, shared by threads. There are two kinds of jobs: to cut the
 * next batch of the file, and to take a batch's cells of one column. A thread that is free does
 * whatever can be done: the batches are cut one after the other, and each column takes them in that
 * order, so that the table and the errors do not depend on the threads. As some batches may be
 * under way at once, a thread that is held up by other programs holds up few.
 */
#ifndef HBL_DATA_ROWS_H
#define HBL_DATA_ROWS_H

#include "data/cells.h"
#include "data/column_builder.h"

enum { HBL_ROWS_BATCHES = 8 }; /* under way at most */

typedef struct {
    hbl_cells cells;
    hbl_table *table;
    hbl_column_builder *builder; /* one a column of the table */
    hbl_batch header;            /* its record names the columns */

    /* The rest is for rows.c. */
    hbl_batch batch[HBL_ROWS_BATCHES];
    size_t line_capacity;
} hbl_rows;

/* Reads the rows that follow, into columns and lines of the table: all of them or, where the first
 * batch shows that a column has to be filled anew, not many more than those. */
int hbl_rows_read(hbl_rows *rows, size_t *n_rows, bool *to_end, hbl_error *error);

/* Whether a column has to be filled anew. */
bool hbl_rows_again(const hbl_rows *rows);

/* Frees all but the table. */
void hbl_rows_release(hbl_rows *rows);

#endif
