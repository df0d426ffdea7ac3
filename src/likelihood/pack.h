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

/* The data in one floating-point type, cut into strips. */
typedef struct {
    size_t lanes, n_strips, real_size, bytes;
    hbl_pass_strip *strip; /* n_strips, HBL_LANES / lanes of them a block */
    hbl_pass_run *run;
    void *stream;
} hbl_pack;

int hbl_packing_init(hbl_packing *packing, const hbl_panel *panel, hbl_error *error);
void hbl_packing_clear(hbl_packing *packing);

/* Lays out the strips, their streams still zero. real_size: of a float or of a double. */
int hbl_pack_init(hbl_pack *pack, const hbl_packing *packing, const hbl_model *model, size_t lanes,
                  size_t real_size, hbl_error *error);
void hbl_pack_clear(hbl_pack *pack);

/* Writes the differences against the chosen rows, again where choices have changed. */
void hbl_pack_fill(hbl_pack *pack, const hbl_packing *packing, const hbl_model *model,
                   const size_t *task_chosen);

#endif
