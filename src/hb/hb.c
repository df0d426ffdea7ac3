/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The problem: a model made ready for sampling, shared by chains.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "hb/chain.h"

enum { CHUNK_BLOCKS = 4, MOST_CHUNKS = 256, MOST_POOLED_SUMS = 1 << 17, MOST_UTILITY = 20 };

/* Where the persons lie, and how the work on them is cut. */
static int lay_out_persons(hbl_hb *hb, hbl_error *error)
{
    const size_t *person_task = hb->model->panel->person_task;
    size_t n;

    hb->n_blocks = hbl_likelihood_n_blocks(hb->likelihood);
    hb->n_chunks = (hb->n_blocks + CHUNK_BLOCKS - 1) / CHUNK_BLOCKS;
    if (hb->n_chunks > MOST_CHUNKS)
        hb->n_chunks = MOST_CHUNKS;
    n = hb->n_blocks * HBL_LANES;
    hb->person = hbl_calloc(n, sizeof *hb->person, "persons", error);
    hb->valid = hbl_calloc_aligned(n, sizeof(double), "persons", error);
    hb->tasks = hbl_calloc_aligned(n, sizeof(double), "persons", error);
    if (!hb->person || !hb->valid || !hb->tasks)
        return HBL_ERR_MEMORY;
    for (size_t at = 0; at < n; at++) {
        const size_t person = hbl_likelihood_person(hb->likelihood, at / HBL_LANES, at % HBL_LANES);
        hb->person[at] = person;
        hb->valid[at] = person != SIZE_MAX;
        hb->tasks[at] =
            person == SIZE_MAX ? 1 : (double)(person_task[person + 1] - person_task[person]);
    }
    return HBL_OK;
}

static int lay_out_covariances(hbl_hb *hb, hbl_error *error)
{
    const hbl_model *model = hb->model;

    hb->n_covariances = model->n_blocks;
    hb->covariance =
        hbl_calloc(model->n_blocks, sizeof *hb->covariance, "covariance blocks", error);
    hb->covariance_of = hbl_calloc(hb->K, sizeof(size_t), "covariance blocks", error);
    hb->position = hbl_calloc(hb->K, sizeof(size_t), "covariance blocks", error);
    if (!hb->covariance || !hb->covariance_of || !hb->position)
        return HBL_ERR_MEMORY;
    for (size_t b = 0; b < model->n_blocks; b++) {
        hb->covariance[b].index = hbl_calloc(hb->K, sizeof(size_t), "covariance blocks", error);
        if (!hb->covariance[b].index)
            return HBL_ERR_MEMORY;
    }
    for (size_t k = 0; k < hb->K; k++) {
        hbl_covariance *c = &hb->covariance[model->block_of[k]];
        hb->covariance_of[k] = model->block_of[k];
        hb->position[k] = c->size;
        c->index[c->size++] = k;
    }
    for (size_t b = 0; b < model->n_blocks; b++)
        if (!(hbl_prior_df_of(hb, &hb->covariance[b]) > (double)hb->covariance[b].size - 1))
            return hbl_fail(error, HBL_ERR_INPUT,
                            "the prior's df, %g for a covariance block of %zu coefficients, must "
                            "exceed %zu: use \"K+3\"",
                            hbl_prior_df_of(hb, &hb->covariance[b]), hb->covariance[b].size,
                            hb->covariance[b].size - 1);
    return HBL_OK;
}

static bool is_normal(const hbl_model *model, size_t k)
{
    return model->mixing[k] == hbl_mixings[0];
}

static int list_curved(hbl_hb *hb, hbl_error *error)
{
    hb->curved = hbl_calloc(hb->K, sizeof *hb->curved, "distributions", error);
    if (!hb->curved)
        return HBL_ERR_MEMORY;
    for (size_t k = 0; k < hb->K; k++) {
        if (!is_normal(hb->model, k))
            hb->curved[hb->n_curved++] = k;
        hb->is_ordered = hb->is_ordered || hb->model->base[k] != SIZE_MAX;
    }
    return HBL_OK;
}

static int lay_out_entries(hbl_hb *hb, hbl_error *error)
{
    hb->moves_hierarchy = hb->settings.interweave && hb->K > 0;
    hb->entry = hbl_calloc(hb->K + HBL_TRIANGLE(hb->K) + hb->Q * hb->K + hb->F, sizeof *hb->entry,
                           "population parameters", error);
    if (!hb->entry)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; hb->moves_hierarchy && i < hb->K; i++)
        hb->entry[hb->n_entries++] = (hbl_entry){HBL_ENTRY_MEAN, i, 0};
    for (size_t i = 0; hb->moves_hierarchy && i < hb->K; i++)
        for (size_t j = 0; j <= i; j++)
            if (hb->covariance_of[i] == hb->covariance_of[j])
                hb->entry[hb->n_entries++] = (hbl_entry){HBL_ENTRY_FACTOR, i, j};
    for (size_t i = 0; hb->moves_hierarchy && i < hb->K; i++)
        for (size_t q = 0; q < hb->Q; q++)
            hb->entry[hb->n_entries++] = (hbl_entry){HBL_ENTRY_SLOPE, i, q};
    for (size_t f = 0; f < hb->F; f++)
        hb->entry[hb->n_entries++] = (hbl_entry){HBL_ENTRY_FIXED, f, 0};
    hb->entry_row =
        hbl_calloc(hb->n_entries, sizeof *hb->entry_row, "population parameters", error);
    if (!hb->entry_row)
        return HBL_ERR_MEMORY;
    for (size_t e = 0; e < hb->n_entries; e++)
        hb->entry_row[e] =
            hb->entry[e].kind == HBL_ENTRY_FIXED ? hb->K + hb->entry[e].row : hb->entry[e].row;
    hb->n_pooled_parts = hb->n_chunks;
    while (hb->n_pooled_parts > 1 &&
           hb->n_pooled_parts * hb->n_entries * hb->n_entries > MOST_POOLED_SUMS)
        hb->n_pooled_parts /= 2;
    return HBL_OK;
}

