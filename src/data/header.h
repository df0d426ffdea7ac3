/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The record of a CSV file that names its columns.
 */
#ifndef HBL_DATA_HEADER_H
#define HBL_DATA_HEADER_H

#include "data/cells.h"

/* Cuts the first record; an error where there is none, a column has no name, or two have the same.
 */
int hbl_header_read(hbl_cells *cells, hbl_batch *header, hbl_error *error);

#endif
