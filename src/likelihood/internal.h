/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of this module share.
 */
#ifndef HBL_LIKELIHOOD_INTERNAL_H
#define HBL_LIKELIHOOD_INTERNAL_H

#include "likelihood/likelihood.h"
#include "likelihood/pack.h"
#include "likelihood/pass.h"

/* The pass in one type over one of the packs: the functions for its columns, the strips that they
 * take. */
typedef struct {
    const hbl_pack *pack;
    size_t lanes, n_columns;
    const hbl_pass_strip *strip;
    size_t per_block; /* strips: HBL_LANES / lanes */
    hbl_pass_function *value, *gradient, *both;
    hbl_pass_hessian_function *hessian; /* in double */
} hbl_reader;

struct hbl_likelihood {
    const hbl_model *model;
    size_t *task_chosen; /* n_tasks */
    hbl_precision precision;
    const hbl_pass *pass;
    hbl_packing packing;
    hbl_pack pack[2]; /* in units, or in double and, but under DOUBLE, in float */
    hbl_reader in_double, in_float;
    hbl_pass_strip *part; /* of the strips in units, as many lanes each as double has; or NULL */
    double *v;            /* [block][n_scale][HBL_LANES]; NULL: none */
    char name[32];
};

/* hbl_likelihood_alloc for caches of a size of the caller's choice. */
int hbl_likelihood_alloc_cached(const hbl_model *model, hbl_precision precision, const char *isa,
                                size_t cached, hbl_likelihood **likelihood, hbl_error *error);

/* The pass itself over the columns of x, beta [n_columns][HBL_LANES]; either output may be NULL. */
void hbl_likelihood_pass(const hbl_likelihood *likelihood, hbl_precision precision, size_t block,
                         const double *beta, double *log_likelihood, double *gradient);
void hbl_likelihood_pass_hessian(const hbl_likelihood *likelihood, size_t block, const double *beta,
                                 double *hessian);

/* Fills likelihood->v. */
int hbl_columns_init(hbl_likelihood *likelihood, hbl_error *error);

/* hbl_likelihood_block in a precision of the caller's choice (DOUBLE is always there). */
void hbl_likelihood_block_in(const hbl_likelihood *likelihood, hbl_precision precision,
                             size_t block, const double *beta, double *log_likelihood,
                             double *gradient, double *scratch);

#endif
