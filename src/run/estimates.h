/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of point estimates, with what follows from them by the delta method, and the files that
 * hold it: estimates.csv and vcov.csv.
 */
#ifndef HBL_RUN_ESTIMATES_H
#define HBL_RUN_ESTIMATES_H

#include <stddef.h>

#include "hblogit/error.h"
#include "hblogit/mnl.h"
#include "hblogit/model.h"
#include "hblogit/msl.h"

typedef struct {
    char parameter[64]; /* "mu.1" */
    char *name;         /* "pf" */
    double estimate, standard_error, robust_standard_error;
} hbl_table_row;

typedef struct {
    size_t n_parameters, n_rows; /* the derived ones come after the parameters */
    hbl_table_row *row;
    double *variance; /* n_parameters^2: of which the standard errors are */
} hbl_estimate_table;

/* robust: n x n, the variance of hbl_mnl_robust. */
int hbl_estimate_table_mnl(const hbl_model *model, const hbl_mnl *mnl, const double *robust,
                           hbl_estimate_table **table, hbl_error *error);

/* standard_errors as in hbl_msl_settings. */
int hbl_estimate_table_msl(const hbl_model *model, const hbl_msl_parameter *parameters,
                           const hbl_msl_fit *fit, const char *standard_errors,
                           hbl_estimate_table **table, hbl_error *error);
void hbl_estimate_table_free(hbl_estimate_table *table);

/* estimates.csv: parameter,name,estimate,standard_error,robust_standard_error,t,p */
int hbl_estimate_table_write(const char *path, const hbl_estimate_table *table, hbl_error *error);

/* vcov.csv: name, then a column a parameter. */
int hbl_estimate_table_write_variance(const char *path, const hbl_estimate_table *table,
                                      hbl_error *error);

#endif
