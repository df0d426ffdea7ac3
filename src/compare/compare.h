/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of a comparison.
 */
#ifndef HBL_COMPARE_COMPARE_H
#define HBL_COMPARE_COMPARE_H

#include "diagnose/run_file.h"
#include "hblogit/compare.h"
#include "hblogit/diagnose.h"
#include "hblogit/estimates.h"
#include "hblogit/model.h"

/* A fitted run, as read from its directory. */
typedef struct {
    const char *directory;
    hbl_run_file file;
    char *method;
    hbl_summary *summary;     /* of hb, else NULL */
    hbl_estimates *estimates; /* of msl and mnl, else NULL */
    hbl_spec *spec;
    hbl_model *model;
    double *person; /* n_persons x n_random: means given the choices; NULL: none, as for mnl */
} hbl_fitted;

/* HBL_ERR_INPUT: no run; its data are gone or have changed. data: where they are now, or NULL. */
int hbl_fitted_read(const char *directory, const char *data, hbl_fitted *fitted, hbl_error *error);
void hbl_fitted_clear(hbl_fitted *fitted);

/* HBL_ERR_INPUT unless both are of the same data. */
int hbl_fitted_check_same(const hbl_fitted *first, const hbl_fitted *other, hbl_error *error);

/* Point estimates of all coefficients, as hbl_msl_pack takes them; each may be freed. */
typedef struct {
    double *mu, *delta, *omega, *fixed;
} hbl_point;
int hbl_fitted_point(const hbl_fitted *fitted, hbl_point *point, hbl_error *error);
void hbl_point_clear(hbl_point *point);

/* RLH and hit rate at the persons' coefficients (of mnl, everyone's). */
int hbl_fitted_predict(const hbl_fitted *fitted, double *rlh, double *hit_rate, hbl_error *error);

/* Appends what a run has to the table: rows that are not there yet are added. */
int hbl_compare_fill(const hbl_fitted *fitted, size_t run, hbl_comparison *comparison,
                     size_t *capacity, hbl_error *error);

/* The sentences. */
int hbl_compare_explain(const hbl_fitted *fitted, hbl_comparison *comparison, hbl_error *error);

#endif
