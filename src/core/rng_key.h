/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the key of a stream, (seed, chain, purpose, index, sweep), becomes 128 bits of hash, for the
 * generators that are keyed by it. Each word of the key is mixed by itself, after a constant of its
 * own that tells the words apart (digits of pi); two independent sums of the four are the hash.
 */
#ifndef HBL_CORE_RNG_KEY_H
#define HBL_CORE_RNG_KEY_H

#include <stdint.h>

#define HBL_KEY_SEED          UINT64_C(0x243f6a8885a308d3)
#define HBL_KEY_CHAIN         UINT64_C(0x13198a2e03707344)
#define HBL_KEY_INDEX         UINT64_C(0xa4093822299f31d0)
#define HBL_KEY_SWEEP         UINT64_C(0x082efa98ec4e6c89)
#define HBL_KEY_INCREMENT     UINT64_C(0x452821e638d01377) /* its upper half */
#define HBL_KEY_INCREMENT_LOW UINT64_C(0xbe5466cf34e90c6c)

/* Defines mix(z) for a type, uint64_t or a vector of them: a bijection of 64 bits in which each bit
 * of the result depends on each bit of z: variant 13 of Stafford (2011), "Better bit mixing", as in
 * splitmix64. */
#define HBL_KEY_DEFINE_MIX(type)                                                                   \
    static inline type mix(type z)                                                                 \
    {                                                                                              \
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);                                        \
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);                                        \
        return z ^ (z >> 31);                                                                      \
    }

/* z rotated to the left, for the same types. */
#define HBL_KEY_ROTATE(z, bits) ((z) << (bits) | (z) >> (64 - (bits)))

#endif
