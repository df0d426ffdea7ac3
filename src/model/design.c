/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/design.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

typedef struct {
    const hbl_formula *formula;
    const hbl_spec *spec;
    const hbl_data *data;
    hbl_design *design;
    hbl_error *error;
} resolver;

/* ---- columns of the data */

/* Columns that say which person, task and alternative a row is, what was chosen, offered and how
 * much it weighs. */
static bool is_index(const resolver *r, const char *name)
{
    const hbl_data_spec *d = &r->spec->data;
    const char *const index[] = {d->person, d->task,      d->alternative,
                                 d->weight, d->available, d->choice};

    for (size_t i = 0; i < sizeof index / sizeof *index; i++) {
        if (index[i] != NULL && strcmp(index[i], name) == 0)
            return true;
    }
    for (size_t i = 0; i < d->n_available; i++) {
        if (strcmp(d->available_of[i].column, name) == 0)
            return true;
    }
    return false;
}

/* Where the columns begin that "." may stand for. The table that comes of wide data begins with
 * tasks, where no column names them, and alternatives; of long data with no index stated the first
 * two columns are task and alternative. */
static size_t first_column(const resolver *r)
{
    const hbl_data_spec *d = &r->spec->data;
    const bool is_long = d->shape == NULL || strcmp(d->shape, "long") == 0;

    if (!is_long)
        return d->task == NULL ? 2 : 1;
    return !d->task && !d->alternative && d->n_alternatives == 0 ? 2 : 0;
}

/* ---- terms */

/* Whether the part has the term without its i-th column; the empty one counts as there, being
 * taken up by the intercepts. */
static bool has_margin(const resolver *r, hbl_part part, const hbl_term *term, size_t i)
{
    const hbl_formula_part *p = &r->formula->part[part];
    hbl_term rest = {.n = 0};

    for (size_t j = 0; j < term->n; j++) {
        if (j != i)
            rest.variable[rest.n++] = term->variable[j];
    }
    for (size_t j = 0; j < p->n_terms; j++) {
        if (rest.n == 0 || hbl_term_same(&p->term[j], &rest))
            return true;
    }
    return rest.n == 1 && hbl_formula_dot(r->formula) == part &&
           hbl_formula_dot_holds(r->formula, part, p->variable[rest.variable[0]].name);
}

/* The product once for all, or once for every alternative that the part is about. */
static int add_product(const resolver *r, hbl_part part, const hbl_product *product)
{
    hbl_design *d = r->design;
    const hbl_panel *panel = r->data->panel;
    int status = HBL_OK;

    if (part == HBL_PART_GENERIC)
        return hbl_design_expand(d, &d->utility, product, "", NULL, -1, r->error);
    if (part == HBL_PART_SCALE)
        return hbl_design_expand(d, &d->scale, product, "scale:", NULL, -1, r->error);
    for (int32_t j = 0; !status && j < (int32_t)panel->n_alternatives; j++) {
        if (part == HBL_PART_ALTERNATIVE || j != panel->reference)
            status = hbl_design_expand(d, &d->utility, product, "", panel->alternative_label[j], j,
                                       r->error);
    }
    return status;
}

static int add_term(const resolver *r, hbl_part part, const hbl_term *term)
{
    hbl_product product = {.n = term->n};

    for (size_t i = 0; i < term->n; i++) {
        const hbl_variable_name *name = &r->formula->part[part].variable[term->variable[i]];
        int status;

        status = hbl_design_variable(r->design, r->spec, r->data, name->name,
                                     part == HBL_PART_SCALE, &product.of[i].variable, r->error);
        if (status)
            return status;
        product.of[i].contrast = has_margin(r, part, term, i);
    }
    return add_product(r, part, &product);
}

