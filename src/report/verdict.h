/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The verdict on convergence, in words.
 */
#ifndef HBL_REPORT_VERDICT_H
#define HBL_REPORT_VERDICT_H

#include <stdio.h>

#include "hblogit/diagnose.h"

/* "Converged: ..." or "NOT converged: ...", with the worst figures and their parameters. */
void hbl_verdict_print(FILE *out, const hbl_summary *summary);

/* What to do about it; nothing where converged. */
void hbl_verdict_advise(FILE *out, const hbl_summary *summary);

/* "people, tasks; chains of draws" under the title; and what is out of the ordinary. */
void hbl_verdict_heading(FILE *out, const hbl_summary *summary);

/* By how much more draws the parameter falls short of the limits: at most 1 where it meets them;
 * infinite where it has no figures. */
double hbl_verdict_shortfall(const hbl_convergence *convergence);

#endif
