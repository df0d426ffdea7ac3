/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cells of CSV.
 */
#ifndef HBL_REPORT_CSV_H
#define HBL_REPORT_CSV_H

#include <stdio.h>

/* Text, quoted where RFC 4180 asks for it. */
void hbl_csv_put_cell(FILE *out, const char *text);

/* A comma and a number with all its digits, or NaN; to be called within an hbl_output. */
void hbl_csv_put_figure(FILE *out, double x);

#endif
