/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is fuzzed: each function takes bytes for the contents of a file, or for a text, hands them
 * to a reader, and uses what comes out. Whatever the bytes, there must be no crash, no undefined
 * behaviour, no leak, and either a result or a sentence.
 */
#ifndef HBL_TESTS_FUZZ_TARGETS_H
#define HBL_TESTS_FUZZ_TARGETS_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "hblogit/hblogit.h"

/* A result and a sentence exclude each other. */
static inline void fuzz_told(int status, const hbl_error *error)
{
    if ((status != 0) != (error->message[0] != '\0') || strchr(error->message, '\n'))
        abort();
}

/* A file in memory with these bytes, by a path; closed by its number. */
static inline int fuzz_file(const uint8_t *data, size_t size, char path[64])
{
    const int file = memfd_create("fuzz", 0);

    if (file < 0 || write(file, data, size) != (ssize_t)size)
        abort();
    snprintf(path, 64, "/proc/self/fd/%d", file);
    return file;
}

/* The bytes as a text of their own, so that a step beyond its end is seen. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    if (!text)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

/* Where reports go. */
static inline FILE *fuzz_sink(void)
{
    static FILE *sink;

    if (!sink && !(sink = fopen("/dev/null", "w")))
        abort();
    return sink;
}

/* The bytes up to the next zero byte; *data and *size are what follows it. */
static inline size_t fuzz_part(const uint8_t **data, size_t *size, const uint8_t **part)
{
    const uint8_t *end = *size ? memchr(*data, '\0', *size) : NULL;
    const size_t n = end ? (size_t)(end - *data) : *size;

    *part = *data;
    *size -= end ? n + 1 : n;
    *data += end ? n + 1 : n;
    return n;
}

/* ---- data ---- */

static inline bool fuzz_is_wanted(const void *unused, const char *name)
{
    (void)unused;
    return strlen(name) % 2 == 1;
}

/* The bytes as gzip packs them, to be freed. */
static inline uint8_t *fuzz_gzip(const uint8_t *data, size_t size, size_t *packed)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)size};
    uint8_t *out = malloc(size + 64);

    if (!out || deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    stream.next_out = out;
    stream.avail_out = (uInt)(size + 64);
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort();
    *packed = stream.total_out;
    deflateEnd(&stream);
    return out;
}

/* Reads the bytes as a file; what it says without the file's name; the cells, summed up. */
static inline double fuzz_read_table(const uint8_t *data, size_t size,
                                     const hbl_table_options *options, hbl_error *error)
{
    hbl_table *table = NULL;
    char path[64];
    const int file = fuzz_file(data, size, path);
    const int status = hbl_table_read(path, options, &table, error);
    double sum = 0;

    fuzz_told(status, error);
    if (status && strncmp(error->message, path, strlen(path)) == 0)
        memmove(error->message, error->message + strlen(path),
                strlen(error->message + strlen(path)) + 1);
    for (size_t j = 0; table && j < table->n_columns; j++)
        for (size_t i = 0; i < table->n_rows; i++) {
            const hbl_column *c = &table->column[j];
            const double cell = c->type == HBL_COLUMN_TEXT ? c->code[i] : c->number[i];
            sum += isnan(cell) ? 1 : cell / (1 + fabs(cell)) * (double)(1 + (i + j) % 5);
        }
    hbl_table_free(table);
    close(file);
    return sum;
}

/* As it is, packed, with other marks and some of the columns. Packed it must read the same. */
static inline void fuzz_table(const uint8_t *data, size_t size)
{
    static const hbl_table_options other = {
        .delimiter = ';', .decimal = ',', .wanted = fuzz_is_wanted};
    hbl_error error = HBL_ERROR_INIT, of_packed = HBL_ERROR_INIT, of_other = HBL_ERROR_INIT;
    size_t packed_size;
    uint8_t *packed = fuzz_gzip(data, size, &packed_size);
    const double sum = fuzz_read_table(data, size, NULL, &error);
    const double sum_packed = fuzz_read_table(packed, packed_size, NULL, &of_packed);
    const bool is_packed = size > 1 && data[0] == 0x1f && data[1] == 0x8b;

    if (!is_packed && (sum != sum_packed || strcmp(error.message, of_packed.message) != 0))
        abort();
    fuzz_read_table(data, size, &other, &of_other);
    free(packed);
}

