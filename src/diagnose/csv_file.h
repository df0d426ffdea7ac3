/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A CSV file that a run has left, read whole, by libcsv: a line of names, then rows of as many
 * cells. For the small files; chain files have a reader of their own.
 */
#ifndef HBL_DIAGNOSE_CSV_FILE_H
#define HBL_DIAGNOSE_CSV_FILE_H

#include <stddef.h>

#include "hblogit/error.h"

typedef struct {
    char *path;
    size_t n_columns, n_rows; /* without the line of names */
    char **cell;              /* (1 + n_rows) x n_columns */
} hbl_csv_file;

/* HBL_ERR_INPUT: it cannot be read, is no CSV, or has rows of another length (path:line). */
int hbl_csv_file_read(const char *directory, const char *name, hbl_csv_file *csv, hbl_error *error);
void hbl_csv_file_clear(hbl_csv_file *csv);

const char *hbl_csv_file_name(const hbl_csv_file *csv, size_t column);
const char *hbl_csv_file_cell(const hbl_csv_file *csv, size_t row, size_t column);

/* HBL_ERR_INPUT: the cell is no number (nan and inf are some). */
int hbl_csv_file_number(const hbl_csv_file *csv, size_t row, size_t column, double *value,
                        hbl_error *error);

#endif
