/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files that one chain of a hierarchical Bayes fit writes.
 */
#ifndef HBL_RUN_HB_FILES_H
#define HBL_RUN_HB_FILES_H

#include <stdbool.h>
#include <stdio.h>

#include "hblogit/error.h"
#include "hblogit/hb.h"
#include "run/stan_csv.h"

typedef struct {
    hbl_stan_csv *draws;  /* chain-<c>.csv */
    hbl_stan_csv *warmup; /* warmup-<c>.csv, or NULL */
    FILE *trace;          /* trace-<c>.jsonl, or NULL */
    char *trace_path;
} hbl_chain_files;

/* Opens what settings ask for; chain counts from 1. */
int hbl_chain_files_open(const char *directory, uint32_t chain, const hbl_hb_settings *settings,
                         const hbl_model *model, hbl_chain_files *files, hbl_error *error);

/* Hands what is written so far to the operating system. */
int hbl_chain_files_flush(hbl_chain_files *files, hbl_error *error);

/* Where the files stand, for a checkpoint. Pointers within are valid until the next call. */
typedef struct {
    hbl_stan_csv_mark draws, warmup;
    uint64_t trace; /* bytes */
} hbl_chain_files_mark;
int hbl_chain_files_where(hbl_chain_files *files, hbl_chain_files_mark *mark, hbl_error *error);

/* Waits until what has been handed to the operating system is on the disk. */
int hbl_chain_files_sync(hbl_chain_files *files, hbl_error *error);

/* Whether the files begin with what the mark says; changes nothing. */
int hbl_chain_files_check(const char *directory, uint32_t chain, const hbl_hb_settings *settings,
                          const hbl_model *model, const hbl_chain_files_mark *mark,
                          hbl_error *error);

/* Cuts the files back to the mark, and goes on from there. */
int hbl_chain_files_reopen(const char *directory, uint32_t chain, const hbl_hb_settings *settings,
                           const hbl_model *model, const hbl_chain_files_mark *mark,
                           hbl_chain_files *files, hbl_error *error);

/* Closes all that are open, in a state that readers accept. */
int hbl_chain_files_close(hbl_chain_files *files, hbl_error *error);

#endif
