/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * theta_n | mu, Omega, alpha, choices_n by Metropolis-Hastings, a block of persons at a time. The
 * kernels make the proposals (person_*.c); here they are accepted or not, counted, tuned and
 * summed.
 */
#include <math.h>
#include <string.h>

#include "core/exp.h"
#include "hb/chain.h"

_Static_assert(HBL_RNG_LANES == (int)HBL_LANES, "a block of persons is a block of streams");

const hbl_kernel_name hbl_person_kernels[] = {
    {"hmc", "Hamiltonian Monte Carlo, three leapfrog steps, shaped by each person's Hessian"},
    {"hessian", "random walk with s^2 (H_n + Omega^-1)^-1, H_n of the fractional likelihood "
                "(Rossi, Allenby and McCulloch)"},
    {"random-walk", "random walk with rho^2 Omega (Train)"},
    {NULL, NULL}};

const hbl_person_kernel *hbl_person_kernel_find(const char *name)
{
    static const hbl_person_kernel *const kernels[] = {&hbl_kernel_hmc, &hbl_kernel_hessian,
                                                       &hbl_kernel_random_walk};
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (strcmp(kernels[i]->name, name) == 0)
            return kernels[i];
    return NULL;
}

static void trace_block(const hbl_chain *chain, size_t block, const hbl_workspace *w)
{
    const hbl_hb *hb = chain->hb;
    const size_t K = hb->K, tri = HBL_TRIANGLE(K), lane = HBL_LANES;
    const double *theta = hbl_at_block(chain->theta, block, K);
    const double *log_likelihood = hbl_at_block(chain->log_likelihood, block, 1);
    const double *factor =
        hb->kernel->uses_factor ? hbl_at_block(chain->tuning.factor, block, tri) : w->factor;
    const double *momentum = /* as refreshed */
        hb->kernel->keeps_momentum ? hbl_at_block(chain->momentum, block, K) : w->momentum;

    for (size_t l = 0; l < HBL_LANES; l++) {
        const size_t person = hb->person[block * HBL_LANES + l];
        const hbl_trace_field field[] = {
            {"theta", theta + l, K, lane},
            {"proposal", w->theta + l, K, lane},
            {"normals", w->normals + l, K, lane},
            {"momentum", momentum + l, hb->kernel->keeps_momentum ? K : 0, lane},
            {"step_size", w->step + l, 1, lane},
            {"factor", factor + l, hb->kernel == &hbl_kernel_random_walk ? 0 : tri, lane},
            {"loglik", log_likelihood + l, 1, lane},
            {"loglik_proposal", w->log_likelihood + l, 1, lane},
            {"log_ratio", w->log_ratio + l, 1, lane},
            {"uniform", w->uniform + l, 1, lane},
            {"accepted", w->accepted + l, 1, lane},
        };
        if (person != SIZE_MAX)
            hbl_trace(chain, "person", (int64_t)person, field, sizeof field / sizeof *field);
    }
}

/* log e_n += gain (acceptance probability - target), in warm-up. */
static void adapt_steps(hbl_chain *chain, size_t block, const hbl_workspace *w)
{
    const hbl_person_kernel *kernel = chain->hb->kernel;
    double *step = chain->tuning.step + block * HBL_LANES, factor[HBL_LANES];

    for (size_t l = 0; l < HBL_LANES; l++) {
        const double ratio = w->log_ratio[l];
        factor[l] = isnan(ratio) ? -INFINITY : fmin(0, ratio);
    }
    hbl_exp(HBL_LANES, factor, factor);
    for (size_t l = 0; l < HBL_LANES; l++)
        factor[l] = chain->adaptation_gain * (factor[l] - kernel->target);
    hbl_exp(HBL_LANES, factor, factor);
    for (size_t l = 0; l < HBL_LANES; l++)
        step[l] = fmin(kernel->largest_step, step[l] * factor[l]);
}

/* Padding is never drawn, but what moves theta as a whole moves it too: without end, were it not
 * put where no such move leads far away. */
