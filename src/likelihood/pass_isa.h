/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words that sources compiled once for each instruction set are written in: loops and functions
 * written out for each size, and for pass_math.h vectors as wide as the machine has, with their
 * intrinsics.
 */
#ifndef HBL_LIKELIHOOD_PASS_ISA_H
#define HBL_LIKELIHOOD_PASS_ISA_H

#if defined __AVX512F__
#include <immintrin.h>
#define VECTOR_BYTES    64
#define INTRINSIC(name) _mm512_##name
#elif defined __AVX2__
#include <immintrin.h>
#define VECTOR_BYTES    32
#define INTRINSIC(name) _mm256_##name
#elif defined __SSE2__
#include <immintrin.h>
#define VECTOR_BYTES    16
#define INTRINSIC(name) _mm_##name
#else
#define VECTOR_BYTES 16
#endif

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)
#define TEXT_(a)     #a
#define TEXT(a)      TEXT_(a)

#define INLINE static inline __attribute__((always_inline))
/* Under a sanitizer the kernels for each number of columns would take many minutes to compile. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define ANY_NUMBER_ONLY
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ANY_NUMBER_ONLY
#endif
#endif

/* A loop written out where n is constant, and at most MOST_UNROLLED. */
#ifndef MOST_UNROLLED
#define MOST_UNROLLED 16
#endif
#define PRAGMA_(text) _Pragma(#text)
#define UNROLL_(n)    PRAGMA_(GCC unroll n)
#if defined ANY_NUMBER_ONLY
#define UNROLLED(i, n) for (size_t i = 0; i < (n); i++)
#else
#define UNROLLED(i, n) UNROLL_(MOST_UNROLLED) for (size_t i = 0; i < (n); i++)
#endif

#endif
