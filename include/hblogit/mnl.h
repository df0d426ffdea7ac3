/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The multinomial logit by maximum likelihood: every coefficient the same for everyone,
 *
 *     P(j) = exp(V_j) / sum_i exp(V_i),   V = exp(v_n'lambda) (x'b + h'c),
 *
 * persons weighted by panel->weight. Random coefficients of the model are taken as fixed, on the
 * scale of beta (ordered ones as increments).
 */
#ifndef HBLOGIT_MNL_H
#define HBLOGIT_MNL_H

#include <stdbool.h>
#include <stddef.h>

#include "hblogit/error.h"
#include "hblogit/model.h"

typedef struct {
    size_t n_coefficients;
    double *estimate;           /* n_coefficients, in the model's order */
    double *standard_error;     /* n_coefficients: from the inverse Hessian; NaN where singular */
    double *hessian;            /* n x n: of minus the log-likelihood at estimate */
    double log_likelihood;      /* at estimate */
    double log_likelihood_zero; /* every alternative equally likely */
    int iterations, evaluations;
    double decrement; /* g'H^-1 g at estimate */
    bool converged;   /* decrement < 1e-10; false under separation, where estimates run away */
    bool singular;    /* the Hessian had to be ridged: collinear or constant columns */
} hbl_mnl;

/* The fit by Newton's method with step halving; the same bit for bit for any number of threads. A
 * singular Hessian is ridged and reported.
 * HBL_ERR_NUMERIC: the log-likelihood at zero, or the Hessian, is not finite. */
int hbl_mnl_estimate(const hbl_model *model, int threads, hbl_mnl **mnl, hbl_error *error);

/* The person-level sandwich H^-1 (sum_n w_n^2 g_n g_n') H^-1 at mnl->estimate, g_n the gradient of
 * person n's log-likelihood: variance, n x n; NaN where the Hessian is singular. */
int hbl_mnl_robust(const hbl_model *model, const hbl_mnl *mnl, double *variance, hbl_error *error);

/* Shares of the alternatives over tasks (weighted): as chosen, and as the model predicts at the
 * coefficients; fitted_j = sum_t P_t(j) / T. Each n_alternatives; either may be NULL. */
int hbl_mnl_shares(const hbl_model *model, const double *coefficient, double *observed,
                   double *fitted, hbl_error *error);

/* Log-likelihood with every alternative offered equally likely: -sum_n w_n sum_t ln J_nt. */
double hbl_mnl_zero_log_likelihood(const hbl_model *model);

/* Log-likelihood of the model with intercepts only (of the alternatives offered): the base of
 * McFadden's R^2 = 1 - LL / LL_shares. */
int hbl_mnl_shares_log_likelihood(const hbl_model *model, double *log_likelihood, hbl_error *error);

void hbl_mnl_free(hbl_mnl *mnl);

#endif
