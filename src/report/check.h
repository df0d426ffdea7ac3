/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of the report of a check.
 */
#ifndef HBL_REPORT_CHECK_H
#define HBL_REPORT_CHECK_H

#include <stdio.h>

#include "hblogit/model.h"

double hbl_check_percent(size_t part, size_t whole);

/* Tables: the columns of x with their coefficients; covariates and columns of the scale. */
int hbl_check_put_coefficients(FILE *out, const hbl_model *model, hbl_error *error);
int hbl_check_put_persons(FILE *out, const hbl_model *model, hbl_error *error);

/* How many numbers are estimated, and how many are latent. */
int hbl_check_put_parameters(FILE *out, const hbl_model *model, hbl_error *error);

#endif
