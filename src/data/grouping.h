/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of a table grouped by what stands in a column: groups are numbered in order of first
 * appearance.
 */
#ifndef HBL_DATA_GROUPING_H
#define HBL_DATA_GROUPING_H

#include <stddef.h>

#include "hblogit/data.h"

typedef struct {
    size_t n_groups;
    size_t *group; /* n_rows */
    size_t *first; /* n_groups: the row where the group first appears */
} hbl_grouping;

/* Groups rows by the cells of column and, where outer is not NULL, within the groups of outer.
 * Cells that are missing make a group like others. grouping comes zeroed. */
int hbl_grouping_make(hbl_grouping *grouping, const hbl_column *column, size_t n_rows,
                      const hbl_grouping *outer, hbl_error *error);
void hbl_grouping_release(hbl_grouping *grouping);

/* The cell as text, for the caller to free: a label, a number as it would be written, or NA. */
char *hbl_cell_label(const hbl_column *column, size_t row, hbl_error *error);

#endif
