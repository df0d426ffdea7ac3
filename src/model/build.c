/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Spec and data become a model.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/design.h"
#include "model/model.h"
#include "model/spec.h"

/* ---- names of coefficients */

/* Fails on a name under section that is no coefficient. */
static int fail_name(const hbl_spec *spec, const char *section, const char *key, const char *name,
                     const hbl_design *design, hbl_error *error)
{
    const size_t n = design->n_coefficients;
    const char **names = hbl_calloc(n, sizeof *names, "coefficient names", error);
    const char *nearest;
    char list[320] = "", message[640];
    size_t used = 0;

    if (names == NULL)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        names[i] = design->coefficient[i].name;
        if (used + 40 < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%.30s", i > 0 ? ", " : "",
                                     names[i]);
    }
    nearest = hbl_nearest(name, names, n);
    snprintf(message, sizeof message,
             "names \"%.80s\", which is no coefficient of the formula (%s%s)%s%.80s%s", name, list,
             used + 40 < sizeof list ? "" : ", ...", nearest != NULL ? "; did you mean \"" : "",
             nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
    free(names);
    return hbl_spec_fail_member(spec, section, key, error, message);
}

static const hbl_random_spec *find_random(const hbl_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->n_random; i++) {
        if (strcmp(spec->random[i].name, name) == 0)
            return &spec->random[i];
    }
    return NULL;
}

static bool is_coefficient(const hbl_design *design, const char *name)
{
    for (size_t i = 0; i < design->n_coefficients; i++) {
        if (strcmp(design->coefficient[i].name, name) == 0)
            return true;
    }
    return false;
}

static int check_random(const hbl_spec *spec, const hbl_design *design, hbl_error *error)
{
    for (size_t i = 0; i < spec->n_random; i++) {
        const char *name = spec->random[i].name;

        if (!is_coefficient(design, name))
            return fail_name(spec, "random", name, name, design, error);
    }
    return HBL_OK;
}

/* ---- columns: the random ones first, both in the design's order */

static int fill_column(hbl_model *model, double *x, size_t at, const hbl_coefficient *coefficient,
                       hbl_error *error)
{
    model->name[at] = hbl_strdup(coefficient->name, error);
    if (model->name[at] == NULL)
        return HBL_ERR_MEMORY;
    hbl_design_fill(coefficient, model->panel, model->n_columns, x + at);
    return HBL_OK;
}

static int fill_columns(const hbl_spec *spec, const hbl_design *design, hbl_model *model, double *x,
                        hbl_error *error)
{
    size_t random = 0, fixed = model->n_random;
    int status = HBL_OK;

    for (size_t i = 0; !status && i < design->n_coefficients; i++) {
        const hbl_coefficient *coefficient = &design->coefficient[i];
        const hbl_random_spec *r = find_random(spec, coefficient->name);

        if (r == NULL) {
            status = fill_column(model, x, fixed++, coefficient, error);
            continue;
        }
        model->mixing[random] = r->mixing;
        model->lower[random] = r->lower;
        model->upper[random] = r->upper;
        status = fill_column(model, x, random++, coefficient, error);
    }
    return status;
}

/* ---- covariance blocks */

static size_t find_random_column(const hbl_model *model, const char *name)
{
    size_t i = 0;

    while (i < model->n_random && strcmp(model->name[i], name) != 0)
        i++;
    return i;
}

static int set_member(const hbl_spec *spec, const hbl_design *design, const char *name, size_t b,
                      hbl_model *model, hbl_error *error)
{
    const size_t i = find_random_column(model, name);
    char message[320];

    if (i == model->n_random && !is_coefficient(design, name))
        return fail_name(spec, "correlation", NULL, name, design, error);
    if (i == model->n_random)
        snprintf(message, sizeof message,
                 "names \"%.80s\", which is not random; give it a distribution under \"random\"",
                 name);
    else if (model->block_of[i] != SIZE_MAX)
        snprintf(message, sizeof message, "names \"%.80s\" twice; a coefficient is in one block",
                 name);
    else {
        model->block_of[i] = b;
        return HBL_OK;
    }
    return hbl_spec_fail_member(spec, "correlation", NULL, error, message);
}

