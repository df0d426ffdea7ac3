/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers in the CSV files of a run.
 */
#ifndef HBL_RUN_CSV_H
#define HBL_RUN_CSV_H

#include <stdio.h>

/* A comma and a number that reads back as the same; nan. */
void hbl_csv_put_number(FILE *file, double x);

#endif
