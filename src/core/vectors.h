/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Vectors of doubles as wide as the machine has, for the *_isa.c files, which are compiled once for
 * each instruction set.
 */
#ifndef HBL_CORE_VECTORS_H
#define HBL_CORE_VECTORS_H

#include <stdint.h>

#include "core/isa_words.h"

#if defined(__AVX512F__)
enum { WIDTH = 8 };
#elif defined(__AVX__)
enum { WIDTH = 4 };
#else
enum { WIDTH = 2 };
#endif

typedef double vec __attribute__((vector_size(WIDTH * sizeof(double)), may_alias));
/* Unsigned, whose sums may wrap. */
typedef uint64_t bits __attribute__((vector_size(WIDTH * sizeof(double)), may_alias));

#endif
