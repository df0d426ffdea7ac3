/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/isa.h"

#include <stdlib.h>
#include <string.h>

#ifdef __x86_64__
static const char *const names[] = {"sse2", "avx2", "avx512"};

static hbl_isa widest(void)
{
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
        return HBL_ISA_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return HBL_ISA_AVX2;
    return HBL_ISA_BASELINE;
}
#else
static const char *const names[] = {"baseline", "avx2", "avx512"};

static hbl_isa widest(void)
{
    return HBL_ISA_BASELINE;
}
#endif

hbl_isa hbl_isa_best(void)
{
    const hbl_isa best = widest();
    const char *wanted = getenv("HBLOGIT_ISA");

    for (int isa = HBL_ISA_BASELINE; wanted && isa < (int)best; isa++)
        if (strcmp(wanted, names[isa]) == 0)
            return (hbl_isa)isa;
    return best;
}

const char *hbl_isa_name(hbl_isa isa)
{
    return names[isa];
}
