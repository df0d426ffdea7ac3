/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A column of the data as the design takes it: numbers, or levels that become columns of their own.
 */
#ifndef HBL_MODEL_VARIABLE_H
#define HBL_MODEL_VARIABLE_H

#include "hblogit/model.h"

typedef struct {
    char *name;
    const hbl_column *column;
    bool by_person;        /* one value a person of the panel; otherwise one a row */
    size_t n;              /* of values */
    const size_t *row;     /* n: the row of column */
    size_t *row_of_person; /* what row points to where it is not the panel's */
    bool categorical, effects;
    size_t n_levels, base; /* in order; base: the level without a coefficient */
    char **level;          /* n_levels */
    int32_t *code;         /* n: the level; NULL: numbers */
} hbl_variable;

/* Whether the long table or the table of persons has the column. */
bool hbl_variable_exists(const hbl_data *data, const char *name);

/* Finds the column's values. HBL_ERR_INPUT: text or a missing value where a number is needed
 * (path:line), a base that is no level, a single level; by_person: a column that varies within a
 * person. Everything is freed by hbl_variable_clear, also after a failure. */
int hbl_variable_resolve(const hbl_spec *spec, const hbl_data *data, const char *name,
                         bool by_person, hbl_variable *variable, hbl_error *error);
void hbl_variable_clear(hbl_variable *variable);

/* Finds the levels of a categorical variable, whose rows are known (levels.c). */
int hbl_variable_find_levels(const hbl_spec *spec, const hbl_table *table, hbl_variable *variable,
                             hbl_error *error);

/* Multiplies product[i * stride], first <= i < end, by the variable's values: of the level's
 * column, or numbers. */
void hbl_variable_multiply(const hbl_variable *variable, size_t level, bool contrast, size_t first,
                           size_t end, size_t stride, double *product);

#endif
