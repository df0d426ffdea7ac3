/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Short decimal numbers, as most cells of most files are, read without a loop: their characters
 * stand side by side in a word.
 */
#ifndef HBL_CORE_NUMBER_SHORT_H
#define HBL_CORE_NUMBER_SHORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { HBL_NUMBER_SHORT_AHEAD = 9 };

#define HBL_EACH_BYTE UINT64_C(0x0101010101010101)

/* Takes the mark out of the word, whose last characters stand highest, if it is there; returns how
 * many characters follow it. */
static inline size_t hbl_number_take_mark(uint64_t *word, size_t *n, char mark)
{
    const uint64_t other = *word ^ (unsigned char)mark * HBL_EACH_BYTE;
    const uint64_t zeros = (other - HBL_EACH_BYTE) & ~other & 0x80 * HBL_EACH_BYTE;
    const uint64_t first = zeros & -zeros, bit = first >> 7; /* of those, the first is exact */

    if (!zeros)
        return 0;
    *word = (*word & -(bit << 8)) | (*word & (bit - 1)) << 8;
    --*n;
    return (size_t)__builtin_clzll(first) / 8;
}

/* The number that eight digits make, the last highest: neighbours into pairs, pairs into fours,
 * those into one. */
static inline uint32_t hbl_number_join(uint64_t digits)
{
    digits = (digits * 10 + (digits >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
    digits = (digits * 100 + (digits >> 16)) & UINT64_C(0x0000ffff0000ffff);
    return (uint32_t)(digits * 10000 + (digits >> 32));
}

/* As hbl_number_parse, but false for many numbers too: only a minus, and up to eight characters
 * that are digits and a mark, are read. HBL_NUMBER_SHORT_AHEAD characters from text on must be
 * there, whatever they are. */
static inline bool hbl_number_parse_short(const char *text, size_t size, char mark, double *value)
{
    static const double power[2][8] = {{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7},
                                       {-1e0, -1e1, -1e2, -1e3, -1e4, -1e5, -1e6, -1e7}};
    const bool minus = *text == '-';
    size_t n = size - minus, places;
    uint64_t word;

    if (n - 1 >= 8 || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
        return false;
    memcpy(&word, text + minus, sizeof word);
    word <<= 8 * (8 - n);
    places = hbl_number_take_mark(&word, &n, mark);
    if (n == 0)
        return false;
    word ^= '0' * HBL_EACH_BYTE << 8 * (8 - n);
    if (((word + 0x76 * HBL_EACH_BYTE) | word) & 0x80 * HBL_EACH_BYTE) /* one is above 9 */
        return false;
    *value = hbl_number_join(word) / power[minus][places]; /* rounded once: both are exact */
    return true;
}

#endif