static void hold_padding(const hbl_chain *chain, size_t block)
{
    const double *valid = chain->hb->valid + block * HBL_LANES;
    double *theta = hbl_at_block(chain->theta, block, chain->hb->K);

    for (size_t l = HBL_LANES; l > 0 && !(valid[l - 1] > 0); l--)
        for (size_t k = 0; k < chain->hb->K; k++)
            theta[k * HBL_LANES + l - 1] = chain->mu[k];
}

static void step_block(hbl_chain *chain, size_t block, hbl_workspace *w, double *counts)
{
    const hbl_hb *hb = chain->hb;
    double *theta = hbl_at_block(chain->theta, block, hb->K);
    double *log_likelihood = hbl_at_block(chain->log_likelihood, block, 1);

    hb->lanes->scale(chain->jitter, chain->tuning.step + block * HBL_LANES, w->step);
    hb->rng->draw(&chain->persons_rng, hb->person + block * HBL_LANES, hb->K, w->normals,
                  w->uniform);
    hb->kernel->propose(chain, block, w);
    hb->lanes->decide(hb->valid + block * HBL_LANES, w->log_likelihood, w->log_ratio, w->uniform,
                      w->accepted, counts);
    if (chain->trace)
        trace_block(chain, block, w);

    if (hb->kernel->keeps_momentum)
        hb->lanes->select_or_negate(hb->K, w->accepted, w->momentum,
                                    hbl_at_block(chain->momentum, block, hb->K));
    hb->lanes->select(hb->K, w->accepted, w->theta, theta);
    hold_padding(chain, block);
    hb->lanes->select(1, w->accepted, w->log_likelihood, log_likelihood);
    if (hb->needs_gradient)
        hb->lanes->select(hb->P, w->accepted, w->gradient,
                          hbl_at_block(chain->gradient, block, hb->P));
    if (chain->sweep < (uint64_t)hb->settings.warmup)
        adapt_steps(chain, block, w);
    else
        hb->lanes->add(w->accepted, chain->person_accepted + block * HBL_LANES);
}

static void step_chunk(hbl_chain *chain, size_t chunk, size_t first, size_t end,
                       hbl_workspace *workspace)
{
    const hbl_hb *hb = chain->hb;
    double *sums = chain->chunk_moment + chunk * hb->layout.n * hb->lanes->fold;
    _Alignas(64) double counts[3 * HBL_MOST_FOLD] = {0};
    double count[3];

    memset(sums, 0, hb->layout.n * hb->lanes->fold * sizeof *sums);
    for (size_t block = first; block < end; block++) {
        if (hb->K)
            step_block(chain, block, workspace, counts);
        hbl_add_slopes(hb, block, chain->mu, hbl_at_block(chain->theta, block, hb->K),
                       hbl_at_block(chain->log_likelihood, block, 1),
                       hbl_at_block(chain->gradient, block, hb->P), workspace, sums);
        hbl_add_spread(hb, block, workspace, sums);
    }
    hb->lanes->total(1, 3, counts, count);
    chain->chunk_count[chunk] = (hbl_count){count[0], count[1], (uint64_t)count[2]};
}

void hbl_person_step(hbl_chain *chain)
{
    const hbl_hb *hb = chain->hb;
    hbl_rng rng =
        hbl_rng_stream(hb->settings.seed, chain->number, HBL_STREAM_SWEEP, 0, chain->sweep);
    hbl_count total = {0};

    chain->persons_rng =
        hbl_rng_share(hb->settings.seed, chain->number, HBL_STREAM_PERSON, chain->sweep);
    chain->jitter = 0.9 + 0.2 * hbl_rng_uniform(&rng);
    chain->adaptation_gain = hbl_adaptation_gain(chain->sweep);
    hbl_for_parts(chain, hb->n_chunks, step_chunk);
    hbl_sum_chunks(chain, chain->mu, &chain->sums);
    for (size_t c = 0; c < hb->n_chunks; c++) {
        total.accepted += chain->chunk_count[c].accepted;
        total.tried += chain->chunk_count[c].tried;
        total.non_finite += chain->chunk_count[c].non_finite;
    }
    chain->acceptance = total.tried > 0 ? total.accepted / total.tried : 1;
    chain->person_count.accepted += total.accepted;
    chain->person_count.tried += total.tried;
    chain->person_count.non_finite += total.non_finite;
}