/* Named blocks first; random coefficients in none of them are blocks of one. */
static int set_named_blocks(const hbl_spec *spec, const hbl_design *design, hbl_model *model,
                            hbl_error *error)
{
    int status = HBL_OK;

    for (size_t i = 0; i < model->n_random; i++)
        model->block_of[i] = SIZE_MAX;
    for (size_t b = 0; !status && b < spec->n_blocks; b++) {
        for (size_t i = 0; !status && i < spec->block_size[b]; i++)
            status = set_member(spec, design, spec->block[b][i], b, model, error);
    }
    model->n_blocks = spec->n_blocks;
    for (size_t i = 0; !status && i < model->n_random; i++) {
        if (model->block_of[i] == SIZE_MAX)
            model->block_of[i] = model->n_blocks++;
    }
    return status;
}

static int set_blocks(const hbl_spec *spec, const hbl_design *design, hbl_model *model,
                      hbl_error *error)
{
    if (spec->correlation == HBL_CORRELATION_BLOCKS)
        return set_named_blocks(spec, design, model, error);
    for (size_t i = 0; i < model->n_random; i++)
        model->block_of[i] = spec->correlation == HBL_CORRELATION_FULL ? 0 : i;
    model->n_blocks =
        spec->correlation == HBL_CORRELATION_FULL ? model->n_random > 0 : model->n_random;
    return HBL_OK;
}

/* ---- the whole */

static int build_columns(const hbl_spec *spec, const hbl_design *design, const hbl_panel *panel,
                         hbl_model **model, hbl_error *error)
{
    double *x = NULL;
    int status = check_random(spec, design, error);

    if (!status)
        status =
            hbl_model_alloc(panel,
                            &(hbl_model_parts){.n_random = spec->n_random,
                                               .n_fixed = design->n_coefficients - spec->n_random},
                            model, &x, error);
    if (!status)
        status = fill_columns(spec, design, *model, x, error);
    if (!status)
        status = set_blocks(spec, design, *model, error);
    if (!status)
        status = hbl_prior_check(&spec->hb.prior, *model, error);
    return status;
}

static int parse_formula(const hbl_spec *spec, hbl_formula **formula, hbl_error *error)
{
    hbl_error complaint = HBL_ERROR_INIT;
    size_t position = 0;
    const int status = hbl_formula_parse(spec->formula, formula, &position, &complaint);

    if (status == HBL_ERR_INPUT)
        return hbl_spec_fail_formula(spec, position, error, complaint.message);
    return status ? hbl_fail(error, complaint.status, "%s", complaint.message) : HBL_OK;
}

int hbl_model_build_on(const hbl_spec *spec, hbl_data *data, hbl_model **model, hbl_error *error)
{
    hbl_formula *formula = NULL;
    hbl_design *design = NULL;
    hbl_model *m = NULL;
    int status = parse_formula(spec, &formula, error);

    if (!status)
        status = hbl_design_resolve(formula, spec, data->table, data->panel, &design, error);
    if (!status)
        status = build_columns(spec, design, data->panel, &m, error);
    hbl_design_free(design);
    hbl_formula_free(formula);
    if (status) {
        hbl_model_free(m);
        return status;
    }
    hbl_model_own_panel(m, data->panel);
    data->panel = NULL;
    *model = m;
    return HBL_OK;
}

int hbl_model_build(const hbl_spec *spec, const hbl_data_needs *needs, hbl_model **model,
                    hbl_error *error)
{
    hbl_data *data = NULL;
    int status;

    if (spec->data.file == NULL)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: data.file is missing; name the CSV file to read, or simulate one",
                        spec->path != NULL ? spec->path : "model");
    status = hbl_data_read(&spec->data, needs, &data, error);
    if (!status)
        status = hbl_model_build_on(spec, data, model, error);
    hbl_data_free(data);
    return status;
}
