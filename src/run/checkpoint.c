/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/checkpoint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "core/fail.h"
#include "core/memory.h"
#include "run/file.h"

static const char new_name[] = "checkpoint.tmp";
const char *const hbl_checkpoint_names[HBL_CHECKPOINTS] = {"checkpoint", "checkpoint.1"};

/* As PNG's: a transfer that takes it for text, or cuts the eighth bit, breaks it. */
static const unsigned char magic[8] = {0x8b, 'H', 'B', 'L', '\r', '\n', 0x1a, '\n'};

enum {
    FORMAT = 1,
    PREFIX = sizeof magic + sizeof(uint32_t), /* that the first checksum guards */
    HEAD = PREFIX + sizeof(uint32_t) + sizeof(uint64_t),
    LEAST = HEAD + sizeof(uint32_t)
};

/* ---- writing */

static void put_identity(hbl_writer *writer, const hbl_identity *identity)
{
    hbl_pack_text(writer, identity->version);
    hbl_pack_text(writer, identity->pass);
    hbl_pack_u32(writer, identity->model);
    hbl_pack_u32(writer, identity->data);
    hbl_pack_u64(writer, identity->data_bytes);
    hbl_pack_u64(writer, identity->n_persons);
    hbl_pack_u64(writer, identity->n_tasks);
    hbl_pack_u64(writer, identity->n_rows);
    hbl_pack_u64(writer, identity->n_random);
    hbl_pack_u64(writer, identity->n_fixed);
    hbl_pack_u64(writer, identity->n_chains);
}

typedef struct {
    const hbl_identity *identity;
    void (*put)(void *context, hbl_writer *writer);
    void *context;
} parts;

static void put_all(const parts *all, uint64_t total, hbl_writer *writer)
{
    hbl_pack_bytes(writer, magic, sizeof magic);
    hbl_pack_u32(writer, FORMAT);
    hbl_pack_u32(writer, writer->crc);
    hbl_pack_u64(writer, total);
    put_identity(writer, all->identity);
    all->put(all->context, writer);
    hbl_pack_u32(writer, writer->crc);
}

static int write_new(const char *path, const parts *all, hbl_error *error)
{
    FILE *file = fopen(path, "wb");
    hbl_writer count = {0}, writer = {.file = file};
    int status = HBL_OK;

    if (!file)
        return hbl_file_fail(path, error);
    put_all(all, 0, &count);
    errno = 0;
    put_all(all, count.size, &writer);
    if (writer.failed)
        status = hbl_file_fail(path, error);
    const int closed = hbl_stream_close(file, path, !status, error);
    status = status ? status : closed;
    if (status)
        unlink(path);
    return status;
}

static int rename_file(const char *from, const char *to, hbl_error *error)
{
    return rename(from, to) && errno != ENOENT ? hbl_file_fail(to, error) : HBL_OK;
}

int hbl_checkpoint_prepare(const char *directory, const hbl_identity *identity,
                           void (*put)(void *context, hbl_writer *writer), void *context,
                           hbl_error *error)
{
    const parts all = {identity, put, context};
    char *path = hbl_path_join(directory, new_name, error);
    const int status = path ? write_new(path, &all, error) : HBL_ERR_MEMORY;
    free(path);
    return status;
}

int hbl_checkpoint_commit(const char *directory, hbl_error *error)
{
    char *new = hbl_path_join(directory, new_name, error);
    char *last = hbl_path_join(directory, hbl_checkpoint_names[0], error);
    char *before = hbl_path_join(directory, hbl_checkpoint_names[1], error);
    int status = new &&last &&before ? HBL_OK : HBL_ERR_MEMORY;

    if (!status)
        status = rename_file(last, before, error);
    if (!status)
        status = rename_file(new, last, error);
    if (!status)
        status = hbl_folder_sync(directory, error);
    free(new);
    free(last);
    free(before);
    return status;
}

int hbl_checkpoint_write(const char *directory, const hbl_identity *identity,
                         void (*put)(void *context, hbl_writer *writer), void *context,
                         hbl_error *error)
{
    const int status = hbl_checkpoint_prepare(directory, identity, put, context, error);
    return status ? status : hbl_checkpoint_commit(directory, error);
}

int hbl_checkpoint_drop(const char *directory, size_t which, hbl_error *error)
{
    char *path = hbl_path_join(directory, hbl_checkpoint_names[which], error);
    int status = path ? HBL_OK : HBL_ERR_MEMORY;

    if (!status && unlink(path) && errno != ENOENT)
        status = hbl_fail(error, HBL_ERR_WRITE, "cannot remove %s: %s", path, strerror(errno));
    free(path);
    return status;
}

/* ---- reading */

static int fail_damaged(hbl_checkpoint *checkpoint, const char *path, hbl_error *error,
                        const char *why)
{
    checkpoint->state = HBL_CHECKPOINT_DAMAGED;
    return hbl_fail(error, HBL_ERR_INPUT, "%s: %s", path, why);
}

static int read_file(const char *path, hbl_checkpoint *checkpoint, size_t *size, hbl_error *error)
{
    FILE *file = fopen(path, "rb");
    long length;

    /* one that is there and cannot be opened is not to be passed over */
    checkpoint->state = !file && errno == ENOENT ? HBL_CHECKPOINT_ABSENT : HBL_CHECKPOINT_FOREIGN;
    if (!file)
        return hbl_fail(error, errno == ENOMEM ? HBL_ERR_MEMORY : HBL_ERR_INPUT,
                        "%s: cannot be read: %s", path, strerror(errno));
    checkpoint->state = HBL_CHECKPOINT_DAMAGED;
    if (fseek(file, 0, SEEK_END) || (length = ftell(file)) < 0 || fseek(file, 0, SEEK_SET)) {
        fclose(file);
        return fail_damaged(checkpoint, path, error, "not a file that can be read");
    }
    checkpoint->memory = hbl_calloc((size_t)length, 1, path, error);
    if (checkpoint->memory)
        *size = fread(checkpoint->memory, 1, (size_t)length, file);
    fclose(file);
    if (!checkpoint->memory)
        return HBL_ERR_MEMORY;
    return *size == (size_t)length ? HBL_OK
                                   : fail_damaged(checkpoint, path, error, "cannot be read whole");
}

