/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/persons.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "run/file.h"
#include "run/format.h"

/* Quotes only where RFC 4180 needs it, or where a reader would strip blanks. */
static void put_text(FILE *file, const char *text, const char *suffix)
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

static void put_number(FILE *file, double x)
{
    char text[HBL_FORMAT_LONGEST + 1] = ",";
    const size_t length = hbl_format_double(x, text + 1);
    fwrite(text, 1, length + 1, file);
}

static void put_head(FILE *file, const hbl_model *model)
{
    fputs("person", file);
    for (size_t k = 0; k < model->n_random; k++) {
        fputc(',', file);
        put_text(file, model->name[k], ".mean");
        fputc(',', file);
        put_text(file, model->name[k], ".sd");
    }
    fputs(",rlh,acceptance\n", file);
}

int hbl_persons_write(const char *path, const hbl_model *model, const hbl_person_moments *moments,
                      hbl_error *error)
{
    const size_t n_random = model->n_random;
    FILE *file = fopen(path, "w");

    if (!file)
        return hbl_file_fail(path, error);
    put_head(file, model);
    for (size_t n = 0; n < model->panel->n_persons && !ferror(file); n++) {
        put_text(file, model->panel->person_label[n], "");
        for (size_t k = 0; k < n_random; k++) {
            put_number(file, moments->mean[n * n_random + k]);
            put_number(file, moments->sd[n * n_random + k]);
        }
        put_number(file, moments->rlh[n]);
        put_number(file, moments->acceptance[n]);
        fputc('\n', file);
    }
    return hbl_stream_close(file, path, true, error);
}