/* All columns but those that stand elsewhere. */
static int add_dot(const resolver *r, hbl_part part)
{
    const hbl_table *table = r->data->table;
    int status = HBL_OK;

    for (size_t c = first_column(r); !status && c < table->n_columns; c++) {
        const char *name = table->column[c].name;
        hbl_product product = {.n = 1, .of = {{.contrast = true}}};

        if (is_index(r, name) || !hbl_formula_dot_holds(r->formula, part, name))
            continue;
        status = hbl_design_variable(r->design, r->spec, r->data, name, false,
                                     &product.of[0].variable, r->error);
        if (!status)
            status = add_product(r, part, &product);
    }
    return status;
}

static int add_part(const resolver *r, hbl_part part)
{
    const hbl_formula_part *p = &r->formula->part[part];
    int status = HBL_OK;

    for (size_t i = 0; i < p->n_variables; i++) {
        if (!hbl_variable_exists(r->data, p->variable[i].name))
            return hbl_design_fail_column(r->spec, r->data, &p->variable[i], r->error);
    }
    for (size_t i = 0; !status && i < p->n_terms; i++)
        status = p->term[i].n == 0 ? add_dot(r, part) : add_term(r, part, &p->term[i]);
    return status;
}

/* ---- the whole */

static int add_covariates(const resolver *r)
{
    hbl_design *d = r->design;
    int status = HBL_OK;

    for (size_t i = 0; !status && i < r->spec->n_covariates; i++) {
        hbl_product product = {.n = 1, .of = {{.contrast = true}}};
        const hbl_variable_name name = {r->spec->covariate[i], SIZE_MAX};

        if (!hbl_variable_exists(r->data, name.name))
            return hbl_design_fail_column(r->spec, r->data, &name, r->error);
        status = hbl_design_variable(d, r->spec, r->data, r->spec->covariate[i], true,
                                     &product.of[0].variable, r->error);
        if (!status)
            status = hbl_design_expand(d, &d->covariates, &product, "", NULL, -1, r->error);
    }
    return status;
}

static int resolve(const resolver *r)
{
    const hbl_product one = {.n = 0};
    int status = HBL_OK;

    if (r->formula->intercepts)
        status = add_product(r, HBL_PART_INDIVIDUAL, &one);
    for (int part = 0; !status && part < HBL_PART_SCALE; part++)
        status = add_part(r, (hbl_part)part);
    if (!status && r->formula->scale_intercept)
        status = add_product(r, HBL_PART_SCALE, &one);
    if (!status)
        status = add_part(r, HBL_PART_SCALE);
    return status ? status : add_covariates(r);
}

int hbl_design_resolve(const hbl_formula *formula, const hbl_spec *spec, const hbl_data *data,
                       hbl_design **design, hbl_error *error)
{
    resolver r = {formula, spec, data, hbl_calloc(1, sizeof **design, "the design", error), error};
    int status;

    if (r.design == NULL)
        return HBL_ERR_MEMORY;
    status = resolve(&r);
    if (status)
        hbl_design_free(r.design);
    else
        *design = r.design;
    return status;
}

static void free_coefficients(hbl_coefficients *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->coefficient[i].name);
    free(list->coefficient);
}

void hbl_design_free(hbl_design *design)
{
    if (design == NULL)
        return;
    for (size_t i = 0; i < design->n_variables; i++)
        hbl_variable_clear(&design->variable[i]);
    free(design->variable);
    free_coefficients(&design->utility);
    free_coefficients(&design->scale);
    free_coefficients(&design->covariates);
    free(design);
}

int hbl_design_columns(const hbl_formula *formula, const hbl_spec *spec, const char ***names,
                       size_t *n, hbl_error *error)
{
    size_t most = spec->n_covariates, used = 0;

    for (int p = 0; p < HBL_N_PARTS; p++)
        most += formula->part[p].n_variables;
    *names = hbl_calloc(most, sizeof **names, "column names", error);
    if (*names == NULL)
        return HBL_ERR_MEMORY;
    for (int p = 0; p < HBL_N_PARTS; p++) {
        for (size_t i = 0; i < formula->part[p].n_variables; i++)
            (*names)[used++] = formula->part[p].variable[i].name;
    }
    for (size_t i = 0; i < spec->n_covariates; i++)
        (*names)[used++] = spec->covariate[i];
    *n = used;
    return HBL_OK;
}