/* Adds to squares[column] the squared deviations of a task's rows from their mean. */
static void add_deviations(const hbl_model *model, size_t task, double *mean, double *squares)
{
    const size_t *task_row = model->panel->task_row, C = model->n_columns;
    const double *first = model->x + task_row[task] * C, *end = model->x + task_row[task + 1] * C;
    const double n = (double)(task_row[task + 1] - task_row[task]);

    memset(mean, 0, C * sizeof *mean);
    for (const double *x = first; x < end; x += C)
        for (size_t c = 0; c < C; c++)
            mean[c] += x[c] / n;
    for (const double *x = first; x < end; x += C)
        for (size_t c = 0; c < C; c++)
            squares[c] += (x[c] - mean[c]) * (x[c] - mean[c]);
}

/* unit[column] = 1 / the root mean square deviation of a column from its mean within the task: the
 * change of its coefficient that moves utilities by about 1. Infinite for a column that does not
 * vary. */
static int units_of_utility(const hbl_model *model, double **unit, hbl_error *error)
{
    const hbl_panel *panel = model->panel;
    double *mean = hbl_calloc(2 * model->n_columns, sizeof *mean, "starting values", error);
    double *squares = mean ? mean + model->n_columns : NULL;

    *unit = mean;
    if (!mean)
        return HBL_ERR_MEMORY;
    for (size_t t = 0; t < panel->n_tasks; t++)
        add_deviations(model, t, mean, squares);
    for (size_t c = 0; c < model->n_columns; c++)
        mean[c] = 1 / sqrt(squares[c] / (double)panel->n_rows);
    return HBL_OK;
}

/* The same for a coefficient of the scale, exp(v_n'lambda): the change that moves its logarithm by
 * about 3 / MOST_UTILITY, so that no chain starts at a scale of a person much beyond exp(3). */
static double unit_of_scale(const hbl_model *model, size_t column)
{
    const size_t N = model->panel->n_persons;
    double squares = 0;

    for (size_t n = 0; n < N; n++)
        squares += model->v[n * model->n_scale + column] * model->v[n * model->n_scale + column];
    return 3.0 / MOST_UTILITY / sqrt(squares / (double)N);
}

static double unit_of_fixed(const hbl_model *model, const double *unit, size_t f)
{
    return f < model->n_fixed ? unit[model->n_random + f]
                              : unit_of_scale(model, f - model->n_fixed);
}

static double clamp(double x, double most)
{
    return fmax(-most, fmin(most, x));
}

/* The pooled fit on the scale of theta, where chains start. A coefficient the data say nothing
 * about spreads by 1. Where choices are separated the fit goes towards infinity and its standard
 * errors further still; from there a chain would not come back in any warm-up. So no coefficient
 * starts beyond where it moves utilities by MOST_UTILITY, nor spreads by more than half of that. */
static int take_pooled(hbl_hb *hb, hbl_error *error)
{
    const hbl_model *model = hb->model;
    const size_t K = hb->K;
    double beta, *unit = NULL;

    hb->theta_pooled = hbl_calloc(K, sizeof(double), "starting values", error);
    hb->pooled_curvature = hbl_calloc(K * K, sizeof(double), "starting values", error);
    hb->slope_pooled = hbl_calloc(K, sizeof(double), "starting values", error);
    hb->spread = hbl_calloc(K, sizeof(double), "starting values", error);
    hb->alpha_pooled = hbl_calloc(hb->F, sizeof(double), "starting values", error);
    hb->alpha_spread = hbl_calloc(hb->F, sizeof(double), "starting values", error);
    if (!hb->theta_pooled || !hb->pooled_curvature || !hb->slope_pooled || !hb->spread ||
        !hb->alpha_pooled || !hb->alpha_spread || units_of_utility(model, &unit, error))
        return HBL_ERR_MEMORY;
    for (size_t k = 0; k < K; k++) {
        beta = clamp(hb->pooled->estimate[k], MOST_UTILITY * unit[k]);
        hb->theta_pooled[k] = model->mixing[k]->inverse(beta, model->lower[k], model->upper[k]);
        model->mixing[k]->transform(1, &hb->theta_pooled[k], model->lower[k], model->upper[k],
                                    &beta, &hb->slope_pooled[k]);
    }
    for (size_t k = 0; k < K; k++) {
        for (size_t j = 0; j < K; j++)
            hb->pooled_curvature[k * K + j] =
                hb->slope_pooled[k] * hb->slope_pooled[j] * hb->pooled->hessian[k * hb->P + j];
        const double curvature = hb->pooled_curvature[k * K + k] / (double)hb->N;
        /* where g is not the identity theta has a scale of its own, not that of the attribute */
        hb->spread[k] = fmin(curvature > 0 ? 1 / sqrt(curvature) : INFINITY,
                             is_normal(model, k) ? 0.5 * MOST_UTILITY * unit[k] : 1);
        if (!isfinite(hb->spread[k]))
            hb->spread[k] = 1;
    }
    for (size_t f = 0; f < hb->F; f++) {
        const double most = MOST_UTILITY * unit_of_fixed(model, unit, f);
        const double error_of = hb->pooled->standard_error[K + f];
        hb->alpha_pooled[f] = clamp(hb->pooled->estimate[K + f], most);
        hb->alpha_spread[f] = isfinite(error_of) ? fmin(2 * error_of, 0.5 * most) : 1;
    }
    free(unit);
    return HBL_OK;
}

