/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The workings shared by the files that build a panel.
 */
#ifndef HBL_DATA_PANEL_BUILDER_H
#define HBL_DATA_PANEL_BUILDER_H

#include "data/grouping.h"
#include "hblogit/data.h"

/* What panel building reads, and the groups that rows of the table belong to. */
typedef struct {
    const hbl_table *table;
    const hbl_data_spec *spec;
    const hbl_column *person, *task, *alternative, *choice; /* NULL where the spec names none */
    hbl_grouping persons, tasks, alternatives;
    signed char *chosen; /* n_rows of the table: 0 or 1 */
    hbl_panel *panel;
    hbl_error *error;
} panel_builder;

/* Finds the columns that the spec names, none of their cells missing, and reads the choices. */
int hbl_panel_read_columns(panel_builder *b);

enum { HBL_LIST_SIZE = 400 };

/* "a, b, c", cut short with ... where there are too many words. */
void hbl_panel_list(const char *const *word, size_t n, char list[HBL_LIST_SIZE]);

#endif
