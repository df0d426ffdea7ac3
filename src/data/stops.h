/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The characters of a text at which a scan for cells has to stop: delimiters, line ends, quotes and
 * zero bytes. They are found 64 characters at a time, by comparisons that compilers turn into
 * vector instructions.
 */
#ifndef HBL_DATA_STOPS_H
#define HBL_DATA_STOPS_H

#include <stdint.h>
#include <string.h>

enum { HBL_STOPS_AT_ONCE = 64 };

typedef struct {
    char *block;   /* HBL_STOPS_AT_ONCE characters from here are being looked at */
    uint64_t mask; /* of those that stop, the ones to come: bit i is character i */
    char delimiter;
} hbl_stops;

enum { HBL_STOPS_WIDTH = 16 };
typedef char hbl_characters __attribute__((vector_size(HBL_STOPS_WIDTH)));

/* Bit i: whether byte i of eight, each of which is 0 or 1, is 1. */
static inline uint64_t hbl_stops_gather(uint64_t bytes)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    /* byte i is moved to bit 56 + i, and no two of all those products meet */
    return bytes * UINT64_C(0x0102040810204080) >> 56;
}

static inline uint64_t hbl_stops_look(const char *text, char delimiter)
{
    uint64_t mask = 0;

    for (int i = 0; i < HBL_STOPS_AT_ONCE; i += HBL_STOPS_WIDTH) {
        hbl_characters c;
        uint64_t bytes[HBL_STOPS_WIDTH / 8];

        memcpy(&c, text + i, sizeof c);
        c = ((c == delimiter) | (c == '\n') | (c == '\r') | (c == '"') | (c == '\0')) & 1;
        memcpy(bytes, &c, sizeof bytes);
        for (int k = 0; k < HBL_STOPS_WIDTH / 8; k++)
            mask |= hbl_stops_gather(bytes[k]) << (i + 8 * k);
    }
    return mask;
}

/* The stops of text, which there must be enough of: characters are looked at up to
 * HBL_STOPS_AT_ONCE - 1 beyond the stop that is found. */
static inline hbl_stops hbl_stops_of(char *text, char delimiter)
{
    return (hbl_stops){text, hbl_stops_look(text, delimiter), delimiter};
}

static inline char *hbl_stops_next(hbl_stops *stops)
{
    char *stop;

    while (stops->mask == 0) {
        stops->block += HBL_STOPS_AT_ONCE;
        stops->mask = hbl_stops_look(stops->block, stops->delimiter);
    }
    stop = stops->block + __builtin_ctzll(stops->mask);
    stops->mask &= stops->mask - 1;
    return stop;
}

#endif
