/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether one run's model is within another's, by the names of what both estimate.
 */
#ifndef HBL_COMPARE_NESTED_H
#define HBL_COMPARE_NESTED_H

#include "diagnose/run_file.h"
#include "hblogit/estimates.h"

/* A run, as the tests see it. */
typedef struct {
    hbl_run_file file;
    hbl_estimates *estimates;
} hbl_tested;

/* HBL_ERR_INPUT: no run by mnl or msl. */
int hbl_tested_read(const char *directory, hbl_tested *tested, hbl_error *error);
void hbl_tested_clear(hbl_tested *tested);

/* HBL_ERR_INPUT unless both are of the same choices. */
int hbl_tested_check_same(const hbl_tested *a, const hbl_tested *b, hbl_error *error);

/* What the larger model has beyond the smaller. */
typedef struct {
    size_t n_free;      /* coefficients, slopes, covariances */
    size_t n_variances; /* coefficients that are random in the larger only */
    size_t n_shared;    /* of the covariances, those with such a coefficient */
    size_t *variance;   /* n_variances: their standard deviations' rows in the larger */
    size_t *free_row;   /* n_free: rows, in the memory of variance */
} hbl_excess;

/* Whether `small` is within `large`; excess->variance is to be freed. */
int hbl_nested(const hbl_tested *small, const hbl_tested *large, bool *nested, hbl_excess *excess,
               hbl_error *error);

#endif
