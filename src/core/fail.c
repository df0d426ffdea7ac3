/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/fail.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Names from files may hold newlines; a message is one line. */
static void make_one_line(char *text)
{
    for (; *text; text++)
        if (iscntrl((unsigned char)*text))
            *text = ' ';
}

int hbl_fail(hbl_error *error, hbl_status status, const char *format, ...)
{
    if (error && error->status == HBL_OK) {
        va_list arguments;
        va_start(arguments, format);
        error->status = status;
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        make_one_line(error->message);
    }
    return status;
}

int hbl_fail_memory(hbl_error *error, const char *what)
{
    return hbl_fail(error, HBL_ERR_MEMORY, "out of memory for %s", what);
}

enum { LONGEST = 64 };

/* Levenshtein's distance, letters compared without case; a large number for long words. */
static size_t edit_distance(const char *a, const char *b)
{
    const size_t n = strlen(a), m = strlen(b);
    size_t row[LONGEST + 1];

    if (n > LONGEST || m > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            const size_t above = row[j];
            const int same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            size_t best = diagonal + (same ? 0 : 1);
            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[m];
}

const char *hbl_nearest(const char *name, const char *const *candidates, size_t n)
{
    const char *nearest = NULL;
    size_t least = 1 + strlen(name) / 3;

    for (size_t i = 0; i < n; i++) {
        const size_t distance = edit_distance(name, candidates[i]);
        if (distance < strlen(name) && distance <= least && !(nearest && distance == least)) {
            nearest = candidates[i];
            least = distance;
        }
    }
    return nearest;
}
