/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data: a CSV file becomes a table (columns as they stand in the file); wide tables are made long,
 * derived columns added, rows filtered; the table becomes a panel (persons, each with tasks, each
 * with alternatives of which one is chosen). Table and panel are immutable once built, and may be
 * shared by threads.
 */
#ifndef HBLOGIT_DATA_H
#define HBLOGIT_DATA_H

#include <stdbool.h>
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
    bool complete; /* no cell is missing; false: some may be */
} hbl_column;

typedef struct {
    char *path;
    size_t n_rows, n_columns;
    hbl_column *column;
    size_t n_names;
    char **name;    /* n_names: of all columns of the file, kept or not; 0: made in memory */
    uint64_t *line; /* n_rows: the line of the file on which the row begins, from 1 */
} hbl_table;

/* How a file is read. Zeroed: commas, decimal points, every column, no progress, all processors. */
typedef struct {
    char delimiter; /* between cells; 0: a comma */
    char decimal;   /* ',' or '.'; 0: '.' */
    /* Whether the column of that name is wanted: the others are checked for form and not kept.
     * NULL: every column. */
    bool (*wanted)(const void *context, const char *name);
    const void *wanted_context;
    /* Told now and then how far the reading is: bytes of the file as it is stored, and its size.
     * Begins anew where the file is read again, for a column that turns to text after numbers. One
     * thread at a time calls it, not always the caller's. NULL: nobody. */
    void (*progress)(void *context, uint64_t bytes, uint64_t size);
    void *progress_context;
    int threads; /* 0: one a processor; neither table nor errors depend on it */
} hbl_table_options;

/* Reads a CSV file (RFC 4180: quotes, embedded commas and newlines, CRLF, byte-order mark), plain
 * or compressed by gzip, whose first record names the columns. The file streams through: memory is
 * that of the columns kept. A pipe is copied to a temporary file first. Empty cells, NA and "." are
 * missing; a quoted number is a number; nan, inf, whole numbers beyond 2^53 (long identifiers) and
 * numbers with marks of thousands are text, the locale does not matter. Blank lines, and blanks
 * around a cell that is not quoted, are passed over. options may be NULL.
 * HBL_ERR_INPUT: unreadable or empty file, unnamed or repeated column, a record with too few or
 * too many cells or of more than 64 MB, an unclosed quote; each message starts with path:line. */
int hbl_table_read(const char *path, const hbl_table_options *options, hbl_table **table,
                   hbl_error *error);
void hbl_table_free(hbl_table *table);

/* The column of that name, or NULL. */
const hbl_column *hbl_table_column(const hbl_table *table, const char *name);

/* ---- what the model file says of the data ---- */

/* An attribute of a wide table that has a column for each alternative. */
typedef struct {
    char *name;       /* of the attribute, the column of the long table */
    size_t n_columns; /* 0: the columns are name + separator + alternative */
    char **column;    /* listed, one for each of the spec's alternatives, in their order */
} hbl_varying_spec;

/* A column computed from others. */
typedef struct {
    char *name, *expression;
} hbl_derived_spec;

/* A column taken as levels, whether it holds text or numbers. */
typedef struct {
    char *name;
    bool effects; /* effects coding: -1 at the base; otherwise dummies, 0 at the base */
    char *base;   /* the level without a coefficient; NULL: the first in alphabetical order (of
                     numbers: the least) */
} hbl_categorical_spec;

typedef struct {
    char *alternative, *column;
} hbl_available_spec;

typedef enum {
    HBL_MISSING_ERROR,
    HBL_MISSING_DROP_TASK,
    HBL_MISSING_DROP_PERSON
} hbl_missing_policy;

/* The "data" object of a model file. Strings and lists are owned by whoever filled them in. Order
 * of work: read, wide to long, derived columns, filter, alternatives, availability, missing cells.
 * Expressions see the columns of the long table. */
typedef struct {
    char *file;        /* path, already resolved against the model file's folder */
    char *shape;       /* "long" (a row an alternative) or "wide" (a row a task) */
    char *delimiter;   /* between cells, one character or "tab"; NULL: a comma */
    char *decimal;     /* "." or "," */
    char *person;      /* column names; person NULL: each task is a person */
    char *task;        /* NULL: wide, each row; long, inferred: see hbl_data_read */
    char *alternative; /* NULL: position within the task; names from alternatives, or 1, 2, ... */
    char *choice;      /* 1/0, TRUE/FALSE, 1.0/0.0; or the chosen alternative's name or number (its
                          place, where no name is a number and alternatives leaves none out) */
    char *reference;   /* alternative whose intercept is 0; NULL: the first one */
    char *weight;      /* column, constant within a person; NULL: all 1 */
    char *filter;      /* expression; rows where it is 0 or missing are left out */
    char *separator;   /* wide: between attribute and alternative in the names of columns; NULL:
                          the first of ".", "_" and "" by which they split */
    size_t n_varying;  /* wide: none: every column that splits at the separator */
    hbl_varying_spec *varying;
    size_t n_alternatives; /* names in order, and a subset: tasks that chose another are dropped */
    char **alternatives;
    char *available; /* long: column that is 1 where the alternative is offered; wide: attribute */
    size_t n_available;
    hbl_available_spec *available_of; /* or a column for each alternative (both shapes) */
    size_t n_derived;
    hbl_derived_spec *derived;
    size_t n_categorical;
    hbl_categorical_spec *categorical;
    char *persons;     /* CSV file of persons, a row each, path resolved; NULL: none */
    char *persons_key; /* its column that identifies them; NULL: the name that `person` has */
    hbl_missing_policy missing;
} hbl_data_spec;

