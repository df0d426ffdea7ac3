/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Spec and data become a model.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/roles.h"
#include "model/spec.h"

/* ---- columns: random, fixed, held, each in the design's order */

static int copy_name(char **to, const char *name, hbl_error *error)
{
    *to = hbl_strdup(name, error);
    return *to != NULL ? HBL_OK : HBL_ERR_MEMORY;
}

static const hbl_coefficient *coefficient_of(const hbl_roles *roles, const hbl_model *m, size_t k)
{
    const size_t fixed = k - roles->n_random, held = fixed - roles->n_fixed;
    const bool is_random = k < roles->n_random, is_held = k >= m->n_random + m->n_fixed;

    return &roles->design->utility.coefficient[is_random ? roles->random[k]
                                               : is_held ? roles->held[held]
                                                         : roles->fixed[fixed]];
}

static int name_columns(const hbl_roles *roles, hbl_model *m, hbl_error *error)
{
    const size_t free_columns = m->n_random + m->n_fixed;
    int status = HBL_OK;

    for (size_t k = 0; !status && k < m->n_columns; k++)
        status = copy_name(k < free_columns ? &m->name[k] : &m->held_name[k - free_columns],
                           coefficient_of(roles, m, k)->name, error);
    return status;
}

/* Columns lie side by side in x: some rows of all of them at a time, while they are in the cache.
 */
static void fill_columns(const hbl_roles *roles, hbl_model_store *s)
{
    enum { ROWS = 1024 };
    const hbl_model *m = &s->model;
    const size_t n = m->panel->n_rows;

    for (size_t first = 0; first < n; first += ROWS) {
        const size_t end = n - first < ROWS ? n : first + ROWS;
        for (size_t k = 0; k < m->n_columns; k++)
            hbl_design_fill(roles->design, coefficient_of(roles, m, k), m->panel, first, end,
                            m->n_columns, s->x + k);
    }
}

static void set_distributions(const hbl_roles *roles, hbl_model *m)
{
    for (size_t k = 0; k < m->n_random; k++) {
        const hbl_random_spec *r = hbl_spec_random_of(roles->spec, m->name[k]);

        m->mixing[k] = r->mixing;
        m->lower[k] = r->lower;
        m->upper[k] = r->upper;
    }
}

static void set_held(const hbl_roles *roles, hbl_model *m)
{
    const hbl_spec *spec = roles->spec;

    for (size_t k = 0; k < m->n_held; k++) {
        for (size_t i = 0; i < spec->n_held; i++) {
            if (strcmp(spec->held[i].name, m->held_name[k]) == 0)
                m->held[k] = spec->held[i].value;
        }
    }
}

/* v and w, of persons. */
static int fill_persons(const hbl_design *design, hbl_model_store *s, hbl_error *error)
{
    hbl_model *m = &s->model;
    const size_t after = m->n_random + m->n_fixed;
    int status = HBL_OK;

    for (size_t q = 0; !status && q < m->n_scale; q++) {
        const hbl_coefficient *c = &design->scale.coefficient[q];

        status = copy_name(&m->name[after + q], c->name, error);
        if (!status)
            hbl_design_fill(design, c, m->panel, 0, m->panel->n_persons, m->n_scale, s->v + q);
    }
    for (size_t q = 0; !status && q < m->n_covariates; q++) {
        const hbl_coefficient *c = &design->covariates.coefficient[q];

        status = copy_name(&m->covariate_name[q], c->name, error);
        if (!status)
            hbl_design_fill(design, c, m->panel, 0, m->panel->n_persons, m->n_covariates, s->w + q);
    }
    return status;
}

/* ---- remarks */

