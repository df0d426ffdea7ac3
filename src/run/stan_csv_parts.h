/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of stan_csv*.c share: a chain file that is written to, its text and its bytes.
 */
#ifndef HBL_RUN_STAN_CSV_PARTS_H
#define HBL_RUN_STAN_CSV_PARTS_H

#include <stddef.h>
#include <stdint.h>

#include "run/format.h"
#include "run/stan_csv.h"

enum {
    HBL_COUNT_WIDTH = 20,    /* of the num_samples field: any 64-bit number */
    HBL_CSV_CHUNK = 1 << 17, /* bytes gathered before they are written */
    HBL_CSV_CELL = HBL_FORMAT_LONGEST + 1
};

/* Where the text of an element of the lower triangle begins in the row, and its length. */
typedef struct {
    size_t begin, length;
} hbl_csv_cell;

struct hbl_stan_csv {
    char *path;
    int file;
    hbl_stan_csv_layout layout;
    uint64_t count_offset; /* of the num_samples field */
    uint64_t end;          /* bytes in the file: head and whole rows */
    uint64_t n_rows, n_flushed;
    uint32_t crc;   /* of the rows in the file */
    int broken;     /* a write failed: nothing more is written */
    size_t longest; /* row */
    size_t used, capacity;
    char *buffer;
    hbl_csv_cell *lower; /* n_random x n_random, one triangle used */
};

hbl_stan_csv *hbl_stan_csv_alloc(const char *path, const hbl_stan_csv_layout *layout,
                                 hbl_error *error);
void hbl_stan_csv_free(hbl_stan_csv *csv);

/* Text at the end of the buffer, which has room for the head and for a chunk of rows. */
void hbl_stan_csv_append(hbl_stan_csv *csv, const char *text);
void hbl_stan_csv_append_head(hbl_stan_csv *csv);

/* Writes a row of csv->longest bytes at most and returns its length. */
size_t hbl_stan_csv_put_row(hbl_stan_csv *csv, const hbl_draw *draw, char *row);

/* The num_samples field: a number, filled up with spaces, which readers strip, so that it can be
 * written over. */
int hbl_stan_csv_write_count(hbl_stan_csv *csv, hbl_error *error);
void hbl_stan_csv_format_count(uint64_t count, char field[HBL_COUNT_WIDTH + 1]);

#endif
