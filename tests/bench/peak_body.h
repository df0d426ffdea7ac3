/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The yardsticks for one floating-point type: part of peak_isa.c, which includes it twice.
 */
#include "likelihood/pass_math.h"

#define multiply_adds     OF_TYPE(multiply_adds)
#define exponentials      OF_TYPE(exponentials)
#define exponentials_one  OF_TYPE(exponentials_one)
#define exponentials_two  OF_TYPE(exponentials_two)
#define exponentials_four OF_TYPE(exponentials_four)
#define sum_of            OF_TYPE(sum_of)

INLINE double sum_of(vreal v)
{
    double sum = 0;
    for (size_t l = 0; l < LANES; l++)
        sum += (double)v[l];
    return sum;
}

static double multiply_adds(double *sum)
{
    const vreal a = splat((real)0.999), b = splat((real)1e-3);
    vreal x[CHAINS];

    UNROLLED (c, CHAINS)
        x[c] = splat((real)c);
    for (size_t r = 0; r < ROUNDS; r++)
        UNROLLED (c, CHAINS)
            x[c] = x[c] * a + b; /* contracted, as in the pass */
    UNROLLED (c, CHAINS)
        *sum += sum_of(x[c]);
    return (double)ROUNDS * CHAINS * LANES;
}

/* So many exponentials go side by side. */
INLINE double exponentials(double *sum, size_t abreast)
{
    vreal v[ARGUMENTS], total[MOST_ABREAST];

    UNROLLED (c, abreast)
        total[c] = splat(0);
    for (size_t i = 0; i < ARGUMENTS; i++)
        v[i] = splat((real)*sum - (real)i / 10);
    for (size_t r = 0; r < EXP_ROUNDS; r++) {
        __asm__ volatile("" : : "r"(v) : "memory"); /* or all rounds would be one */
        for (size_t i = 0; i < ARGUMENTS; i += abreast)
            UNROLLED (c, abreast)
                total[c] += exp2_vector(v[i + c]);
    }
    UNROLLED (c, abreast)
        *sum += sum_of(total[c]) * 1e-30;
    return (double)EXP_ROUNDS * ARGUMENTS * LANES;
}

static double exponentials_one(double *sum)
{
    return exponentials(sum, 1);
}

static double exponentials_two(double *sum)
{
    return exponentials(sum, 2);
}

static double exponentials_four(double *sum)
{
    return exponentials(sum, MOST_ABREAST);
}

#undef multiply_adds
#undef exponentials
#undef exponentials_one
#undef exponentials_two
#undef exponentials_four
#undef sum_of
