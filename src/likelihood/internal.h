/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of this module share.
 */
#ifndef HBL_LIKELIHOOD_INTERNAL_H
#define HBL_LIKELIHOOD_INTERNAL_H

#include "likelihood/likelihood.h"
#include "likelihood/pack.h"
#include "likelihood/pass.h"

struct hbl_likelihood {
    const hbl_model *model;
    size_t *task_chosen; /* n_tasks */
    hbl_precision precision;
    const hbl_pass *pass;
    hbl_packing packing;
    hbl_pack in_double; /* always there: the Hessian and the pooled fit are in double */
    hbl_pack in_float;  /* empty under DOUBLE */
    char name[32];
};

/* hbl_likelihood_block in double, whatever the precision asked for. */
void hbl_likelihood_block_double(const hbl_likelihood *likelihood, size_t block, const double *beta,
                                 double *log_likelihood, double *gradient);

#endif
