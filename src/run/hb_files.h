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

/* Closes all that are open, in a state that readers accept. */
int hbl_chain_files_close(hbl_chain_files *files, hbl_error *error);

#endif