/* ---- panel ---- */

/* Persons n = 0..n_persons-1 in order of first appearance; tasks of person n are
 * person_task[n] .. person_task[n+1]-1; rows (alternatives offered) of task t are
 * task_row[t] .. task_row[t+1]-1. Numbers of tasks and of alternatives may be ragged. */
typedef struct {
    size_t n_persons, n_tasks, n_rows, n_alternatives;
    size_t *person_task;      /* n_persons + 1 */
    size_t *task_row;         /* n_tasks + 1 */
    size_t *task_chosen;      /* n_tasks: the row chosen, an index into the panel's rows */
    size_t *row_source;       /* n_rows: the row of the long table */
    int32_t *row_alternative; /* n_rows: index into alternative_label */
    char **person_label;      /* n_persons: the identifier as it stands in the file */
    char **task_label;        /* n_tasks */
    char *label_block;        /* where the texts of these two stand; NULL: each by itself */
    char **alternative_label; /* n_alternatives: in the order of data.alternatives, or of first
                                 appearance */
    int32_t reference;        /* index of the reference alternative */
    double *weight;           /* n_persons, above 0; NULL: all 1 */
} hbl_panel;

/* What was left out on the way from file to panel. */
typedef struct {
    size_t rows_read;        /* records of the file */
    size_t rows_filtered;    /* rows (of the long table) that the filter left out */
    size_t rows_not_offered; /* by the columns of availability */
    size_t rows_of_other_alternatives, tasks_chose_other; /* by data.alternatives */
    size_t tasks_single;                   /* left with one alternative by the above */
    size_t tasks_missing, persons_missing; /* dropped for missing cells */
} hbl_data_account;

/* Everything that was read. */
typedef struct {
    hbl_table *table;      /* long, with derived columns; the panel's row_source points here. Where
                              needs lists columns, those alone are left of it, and their lines */
    hbl_table *persons;    /* the second table; NULL: none */
    size_t *person_row;    /* n_persons: its row of `persons` */
    size_t *first_row;     /* n_persons: its first row of `table` */
    const char *separator; /* wide, where spec names none: the one found; otherwise NULL */
    hbl_panel *panel;
    hbl_data_account account;
} hbl_data;

/* Groups the rows of a long table whose columns spec names; the last steps of hbl_data_read, for
 * programs that have a table in memory. Rows of a person or task need not be adjacent. Where task
 * is NULL, alternatives repeat in order: with names of alternatives (from the column or the spec's
 * list) every J rows make a task; with neither column nor list the first two columns of the table,
 * those of persons and choices passed over, are task and alternative. spec's filter, alternatives,
 * availability, missing cells of choice and weight, and weights are seen to; its derived columns
 * and its table of persons are not.
 * HBL_ERR_INPUT, with path:line where a row is to blame: a column that does not exist (with the
 * nearest name that does), a missing identifier, a choice that is none of the forms above, a task
 * without a choice or with two, with one alternative only, or with an alternative twice; rows that
 * do not fill their last task. account may be NULL. */
int hbl_panel_build(const hbl_table *table, const hbl_data_spec *spec, hbl_panel **panel,
                    hbl_data_account *account, hbl_error *error);
void hbl_panel_free(hbl_panel *panel);

/* What the model needs beyond what spec names itself. */
typedef struct {
    size_t n_columns;          /* names that the formula uses; spec adds its own */
    const char *const *column; /* NULL: every column of the file is kept (the formula's ".") */
    void (*progress)(void *context, uint64_t bytes, uint64_t size); /* as in hbl_table_options */
    void *context;
    int threads; /* for reading; 0: one a processor */
} hbl_data_needs;

/* Reads data.file (and data.persons) and builds the panel. Rows whose needed cells are missing go
 * by spec->missing, as do persons of whom a needed cell of data.persons is, if they are to be
 * dropped. needs may be NULL: every column. HBL_ERR_INPUT: all that hbl_table_read and
 * hbl_panel_build say; an expression that is none or names no column (with the character); a person
 * who is not in the table of persons; a weight that is not above 0 or varies within a person. */
int hbl_data_read(const hbl_data_spec *spec, const hbl_data_needs *needs, hbl_data **data,
                  hbl_error *error);

/* The same from a table in memory, which data owns from here on, also where it fails. */
int hbl_data_from_table(const hbl_data_spec *spec, const hbl_data_needs *needs, hbl_table *table,
                        hbl_data **data, hbl_error *error);
void hbl_data_free(hbl_data *data);

#endif
