/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chain's memory, and what callers see of its state.
 */
#include "hb/chain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* ---- allocation ---- */

size_t hbl_chain_arrays(hbl_chain *chain, hbl_chain_array *list)
{
    const hbl_hb *hb = chain->hb;
    const size_t K = hb->K, F = hb->F, P = hb->P, d = hb->n_entries, tri = HBL_TRIANGLE(K);
    const size_t slopes = hb->Q * K;
    const size_t lanes = hb->n_blocks * HBL_LANES, sums = hb->layout.n;
    const bool factor = hb->kernel->uses_factor;
    const bool hessian = factor || hb->kernel->uses_hessian;
    /* the hessian kernel's start borrows theta_other */
    const bool other = d > 0 || hb->kernel->uses_hessian;
    hbl_tuning *t = &chain->tuning;
    enum { SCRATCH = false, STATE = true };
    const hbl_chain_array all[] = {
        {&chain->mu, K, STATE},
        {&chain->L, K * K, STATE},
        {&chain->L_inverse, K * K, STATE},
        {&chain->omega, K * K, STATE},
        {&chain->precision, K * K, STATE},
        {&chain->delta, slopes, STATE},
        {&chain->alpha, F, STATE},
        {&chain->lambda, K, STATE},
        {&chain->theta, K * lanes, STATE},
        {&chain->gradient, P * lanes, STATE},
        {&chain->log_likelihood, lanes, STATE},
        {&chain->momentum, hb->kernel->keeps_momentum ? K * lanes : 0, STATE},
        {&chain->theta_other, other ? K * lanes : 0, SCRATCH},
        {&chain->gradient_other, d ? P * lanes : 0, SCRATCH},
        {&chain->log_likelihood_other, d ? lanes : 0, SCRATCH},
        {&chain->sums.moment, sums, STATE},
        {&chain->sums.centre, K, STATE},
        {&chain->sums_other.moment, sums, SCRATCH},
        {&chain->sums_other.centre, K, SCRATCH},
        {&t->step, lanes, STATE},
        {&t->factor, factor ? tri * lanes : 0, STATE},
        {&t->hessian, hessian ? tri * lanes : 0, STATE},
        {&t->precision_sum, K * K, STATE},
        {&t->pooled_sum, hb->n_pooled_parts * d * d, STATE},
        {&t->pooled_factor, d * d, STATE},
        {&chain->interweave, K + F + slopes + 3 * K * K + 5 * d, SCRATCH},
        {&chain->scratch, 4 * (K * K + K + slopes), SCRATCH},
        {&chain->drawn, K * K + 4 * K + slopes, SCRATCH},
        {&chain->scratch_pooled, d * d, SCRATCH},
        {&chain->chunk_moment, hb->n_chunks * sums * hb->lanes->fold, SCRATCH},
        {&chain->person_accepted, lanes, STATE},
        {&chain->beta_mean, K * lanes, STATE},
        {&chain->beta_m2, K * lanes, STATE},
        {&chain->rlh_mean, lanes, STATE},
    };
    memcpy(list, all, sizeof all);
    return sizeof all / sizeof *all;
}

/* A workspace's arrays are rows of lanes cut from one piece of memory. */
static int workspace_alloc(const hbl_hb *hb, hbl_workspace *w, hbl_error *error)
{
    const size_t K = hb->K, P = hb->P, tri = HBL_TRIANGLE(K);
    const struct {
        double **array;
        size_t rows;
    } cut[] = {
        {&w->located, hb->Q ? K : 0},
        {&w->beta, P},
        {&w->slope, K},
        {&w->theta, K},
        {&w->gradient, P},
        {&w->log_likelihood, 1},
        {&w->log_ratio, 1},
        {&w->normals, K},
        {&w->momentum, K},
        {&w->force, P},
        {&w->deviation, K},
        {&w->quadratic, 1},
        {&w->quadratic_start, 1},
        {&w->energy, 1},
        {&w->step, 1},
        {&w->accepted, 1},
        {&w->triangle, tri},
        {&w->factor, tri},
        {&w->hessian, HBL_TRIANGLE(P)},
        {&w->uniform, 1},
        {&w->lent, (hbl_likelihood_scratch(hb->likelihood) + HBL_LANES - 1) / HBL_LANES},
    };
    size_t rows = 0;

    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++)
        rows += cut[i].rows;
    w->memory = hbl_calloc_aligned(rows * HBL_LANES, sizeof(double), "a thread's work", error);
    if (!w->memory)
        return HBL_ERR_MEMORY;
    rows = 0;
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
        *cut[i].array = w->memory + rows * HBL_LANES;
        rows += cut[i].rows;
    }
    w->factor_of = hbl_calloc(hb->n_entries, sizeof *w->factor_of, "a thread's work", error);
    return w->factor_of ? HBL_OK : HBL_ERR_MEMORY;
}

/* Waking a thread costs about as much as a few blocks of persons do. */
static int useful_threads(const hbl_hb *hb, int threads)
{
    enum { LEAST_BLOCKS = 8 };
    const size_t most = hb->n_blocks / LEAST_BLOCKS;

    if (threads < 1 || most < 1)
        return 1;
    return (size_t)threads < most ? threads : (int)most;
}

