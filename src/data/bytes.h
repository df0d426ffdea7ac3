/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bytes of a file, plain or compressed by gzip, from first to last and as often as needed.
 */
#ifndef HBL_DATA_BYTES_H
#define HBL_DATA_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hblogit/error.h"

typedef struct {
    const char *path;
    struct gzFile_s *stream;
    uint64_t size; /* of the file as it is stored */
} hbl_bytes;

/* What is no regular file, a pipe for one, is copied to a temporary file first. path is kept. */
int hbl_bytes_open(const char *path, hbl_bytes *bytes, hbl_error *error);
void hbl_bytes_close(hbl_bytes *bytes);

/* Up to size bytes; *n_read is 0 at the end of the file only. */
int hbl_bytes_read(hbl_bytes *bytes, char *to, size_t size, size_t *n_read, hbl_error *error);

/* How much of the file as it is stored has been read; size at most. */
uint64_t hbl_bytes_consumed(const hbl_bytes *bytes);

/* Whether it is read as it is stored; known once something has been read. */
bool hbl_bytes_plain(const hbl_bytes *bytes);

/* Back to the first byte. */
int hbl_bytes_rewind(hbl_bytes *bytes, hbl_error *error);

#endif
