/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers as text, written and read alike whatever the locale.
 */
#ifndef HBL_CORE_NUMBER_H
#define HBL_CORE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* Reads a text of that size that is a decimal number in full: sign, digits with or without a
 * decimal mark, exponent; correctly rounded. false, with *value as it was, for all else: blanks,
 * marks of thousands, inf, nan, hexadecimal, a number beyond the range of double, and a whole
 * number beyond 2^53, which double would mistake for its neighbour (identifiers can be that long).
 */
bool hbl_number_parse(const char *text, size_t size, char mark, double *value);

/* Reads what programs write of any double, with a decimal point: the same, and nan, inf, infinity
 * in whatever case, and numbers out of range or beyond 2^53, which become the nearest double or
 * infinite. */
bool hbl_number_parse_any(const char *text, size_t size, double *value);

/* The same as hbl_number_parse of a string, with a decimal point. */
bool hbl_number_read(const char *text, double *value);

enum { HBL_NUMBER_SIZE = 32 };

/* Writes value with as many of 15 to 17 digits as it takes to read the same value again: 1, 0.1,
 * 1e+30; NA for NaN. */
void hbl_number_write(double value, char text[HBL_NUMBER_SIZE]);

#endif
