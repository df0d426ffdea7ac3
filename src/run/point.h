/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the drivers of the point estimators, mnl and msl, share: the files, and their part of
 * run.json.
 */
#ifndef HBL_RUN_POINT_H
#define HBL_RUN_POINT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>

#include "hblogit/error.h"
#include "hblogit/msl.h"
#include "run/estimates.h"
#include "run/fit.h"

/* How an optimiser ended. */
typedef struct {
    int iterations, evaluations;
    double decrement, gradient_norm;
    double condition; /* see hbl_point_condition */
    bool converged, singular;
} hbl_point_ending;

/* Writes estimates.csv and vcov.csv. */
int hbl_point_write(const hbl_fit_run *run, const hbl_estimate_table *table, hbl_error *error);

/* iterations.csv, a row an iteration. */
int hbl_point_log_open(const hbl_fit_run *run, char **path, FILE **file, hbl_error *error);
void hbl_point_log(FILE *file, const hbl_msl_progress *now);

/* Ratio of the largest to the least eigenvalue of the Hessian of minus the log-likelihood, scaled
 * to a unit diagonal; infinite where it is not positive definite. */
int hbl_point_condition(size_t n, const double *hessian, double *condition, hbl_error *error);

/* Adds a sentence to a list of notes. */
void hbl_point_note(cJSON *notes, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "likelihood": at the optimum, at zero, at shares, and, where it is not NaN, at the start.
 * HBL_ERR_MEMORY */
int hbl_point_describe_likelihood(const hbl_fit_run *run, double optimum, double start,
                                  hbl_error *error);

/* "optimiser", "notes" (which it takes) and "seconds" */
void hbl_point_describe_ending(const hbl_fit_run *run, const hbl_point_ending *ending, cJSON *notes,
                               double seconds);

/* A number, null where it is none. */
cJSON *hbl_point_number(double x);

#endif
