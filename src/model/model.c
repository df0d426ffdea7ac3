/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model's life: allocation, building from arrays, release. Building from a spec is in build.c.
 */
#include "model/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"

/* What a caller sees comes first, so that a pointer to the one is a pointer to the other. */
typedef struct {
    hbl_model model;
    double *x, *v, *w;
    hbl_panel *panel; /* owned, NULL where the caller owns it */
} store;

static int alloc_columns(store *s, hbl_error *error)
{
    hbl_model *m = &s->model;
    const size_t rows = m->panel->n_rows, persons = m->panel->n_persons;

    if (m->n_columns > 0 && rows > SIZE_MAX / m->n_columns)
        return hbl_fail_memory(error, "the model's columns");
    s->x = hbl_calloc(rows * m->n_columns, sizeof *s->x, "the model's columns", error);
    s->v = hbl_calloc(persons * m->n_scale, sizeof *s->v, "the model's columns", error);
    s->w = hbl_calloc(persons * m->n_covariates, sizeof *s->w, "the model's columns", error);
    m->x = s->x;
    m->v = s->v;
    m->w = s->w;
    return s->x && s->v && s->w ? HBL_OK : HBL_ERR_MEMORY;
}

static int alloc_parts(store *s, hbl_error *error)
{
    hbl_model *m = &s->model;

    m->name = hbl_calloc(m->n_coefficients, sizeof *m->name, "coefficient names", error);
    m->mixing = hbl_calloc(m->n_random, sizeof *m->mixing, "distributions", error);
    m->lower = hbl_calloc(m->n_random, sizeof *m->lower, "bounds", error);
    m->upper = hbl_calloc(m->n_random, sizeof *m->upper, "bounds", error);
    m->block_of = hbl_calloc(m->n_random, sizeof *m->block_of, "covariance blocks", error);
    m->base = hbl_calloc(m->n_random, sizeof *m->base, "orders", error);
    m->held_name = hbl_calloc(m->n_held, sizeof *m->held_name, "coefficient names", error);
    m->held = hbl_calloc(m->n_held, sizeof *m->held, "held coefficients", error);
    m->covariate_name =
        hbl_calloc(m->n_covariates, sizeof *m->covariate_name, "covariate names", error);
    m->covariate_mean = hbl_calloc(m->n_covariates, sizeof *m->covariate_mean, "covariates", error);
    if (!m->name || !m->mixing || !m->lower || !m->upper || !m->block_of || !m->base ||
        !m->held_name || !m->held || !m->covariate_name || !m->covariate_mean)
        return HBL_ERR_MEMORY;
    for (size_t k = 0; k < m->n_random; k++)
        m->base[k] = SIZE_MAX;
    return alloc_columns(s, error);
}

int hbl_model_alloc(const hbl_panel *panel, const hbl_model_parts *size, hbl_model **model,
                    double **x, hbl_error *error)
{
    store *s = hbl_calloc(1, sizeof *s, "model", error);
    hbl_model *m;

    if (s == NULL)
        return HBL_ERR_MEMORY;
    m = &s->model;
    m->panel = panel;
    m->n_random = size->n_random;
    m->n_fixed = size->n_fixed;
    m->n_held = size->n_held;
    m->n_scale = size->n_scale;
    m->n_covariates = size->n_covariates;
    m->n_columns = m->n_random + m->n_fixed + m->n_held;
    m->n_coefficients = m->n_random + m->n_fixed + m->n_scale;
    if (alloc_parts(s, error)) {
        hbl_model_free(m);
        return HBL_ERR_MEMORY;
    }
    *model = m;
    *x = s->x;
    return HBL_OK;
}

void hbl_model_own_panel(hbl_model *model, hbl_panel *panel)
{
    ((store *)model)->panel = panel;
}

static void free_names(char **name, size_t n)
{
    for (size_t i = 0; name != NULL && i < n; i++)
        free(name[i]);
    free(name);
}

void hbl_model_free(hbl_model *model)
{
    store *s = (store *)model;

    if (model == NULL)
        return;
    free_names(model->name, model->n_coefficients);
    free_names(model->held_name, model->n_held);
    free_names(model->covariate_name, model->n_covariates);
    free(model->mixing);
    free(model->lower);
    free(model->upper);
    free(model->block_of);
    free(model->base);
    free(model->held);
    free(model->covariate_mean);
    free(s->x);
    free(s->v);
    free(s->w);
    hbl_panel_free(s->panel);
    free(s);
}

void hbl_model_cumulate(const hbl_model *model, double *beta, size_t stride)
{
    (void)model;
    (void)beta;
    (void)stride; /* no orders yet */
}

