/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A CSV file cut into records and cells, before anyone asks what they hold.
 */
#ifndef HBL_DATA_CELLS_H
#define HBL_DATA_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/batch.h"
#include "data/bytes.h"
#include "hblogit/data.h"

typedef struct {
    hbl_bytes bytes;
    hbl_table_options options; /* as given, with marks for those that are not */
    size_t n_cells;            /* of the first record; 0: there was none yet */
    bool short_read;           /* the last batch's text takes more than there was */

    /* The rest is for cells.c. */
    bool is_blank[256];
    const hbl_batch *at_in; /* the batch in whose text at and end lie */
    char *at, *end;         /* what is not yet cut into records; *end is a line end */
    bool uncut;             /* records may lie whole in it */
    bool final;             /* there are no bytes after it */
    uint64_t next_line;     /* on which at lies */
} hbl_cells;

/* Fills cells; hbl_cells_close is due also where it fails. path is kept. */
int hbl_cells_open(const char *path, const hbl_table_options *options, hbl_cells *cells,
                   hbl_error *error);
void hbl_cells_close(hbl_cells *cells);

/* Cuts the next records of the file, at most most of them; none, and none that is odd, only at the
 * end. Blank lines are passed over, and blanks around a cell that is not quoted left out. The text
 * of the batch before must still be as it was; it may be this same batch, or be read by others
 * meanwhile. */
int hbl_cells_next(hbl_cells *cells, size_t most, hbl_batch *batch, hbl_error *error);

/* Tells options.progress how far the file has been read. */
void hbl_cells_tell(const hbl_cells *cells);

/* Back to before the first record. */
int hbl_cells_rewind(hbl_cells *cells, hbl_error *error);

#endif
