/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What follows from the estimated parameters: elements of Omega, standard deviations and
 * correlations, mean and standard deviation over people of transformed coefficients, the levels of
 * ordered ones.
 */
#ifndef HBL_RUN_DERIVED_H
#define HBL_RUN_DERIVED_H

#include <stdbool.h>
#include <stddef.h>

#include "hblogit/error.h"
#include "hblogit/model.h"

typedef enum {
    HBL_DERIVED_OMEGA,       /* Omega_row,column, column <= row, within a block */
    HBL_DERIVED_SD,          /* sqrt(Omega_row,row) of a block of several; one of a block of one is
                                a parameter itself */
    HBL_DERIVED_CORRELATION, /* column < row */
    HBL_DERIVED_BETA_MEAN,   /* of a coefficient that is not normal, or ordered */
    HBL_DERIVED_BETA_SD,
    HBL_DERIVED_LEVEL, /* of an ordered coefficient that is the same for everyone */
} hbl_derived_kind;

typedef struct {
    hbl_derived_kind kind;
    size_t row, column;
} hbl_derived;

/* All that there are; mixed: of a mixed logit, else of a multinomial one. free(*list). */
int hbl_derived_list(const hbl_model *model, bool mixed, hbl_derived **list, size_t *n,
                     hbl_error *error);

/* Their values given mu and Omega (n_random; n_random x n_random) at the covariates' means; of a
 * multinomial logit mu are its coefficients, and omega is NULL. */
void hbl_derived_evaluate(const hbl_model *model, const hbl_derived *list, size_t n,
                          const double *mu, const double *omega, double *value);

/* "Omega.2.1" and "Omega.cl:pf"; the caller frees *name. */
int hbl_derived_name(const hbl_model *model, const hbl_derived *derived, char parameter[64],
                     char **name, hbl_error *error);

#endif
