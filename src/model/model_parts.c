/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model from parts in memory, and the last steps that every model takes.
 */
#include <math.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/model.h"

/* ---- last steps */

/* The number of blocks, checked: every number below the largest is in use. */
static int count_blocks(hbl_model *model, hbl_error *error)
{
    model->n_blocks = 0;
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

/* A form that only simulated likelihood can use is correlated with nothing. */
static int check_alone(const hbl_model *model, hbl_error *error)
{
    for (size_t i = 0; i < model->n_random; i++) {
        for (size_t j = 0; model->mixing[i]->mix != NULL && j < model->n_random; j++) {
            if (j != i && model->block_of[j] == model->block_of[i])
                return hbl_fail(error, HBL_ERR_INPUT,
                                "%s is %s, which cannot be correlated with %s; leave it out of "
                                "their covariance block",
                                model->name[i], model->mixing[i]->name, model->name[j]);
        }
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

/* How many bases stand below coefficient k; n_random where they go round in a circle or leave the
 * random coefficients. */
static size_t depth(const hbl_model *model, size_t k)
{
    size_t n = 0;

    for (size_t b = model->base[k]; b != SIZE_MAX; b = model->base[b]) {
        if (b >= model->n_random || ++n == model->n_random)
            return model->n_random;
    }
    return n;
}

/* Sorts the coefficients by depth, so that each comes after its base. */
static int sort_orders(hbl_model_store *s, hbl_error *error)
{
    const hbl_model *m = &s->model;
    size_t n = 0;

    for (size_t k = 0; k < m->n_random; k++) {
        if (depth(m, k) == m->n_random)
            return hbl_fail(error, HBL_ERR_INPUT,
                            "the order of %s has no end: its base is no other random coefficient, "
                            "or the bases go round in a circle",
                            m->name[k]);
    }
    for (size_t level = 0; level < m->n_random && n < m->n_random; level++) {
        for (size_t k = 0; k < m->n_random; k++) {
            if (depth(m, k) == level)
                s->base_first[n++] = k;
        }
    }
    return HBL_OK;
}

/* The first n columns of x, of n_columns a row. */
static int check_finite(const char *what, size_t n_rows, size_t n_columns, size_t n,
                        char *const *name, const double *x, hbl_error *error)
{
    for (size_t r = 0; r < n_rows; r++) {
        for (size_t c = 0; c < n; c++) {
            if (!isfinite(x[r * n_columns + c]))
                return hbl_fail(error, HBL_ERR_INPUT, "%s[%zu][%zu] (%s) is not a finite number",
                                what, r, c, name[c]);
        }
    }
    return HBL_OK;
}

static int check_numbers(const hbl_model *m, hbl_error *error)
{
    const size_t rows = m->panel->n_rows, persons = m->panel->n_persons,
                 free_columns = m->n_random + m->n_fixed;
    int status = check_finite("x", rows, m->n_columns, free_columns, m->name, m->x, error);

    if (!status)
        status = check_finite("x of held", rows, m->n_columns, m->n_held, m->held_name,
                              m->x + free_columns, error);
    if (!status)
        status = check_finite("held", 1, m->n_held, m->n_held, m->held_name, m->held, error);
    if (!status)
        status =
            check_finite("v", persons, m->n_scale, m->n_scale, m->name + free_columns, m->v, error);
    if (!status)
        status = check_finite("w", persons, m->n_covariates, m->n_covariates, m->covariate_name,
                              m->w, error);
    return status;
}

/* Takes the means over persons out of w, so that mu is what an average person has. */
static void centre(hbl_model_store *s)
{
    hbl_model *m = &s->model;
    const size_t n = m->panel->n_persons, Q = m->n_covariates;

    for (size_t q = 0; q < Q; q++) {
        double sum = 0.0;

        for (size_t i = 0; i < n; i++)
            sum += s->w[i * Q + q];
        m->covariate_mean[q] = n > 0 ? sum / (double)n : 0.0;
        for (size_t i = 0; i < n; i++)
            s->w[i * Q + q] -= m->covariate_mean[q];
    }
}

int hbl_model_complete(hbl_model_store *store, hbl_error *error)
{
    hbl_model *m = &store->model;
    int status = count_blocks(m, error);

    if (!status)
        status = check_alone(m, error);
    if (!status)
        status = check_bounds(m, error);
    if (!status)
        status = sort_orders(store, error);
    if (!status)
        status = check_numbers(m, error);
    if (!status)
        centre(store);
    return status;
}

/* ---- from parts */

static int copy_names(char **to, const char *const *from, size_t n, hbl_error *error)
{
    for (size_t i = 0; i < n; i++) {
        to[i] = hbl_strdup(from[i], error);
        if (to[i] == NULL)
            return HBL_ERR_MEMORY;
    }
    return HBL_OK;
}

/* memcpy must not see NULL, even for nothing. */
static void copy_numbers(double *to, const double *from, size_t n)
{
    if (n > 0)
        memcpy(to, from, n * sizeof *to);
}

static int fill_parts(const hbl_model_parts *parts, hbl_model_store *s, hbl_error *error)
{
    hbl_model *m = &s->model;
    const size_t persons = m->panel->n_persons;
    int status;

    copy_numbers(s->x, parts->x, m->panel->n_rows * m->n_columns);
    copy_numbers(s->v, parts->v, persons * m->n_scale);
    copy_numbers(s->w, parts->w, persons * m->n_covariates);
    copy_numbers(m->held, parts->held, m->n_held);
    for (size_t i = 0; i < m->n_random; i++) {
        m->mixing[i] = parts->mixing[i];
        m->lower[i] = parts->lower != NULL ? parts->lower[i] : 0.0;
        m->upper[i] = parts->upper != NULL ? parts->upper[i] : 1.0;
        m->block_of[i] = parts->block_of != NULL ? parts->block_of[i] : 0;
        m->base[i] = parts->base != NULL ? parts->base[i] : SIZE_MAX;
    }
    status = copy_names(m->name, parts->name, m->n_coefficients, error);
    if (!status)
        status = copy_names(m->held_name, parts->held_name, m->n_held, error);
    if (!status)
        status = copy_names(m->covariate_name, parts->covariate_name, m->n_covariates, error);
    return status;
}

int hbl_model_from_parts(const hbl_panel *panel, const hbl_model_parts *parts, hbl_model **model,
                         hbl_error *error)
{
    hbl_model_store *s = NULL;
    int status;

    if (parts->n_random + parts->n_fixed + parts->n_scale == 0)
        return hbl_fail(error, HBL_ERR_INPUT, "a model needs at least one coefficient");
    if (parts->n_covariates > 0 && parts->n_random == 0)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "covariates need random coefficients, whose means depend on them");
    status = hbl_model_alloc(panel, parts, &s, error);
    if (status)
        return status;
    status = fill_parts(parts, s, error);
    if (!status)
        status = hbl_model_complete(s, error);
    if (status)
        hbl_model_free(&s->model);
    else
        *model = &s->model;
    return status;
}
