/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data: a CSV file becomes a table (columns as they stand in the file), a table becomes a panel
 * (persons, each with tasks, each with alternatives of which one is chosen). Both are immutable
 * once built, and may be shared by threads.
 */
#ifndef HBLOGIT_DATA_H
#define HBLOGIT_DATA_H

#include <stddef.h>
#include <stdint.h>

#include "hblogit/error.h"

/* ---- table ---- */

typedef enum { HBL_COLUMN_NUMBER, HBL_COLUMN_TEXT } hbl_column_type;

typedef struct {
    char *name;
    hbl_column_type type; /* NUMBER when every cell that is not missing reads as a number */
    double *number;       /* NUMBER: n_rows values, NaN where missing */
    int32_t *code;        /* TEXT: n_rows indices into label, -1 where missing */
    char **label;         /* TEXT: the distinct texts in order of first appearance */
    int32_t n_labels;
} hbl_column;

typedef struct {
    char *path;
    size_t n_rows, n_columns;
    hbl_column *column;
    uint64_t *line; /* n_rows: the line of the file on which the row begins, from 1 */
} hbl_table;

/* Reads a CSV file (RFC 4180: quotes, embedded commas and newlines, CRLF, byte-order mark) whose
 * first record names the columns. Empty cells, NA and "." are missing; a quoted number is a number;
 * nan, inf and whole numbers beyond 2^53 (long identifiers) are text, the locale does not matter.
 * Blank lines, and blanks around a cell that is not quoted, are passed over.
 * HBL_ERR_INPUT: unreadable or empty file, unnamed or repeated column, a record with too few or
 * too many cells, an unclosed quote; each message starts with path:line. */
int hbl_table_read(const char *path, hbl_table **table, hbl_error *error);
void hbl_table_free(hbl_table *table);

/* The column of that name, or NULL. */
const hbl_column *hbl_table_column(const hbl_table *table, const char *name);

/* ---- panel ---- */

/* The "data" object of a model file. Strings are owned by whoever filled them in. */
typedef struct {
    char *file;        /* path, already resolved against the model file's folder */
    char *shape;       /* "long" */
    char *person;      /* column names; person may be NULL: each task is a person */
    char *task;        /* */
    char *alternative; /* may be NULL: position within the task names the alternative 1, 2, ... */
    char *choice;      /* column with 1/0, TRUE/FALSE or 1.0/0.0 for chosen or not */
    char *reference;   /* alternative whose intercept is 0; NULL: the first one */
} hbl_data_spec;

/* Persons n = 0..n_persons-1 in order of first appearance; tasks of person n are
 * person_task[n] .. person_task[n+1]-1; rows (alternatives offered) of task t are
 * task_row[t] .. task_row[t+1]-1. Numbers of tasks and of alternatives may be ragged. */
typedef struct {
    size_t n_persons, n_tasks, n_rows, n_alternatives;
    size_t *person_task;      /* n_persons + 1 */
    size_t *task_row;         /* n_tasks + 1 */
    size_t *task_chosen;      /* n_tasks: the row chosen, an index into the panel's rows */
    size_t *row_source;       /* n_rows: the row of the table */
    int32_t *row_alternative; /* n_rows: index into alternative_label */
    char **person_label;      /* n_persons: the identifier as it stands in the file */
    char **task_label;        /* n_tasks */
    char **alternative_label; /* n_alternatives, in order of first appearance */
    int32_t reference;        /* index of the reference alternative */
} hbl_panel;

/* Groups the rows of a long table. Rows of a person or task need not be adjacent.
 * HBL_ERR_INPUT, with path:line where a row is to blame: a column that does not exist (with the
 * nearest name that does), a missing identifier, a choice that is not 0/1 or TRUE/FALSE, a task
 * without a choice or with two, with one alternative only, or with an alternative twice. */
int hbl_panel_build(const hbl_table *table, const hbl_data_spec *spec, hbl_panel **panel,
                    hbl_error *error);
void hbl_panel_free(hbl_panel *panel);

#endif
