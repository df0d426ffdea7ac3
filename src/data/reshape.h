/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From wide to long: a row a task becomes a row for each of its alternatives.
 */
#ifndef HBL_DATA_RESHAPE_H
#define HBL_DATA_RESHAPE_H

#include "data/wanted.h"
#include "hblogit/data.h"

/* What the long table needs to be read by. */
typedef struct {
    char *task, *alternative; /* names of its columns, owned */
    bool choice_is_name;      /* choices are names or numbers, repeated on the rows of a task */
    const char *separator;    /* one of hbl_separators that was found; NULL: none had to be */
} hbl_reshaped;

/* Replaces the columns of table: those of an attribute by one, the others repeated; one of
 * alternatives added, and, where spec names none, one of tasks, which are numbered. */
int hbl_reshape(hbl_table *table, const hbl_data_spec *spec, const hbl_wanted *wanted,
                hbl_reshaped *reshaped, hbl_error *error);
void hbl_reshaped_release(hbl_reshaped *reshaped);

/* ---- reshape_plan.c: which columns belong together ---- */

typedef struct {
    char *name;     /* owned */
    size_t *column; /* n_alternatives of the wide table; SIZE_MAX: none, cells missing */
} hbl_attribute_plan;

typedef struct {
    char **alternative; /* n_alternatives, owned: those of data.alternatives first */
    size_t n_alternatives, alternative_capacity;
    hbl_attribute_plan *attribute;
    size_t n_attributes, attribute_capacity;
    bool *taken; /* n_columns: belongs to an attribute */
} hbl_reshape_plan;

/* *separator: the one found where spec names none and columns split at it, otherwise NULL. */
int hbl_reshape_plan_find(const hbl_table *table, const hbl_data_spec *spec,
                          const hbl_wanted *wanted, hbl_reshape_plan *plan, const char **separator,
                          hbl_error *error);
void hbl_reshape_plan_release(hbl_reshape_plan *plan);

/* ---- reshape_texts.c ---- */

/* Fills `to`, which has a name and nothing else, with the texts of the attribute's columns, one of
 * each of n alternatives in turn. Columns of numbers among them turn to text. */
int hbl_reshape_texts(hbl_table *wide, const hbl_attribute_plan *attribute, size_t n,
                      hbl_column *to, hbl_error *error);

#endif
