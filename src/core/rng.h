/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random numbers: PCG64 DXSM (O'Neill 2014, HMC-CS-2014-0905, with the DXSM output function and the
 * cheap multiplier that numpy's PCG64DXSM uses). Streams are keyed by what the numbers are for, so
 * that they do not depend on threads or on the order of work, and nothing about them needs saving.
 */
#ifndef HBL_CORE_RNG_H
#define HBL_CORE_RNG_H

#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 hbl_u128;

typedef struct {
    hbl_u128 state, increment; /* increment is odd */
} hbl_rng;

/* What a stream is for; part of its key. */
typedef enum {
    HBL_STREAM_START = 1,
    HBL_STREAM_PERSON,
    HBL_STREAM_POPULATION,
    HBL_STREAM_INTERWEAVE,
    HBL_STREAM_FIXED,
    HBL_STREAM_SWEEP, /* what all persons share in a sweep */
    HBL_STREAM_SIMULATE,
    HBL_STREAM_SEQUENCE, /* points of simulated likelihood */
    HBL_STREAM_SEARCH,   /* its random starts */
} hbl_stream;

/* The stream of (seed, chain, purpose, index, sweep): state and increment by a 64-bit mixing
 * function of all five. index is the person, or 0. */
hbl_rng hbl_rng_stream(uint64_t seed, uint64_t chain, hbl_stream purpose, uint64_t index,
                       uint64_t sweep);

#define HBL_PCG_MULTIPLIER UINT64_C(0xda942042e4dd58b5)

/* The next 64 bits: DXSM of the state before the step. */
static inline uint64_t hbl_rng_next(hbl_rng *rng)
{
    const hbl_u128 state = rng->state;
    uint64_t high = (uint64_t)(state >> 64), low = (uint64_t)state | 1;

    rng->state = state * HBL_PCG_MULTIPLIER + rng->increment;
    high ^= high >> 32;
    high *= HBL_PCG_MULTIPLIER;
    high ^= high >> 48;
    return high * low;
}

/* Uniform on (0, 1): the centres of 2^52 cells, never 0 or 1. */
static inline double hbl_rng_uniform(hbl_rng *rng)
{
    return ((double)(hbl_rng_next(rng) >> 12) + 0.5) * 0x1p-52;
}

/* Standard normal. */
double hbl_rng_normal(hbl_rng *rng);

/* n standard normals. */
void hbl_rng_normals(hbl_rng *rng, size_t n, double *out);

/* Chi-squared with df > 0 degrees of freedom (not necessarily whole), by GSL. */
double hbl_rng_chi_squared(hbl_rng *rng, double df);

/* Gamma with density proportional to x^(shape-1) exp(-rate x), by GSL. */
double hbl_rng_gamma(hbl_rng *rng, double shape, double rate);

#endif
