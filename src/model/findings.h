/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of hbl_model_check: each looks for one kind of trouble and adds what it finds.
 */
#ifndef HBL_MODEL_FINDINGS_H
#define HBL_MODEL_FINDINGS_H

#include "hblogit/model.h"

/* What one part of the check leaves for the next. */
typedef struct {
    const hbl_model *model;
    const hbl_prior *prior; /* NULL: maximum likelihood */
    hbl_findings *findings;
    size_t n;      /* columns of x with a coefficient: n_random + n_fixed */
    double *scale; /* n: root mean square within tasks */
    bool *usable;  /* n: varies, is not explained by others, does not separate by itself */
} hbl_check;

/* Adds a finding with a printf text. */
int hbl_findings_add(hbl_findings *findings, hbl_error *error, hbl_severity severity,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* "a", "b", ...: appends a name to a list of fixed size; false where it is full. */
bool hbl_findings_list(char *list, size_t size, const char *name);

/* Whether the name is that of an intercept, of the alternative with that label where it is not
 * NULL. */
bool hbl_check_is_intercept(const char *name, const char *label);

/* How bad it is that the likelihood does not bound these coefficients: of columns marked. */
hbl_severity hbl_check_unbounded(const hbl_check *check, const bool *marked);

/* Numbers such as -99 that may stand for missing values. */
int hbl_check_missing(const hbl_check *check, hbl_error *error);

/* Columns that never vary within a task, exact and near collinearity, columns of unlike scale, and
 * the same of what describes persons. Fills in scale and usable. */
int hbl_check_columns(hbl_check *check, hbl_error *error);

/* Alternatives that are never chosen, columns that separate the choices by themselves. */
int hbl_check_choices(hbl_check *check, hbl_error *error);

/* Columns that separate the choices together. */
int hbl_check_separation(hbl_check *check, hbl_error *error);

/* Too few persons for the covariance, too few tasks a person, weights that are not used. */
int hbl_check_persons(const hbl_check *check, hbl_error *error);

#endif
