/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Maximum simulated likelihood (Train 2009, ch. 10):
 *
 *     LL(p) = sum_n w_n ln (1/R) sum_r prod_t P_nt(g(mu + Delta'w_n + L z_nr), alpha, lambda)
 *
 * over p = (mu, Delta, L, alpha, lambda): mu_k, k < K; Delta_qk, rows q < Q one after the other;
 * the elements of L within covariance blocks, L_ij, j <= i, row by row; then the model's fixed
 * coefficients (scale included). Diagonal elements of L may come out negative on the way and are
 * reported positive. z_nr are points of the chosen sequence mapped through the normal quantile.
 */
#ifndef HBLOGIT_MSL_H
#define HBLOGIT_MSL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hblogit/error.h"
#include "hblogit/model.h"
#include "hblogit/settings.h"

/* Sequences by name, with a line of help: NULL-terminated, the default first. */
typedef struct {
    const char *name, *help;
} hbl_sequence_name;
extern const hbl_sequence_name hbl_sequences[];

typedef enum {
    HBL_MSL_MEAN,   /* mu_row */
    HBL_MSL_SLOPE,  /* Delta_row,column: of covariate row on coefficient column */
    HBL_MSL_FACTOR, /* L_row,column */
    HBL_MSL_FIXED,  /* coefficient n_random + row */
} hbl_msl_parameter_kind;

typedef struct {
    hbl_msl_parameter_kind kind;
    size_t row, column;
    char *name; /* as mlogit: "pf"; "pf:income"; "sd.pf" where its block is one, else "chol.pf:cl"
                   (row:column), "chol.pf:pf"; "price" */
} hbl_msl_parameter;

/* The problem made ready: packed data, draws. Read-only once allocated. */
typedef struct hbl_msl hbl_msl;

/* HBL_ERR_INPUT: a sequence that does not serve so many dimensions. */
int hbl_msl_alloc(const hbl_model *model, const hbl_msl_settings *settings, int threads,
                  hbl_msl **msl, hbl_error *error);
void hbl_msl_free(hbl_msl *msl);

size_t hbl_msl_n_parameters(const hbl_msl *msl);
const hbl_msl_parameter *hbl_msl_parameters(const hbl_msl *msl);

/* What to know of the draws before a fit: too few for so many random coefficients, a sequence
 * beyond the dimensions it covers well. Freed by hbl_findings_free. */
int hbl_msl_advice(const hbl_msl *msl, hbl_findings **findings, hbl_error *error);

/* The parameters of given mu (n_random), delta (n_covariates x n_random, NULL: 0), omega
 * (n_random x n_random; what lies outside of blocks is ignored) and fixed (n_fixed + n_scale).
 * HBL_ERR_NUMERIC: omega is not positive definite. */
int hbl_msl_pack(const hbl_msl *msl, const double *mu, const double *delta, const double *omega,
                 const double *fixed, double *parameter, hbl_error *error);

/* LL at parameter; gradient (n_parameters) and scores (n_persons x n_parameters, the panel's order,
 * d ln P_n / dp, not weighted) may be NULL; so may person (n_persons: ln P_n). Sums run in a fixed
 * order, so that results do not depend on threads. Not to be called by two threads at once. */
int hbl_msl_evaluate(hbl_msl *msl, const double *parameter, double *log_likelihood,
                     double *gradient, double *scores, double *person, hbl_error *error);

/* Told of every iteration: start (from 1; beyond n_starts: the repeats), iteration, LL, g'H^-1 g,
 * length of the step. Nonzero stops the fit, which returns the best so far with converged = false.
 */
typedef struct {
    int start, n_starts, iteration, evaluations;
    double log_likelihood, decrement, gradient_norm, step, seconds;
} hbl_msl_progress;
typedef int hbl_msl_observer(void *context, const hbl_msl_progress *progress);

/* An optimum and how many starts ended there. */
typedef struct {
    double log_likelihood;
    size_t n_starts;
    bool converged;
} hbl_msl_optimum;

typedef struct {
    size_t n_parameters;
    double *estimate; /* n_parameters, L with a positive diagonal */
    double *gradient; /* there */
    double *hessian;  /* n x n: of -LL, central differences of the analytic gradient */
    /* n x n each, NaN where singular; with person's scores s_n: H^-1; (sum_n w_n s_n s_n')^-1;
     * H^-1 (sum_n w_n^2 s_n s_n') H^-1 */
    double *variance_hessian, *variance_opg, *variance_robust;
    double *mu, *delta, *L, *omega, *fixed; /* estimate, unpacked */
    double log_likelihood, decrement;
    double log_likelihood_start; /* of the multinomial logit */
    int iterations, evaluations; /* of all starts */
    double seconds;              /* without the repeats, as evaluations are */
    bool converged, singular, interrupted;
    size_t n_boundary, *boundary; /* parameters on the boundary: standard deviations of about 0 */
    size_t n_optima;
    hbl_msl_optimum *optimum; /* best first */
    /* settings.repeats fits over randomised sequences (0: none): spread of each estimate and of LL,
     * and the bias of LL that falls as 1/R: sum_n Var_r(P_nr) / (2 R P_n^2). */
    size_t n_repeats;
    double *repeat_sd; /* n_parameters */
    double repeat_log_likelihood_sd, log_likelihood_bias;
    /* Persons, in the panel's order: mean and sd of beta_n given the choices (Revelt and Train
     * 2000), sum_r beta_r P_nr / sum_r P_nr; ordered coefficients cumulated. */
    double *person_mean, *person_sd; /* n_persons x n_random */
    double *person_log_likelihood;   /* n_persons: ln P_n */
} hbl_msl_fit;

/* Maximises LL. HBL_ERR_NUMERIC: no start has a finite log-likelihood. */
int hbl_msl_estimate(hbl_msl *msl, hbl_msl_observer *observer, void *context, hbl_msl_fit **fit,
                     hbl_error *error);
void hbl_msl_fit_free(hbl_msl_fit *fit);

#endif
