/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A column of a table as it grows cell by cell: numbers for as long as every cell is one or is
 * missing, text from then on.
 */
#ifndef HBL_DATA_COLUMN_BUILDER_H
#define HBL_DATA_COLUMN_BUILDER_H

#include <stdbool.h>

#include "data/batch.h"
#include "hblogit/data.h"

typedef struct hbl_label_slot hbl_label_slot;

typedef struct {
    hbl_column *column; /* the table's, zeroed but for its name */
    size_t cell;        /* its place in a record */
    size_t expected;    /* rows to make room for at once; 0: as many as come */
    bool done;          /* it is complete, and takes no more */
    bool again;         /* it turned out to be text after numbers, which had been kept as such: to
                           be filled anew, from the first row */

    /* The rest is for column_builder.c. */
    size_t capacity; /* of number or code */
    bool has_number, has_missing;
    hbl_label_slot *slot; /* the labels by their hash */
    size_t n_slots, label_capacity;
} hbl_column_builder;

/* Appends the column's cells of the batch, the first as that row; mark: the decimal mark. Sets
 * `again` where text follows numbers, whose values do not tell how they were spelt (1.50, 007). */
int hbl_column_take(hbl_column_builder *b, size_t row, const hbl_batch *batch, char mark,
                    hbl_error *error);

/* Gives back what n_rows rows do not need. */
void hbl_column_finish(hbl_column_builder *b, size_t n_rows);

/* Frees what the builder holds, and not the column. */
void hbl_column_release(hbl_column_builder *b);

#endif
