/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows on which choices are drawn, as a table: drawn themselves, or read from a file.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "data/grouping.h"
#include "simulate/parts.h"

hbl_rng hbl_simulate_stream(const hbl_spec *spec, size_t person, hbl_simulate_purpose purpose)
{
    return hbl_rng_stream(spec->simulate.seed, 0, HBL_STREAM_SIMULATE, person, purpose);
}

static const char *choice_name(const hbl_spec *spec)
{
    return spec->data.choice ? spec->data.choice : "choice";
}

double *hbl_simulate_choice(const hbl_table *table, const hbl_spec *spec)
{
    return hbl_table_column(table, choice_name(spec))->number;
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

/* Person, task, alternative, choice, then the attributes. */
static void draw_person(const hbl_spec *spec, size_t person, size_t *row, hbl_column *column)
{
    const hbl_simulation_spec *s = &spec->simulate;
    hbl_rng design = hbl_simulate_stream(spec, person, HBL_SIMULATE_DESIGN);
    hbl_rng attributes = hbl_simulate_stream(spec, person, HBL_SIMULATE_ATTRIBUTES);
    const size_t n_tasks = draw_between(&design, s->tasks_min, s->tasks_max);

    for (size_t task = 0; task < n_tasks; task++) {
        const size_t n = draw_between(&design, s->alternatives_min, s->alternatives_max);
        for (size_t j = 0; j < n; j++, ++*row) {
            column[0].number[*row] = (double)(person + 1);
            /* without a column of persons each task is one */
            column[1].number[*row] = (double)(spec->data.person ? task + 1 : person + 1);
            column[2].number[*row] = (double)(j + 1);
            column[3].number[*row] = j == 0;
            for (size_t a = 0; a < s->n_attributes; a++)
                column[4 + a].number[*row] = draw_attribute(&attributes, &s->attribute[a]);
        }
    }
}

static int start_columns(const hbl_spec *spec, hbl_table *table, hbl_error *error)
{
    const char *const fixed[4] = {spec->data.person ? spec->data.person : "person",
                                  spec->data.task ? spec->data.task : "task",
                                  spec->data.alternative ? spec->data.alternative : "alternative",
                                  choice_name(spec)};

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

/* ---- rows of a file ---- */

/* choice = 1 on the first row of each task, so that a panel can be built; columns that do not exist
 * are left for hbl_panel_build to refuse. */
static int mark_first_rows(const hbl_spec *spec, const hbl_table *table, double *choice,
                           hbl_error *error)
{
    const hbl_column *person =
        spec->data.person ? hbl_table_column(table, spec->data.person) : NULL;
    const hbl_column *task = spec->data.task ? hbl_table_column(table, spec->data.task) : NULL;
    hbl_grouping persons = {0}, tasks = {0};
    int status = HBL_OK;

    if (person)
        status = hbl_grouping_make(&persons, person, table->n_rows, NULL, error);
    if (task && !status)
        status = hbl_grouping_make(&tasks, task, table->n_rows, person ? &persons : NULL, error);
    for (size_t t = 0; !status && t < tasks.n_groups; t++)
        choice[tasks.first[t]] = 1.0;
    hbl_grouping_release(&persons);
    hbl_grouping_release(&tasks);
    return status;
}

/* Empties the column of choices, or appends one. */
static int renew_choice(const hbl_spec *spec, hbl_table *table, hbl_error *error)
{
    const char *name = choice_name(spec);
    size_t at = 0;

    while (at < table->n_columns && strcmp(table->column[at].name, name) != 0)
        at++;
    if (at == table->n_columns) {
        hbl_column *longer = realloc(table->column, (table->n_columns + 1) * sizeof *table->column);
        if (!longer)
            return hbl_fail_memory(error, "the column of choices");
        table->column = longer;
        memset(&longer[table->n_columns++], 0, sizeof *longer);
    } else {
        hbl_column *old = &table->column[at];
        for (int32_t code = 0; code < old->n_labels; code++)
            free(old->label[code]);
        free(old->label);
        free(old->code);
        free(old->number);
        free(old->name);
        memset(old, 0, sizeof *old);
    }
    return start_column(&table->column[at], name, table->n_rows, error);
}

int hbl_simulate_read_rows(const hbl_spec *spec, hbl_table **out, hbl_error *error)
{
    hbl_table *table = NULL;
    int status = hbl_table_read(spec->data.file, NULL, &table, error);

    if (status)
        return status;
    status = renew_choice(spec, table, error);
    if (!status)
        status = mark_first_rows(spec, table, hbl_simulate_choice(table, spec), error);
    if (status)
        hbl_table_free(table);
    else
        *out = table;
    return status;
}
