/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "msl/kernels.h"

#include "core/isa.h"

#ifdef __x86_64__
extern const hbl_msl_kernels hbl_msl_kernels_sse2, hbl_msl_kernels_avx2, hbl_msl_kernels_avx512;
static const hbl_msl_kernels *const tables[] = {&hbl_msl_kernels_sse2, &hbl_msl_kernels_avx2,
                                                &hbl_msl_kernels_avx512};
#else
extern const hbl_msl_kernels hbl_msl_kernels_baseline;
static const hbl_msl_kernels *const tables[] = {&hbl_msl_kernels_baseline};
#endif

const hbl_msl_kernels *hbl_msl_kernels_best(void)
{
    return tables[hbl_isa_best()];
}
