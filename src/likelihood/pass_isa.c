/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiled once for each instruction set; the flags are in the Makefile, which also lets multiply
 * and add contract here (the sums are ours, and the same on every run).
 */
#include <string.h>

#include "likelihood/likelihood.h"
#include "likelihood/pass.h"

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

#define CHUNK 4 /* rows that go side by side */

#define INLINE static inline __attribute__((always_inline))
/* Under a sanitizer the kernels for each number of columns would take many minutes to compile. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define ANY_NUMBER_ONLY
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ANY_NUMBER_ONLY
#endif
#endif

/* A loop written out where n is constant. */
#if defined ANY_NUMBER_ONLY
#define UNROLLED(i, n) for (size_t i = 0; i < (n); i++)
#else
#define UNROLLED(i, n) _Pragma("GCC unroll 16") for (size_t i = 0; i < (n); i++)
#endif

#define HBL_DOUBLE 0
#include "likelihood/pass_body.h"
#undef HBL_DOUBLE

#define HBL_DOUBLE 1
#include "likelihood/pass_body.h"

extern const hbl_pass PASTE(hbl_pass_, HBL_ISA);
const hbl_pass PASTE(hbl_pass_, HBL_ISA) = {TEXT(HBL_ISA), &kernels_float, &kernels_double};