/* What other methods can do and this one cannot. */
static int refuse_foreign(const hbl_model *model, hbl_error *error)
{
    if (model->panel->weight)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "hierarchical Bayes takes no person weights, which are used by the methods "
                        "mnl and msl: leave out data.weight, or choose one of those");
    for (size_t k = 0; k < model->n_random; k++)
        if (!model->mixing[k]->transform)
            return hbl_fail(error, HBL_ERR_INPUT,
                            "%s is %s, a distribution that only the method msl can estimate, being "
                            "no transform of a normal variable",
                            model->name[k], model->mixing[k]->name);
    return HBL_OK;
}

int hbl_hb_alloc(const hbl_model *model, const hbl_hb_settings *settings, int threads, hbl_hb **out,
                 hbl_error *error)
{
    hbl_hb *hb = hbl_calloc(1, sizeof *hb, "the sampler", error);
    int status = HBL_ERR_MEMORY;

    *out = NULL;
    if (!hb)
        return status;
    hb->model = model;
    hb->settings = *settings;
    hb->kernel = hbl_person_kernel_find(settings->kernel);
    hb->settings.kernel = NULL; /* the caller's string; hb->kernel from here */
    hb->lanes = hbl_lanes_best();
    hb->trajectory = hbl_trajectory_steps_best();
    hb->rng = hbl_rng_lanes_best();
    hb->N = model->panel->n_persons;
    hb->K = model->n_random;
    hb->F = model->n_fixed + model->n_scale;
    hb->P = model->n_coefficients;
    hb->Q = hb->K ? model->n_covariates : 0;
    hb->layout = hbl_moment_layout_of(hb->K, hb->P, hb->Q);
    if (!hb->kernel)
        status = hbl_fail(error, HBL_ERR_INPUT, "no kernel is called \"%s\"", settings->kernel);
    else
        status = refuse_foreign(model, error);
    if (!status)
        status = hbl_likelihood_alloc(model, settings->precision, NULL, &hb->likelihood, error);
    if (!status)
        status = lay_out_persons(hb, error);
    if (!status)
        status = hbl_lay_out_covariates(hb, error);
    if (!status)
        status = lay_out_covariances(hb, error);
    if (!status)
        status = lay_out_entries(hb, error);
    if (!status)
        status = list_curved(hb, error);
    if (!status)
        status = hbl_mnl_fit(hb->likelihood, threads, &hb->pooled, error);
    if (!status)
        status = take_pooled(hb, error);
    if (status) {
        hbl_hb_free(hb);
        return status;
    }
    hb->needs_gradient = hb->n_entries > 0 || hb->kernel->uses_gradient;
    *out = hb;
    return HBL_OK;
}

void hbl_hb_free(hbl_hb *hb)
{
    if (!hb)
        return;
    for (size_t b = 0; hb->covariance && b < hb->n_covariances; b++)
        free(hb->covariance[b].index);
    free(hb->covariance);
    free(hb->covariance_of);
    free(hb->position);
    free(hb->person);
    free(hb->valid);
    free(hb->tasks);
    free(hb->w);
    free(hb->ww);
    free(hb->axis);
    free(hb->axis_size);
    free(hb->entry);
    free(hb->entry_row);
    free(hb->curved);
    free(hb->theta_pooled);
    free(hb->pooled_curvature);
    free(hb->slope_pooled);
    free(hb->spread);
    free(hb->alpha_pooled);
    free(hb->alpha_spread);
    hbl_mnl_free(hb->pooled);
    hbl_likelihood_free(hb->likelihood);
    free(hb);
}

const hbl_mnl *hbl_hb_pooled(const hbl_hb *hb)
{
    return hb->pooled;
}

const char *hbl_hb_pass_name(const hbl_hb *hb)
{
    return hbl_likelihood_name(hb->likelihood);
}
