/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cells of the CSV files of a run.
 */
#ifndef HBL_RUN_CSV_H
#define HBL_RUN_CSV_H

#include <stdio.h>

/* text and suffix as one cell, in quotes only where RFC 4180 needs them, or where a reader would
 * strip blanks. */
void hbl_csv_put_text(FILE *file, const char *text, const char *suffix);

/* A comma and a number that reads back as the same; nan. */
void hbl_csv_put_number(FILE *file, double x);

#endif
