/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One person at a time, in double, with the greatest utility taken out before exp: right for
 * utilities of any size, and slow. It stands in where the pass trips its guard.
 */
#ifndef HBL_LIKELIHOOD_EXACT_H
#define HBL_LIKELIHOOD_EXACT_H

#include <stddef.h>

#include "hblogit/model.h"

/* beta, gradient and hessian are the person's lane of [..][HBL_LANES] arrays; outputs may be NULL.
 * Not a number throughout where beta is not finite. */
void hbl_exact_person(const hbl_model *model, const size_t *task_chosen, size_t person,
                      const double *beta, double *log_likelihood, double *gradient,
                      double *hessian);

#endif
