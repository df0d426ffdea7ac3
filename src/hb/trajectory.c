/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hb/trajectory.h"

#include "core/isa.h"

HBL_BY_ISA(const hbl_trajectory_steps, hbl_trajectory_steps);

const hbl_trajectory_steps *hbl_trajectory_steps_best(void)
{
    return by_isa[hbl_isa_best()];
}
