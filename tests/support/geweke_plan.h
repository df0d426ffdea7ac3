/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lengths of `make check`'s joint distribution tests, and what they may cost.
 *
 * tests/statistical/test_geweke_{kernels,people,priors,distributions}.c make about 3,800
 * comparisons; at 4,000 one case or two in the lot go on to the second stage by chance, whose limit
 * is |t| <= 4.8 for 30 comparisons, and the lot raises a false alarm with probability 1e-4 at most.
 */
#ifndef TESTS_SUPPORT_GEWEKE_PLAN_H
#define TESTS_SUPPORT_GEWEKE_PLAN_H

#include "support/geweke.h"

static const geweke_plan geweke_check = {
    .segments = 1000, .cycles = 50, .independent = 200000, .comparisons = 4000, .seed = 20};

#endif
