/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For the *_isa.c files of this folder: a function with K constant for each K up to 12, straight
 * code with its sums in registers, and one for any K; and what these functions share.
 */
#ifndef HBL_HB_BY_SIZE_H
#define HBL_HB_BY_SIZE_H

#define MOST_UNROLLED 12
#include "hb/lanes.h"
#include "likelihood/vectors.h"

#define CASE(function, k, ...)                                                                     \
    case k:                                                                                        \
        function(k, __VA_ARGS__);                                                                  \
        break;
#if defined ANY_NUMBER_ONLY
#define BY_SIZE(function, K, ...) function(K, __VA_ARGS__)
#else
#define BY_SIZE(function, K, ...)                                                                  \
    switch (K) {                                                                                   \
        CASE(function, 1, __VA_ARGS__)                                                             \
        CASE(function, 2, __VA_ARGS__)                                                             \
        CASE(function, 3, __VA_ARGS__)                                                             \
        CASE(function, 4, __VA_ARGS__)                                                             \
        CASE(function, 5, __VA_ARGS__)                                                             \
        CASE(function, 6, __VA_ARGS__)                                                             \
        CASE(function, 7, __VA_ARGS__)                                                             \
        CASE(function, 8, __VA_ARGS__)                                                             \
        CASE(function, 9, __VA_ARGS__)                                                             \
        CASE(function, 10, __VA_ARGS__)                                                            \
        CASE(function, 11, __VA_ARGS__)                                                            \
        CASE(function, 12, __VA_ARGS__)                                                            \
    default:                                                                                       \
        function(K, __VA_ARGS__);                                                                  \
    }                                                                                              \
    (void)0
#endif

/* Room for n vectors until the function returns; in registers where n is constant. */
#define ROOM(n) __builtin_alloca_with_align((n) * sizeof(vec), 8 * sizeof(vec))

/* Element i of W x and element j of W'x for the persons of vector v, W a lower triangle a lane. */
INLINE vec factor_row(const double *w, size_t v, size_t i, const vec *x)
{
    vec sum = {0};

    UNROLLED (j, i + 1)
        sum += AT(w, HBL_TRIANGLE(i) + j, v) * x[j];
    return sum;
}

INLINE vec factor_column(size_t K, const double *w, size_t v, size_t j, const vec *x)
{
    vec sum = {0};

    UNROLLED (m, K - j)
        sum += AT(w, HBL_TRIANGLE(j + m) + j, v) * x[j + m];
    return sum;
}

#endif
