/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/zarr.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fail.h"
#include "core/memory.h"
#include "run/file.h"
#include "run/zarr_store.h"

enum {
    DRAWS = 64,              /* in a chunk, at most */
    LARGEST_CHUNK = 1 << 22, /* bytes */
    LARGEST_BUFFER = 1 << 23 /* bytes a chain gathers, where one draw is not more already */
};

/* What one chain writes with; nobody else touches it. */
typedef struct {
    size_t n_written, n_held; /* draws in chunks on the disk, draws in held */
    size_t n_synced;          /* of those in chunks, that have been waited for */
    double *held;             /* draws_a_chunk x n_persons x n_coefficients */
    double *chunk;            /* as it goes into the file */
    void *packed;
} stream;

struct hbl_zarr {
    char *directory;
    hbl_zarr_layout layout;
    size_t draws_a_chunk, persons_a_chunk;
    stream *stream;
};

static size_t bounded(size_t x, size_t low, size_t high)
{
    return x < low ? low : x > high ? high : x;
}

static void choose_chunks(hbl_zarr *zarr)
{
    const hbl_zarr_layout *layout = &zarr->layout;
    const size_t person = layout->n_coefficients * sizeof(double);
    const size_t draw = layout->n_persons * person;

    /* not by the number of draws, to which a later run may add */
    zarr->draws_a_chunk = bounded(LARGEST_BUFFER / (draw ? draw : 1), 1, DRAWS);
    zarr->persons_a_chunk = bounded(LARGEST_CHUNK / (zarr->draws_a_chunk * (person ? person : 1)),
                                    1, layout->n_persons ? layout->n_persons : 1);
}

/* ---- chunks of draws */

static void gather(const hbl_zarr *zarr, const stream *s, size_t first, size_t n_draws,
                   size_t n_persons)
{
    const size_t n_coefficients = zarr->layout.n_coefficients;
    const size_t size = zarr->draws_a_chunk * zarr->persons_a_chunk * n_coefficients;

    if (n_draws < zarr->draws_a_chunk || n_persons < zarr->persons_a_chunk)
        for (size_t i = 0; i < size; i++)
            s->chunk[i] = NAN;
    for (size_t d = 0; d < n_draws; d++)
        memcpy(s->chunk + d * zarr->persons_a_chunk * n_coefficients,
               s->held + (d * zarr->layout.n_persons + first) * n_coefficients,
               n_persons * n_coefficients * sizeof(double));
}

static char *chunk_path(const hbl_zarr *zarr, size_t chain, size_t draw, size_t person,
                        hbl_error *error)
{
    char name[128];

    snprintf(name, sizeof name, "beta/%zu.%zu.%zu.0", chain, draw / zarr->draws_a_chunk,
             person / zarr->persons_a_chunk);
    return hbl_path_join(zarr->directory, name, error);
}

/* Every chunk has the full size; what there is no draw or person for is NaN. */
static int write_held(hbl_zarr *zarr, size_t chain, hbl_error *error)
{
    stream *s = &zarr->stream[chain];
    const size_t width = zarr->persons_a_chunk, n_persons = zarr->layout.n_persons;
    const size_t size = zarr->draws_a_chunk * width * zarr->layout.n_coefficients * sizeof(double);
    int status = HBL_OK;

    for (size_t first = 0; !status && s->n_held > 0 && first < n_persons; first += width) {
        char *path = chunk_path(zarr, chain, s->n_written, first, error);
        gather(zarr, s, first, s->n_held, bounded(n_persons - first, 0, width));
        status =
            path ? hbl_zarr_write_chunk(path, s->chunk, size, s->packed, error) : HBL_ERR_MEMORY;
        free(path);
    }
    if (!status) {
        s->n_written += s->n_held;
        s->n_held = 0;
    }
    return status;
}

double *hbl_zarr_slot(hbl_zarr *zarr, size_t chain)
{
    const stream *s = &zarr->stream[chain];
    return s->held + s->n_held * zarr->layout.n_persons * zarr->layout.n_coefficients;
}

int hbl_zarr_commit(hbl_zarr *zarr, size_t chain, hbl_error *error)
{
    stream *s = &zarr->stream[chain];

    s->n_held++;
    return s->n_held < zarr->draws_a_chunk ? HBL_OK : write_held(zarr, chain, error);
}

/* ---- the group */

