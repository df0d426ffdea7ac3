/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Figures in CSV.
 */
#ifndef HBL_REPORT_CSV_H
#define HBL_REPORT_CSV_H

#include <stdio.h>

/* A comma and a number with all its digits, or NaN; to be called within an hbl_output. */
void hbl_csv_put_figure(FILE *out, double x);

#endif
