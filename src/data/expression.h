/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Expressions over the columns of a table, computed row by row with muParser: numbers, names of
 * columns (any name in backticks), + - * / ^, comparisons, && || ! (& and | too), c ? a : b,
 * the functions of hbl_expression_functions, TRUE, FALSE, NA, and a column of text compared with a
 * quoted text.
 *
 * Missing in, missing out, as in R: also by comparisons; but FALSE && missing is FALSE and
 * TRUE || missing is TRUE, and ifelse takes the branch that its condition says. What is infinite or
 * not a number is missing. ! binds less than comparisons: !a == b is !(a == b).
 */
#ifndef HBL_DATA_EXPRESSION_H
#define HBL_DATA_EXPRESSION_H

#include "hblogit/data.h"

typedef struct hbl_expression hbl_expression;

/* key says in messages where the expression stands: "data.filter". The table's columns must stay
 * while the expression is used. HBL_ERR_INPUT: no expression (with the character, from 1), a name
 * that is no column (with the nearest), text where a number is needed. */
int hbl_expression_compile(const char *key, const char *text, const hbl_table *table,
                           hbl_expression **expression, hbl_error *error);

/* value[i] for row first + i, i < n; NaN where missing. */
int hbl_expression_evaluate(hbl_expression *expression, size_t first, size_t n, double *value,
                            hbl_error *error);
void hbl_expression_free(hbl_expression *expression);

/* Tells take the names of columns that the text uses, each as often as it stands there; a status
 * that is not 0 ends it. */
int hbl_expression_names(const char *key, const char *text,
                         int (*take)(void *context, const char *name, hbl_error *error),
                         void *context, hbl_error *error);

#endif