static int write_metadata(const hbl_zarr *zarr, size_t n_draws, size_t person_width,
                          size_t coefficient_width, hbl_error *error)
{
    const hbl_zarr_layout *layout = &zarr->layout;
    hbl_zarr_array array[3] = {
        {"beta",
         4,
         {layout->n_chains, n_draws, layout->n_persons, layout->n_coefficients},
         {1, zarr->draws_a_chunk, zarr->persons_a_chunk, layout->n_coefficients},
         {"chain", "draw", "person", "coefficient"},
         "",
         "NaN"},
        {"person", 1, {layout->n_persons}, {layout->n_persons}, {"person"}, "", NULL},
        {"coefficient",
         1,
         {layout->n_coefficients},
         {layout->n_coefficients},
         {"coefficient"},
         "",
         NULL}};

    snprintf(array[0].type, sizeof array[0].type, "%sf8", hbl_zarr_byte_order);
    snprintf(array[1].type, sizeof array[1].type, "%sU%zu", hbl_zarr_byte_order, person_width);
    snprintf(array[2].type, sizeof array[2].type, "%sU%zu", hbl_zarr_byte_order, coefficient_width);
    return hbl_zarr_write_metadata(zarr->directory, array, 3, error);
}

/* The one chunk of a coordinate; width: the longest label. */
static int write_labels(const hbl_zarr *zarr, const char *name, char *const *label, size_t n,
                        size_t *width, hbl_error *error)
{
    char *path = hbl_path_join(zarr->directory, name, error);
    void *code = hbl_zarr_encode_labels(label, n, width, error), *packed = NULL;
    const size_t size = n * *width * sizeof(uint32_t);
    int status = HBL_ERR_MEMORY;

    if (path && code)
        packed = hbl_calloc(hbl_zarr_packed_size(size), 1, "labels of persons", error);
    if (packed)
        status = hbl_zarr_write_chunk(path, code, size, packed, error);
    free(packed);
    free(code);
    free(path);
    return status;
}

/* Labels and metadata for a number of draws. */
static int describe(const hbl_zarr *zarr, size_t n_draws, hbl_error *error)
{
    const hbl_zarr_layout *layout = &zarr->layout;
    size_t person_width, coefficient_width;
    int status =
        write_labels(zarr, "person/0", layout->person, layout->n_persons, &person_width, error);

    if (!status)
        status = write_labels(zarr, "coefficient/0", layout->coefficient, layout->n_coefficients,
                              &coefficient_width, error);
    if (!status)
        status = write_metadata(zarr, n_draws, person_width, coefficient_width, error);
    return status;
}

static int make_folders(const hbl_zarr *zarr, hbl_error *error)
{
    static const char *const name[] = {"", "beta", "person", "coefficient"};
    int status = HBL_OK;

    for (size_t i = 0; !status && i < sizeof name / sizeof *name; i++) {
        char *path = hbl_path_join(zarr->directory, name[i], error);
        if (!path)
            status = HBL_ERR_MEMORY;
        else if (mkdir(path, 0777) && errno != EEXIST)
            status = hbl_file_fail(path, error);
        free(path);
    }
    return status;
}

static int alloc_streams(hbl_zarr *zarr, hbl_error *error)
{
    const size_t n_coefficients = zarr->layout.n_coefficients;
    const size_t held = zarr->draws_a_chunk * zarr->layout.n_persons * n_coefficients;
    const size_t chunk = zarr->draws_a_chunk * zarr->persons_a_chunk * n_coefficients;

    zarr->stream =
        hbl_calloc(zarr->layout.n_chains, sizeof *zarr->stream, "draws of persons", error);
    for (size_t c = 0; zarr->stream && c < zarr->layout.n_chains; c++) {
        stream *s = &zarr->stream[c];
        s->held = hbl_calloc(held, sizeof(double), "draws of persons", error);
        s->chunk = hbl_calloc(chunk, sizeof(double), "draws of persons", error);
        s->packed =
            hbl_calloc(hbl_zarr_packed_size(chunk * sizeof(double)), 1, "draws of persons", error);
        if (!s->held || !s->chunk || !s->packed)
            return HBL_ERR_MEMORY;
    }
    return zarr->stream ? HBL_OK : HBL_ERR_MEMORY;
}

static void free_zarr(hbl_zarr *zarr)
{
    for (size_t c = 0; zarr->stream && c < zarr->layout.n_chains; c++) {
        free(zarr->stream[c].held);
        free(zarr->stream[c].chunk);
        free(zarr->stream[c].packed);
    }
    free(zarr->stream);
    free(zarr->directory);
    free(zarr);
}

int hbl_zarr_open(const char *directory, const hbl_zarr_layout *layout, hbl_zarr **out,
                  hbl_error *error)
{
    hbl_zarr *zarr = hbl_calloc(1, sizeof *zarr, "draws of persons", error);
    int status = HBL_ERR_MEMORY;

    *out = NULL;
    if (!zarr)
        return HBL_ERR_MEMORY;
    zarr->layout = *layout;
    zarr->directory = hbl_strdup(directory, error);
    choose_chunks(zarr);
    if (zarr->directory)
        status = alloc_streams(zarr, error);
    if (!status)
        status = make_folders(zarr, error);
    if (!status)
        status = describe(zarr, layout->n_draws, error);
    if (status)
        free_zarr(zarr);
    else
        *out = zarr;
    return status;
}

