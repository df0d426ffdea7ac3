/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files written whole or not at all: every write is checked, and every failure is HBL_ERR_WRITE
 * with the path and the system's reason.
 */
#ifndef HBL_RUN_FILE_H
#define HBL_RUN_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "hblogit/error.h"

/* directory/name; the caller frees it. */
char *hbl_path_join(const char *directory, const char *name, hbl_error *error);

/* HBL_ERR_WRITE: "cannot write PATH: " and the text of errno. */
int hbl_file_fail(const char *path, hbl_error *error);

/* Writes all of data, at the file's position or at offset. */
int hbl_file_write(int file, const char *path, const void *data, size_t size, hbl_error *error);
int hbl_file_write_at(int file, const char *path, const void *data, size_t size, uint64_t offset,
                      hbl_error *error);

/* Closes file in any case. sync: first waits until the data are on the disk. */
int hbl_file_close(int file, const char *path, bool sync, hbl_error *error);

/* The same for a stream, with whatever failed while it was written. */
int hbl_stream_close(FILE *stream, const char *path, bool sync, hbl_error *error);

/* Waits until what was written to path is on the disk; of a folder, until its entries are. */
int hbl_file_sync(const char *path, hbl_error *error);
int hbl_file_sync_open(int file, const char *path, hbl_error *error);
int hbl_folder_sync(const char *path, hbl_error *error);

/* CRC-32 and size of a file. HBL_ERR_INPUT: it cannot be read. */
int hbl_file_checksum(const char *path, uint32_t *crc, uint64_t *bytes, hbl_error *error);

/* Puts a file with these contents in the place of path in one step: readers see the old one or the
 * new one, never a part. sync: survives a crash of the machine as well. */
int hbl_file_replace(const char *path, const void *data, size_t size, bool sync, hbl_error *error);

#endif
