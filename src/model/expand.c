/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Products of columns, levels expanded, and their values. As R's model.matrix() does it, a level
 * has a column of its own where the product without the categorical column is no term of the part;
 * otherwise the base has none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/design.h"

int hbl_design_variable(hbl_design *design, const hbl_spec *spec, const hbl_data *data,
                        const char *name, bool by_person, size_t *index, hbl_error *error)
{
    hbl_variable *longer;

    for (size_t i = 0; i < design->n_variables; i++) {
        *index = i;
        if (design->variable[i].by_person == by_person &&
            strcmp(design->variable[i].name, name) == 0)
            return HBL_OK;
    }
    longer = realloc(design->variable, (design->n_variables + 1) * sizeof *longer);
    if (longer == NULL)
        return hbl_fail_memory(error, "the design");
    design->variable = longer;
    *index = design->n_variables++;
    return hbl_variable_resolve(spec, data, name, by_person, &longer[*index], error);
}

/* ---- names */

static void put(char *text, size_t size, size_t *used, const char *part)
{
    const int n =
        snprintf(text != NULL ? text + *used : NULL, text != NULL ? size - *used : 0, "%s", part);

    *used += n > 0 ? (size_t)n : 0;
}

/* Writes the name into text, where that is not NULL; returns its length. */
static size_t write_name(const hbl_design *design, const hbl_product *p, const char *prefix,
                         const char *suffix, char *text, size_t size)
{
    size_t used = 0;

    put(text, size, &used, prefix);
    if (p->n == 0)
        put(text, size, &used, "(Intercept)");
    for (size_t i = 0; i < p->n; i++) {
        const hbl_variable *v = &design->variable[p->of[i].variable];

        put(text, size, &used, i > 0 ? ":" : "");
        put(text, size, &used, v->name);
        if (v->categorical)
            put(text, size, &used, v->level[p->of[i].level]);
    }
    put(text, size, &used, suffix != NULL ? ":" : "");
    put(text, size, &used, suffix != NULL ? suffix : "");
    return used;
}

static int add(const hbl_design *design, hbl_coefficients *to, const hbl_product *product,
               const char *prefix, const char *suffix, int32_t alternative, hbl_error *error)
{
    const size_t size = write_name(design, product, prefix, suffix, NULL, 0) + 1;
    hbl_coefficient *longer = realloc(to->coefficient, (to->n + 1) * sizeof *longer), *c;

    if (longer == NULL)
        return hbl_fail_memory(error, "the design");
    to->coefficient = longer;
    c = &longer[to->n];
    *c = (hbl_coefficient){hbl_calloc(size, 1, "coefficient names", error), *product, alternative};
    if (c->name == NULL)
        return HBL_ERR_MEMORY;
    write_name(design, product, prefix, suffix, c->name, size);
    to->n++;
    return HBL_OK;
}

/* ---- levels */

static size_t count_columns(const hbl_design *design, const hbl_product *product, size_t i)
{
    const hbl_variable *v = &design->variable[product->of[i].variable];

    if (!v->categorical)
        return 1;
    return v->n_levels - (product->of[i].contrast ? 1 : 0);
}

int hbl_design_expand(hbl_design *design, hbl_coefficients *to, const hbl_product *product,
                      const char *prefix, const char *suffix, int32_t alternative, hbl_error *error)
{
    size_t n_columns = 1;
    int status = HBL_OK;

    for (size_t i = 0; i < product->n; i++)
        n_columns *= count_columns(design, product, i);
    for (size_t column = 0; !status && column < n_columns; column++) {
        hbl_product p = *product;
        size_t rest = column;

        for (size_t i = 0; i < p.n; i++) {
            const hbl_variable *v = &design->variable[p.of[i].variable];
            const size_t n = count_columns(design, product, i), k = rest % n;

            rest /= n;
            p.of[i].level = v->categorical && p.of[i].contrast && k >= v->base ? k + 1 : k;
        }
        status = add(design, to, &p, prefix, suffix, alternative, error);
    }
    return status;
}

/* ---- values */

void hbl_design_fill(const hbl_design *design, const hbl_coefficient *coefficient,
                     const hbl_panel *panel, size_t first, size_t end, size_t stride, double *x)
{
    const hbl_product *p = &coefficient->product;

    for (size_t i = first; i < end; i++)
        x[i * stride] = 1.0;
    for (size_t i = 0; i < p->n; i++)
        hbl_variable_multiply(&design->variable[p->of[i].variable], p->of[i].level,
                              p->of[i].contrast, first, end, stride, x);
    for (size_t i = first; coefficient->alternative >= 0 && i < end; i++) {
        if (panel->row_alternative[i] != coefficient->alternative)
            x[i * stride] = 0.0;
    }
}
