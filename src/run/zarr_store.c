/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Zarr storage specification, version 2:
 * https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html with the names of dimensions where
 * xarray looks for them, and consolidated metadata as zarr-python writes it.
 */
#include "run/zarr_store.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/fail.h"
#include "core/memory.h"
#include "hblogit/run.h"
#include "run/file.h"
#include "run/tree.h"

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
const char hbl_zarr_byte_order[] = ">";
#else
const char hbl_zarr_byte_order[] = "<";
#endif

/* Stored, not squeezed: the digits of draws are noise. On draws of the electricity data level 1
 * saves 10 % of the disk at 25 MB/s, which would take several times as long as the sampling itself;
 * storing goes at 365 MB/s, and zlib's checksum still guards each chunk. */
enum { PACKING = Z_NO_COMPRESSION };

/* ---- metadata */

static cJSON *sizes(const size_t *size, size_t n)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < n; i++)
        hbl_tree_append(array, cJSON_CreateNumber((double)size[i]));
    return array;
}

static cJSON *describe_array(const hbl_zarr_array *array)
{
    cJSON *json = cJSON_CreateObject(), *compressor;

    hbl_tree_put(json, "chunks", sizes(array->chunk, array->n_dimensions));
    compressor = hbl_tree_put(json, "compressor", cJSON_CreateObject());
    hbl_tree_put(compressor, "id", cJSON_CreateString("zlib"));
    hbl_tree_put(compressor, "level", cJSON_CreateNumber(PACKING));
    hbl_tree_put(json, "dtype", cJSON_CreateString(array->type));
    hbl_tree_put(json, "fill_value",
                 array->fill ? cJSON_CreateString(array->fill) : cJSON_CreateNull());
    hbl_tree_put(json, "filters", cJSON_CreateNull());
    hbl_tree_put(json, "order", cJSON_CreateString("C"));
    hbl_tree_put(json, "shape", sizes(array->shape, array->n_dimensions));
    hbl_tree_put(json, "zarr_format", cJSON_CreateNumber(2));
    return json;
}

static cJSON *describe_attributes(const hbl_zarr_array *array)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *names = hbl_tree_put(json, "_ARRAY_DIMENSIONS", cJSON_CreateArray());

    for (size_t i = 0; i < array->n_dimensions; i++)
        hbl_tree_append(names, cJSON_CreateString(array->dimension[i]));
    return json;
}

static cJSON *describe_group(void)
{
    cJSON *json = cJSON_CreateObject();
    hbl_tree_put(json, "zarr_format", cJSON_CreateNumber(2));
    return json;
}

static cJSON *describe_origin(void)
{
    cJSON *json = cJSON_CreateObject();
    hbl_tree_put(json, "program", cJSON_CreateString("hblogit"));
    hbl_tree_put(json, "version", cJSON_CreateString(hbl_version()));
    return json;
}

static int write_json(const char *directory, const char *name, const cJSON *json, hbl_error *error)
{
    char *path = hbl_path_join(directory, name, error), *text = cJSON_Print(json);
    int status = HBL_ERR_MEMORY;

    if (path && text)
        status = hbl_file_replace(path, text, strlen(text), false, error);
    else
        hbl_fail_memory(error, "the metadata of a Zarr array");
    free(path);
    cJSON_free(text);
    return status;
}

int hbl_zarr_write_metadata(const char *directory, const hbl_zarr_array *array, size_t n_arrays,
                            hbl_error *error)
{
    cJSON *root = cJSON_CreateObject(), *all;
    const cJSON *item;
    char key[64];
    int status = HBL_OK;

    hbl_tree_put(root, "zarr_consolidated_format", cJSON_CreateNumber(1));
    all = hbl_tree_put(root, "metadata", cJSON_CreateObject());
    hbl_tree_put(all, ".zgroup", describe_group());
    hbl_tree_put(all, ".zattrs", describe_origin());
    for (size_t i = 0; i < n_arrays; i++) {
        snprintf(key, sizeof key, "%s/.zarray", array[i].name);
        hbl_tree_put(all, key, describe_array(&array[i]));
        snprintf(key, sizeof key, "%s/.zattrs", array[i].name);
        hbl_tree_put(all, key, describe_attributes(&array[i]));
    }
    if (hbl_tree_failed())
        status = hbl_fail_memory(error, "the metadata of Zarr arrays");
    cJSON_ArrayForEach(item, all)
    {
        if (!status)
            status = write_json(directory, item->string, item, error);
    }
    if (!status)
        status = write_json(directory, ".zmetadata", root, error);
    cJSON_Delete(root);
    return status;
}

/* ---- chunks */

size_t hbl_zarr_packed_size(size_t size)
{
    return compressBound((uLong)size);
}

int hbl_zarr_write_chunk(const char *path, const void *data, size_t size, void *packed,
                         hbl_error *error)
{
    uLongf packed_size = compressBound((uLong)size);

    if (compress2(packed, &packed_size, data, (uLong)size, PACKING) != Z_OK)
        return hbl_fail_memory(error, "packing draws of persons");
    return hbl_file_replace(path, packed, packed_size, false, error);
}

/* ---- labels */

/* The code point at *text, which moves past it. */
static uint32_t next_code_point(const unsigned char **text)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000}, wrong = 0xfffd;
    const unsigned char *at = *text;
    const size_t more = *at < 0x80             ? 0
                        : (*at & 0xe0) == 0xc0 ? 1
                        : (*at & 0xf0) == 0xe0 ? 2
                        : (*at & 0xf8) == 0xf0 ? 3
                                               : 4;
    uint32_t point = more == 0 ? *at : *at & (0x3fu >> more);

    *text = at + 1;
    if (more > 3)
        return wrong;
    for (size_t i = 1; i <= more; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return wrong;
        point = point << 6 | (at[i] & 0x3f);
    }
    if (point < least[more] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return wrong;
    *text = at + 1 + more;
    return point;
}

static size_t count_code_points(const char *label)
{
    const unsigned char *at = (const unsigned char *)label;
    size_t n = 0;

    while (*at) {
        next_code_point(&at);
        n++;
    }
    return n;
}

void *hbl_zarr_encode_labels(char *const *label, size_t n, size_t *width, hbl_error *error)
{
    uint32_t *code;

    *width = 1;
    for (size_t i = 0; i < n; i++) {
        const size_t length = count_code_points(label[i]);
        *width = length > *width ? length : *width;
    }
    code = hbl_calloc(n * *width, sizeof *code, "labels of persons", error);
    for (size_t i = 0; code && i < n; i++) {
        const unsigned char *at = (const unsigned char *)label[i];
        for (uint32_t *to = code + i * *width; *at; to++)
            *to = next_code_point(&at);
    }
    return code;
}
