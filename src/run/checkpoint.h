/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file that a run goes on from:
 *
 *     magic, format, CRC-32 of the two      the same in every format
 *     size of the file
 *     what the run is (hbl_identity)
 *     the estimator's own part
 *     CRC-32 of everything before it
 *
 * It is written beside the last one, which is then kept as checkpoint.1. At every moment there is a
 * whole one on the disk, once the first has been written.
 */
#ifndef HBL_RUN_CHECKPOINT_H
#define HBL_RUN_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "hblogit/error.h"
#include "run/pack.h"

/* The newest first. */
enum { HBL_CHECKPOINTS = 2 };
extern const char *const hbl_checkpoint_names[HBL_CHECKPOINTS];

/* What a checkpoint must have in common with the run that goes on from it. */
typedef struct {
    char version[32]; /* of the program */
    char pass[64];    /* instruction set and precision of the likelihood */
    uint32_t model;   /* CRC-32 of the model, see hbl_spec_fingerprint */
    uint32_t data;    /* CRC-32 of the data file */
    uint64_t data_bytes;
    uint64_t n_persons, n_tasks, n_rows, n_random, n_fixed, n_chains;
} hbl_identity;

/* put writes the estimator's part; it is called twice, the first time to count, and must write the
 * same both times. On failure the checkpoints are those of before. */
int hbl_checkpoint_write(const char *directory, const hbl_identity *identity,
                         void (*put)(void *context, hbl_writer *writer), void *context,
                         hbl_error *error);

/* The same in two steps: the new file, complete and on the disk, beside the others; and in its
 * place, once what it refers to is on the disk as well. */
int hbl_checkpoint_prepare(const char *directory, const hbl_identity *identity,
                           void (*put)(void *context, hbl_writer *writer), void *context,
                           hbl_error *error);
int hbl_checkpoint_commit(const char *directory, hbl_error *error);

/* Removes one of them. */
int hbl_checkpoint_drop(const char *directory, size_t which, hbl_error *error);

typedef enum {
    HBL_CHECKPOINT_WHOLE,
    HBL_CHECKPOINT_ABSENT,  /* no such file */
    HBL_CHECKPOINT_DAMAGED, /* no checkpoint, cut off, or its checksum is wrong */
    HBL_CHECKPOINT_FOREIGN, /* whole, but of another version, model, data set or machine */
} hbl_checkpoint_state;

typedef struct {
    hbl_checkpoint_state state;
    void *memory;    /* the file; free it */
    hbl_reader body; /* the estimator's part, within memory */
} hbl_checkpoint;

/* HBL_OK: whole and of this run. Anything else: one sentence that says why not, and state. */
int hbl_checkpoint_read(const char *path, const hbl_identity *identity, hbl_checkpoint *checkpoint,
                        hbl_error *error);

#endif
