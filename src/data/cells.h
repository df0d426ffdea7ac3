/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A CSV file record by record: where the cells begin and end, before anyone asks what they hold.
 */
#ifndef HBL_DATA_CELLS_H
#define HBL_DATA_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/bytes.h"
#include "hblogit/data.h"

/* Not ended by a zero byte, and without one. */
typedef struct {
    const char *text;
    size_t size;
} hbl_cell;

typedef struct {
    /* The record that hbl_cells_next found; its text stays where it is until the next one. */
    hbl_cell *cell;
    size_t n_cells; /* 0: there are no more records */
    uint64_t line;  /* of the file on which the record begins, from 1 */

    /* The rest is for cells.c. */
    hbl_bytes bytes;
    hbl_table_options options;
    unsigned char class_of[256]; /* what each character means */
    size_t cell_capacity;
    char *buffer;
    size_t buffer_size;
    char *at, *end;     /* the bytes read and not yet cut into records; *end is a line end */
    bool final;         /* there are none after these */
    uint64_t next_line; /* on which at lies */
} hbl_cells;

/* Fills cells; hbl_cells_close is due also where it fails. path is kept. */
int hbl_cells_open(const char *path, const hbl_table_options *options, hbl_cells *cells,
                   hbl_error *error);
void hbl_cells_close(hbl_cells *cells);

/* Blank lines are passed over; blanks around a cell that is not quoted are left out. */
int hbl_cells_next(hbl_cells *cells, hbl_error *error);

/* Back to before the first record. */
int hbl_cells_rewind(hbl_cells *cells, hbl_error *error);

#endif
