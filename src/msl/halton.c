/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Halton points (Halton 1960): point i has, in dimension k, the digits of i to the k-th prime,
 * mirrored at the point: i = sum_d c_d p^d gives u = sum_d c_d p^-(d+1). Person n takes points
 * drop + n R .. drop + n R + R - 1; point 0, which is 0 in every dimension and has no quantile, is
 * passed over where drop is 0, so that the sequence then begins at point 1.
 *
 * Scrambled: each digit goes through a random permutation of 0..p-1, one for each place (Owen 2017,
 * "A randomized Halton algorithm in R"), and half a cell is added.
 *
 * Digits are kept as a counter, with the sums of the places from d upwards in `above`: a step to
 * the next point changes the first digit and now and then a few more.
 */
#include <string.h>

#include "core/memory.h"
#include "core/rng.h"
#include "msl/sequences.h"

enum { MOST_PLACES = 54, MOST_DIMENSIONS = 100 };

static bool is_prime(uint64_t n)
{
    for (uint64_t d = 2; d * d <= n; d++)
        if (n % d == 0)
            return false;
    return n >= 2;
}

/* Places down to 2^-53. */
static size_t n_places(uint64_t prime)
{
    size_t places = 0;

    for (double size = 1; size > 0x1p-53 && places < MOST_PLACES; places++)
        size /= (double)prime;
    return places;
}

/* Exchanges each digit with one before it, chosen at random. */
static void permute(hbl_rng *rng, uint64_t prime, double *digit)
{
    for (uint64_t c = prime - 1; c > 0; c--) {
        const uint64_t other = (uint64_t)(hbl_rng_uniform(rng) * (double)(c + 1));
        const double kept = digit[c];
        digit[c] = digit[other];
        digit[other] = kept;
    }
}

/* What digit c at place d adds, at digit[d * prime + c]. */
static void fill_digits(const hbl_points *points, size_t k)
{
    const uint64_t prime = points->table[k];
    hbl_rng rng = hbl_rng_stream(points->seed, 0, HBL_STREAM_SEQUENCE, k, 1);
    double *digit = points->digit + points->offset[k], size = 1;

    for (size_t d = 0; d < n_places(prime); d++, digit += prime) {
        for (uint64_t c = 0; c < prime; c++)
            digit[c] = (double)c / (double)prime * size;
        size /= (double)prime;
        if (points->scramble)
            permute(&rng, prime, digit);
    }
}

static int prepare(hbl_points *points, hbl_error *error)
{
    const size_t K = points->dimensions;
    size_t total = 0;

    points->table = hbl_calloc(K, sizeof *points->table, "draws", error);
    points->offset = hbl_calloc(K, sizeof *points->offset, "draws", error);
    if (!points->table || !points->offset)
        return HBL_ERR_MEMORY;
    for (size_t k = 0; k < K; k++) {
        uint64_t prime = k ? points->table[k - 1] + 1 : 2;
        while (!is_prime(prime))
            prime++;
        points->table[k] = prime;
        points->offset[k] = total;
        total += prime * n_places(prime);
    }
    points->digit = hbl_calloc(total, sizeof *points->digit, "draws", error);
    if (!points->digit)
        return HBL_ERR_MEMORY;
    for (size_t k = 0; k < K; k++)
        fill_digits(points, k);
    return HBL_OK;
}

/* u[r * stride], r < R: the points from `first` on. */
static void one_dimension(uint64_t prime, const double *digit, double cell, uint64_t first,
                          size_t R, size_t stride, double *u)
{
    const size_t places = n_places(prime);
    uint64_t count[MOST_PLACES];
    double above[MOST_PLACES + 1];
    size_t changed = places; /* places below this one are to be summed anew */

    for (size_t d = 0; d < places; d++, first /= prime)
        count[d] = first % prime;
    above[places] = cell;
    for (size_t r = 0; r < R; r++) {
        for (size_t d = changed; d-- > 0;)
            above[d] = above[d + 1] + digit[d * prime + count[d]];
        u[r * stride] = above[0];
        for (changed = 0; changed < places && ++count[changed] == prime; changed++)
            count[changed] = 0;
        changed += changed < places;
    }
}

static void person(const hbl_points *points, size_t n, double *u)
{
    const uint64_t start = points->drop > 0 || points->scramble ? points->drop : 1;
    const uint64_t first = start + (uint64_t)n * points->points;

    for (size_t k = 0; k < points->dimensions; k++)
        one_dimension(points->table[k], points->digit + points->offset[k],
                      points->scramble ? 0x1p-55 : 0.0, first, points->points, points->dimensions,
                      u + k);
}

const hbl_sequence hbl_sequence_halton = {
    .name = "halton",
    .most_dimensions = MOST_DIMENSIONS,
    .prepare = prepare,
    .person = person,
};
