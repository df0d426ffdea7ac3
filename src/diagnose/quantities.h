/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From chain files to diagnostics, for all parameters of a summary.
 */
#ifndef HBL_DIAGNOSE_QUANTITIES_H
#define HBL_DIAGNOSE_QUANTITIES_H

#include "hblogit/diagnose.h"

/* Fills in stride and every convergence of summary, parameters and derived ones. The values of as
 * many quantities as fit into a bounded memory are held at a time; chains are read and quantities
 * diagnosed in parallel. */
int hbl_quantities_diagnose(const hbl_draws *draws, hbl_summary *summary, hbl_error *error);

#endif
