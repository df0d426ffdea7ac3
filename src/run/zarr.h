/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every person's draws as a Zarr v2 group that xarray.open_zarr reads: beta with the dimensions
 * (chain, draw, person, coefficient), and the labels of the last two. Draws are streamed: memory
 * holds one chunk of draws a chain. Each chain has chunks of its own, so that chains may be written
 * by threads of their own; open and close are for one thread.
 */
#ifndef HBL_RUN_ZARR_H
#define HBL_RUN_ZARR_H

#include <stddef.h>

#include "hblogit/error.h"

typedef struct {
    size_t n_chains, n_draws; /* planned draws a chain */
    size_t n_persons, n_coefficients;
    char *const *person, *const *coefficient; /* labels, UTF-8; kept by reference */
} hbl_zarr_layout;

typedef struct hbl_zarr hbl_zarr;

/* Creates directory, or takes the one that is there, with the shape as planned. */
int hbl_zarr_open(const char *directory, const hbl_zarr_layout *layout, hbl_zarr **zarr,
                  hbl_error *error);

/* Where the next draw of chain (from 0) is to be put: n_persons x n_coefficients. */
double *hbl_zarr_slot(hbl_zarr *zarr, size_t chain);

/* The draw in the slot is complete. At most n_draws of them a chain. */
int hbl_zarr_commit(hbl_zarr *zarr, size_t chain, hbl_error *error);

/* ---- going on with a group */

/* Draws of a chain that are in chunks on the disk, and those that are held until a chunk is full.
 */
typedef struct {
    size_t n_written, n_held;
    const void *held; /* doubles, not aligned; valid until the next call */
    size_t size;      /* of held, in bytes */
} hbl_zarr_mark;
void hbl_zarr_where(const hbl_zarr *zarr, size_t chain, hbl_zarr_mark *mark);

/* Waits until all chunks written since the last call are on the disk. */
int hbl_zarr_sync(hbl_zarr *zarr, hbl_error *error);

/* Goes on behind the mark in a group that was just opened, and removes the chain's chunks beyond.
 * HBL_ERR_INPUT: a mark that does not fit the layout, or a chunk is missing. */
int hbl_zarr_restore(hbl_zarr *zarr, size_t chain, const hbl_zarr_mark *mark, hbl_error *error);

/* ---- the end */

/* Writes what is left and sets the shape to the draws there are (of the longest chain; what others
 * lack is NaN); frees zarr in any case. */
int hbl_zarr_close(hbl_zarr *zarr, hbl_error *error);

#endif
