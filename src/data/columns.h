/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Columns of a table: looked up with a message where there are none, added, taken away.
 */
#ifndef HBL_DATA_COLUMNS_H
#define HBL_DATA_COLUMNS_H

#include <math.h>
#include <stdbool.h>

#include "hblogit/data.h"

enum { HBL_COLUMNS_LIST = 400, HBL_COLUMNS_HINT = 500 };

/* "a, b, c", cut short with ... where there are too many words. */
void hbl_columns_list(const char *const *word, size_t n, char list[HBL_COLUMNS_LIST]);

/* The mark that stands between the names of columns where all were taken for one, as data.delimiter
 * has it; NULL: none. */
const char *hbl_columns_overlooked_delimiter(const hbl_table *table);

/* What to say of a name that is no column: `; did you mean "x"?` or `; there are: a, b`. */
void hbl_columns_hint(const hbl_table *table, const char *name, char hint[HBL_COLUMNS_HINT]);

/* HBL_ERR_INPUT where the table has no such column; key is that of the model file: "person". */
int hbl_columns_find(const hbl_table *table, const char *key, const char *name,
                     const hbl_column **column, hbl_error *error);

static inline bool hbl_columns_is_missing(const hbl_column *column, size_t row)
{
    return column->type == HBL_COLUMN_TEXT ? column->code[row] < 0 : isnan(column->number[row]);
}

/* 1, 0 for a spelling of TRUE, FALSE; -1 for other texts. */
int hbl_columns_logical(const char *text);

/* 1, 0 for a cell that says so (TRUE, FALSE, 1, 0); -1 for others. */
int hbl_columns_read_logical_text(const hbl_column *column, size_t row);

static inline int hbl_columns_read_logical(const hbl_column *column, size_t row)
{
    if (column->type == HBL_COLUMN_TEXT)
        return hbl_columns_read_logical_text(column, row);
    return column->number[row] == 0 ? 0 : column->number[row] == 1 ? 1 : -1;
}

/* Adds a column of that name with these n_rows numbers, or puts it in the place of the column that
 * has it. number belongs to the table from then on, where this succeeds. */
int hbl_columns_put(hbl_table *table, const char *name, double *number, hbl_error *error);

/* Frees what the column holds. */
void hbl_columns_release(hbl_column *column);

#endif
