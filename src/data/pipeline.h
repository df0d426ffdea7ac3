/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hbl_data_read and hbl_data_from_table with what simulation wants besides.
 */
#ifndef HBL_DATA_PIPELINE_H
#define HBL_DATA_PIPELINE_H

#include "hblogit/data.h"

/* table: NULL, to be read from spec->file; otherwise taken over. without_choices: what the column
 * of choices holds, if there is one, does not matter; the first row of each task counts as chosen.
 */
int hbl_data_load(const hbl_data_spec *spec, const hbl_data_needs *needs, bool without_choices,
                  hbl_table *table, hbl_data **data, hbl_error *error);

#endif
