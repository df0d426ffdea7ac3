/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The formula, mlogit's "choice ~ x | z | w", as lists of names.
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
    HBL_N_PARTS,
} hbl_part;

typedef struct {
    char *name;
    size_t position; /* of its first character in the formula, from 0 */
} hbl_term;

typedef struct {
    hbl_term choice;
    size_t n_terms[HBL_N_PARTS];
    hbl_term *term[HBL_N_PARTS];
    bool intercepts; /* one for each alternative but the reference */
} hbl_formula;

/* HBL_ERR_INPUT: not such a formula; *position is the character to blame, from 0, and the message
 * does not say where. */
int hbl_formula_parse(const char *text, hbl_formula **formula, size_t *position, hbl_error *error);
void hbl_formula_free(hbl_formula *formula);

#endif
