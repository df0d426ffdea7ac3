/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The multinomial logit: every coefficient the same for everyone.
 */
#ifndef HBLOGIT_MNL_H
#define HBLOGIT_MNL_H

#include <stdbool.h>
#include <stddef.h>

/* Maximum-likelihood fit of P(j) = exp(x_j'b) / sum_i exp(x_i'b), tasks independent. */
typedef struct {
    size_t n_columns;
    double *estimate;           /* n_columns, in the model's column order */
    double *standard_error;     /* n_columns: from the inverse Hessian; NaN where singular */
    double *hessian;            /* n_columns x n_columns: of minus the log-likelihood at estimate */
    double log_likelihood;      /* at estimate */
    double log_likelihood_zero; /* at b = 0: every alternative equally likely */
    int iterations;
    bool converged; /* g'H^-1 g < 1e-10; false under separation, where estimates run away */
    bool singular;  /* the Hessian had to be ridged: collinear or constant columns */
} hbl_mnl;

void hbl_mnl_free(hbl_mnl *mnl);

#endif
