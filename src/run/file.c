/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "core/fail.h"
#include "core/memory.h"

char *hbl_path_join(const char *directory, const char *name, hbl_error *error)
{
    const size_t size = strlen(directory) + strlen(name) + 2;
    char *path = hbl_calloc(size, 1, "a path", error);
    if (path)
        snprintf(path, size, "%s/%s", directory, name);
    return path;
}

int hbl_file_fail(const char *path, hbl_error *error)
{
    return hbl_fail(error, HBL_ERR_WRITE, "cannot write %s: %s", path, strerror(errno));
}

int hbl_file_write(int file, const char *path, const void *data, size_t size, hbl_error *error)
{
    const char *rest = data;

    while (size > 0) {
        const ssize_t written = write(file, rest, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return hbl_file_fail(path, error);
        rest += written;
        size -= (size_t)written;
    }
    return HBL_OK;
}

int hbl_file_write_at(int file, const char *path, const void *data, size_t size, uint64_t offset,
                      hbl_error *error)
{
    const char *rest = data;

    while (size > 0) {
        const ssize_t written = pwrite(file, rest, size, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return hbl_file_fail(path, error);
        rest += written;
        size -= (size_t)written;
        offset += (uint64_t)written;
    }
    return HBL_OK;
}

/* EINVAL is what devices and pipes say, which have no disk to wait for. */
int hbl_file_sync_open(int file, const char *path, hbl_error *error)
{
    if (fsync(file) && errno != EINVAL && errno != ENOTSUP && errno != EROFS)
        return hbl_file_fail(path, error);
    return HBL_OK;
}

static int sync_path(const char *path, int flags, hbl_error *error)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC | flags);
    return file < 0 ? hbl_file_fail(path, error) : hbl_file_close(file, path, true, error);
}

int hbl_file_sync(const char *path, hbl_error *error)
{
    return sync_path(path, 0, error);
}

int hbl_folder_sync(const char *path, hbl_error *error)
{
    return sync_path(path, O_DIRECTORY, error);
}

int hbl_file_checksum(const char *path, uint32_t *crc, uint64_t *bytes, hbl_error *error)
{
    FILE *file = fopen(path, "rb");
    unsigned char block[1 << 14];

    if (!file)
        return hbl_fail(error, errno == ENOMEM ? HBL_ERR_MEMORY : HBL_ERR_INPUT,
                        "%s: cannot be read: %s", path, strerror(errno));
    *crc = 0;
    *bytes = 0;
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0; *bytes += n)
        *crc = (uint32_t)crc32_z(*crc, block, n);
    const bool failed = ferror(file);
    fclose(file);
    return failed ? hbl_fail(error, HBL_ERR_INPUT, "%s: cannot be read", path) : HBL_OK;
}

int hbl_file_close(int file, const char *path, bool sync, hbl_error *error)
{
    int status = sync ? hbl_file_sync_open(file, path, error) : HBL_OK;

    if (close(file) && errno != EINTR && !status)
        status = hbl_file_fail(path, error);
    return status;
}

int hbl_stream_close(FILE *stream, const char *path, bool sync, hbl_error *error)
{
    int status = HBL_OK;

    errno = 0;
    if (fflush(stream) || ferror(stream)) {
        if (errno == 0) /* the failure was in an earlier call, whose reason is gone */
            errno = EIO;
        status = hbl_file_fail(path, error);
    }
    if (!status && sync)
        status = hbl_file_sync_open(fileno(stream), path, error);
    if (fclose(stream) && !status)
        status = hbl_file_fail(path, error);
    return status;
}

int hbl_file_replace(const char *path, const void *data, size_t size, bool sync, hbl_error *error)
{
    const size_t length = strlen(path) + sizeof ".tmp";
    char *temporary = hbl_calloc(length, 1, "a path", error);
    int file, status;

    if (!temporary)
        return HBL_ERR_MEMORY;
    snprintf(temporary, length, "%s.tmp", path);
    file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) {
        status = hbl_file_fail(path, error);
    } else {
        status = hbl_file_write(file, path, data, size, error);
        const int closed = hbl_file_close(file, path, sync && !status, error);
        status = status ? status : closed;
        if (!status && rename(temporary, path))
            status = hbl_file_fail(path, error);
        if (status)
            unlink(temporary);
    }
    free(temporary);
    return status;
}