static int remark_indexes(const hbl_spec *spec, hbl_model_store *s, hbl_error *error)
{
    const hbl_data_spec *d = &spec->data;
    const hbl_panel *panel = s->model.panel;
    const bool is_long = d->shape == NULL || strcmp(d->shape, "long") == 0;
    int status = HBL_OK;

    if (d->person == NULL)
        status = hbl_model_remark(s, error, "data.person is not given: each task is a person");
    if (!status && is_long && d->task == NULL && d->alternative == NULL && d->n_alternatives == 0)
        status = hbl_model_remark(s, error,
                                  "neither data.task nor data.alternative is given: the first two "
                                  "columns are taken for them");
    else if (!status && is_long && d->task == NULL)
        status = hbl_model_remark(
            s, error, "data.task is not given: every %zu rows are a task, in the file's order",
            panel->n_alternatives);
    else if (!status && is_long && d->alternative == NULL)
        status = hbl_model_remark(s, error,
                                  "data.alternative is not given: alternatives go by their "
                                  "position within the task");
    if (!status && panel->n_alternatives > 0)
        status = hbl_model_remark(s, error, "reference alternative: %s%s",
                                  panel->alternative_label[panel->reference],
                                  d->reference == NULL ? " (data.reference names another)" : "");
    return status;
}

static int remark_weights(const hbl_spec *spec, hbl_model_store *s, hbl_error *error)
{
    const hbl_panel *panel = s->model.panel;
    double least, most;

    if (panel->weight == NULL || panel->n_persons == 0)
        return HBL_OK;
    least = most = panel->weight[0];
    for (size_t n = 1; n < panel->n_persons; n++) {
        least = fmin(least, panel->weight[n]);
        most = fmax(most, panel->weight[n]);
    }
    return hbl_model_remark(s, error, "persons count by \"%s\", from %g to %g", spec->data.weight,
                            least, most);
}

static int remark_bases(const hbl_design *design, hbl_model_store *s, hbl_error *error)
{
    int status = HBL_OK;

    for (size_t i = 0; !status && i < design->n_variables; i++) {
        const hbl_variable *v = &design->variable[i];
        bool seen = false;

        for (size_t j = 0; j < i; j++)
            seen = seen || strcmp(design->variable[j].name, v->name) == 0;
        if (v->categorical && !seen)
            status =
                hbl_model_remark(s, error, "%s has %zu levels, %s coded, base level %s", v->name,
                                 v->n_levels, v->effects ? "effects" : "dummy", v->level[v->base]);
    }
    return status;
}

static int remark_pattern(const char *pattern, const hbl_roles *roles, hbl_model_store *s,
                          hbl_error *error)
{
    const hbl_model *m = &s->model;
    char list[512] = "";
    size_t used = 0;

    for (size_t k = 0; k < m->n_random && used + 60 < sizeof list; k++) {
        const hbl_random_spec *r = hbl_spec_random_of(roles->spec, m->name[k]);

        if (strcmp(r->name, pattern) == 0)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%.50s",
                                     used > 0 ? ", " : "", m->name[k]);
    }
    return hbl_model_remark(s, error, "random \"%s\": %s", pattern,
                            used > 0 ? list : "nothing left, all matches stand elsewhere");
}

static int add_remarks(const hbl_roles *roles, hbl_model_store *s, hbl_error *error)
{
    const hbl_spec *spec = roles->spec;
    int status = remark_indexes(spec, s, error);

    if (!status)
        status = remark_weights(spec, s, error);
    if (!status)
        status = remark_bases(roles->design, s, error);
    for (size_t i = 0; !status && i < spec->n_random; i++) {
        if (hbl_is_pattern(spec->random[i].name))
            status = remark_pattern(spec->random[i].name, roles, s, error);
    }
    return status;
}

/* ---- the whole */

static int fill(const hbl_roles *roles, hbl_model_store *s, hbl_error *error)
{
    int status = name_columns(roles, &s->model, error);

    if (status)
        return status;
    fill_columns(roles, s);
    set_distributions(roles, &s->model);
    set_held(roles, &s->model);
    status = fill_persons(roles->design, s, error);
    if (!status)
        status = add_remarks(roles, s, error);
    if (!status)
        status = hbl_roles_order(roles, s, error);
    if (!status)
        status = hbl_roles_block(roles, s, error);
    if (!status)
        status = hbl_model_complete(s, error);
    if (!status)
        status = hbl_prior_check(&roles->spec->hb.prior, &s->model, error);
    return status;
}

