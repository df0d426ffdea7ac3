/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The run directory: made, kept for one process at a time, and never emptied of anything that is
 * not a run's own.
 */
#ifndef HBL_RUN_DIRECTORY_H
#define HBL_RUN_DIRECTORY_H

#include <stdbool.h>

#include "hblogit/error.h"

typedef struct hbl_directory hbl_directory;

/* Creates path (and the folders above it) where it does not exist, and locks it until it is closed
 * or the process ends. Nothing in it changes yet.
 * HBL_ERR_INPUT: path is no directory, another process writes into it, it holds a run and overwrite
 * is false, or it holds files but no run. */
int hbl_directory_open(const char *path, bool overwrite, hbl_directory **directory,
                       hbl_error *error);

/* Locks a directory that holds a run. HBL_ERR_INPUT: there is none, or another process writes. */
int hbl_directory_reopen(const char *path, hbl_directory **directory, hbl_error *error);

const char *hbl_directory_path(const hbl_directory *directory);

/* Removes the files of the run that is in the directory, and leaves all others. */
int hbl_directory_clear(hbl_directory *directory, hbl_error *error);

/* The same but for run.json, so that there is a run in the directory at any moment. */
int hbl_directory_clear_outputs(hbl_directory *directory, hbl_error *error);

/* Unlocks; removes the directory if hbl_directory_open created it and nothing was put into it. */
void hbl_directory_close(hbl_directory *directory);

#endif
