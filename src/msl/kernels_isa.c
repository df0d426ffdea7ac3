/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiled once for each instruction set. Every function walks the block one machine vector of
 * lanes at a time, so that accumulators stay in registers.
 */
#include <math.h>
#include <string.h>

#include "likelihood/vectors.h"
#include "msl/kernels.h"

static void theta(size_t draws, size_t n_random, size_t rows, const hbl_msl_factor *factor,
                  const double *restrict mean, const double *restrict z, double *restrict to)
{
    for (size_t d = 0; d < draws; d++, z += n_random * HBL_LANES, to += rows * HBL_LANES)
        FOR_VECTORS (v) {
            for (size_t k = 0, e = 0; k < n_random; k++) {
                vec sum = AT(mean, k, v);
                for (; e < factor->n && factor->row[e] == k; e++)
                    sum += factor->value[e] * AT(z, factor->column[e], v);
                SET(to, k, v) = sum;
            }
        }
}

/* exp(x) for x <= 700 to about an ulp; 0 below -708; not a number stays so.
 *
 * x = n ln 2 + r, |r| <= ln(2) / 2, exp(r) by its Taylor series (the next term is 4e-18). Adding
 * 1.5 2^52 rounds x / ln 2 to n and leaves n in the lowest bits. */
static inline vec exp_vector(vec x)
{
    static const double inverse_factorial[] = {1.0 / 6227020800.0,
                                               1.0 / 479001600.0,
                                               1.0 / 39916800.0,
                                               1.0 / 3628800.0,
                                               1.0 / 362880.0,
                                               1.0 / 40320.0,
                                               1.0 / 5040.0,
                                               1.0 / 720.0,
                                               1.0 / 120.0,
                                               1.0 / 24.0,
                                               1.0 / 6.0,
                                               0.5,
                                               1.0,
                                               1.0};
    const double shift = 0x1.8p52;
    const vec zero = {0};
    const bits underflow = (bits)(x < zero - 708.0);
    const vec shifted = x * 1.44269504088896340736 + shift, n = shifted - shift;
    const vec r = (x - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33;
    vec p = zero + inverse_factorial[0];

    for (size_t i = 1; i < sizeof inverse_factorial / sizeof inverse_factorial[0]; i++)
        p = p * r + inverse_factorial[i];
    return (vec)(((bits)p + ((bits)shifted << 52)) & ~underflow);
}

static void weigh(size_t draws, const double *restrict reference, double *restrict ll,
                  double *restrict sum)
{
    FOR_VECTORS (v) {
        const vec from = AT(reference, 0, v);
        vec total = AT(sum, 0, v), squares = AT(sum, 1, v);
        for (size_t d = 0; d < draws; d++) {
            const vec weight = exp_vector(AT(ll, d, v) - from);
            SET(ll, d, v) = weight;
            total += weight;
            squares += weight * weight;
        }
        SET(sum, 0, v) = total;
        SET(sum, 1, v) = squares;
    }
}

static void add(size_t draws, const hbl_msl_terms *terms, const double *restrict weight,
                double *restrict gradient, const double *restrict z, double *restrict sum)
{
    const size_t rows = terms->n_rows, K = terms->n_random;

    FOR_VECTORS (v) {
        for (size_t k = 0; k < rows; k++) {
            vec total = AT(sum, k, v);
            for (size_t d = 0; d < draws; d++) {
                const vec term = AT(weight, d, v) * AT(gradient, d * rows + k, v);
                SET(gradient, d * rows + k, v) = term;
                total += term;
            }
            SET(sum, k, v) = total;
        }
        for (size_t e = 0; e < terms->n_products; e++) {
            const double *from = gradient + terms->row[e] * HBL_LANES;
            const double *with = z + terms->column[e] * HBL_LANES;
            vec total = AT(sum, rows + e, v);
            for (size_t d = 0; d < draws; d++)
                total += AT(from, d * rows, v) * AT(with, d * K, v);
            SET(sum, rows + e, v) = total;
        }
    }
}

extern const hbl_msl_kernels PASTE(hbl_msl_kernels_, HBL_ISA);
const hbl_msl_kernels PASTE(hbl_msl_kernels_,
                            HBL_ISA) = {.theta = theta, .weigh = weigh, .add = add};
