/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of a table grouped by what stands in a column: groups are numbered in order of first
 * appearance.
 */
#ifndef HBL_DATA_GROUPING_H
#define HBL_DATA_GROUPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hblogit/data.h"

typedef struct {
    size_t n_groups;
    uint32_t *group; /* n_rows; HBL_GROUP_NONE for rows left out */
    size_t *first;   /* n_groups: the row where the group first appears */
} hbl_grouping;

#define HBL_GROUP_NONE UINT32_MAX

/* Groups rows by the cells of column and, where outer is not NULL, within the groups of outer; but
 * not those with left_out (may be NULL). Cells that are missing make a group like others. grouping
 * comes zeroed. */
int hbl_grouping_make(hbl_grouping *grouping, const hbl_column *column, size_t n_rows,
                      const bool *left_out, const hbl_grouping *outer, hbl_error *error);

/* Groups of per_group rows, one after the other, of those that are not left out; *n_last of them
 * are in the last one. */
int hbl_grouping_blocks(hbl_grouping *grouping, size_t n_rows, const bool *left_out,
                        size_t per_group, size_t *n_last, hbl_error *error);
void hbl_grouping_release(hbl_grouping *grouping);

/* The cell as text, for the caller to free: a label, a number as it would be written, or NA. */
char *hbl_cell_label(const hbl_column *column, size_t row, hbl_error *error);

#endif
