/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "msl/kernels.h"

#include "core/isa.h"

HBL_BY_ISA(const hbl_msl_kernels, hbl_msl_kernels);

const hbl_msl_kernels *hbl_msl_kernels_best(void)
{
    return by_isa[hbl_isa_best()];
}
