/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Draws in lanes: each person's normals, beside those of the 15 others of the block.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"
#include "msl/internal.h"

static size_t block_size(const hbl_msl_draws *draws)
{
    return draws->draws * draws->points.dimensions * HBL_LANES;
}

/* u and z of a person, then the block. */
size_t hbl_msl_draws_scratch(const hbl_msl_draws *draws)
{
    const size_t person = (draws->draws * draws->points.dimensions + 7) / 8 * 8;

    return 2 * person + (draws->kept ? 0 : block_size(draws));
}

/* to: [draw][coefficient][lane]; lanes of padding are 0. */
static void make_block(const hbl_msl_draws *draws, const hbl_likelihood *likelihood, size_t block,
                       double *scratch, double *to)
{
    const size_t n = draws->draws * draws->points.dimensions;
    double *u = scratch, *z = scratch + (n + 7) / 8 * 8;

    for (size_t lane = 0; lane < HBL_LANES; lane++) {
        const size_t person = hbl_likelihood_person(likelihood, block, lane);

        if (person == SIZE_MAX)
            memset(z, 0, n * sizeof *z);
        else
            hbl_points_normals(&draws->points, person, draws->draws, draws->antithetic, u, z);
        for (size_t i = 0; i < n; i++)
            to[i * HBL_LANES + lane] = z[i];
    }
}

const double *hbl_msl_draws_block(const hbl_msl_draws *draws, const hbl_likelihood *likelihood,
                                  size_t block, double *scratch)
{
    const size_t person = (draws->draws * draws->points.dimensions + 7) / 8 * 8;

    if (draws->kept)
        return draws->kept + block * block_size(draws);
    make_block(draws, likelihood, block, scratch, scratch + 2 * person);
    return scratch + 2 * person;
}

typedef struct {
    hbl_msl_draws *draws;
    const hbl_likelihood *likelihood;
    double *scratch;
    size_t scratch_size;
} keeping;

static void keep_block(void *context, size_t block, int thread)
{
    keeping *k = context;

    make_block(k->draws, k->likelihood, block, k->scratch + (size_t)thread * k->scratch_size,
               k->draws->kept + block * block_size(k->draws));
}

static int keep_all(hbl_msl_draws *draws, const hbl_likelihood *likelihood, int threads,
                    hbl_error *error)
{
    const size_t n_blocks = hbl_likelihood_n_blocks(likelihood);
    keeping k = {.draws = draws, .likelihood = likelihood};

    draws->kept = hbl_calloc_aligned(n_blocks * block_size(draws), sizeof(double), "draws", error);
    if (!draws->kept)
        return HBL_ERR_MEMORY;
    k.scratch_size = hbl_msl_draws_scratch(draws);
    k.scratch = hbl_calloc((size_t)threads * k.scratch_size, sizeof(double), "draws", error);
    if (!k.scratch)
        return HBL_ERR_MEMORY;
    hbl_parallel_for(threads, n_blocks, keep_block, &k);
    free(k.scratch);
    return HBL_OK;
}

int hbl_msl_draws_init(hbl_msl_draws *draws, const hbl_likelihood *likelihood, size_t n_random,
                       const hbl_msl_settings *settings, size_t n_persons, size_t limit,
                       int threads, hbl_error *error)
{
    const double bytes = (double)hbl_likelihood_n_blocks(likelihood) * (double)settings->draws *
                         (double)n_random * HBL_LANES * sizeof(double);
    int status;

    draws->draws = (size_t)settings->draws;
    draws->antithetic = settings->antithetic;
    draws->points =
        (hbl_points){.kind = hbl_sequence_find(settings->sequence, error),
                     .dimensions = n_random,
                     .points = hbl_points_needed((size_t)settings->draws, settings->antithetic),
                     .n_persons = n_persons,
                     .drop = (size_t)settings->drop,
                     .seed = settings->seed,
                     .scramble = settings->scramble};
    if (!draws->points.kind)
        return HBL_ERR_INPUT;
    status = hbl_points_prepare(&draws->points, error);
    if (!status && bytes <= (double)limit)
        status = keep_all(draws, likelihood, threads, error);
    return status;
}

void hbl_msl_draws_clear(hbl_msl_draws *draws)
{
    hbl_points_clear(&draws->points);
    free(draws->kept);
    draws->kept = NULL;
}
