/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of terms, kept as R's terms() keeps them: no term twice, columns of a term in the order in
 * which the part first names them, terms of fewer columns first.
 */
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "model/formula.h"

int hbl_part_variable(hbl_formula_part *part, hbl_variable_name name, size_t *index,
                      hbl_error *error)
{
    hbl_variable_name *longer;

    for (size_t i = 0; i < part->n_variables; i++) {
        if (strcmp(part->variable[i].name, name.name) == 0) {
            *index = i;
            free(name.name);
            return HBL_OK;
        }
    }
    longer = realloc(part->variable, (part->n_variables + 1) * sizeof *longer);
    if (longer == NULL) {
        free(name.name);
        return hbl_fail_memory(error, "the formula");
    }
    part->variable = longer;
    longer[part->n_variables] = name;
    *index = part->n_variables++;
    return HBL_OK;
}

static bool holds(const hbl_term *term, size_t variable)
{
    for (size_t i = 0; i < term->n; i++) {
        if (term->variable[i] == variable)
            return true;
    }
    return false;
}

bool hbl_term_multiply(hbl_term *term, const hbl_term *by)
{
    for (size_t i = 0; i < by->n; i++) {
        size_t at = term->n;

        if (holds(term, by->variable[i]))
            continue;
        if (term->n == HBL_TERM_VARIABLES)
            return false;
        for (; at > 0 && term->variable[at - 1] > by->variable[i]; at--)
            term->variable[at] = term->variable[at - 1];
        term->variable[at] = by->variable[i];
        term->n++;
    }
    return true;
}

bool hbl_term_same(const hbl_term *a, const hbl_term *b)
{
    return a->n == b->n && memcmp(a->variable, b->variable, a->n * sizeof *a->variable) == 0;
}

static size_t find(const hbl_formula_part *part, const hbl_term *term)
{
    size_t i = 0;

    while (i < part->n_terms && !hbl_term_same(&part->term[i], term))
        i++;
    return i;
}

static int append(hbl_term **list, size_t *n, const hbl_term *term, hbl_error *error)
{
    hbl_term *longer = realloc(*list, (*n + 1) * sizeof *longer);

    if (longer == NULL)
        return hbl_fail_memory(error, "the formula");
    *list = longer;
    longer[(*n)++] = *term;
    return HBL_OK;
}

int hbl_part_add(hbl_formula_part *part, const hbl_term *term, hbl_error *error)
{
    if (find(part, term) < part->n_terms)
        return HBL_OK;
    return append(&part->term, &part->n_terms, term, error);
}

int hbl_part_remove(hbl_formula_part *part, const hbl_term *term, bool *found, hbl_error *error)
{
    const hbl_term dot = {.n = 0};
    const size_t at = find(part, term);

    if (at < part->n_terms) {
        part->n_terms--;
        memmove(part->term + at, part->term + at + 1, (part->n_terms - at) * sizeof *part->term);
        *found = true;
    }
    if (term->n != 1 || find(part, &dot) == part->n_terms)
        return HBL_OK;
    *found = true;
    return append(&part->removed, &part->n_removed, term, error);
}

/* Insertion sort: it keeps the order of equals, and lists are short. */
void hbl_part_sort(hbl_formula_part *part)
{
    for (size_t i = 1; i < part->n_terms; i++) {
        const hbl_term term = part->term[i];
        const size_t order = term.n > 1 ? term.n : 1;
        size_t at = i;

        for (; at > 0 && part->term[at - 1].n > order; at--)
            part->term[at] = part->term[at - 1];
        part->term[at] = term;
    }
}

hbl_part hbl_formula_dot(const hbl_formula *formula)
{
    const hbl_term dot = {.n = 0};
    int part = 0;

    while (part < HBL_N_PARTS && find(&formula->part[part], &dot) == formula->part[part].n_terms)
        part++;
    return (hbl_part)part;
}

static bool has_alone(const hbl_formula_part *part, const hbl_term *list, size_t n,
                      const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i].n == 1 && strcmp(part->variable[list[i].variable[0]].name, name) == 0)
            return true;
    }
    return false;
}

bool hbl_formula_dot_holds(const hbl_formula *formula, hbl_part dot, const char *name)
{
    const hbl_formula_part *own = &formula->part[dot];

    if (strcmp(formula->choice.name, name) == 0 || has_alone(own, own->term, own->n_terms, name) ||
        has_alone(own, own->removed, own->n_removed, name))
        return false;
    for (int part = 0; part < HBL_N_PARTS; part++) {
        const hbl_formula_part *other = &formula->part[part];

        for (size_t i = 0; part != (int)dot && i < other->n_variables; i++) {
            if (strcmp(other->variable[i].name, name) == 0)
                return false;
        }
    }
    return true;
}

void hbl_formula_free(hbl_formula *formula)
{
    if (formula == NULL)
        return;
    for (int p = 0; p < HBL_N_PARTS; p++) {
        hbl_formula_part *part = &formula->part[p];

        for (size_t i = 0; i < part->n_variables; i++)
            free(part->variable[i].name);
        free(part->variable);
        free(part->term);
        free(part->removed);
    }
    free(formula->choice.name);
    free(formula);
}
