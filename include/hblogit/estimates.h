/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Estimates: what a run by maximum likelihood (mnl) or maximum simulated likelihood (msl) leaves on
 * disk, as read back from there; the counterpart of an hbl_summary for point estimates.
 */
#ifndef HBLOGIT_ESTIMATES_H
#define HBLOGIT_ESTIMATES_H

#include <stdbool.h>
#include <stddef.h>

#include "hblogit/error.h"

/* A row of estimates.csv. The first n_parameters rows are what was estimated, in the order of
 * vcov.csv; then what follows from it by the delta method: Omega's elements, standard deviations
 * and correlations, mean and sd of transformed coefficients. */
typedef struct {
    char *parameter; /* "mu.1", "Delta.1.2", "L.2.1", "alpha.1"; of mnl "beta.1"; then "Omega.2.1",
                        "sd.1", "correlation.2.1", "beta_mean.1", "beta_sd.1"; of mnl "level.1" */
    char *name;      /* "pf", "pf:income", "chol.cl:pf", "sd.pf", ...; "correlation.cl:pf", ... */
    double estimate;
    double standard_error;        /* as settings.standard_errors chooses; hessian for mnl */
    double robust_standard_error; /* person-level sandwich */
    double t, p;                  /* estimate / standard_error; two-sided, normal */
} hbl_estimate;

typedef struct {
    char *directory, *title, *method, *status;
    size_t n_persons, n_tasks, n_rows, n_alternatives;
    size_t n_parameters, n_rows_of_table;
    hbl_estimate *row;
    double *variance; /* n_parameters x n_parameters, from vcov.csv */
    /* at the estimates; with every coefficient 0; with intercepts only (n_parameters are K, persons
     * N in what follows) */
    double log_likelihood, log_likelihood_zero, log_likelihood_shares;
    double mcfadden,
        mcfadden_adjusted;     /* 1 - LL / LL_shares; 1 - (LL - n_parameters) / LL_shares */
    double rho_squared_zero;   /* 1 - LL / LL_zero */
    double aic, bic;           /* 2 K - 2 LL; K ln N - 2 LL */
    double decrement, seconds; /* g'H^-1 g */
    double gradient_norm;      /* NaN where not recorded */
    double condition; /* largest by least eigenvalue of the Hessian scaled to a unit diagonal;
                         infinite where it is not positive definite */
    int iterations, evaluations;
    bool converged, singular;
    char *standard_errors; /* "hessian", "robust" or "opg": what standard_error is */
    char *sequence;        /* msl: of its draws; else "" */
    size_t n_draws;        /* msl: points a person; else 0 */
    size_t n_boundary;
    char **boundary;    /* names of the parameters on the boundary */
    double *simulation; /* n_parameters: spread over fits with randomised sequences; NaN where they
                           were not asked for, as are */
    double simulation_log_likelihood, simulation_bias; /* spread and bias of LL */
    char **alternative; /* n_alternatives: observed and fitted shares (NaN where not recorded) */
    double *observed_share, *fitted_share;
    size_t n_notes;
    char **note; /* what the run said of itself: boundaries, local optima, simulation error */
} hbl_estimates;

/* The estimator of a run: "hb", "msl" or "mnl"; the caller frees *method. HBL_ERR_INPUT: no run. */
int hbl_run_method(const char *directory, char **method, hbl_error *error);

/* Reads run.json, estimates.csv and vcov.csv of a run by mnl or msl.
 * HBL_ERR_INPUT: no such run there, or files that are damaged (path:line). */
int hbl_estimates_read(const char *directory, hbl_estimates **estimates, hbl_error *error);
void hbl_estimates_free(hbl_estimates *estimates);

#endif
