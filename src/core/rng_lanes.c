/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rng_lanes.h"

#include "core/isa.h"
#include "core/rng_key.h"

HBL_BY_ISA(const hbl_rng_lanes, hbl_rng_lanes);

HBL_KEY_DEFINE_MIX(uint64_t)

const hbl_rng_lanes *hbl_rng_lanes_best(void)
{
    return by_isa[hbl_isa_best()];
}

/* The sums of hbl_rng_stream, but for the person. */
hbl_rng_shared hbl_rng_share(uint64_t seed, uint64_t chain, hbl_stream purpose, uint64_t sweep)
{
    const uint64_t a = mix(seed ^ HBL_KEY_SEED);
    const uint64_t b = mix((chain ^ (uint64_t)purpose << 56) + HBL_KEY_CHAIN);
    const uint64_t d = mix(sweep + HBL_KEY_SWEEP);

    return (hbl_rng_shared){a + b + d, a ^ HBL_KEY_ROTATE(b, 17) ^ HBL_KEY_ROTATE(d, 47)};
}
