/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libhblogit: mixed (random-coefficients) logit models of discrete choice. This header includes the
 * whole public API; read model.h first, then hb.h, msl.h or mnl.h.
 */
#ifndef HBLOGIT_H
#define HBLOGIT_H

#include "hblogit/compare.h"
#include "hblogit/data.h"
#include "hblogit/diagnose.h"
#include "hblogit/error.h"
#include "hblogit/estimates.h"
#include "hblogit/hb.h"
#include "hblogit/mnl.h"
#include "hblogit/model.h"
#include "hblogit/msl.h"
#include "hblogit/report.h"
#include "hblogit/run.h"
#include "hblogit/settings.h"
#include "hblogit/simulate.h"
#include "hblogit/test.h"

#endif
