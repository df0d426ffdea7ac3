/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/design.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "data/number.h"
#include "model/spec.h"

/* ---- columns of the table */

static int fail_no_column(const hbl_spec *spec, const hbl_term *term, const hbl_table *table,
                          hbl_error *error)
{
    const char **names = hbl_calloc(table->n_columns, sizeof *names, "column names", error);
    const char *nearest;
    char message[400];

    if (names == NULL)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < table->n_columns; i++)
        names[i] = table->column[i].name;
    nearest = hbl_nearest(term->name, names, table->n_columns);
    free(names);
    if (nearest != NULL)
        snprintf(message, sizeof message, "%s has no column \"%.80s\"; did you mean \"%.80s\"?",
                 table->path, term->name, nearest);
    else
        snprintf(message, sizeof message, "%s has no column \"%.80s\"", table->path, term->name);
    return hbl_spec_fail_formula(spec, term->position, error, message);
}

/* Points at the first cell that is no number. */
static int fail_text(const hbl_column *column, const hbl_table *table, hbl_error *error)
{
    for (size_t row = 0; row < table->n_rows; row++) {
        const int32_t code = column->code[row];
        double number;

        if (code >= 0 && !hbl_number_read(column->label[code], &number))
            return hbl_fail(error, HBL_ERR_INPUT,
                            "%s:%llu: column \"%s\" of the formula holds text, \"%.40s\", where a "
                            "number is needed",
                            table->path, (unsigned long long)table->line[row], column->name,
                            column->label[code]);
    }
    return hbl_fail(error, HBL_ERR_INPUT, "%s: column \"%s\" of the formula holds text",
                    table->path, column->name);
}

static int check_numbers(const hbl_column *column, const hbl_table *table, const hbl_panel *panel,
                         hbl_error *error)
{
    if (column->type == HBL_COLUMN_TEXT)
        return fail_text(column, table, error);
    for (size_t row = 0; row < panel->n_rows; row++) {
        const double value = column->number[panel->row_source[row]];

        if (!isfinite(value))
            return hbl_fail(error, HBL_ERR_INPUT, "%s:%llu: \"%s\" %s; the formula needs a number",
                            table->path, (unsigned long long)table->line[panel->row_source[row]],
                            column->name, isnan(value) ? "is missing" : "is infinite");
    }
    return HBL_OK;
}

static int find_source(const hbl_spec *spec, const hbl_term *term, const hbl_table *table,
                       const hbl_panel *panel, const hbl_column **column, hbl_error *error)
{
    *column = hbl_table_column(table, term->name);
    if (*column == NULL)
        return fail_no_column(spec, term, table, error);
    return check_numbers(*column, table, panel, error);
}

/* ---- coefficients */

static int add(hbl_design *design, const char *term, const hbl_column *source,
               const hbl_panel *panel, int32_t alternative, hbl_error *error)
{
    const char *label = alternative < 0 ? "" : panel->alternative_label[alternative];
    const size_t size = strlen(term) + strlen(label) + 2;
    hbl_coefficient *c = &design->coefficient[design->n_coefficients];

    c->name = hbl_calloc(size, 1, "coefficient names", error);
    if (c->name == NULL)
        return HBL_ERR_MEMORY;
    snprintf(c->name, size, "%s%s%s", term, alternative < 0 ? "" : ":", label);
    c->source = source;
    c->alternative = alternative;
    design->n_coefficients++;
    return HBL_OK;
}

/* One for every alternative, or for every one but the reference. */
static int add_specific(hbl_design *design, const char *term, const hbl_column *source,
                        const hbl_panel *panel, bool with_reference, hbl_error *error)
{
    int status = HBL_OK;

    for (int32_t j = 0; !status && j < (int32_t)panel->n_alternatives; j++) {
        if (with_reference || j != panel->reference)
            status = add(design, term, source, panel, j, error);
    }
    return status;
}

static int add_part(hbl_design *design, const hbl_formula *formula, hbl_part part,
                    const hbl_spec *spec, const hbl_table *table, const hbl_panel *panel,
                    hbl_error *error)
{
    int status = HBL_OK;

    for (size_t i = 0; !status && i < formula->n_terms[part]; i++) {
        const hbl_term *term = &formula->term[part][i];
        const hbl_column *source = NULL;

        status = find_source(spec, term, table, panel, &source, error);
        if (!status && part == HBL_PART_GENERIC)
            status = add(design, term->name, source, panel, -1, error);
        else if (!status)
            status = add_specific(design, term->name, source, panel, part == HBL_PART_ALTERNATIVE,
                                  error);
    }
    return status;
}

int hbl_design_resolve(const hbl_formula *formula, const hbl_spec *spec, const hbl_table *table,
                       const hbl_panel *panel, hbl_design **design, hbl_error *error)
{
    const size_t most = formula->n_terms[HBL_PART_GENERIC] +
                        panel->n_alternatives * (1 + formula->n_terms[HBL_PART_INDIVIDUAL] +
                                                 formula->n_terms[HBL_PART_ALTERNATIVE]);
    hbl_design *d = hbl_calloc(1, sizeof *d, "the design", error);
    int status = HBL_OK;

    if (d == NULL)
        return HBL_ERR_MEMORY;
    d->coefficient = hbl_calloc(most, sizeof *d->coefficient, "the design", error);
    if (d->coefficient == NULL)
        status = HBL_ERR_MEMORY;
    if (!status && formula->intercepts)
        status = add_specific(d, "(Intercept)", NULL, panel, false, error);
    for (int part = 0; !status && part < HBL_N_PARTS; part++)
        status = add_part(d, formula, (hbl_part)part, spec, table, panel, error);
    if (status) {
        hbl_design_free(d);
        return status;
    }
    *design = d;
    return HBL_OK;
}

void hbl_design_free(hbl_design *design)
{
    if (design == NULL)
        return;
    for (size_t i = 0; i < design->n_coefficients; i++)
        free(design->coefficient[i].name);
    free(design->coefficient);
    free(design);
}

void hbl_design_fill(const hbl_coefficient *coefficient, const hbl_panel *panel, size_t stride,
                     double *x)
{
    for (size_t row = 0; row < panel->n_rows; row++) {
        const bool belongs =
            coefficient->alternative < 0 || coefficient->alternative == panel->row_alternative[row];
        const double value =
            coefficient->source == NULL ? 1.0 : coefficient->source->number[panel->row_source[row]];

        x[row * stride] = belongs ? value : 0.0;
    }
}
