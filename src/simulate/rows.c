/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows on which choices are drawn, drawn themselves.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "simulate/parts.h"

hbl_rng hbl_simulate_stream(const hbl_spec *spec, size_t person, hbl_simulate_purpose purpose)
{
    return hbl_rng_stream(spec->simulate.seed, 0, HBL_STREAM_SIMULATE, person, purpose);
}

const char *hbl_simulate_choice_name(const hbl_spec *spec)
{
    return spec->data.choice ? spec->data.choice : "choice";
}

/* Makes column a column of n_rows numbers. */
static int start_column(hbl_column *column, const char *name, size_t n_rows, hbl_error *error)
{
    column->name = hbl_strdup(name, error);
    column->number = hbl_calloc(n_rows, sizeof *column->number, "simulated rows", error);
    column->type = HBL_COLUMN_NUMBER;
    return column->name && column->number ? HBL_OK : HBL_ERR_MEMORY;
}

/* ---- rows drawn ---- */

/* A whole number, uniform on low..high. */
static size_t draw_between(hbl_rng *rng, size_t low, size_t high)
{
    return low + (size_t)(hbl_rng_uniform(rng) * (double)(high - low + 1));
}

static double draw_attribute(hbl_rng *rng, const hbl_attribute_spec *attribute)
{
    switch (attribute->kind) {
    case HBL_ATTRIBUTE_LEVELS:
        return attribute->value[draw_between(rng, 0, attribute->n_values - 1)];
    case HBL_ATTRIBUTE_UNIFORM:
        return attribute->value[0] +
               (attribute->value[1] - attribute->value[0]) * hbl_rng_uniform(rng);
    case HBL_ATTRIBUTE_NORMAL:
        return attribute->value[0] + attribute->value[1] * hbl_rng_normal(rng);
    }
    return NAN;
}

static size_t count_rows(const hbl_spec *spec)
{
    const hbl_simulation_spec *s = &spec->simulate;
    size_t n_rows = 0;

    for (size_t person = 0; person < s->n_persons; person++) {
        hbl_rng rng = hbl_simulate_stream(spec, person, HBL_SIMULATE_DESIGN);
        const size_t n_tasks = draw_between(&rng, s->tasks_min, s->tasks_max);
        for (size_t task = 0; task < n_tasks; task++)
            n_rows += draw_between(&rng, s->alternatives_min, s->alternatives_max);
    }
    return n_rows;
}

/* Person, task, alternative, choice (left 0), then the attributes. */
static void draw_person(const hbl_spec *spec, size_t person, size_t *row, hbl_column *column)
{
    const hbl_simulation_spec *s = &spec->simulate;
    hbl_rng design = hbl_simulate_stream(spec, person, HBL_SIMULATE_DESIGN);
    hbl_rng attributes = hbl_simulate_stream(spec, person, HBL_SIMULATE_ATTRIBUTES);
    const size_t n_tasks = draw_between(&design, s->tasks_min, s->tasks_max), first_row = *row;

    for (size_t task = 0; task < n_tasks; task++) {
        const size_t n = draw_between(&design, s->alternatives_min, s->alternatives_max);
        for (size_t j = 0; j < n; j++, ++*row) {
            column[0].number[*row] = (double)(person + 1);
            /* without a column of persons each task is one */
            column[1].number[*row] = (double)(spec->data.person ? task + 1 : person + 1);
            column[2].number[*row] = (double)(j + 1);
            for (size_t a = 0; a < s->n_attributes; a++) {
                const hbl_attribute_owner of = s->attribute[a].of;
                const size_t first = of == HBL_ATTRIBUTE_OF_PERSON ? first_row : *row - j;
                column[4 + a].number[*row] = of == HBL_ATTRIBUTE_OF_ALTERNATIVE || *row == first
                                                 ? draw_attribute(&attributes, &s->attribute[a])
                                                 : column[4 + a].number[first];
            }
        }
    }
}

/* What an index is called where data does not name it. */
static const char *name_or(const char *name, const char *otherwise)
{
    return name ? name : otherwise;
}

static int start_columns(const hbl_spec *spec, hbl_table *table, hbl_error *error)
{
    const char *const fixed[4] = {
        name_or(spec->data.person, "person"), name_or(spec->data.task, "task"),
        name_or(spec->data.alternative, "alternative"), hbl_simulate_choice_name(spec)};

    for (size_t c = 0; c < table->n_columns; c++) {
        const char *name = c < 4 ? fixed[c] : spec->simulate.attribute[c - 4].name;
        for (size_t other = 0; other < c; other++)
            if (strcmp(table->column[other].name, name) == 0)
                return hbl_fail(error, HBL_ERR_INPUT,
                                "simulate: two columns of the data would be named \"%s\"", name);
        const int status = start_column(&table->column[c], name, table->n_rows, error);
        if (status)
            return status;
    }
    return HBL_OK;
}

static int fill_table(const hbl_spec *spec, hbl_table *table, hbl_error *error)
{
    size_t row = 0;
    int status;

    table->path = hbl_strdup("simulated rows", error);
    table->n_rows = count_rows(spec);
    table->line = hbl_calloc(table->n_rows, sizeof *table->line, "simulated rows", error);
    table->n_columns = 4 + spec->simulate.n_attributes;
    table->column = hbl_calloc(table->n_columns, sizeof *table->column, "simulated rows", error);
    if (!table->path || !table->line || !table->column)
        return HBL_ERR_MEMORY;
    status = start_columns(spec, table, error);
    if (status)
        return status;
    for (size_t i = 0; i < table->n_rows; i++)
        table->line[i] = i + 2; /* below the header */
    for (size_t person = 0; person < spec->simulate.n_persons; person++)
        draw_person(spec, person, &row, table->column);
    return HBL_OK;
}

int hbl_simulate_draw_rows(const hbl_spec *spec, hbl_table **out, hbl_error *error)
{
    hbl_table *table;
    int status;

    if (!spec->data.person && spec->simulate.tasks_max > 1)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "simulate.tasks: more than one task a person needs a column of persons; "
                        "name it in data.person");
    table = hbl_calloc(1, sizeof *table, "simulated rows", error);
    if (!table)
        return HBL_ERR_MEMORY;
    status = fill_table(spec, table, error);
    if (status)
        hbl_table_free(table);
    else
        *out = table;
    return status;
}
