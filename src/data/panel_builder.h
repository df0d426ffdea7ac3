/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The workings shared by the files that build a panel. In the order of the work:
 *
 *     panel_columns.c   the columns that the spec names or leaves to be inferred, and the filter
 *     panel_groups.c    rows sorted into tasks and tasks into persons, alternatives numbered
 *     panel_choice.c    what a cell of the column of choices says
 *     panel_tasks.c     each task looked at, and what is to be left out left out
 *     panel.c           the labels
 */
#ifndef HBL_DATA_PANEL_BUILDER_H
#define HBL_DATA_PANEL_BUILDER_H

#include "data/grouping.h"
#include "hblogit/data.h"

/* What hbl_panel_build is not told by the spec. */
typedef struct {
    bool choice_is_name;    /* the column of choices holds names, also where these are 0 and 1 */
    bool without_choices;   /* the first row of each task is taken for the one chosen */
    bool weights_elsewhere; /* panel->weight is left to the caller */
    const hbl_data_needs *needs;
} hbl_panel_extras;

int hbl_panel_build_with(const hbl_table *table, const hbl_data_spec *spec,
                         const hbl_panel_extras *extras, hbl_panel **panel,
                         hbl_data_account *account, hbl_error *error);

typedef struct {
    const hbl_table *table;
    const hbl_data_spec *spec;
    const hbl_panel_extras *extras;
    const hbl_column *person, *task, *alternative, *choice; /* NULL where there is none */
    const hbl_column **offered; /* n_known: 1 where the alternative is offered; NULL: always */
    const hbl_column **needed;  /* n_needed: with cells missing, and none may be */
    size_t n_needed;
    bool *left_out; /* n_rows of the table: by the filter; NULL: no filter */
    hbl_grouping tasks;
    uint32_t *task_of; /* n_tasks of the panel: its group of tasks */
    char **known; /* n_known alternatives: those of the panel, then others that data.alternatives
                     does not list */
    size_t n_known;
    bool choice_by_name;
    int32_t *known_of_code;  /* choice a text: by code, the alternative that it names, or -1 */
    double *number_of_known; /* the alternative's name as a number, NaN where it is none */
    bool any_number_known;
    hbl_panel *panel;
    hbl_data_account account;
    hbl_error *error;
} panel_builder;

/* ---- in turn ---- */

int hbl_panel_read_columns(panel_builder *b);
int hbl_panel_group(panel_builder *b);
int hbl_panel_prepare_choice(panel_builder *b);
int hbl_panel_prepare_offers(panel_builder *b);
int hbl_panel_settle_tasks(panel_builder *b);

/* The alternative (of known) that the column of choices names in that row of the table, -1 for
 * none of them, HBL_CHOICE_MISSING. */
enum { HBL_CHOICE_MISSING = -2 };
int32_t hbl_panel_named_choice(const panel_builder *b, size_t source);

/* Fails on the cell of the column of choices in that row of the table. */
int hbl_panel_fail_choice(const panel_builder *b, size_t source);

/* Fails with the place of a row of the table, its person and its task, and what is wrong with it.
 * hint follows where no column of persons is named. */
int hbl_panel_fail_task(const panel_builder *b, uint32_t group, size_t source, const char *what,
                        const char *hint);

#endif
