/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * persons.csv: a row a person with what the estimator says of that person.
 */
#ifndef HBL_RUN_PERSONS_H
#define HBL_RUN_PERSONS_H

#include "hblogit/error.h"
#include "hblogit/hb.h"
#include "hblogit/model.h"
#include "hblogit/msl.h"

/* person, then <coefficient>.mean and <coefficient>.sd of every random coefficient, rlh,
 * acceptance; in the panel's order. */
int hbl_persons_write(const char *path, const hbl_model *model, const hbl_person_moments *moments,
                      hbl_error *error);

/* The same of moments given the choices, then log_likelihood and rlh = exp(log_likelihood / T_n).
 */
int hbl_persons_write_conditional(const char *path, const hbl_model *model, const hbl_msl_fit *fit,
                                  hbl_error *error);

#endif
