/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text as a cell of a CSV file.
 */
#ifndef HBL_CORE_CSV_H
#define HBL_CORE_CSV_H

#include <stdio.h>

/* text as one cell, in quotes only where RFC 4180 needs them, or where a reader would strip blanks
 * or take an empty cell for a missing one. */
void hbl_csv_put_text(FILE *file, const char *text);

/* The same of prefix, text and suffix as one cell; only text may hold what needs quotes. */
void hbl_csv_put_name(FILE *file, const char *prefix, const char *text, const char *suffix);

#endif
