/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The streams of core/rng_lanes.h one number at a time, with the functions of long double.
 */
#ifndef TESTS_SUPPORT_RNG_LANES_PLAIN_H
#define TESTS_SUPPORT_RNG_LANES_PLAIN_H

#include <math.h>
#include <stdint.h>

#include "core/rng_lanes.h"

typedef struct {
    uint64_t seed, chain, person, sweep;
} stream_key;

typedef struct {
    uint64_t state, increment;
} pcg;

/* Upper halves of what the other generator starts from. */
static inline pcg pcg_of(const stream_key *key)
{
    const hbl_rng rng =
        hbl_rng_stream(key->seed, key->chain, HBL_STREAM_PERSON, key->person, key->sweep);
    return (pcg){(uint64_t)(rng.state >> 64), (uint64_t)(rng.increment >> 64) | 1};
}

static inline uint64_t pcg_next(pcg *from)
{
    const uint64_t s = from->state, w = ((s >> ((s >> 59) + 5)) ^ s) * 12605985483714917081U;
    from->state = s * 6364136223846793005U + from->increment;
    return (w >> 43) ^ w;
}

static inline long double cell_centre(uint64_t x)
{
    return ((long double)(x >> 12) + 0.5L) * 0x1p-52L;
}

static inline void box_muller(uint64_t x, uint64_t y, long double pair[2])
{
    const long double quarter_turn = acosl(-1) / 2, radius = sqrtl(-2 * logl(cell_centre(x)));
    const long double angle = (((long double)(y >> 13) + 0.5L) * 0x1p-51L - 0.5L) * quarter_turn;

    pair[y & 1] = radius * cosl(angle) * (y & 2 ? -1 : 1);
    pair[!(y & 1)] = radius * sinl(angle);
}

#endif
