/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sobol points, by GSL's generator (Antonov and Saleev 1979, direction numbers of Bratley and Fox
 * 1988, 30 bits, up to 40 dimensions). GSL gives them one after the other; a person's may be wanted
 * alone, so the direction numbers are read off the sequence itself, whose step to point i exchanges
 * the bits of direction v_c, c the lowest bit set in i:
 *
 *     x_i = x_{i-1} xor v_c,   so   x_i = xor of v_b over the bits b of the Gray code i xor (i /
 * 2).
 *
 * Plain: person n takes points n R + 1 .. n R + R (point 0 is 0, and left out, as GSL does).
 * Scrambled: a random digital shift, x xor s with one s a dimension, from point 0 on, plus half a
 * cell.
 */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_qrng.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/rng.h"
#include "msl/sequences.h"

enum { BITS = 30, MOST_DIMENSIONS = 40 };

/* table[k * (BITS + 1) + b]: direction b of dimension k; and last, the shift. */
static void read_directions(hbl_points *points, gsl_qrng *generator, size_t n_bits)
{
    const size_t K = points->dimensions;
    double x[MOST_DIMENSIONS];
    uint64_t last[MOST_DIMENSIONS] = {0};

    for (uint64_t i = 1, bit = 0; bit < n_bits; i++) {
        const bool fresh = i == UINT64_C(1) << bit; /* the first step along this direction */
        gsl_qrng_get(generator, x);
        for (size_t k = 0; k < K; k++) {
            const uint64_t now = (uint64_t)(x[k] * (1 << BITS));
            if (fresh)
                points->table[k * (BITS + 1) + bit] = now ^ last[k];
            last[k] = now;
        }
        bit += fresh;
    }
}

static int prepare(hbl_points *points, hbl_error *error)
{
    const size_t K = points->dimensions;
    const double wanted = (double)points->n_persons * (double)points->points + 1;
    gsl_qrng *generator;
    size_t n_bits = 1;

    if (wanted >= 1 << BITS)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "the sequence \"sobol\" has 2^30 points, and %.0f are wanted; take fewer "
                        "draws, or mlhs",
                        wanted);
    while ((double)(UINT64_C(1) << n_bits) <= wanted)
        n_bits++;
    points->table = hbl_calloc(K * (BITS + 1), sizeof *points->table, "draws", error);
    gsl_set_error_handler_off(); /* its default handler ends the process */
    generator = K > 0 ? gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)K) : NULL;
    if (!points->table || (K > 0 && !generator)) {
        gsl_qrng_free(generator);
        return hbl_fail_memory(error, "draws");
    }
    if (K > 0)
        read_directions(points, generator, n_bits);
    gsl_qrng_free(generator);
    for (size_t k = 0; points->scramble && k < K; k++) {
        hbl_rng rng = hbl_rng_stream(points->seed, 0, HBL_STREAM_SEQUENCE, k, 1);
        points->table[k * (BITS + 1) + BITS] = hbl_rng_next(&rng) >> (64 - BITS);
    }
    return HBL_OK;
}

static void person(const hbl_points *points, size_t n, double *u)
{
    const size_t R = points->points, K = points->dimensions;
    const uint64_t first = (uint64_t)n * R + !points->scramble;
    const double cell = points->scramble ? 0.5 : 0.0;

    for (size_t k = 0; k < K; k++) {
        const uint64_t *direction = points->table + k * (BITS + 1);
        uint64_t x = direction[BITS];

        for (uint64_t gray = first ^ (first >> 1), b = 0; gray >> b; b++)
            x ^= gray >> b & 1 ? direction[b] : 0;
        for (size_t r = 0; r < R; r++) {
            u[r * K + k] = ((double)x + cell) * (1.0 / (1 << BITS));
            x ^= direction[__builtin_ctzll(first + r + 1)];
        }
    }
}

const hbl_sequence hbl_sequence_sobol = {
    .name = "sobol",
    .most_dimensions = MOST_DIMENSIONS,
    .prepare = prepare,
    .person = person,
};
