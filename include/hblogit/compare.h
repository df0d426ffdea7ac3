/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fitted runs side by side: draws (hb) and point estimates (msl, mnl), of the same or of different
 * models on the same data.
 */
#ifndef HBLOGIT_COMPARE_H
#define HBLOGIT_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "hblogit/error.h"

typedef struct {
    int threads;      /* 0: one a processor */
    const char *data; /* where the data are now, if they were moved; may be NULL */
} hbl_compare_options;

/* What one run says of a parameter; NaN where it does not have it or does not tell. */
typedef struct {
    double estimate;     /* posterior mean; estimate */
    double error;        /* posterior standard deviation; standard error */
    double lower, upper; /* 90 % interval: quantiles of the draws; estimate -+ 1.645 errors */
    double numerical; /* Monte Carlo error of the mean; simulation error, where it was measured */
    double ess;       /* bulk */
    double skewness;  /* of the draws */
    double z;         /* (estimate - that of the first run) / sqrt(error^2 + its error^2) */
} hbl_compared_value;

typedef enum {
    HBL_COMPARED_COEFFICIENT, /* mean of a random coefficient, or a fixed one */
    HBL_COMPARED_SLOPE,       /* what a covariate adds to a mean */
    HBL_COMPARED_SD,
    HBL_COMPARED_CORRELATION,
} hbl_compared_kind;

typedef struct {
    hbl_compared_kind kind;
    char *name;                /* "pf"; "price (theta)" on the scale of theta; "pf:cl" */
    hbl_compared_value *value; /* n_runs */
} hbl_compared_parameter;

typedef struct {
    char *directory, *method, *title;
    size_t n_persons, n_tasks, n_parameters;
    bool converged;
    double seconds;
    double evaluations;    /* of the likelihood of everyone: by optimisers; sweeps of all chains */
    double log_likelihood; /* at the point estimate, on the comparison's simulator; of mnl exact */
    double log_likelihood_error; /* of that simulation */
    double log_likelihood_own;   /* as the run recorded it, on its own draws; NaN for hb */
    double rlh, hit_rate; /* at each person's coefficients: exp(mean ln P of what was chosen); share
                             of tasks whose likeliest alternative was chosen */
} hbl_compared_run;

/* Person-level means of a coefficient in run `run` against those of the first run. */
typedef struct {
    char *name;
    size_t run;
    double correlation, root_mean_square; /* of the difference */
} hbl_compared_persons;

typedef struct {
    size_t n_runs;
    hbl_compared_run *run;
    size_t n_parameters;
    hbl_compared_parameter *parameter;
    size_t n_persons;
    hbl_compared_persons *persons;
    size_t n_draws; /* of the simulator, a person: scrambled Halton points, no run's own */
    size_t n_notes;
    char **note; /* where the runs disagree by more than their errors, and what the runs themselves
                    give as the cause */
} hbl_comparison;

/* HBL_ERR_INPUT: no run, other data than the first run's, data that are gone or have changed. */
int hbl_compare(const char *const *directory, size_t n_runs, const hbl_compare_options *options,
                hbl_comparison **comparison, hbl_error *error);
void hbl_comparison_free(hbl_comparison *comparison);

#endif
