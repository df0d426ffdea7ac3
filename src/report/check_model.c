/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model's part of the report of a check: coefficients with their attributes, what describes
 * persons, the number of parameters.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/memory.h"
#include "report/check.h"
#include "report/text.h"

double hbl_check_percent(size_t part, size_t whole)
{
    return whole > 0 ? 100 * (double)part / (double)whole : NAN;
}

/* ---- coefficients ---- */

typedef struct {
    double least, mean, most;
    size_t varying; /* tasks in which the column is not the same for all alternatives */
} column_facts;

static column_facts facts_of(const hbl_model *model, size_t column)
{
    const hbl_panel *panel = model->panel;
    const double *x = model->x + column;
    const size_t stride = model->n_columns;
    column_facts f = {INFINITY, 0, -INFINITY, 0};

    for (size_t t = 0; t < panel->n_tasks; t++) {
        bool varies = false;

        for (size_t r = panel->task_row[t]; r < panel->task_row[t + 1]; r++) {
            const double value = x[r * stride];
            f.least = fmin(f.least, value);
            f.most = fmax(f.most, value);
            f.mean += value / (double)panel->n_rows;
            varies |= value != x[panel->task_row[t] * stride];
        }
        f.varying += varies;
    }
    return f;
}

/* What is said of column k of x: a random, fixed or held coefficient. */
static const char *name_of(const hbl_model *model, size_t k)
{
    const size_t free_columns = model->n_random + model->n_fixed;

    return k < free_columns ? model->name[k] : model->held_name[k - free_columns];
}

static void add_distribution(hbl_grid *grid, const hbl_model *model, size_t k)
{
    const size_t free_columns = model->n_random + model->n_fixed;
    char text[128];

    if (k >= free_columns)
        snprintf(text, sizeof text, "held at %g", model->held[k - free_columns]);
    else if (k >= model->n_random)
        snprintf(text, sizeof text, "fixed");
    else if (model->mixing[k]->has_bounds)
        snprintf(text, sizeof text, "%.60s(%g, %g)", model->mixing[k]->name, model->lower[k],
                 model->upper[k]);
    else
        snprintf(text, sizeof text, "%.60s%s", model->mixing[k]->name,
                 model->base[k] != SIZE_MAX ? " step" : "");
    hbl_grid_add(grid, text);
}

/* The block's number where there are several of which some hold more than one coefficient. */
static void add_block(hbl_grid *grid, const hbl_model *model, size_t k)
{
    if (k < model->n_random)
        hbl_grid_add_count(grid, (double)model->block_of[k] + 1);
    else
        hbl_grid_add(grid, "");
}

int hbl_check_put_coefficients(FILE *out, const hbl_model *model, hbl_error *error)
{
    static const char *const heading[] = {"",    "distribution",        "block", "min", "mean",
                                          "max", "varies in % of tasks"};
    const size_t columns = sizeof heading / sizeof *heading;
    hbl_grid *grid = hbl_grid_alloc(columns, error);
    int status;

    if (!grid)
        return HBL_ERR_MEMORY;
    for (size_t c = 0; c < columns; c++) {
        hbl_grid_add(grid, heading[c]);
        hbl_grid_align(grid, c, c < 2 ? HBL_ALIGN_LEFT : HBL_ALIGN_POINT);
    }
    for (size_t k = 0; k < model->n_columns; k++) {
        const column_facts f = facts_of(model, k);
        const int decimals = hbl_decimals(fmax(fabs(f.least), fabs(f.most)), 0, NAN);

        hbl_grid_add(grid, name_of(model, k));
        add_distribution(grid, model, k);
        add_block(grid, model, k);
        hbl_grid_add_number(grid, f.least, decimals);
        hbl_grid_add_number(grid, f.mean, decimals);
        hbl_grid_add_number(grid, f.most, decimals);
        hbl_grid_add_number(grid, hbl_check_percent(f.varying, model->panel->n_tasks), 1);
    }
    fputs("\nCoefficients and their attributes\n", out);
    status = hbl_grid_print(grid, out, error);
    hbl_grid_free(grid);
    return status;
}

/* ---- what describes persons ---- */

/* Of column c of x, which has a row a person; added is put back onto its values. */
static void add_describing(hbl_grid *grid, const char *name, const char *role, const double *x,
                           size_t n_persons, size_t n_columns, size_t c, double added)
{
    double least = INFINITY, mean = 0, most = -INFINITY;

    for (size_t n = 0; n < n_persons; n++) {
        const double value = x[n * n_columns + c] + added;
        least = fmin(least, value);
        most = fmax(most, value);
        mean += value / (double)n_persons;
    }
    const int decimals = hbl_decimals(fmax(fabs(least), fabs(most)), 0, NAN);
    hbl_grid_add(grid, name);
    hbl_grid_add(grid, role);
    hbl_grid_add_number(grid, least, decimals);
    hbl_grid_add_number(grid, mean, decimals);
    hbl_grid_add_number(grid, most, decimals);
}

int hbl_check_put_persons(FILE *out, const hbl_model *model, hbl_error *error)
{
    static const char *const heading[] = {"", "of persons, for", "min", "mean", "max"};
    const size_t columns = sizeof heading / sizeof *heading, n = model->panel->n_persons;
    const size_t after = model->n_random + model->n_fixed;
    hbl_grid *grid;
    int status;

    if (model->n_scale + model->n_covariates == 0)
        return HBL_OK;
    grid = hbl_grid_alloc(columns, error);
    if (!grid)
        return HBL_ERR_MEMORY;
    for (size_t c = 0; c < columns; c++) {
        hbl_grid_add(grid, heading[c]);
        hbl_grid_align(grid, c, c < 2 ? HBL_ALIGN_LEFT : HBL_ALIGN_POINT);
    }
    for (size_t q = 0; q < model->n_covariates; q++)
        add_describing(grid, model->covariate_name[q], "means of coefficients", model->w, n,
                       model->n_covariates, q, model->covariate_mean[q]);
    for (size_t q = 0; q < model->n_scale; q++)
        add_describing(grid, model->name[after + q], "scale of utility", model->v, n,
                       model->n_scale, q, 0);
    fputc('\n', out);
    status = hbl_grid_print(grid, out, error);
    hbl_grid_free(grid);
    return status;
}

static void put_latent(FILE *out, const hbl_model *model)
{
    char latent[HBL_NUMBER_SIZE];

    hbl_format_count((double)model->n_random * (double)model->panel->n_persons, latent);
    fprintf(out, "Latent values, the coefficients of each person: %s\n", latent);
}

int hbl_check_put_parameters(FILE *out, const hbl_model *model, hbl_error *error)
{
    const size_t K = model->n_random, slopes = K * model->n_covariates;
    size_t *size = hbl_calloc(model->n_blocks, sizeof *size, "the report", error);
    size_t covariances = 0;

    if (!size)
        return HBL_ERR_MEMORY;
    for (size_t k = 0; k < K; k++)
        covariances += ++size[model->block_of[k]]; /* sums to m (m + 1) / 2 for a block of m */
    free(size);
    fprintf(out, "\nParameters estimated: %zu (means %zu, ",
            K + slopes + covariances + model->n_fixed + model->n_scale, K);
    if (slopes > 0)
        fprintf(out, "effects of covariates on them %zu, ", slopes);
    fprintf(out, "variances and covariances %zu, fixed %zu", covariances, model->n_fixed);
    if (model->n_scale > 0)
        fprintf(out, ", scale %zu", model->n_scale);
    fputs(")\n", out);
    put_latent(out, model);
    return HBL_OK;
}
