/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "core/fail.h"

static int fail_unreadable(const char *path, hbl_error *error)
{
    return hbl_fail(error, HBL_ERR_INPUT, "%s: cannot be read: %s", path, strerror(errno));
}

static int fail_copy(const char *path, hbl_error *error)
{
    return hbl_fail(error, HBL_ERR_WRITE, "%s: no temporary file could be made of it: %s", path,
                    strerror(errno));
}

/* ---- what can be read once only */

static int copy_to(FILE *spool, const char *path, int from, hbl_error *error)
{
    char chunk[1 << 16];
    ssize_t size;

    while ((size = read(from, chunk, sizeof chunk)) != 0) {
        if (size < 0 && errno != EINTR)
            return fail_unreadable(path, error);
        if (size > 0 && fwrite(chunk, 1, (size_t)size, spool) != (size_t)size)
            return fail_copy(path, error);
    }
    return fflush(spool) ? fail_copy(path, error) : HBL_OK;
}

/* Puts in the place of *file, which it closes, one that holds the same and can be read again. */
static int spool_file(const char *path, int *file, hbl_error *error)
{
    FILE *spool = tmpfile();
    int status = spool ? copy_to(spool, path, *file, error) : fail_copy(path, error), copy = -1;

    if (!status) {
        copy = dup(fileno(spool));
        if (copy < 0 || lseek(copy, 0, SEEK_SET) != 0)
            status = fail_copy(path, error);
    }
    if (spool)
        fclose(spool);
    close(*file);
    *file = copy;
    return status;
}

/* ---- the stream */

static int open_stream(hbl_bytes *bytes, int *file, hbl_error *error)
{
    enum { BUFFER = 1 << 16 };
    struct stat about;
    int status = fstat(*file, &about) ? fail_unreadable(bytes->path, error) : HBL_OK;

    if (!status && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode)) {
        status = spool_file(bytes->path, file, error);
        if (!status && fstat(*file, &about))
            status = fail_unreadable(bytes->path, error);
    }
    if (status)
        return status;
    bytes->size = (uint64_t)about.st_size;
    bytes->stream = gzdopen(*file, "rb");
    if (!bytes->stream)
        return hbl_fail_memory(error, "a file's buffer");
    gzbuffer(bytes->stream, BUFFER);
    return HBL_OK;
}

int hbl_bytes_open(const char *path, hbl_bytes *bytes, hbl_error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC), status;

    *bytes = (hbl_bytes){.path = path};
    if (file < 0)
        return fail_unreadable(path, error);
    status = open_stream(bytes, &file, error);
    if (!bytes->stream && file >= 0)
        close(file);
    return status;
}

void hbl_bytes_close(hbl_bytes *bytes)
{
    if (bytes->stream)
        gzclose_r(bytes->stream);
    bytes->stream = NULL;
}

static int fail_read(const hbl_bytes *bytes, int saved_errno, hbl_error *error)
{
    int code = Z_OK;

    gzerror(bytes->stream, &code);
    errno = saved_errno;
    if (code == Z_MEM_ERROR)
        return hbl_fail_memory(error, "a file's buffer");
    if (code == Z_ERRNO)
        return fail_unreadable(bytes->path, error);
    return hbl_fail(error, HBL_ERR_INPUT, "%s: cannot be read: the compressed file is %s",
                    bytes->path, code == Z_BUF_ERROR ? "cut short" : "damaged");
}

int hbl_bytes_read(hbl_bytes *bytes, char *to, size_t size, size_t *n_read, hbl_error *error)
{
    const int n = gzread(bytes->stream, to, size < INT_MAX ? (unsigned)size : INT_MAX);
    const int saved_errno = errno;
    int code = Z_OK;

    *n_read = n > 0 ? (size_t)n : 0;
    if (n > 0)
        return HBL_OK;
    gzerror(bytes->stream, &code); /* at the end of a file cut short n is 0 */
    return n < 0 || (code != Z_OK && code != Z_STREAM_END) ? fail_read(bytes, saved_errno, error)
                                                           : HBL_OK;
}

uint64_t hbl_bytes_consumed(const hbl_bytes *bytes)
{
    const z_off_t offset = gzoffset(bytes->stream);

    if (offset < 0)
        return 0;
    return (uint64_t)offset < bytes->size ? (uint64_t)offset : bytes->size;
}

bool hbl_bytes_plain(const hbl_bytes *bytes)
{
    return gzdirect(bytes->stream);
}

int hbl_bytes_rewind(hbl_bytes *bytes, hbl_error *error)
{
    return gzrewind(bytes->stream) ? fail_read(bytes, errno, error) : HBL_OK;
}
