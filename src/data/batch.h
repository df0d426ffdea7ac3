/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records of a CSV file that were cut into cells together. While the cells of one batch are taken
 * into the columns of a table, each column by itself, the next batch is cut: all of this can be
 * shared by threads (rows.h), and none of it depends on how many there are.
 *
 * A batch is as much of the file as a buffer holds. It owns that text, in which its cells lie.
 */
#ifndef HBL_DATA_BATCH_H
#define HBL_DATA_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "hblogit/error.h"

/* Sizes of the text: to begin with, and at most, which is the longest record. */
enum { HBL_BATCH_TEXT = 1 << 18, HBL_BATCH_MOST_TEXT = 1 << 26, HBL_BATCH_PADDING = 64 };

/* A cell: not ended by a zero byte, and without one. */
typedef struct {
    const char *text;
    size_t size;
} hbl_cell;

/* The same within a batch's text. */
typedef struct {
    uint32_t start, size;
} hbl_span;

/* Zeroed: empty. */
typedef struct {
    size_t n_records, n_cells; /* n_cells of each record, as many as the file's first one has */
    hbl_span *span;            /* n_records x n_cells */
    uint64_t *line;            /* n_records: of the file on which the record begins, from 1 */
    /* The record behind them, where it has another number of cells; nothing is cut behind it. */
    size_t odd_cells; /* 0: there is none */
    uint64_t odd_line;
    char *text; /* text_size characters, and HBL_BATCH_PADDING more */
    size_t text_size, span_capacity, line_capacity;
} hbl_batch;

/* A cell of record i. */
static inline hbl_cell hbl_batch_cell(const hbl_batch *batch, size_t i, size_t place)
{
    const hbl_span span = batch->span[i * batch->n_cells + place];

    return (hbl_cell){batch->text + span.start, span.size};
}

/* Room for more text than the first used characters, which are kept. */
int hbl_batch_reserve(hbl_batch *batch, size_t used, hbl_error *error);

/* Room for more cells. */
int hbl_batch_widen(hbl_batch *batch, hbl_error *error);

/* Makes the doubled quotes of the record behind the last single ones, where they lie. */
void hbl_batch_undouble(hbl_batch *batch);

/* Adds the record whose cells stand behind those of the last. */
int hbl_batch_add(hbl_batch *batch, uint64_t line, hbl_error *error);

void hbl_batch_release(hbl_batch *batch);

#endif
