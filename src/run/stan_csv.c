/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/stan_csv.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "core/memory.h"
#include "run/file.h"
#include "run/stan_csv_parts.h"

/* ---- the file */

static int write_buffer(hbl_stan_csv *csv, hbl_error *error)
{
    const int status = csv->broken
                           ? csv->broken
                           : hbl_file_write(csv->file, csv->path, csv->buffer, csv->used, error);
    if (status) {
        csv->broken = status;
        return status;
    }
    csv->crc = (uint32_t)crc32_z(csv->crc, (const void *)csv->buffer, csv->used);
    csv->end += csv->used;
    csv->used = 0;
    return HBL_OK;
}

int hbl_stan_csv_write_count(hbl_stan_csv *csv, hbl_error *error)
{
    char count[HBL_COUNT_WIDTH + 1];
    int status;

    hbl_stan_csv_format_count(csv->n_flushed, count);
    status =
        hbl_file_write_at(csv->file, csv->path, count, HBL_COUNT_WIDTH, csv->count_offset, error);
    csv->broken = csv->broken ? csv->broken : status;
    return status;
}

int hbl_stan_csv_flush(hbl_stan_csv *csv, hbl_error *error)
{
    int status = write_buffer(csv, error);

    if (!status && csv->n_flushed != csv->n_rows) {
        csv->n_flushed = csv->n_rows;
        status = hbl_stan_csv_write_count(csv, error);
    }
    return status;
}

void hbl_stan_csv_free(hbl_stan_csv *csv)
{
    free(csv->path);
    free(csv->buffer);
    free(csv->lower);
    free(csv);
}

hbl_stan_csv *hbl_stan_csv_alloc(const char *path, const hbl_stan_csv_layout *layout,
                                 hbl_error *error)
{
    const size_t n = layout->n_random;
    const size_t n_columns = 3 + n + n * n + n * layout->n_covariates + layout->n_fixed;
    enum { COMMENTS = 1024, NAME = 32 };
    hbl_stan_csv *csv = hbl_calloc(1, sizeof *csv, "a chain file", error);

    if (!csv)
        return NULL;
    csv->layout = *layout;
    csv->longest = n_columns * HBL_CSV_CELL;
    csv->capacity = COMMENTS + n_columns * NAME + HBL_CSV_CHUNK;
    csv->path = hbl_strdup(path, error);
    csv->buffer = hbl_calloc(csv->capacity, 1, "rows of draws", error);
    csv->lower = hbl_calloc(n * n, sizeof *csv->lower, "rows of draws", error);
    if (csv->path && csv->buffer && csv->lower)
        return csv;
    hbl_stan_csv_free(csv);
    return NULL;
}

int hbl_stan_csv_open(const char *path, const hbl_stan_csv_layout *layout, hbl_stan_csv **out,
                      hbl_error *error)
{
    hbl_stan_csv *csv = hbl_stan_csv_alloc(path, layout, error);
    int status;

    *out = NULL;
    if (!csv)
        return HBL_ERR_MEMORY;
    csv->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (csv->file < 0) {
        status = hbl_file_fail(path, error);
    } else {
        hbl_stan_csv_append_head(csv);
        status = write_buffer(csv, error);
        csv->crc = 0;
        if (status)
            close(csv->file);
    }
    if (status)
        hbl_stan_csv_free(csv);
    else
        *out = csv;
    return status;
}

/* ---- rows */

static bool is_full(const hbl_stan_csv *csv)
{
    return csv->capacity - csv->used < csv->longest;
}

/* The row is kept before anything is written, so that none is lost where a write fails. Only a file
 * that is gone on with after such a failure is full from the start. */
int hbl_stan_csv_row(hbl_stan_csv *csv, const hbl_draw *draw, hbl_error *error)
{
    int status = is_full(csv) ? hbl_stan_csv_flush(csv, error) : HBL_OK;

    if (status)
        return status;
    csv->used += hbl_stan_csv_put_row(csv, draw, csv->buffer + csv->used);
    csv->n_rows++;
    return is_full(csv) ? hbl_stan_csv_flush(csv, error) : HBL_OK;
}

uint64_t hbl_stan_csv_n_rows(const hbl_stan_csv *csv)
{
    return csv->n_rows;
}

/* ---- the end */

/* As CmdStan ends its files. The times are 0 because equal seeds have to give equal bytes; run.json
 * has the real ones. */
static const char tail[] = "# \n"
                           "#  Elapsed Time: 0 seconds (Warm-up)\n"
                           "#                0 seconds (Sampling)\n"
                           "#                0 seconds (Total)\n"
                           "# \n";

/* A write that failed half way left a part of a row, or rows that are not counted. Shrinking a
 * file, and writing over what it has, work on a full disk too. */
static void cut_back(hbl_stan_csv *csv)
{
    if (ftruncate(csv->file, (off_t)csv->end) == 0)
        hbl_stan_csv_write_count(csv, NULL);
}

int hbl_stan_csv_close(hbl_stan_csv *csv, hbl_error *error)
{
    int status, closed;

    if (!csv)
        return HBL_OK;
    status = hbl_stan_csv_flush(csv, error);
    if (!status) {
        hbl_stan_csv_append(csv, tail);
        status = write_buffer(csv, error);
    }
    if (status)
        cut_back(csv);
    closed = hbl_file_close(csv->file, csv->path, !status, error);
    hbl_stan_csv_free(csv);
    return status ? status : closed;
}
