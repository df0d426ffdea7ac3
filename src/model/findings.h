/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of hbl_model_check: each looks for one kind of trouble and adds what it finds.
 */
#ifndef HBL_MODEL_FINDINGS_H
#define HBL_MODEL_FINDINGS_H

#include "hblogit/model.h"

/* Adds a finding with a printf text. */
int hbl_findings_add(hbl_findings *findings, hbl_error *error, hbl_severity severity,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Columns that never vary within a task, exact and near collinearity, columns of unlike scale. */
int hbl_check_columns(const hbl_model *model, hbl_findings *findings, hbl_error *error);

/* Alternatives that are never chosen, columns that separate the choices. */
int hbl_check_choices(const hbl_model *model, const hbl_prior *prior, hbl_findings *findings,
                      hbl_error *error);

/* Too few persons for the covariance, too few tasks a person. */
int hbl_check_persons(const hbl_model *model, hbl_findings *findings, hbl_error *error);

#endif
