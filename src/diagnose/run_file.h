/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What run.json says about a run.
 */
#ifndef HBL_DIAGNOSE_RUN_FILE_H
#define HBL_DIAGNOSE_RUN_FILE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "hblogit/diagnose.h"

typedef struct {
    char *path; /* of run.json */
    cJSON *root;
    size_t n_files; /* 0: a run without draws */
    char **file;    /* paths of the chain files */
} hbl_run_file;

int hbl_run_file_read(const char *directory, hbl_run_file *run, hbl_error *error);

/* Whether the estimator was one that leaves draws. */
bool hbl_run_file_has_draws(const hbl_run_file *run);
void hbl_run_file_clear(hbl_run_file *run);

/* Fills in what was run: title, counts, coefficients, blocks, kernels. */
int hbl_run_file_describe(const hbl_run_file *run, hbl_summary *summary, hbl_error *error);

/* Sets the truth of every parameter from the model's "simulate" object, where there is one. */
int hbl_run_file_truth(const hbl_run_file *run, hbl_summary *summary, hbl_error *error);

#endif
