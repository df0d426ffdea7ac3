/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/stan_csv.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    for (size_t i = 1; i <= csv->layout.n_fixed; i++)
        append_number(csv, ",alpha.", i);
    append(csv, "\n");
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
    for (size_t i = 0; i < csv->layout.n_fixed; i++)
        at = put(at, draw->alpha[i]);
    at[-1] = '\n';
    return (size_t)(at - row);
}

int hbl_stan_csv_row(hbl_stan_csv *csv, const hbl_draw *draw, hbl_error *error)
{
    if (csv->capacity - csv->used < csv->longest) {
        const int status = hbl_stan_csv_flush(csv, error);
        if (status)
            return status;
    }
    csv->used += put_row(csv, draw, csv->buffer + csv->used);
    csv->n_rows++;
    return HBL_OK;
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
    const size_t n = layout->n_random, n_columns = 3 + n + n * n + layout->n_fixed;
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
        append_comments(csv);
        append_column_names(csv);
        status = write_buffer(csv, error);
        if (status)
            close(csv->file);
    }
    if (status)
        free_parts(csv);
    else
        *out = csv;
    return status;
}

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