int hbl_chain_alloc(const hbl_hb *hb, uint32_t number, int threads, hbl_chain **out,
                    hbl_error *error)
{
    hbl_chain *chain = hbl_calloc(1, sizeof *chain, "a chain", error);
    hbl_chain_array list[HBL_CHAIN_ARRAYS];
    int status = HBL_OK;

    *out = NULL;
    if (!chain)
        return HBL_ERR_MEMORY;
    chain->hb = hb;
    chain->number = number;
    chain->threads = useful_threads(hb, threads);
    chain->workspace =
        hbl_calloc((size_t)chain->threads, sizeof *chain->workspace, "a chain", error);
    chain->chunk_count = hbl_calloc(hb->n_chunks, sizeof *chain->chunk_count, "a chain", error);
    if (!chain->workspace || !chain->chunk_count)
        status = HBL_ERR_MEMORY;
    for (size_t n = hbl_chain_arrays(chain, list), i = 0; i < n && !status; i++) {
        *list[i].array = hbl_calloc_aligned(list[i].n, sizeof(double), "a chain", error);
        if (!*list[i].array)
            status = HBL_ERR_MEMORY;
    }
    for (int t = 0; t < chain->threads && !status; t++)
        status = workspace_alloc(hb, &chain->workspace[t], error);
    if (status) {
        hbl_chain_free(chain);
        return status;
    }
    *out = chain;
    return HBL_OK;
}

void hbl_chain_free(hbl_chain *chain)
{
    hbl_chain_array list[HBL_CHAIN_ARRAYS];

    if (!chain)
        return;
    for (size_t n = hbl_chain_arrays(chain, list), i = 0; i < n; i++)
        free(*list[i].array);
    for (int t = 0; chain->workspace && t < chain->threads; t++) {
        free(chain->workspace[t].memory);
        free(chain->workspace[t].factor_of);
    }
    free(chain->workspace);
    free(chain->chunk_count);
    free(chain);
}

/* ---- what callers see ---- */

void hbl_chain_trace(hbl_chain *chain, FILE *trace)
{
    chain->trace = trace;
}

void hbl_chain_draw(const hbl_chain *chain, hbl_draw *draw)
{
    draw->mu = chain->mu;
    draw->omega = chain->omega;
    draw->delta = chain->delta;
    draw->alpha = chain->alpha;
    draw->log_likelihood = chain->sums.log_likelihood;
    draw->log_posterior = hbl_log_posterior(chain);
    draw->acceptance = chain->acceptance;
    draw->sweep = chain->sweep;
}

/* theta_nk of the person in a lane, with what the covariates add. */
static double theta_of(const hbl_chain *chain, size_t block, size_t lane, size_t k)
{
    const hbl_hb *hb = chain->hb;
    double theta = chain->theta[(block * hb->K + k) * HBL_LANES + lane];

    for (size_t q = 0; q < hb->Q; q++)
        theta += hb->w[(block * hb->Q + q) * HBL_LANES + lane] * chain->delta[q * hb->K + k];
    return theta;
}

/* Unpacks persons into the panel's order, as beta where transform is set. */
static void unpack(const hbl_chain *chain, bool transform, double *out)
{
    const hbl_hb *hb = chain->hb;
    const hbl_model *model = hb->model;
    double slope;

    for (size_t at = 0; at < hb->n_blocks * HBL_LANES; at++) {
        const size_t person = hb->person[at];
        double *to;
        if (person == SIZE_MAX)
            continue;
        to = out + person * hb->K;
        for (size_t k = 0; k < hb->K; k++) {
            const double theta = theta_of(chain, at / HBL_LANES, at % HBL_LANES, k);
            if (transform)
                model->mixing[k]->transform(1, &theta, model->lower[k], model->upper[k], &to[k],
                                            &slope);
            else
                to[k] = theta;
        }
        if (transform)
            hbl_model_cumulate(model, to, 1);
    }
}

void hbl_chain_beta(const hbl_chain *chain, double *beta)
{
    unpack(chain, true, beta);
}

void hbl_chain_theta(const hbl_chain *chain, double *theta)
{
    unpack(chain, false, theta);
}

static hbl_kernel_report report_of(const char *name, const hbl_count *count, double step)
{
    const hbl_kernel_report report = {name, count->tried > 0 ? count->accepted / count->tried : NAN,
                                      step, count->non_finite};
    return report;
}

size_t hbl_chain_kernels(const hbl_chain *chain, hbl_kernel_report *report, size_t capacity)
{
    const hbl_hb *hb = chain->hb;
    hbl_kernel_report all[4];
    size_t n = 0;

    if (hb->K) {
        double step = 0;
        for (size_t at = 0; at < hb->n_blocks * HBL_LANES; at++)
            step += hb->valid[at] * chain->tuning.step[at] / (double)hb->N;
        all[n++] = report_of(hb->kernel->name, &chain->person_count, step);
        if (chain->population_count.tried > 0)
            all[n++] =
                report_of("population", &chain->population_count, hb->settings.over_relaxation);
    }
    if (hb->n_entries)
        all[n++] = report_of(hb->moves_hierarchy ? "interweave" : "fixed", &chain->interweave_count,
                             chain->tuning.interweave_step);
    if (chain->scale_count.tried > 0)
        all[n++] = report_of("scales", &chain->scale_count, NAN);
    for (size_t i = 0; i < n && i < capacity; i++)
        report[i] = all[i];
    return n;
}
