/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packing: which person sits in which lane, and the streams that the pass reads.
 */
#ifndef HBL_LIKELIHOOD_PACK_H
#define HBL_LIKELIHOOD_PACK_H

#include "hblogit/error.h"
#include "hblogit/model.h"
#include "likelihood/pass.h"

/* The order of packing, shared by the packs of a likelihood. Persons with like numbers of tasks and
 * rows stand together and a person's tasks with more rows come first, so that there is little
 * padding; neither order matters to the result. */
typedef struct {
    size_t n_blocks;
    size_t *person; /* n_blocks x HBL_LANES; SIZE_MAX for a lane of padding */
    size_t *task;   /* the panel's tasks, in person_task's ranges */
} hbl_packing;

/* What a stream is made of. */
typedef enum { HBL_PACK_FLOAT, HBL_PACK_DOUBLE, HBL_PACK_UNITS } hbl_pack_kind;

/* The data as one kind of stream, cut into strips. */
typedef struct {
    hbl_pack_kind kind;
    size_t lanes, n_strips, bytes;
    hbl_pass_strip *strip; /* n_strips, HBL_LANES / lanes of them a block */
    hbl_pass_run *run;
    double *unit; /* n_columns; under UNITS alone */
    void *stream;
} hbl_pack;

/* Data of so many bytes stay in the caches from one sweep to the next, more or less. */
enum { HBL_PACK_CACHED = 8 << 20 };

int hbl_packing_init(hbl_packing *packing, const hbl_panel *panel, hbl_error *error);
void hbl_packing_clear(hbl_packing *packing);

/* Bytes of a stream. */
size_t hbl_pack_size(const hbl_packing *packing, const hbl_model *model, size_t lanes,
                     hbl_pack_kind kind);

/* Lays out the strips, their streams still zero. unit: a column's, under UNITS. Beyond so many
 * bytes the pass fetches ahead. */
int hbl_pack_init(hbl_pack *pack, const hbl_packing *packing, const hbl_model *model, size_t lanes,
                  hbl_pack_kind kind, const double *unit, size_t cached, hbl_error *error);
void hbl_pack_clear(hbl_pack *pack);

/* Writes the differences against the chosen rows, again where choices have changed. */
void hbl_pack_fill(hbl_pack *pack, const hbl_packing *packing, const hbl_model *model,
                   const size_t *task_chosen);

#endif