/* ---- going on with a group */

void hbl_zarr_where(const hbl_zarr *zarr, size_t chain, hbl_zarr_mark *mark)
{
    const hbl_zarr_layout *layout = &zarr->layout;
    const stream *s = &zarr->stream[chain];

    *mark = (hbl_zarr_mark){.n_written = s->n_written,
                            .n_held = s->n_held,
                            .held = s->held,
                            .size = s->n_held * layout->n_persons * layout->n_coefficients *
                                    sizeof(double)};
}

/* Calls visit with the path of every chunk of the chain's draws from first to end. */
static int for_chunks(const hbl_zarr *zarr, size_t chain, size_t first, size_t end,
                      int (*visit)(const char *path, hbl_error *error), hbl_error *error)
{
    int status = HBL_OK;

    for (size_t d = first; !status && d < end; d += zarr->draws_a_chunk)
        for (size_t n = 0; !status && n < zarr->layout.n_persons; n += zarr->persons_a_chunk) {
            char *path = chunk_path(zarr, chain, d, n, error);
            status = path ? visit(path, error) : HBL_ERR_MEMORY;
            free(path);
        }
    return status;
}

int hbl_zarr_sync(hbl_zarr *zarr, hbl_error *error)
{
    char *folder = hbl_path_join(zarr->directory, "beta", error);
    int status = folder ? HBL_OK : HBL_ERR_MEMORY;

    for (size_t c = 0; !status && c < zarr->layout.n_chains; c++) {
        stream *s = &zarr->stream[c];
        status = for_chunks(zarr, c, s->n_synced, s->n_written, hbl_file_sync, error);
        s->n_synced = s->n_written;
    }
    if (!status)
        status = hbl_folder_sync(folder, error);
    free(folder);
    return status;
}

static int expect_chunk(const char *path, hbl_error *error)
{
    return access(path, R_OK)
               ? hbl_fail(error, HBL_ERR_INPUT, "%s: cannot be read: %s", path, strerror(errno))
               : HBL_OK;
}

/* Whether a file of beta/ is a chunk of the chain with draws from first on. */
static bool is_beyond(const hbl_zarr *zarr, const char *name, size_t chain, size_t first)
{
    unsigned long c, d, n;
    char end;

    return sscanf(name, "%lu.%lu.%lu.0%c", &c, &d, &n, &end) == 3 && c == chain &&
           d * zarr->draws_a_chunk >= first;
}

static int remove_beyond(const hbl_zarr *zarr, size_t chain, size_t first, hbl_error *error)
{
    char *path = hbl_path_join(zarr->directory, "beta", error);
    DIR *folder = path ? opendir(path) : NULL;
    int status = !path ? HBL_ERR_MEMORY : folder ? HBL_OK : hbl_file_fail(path, error);

    for (struct dirent *entry; !status && (entry = readdir(folder));)
        if (is_beyond(zarr, entry->d_name, chain, first) &&
            unlinkat(dirfd(folder), entry->d_name, 0) && errno != ENOENT)
            status = hbl_file_fail(path, error);
    if (folder)
        closedir(folder);
    free(path);
    return status;
}

int hbl_zarr_restore(hbl_zarr *zarr, size_t chain, const hbl_zarr_mark *mark, hbl_error *error)
{
    const size_t draw = zarr->layout.n_persons * zarr->layout.n_coefficients * sizeof(double);
    stream *s = &zarr->stream[chain];
    int status;

    if (mark->n_held > zarr->draws_a_chunk || mark->size != mark->n_held * draw ||
        mark->n_written > zarr->layout.n_draws || mark->n_written % zarr->draws_a_chunk)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: the checkpoint does not fit the draws of persons", zarr->directory);
    status = for_chunks(zarr, chain, 0, mark->n_written, expect_chunk, error);
    if (!status)
        status = remove_beyond(zarr, chain, mark->n_written, error);
    if (status)
        return status;
    s->n_written = s->n_synced = mark->n_written;
    s->n_held = mark->n_held;
    if (mark->size)
        memcpy(s->held, mark->held, mark->size);
    return s->n_held == zarr->draws_a_chunk ? write_held(zarr, chain, error) : HBL_OK;
}

/* ---- the end */

int hbl_zarr_close(hbl_zarr *zarr, hbl_error *error)
{
    size_t longest = 0;
    int status = HBL_OK;

    if (!zarr)
        return HBL_OK;
    for (size_t c = 0; c < zarr->layout.n_chains; c++) {
        const int written = write_held(zarr, c, error);
        status = status ? status : written;
        if (zarr->stream[c].n_written > longest)
            longest = zarr->stream[c].n_written;
    }
    if (longest != zarr->layout.n_draws) {
        const int described = describe(zarr, longest, error);
        status = status ? status : described;
    }
    free_zarr(zarr);
    return status;
}
