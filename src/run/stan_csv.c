/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/stan_csv.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "core/fail.h"
#include "core/memory.h"
#include "run/file.h"
#include "run/format.h"

enum {
    COUNT_WIDTH = 20, /* of the num_samples field: any 64-bit number */
    CHUNK = 1 << 17,  /* bytes gathered before they are written */
    CELL = HBL_FORMAT_LONGEST + 1
};

/* Where the text of an element of the lower triangle begins in the row, and its length. */
typedef struct {
    size_t begin, length;
} cell;

struct hbl_stan_csv {
    char *path;
    int file;
    hbl_stan_csv_layout layout;
    uint64_t count_offset; /* of the num_samples field */
    uint64_t end;          /* bytes in the file: head and whole rows */
    uint64_t n_rows, n_flushed;
    uint32_t crc;   /* of the rows in the file */
    int broken;     /* a write failed: nothing more is written */
    size_t longest; /* row */
    size_t used, capacity;
    char *buffer;
    cell *lower; /* n_random x n_random, one triangle used */
};

/* ---- head and tail */

/* The field is filled up with spaces, which readers strip, so that it can be written over. */
static void format_count(uint64_t count, char field[COUNT_WIDTH + 1])
{
    snprintf(field, COUNT_WIDTH + 1, "%-*" PRIu64, COUNT_WIDTH, count);
}

static void append(hbl_stan_csv *csv, const char *text)
{
    const size_t length = strlen(text);
    memcpy(csv->buffer + csv->used, text, length);
    csv->used += length;
}

static void append_number(hbl_stan_csv *csv, const char *before, uint64_t number)
{
    char text[32];
    append(csv, before);
    snprintf(text, sizeof text, "%" PRIu64, number);
    append(csv, text);
}

static void append_comments(hbl_stan_csv *csv)
{
    const hbl_stan_csv_layout *layout = &csv->layout;
    char count[COUNT_WIDTH + 1];

    append(csv, "# stan_version_major = 2\n"
                "# stan_version_minor = 36\n"
                "# stan_version_patch = 0\n"
                "# model = hblogit_model\n"
                "# method = sample\n"
                "#   sample\n"
                "#     num_samples = ");
    csv->count_offset = csv->used;
    format_count(0, count);
    append(csv, count);
    append_number(csv, "\n#     num_warmup = ", layout->n_warmup);
    /* thin is 1 whatever the sampler's thinning: readers expect num_samples / thin rows */
    append(csv, "\n#     save_warmup = 0\n"
                "#     thin = 1\n"
                "#     algorithm = fixed_param\n"
                "#     metric = unit_e\n");
    append_number(csv, "# id = ", layout->chain);
    append_number(csv, "\n# random\n#   seed = ", layout->seed);
    append(csv, "\n");
}

static void append_column_names(hbl_stan_csv *csv)
{
    append(csv, "lp__,accept_stat__,loglik");
    for (size_t i = 1; i <= csv->layout.n_random; i++)
        append_number(csv, ",mu.", i);
    for (size_t j = 1; j <= csv->layout.n_random; j++) {
        for (size_t i = 1; i <= csv->layout.n_random; i++) {
            append_number(csv, ",Omega.", i);
            append_number(csv, ".", j);
        }
    }
    for (size_t k = 1; k <= csv->layout.n_random; k++) {
        for (size_t q = 1; q <= csv->layout.n_covariates; q++) {
            append_number(csv, ",Delta.", q);
            append_number(csv, ".", k);
        }
    }
    for (size_t i = 1; i <= csv->layout.n_fixed; i++)
        append_number(csv, ",alpha.", i);
    append(csv, "\n");
}

static void append_head(hbl_stan_csv *csv)
{
    append_comments(csv);
    append_column_names(csv);
}

/* As CmdStan ends its files. The times are 0 because equal seeds have to give equal bytes; run.json
 * has the real ones. */
static const char tail[] = "# \n"
                           "#  Elapsed Time: 0 seconds (Warm-up)\n"
                           "#                0 seconds (Sampling)\n"
                           "#                0 seconds (Total)\n"
                           "# \n";

/* ---- rows */

static char *put(char *at, double x)
{
    at += hbl_format_double(x, at);
    *at++ = ',';
    return at;
}

/* Column-major. Column j of the upper triangle is row j of the lower one, whose text stands further
 * to the left in the same row. */
static char *put_omega(hbl_stan_csv *csv, const double *omega, char *row, char *at)
{
    const size_t n = csv->layout.n_random;

    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < j; i++) {
            const cell *text = &csv->lower[j * n + i];
            memcpy(at, row + text->begin, text->length);
            at += text->length;
        }
        for (size_t i = j; i < n; i++) {
            cell *text = &csv->lower[i * n + j];
            text->begin = (size_t)(at - row);
            at = put(at, omega[i * n + j]);
            text->length = (size_t)(at - row) - text->begin;
        }
    }
    return at;
}

