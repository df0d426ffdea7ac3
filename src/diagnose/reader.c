/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "diagnose/draws.h"

int hbl_reader_open(hbl_reader *r, const char *path, hbl_error *error)
{
    *r = (hbl_reader){.path = path};
    r->file = fopen(path, "rb");
    if (!r->file)
        return hbl_fail(error, HBL_ERR_INPUT, "%s: cannot be read: %s", path, strerror(errno));
    return HBL_OK;
}

void hbl_reader_close(hbl_reader *r)
{
    if (r->file)
        fclose(r->file);
    free(r->text);
    *r = (hbl_reader){0};
}

bool hbl_reader_next(hbl_reader *r, int *status, hbl_error *error)
{
    const ssize_t got = getline(&r->text, &r->capacity, r->file);

    if (got < 0) {
        if (!feof(r->file))
            *status = hbl_fail(error, HBL_ERR_INPUT, "%s:%zu: cannot be read: %s", r->path,
                               r->number + 1, strerror(errno));
        return false;
    }
    r->number++;
    r->length = (size_t)got;
    r->ended = r->text[r->length - 1] == '\n';
    if (r->ended)
        r->text[--r->length] = '\0';
    if (r->length > 0 && r->text[r->length - 1] == '\r')
        r->text[--r->length] = '\0';
    return true;
}

bool hbl_reader_is_row(const hbl_reader *r)
{
    return r->length > 0 && r->text[0] != '#';
}
