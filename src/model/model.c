/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model's life: allocation, release, and what readers ask of it. Building is in build.c and
 * model_parts.c.
 */
#include "model/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/fail.h"
#include "core/memory.h"

static int alloc_columns(hbl_model_store *s, hbl_error *error)
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

static int alloc_parts(hbl_model_store *s, hbl_error *error)
{
    hbl_model *m = &s->model;

    m->name = hbl_calloc(m->n_coefficients, sizeof *m->name, "coefficient names", error);
    m->mixing = hbl_calloc(m->n_random, sizeof *m->mixing, "distributions", error);
    m->lower = hbl_calloc(m->n_random, sizeof *m->lower, "bounds", error);
    m->upper = hbl_calloc(m->n_random, sizeof *m->upper, "bounds", error);
    m->block_of = hbl_calloc(m->n_random, sizeof *m->block_of, "covariance blocks", error);
    m->base = hbl_calloc(m->n_random, sizeof *m->base, "orders", error);
    s->base_first = hbl_calloc(m->n_random, sizeof *s->base_first, "orders", error);
    m->held_name = hbl_calloc(m->n_held, sizeof *m->held_name, "coefficient names", error);
    m->held = hbl_calloc(m->n_held, sizeof *m->held, "held coefficients", error);
    m->covariate_name =
        hbl_calloc(m->n_covariates, sizeof *m->covariate_name, "covariate names", error);
    m->covariate_mean = hbl_calloc(m->n_covariates, sizeof *m->covariate_mean, "covariates", error);
    if (!m->name || !m->mixing || !m->lower || !m->upper || !m->block_of || !m->base ||
        !s->base_first || !m->held_name || !m->held || !m->covariate_name || !m->covariate_mean)
        return HBL_ERR_MEMORY;
    for (size_t k = 0; k < m->n_random; k++)
        m->base[k] = SIZE_MAX;
    return alloc_columns(s, error);
}

int hbl_model_alloc(const hbl_panel *panel, const hbl_model_parts *size, hbl_model_store **store,
                    hbl_error *error)
{
    hbl_model_store *s = hbl_calloc(1, sizeof *s, "model", error);
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
    *store = s;
    return HBL_OK;
}

static void free_names(char **name, size_t n)
{
    for (size_t i = 0; name != NULL && i < n; i++)
        free(name[i]);
    free(name);
}

void hbl_model_free(hbl_model *model)
{
    hbl_model_store *s = (hbl_model_store *)model;

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
    free(s->base_first);
    free_names(s->remark, s->n_remarks);
    free(model->held);
    free(model->covariate_mean);
    free(s->x);
    free(s->v);
    free(s->w);
    hbl_panel_free(s->panel);
    free(s);
}

/* ---- what readers ask */

void hbl_model_cumulate(const hbl_model *model, double *beta, size_t stride)
{
    const size_t *order = ((const hbl_model_store *)model)->base_first;

    for (size_t i = 0; i < model->n_random; i++) {
        const size_t k = order[i];

        if (model->base[k] != SIZE_MAX)
            beta[k * stride] += beta[model->base[k] * stride];
    }
}

const hbl_data_account *hbl_model_account(const hbl_model *model)
{
    const hbl_model_store *s = (const hbl_model_store *)model;

    return s->has_account ? &s->account : NULL;
}

const char *const *hbl_model_remarks(const hbl_model *model, size_t *n)
{
    const hbl_model_store *s = (const hbl_model_store *)model;

    *n = s->n_remarks;
    return (const char *const *)s->remark;
}

int hbl_model_remark(hbl_model_store *store, hbl_error *error, const char *format, ...)
{
    char text[768], **longer = realloc(store->remark, (store->n_remarks + 1) * sizeof *longer);
    va_list arguments;

    if (longer == NULL)
        return hbl_fail_memory(error, "remarks");
    store->remark = longer;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    longer[store->n_remarks] = hbl_strdup(text, error);
    if (longer[store->n_remarks] == NULL)
        return HBL_ERR_MEMORY;
    store->n_remarks++;
    return HBL_OK;
}
