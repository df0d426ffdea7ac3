/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/csv.h"

#include <stdbool.h>
#include <string.h>

static bool needs_quotes(const char *text)
{
    return !*text || text[0] == ' ' || text[strlen(text) - 1] == ' ' || strpbrk(text, ",\"\r\n");
}

void hbl_csv_put_name(FILE *file, const char *prefix, const char *text, const char *suffix)
{
    const bool quoted = needs_quotes(text);

    if (quoted)
        fputc('"', file);
    fputs(prefix, file);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    fputs(suffix, file);
    if (quoted)
        fputc('"', file);
}

void hbl_csv_put_text(FILE *file, const char *text)
{
    hbl_csv_put_name(file, "", text, "");
}
