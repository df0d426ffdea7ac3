/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hb/trajectory.h"

#include "core/isa.h"

#ifdef __x86_64__
extern const hbl_trajectory_steps hbl_trajectory_steps_sse2, hbl_trajectory_steps_avx2,
    hbl_trajectory_steps_avx512;
static const hbl_trajectory_steps *const tables[] = {
    &hbl_trajectory_steps_sse2, &hbl_trajectory_steps_avx2, &hbl_trajectory_steps_avx512};
#else
extern const hbl_trajectory_steps hbl_trajectory_steps_baseline;
static const hbl_trajectory_steps *const tables[] = {&hbl_trajectory_steps_baseline};
#endif

const hbl_trajectory_steps *hbl_trajectory_steps_best(void)
{
    return tables[hbl_isa_best()];
}
