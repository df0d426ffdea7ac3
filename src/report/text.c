/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "core/fail.h"

/* ---- streams ---- */

int hbl_output_begin(hbl_output *out, FILE *file, hbl_error *error)
{
    out->file = file;
    out->c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (out->c_locale == (locale_t)0)
        return hbl_fail_memory(error, "a locale");
    out->before = uselocale(out->c_locale);
    errno = 0;
    return HBL_OK;
}

int hbl_output_end(hbl_output *out, int status, const char *what, hbl_error *error)
{
    if (out->c_locale != (locale_t)0) {
        uselocale(out->before);
        freelocale(out->c_locale);
    }
    if (status)
        return status;
    if (fflush(out->file) != 0 || ferror(out->file))
        return hbl_fail(error, HBL_ERR_WRITE, "%s could not be written whole: %s", what,
                        errno ? strerror(errno) : "write error");
    return HBL_OK;
}

void hbl_put_text(FILE *file, const char *text)
{
    for (const char *s = text; *s; s++)
        fputc((unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s, file);
}

void hbl_put_wrapped(FILE *file, const char *first, const char *text)
{
    const size_t indent = strlen(first), width = HBL_LINE_WIDTH - indent;

    hbl_put_text(file, first);
    for (size_t used = 0; *text;) {
        const size_t word = strcspn(text, " "), space = strspn(text + word, " ");

        if (used > 0 && used + 1 + word > width) {
            fprintf(file, "\n%*s", (int)indent, "");
            used = 0;
        } else if (used > 0) {
            fputc(' ', file);
            used++;
        }
        for (size_t i = 0; i < word; i++)
            fputc((unsigned char)text[i] < 0x20 ? '?' : text[i], file);
        used += word;
        text += word + space;
    }
    fputc('\n', file);
}

/* ---- numbers ---- */

enum { MOST_DECIMALS = 10 };

/* Decimals that show so many significant digits of x. */
static int decimals_for(double x, int digits)
{
    if (!isfinite(x) || x == 0)
        return 0;
    return digits - 1 - (int)floor(log10(fabs(x)));
}

static int largest(int a, int b)
{
    return a > b ? a : b;
}

int hbl_decimals(double mean, double sd, double mcse)
{
    int decimals;

    if (isfinite(mcse) && mcse > 0)
        decimals = largest(decimals_for(mcse, 1), decimals_for(sd, 2));
    else
        decimals = decimals_for(fmax(fabs(mean), isfinite(sd) ? sd : 0), 4);
    return decimals < 0 ? 0 : decimals;
}

void hbl_format_decimals(double x, int decimals, char text[HBL_NUMBER_SIZE])
{
    if (isnan(x)) {
        strcpy(text, "-");
        return;
    }
    if (!isfinite(x) || decimals > MOST_DECIMALS || fabs(x) >= 1e9) {
        snprintf(text, HBL_NUMBER_SIZE, "%.4g", x);
        return;
    }
    snprintf(text, HBL_NUMBER_SIZE, "%.*f", decimals, x);
    if (text[0] == '-' && text[1 + strspn(text + 1, "0.")] == '\0') /* -0.00 */
        memmove(text, text + 1, strlen(text));
}

void hbl_format_count(double x, char text[HBL_NUMBER_SIZE])
{
    char digits[HBL_NUMBER_SIZE];
    size_t length, out = 0;

    if (!isfinite(x) || fabs(x) >= 1e15) {
        hbl_format_decimals(x, 0, text);
        return;
    }
    snprintf(digits, sizeof digits, "%.0f", floor(x));
    length = strlen(digits);
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
            text[out++] = ',';
        text[out++] = digits[i];
    }
    text[out] = '\0';
}

void hbl_format_rhat(double x, char text[HBL_NUMBER_SIZE])
{
    hbl_format_decimals(x > 1.01 && isfinite(x) ? ceil(x * 1000 - 1e-6) / 1000 : x, 3, text);
}