static int build_roles(const hbl_roles *roles, const hbl_panel *panel, hbl_model_store **store,
                       hbl_error *error)
{
    const hbl_model_parts size = {.n_random = roles->n_random,
                                  .n_fixed = roles->n_fixed,
                                  .n_held = roles->n_held,
                                  .n_scale = roles->design->scale.n,
                                  .n_covariates = roles->design->covariates.n};
    int status;

    if (size.n_random + size.n_fixed + size.n_scale == 0)
        return hbl_spec_fail_member(roles->spec, "held", NULL, error,
                                    "holds every coefficient; none is left to estimate");
    if (size.n_covariates > 0 && size.n_random == 0)
        return hbl_spec_fail_member(roles->spec, "covariates", NULL, error,
                                    "needs random coefficients, whose means depend on them; name "
                                    "some under \"random\"");
    status = hbl_model_alloc(panel, &size, store, error);
    return status ? status : fill(roles, *store, error);
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

static int build_parsed(const hbl_spec *spec, const hbl_formula *formula, hbl_data *data,
                        hbl_model **model, hbl_error *error)
{
    hbl_design *design = NULL;
    hbl_model_store *s = NULL;
    hbl_roles roles = {.spec = spec};
    int status = hbl_design_resolve(formula, spec, data, &design, error);

    if (!status)
        status = hbl_roles_assign(spec, design, &roles, error);
    if (!status)
        status = build_roles(&roles, data->panel, &s, error);
    if (!status && data->separator != NULL)
        status = hbl_model_remark(s, error,
                                  "data.separator is not given: the names of columns split %s%s%s "
                                  "into attribute and alternative",
                                  *data->separator ? "at \"" : "before the digits", data->separator,
                                  *data->separator ? "\"" : "");
    hbl_roles_clear(&roles);
    hbl_design_free(design);
    if (status) {
        hbl_model_free((hbl_model *)s);
        return status;
    }
    s->panel = data->panel;
    s->account = data->account;
    s->has_account = true;
    data->panel = NULL;
    *model = &s->model;
    return HBL_OK;
}

int hbl_model_build_on(const hbl_spec *spec, hbl_data *data, hbl_model **model, hbl_error *error)
{
    hbl_formula *formula = NULL;
    int status = parse_formula(spec, &formula, error);

    if (!status)
        status = build_parsed(spec, formula, data, model, error);
    hbl_formula_free(formula);
    return status;
}

static int read_data(const hbl_spec *spec, const hbl_formula *formula, const hbl_data_needs *needs,
                     hbl_data **data, hbl_error *error)
{
    hbl_data_needs all = needs != NULL ? *needs : (hbl_data_needs){.n_columns = 0};
    const char **names = NULL;
    int status = hbl_design_columns(formula, spec, &names, &all.n_columns, error);

    all.column = hbl_formula_dot(formula) < HBL_N_PARTS ? NULL : names;
    if (!status)
        status = hbl_data_read(&spec->data, &all, data, error);
    free(names);
    return status;
}

int hbl_model_build(const hbl_spec *spec, const hbl_data_needs *needs, hbl_model **model,
                    hbl_error *error)
{
    hbl_formula *formula = NULL;
    hbl_data *data = NULL;
    int status;

    if (spec->data.file == NULL)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: data.file is missing; name the CSV file to read, or simulate one",
                        spec->path != NULL ? spec->path : "model");
    status = parse_formula(spec, &formula, error);
    if (!status)
        status = read_data(spec, formula, needs, &data, error);
    if (!status)
        status = build_parsed(spec, formula, data, model, error);
    if (status)
        hbl_spec_place(spec, error);
    hbl_data_free(data);
    hbl_formula_free(formula);
    return status;
}
