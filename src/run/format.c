/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/format.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

/* 17 significant digits read back as the same double. Let x = m 2^q with the integer m < 2^53, and
 * 10^e <= x < 10^(e+1). The digits are the integer nearest to
 *
 *     x 10^k = m 5^k 2^(q+k),   k = 16 - e.
 *
 * For 1e-15 <= x < 1e17 the product m 5^k stays below 2^128, so that digits and remainder come out
 * exactly, and ties go to even as in the C library. Other numbers, which a chain hardly ever has,
 * are left to the C library. */
enum { DIGITS = 17, LARGEST_POWER = 27 };
static const double smallest = 1e-15, too_large = 1e17;
#define TEN_TO_17 UINT64_C(100000000000000000)

static const uint64_t power_of_5[LARGEST_POWER + 1] = {
    UINT64_C(1),
    UINT64_C(5),
    UINT64_C(25),
    UINT64_C(125),
    UINT64_C(625),
    UINT64_C(3125),
    UINT64_C(15625),
    UINT64_C(78125),
    UINT64_C(390625),
    UINT64_C(1953125),
    UINT64_C(9765625),
    UINT64_C(48828125),
    UINT64_C(244140625),
    UINT64_C(1220703125),
    UINT64_C(6103515625),
    UINT64_C(30517578125),
    UINT64_C(152587890625),
    UINT64_C(762939453125),
    UINT64_C(3814697265625),
    UINT64_C(19073486328125),
    UINT64_C(95367431640625),
    UINT64_C(476837158203125),
    UINT64_C(2384185791015625),
    UINT64_C(11920928955078125),
    UINT64_C(59604644775390625),
    UINT64_C(298023223876953125),
    UINT64_C(1490116119384765625),
    UINT64_C(7450580596923828125),
};

/* The integer nearest to m 2^q 10^k, ties to even; 0 <= k <= 32. */
static uint64_t scale(uint64_t m, int q, int k)
{
    const int first = k < LARGEST_POWER ? k : LARGEST_POWER, shift = q + k;
    const wide product = (wide)m * power_of_5[first] * power_of_5[k - first];

    if (shift >= 0)
        return (uint64_t)(product << shift);
    const wide half = (wide)1 << (-shift - 1), rest = product & (2 * half - 1);
    uint64_t nearest = (uint64_t)(product >> -shift);
    if (rest > half || (rest == half && nearest % 2))
        nearest++;
    return nearest;
}

/* Writes the 17 digits of value and returns how many remain without trailing zeros. */
static size_t write_digits(uint64_t value, char *digit)
{
    static const char pair[] = "00010203040506070809101112131415161718192021222324"
                               "25262728293031323334353637383940414243444546474849"
                               "50515253545556575859606162636465666768697071727374"
                               "75767778798081828384858687888990919293949596979899";
    const uint32_t low = (uint32_t)(value % 100000000), high = (uint32_t)(value / 100000000);
    uint32_t part[2] = {high, low};
    size_t n = DIGITS;

    for (size_t half = 0; half < 2; half++) {
        for (size_t i = 4; i-- > 0;) {
            memcpy(digit + 1 + 8 * half + 2 * i, pair + 2 * (size_t)(part[half] % 100), 2);
            part[half] /= 100;
        }
    }
    digit[0] = (char)('0' + part[0]);
    while (n > 1 && digit[n - 1] == '0')
        n--;
    return n;
}

/* Sets out digits (n of them not trailing zeros) with decimal exponent e as %g does. */
static size_t lay_out(const char *digit, size_t n, int e, char *out)
{
    char *end = out;

    if (e >= 0) {
        const size_t whole = (size_t)e + 1;
        memcpy(end, digit, whole);
        end += whole;
        if (n > whole) {
            *end++ = '.';
            memcpy(end, digit + whole, n - whole);
            end += n - whole;
        }
    } else if (e >= -4) {
        memcpy(end, "0.000", 5);
        end += 1 - e;
        memcpy(end, digit, n);
        end += n;
    } else {
        *end++ = digit[0];
        if (n > 1) {
            *end++ = '.';
            memcpy(end, digit + 1, n - 1);
            end += n - 1;
        }
        *end++ = 'e';
        *end++ = '-';
        *end++ = (char)('0' + -e / 10);
        *end++ = (char)('0' + -e % 10);
    }
    return (size_t)(end - out);
}

static size_t by_library(double x, char *out)
{
    char text[HBL_FORMAT_LONGEST + 1];
    size_t n;

    if (isnan(x)) {
        memcpy(out, "nan", 3);
        return 3;
    }
    n = (size_t)snprintf(text, sizeof text, "%.17g", x);
    for (size_t i = 0; i < n; i++)
        if (text[i] == ',') /* the decimal sign of many locales */
            text[i] = '.';
    memcpy(out, text, n);
    return n;
}

size_t hbl_format_double(double x, char *out)
{
    const double magnitude = fabs(x);
    char digit[DIGITS];
    uint64_t bits, value;
    size_t sign = 0;

    if (!(magnitude >= smallest && magnitude < too_large))
        return by_library(x, out);
    if (x < 0) {
        *out = '-';
        sign = 1;
    }
    memcpy(&bits, &magnitude, sizeof bits);
    const uint64_t m = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
    const int q = (int)(bits >> 52) - 1075;
    /* floor((q + 52) log10 2), which is the decimal exponent or one less; log10 2 = 78913 / 2^18 is
     * close enough for exponents like these, and adding 20 first makes the division round down */
    int e = ((q + 52) * 78913 + 20 * 262144) / 262144 - 20;
    value = scale(m, q, 16 - e);
    if (value >= TEN_TO_17)
        value = scale(m, q, 16 - ++e);
    return sign + lay_out(digit, write_digits(value, digit), e, out + sign);
}
