/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hb/lanes.h"

#include "core/isa.h"

HBL_BY_ISA(const hbl_lanes, hbl_lanes);

const hbl_lanes *hbl_lanes_best(void)
{
    return by_isa[hbl_isa_best()];
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
