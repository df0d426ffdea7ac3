/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/pack.h"

#include <string.h>
#include <zlib.h>

/* ---- out */

void hbl_pack_bytes(hbl_writer *writer, const void *data, size_t size)
{
    writer->size += size;
    if (!writer->file || writer->failed)
        return;
    writer->crc = (uint32_t)crc32_z(writer->crc, data, size);
    if (fwrite(data, 1, size, writer->file) != size)
        writer->failed = true;
}

void hbl_pack_u32(hbl_writer *writer, uint32_t value)
{
    hbl_pack_bytes(writer, &value, sizeof value);
}

void hbl_pack_u64(hbl_writer *writer, uint64_t value)
{
    hbl_pack_bytes(writer, &value, sizeof value);
}

void hbl_pack_double(hbl_writer *writer, double value)
{
    hbl_pack_bytes(writer, &value, sizeof value);
}

void hbl_pack_block(hbl_writer *writer, const void *data, size_t size)
{
    hbl_pack_u64(writer, size);
    if (size)
        hbl_pack_bytes(writer, data, size);
}

void hbl_pack_text(hbl_writer *writer, const char *text)
{
    hbl_pack_block(writer, text, strlen(text));
}

/* ---- in */

void hbl_unpack_bytes(hbl_reader *reader, void *data, size_t size)
{
    if (size > (size_t)(reader->end - reader->at)) {
        reader->over = true;
        memset(data, 0, size);
        return;
    }
    memcpy(data, reader->at, size);
    reader->at += size;
}

uint32_t hbl_unpack_u32(hbl_reader *reader)
{
    uint32_t value;
    hbl_unpack_bytes(reader, &value, sizeof value);
    return value;
}

uint64_t hbl_unpack_u64(hbl_reader *reader)
{
    uint64_t value;
    hbl_unpack_bytes(reader, &value, sizeof value);
    return value;
}

double hbl_unpack_double(hbl_reader *reader)
{
    double value;
    hbl_unpack_bytes(reader, &value, sizeof value);
    return value;
}

const void *hbl_unpack_block(hbl_reader *reader, size_t *size)
{
    const uint64_t stated = hbl_unpack_u64(reader);
    const void *block = reader->at;

    *size = 0;
    if (stated > (uint64_t)(reader->end - reader->at)) {
        reader->over = true;
        return NULL;
    }
    *size = (size_t)stated;
    reader->at += stated;
    return block;
}

void hbl_unpack_text(hbl_reader *reader, char *text, size_t size)
{
    size_t length;
    const char *bytes = hbl_unpack_block(reader, &length);

    length = length < size ? length : size - 1;
    if (length)
        memcpy(text, bytes, length);
    text[length] = '\0';
}
