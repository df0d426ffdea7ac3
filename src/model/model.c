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
    double *x;
    hbl_panel *panel; /* owned, NULL where the caller owns it */
} store;

static int alloc_parts(store *s, hbl_error *error)
{
    hbl_model *m = &s->model;
    const size_t size = m->panel->n_rows;

    if (m->n_columns > 0 && size > SIZE_MAX / m->n_columns)
        return hbl_fail_memory(error, "the model's columns");
    m->name = hbl_calloc(m->n_columns, sizeof *m->name, "coefficient names", error);
    s->x = hbl_calloc(size * m->n_columns, sizeof *s->x, "the model's columns", error);
    m->mixing = hbl_calloc(m->n_random, sizeof *m->mixing, "distributions", error);
    m->lower = hbl_calloc(m->n_random, sizeof *m->lower, "bounds", error);
    m->upper = hbl_calloc(m->n_random, sizeof *m->upper, "bounds", error);
    m->block_of = hbl_calloc(m->n_random, sizeof *m->block_of, "covariance blocks", error);
    m->x = s->x;
    if (!m->name || !s->x || !m->mixing || !m->lower || !m->upper || !m->block_of)
        return HBL_ERR_MEMORY;
    return HBL_OK;
}

int hbl_model_alloc(const hbl_panel *panel, size_t n_random, size_t n_fixed, hbl_model **model,
                    double **x, hbl_error *error)
{
    store *s = hbl_calloc(1, sizeof *s, "model", error);

    if (s == NULL)
        return HBL_ERR_MEMORY;
    s->model.panel = panel;
    s->model.n_random = n_random;
    s->model.n_fixed = n_fixed;
    s->model.n_columns = n_random + n_fixed;
    if (alloc_parts(s, error)) {
        hbl_model_free(&s->model);
        return HBL_ERR_MEMORY;
    }
    *model = &s->model;
    *x = s->x;
    return HBL_OK;
}

void hbl_model_own_panel(hbl_model *model, hbl_panel *panel)
{
    ((store *)model)->panel = panel;
}

void hbl_model_free(hbl_model *model)
{
    store *s = (store *)model;

    if (model == NULL)
        return;
    for (size_t i = 0; model->name != NULL && i < model->n_columns; i++)
        free(model->name[i]);
    free(model->name);
    free(model->mixing);
    free(model->lower);
    free(model->upper);
    free(model->block_of);
    free(s->x);
    hbl_panel_free(s->panel);
    free(s);
}

static int copy_names(hbl_model *model, const char *const *name, hbl_error *error)
{
    for (size_t i = 0; i < model->n_columns; i++) {
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

int hbl_model_from_arrays(const hbl_panel *panel, size_t n_random, size_t n_fixed,
                          const char *const *name, const double *x, const hbl_mixing *const *mixing,
                          const double *lower, const double *upper, const size_t *block_of,
                          hbl_model **model, hbl_error *error)
{
    hbl_model *m = NULL;
    double *copy = NULL;
    int status;

    if (n_random + n_fixed == 0)
        return hbl_fail(error, HBL_ERR_INPUT, "a model needs at least one coefficient");
    status = hbl_model_alloc(panel, n_random, n_fixed, &m, &copy, error);
    if (status)
        return status;
    memcpy(copy, x, panel->n_rows * m->n_columns * sizeof *copy);
    for (size_t i = 0; i < n_random; i++) {
        m->mixing[i] = mixing[i];
        m->lower[i] = lower != NULL ? lower[i] : 0.0;
        m->upper[i] = upper != NULL ? upper[i] : 1.0;
        m->block_of[i] = block_of != NULL ? block_of[i] : 0;
    }
    status = copy_names(m, name, error);
    if (!status)
        status = count_blocks(m, error);
    if (!status)
        status = check_bounds(m, error);
    if (!status)
        status = check_finite(m, error);
    if (status) {
        hbl_model_free(m);
        return status;
    }
    *model = m;
    return HBL_OK;
}
