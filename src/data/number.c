/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/number.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define EXACT_LIMIT 9007199254740992.0 /* 2^53 */

static double strtod_in_c_locale(const char *text)
{
    const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    const locale_t before = c ? uselocale(c) : (locale_t)0;
    const double value = strtod(text, NULL);

    if (c) {
        uselocale(before);
        freelocale(c);
    }
    return value;
}

/* A number as it is scanned: digits * 10^scale. Digits beyond the 19th are dropped, which leaves
 * more than 2^53 in digits: strtod then reads the text. */
typedef struct {
    uint64_t digits;
    int scale;
    bool whole; /* neither point nor exponent */
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes the digits at p into d; returns what follows them. */
static const char *scan_digits(const char *p, int scale_step, decimal *d)
{
    for (; is_digit(*p); p++) {
        if (d->digits > (UINT64_MAX - 9) / 10)
            continue;
        d->digits = d->digits * 10 + (uint64_t)(*p - '0');
        d->scale += scale_step;
    }
    return p;
}

/* The exponent after e; NULL where it has no digits. */
static const char *scan_exponent(const char *p, decimal *d)
{
    const bool minus = *p == '-';
    int exponent = 0;

    if (*p == '-' || *p == '+')
        p++;
    if (!is_digit(*p))
        return NULL;
    for (; is_digit(*p); p++)
        if (exponent < 100000)
            exponent = exponent * 10 + (*p - '0');
    d->scale += minus ? -exponent : exponent;
    return p;
}

static bool scan(const char *text, decimal *d)
{
    const char *p = text + (*text == '-' || *text == '+');
    const char *const start = p, *end;
    size_t n_digits;

    end = p = scan_digits(p, 0, d);
    n_digits = (size_t)(end - start);
    if (*p == '.') {
        end = scan_digits(p + 1, -1, d);
        n_digits += (size_t)(end - p - 1);
        d->whole = false;
        p = end;
    }
    if (n_digits == 0)
        return false;
    if (*p == 'e' || *p == 'E') {
        d->whole = false;
        p = scan_exponent(p + 1, d);
    }
    return p && *p == '\0';
}

/* digits * 10^scale is exact in double arithmetic, rounded once, where both factors are exact
 * (Clinger 1990); strtod does the rest. */
bool hbl_number_read(const char *text, double *value)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int most = (int)(sizeof power / sizeof *power) - 1;
    decimal d = {.whole = true};
    double x;

    if (!scan(text, &d))
        return false;
    if ((double)d.digits < EXACT_LIMIT && d.scale >= -most && d.scale <= most) {
        x = (double)d.digits;
        x = d.scale < 0 ? x / power[-d.scale] : x * power[d.scale];
        x = *text == '-' ? -x : x;
    } else {
        x = strtod_in_c_locale(text);
    }
    if (!isfinite(x) || (d.whole && fabs(x) >= EXACT_LIMIT))
        return false;
    *value = x;
    return true;
}

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

void hbl_number_write(double value, char text[HBL_NUMBER_SIZE])
{
    if (isnan(value))
        snprintf(text, HBL_NUMBER_SIZE, "NA");
    else if (fabs(value) < 1e15 && value == floor(value))
        snprintf(text, HBL_NUMBER_SIZE, "%" PRId64, (int64_t)value);
    else
        write_in_c_locale(value, text);
}
