/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random numbers for a block of HBL_RNG_LANES persons at once, a stream a person, a person a lane.
 *
 * A stream is a PCG of 64 bits with output RXS-M-XS and an increment of its own (O'Neill 2014,
 * HMC-CS-2014-0905): as many as vectors of 64-bit integers can carry, and plenty for the few
 * numbers that a person needs in a sweep. Its first number is the uniform one, each two after it a
 * pair of normals by Box and Muller (1958).
 *
 * A person's numbers depend on seed, chain, purpose, person and sweep, never on the lane, the
 * other persons of the block, or K: those of a smaller K are the first of a larger. The uniform
 * numbers are the same on every machine. Normals have a relative error of at most 6e-16 against the
 * exact function of their two integers (4.9e-16 is the worst seen), so that instruction sets differ
 * by 1.2e-15 at most: the operations and their order are the same, but some sets fuse a multiply
 * with an add.
 */
#ifndef HBL_CORE_RNG_LANES_H
#define HBL_CORE_RNG_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "core/rng.h"

#define HBL_RNG_LANES 16

/* What the streams of all persons share. */
typedef struct {
    uint64_t sum, twist;
} hbl_rng_shared;

hbl_rng_shared hbl_rng_share(uint64_t seed, uint64_t chain, hbl_stream purpose, uint64_t sweep);

typedef struct {
    /* For a block of persons, a stream each: uniform[lane] on (0, 1), the centres of 2^52 cells,
     * never 0 or 1; K standard normals, normals[k][lane], none beyond 8.58 and none 0. Both are
     * aligned to 64 bytes; person need not be. Any value will do for the lanes of nobody, SIZE_MAX
     * too, whose numbers are as good as those of others. */
    void (*draw)(const hbl_rng_shared *shared, const size_t *person, size_t K, double *normals,
                 double *uniform);
} hbl_rng_lanes;

/* The table for the widest instruction set of this machine (see core/isa.h). */
const hbl_rng_lanes *hbl_rng_lanes_best(void);

#endif