/* A data file read by a model with an intercept, an interaction of the kind, and check. */
static inline void fuzz_panel(const uint8_t *data, size_t size)
{
    static const char text[] = "{\"data\":{\"file\":\"%s\",\"person\":\"p\",\"task\":\"t\","
                               "\"alternative\":\"a\",\"choice\":\"y\"},"
                               "\"formula\":\"y ~ x | z | w\",\"random\":{\"x\":\"lognormal\"}}";
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;
    hbl_model *model = NULL;
    hbl_findings *findings = NULL;
    char path[64], model_path[64], whole[512];
    const int file = fuzz_file(data, size, path);
    const int n = snprintf(whole, sizeof whole, text, path);
    const int model_file = fuzz_file((const uint8_t *)whole, (size_t)n, model_path);

    if (hbl_spec_read(model_path, NULL, 0, &spec, &error))
        abort();
    if (!hbl_model_build(spec, NULL, &model, &error))
        hbl_model_check(model, &spec->hb.prior, &findings, &error);
    fuzz_told(error.status, &error);
    hbl_findings_free(findings);
    hbl_model_free(model);
    hbl_spec_free(spec);
    close(file);
    close(model_file);
}

/* ---- what a run leaves ---- */

static inline void fuzz_draws(const uint8_t *data, size_t size)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_draws *draws = NULL;
    char path[64];
    const int file = fuzz_file(data, size, path);
    const char *const paths[] = {path};

    if (!hbl_draws_open(paths, 1, &draws, &error)) {
        const size_t n = hbl_draws_n_draws(draws), columns = hbl_draws_n_columns(draws);
        double *values = calloc(n ? n : 1, sizeof *values);
        for (size_t c = 0; values && c < columns && c < 8; c++)
            hbl_draws_read(draws, &c, 1, 1, &values, &error);
        free(values);
        hbl_draws_close(draws);
    }
    fuzz_told(error.status, &error);
    close(file);
}

/* A folder of this process, removed at its end. */
static char fuzz_folder_path[64];

static inline void fuzz_folder_remove(void)
{
    char command[96];

    snprintf(command, sizeof command, "rm -rf %s", fuzz_folder_path);
    if (system(command))
        fprintf(stderr, "%s failed\n", command);
}

static inline const char *fuzz_folder(void)
{
    if (!*fuzz_folder_path) {
        strcpy(fuzz_folder_path, access("/dev/shm", W_OK) ? "/tmp/hblogit-fuzz-XXXXXX"
                                                          : "/dev/shm/hblogit-fuzz-XXXXXX");
        if (!mkdtemp(fuzz_folder_path) || atexit(fuzz_folder_remove))
            abort();
    }
    return fuzz_folder_path;
}

static inline void fuzz_put(const char *folder, const char *name, const void *data, size_t size)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file))
        abort();
}

/* run.json, a zero byte, chain-1.csv; and a report of them. */
static inline void fuzz_run(const uint8_t *data, size_t size)
{
    const uint8_t *end = size ? memchr(data, '\0', size) : NULL;
    const size_t first = end ? (size_t)(end - data) : size;
    hbl_error error = HBL_ERROR_INIT;
    hbl_summary *summary = NULL;
    FILE *sink = fuzz_sink();

    fuzz_put(fuzz_folder(), "run.json", data, first);
    fuzz_put(fuzz_folder(), "chain-1.csv", end ? end + 1 : data, end ? size - first - 1 : 0);
    if (!hbl_summary_read(fuzz_folder(), &summary, &error) &&
        !hbl_report_summary(sink, summary, &error) &&
        !hbl_report_summary_json(sink, summary, &error))
        hbl_report_convergence(sink, summary, &error);
    fuzz_told(error.status, &error);
    hbl_summary_free(summary);
}

#include "fuzz/checkpoint.h"
#include "fuzz/estimates.h"
#include "fuzz/expression.h"
#include "fuzz/model_file.h"
#include "fuzz/runs.h"

typedef struct {
    const char *name;
    void (*run)(const uint8_t *data, size_t size);
} fuzz_target;

static const fuzz_target fuzz_targets[] = {
    {"table", fuzz_table},
    {"panel", fuzz_panel},
    {"data", fuzz_data},
    {"expression", fuzz_expression},
    {"spec", fuzz_spec},
    {"override", fuzz_override},
    {"formula", fuzz_formula},
    {"linear", fuzz_linear},
    {"draws", fuzz_draws},
    {"run", fuzz_run},
    {"estimates", fuzz_estimates},
    {"hypothesis", fuzz_hypothesis},
    {"checkpoint", fuzz_checkpoint},
    {"resume", fuzz_resume},
    {"compare", fuzz_compare},
};
enum { FUZZ_TARGETS = sizeof fuzz_targets / sizeof *fuzz_targets };

#endif
