/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/csv.h"

#include <stdbool.h>
#include <string.h>

#include "run/format.h"

void hbl_csv_put_text(FILE *file, const char *text, const char *suffix)
{
    const bool blank = text[0] == ' ' || (text[0] && text[strlen(text) - 1] == ' ');
    const bool quoted = blank || strpbrk(text, ",\"\r\n");

    if (quoted)
        fputc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    fputs(suffix, file);
    if (quoted)
        fputc('"', file);
}

void hbl_csv_put_number(FILE *file, double x)
{
    char text[HBL_FORMAT_LONGEST + 1] = ",";
    const size_t length = hbl_format_double(x, text + 1);
    fwrite(text, 1, length + 1, file);
}
