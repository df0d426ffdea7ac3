/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of the reports on point estimates.
 */
#ifndef HBL_REPORT_ESTIMATES_H
#define HBL_REPORT_ESTIMATES_H

#include <stdio.h>

#include "hblogit/estimates.h"

/* Title, method, people, tasks, draws; and whether the run is complete. */
void hbl_estimates_put_heading(FILE *out, const hbl_estimates *estimates);

/* "Converged: ..." with iterations, evaluations, time; and what the run said of itself. */
void hbl_estimates_put_ending(FILE *out, const hbl_estimates *estimates);
void hbl_estimates_put_notes(FILE *out, const hbl_estimates *estimates);

/* The row of the standard deviation of random coefficient k (from 1), a parameter or derived; NULL:
 * none. */
const hbl_estimate *hbl_estimates_find_sd(const hbl_estimates *estimates, size_t k);

#endif
