/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The formula, mlogit's "choice ~ x | z | w" with a fourth part v for the scale of utility, as
 * lists of terms.
 */
#ifndef HBL_MODEL_FORMULA_H
#define HBL_MODEL_FORMULA_H

#include <stdbool.h>
#include <stddef.h>

#include "hblogit/error.h"

typedef enum {
    HBL_PART_GENERIC,     /* x: one coefficient for all alternatives */
    HBL_PART_INDIVIDUAL,  /* z: one for each alternative but the reference */
    HBL_PART_ALTERNATIVE, /* w: one for each alternative */
    HBL_PART_SCALE,       /* v: of the scale of utility, columns that describe persons */
    HBL_N_PARTS,
} hbl_part;

enum { HBL_TERM_VARIABLES = 6 };

/* A column by name. */
typedef struct {
    char *name;
    size_t position; /* of its first character in the formula, from 0 */
} hbl_variable_name;

/* A column, or the product of several; the number 0 of them is ".", all columns. */
typedef struct {
    size_t n;
    size_t variable[HBL_TERM_VARIABLES]; /* of the part, ascending */
    size_t position;
} hbl_term;

typedef struct {
    size_t n_variables;
    hbl_variable_name *variable; /* in the order of their first appearance */
    size_t n_terms;
    hbl_term *term; /* as in R: those of fewer columns first */
    size_t n_removed;
    hbl_term *removed; /* from what "." stands for, one column each */
} hbl_formula_part;

typedef struct {
    hbl_variable_name choice;
    hbl_formula_part part[HBL_N_PARTS];
    bool intercepts;      /* one for each alternative but the reference */
    bool scale_intercept; /* a constant in the scale */
} hbl_formula;

/* HBL_ERR_INPUT: not such a formula; *position is the character to blame, from 0, and the message
 * does not say where. */
int hbl_formula_parse(const char *text, hbl_formula **formula, size_t *position, hbl_error *error);
void hbl_formula_free(hbl_formula *formula);

/* The part that holds ".", or HBL_N_PARTS. */
hbl_part hbl_formula_dot(const hbl_formula *formula);

/* Whether "." of that part stands for the column too: it is not taken out, and not in another part
 * or a term of its own. */
bool hbl_formula_dot_holds(const hbl_formula *formula, hbl_part part, const char *name);

/* ---- lists of terms (formula_terms.c) */

/* The part's index of a name, which it takes over where it is new and frees otherwise. */
int hbl_part_variable(hbl_formula_part *part, hbl_variable_name name, size_t *index,
                      hbl_error *error);

/* The columns of both; false where they are too many. */
bool hbl_term_multiply(hbl_term *term, const hbl_term *by);
bool hbl_term_same(const hbl_term *a, const hbl_term *b);

/* Appends the term, unless it is there already. */
int hbl_part_add(hbl_formula_part *part, const hbl_term *term, hbl_error *error);

/* Takes the term out; where it is none but a column that "." may stand for, notes that. *found:
 * whether there was something to take out. */
int hbl_part_remove(hbl_formula_part *part, const hbl_term *term, bool *found, hbl_error *error);

/* Fewer columns first, otherwise as written. */
void hbl_part_sort(hbl_formula_part *part);

#endif