static size_t put_row(hbl_stan_csv *csv, const hbl_draw *draw, char *row)
{
    char *at = put(row, draw->log_posterior);

    at = put(at, draw->acceptance);
    at = put(at, draw->log_likelihood);
    for (size_t i = 0; i < csv->layout.n_random; i++)
        at = put(at, draw->mu[i]);
    at = put_omega(csv, draw->omega, row, at);
    for (size_t k = 0; k < csv->layout.n_random; k++)
        for (size_t q = 0; q < csv->layout.n_covariates; q++)
            at = put(at, draw->delta[q * csv->layout.n_random + k]);
    for (size_t i = 0; i < csv->layout.n_fixed; i++)
        at = put(at, draw->alpha[i]);
    at[-1] = '\n';
    return (size_t)(at - row);
}

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
    csv->used += put_row(csv, draw, csv->buffer + csv->used);
    csv->n_rows++;
    return is_full(csv) ? hbl_stan_csv_flush(csv, error) : HBL_OK;
}

uint64_t hbl_stan_csv_n_rows(const hbl_stan_csv *csv)
{
    return csv->n_rows;
}

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

static int write_count(hbl_stan_csv *csv, hbl_error *error)
{
    char count[COUNT_WIDTH + 1];
    int status;

    format_count(csv->n_flushed, count);
    status = hbl_file_write_at(csv->file, csv->path, count, COUNT_WIDTH, csv->count_offset, error);
    csv->broken = csv->broken ? csv->broken : status;
    return status;
}

int hbl_stan_csv_flush(hbl_stan_csv *csv, hbl_error *error)
{
    int status = write_buffer(csv, error);

    if (!status && csv->n_flushed != csv->n_rows) {
        csv->n_flushed = csv->n_rows;
        status = write_count(csv, error);
    }
    return status;
}

static void free_parts(hbl_stan_csv *csv)
{
    free(csv->path);
    free(csv->buffer);
    free(csv->lower);
    free(csv);
}

static hbl_stan_csv *alloc_parts(const char *path, const hbl_stan_csv_layout *layout,
                                 hbl_error *error)
{
    const size_t n = layout->n_random;
    const size_t n_columns = 3 + n + n * n + n * layout->n_covariates + layout->n_fixed;
    enum { COMMENTS = 1024, NAME = 32 };
    hbl_stan_csv *csv = hbl_calloc(1, sizeof *csv, "a chain file", error);

    if (!csv)
        return NULL;
    csv->layout = *layout;
    csv->longest = n_columns * CELL;
    csv->capacity = COMMENTS + n_columns * NAME + CHUNK;
    csv->path = hbl_strdup(path, error);
    csv->buffer = hbl_calloc(csv->capacity, 1, "rows of draws", error);
    csv->lower = hbl_calloc(n * n, sizeof *csv->lower, "rows of draws", error);
    if (csv->path && csv->buffer && csv->lower)
        return csv;
    free_parts(csv);
    return NULL;
}

int hbl_stan_csv_open(const char *path, const hbl_stan_csv_layout *layout, hbl_stan_csv **out,
                      hbl_error *error)
{
    hbl_stan_csv *csv = alloc_parts(path, layout, error);
    int status;

    *out = NULL;
    if (!csv)
        return HBL_ERR_MEMORY;
    csv->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (csv->file < 0) {
        status = hbl_file_fail(path, error);
    } else {
        append_head(csv);
        status = write_buffer(csv, error);
        csv->crc = 0;
        if (status)
            close(csv->file);
    }
    if (status)
        free_parts(csv);
    else
        *out = csv;
    return status;
}

/* ---- going on with a file */

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
        const bool counted = i >= csv->count_offset && i < csv->count_offset + COUNT_WIDTH;
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
    hbl_stan_csv *csv = alloc_parts(path, layout, error);
    int status = HBL_ERR_MEMORY;

    if (csv) {
        append_head(csv);
        status = inspect(csv, mark, error);
        free_parts(csv);
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
    if (write_count(csv, error)) {
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
    hbl_stan_csv *csv = alloc_parts(path, layout, error);
    int status;

    *out = NULL;
    if (!csv)
        return HBL_ERR_MEMORY;
    append_head(csv);
    status = cut_to(csv, mark, error);
    if (status) {
        free_parts(csv);
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

/* ---- the end */

/* A write that failed half way left a part of a row, or rows that are not counted. Shrinking a
 * file, and writing over what it has, work on a full disk too. */
static void cut_back(hbl_stan_csv *csv)
{
    if (ftruncate(csv->file, (off_t)csv->end) == 0)
        write_count(csv, NULL);
}

int hbl_stan_csv_close(hbl_stan_csv *csv, hbl_error *error)
{
    int status, closed;

    if (!csv)
        return HBL_OK;
    status = hbl_stan_csv_flush(csv, error);
    if (!status) {
        append(csv, tail);
        status = write_buffer(csv, error);
    }
    if (status)
        cut_back(csv);
    closed = hbl_file_close(csv->file, csv->path, !status, error);
    free_parts(csv);
    return status ? status : closed;
}
