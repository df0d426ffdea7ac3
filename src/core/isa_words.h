/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words that the *_isa.c files, compiled once for each instruction set, are written in: names
 * with the set's, and loops and functions written out for each size.
 */
#ifndef HBL_CORE_ISA_WORDS_H
#define HBL_CORE_ISA_WORDS_H

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)
#define TEXT_(a)     #a
#define TEXT(a)      TEXT_(a)

#define INLINE static inline __attribute__((always_inline))
/* Under a sanitizer functions compiled for each size would take many minutes to compile. */
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
