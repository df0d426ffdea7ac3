/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reports: tables for people, and the same figures for programs. Each writes to a stream that the
 * caller owns and returns HBL_ERR_WRITE when the stream took less than all of it.
 */
#ifndef HBLOGIT_REPORT_H
#define HBLOGIT_REPORT_H

#include <stdio.h>

#include "hblogit/compare.h"
#include "hblogit/diagnose.h"
#include "hblogit/error.h"
#include "hblogit/estimates.h"
#include "hblogit/model.h"
#include "hblogit/test.h"

/* The table of estimates: parameter, truth where known, mean, sd, 90 % interval, R-hat, ESS; then
 * standard deviations and correlations of the random coefficients. */
int hbl_report_summary(FILE *out, const hbl_summary *summary, hbl_error *error);

/* summary.csv: parameter,name,mean,mcse,sd,q5,median,q95,ess_bulk,ess_tail,rhat */
int hbl_report_summary_csv(FILE *out, const hbl_summary *summary, hbl_error *error);

/* diagnostics.json */
int hbl_report_summary_json(FILE *out, const hbl_summary *summary, hbl_error *error);

/* Convergence, worst parameters first, and in words what to do about it. */
int hbl_report_convergence(FILE *out, const hbl_summary *summary, hbl_error *error);

/* Point estimates: estimate, standard error (robust beside), t, p; standard deviations and
 * correlations; fit; shares; what the run said of itself. */
int hbl_report_estimates(FILE *out, const hbl_estimates *estimates, hbl_error *error);

/* As estimates.csv. */
int hbl_report_estimates_csv(FILE *out, const hbl_estimates *estimates, hbl_error *error);
int hbl_report_estimates_json(FILE *out, const hbl_estimates *estimates, hbl_error *error);

/* Whether the optimiser converged: gradient, condition of the Hessian, boundary, parameters that
 * the data hardly tell apart. */
int hbl_report_optimiser(FILE *out, const hbl_estimates *estimates, hbl_error *error);

/* Runs side by side: each run's fit, parameter by parameter, persons, and in words where they
 * disagree. */
int hbl_report_comparison(FILE *out, const hbl_comparison *comparison, hbl_error *error);

/* kind,name,run,method,estimate,error,lower,upper,numerical,ess,z: a row a parameter and run */
int hbl_report_comparison_csv(FILE *out, const hbl_comparison *comparison, hbl_error *error);
int hbl_report_comparison_json(FILE *out, const hbl_comparison *comparison, hbl_error *error);

/* A test: its hypotheses or runs, statistic, distribution and p. */
int hbl_report_test(FILE *out, const hbl_test *test, hbl_error *error);
int hbl_report_test_json(FILE *out, const hbl_test *test, hbl_error *error);

/* Posterior probabilities of hypotheses, with their Monte Carlo errors. */
int hbl_report_posterior(FILE *out, const hbl_posterior *posterior, hbl_error *error);
int hbl_report_posterior_json(FILE *out, const hbl_posterior *posterior, hbl_error *error);

/* What was read: people, tasks, alternatives with shares, attributes with range and variation,
 * coefficients; then the findings of hbl_model_check. */
int hbl_report_check(FILE *out, const hbl_spec *spec, const hbl_model *model,
                     const hbl_findings *findings, hbl_error *error);

#endif
