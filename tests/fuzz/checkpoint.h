/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run gone on with from a checkpoint that is not its own: of any bytes, where the first byte is
 * even, otherwise its own with changes, each a place (two bytes) and what is put there, and cut
 * short where the second byte says so. So that they get beyond the checksums, those are put right;
 * what they cannot guard is the sense of the numbers.
 */
#ifndef HBL_TESTS_FUZZ_CHECKPOINT_H
#define HBL_TESTS_FUZZ_CHECKPOINT_H

#include <dirent.h>
#include <zlib.h>

#include "hblogit/run.h"
#include "unit/run_fixture.h"

enum { FUZZ_FILES = 16 };

/* A finished run, its files as they were. */
typedef struct {
    run_fixture fixture;
    size_t n_files;
    struct {
        char name[64];
        char *data;
        size_t size;
    } file[FUZZ_FILES];
    char *checkpoint;
    size_t checkpoint_size;
} fuzz_finished;

static inline void fuzz_keep_files(fuzz_finished *f)
{
    DIR *folder = opendir(f->fixture.run);

    if (!folder)
        abort();
    for (struct dirent *entry; (entry = readdir(folder)) && f->n_files < FUZZ_FILES;) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", f->fixture.run, entry->d_name);
        if (entry->d_name[0] == '.' || entry->d_type != DT_REG)
            continue;
        if (strcmp(entry->d_name, "checkpoint") == 0)
            f->checkpoint = read_whole(path, &f->checkpoint_size);
        if (strncmp(entry->d_name, "checkpoint", 10) == 0)
            continue;
        snprintf(f->file[f->n_files].name, sizeof f->file->name, "%.60s", entry->d_name);
        f->file[f->n_files].data = read_whole(path, &f->file[f->n_files].size);
        f->n_files++;
    }
    closedir(folder);
}

static fuzz_finished *fuzz_run_made;

static inline void fuzz_remove_run(void)
{
    for (size_t i = 0; i < fuzz_run_made->n_files; i++)
        free(fuzz_run_made->file[i].data);
    free(fuzz_run_made->checkpoint);
    fixture_close(&fuzz_run_made->fixture);
    free(fuzz_run_made);
}

static inline fuzz_finished *fuzz_finished_run(void)
{
    static const char *const overrides[] = {"hb.chains=1", "hb.warmup=4", "hb.draws=6"};
    hbl_error error = HBL_ERROR_INIT;
    hbl_fit_options options = {.threads = 1};

    if (fuzz_run_made)
        return fuzz_run_made;
    fuzz_run_made = calloc(1, sizeof *fuzz_run_made);
    if (!fuzz_run_made || !fixture_open(&fuzz_run_made->fixture, overrides, 3))
        abort();
    options.directory = fuzz_run_made->fixture.run;
    if (hbl_fit(fuzz_run_made->fixture.spec, fuzz_run_made->fixture.model, &options, &error))
        abort();
    fuzz_keep_files(fuzz_run_made);
    if (!fuzz_run_made->checkpoint || atexit(fuzz_remove_run))
        abort();
    return fuzz_run_made;
}

/* magic (8), format (4), checksum of those (4), size of the file (8), ..., checksum (4) */
static inline void fuzz_seal(unsigned char *data, size_t size)
{
    const uint64_t total = size;
    uint32_t crc;

    if (size < 28)
        return;
    crc = (uint32_t)crc32_z(0, data, 12);
    memcpy(data + 12, &crc, sizeof crc);
    memcpy(data + 16, &total, sizeof total);
    crc = (uint32_t)crc32_z(0, data, size - 4);
    memcpy(data + size - 4, &crc, sizeof crc);
}

/* The checkpoint that data stands for, to be freed. */
static inline unsigned char *fuzz_checkpoint_of(const fuzz_finished *f, const uint8_t *data,
                                                size_t size, size_t *made_size)
{
    const bool changes = size > 1 && data[0] % 2 == 1;
    unsigned char *made = malloc((changes ? f->checkpoint_size : size) + 1);

    if (!made)
        abort();
    *made_size = changes ? f->checkpoint_size : size;
    memcpy(made, changes ? (const void *)f->checkpoint : data, *made_size);
    for (size_t i = 2; changes && i + 2 < size; i += 3)
        made[(size_t)(data[i] | data[i + 1] << 8) % *made_size] = data[i + 2];
    if (changes && data[1])
        *made_size = *made_size * data[1] / 256;
    fuzz_seal(made, *made_size);
    return made;
}

static inline void fuzz_checkpoint(const uint8_t *data, size_t size)
{
    fuzz_finished *f = fuzz_finished_run();
    const hbl_fit_options options = {.directory = f->fixture.run, .threads = 1};
    size_t made_size;
    unsigned char *made = fuzz_checkpoint_of(f, data, size, &made_size);
    hbl_error error = HBL_ERROR_INIT;
    char path[160];

    for (size_t i = 0; i < f->n_files; i++)
        fuzz_put(f->fixture.run, f->file[i].name, f->file[i].data, f->file[i].size);
    snprintf(path, sizeof path, "%s/checkpoint.1", f->fixture.run);
    unlink(path);
    fuzz_put(f->fixture.run, "checkpoint", made, made_size);
    f->fixture.spec->hb.draws = 8; /* two more */
    fuzz_told(hbl_resume(f->fixture.spec, f->fixture.model, &options, &error), &error);
    free(made);
}

#endif
