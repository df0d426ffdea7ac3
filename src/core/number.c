/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"

#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_LIMIT (UINT64_C(1) << 53)

__extension__ typedef unsigned __int128 wide;

/* ---- reading */

/* Most of reading data and draws is this: one function for a cell. */
#define INLINE static inline __attribute__((always_inline))

/* A number as it is scanned: digits * 10^scale. */
typedef struct {
    uint64_t digits;
    int scale, exponent; /* exponent: what follows e */
    bool whole;          /* neither mark nor exponent */
    bool dropped;        /* there were more digits than fit */
    bool minus;
    const char *start, *end; /* as it stands, without the sign */
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes the digits at p into d; returns what follows them. */
static const char *scan_digits(const char *p, const char *end, decimal *d)
{
    uint64_t digits = d->digits;

    for (; p < end && is_digit(*p); p++) {
        if (digits > (UINT64_MAX - 9) / 10)
            d->dropped = true;
        else
            digits = digits * 10 + (uint64_t)(*p - '0');
    }
    d->digits = digits;
    return p;
}

/* The exponent after e; NULL where it has no digits. */
INLINE const char *scan_exponent(const char *p, const char *end, int *exponent)
{
    const bool minus = p < end && *p == '-';
    int e = 0;

    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end || !is_digit(*p))
        return NULL;
    for (; p < end && is_digit(*p); p++)
        if (e < 100000000)
            e = e * 10 + (*p - '0');
    *exponent = minus ? -e : e;
    return p;
}

enum { MOST_PLACES = 19 };

static const uint64_t power_of_10[MOST_PLACES + 1] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    UINT64_C(10000000000000000000),
};

/* digits / 10^places rounded once, to nearest, ties to even: the quotient of both factors, shifted
 * to the top of their words, to 63 or 64 bits; the remainder tells whether more follows. */
INLINE double divide(uint64_t digits, int places)
{
    const uint64_t power = power_of_10[places];
    const int up = __builtin_clzll(digits), power_up = __builtin_clzll(power);
    const wide numerator = (wide)(digits << up) << 63, divisor = power << power_up;
    const uint64_t quotient = (uint64_t)(numerator / divisor);
    const bool more = quotient * divisor != numerator;
    const int drop = 64 - __builtin_clzll(quotient) - 53;
    const uint64_t rest = quotient & ((UINT64_C(1) << drop) - 1), half = UINT64_C(1) << (drop - 1);
    uint64_t top = quotient >> drop;

    if (rest > half || (rest == half && (more || top % 2)))
        top++;
    return ldexp((double)top, drop - 63 + power_up - up);
}

/* Whatever else, by strtod, from the same number without a decimal mark, which would depend on the
 * locale. Of more than 800 digits the later ones matter only in that they are not all 0: a double,
 * or the middle between two, has 768 at most. */
static double read_long(const char *p, const char *end, int exponent)
{
    enum { MOST = 800 };
    char text[MOST + 32];
    size_t n = 0;
    bool after_mark = false, more = false;

    for (; p < end && *p != 'e' && *p != 'E'; p++) {
        if (!is_digit(*p)) {
            after_mark = true;
            continue;
        }
        if (n < MOST && (n > 0 || *p != '0'))
            text[n++] = *p;
        else if (n == MOST)
            exponent++, more |= *p != '0';
        exponent -= after_mark;
    }
    snprintf(text + n, sizeof text - n, "%de%d", more, exponent - 1);
    return strtod(text, NULL);
}

/* digits * 10^scale is exact in double arithmetic, rounded once, where both factors are exact
 * (Clinger 1990). */
INLINE double magnitude(const decimal *d)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int most = (int)(sizeof power / sizeof *power) - 1;

    if (d->digits == 0)
        return 0;
    if (!d->dropped && d->digits < EXACT_LIMIT && d->scale >= -most && d->scale <= most)
        return d->scale < 0 ? (double)d->digits / power[-d->scale]
                            : (double)d->digits * power[d->scale];
    if (!d->dropped && d->scale < 0 && d->scale >= -MOST_PLACES)
        return divide(d->digits, -d->scale);
    return read_long(d->start, d->end, d->exponent);
}

