/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Going on with a chain file: where it stands, whether it still is what a checkpoint says, and
 * cutting it back to that.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "core/fail.h"
#include "run/file.h"
#include "run/stan_csv_parts.h"

void hbl_stan_csv_where(const hbl_stan_csv *csv, hbl_stan_csv_mark *mark)
{
    *mark = (hbl_stan_csv_mark){.end = csv->end,
                                .n_rows = csv->n_rows,
                                .crc = csv->crc,
                                .n_pending = csv->used,
                                .pending = csv->buffer};
}

int hbl_stan_csv_sync(hbl_stan_csv *csv, hbl_error *error)
{
    return hbl_file_sync_open(csv->file, csv->path, error);
}

/* The buffer holds the head. The number of rows in it may be any. */
static bool begins_with_head(const hbl_stan_csv *csv, FILE *file)
{
    for (size_t i = 0; i < csv->used; i++) {
        const int c = getc(file);
        const bool counted = i >= csv->count_offset && i < csv->count_offset + HBL_COUNT_WIDTH;
        if (c == EOF || (!counted && c != (unsigned char)csv->buffer[i]))
            return false;
    }
    return true;
}

static bool has_rows(FILE *file, uint64_t size, uint32_t expected)
{
    unsigned char block[1 << 14];
    uint32_t crc = 0;

    while (size > 0) {
        const size_t n = fread(block, 1, size < sizeof block ? (size_t)size : sizeof block, file);
        if (n == 0)
            return false;
        crc = (uint32_t)crc32_z(crc, block, n);
        size -= n;
    }
    return crc == expected;
}

static int inspect(const hbl_stan_csv *csv, const hbl_stan_csv_mark *mark, hbl_error *error)
{
    FILE *file = fopen(csv->path, "rb");

    if (!file)
        return hbl_fail(error, HBL_ERR_INPUT, "%s: cannot be read: %s", csv->path, strerror(errno));
    const bool same = mark->end >= csv->used && mark->n_pending <= csv->capacity &&
                      begins_with_head(csv, file) &&
                      has_rows(file, mark->end - csv->used, mark->crc);
    fclose(file);
    return same ? HBL_OK
                : hbl_fail(error, HBL_ERR_INPUT,
                           "%s: not as it was when the checkpoint was written; was it changed or "
                           "cut?",
                           csv->path);
}

int hbl_stan_csv_check(const char *path, const hbl_stan_csv_layout *layout,
                       const hbl_stan_csv_mark *mark, hbl_error *error)
{
    hbl_stan_csv *csv = hbl_stan_csv_alloc(path, layout, error);
    int status = HBL_ERR_MEMORY;

    if (csv) {
        hbl_stan_csv_append_head(csv);
        status = inspect(csv, mark, error);
        hbl_stan_csv_free(csv);
    }
    return status;
}

/* Rows that stand in the file, the pending ones not among them. */
static uint64_t rows_before(const hbl_stan_csv_mark *mark)
{
    const char *pending = mark->pending;
    uint64_t n = 0;

    for (size_t i = 0; i < mark->n_pending; i++)
        n += pending[i] == '\n';
    return n < mark->n_rows ? mark->n_rows - n : 0;
}

/* The number of rows first: the file never has fewer than its head says. */
static int cut_to(hbl_stan_csv *csv, const hbl_stan_csv_mark *mark, hbl_error *error)
{
    csv->file = open(csv->path, O_WRONLY | O_CLOEXEC);
    if (csv->file < 0)
        return hbl_file_fail(csv->path, error);
    csv->n_flushed = rows_before(mark);
    if (hbl_stan_csv_write_count(csv, error)) {
        close(csv->file);
        return HBL_ERR_WRITE;
    }
    if (ftruncate(csv->file, (off_t)mark->end) == 0 &&
        lseek(csv->file, (off_t)mark->end, SEEK_SET) == (off_t)mark->end)
        return HBL_OK;
    hbl_file_fail(csv->path, error);
    close(csv->file);
    return HBL_ERR_WRITE;
}

int hbl_stan_csv_reopen(const char *path, const hbl_stan_csv_layout *layout,
                        const hbl_stan_csv_mark *mark, hbl_stan_csv **out, hbl_error *error)
{
    hbl_stan_csv *csv = hbl_stan_csv_alloc(path, layout, error);
    int status;

    *out = NULL;
    if (!csv)
        return HBL_ERR_MEMORY;
    hbl_stan_csv_append_head(csv);
    status = cut_to(csv, mark, error);
    if (status) {
        hbl_stan_csv_free(csv);
        return status;
    }
    csv->end = mark->end;
    csv->n_rows = mark->n_rows;
    csv->crc = mark->crc;
    csv->used = mark->n_pending;
    if (mark->n_pending)
        memcpy(csv->buffer, mark->pending, mark->n_pending);
    *out = csv;
    return HBL_OK;
}
