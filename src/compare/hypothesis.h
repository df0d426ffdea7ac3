/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Linear hypotheses as people write them: "2*pf - cl = 0.5".
 */
#ifndef HBL_COMPARE_HYPOTHESIS_H
#define HBL_COMPARE_HYPOTHESIS_H

#include <stddef.h>

#include "hblogit/error.h"

/* Reads text as sum_i coefficient_i name_i = value over the n names. Names may stand in backquotes.
 * Without an equals sign the right side is 0. relation: which of '=', '<' and '>' stood there;
 * NULL: only '=' may. */
int hbl_hypothesis_parse(const char *text, const char *const *name, size_t n, double *coefficient,
                         double *value, char *relation, hbl_error *error);

#endif
