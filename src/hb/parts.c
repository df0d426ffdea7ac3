/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Work on the persons, cut into parts that do not depend on the number of threads.
 */
#include <string.h>

#include "core/parallel.h"
#include "hb/chain.h"

typedef struct {
    hbl_chain *chain;
    size_t n_parts;
    hbl_part_body *body;
} part_work;

static void run_part(void *context, size_t part, int thread)
{
    const part_work *work = context;
    hbl_chain *chain = work->chain;
    const size_t n_blocks = chain->hb->n_blocks;

    work->body(chain, part, part * n_blocks / work->n_parts, (part + 1) * n_blocks / work->n_parts,
               &chain->workspace[thread]);
}

void hbl_for_parts(hbl_chain *chain, size_t n_parts, hbl_part_body *body)
{
    part_work work = {chain, n_parts, body};
    hbl_parallel_for(chain->trace ? 1 : chain->threads, n_parts, run_part, &work);
}

void hbl_sum_chunks(hbl_chain *chain, const double *centre, hbl_sums *sums)
{
    const hbl_hb *hb = chain->hb;

    memcpy(sums->centre, centre, hb->K * sizeof(double));
    hb->lanes->total(hb->n_chunks, hb->layout.n, chain->chunk_moment, sums->moment);
    sums->log_likelihood = sums->moment[hb->layout.ll];
}
