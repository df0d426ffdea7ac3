/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chain files from within: lines, where rows begin, and a walk over them.
 */
#ifndef HBL_DIAGNOSE_DRAWS_H
#define HBL_DIAGNOSE_DRAWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "hblogit/diagnose.h"

/* ---- lines of a file ---- */

/* A file read line by line. */
typedef struct {
    FILE *file;
    const char *path;
    char *text;
    size_t capacity, length; /* length without the line end, which is taken off */
    size_t number;           /* of the line, from 1 */
    bool ended;              /* the line had its line end */
} hbl_reader;

int hbl_reader_open(hbl_reader *r, const char *path, hbl_error *error);
void hbl_reader_close(hbl_reader *r);

/* false at the end of the file, or where reading failed, which status tells apart. */
bool hbl_reader_next(hbl_reader *r, int *status, hbl_error *error);

/* Whether the line holds a draw or column names: it is neither a comment nor empty. */
bool hbl_reader_is_row(const hbl_reader *r);

/* ---- chain files ---- */

typedef struct {
    char *path;
    long first_row;     /* offset of the line behind the column names */
    size_t header_line; /* line of the column names, from 1 */
    size_t n_rows;
} hbl_chain_file;

struct hbl_draws {
    size_t n_chains, n_draws, n_columns;
    hbl_chain_file *chain;
    char *names; /* the column line, cut into names */
    char **name; /* n_columns, into names */
};

/* Calls visit(context, row, value) for the first n_draws rows of one chain, value[c] being the cell
 * in columns[c]; columns must ascend. Only one row is held at a time. Several threads may walk over
 * chains of one hbl_draws. */
int hbl_draws_walk(const hbl_draws *draws, size_t chain, const size_t *columns, size_t n_columns,
                   void (*visit)(void *context, size_t row, const double *value), void *context,
                   hbl_error *error);

/* The column of that name, or SIZE_MAX. The search begins at start: who looks for names in the
 * order of the columns finds each at once. */
size_t hbl_draws_find(const hbl_draws *draws, const char *name, size_t start);

const char *hbl_draws_path(const hbl_draws *draws, size_t chain);

#endif
