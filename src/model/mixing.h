/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The descriptors behind the registry hbl_mixings: one file mixing_<name>.c each.
 */
#ifndef HBL_MODEL_MIXING_H
#define HBL_MODEL_MIXING_H

#include "hblogit/model.h"

extern const hbl_mixing hbl_mixing_normal;
extern const hbl_mixing hbl_mixing_lognormal;
extern const hbl_mixing hbl_mixing_negative_lognormal;
extern const hbl_mixing hbl_mixing_censored_normal;
extern const hbl_mixing hbl_mixing_johnson_sb;
extern const hbl_mixing hbl_mixing_positive_normal;
extern const hbl_mixing hbl_mixing_negative_normal;
extern const hbl_mixing hbl_mixing_truncated_normal;
extern const hbl_mixing hbl_mixing_uniform;
extern const hbl_mixing hbl_mixing_triangular;
extern const hbl_mixing hbl_mixing_exponential;

/* -g of another distribution: beta and slope with the sign turned. */
void hbl_mixing_mirror(const hbl_mixing *of, size_t n, const double *theta, double lower,
                       double upper, double *beta, double *slope);

#endif