static uint32_t checksum(const void *data, size_t size)
{
    return (uint32_t)crc32_z(0, data, size);
}

/* Leaves the body behind the head and without the checksum at its end. */
static int check_whole(const char *path, hbl_checkpoint *checkpoint, size_t size, hbl_error *error)
{
    const unsigned char *bytes = checkpoint->memory;
    hbl_reader reader = {bytes, bytes + size, false}, tail;
    unsigned char seen[sizeof magic];

    hbl_unpack_bytes(&reader, seen, sizeof seen);
    if (memcmp(seen, magic, sizeof magic) != 0)
        return fail_damaged(checkpoint, path, error, "not a checkpoint of hblogit, or damaged");
    const uint32_t format = hbl_unpack_u32(&reader), guard = hbl_unpack_u32(&reader);
    const uint64_t total = hbl_unpack_u64(&reader);
    if (reader.over || size < LEAST)
        return fail_damaged(checkpoint, path, error, "cut off at its head");
    if (guard != checksum(bytes, PREFIX))
        return fail_damaged(checkpoint, path, error,
                            "damaged at its head, or from a machine of another byte order");
    if (format != FORMAT) {
        checkpoint->state = HBL_CHECKPOINT_FOREIGN;
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: in format %" PRIu32 ", and this version reads format %d; go on with "
                        "the version that wrote it",
                        path, format, FORMAT);
    }
    if (total > size)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: cut off: it has %zu of %" PRIu64 " bytes, or its size is damaged",
                        path, size, total);
    tail = (hbl_reader){bytes + size - sizeof(uint32_t), bytes + size, false};
    if (total != size || hbl_unpack_u32(&tail) != checksum(bytes, size - sizeof(uint32_t)))
        return fail_damaged(checkpoint, path, error, "damaged: its checksum is wrong");
    checkpoint->body = reader;
    checkpoint->body.end = bytes + size - sizeof(uint32_t);
    return HBL_OK;
}

static void get_identity(hbl_reader *reader, hbl_identity *identity)
{
    *identity = (hbl_identity){0};
    hbl_unpack_text(reader, identity->version, sizeof identity->version);
    hbl_unpack_text(reader, identity->pass, sizeof identity->pass);
    identity->model = hbl_unpack_u32(reader);
    identity->data = hbl_unpack_u32(reader);
    identity->data_bytes = hbl_unpack_u64(reader);
    identity->n_persons = hbl_unpack_u64(reader);
    identity->n_tasks = hbl_unpack_u64(reader);
    identity->n_rows = hbl_unpack_u64(reader);
    identity->n_random = hbl_unpack_u64(reader);
    identity->n_fixed = hbl_unpack_u64(reader);
    identity->n_chains = hbl_unpack_u64(reader);
}

static int check_identity(const char *path, const hbl_identity *is, const hbl_identity *wanted,
                          hbl_error *error)
{
    if (strcmp(is->version, wanted->version) != 0)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: written by hblogit %s, and this is %s; go on with the version that "
                        "wrote it",
                        path, is->version, wanted->version);
    if (is->data != wanted->data || is->data_bytes != wanted->data_bytes)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: of a run on other data (%" PRIu64 " bytes, checksum %08" PRIx32
                        "); these have %" PRIu64 " bytes, checksum %08" PRIx32,
                        path, is->data_bytes, is->data, wanted->data_bytes, wanted->data);
    if (is->model != wanted->model || is->n_chains != wanted->n_chains ||
        is->n_persons != wanted->n_persons || is->n_tasks != wanted->n_tasks ||
        is->n_rows != wanted->n_rows || is->n_random != wanted->n_random ||
        is->n_fixed != wanted->n_fixed)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: of a run of another model; was run.json changed, or the file moved "
                        "here from another run?",
                        path);
    if (strcmp(is->pass, wanted->pass) != 0)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: sampled with \"%s\", and this machine is set to \"%s\", which would "
                        "change the draws; HBLOGIT_ISA chooses among those that a machine has",
                        path, is->pass, wanted->pass);
    return HBL_OK;
}

static int check_contents(const char *path, const hbl_identity *wanted, hbl_checkpoint *checkpoint,
                          hbl_error *error)
{
    hbl_identity is;
    int status;

    get_identity(&checkpoint->body, &is);
    if (checkpoint->body.over)
        return fail_damaged(checkpoint, path, error, "damaged: its parts do not fit together");
    status = check_identity(path, &is, wanted, error);
    checkpoint->state = status ? HBL_CHECKPOINT_FOREIGN : HBL_CHECKPOINT_WHOLE;
    return status;
}

int hbl_checkpoint_read(const char *path, const hbl_identity *identity, hbl_checkpoint *checkpoint,
                        hbl_error *error)
{
    size_t size = 0;
    int status;

    *checkpoint = (hbl_checkpoint){0};
    status = read_file(path, checkpoint, &size, error);
    if (!status)
        status = check_whole(path, checkpoint, size, error);
    if (!status)
        status = check_contents(path, identity, checkpoint, error);
    if (status) {
        free(checkpoint->memory);
        checkpoint->memory = NULL;
    }
    return status;
}
