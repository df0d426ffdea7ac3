/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values as bytes, one after the other: how a checkpoint is put together and taken apart.
 */
#ifndef HBL_RUN_PACK_H
#define HBL_RUN_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "hblogit/error.h"

/* Where bytes go. Failures are remembered: only the end has to be looked at. */
typedef struct {
    FILE *file;    /* NULL: bytes are counted only */
    uint64_t size; /* so far */
    uint32_t crc;  /* CRC-32 of all of them */
    bool failed;
} hbl_writer;

void hbl_pack_bytes(hbl_writer *writer, const void *data, size_t size);
void hbl_pack_u32(hbl_writer *writer, uint32_t value);
void hbl_pack_u64(hbl_writer *writer, uint64_t value);
void hbl_pack_double(hbl_writer *writer, double value);
/* size, then the bytes */
void hbl_pack_block(hbl_writer *writer, const void *data, size_t size);
void hbl_pack_text(hbl_writer *writer, const char *text);

/* Bytes to take. Taking more than there are gives zeros, and sets `over`: only the end has to be
 * looked at. */
typedef struct {
    const unsigned char *at, *end;
    bool over;
} hbl_reader;

void hbl_unpack_bytes(hbl_reader *reader, void *data, size_t size);
uint32_t hbl_unpack_u32(hbl_reader *reader);
uint64_t hbl_unpack_u64(hbl_reader *reader);
double hbl_unpack_double(hbl_reader *reader);
/* A block's bytes where they are; NULL with *size 0 where there are not as many. */
const void *hbl_unpack_block(hbl_reader *reader, size_t *size);
/* Copies a text, cut to fit. */
void hbl_unpack_text(hbl_reader *reader, char *text, size_t size);

#endif