INLINE double value_of(const decimal *d)
{
    const double x = magnitude(d);

    return d->minus ? -x : x;
}

/* Whether text is a decimal number in full. */
INLINE bool scan(const char *text, size_t size, char mark, decimal *d)
{
    const char *const end = text + size;
    const char *const start = text + (size > 0 && (*text == '-' || *text == '+'));
    const char *p;
    size_t n_digits;

    *d = (decimal){.whole = true, .start = start, .end = end};
    d->minus = start > text && *text == '-';
    p = scan_digits(start, end, d);
    n_digits = (size_t)(p - start);
    if (p < end && *p == mark) {
        const char *const fraction = p + 1;
        p = scan_digits(fraction, end, d);
        d->scale = (int)(fraction - p);
        n_digits += (size_t)(p - fraction);
        d->whole = false;
    }
    if (n_digits == 0)
        return false;
    if (p < end && (*p == 'e' || *p == 'E')) {
        p = scan_exponent(p + 1, end, &d->exponent);
        d->scale += d->exponent;
        d->whole = false;
    }
    return p == end;
}

bool hbl_number_parse(const char *text, size_t size, char mark, double *value)
{
    decimal d;
    double x;

    if (size == 1 && is_digit(*text)) { /* as most cells of many files are */
        *value = *text - '0';
        return true;
    }
    if (!scan(text, size, mark, &d) || (d.whole && (d.dropped || d.digits >= EXACT_LIMIT)))
        return false;
    x = value_of(&d);
    if (!isfinite(x))
        return false;
    *value = x;
    return true;
}

/* What stands behind the sign, in capitals or not. */
static bool is_word(const decimal *d, const char *word)
{
    const char *p = d->start;

    while (p < d->end && *word && (*p | ('a' ^ 'A')) == *word)
        p++, word++;
    return p == d->end && !*word;
}

bool hbl_number_parse_any(const char *text, size_t size, double *value)
{
    decimal d;

    if (scan(text, size, '.', &d))
        *value = value_of(&d);
    else if (is_word(&d, "nan"))
        *value = NAN;
    else if (is_word(&d, "inf") || is_word(&d, "infinity"))
        *value = d.minus ? -INFINITY : INFINITY;
    else
        return false;
    return true;
}

bool hbl_number_read(const char *text, double *value)
{
    return hbl_number_parse(text, strlen(text), '.', value);
}

/* ---- writing */

static void write_digits(double value, char text[HBL_NUMBER_SIZE])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, HBL_NUMBER_SIZE, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            return;
    }
}

static void write_in_c_locale(double value, char text[HBL_NUMBER_SIZE])
{
    const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    const locale_t before = c ? uselocale(c) : (locale_t)0;

    write_digits(value, text);
    if (c) {
        uselocale(before);
        freelocale(c);
    }
}

/* Labels of persons and tasks mostly are such, and there may be millions. */
static void write_whole(int64_t value, char text[HBL_NUMBER_SIZE])
{
    char digit[20];
    size_t n = 0;

    for (uint64_t rest = (uint64_t)(value < 0 ? -value : value); rest > 0 || n == 0; rest /= 10)
        digit[n++] = (char)('0' + rest % 10);
    if (value < 0)
        *text++ = '-';
    while (n > 0)
        *text++ = digit[--n];
    *text = '\0';
}

void hbl_number_write(double value, char text[HBL_NUMBER_SIZE])
{
    if (isnan(value))
        snprintf(text, HBL_NUMBER_SIZE, "NA");
    else if (fabs(value) < 1e15 && value == floor(value))
        write_whole((int64_t)value, text);
    else
        write_in_c_locale(value, text);
}
