/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hb/lanes.h"

#include "core/isa.h"

#ifdef __x86_64__
extern const hbl_lanes hbl_lanes_sse2, hbl_lanes_avx2, hbl_lanes_avx512;
static const hbl_lanes *const tables[] = {&hbl_lanes_sse2, &hbl_lanes_avx2, &hbl_lanes_avx512};
#else
extern const hbl_lanes hbl_lanes_baseline;
static const hbl_lanes *const tables[] = {&hbl_lanes_baseline};
#endif

const hbl_lanes *hbl_lanes_best(void)
{
    return tables[hbl_isa_best()];
}

hbl_moment_layout hbl_moment_layout_of(size_t n_random, size_t n_columns, size_t n_covariates)
{
    hbl_moment_layout layout = {
        .n_random = n_random, .n_columns = n_columns, .n_covariates = n_covariates};

    layout.ll = 0;
    layout.g = layout.ll + 1;
    layout.gd = layout.g + n_columns;
    layout.wg = layout.gd + HBL_TRIANGLE(n_random);
    layout.d = layout.wg + n_covariates * n_random;
    layout.dd = layout.d + n_random;
    layout.wd = layout.dd + HBL_TRIANGLE(n_random);
    layout.n = layout.wd + n_covariates * n_random;
    return layout;
}
