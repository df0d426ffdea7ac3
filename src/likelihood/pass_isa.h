/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What pass_math.h needs beside the words of all *_isa.c files: how wide the machine's vectors are,
 * and their intrinsics.
 */
#ifndef HBL_LIKELIHOOD_PASS_ISA_H
#define HBL_LIKELIHOOD_PASS_ISA_H

#include "core/isa_words.h"

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
#if defined __ARM_NEON
#include <arm_neon.h>
#endif
#define VECTOR_BYTES 16
#endif

#endif
