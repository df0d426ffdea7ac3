/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The streams of core/rng_lanes.h backwards, from numbers to the stream that begins with them.
 */
#ifndef HBL_TESTS_RNG_LANES_BACKWARDS_H
#define HBL_TESTS_RNG_LANES_BACKWARDS_H

#include <stdint.h>

#include "core/rng_lanes.h"

/* The z of which z ^ z >> shift is x. */
static inline uint64_t undo_shift(uint64_t x, unsigned shift)
{
    uint64_t z = x;
    for (unsigned known = shift; known < 64; known += shift)
        z = x ^ z >> shift;
    return z;
}

/* 1 / a modulo 2^64, a odd, by Newton's method. */
static inline uint64_t inverse(uint64_t a)
{
    uint64_t b = a;
    for (int i = 0; i < 6; i++)
        b *= 2 - a * b;
    return b;
}

static inline uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

static inline uint64_t unmix(uint64_t z)
{
    z = undo_shift(z, 31) * inverse(0x94d049bb133111ebU);
    z = undo_shift(z, 27) * inverse(0xbf58476d1ce4e5b9U);
    return undo_shift(z, 30);
}

/* The state whose output is x. */
static inline uint64_t state_of(uint64_t x)
{
    const uint64_t word = undo_shift(x, 43) * inverse(12605985483714917081U);
    return undo_shift(word, (unsigned)(word >> 59) + 5);
}

/* What has the streams of person 0 put out x and then y, after a uniform number. y is changed in
 * the bits that nothing depends on until the increment that takes the one state to the other is
 * odd. */
static inline hbl_rng_shared shared_of(uint64_t x, uint64_t *y)
{
    const uint64_t multiplier = 6364136223846793005U, first = state_of(x);
    const uint64_t c = mix(0xa4093822299f31d0U);
    uint64_t increment, start;

    while ((state_of(*y) - first * multiplier) % 2 == 0)
        *y += 4;
    increment = state_of(*y) - first * multiplier;
    start = (first - increment) * inverse(multiplier);
    return (hbl_rng_shared){unmix(start) - c,
                            (unmix(increment) - 0x452821e638d01377U) ^ (c << 31 | c >> 33)};
}

#endif
