/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Draws of a chain as Stan CSV, as cmdstanpy, cmdstanr, rstan and ArviZ load it:
 *
 *     # comments with "key = value", among them num_samples, the number of rows
 *     lp__,accept_stat__,loglik,mu.1,..,Omega.1.1,Omega.2.1,..,Delta.1.1,Delta.2.1,..,alpha.1,..
 *     rows
 *     # Elapsed Time
 *
 * The bytes depend on the draws and on the layout only. After every flush the file holds whole rows
 * and their number.
 */
#ifndef HBL_RUN_STAN_CSV_H
#define HBL_RUN_STAN_CSV_H

#include <stddef.h>
#include <stdint.h>

#include "hblogit/error.h"
#include "hblogit/hb.h"

typedef struct {
    uint32_t chain; /* from 1 */
    uint64_t seed;
    uint64_t n_warmup; /* sweeps before the first row that are not in the file */
    size_t n_random, n_covariates, n_fixed; /* the fixed ones of the scale among them */
} hbl_stan_csv_layout;

typedef struct hbl_stan_csv hbl_stan_csv;

/* Creates (or empties) the file and writes its head. */
int hbl_stan_csv_open(const char *path, const hbl_stan_csv_layout *layout, hbl_stan_csv **csv,
                      hbl_error *error);

/* Appends a row; only the lower triangle of omega is read. Rows reach the file in chunks. */
int hbl_stan_csv_row(hbl_stan_csv *csv, const hbl_draw *draw, hbl_error *error);

/* Hands the rows so far to the operating system and brings num_samples up to date. */
int hbl_stan_csv_flush(hbl_stan_csv *csv, hbl_error *error);

/* Rows that were handed in. */
uint64_t hbl_stan_csv_n_rows(const hbl_stan_csv *csv);

/* ---- going on with a file */

/* Where a file stands: what is in it, and the bytes of rows that were handed in and are not. */
typedef struct {
    uint64_t end, n_rows; /* bytes of head and rows in the file; rows, in all */
    uint32_t crc;         /* CRC-32 of the rows in the file */
    size_t n_pending;
    const void *pending; /* valid until the next call */
} hbl_stan_csv_mark;
void hbl_stan_csv_where(const hbl_stan_csv *csv, hbl_stan_csv_mark *mark);

/* Waits until what has been written is on the disk. */
int hbl_stan_csv_sync(hbl_stan_csv *csv, hbl_error *error);

/* Whether the file begins with what the mark says; changes nothing.
 * HBL_ERR_INPUT: it does not, or cannot be read. */
int hbl_stan_csv_check(const char *path, const hbl_stan_csv_layout *layout,
                       const hbl_stan_csv_mark *mark, hbl_error *error);

/* Cuts the file, which has been checked, back to the mark, and goes on from there. */
int hbl_stan_csv_reopen(const char *path, const hbl_stan_csv_layout *layout,
                        const hbl_stan_csv_mark *mark, hbl_stan_csv **csv, hbl_error *error);

/* ---- the end */

/* Flushes, ends the file and waits until it is on the disk; frees csv in any case. After a failed
 * write the file is cut back to the last whole row. */
int hbl_stan_csv_close(hbl_stan_csv *csv, hbl_error *error);

#endif
