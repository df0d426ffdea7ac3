/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From files to panel, step by step.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "data/columns.h"
#include "data/expression.h"
#include "data/panel_builder.h"
#include "data/persons.h"
#include "data/pipeline.h"
#include "data/reshape.h"
#include "data/wanted.h"

/* ---- derived columns ---- */

/* The values go into an array of their own: the expression may use the column that it replaces. */
static int derive(hbl_table *table, const hbl_derived_spec *derived, hbl_error *error)
{
    char key[128];
    double *value = hbl_calloc(table->n_rows, sizeof *value, "a derived column", error);
    hbl_expression *expression = NULL;
    int status = value ? HBL_OK : HBL_ERR_MEMORY;

    snprintf(key, sizeof key, "data.derived.%s", derived->name);
    if (!status)
        status = hbl_expression_compile(key, derived->expression, table, &expression, error);
    if (!status)
        status = hbl_expression_evaluate(expression, 0, table->n_rows, value, error);
    hbl_expression_free(expression);
    if (!status)
        status = hbl_columns_put(table, derived->name, value, error);
    if (status)
        free(value);
    return status;
}

/* ---- in turn ---- */

typedef struct {
    const hbl_data_spec *spec;
    const hbl_data_needs *needs;
    bool without_choices;
    hbl_wanted wanted;
    hbl_reshaped reshaped;
    hbl_data *data;
    hbl_error *error;
} loader;

static int check_shape(const loader *l)
{
    if (!l->spec->shape || strcmp(l->spec->shape, "long") == 0 || hbl_is_wide(l->spec))
        return HBL_OK;
    return hbl_fail(l->error, HBL_ERR_INPUT,
                    "data.shape is \"%s\"; it must be \"long\", a row for each alternative, or "
                    "\"wide\", a row for each task",
                    l->spec->shape);
}

static int read_tables(loader *l)
{
    const hbl_data_spec *spec = l->spec;
    hbl_table_options options = hbl_wanted_options(spec), of_persons = options;
    int status = HBL_OK;

    options.wanted = hbl_wanted_column;
    of_persons.wanted = hbl_wanted_of_person;
    options.wanted_context = of_persons.wanted_context = &l->wanted;
    if (l->needs) {
        options.progress = l->needs->progress;
        options.progress_context = l->needs->context;
        options.threads = of_persons.threads = l->needs->threads;
    }
    if (!l->data->table)
        status = hbl_table_read(spec->file, &options, &l->data->table, l->error);
    if (!status && spec->persons)
        status = hbl_table_read(spec->persons, &of_persons, &l->data->persons, l->error);
    return status;
}

/* The spec as it is of the long table. */
static int make_long(loader *l, hbl_data_spec *spec)
{
    int status;

    *spec = *l->spec;
    if (!hbl_is_wide(spec))
        return HBL_OK;
    status = hbl_reshape(l->data->table, l->spec, &l->wanted, &l->reshaped, l->error);
    l->data->separator = l->reshaped.separator;
    spec->shape = NULL;
    spec->task = l->reshaped.task;
    spec->alternative = l->reshaped.alternative;
    return status;
}

static int build(loader *l, const hbl_data_spec *spec, size_t rows_read)
{
    hbl_data *data = l->data;
    const hbl_panel_extras extras = {.choice_is_name = l->reshaped.choice_is_name,
                                     .without_choices = l->without_choices,
                                     .weights_elsewhere = data->persons != NULL,
                                     .needs = l->needs};
    int status =
        hbl_panel_build_with(data->table, spec, &extras, &data->panel, &data->account, l->error);

    data->account.rows_read = rows_read;
    if (!status)
        status = hbl_persons_join(data, spec, l->error);
    if (!status && data->persons && spec->missing == HBL_MISSING_DROP_PERSON)
        status = hbl_persons_drop_missing(data, spec, l->needs, l->error);
    if (!status && data->persons)
        status = hbl_persons_weigh(data->table, spec, data->persons, data->person_row, data->panel,
                                   l->error);
    return status;
}

/* Frees the columns that have served for the panel; but not where a name that the model needs is no
 * column, and may be one of these misspelt. */
static void release_served(hbl_data *data, const hbl_data_needs *needs)
{
    hbl_table *table = data->table;
    size_t n = 0;

    if (!needs || !needs->column)
        return;
    for (size_t i = 0; i < needs->n_columns; i++)
        if (!hbl_table_column(table, needs->column[i]) &&
            !(data->persons && hbl_table_column(data->persons, needs->column[i])))
            return;
    for (size_t j = 0; j < table->n_columns; j++) {
        if (hbl_needs_column(needs, table->column[j].name))
            table->column[n++] = table->column[j];
        else
            hbl_columns_release(&table->column[j]);
    }
    table->n_columns = n;
}

static int load(loader *l)
{
    hbl_data_spec spec;
    size_t rows_read = 0;
    int status = check_shape(l);

    if (!status)
        status = hbl_wanted_collect(&l->wanted, l->spec, l->needs, l->error);
    if (!status)
        status = read_tables(l);
    if (!status) {
        rows_read = l->data->table->n_rows;
        status = make_long(l, &spec);
    }
    for (size_t i = 0; !status && i < l->spec->n_derived; i++)
        status = derive(l->data->table, &l->spec->derived[i], l->error);
    if (!status)
        status = build(l, &spec, rows_read);
    if (!status)
        release_served(l->data, l->needs);
    return status;
}

int hbl_data_load(const hbl_data_spec *spec, const hbl_data_needs *needs, bool without_choices,
                  hbl_table *table, hbl_data **data, hbl_error *error)
{
    loader l = {.spec = spec, .needs = needs, .without_choices = without_choices, .error = error};
    int status;

    *data = NULL;
    l.data = hbl_calloc(1, sizeof *l.data, "the data", error);
    if (!l.data) {
        hbl_table_free(table);
        return HBL_ERR_MEMORY;
    }
    l.data->table = table;
    status = load(&l);
    hbl_wanted_release(&l.wanted);
    hbl_reshaped_release(&l.reshaped);
    if (status)
        hbl_data_free(l.data);
    else
        *data = l.data;
    return status;
}

int hbl_data_from_table(const hbl_data_spec *spec, const hbl_data_needs *needs, hbl_table *table,
                        hbl_data **data, hbl_error *error)
{
    return hbl_data_load(spec, needs, false, table, data, error);
}

int hbl_data_read(const hbl_data_spec *spec, const hbl_data_needs *needs, hbl_data **data,
                  hbl_error *error)
{
    return hbl_data_load(spec, needs, false, NULL, data, error);
}

void hbl_data_free(hbl_data *data)
{
    if (!data)
        return;
    hbl_table_free(data->table);
    hbl_table_free(data->persons);
    free(data->person_row);
    free(data->first_row);
    hbl_panel_free(data->panel);
    free(data);
}
