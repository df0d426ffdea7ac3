/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The state of a chain as bytes. Numbers are copied as they stand in memory, so that a chain that
 * is loaded goes on bit for bit as the one that was saved. There is no random number state to keep:
 * every stream begins anew from its key (seed, chain, purpose, person, sweep), see core/rng.h.
 */
#include <string.h>

#include "core/fail.h"
#include "hb/chain.h"

/* What is not in arrays. Fields of eight bytes only: no padding, whose bytes would be anything. */
typedef struct {
    uint64_t sweep, n_accumulated;
    double log_likelihood, sum_z2, jitter, acceptance;
    double n_hessians, n_pooled, interweave_step;
    hbl_count person_count, interweave_count, population_count, scale_count;
} scalars;

static scalars scalars_of(const hbl_chain *chain)
{
    const hbl_tuning *tuning = &chain->tuning;
    return (scalars){.sweep = chain->sweep,
                     .n_accumulated = chain->n_accumulated,
                     .log_likelihood = chain->sums.log_likelihood,
                     .sum_z2 = chain->sum_z2,
                     .jitter = chain->jitter,
                     .acceptance = chain->acceptance,
                     .n_hessians = tuning->n_hessians,
                     .n_pooled = tuning->n_pooled,
                     .interweave_step = tuning->interweave_step,
                     .person_count = chain->person_count,
                     .interweave_count = chain->interweave_count,
                     .population_count = chain->population_count,
                     .scale_count = chain->scale_count};
}

static void set_scalars(hbl_chain *chain, const scalars *from)
{
    chain->sweep = from->sweep;
    chain->n_accumulated = (size_t)from->n_accumulated;
    chain->sums.log_likelihood = from->log_likelihood;
    chain->sum_z2 = from->sum_z2;
    chain->jitter = from->jitter;
    chain->acceptance = from->acceptance;
    chain->tuning.n_hessians = from->n_hessians;
    chain->tuning.n_pooled = from->n_pooled;
    chain->tuning.interweave_step = from->interweave_step;
    chain->person_count = from->person_count;
    chain->interweave_count = from->interweave_count;
    chain->population_count = from->population_count;
    chain->scale_count = from->scale_count;
}

/* The arrays of the state; the list wants a chain that may be changed, which is not done here. */
static size_t state_arrays(const hbl_chain *chain, hbl_chain_array *list)
{
    const size_t n = hbl_chain_arrays((hbl_chain *)(uintptr_t)chain, list);
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (list[i].state)
            list[kept++] = list[i];
    return kept;
}

size_t hbl_chain_state_size(const hbl_chain *chain)
{
    hbl_chain_array list[HBL_CHAIN_ARRAYS];
    const size_t n = state_arrays(chain, list);
    size_t size = sizeof(scalars);

    for (size_t i = 0; i < n; i++)
        size += list[i].n * sizeof(double);
    return size;
}

void hbl_chain_save(const hbl_chain *chain, void *state)
{
    const scalars all = scalars_of(chain);
    hbl_chain_array list[HBL_CHAIN_ARRAYS];
    const size_t n = state_arrays(chain, list);
    char *to = state;

    memcpy(to, &all, sizeof all);
    to += sizeof all;
    for (size_t i = 0; i < n; i++) {
        memcpy(to, *list[i].array, list[i].n * sizeof(double));
        to += list[i].n * sizeof(double);
    }
}

int hbl_chain_load(hbl_chain *chain, const void *state, size_t size, hbl_error *error)
{
    const size_t expected = hbl_chain_state_size(chain);
    hbl_chain_array list[HBL_CHAIN_ARRAYS];
    const size_t n = state_arrays(chain, list);
    const char *from = state;
    scalars all;

    if (size != expected)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "chain %u: a saved state of %zu bytes, where this model has %zu",
                        chain->number, size, expected);
    memcpy(&all, from, sizeof all);
    from += sizeof all;
    if (all.n_accumulated > all.sweep)
        return hbl_fail(error, HBL_ERR_INPUT, "chain %u: a saved state with more draws than sweeps",
                        chain->number);
    set_scalars(chain, &all);
    for (size_t i = 0; i < n; i++) {
        memcpy(*list[i].array, from, list[i].n * sizeof(double));
        from += list[i].n * sizeof(double);
    }
    return HBL_OK;
}