const hbl_data_account *hbl_model_account(const hbl_model *model)
{
    (void)model;
    return NULL;
}

const char *const *hbl_model_remarks(const hbl_model *model, size_t *n)
{
    (void)model;
    *n = 0;
    return NULL;
}

static int copy_names(hbl_model *model, const char *const *name, hbl_error *error)
{
    for (size_t i = 0; i < model->n_coefficients; i++) {
        model->name[i] = hbl_strdup(name[i], error);
        if (model->name[i] == NULL)
            return HBL_ERR_MEMORY;
    }
    return HBL_OK;
}

/* The number of blocks, checked: every number below the largest is in use. */
static int count_blocks(hbl_model *model, hbl_error *error)
{
    for (size_t i = 0; i < model->n_random; i++) {
        if (model->block_of[i] >= model->n_random)
            return hbl_fail(error, HBL_ERR_INPUT, "coefficient %s is in block %zu of at most %zu",
                            model->name[i], model->block_of[i], model->n_random);
        if (model->block_of[i] >= model->n_blocks)
            model->n_blocks = model->block_of[i] + 1;
    }
    for (size_t b = 0; b < model->n_blocks; b++) {
        size_t size = 0;

        for (size_t i = 0; i < model->n_random; i++)
            size += model->block_of[i] == b;
        if (size == 0)
            return hbl_fail(error, HBL_ERR_INPUT, "covariance block %zu has no coefficient", b);
    }
    return HBL_OK;
}

static int check_bounds(const hbl_model *model, hbl_error *error)
{
    for (size_t i = 0; i < model->n_random; i++) {
        if (model->mixing[i]->has_bounds && !(model->lower[i] < model->upper[i]))
            return hbl_fail(error, HBL_ERR_INPUT, "%s of %s needs lower < upper, not %g and %g",
                            model->mixing[i]->name, model->name[i], model->lower[i],
                            model->upper[i]);
    }
    return HBL_OK;
}

static int check_finite(const hbl_model *model, hbl_error *error)
{
    for (size_t r = 0; r < model->panel->n_rows; r++) {
        for (size_t c = 0; c < model->n_columns; c++) {
            if (!isfinite(model->x[r * model->n_columns + c]))
                return hbl_fail(error, HBL_ERR_INPUT, "x[%zu][%zu] (%s) is not a finite number", r,
                                c, model->name[c]);
        }
    }
    return HBL_OK;
}

static int fill_parts(const hbl_model_parts *parts, hbl_model *m, double *x, hbl_error *error)
{
    int status;

    if (parts->n_held || parts->n_scale || parts->n_covariates || parts->base)
        return hbl_fail(error, HBL_ERR_INPUT, "not available in this version");
    memcpy(x, parts->x, m->panel->n_rows * m->n_columns * sizeof *x);
    for (size_t i = 0; i < m->n_random; i++) {
        m->mixing[i] = parts->mixing[i];
        m->lower[i] = parts->lower != NULL ? parts->lower[i] : 0.0;
        m->upper[i] = parts->upper != NULL ? parts->upper[i] : 1.0;
        m->block_of[i] = parts->block_of != NULL ? parts->block_of[i] : 0;
    }
    status = copy_names(m, parts->name, error);
    if (!status)
        status = count_blocks(m, error);
    if (!status)
        status = check_bounds(m, error);
    return status ? status : check_finite(m, error);
}

int hbl_model_from_parts(const hbl_panel *panel, const hbl_model_parts *parts, hbl_model **model,
                         hbl_error *error)
{
    hbl_model *m = NULL;
    double *x = NULL;
    int status;

    if (parts->n_random + parts->n_fixed == 0)
        return hbl_fail(error, HBL_ERR_INPUT, "a model needs at least one coefficient");
    status = hbl_model_alloc(panel, parts, &m, &x, error);
    if (status)
        return status;
    status = fill_parts(parts, m, x, error);
    if (status)
        hbl_model_free(m);
    else
        *model = m;
    return status;
}

int hbl_model_from_arrays(const hbl_panel *panel, size_t n_random, size_t n_fixed,
                          const char *const *name, const double *x, const hbl_mixing *const *mixing,
                          const double *lower, const double *upper, const size_t *block_of,
                          hbl_model **model, hbl_error *error)
{
    const hbl_model_parts parts = {.n_random = n_random,
                                   .n_fixed = n_fixed,
                                   .name = name,
                                   .x = x,
                                   .mixing = mixing,
                                   .lower = lower,
                                   .upper = upper,
                                   .block_of = block_of};

    return hbl_model_from_parts(panel, &parts, model, error);
}
