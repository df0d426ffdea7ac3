/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a Zarr v2 directory consists of: metadata in JSON, and chunks in the format of zlib.
 */
#ifndef HBL_RUN_ZARR_STORE_H
#define HBL_RUN_ZARR_STORE_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "hblogit/error.h"

enum { HBL_ZARR_DIMENSIONS = 4 };

/* An array of the group. */
typedef struct {
    const char *name;
    size_t n_dimensions;
    size_t shape[HBL_ZARR_DIMENSIONS], chunk[HBL_ZARR_DIMENSIONS];
    const char *dimension[HBL_ZARR_DIMENSIONS]; /* names, for xarray */
    char type[32];                              /* "<f8", "<U12" */
    const char *fill;                           /* "NaN"; NULL: none, that is, zeros */
} hbl_zarr_array;

/* "<" or ">": the byte order of this machine, in which arrays are written. */
extern const char hbl_zarr_byte_order[];

/* Writes .zgroup, .zattrs, each array's .zarray and .zattrs, and all of them once more in
 * .zmetadata, under directory, where a folder of each array's name is expected. */
int hbl_zarr_write_metadata(const char *directory, const hbl_zarr_array *array, size_t n_arrays,
                            hbl_error *error);

/* Packs size bytes and writes them to path in one step. packed is room for
 * hbl_zarr_packed_size(size) bytes. */
size_t hbl_zarr_packed_size(size_t size);
int hbl_zarr_write_chunk(const char *path, const void *data, size_t size, void *packed,
                         hbl_error *error);

/* labels as fixed-length UTF-32, the form of the type "<U" + width; NULL: no memory. Bytes that are
 * not UTF-8 become U+FFFD. */
void *hbl_zarr_encode_labels(char *const *label, size_t n, size_t *width, hbl_error *error);

#endif
