/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/variable.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/number.h"
#include "data/persons.h"

/* ---- where the values are */

static const hbl_column *column_of_persons(const hbl_data *data, const char *name)
{
    return data->persons != NULL ? hbl_table_column(data->persons, name) : NULL;
}

bool hbl_variable_exists(const hbl_data *data, const char *name)
{
    return hbl_table_column(data->table, name) != NULL || column_of_persons(data, name) != NULL;
}

/* The table that the column stands in. */
static const hbl_table *table_of(const hbl_data *data, const hbl_column *column)
{
    return column_of_persons(data, column->name) == column ? data->persons : data->table;
}

/* What describes a person holds for all rows of the person. */
static int spread_rows(hbl_variable *v, const size_t *row, const hbl_panel *panel, hbl_error *error)
{
    v->n = v->by_person ? panel->n_persons : panel->n_rows;
    v->row = v->row_of_person =
        hbl_calloc(v->n, sizeof *v->row_of_person, "rows of a column", error);
    if (v->row == NULL)
        return HBL_ERR_MEMORY;
    for (size_t n = 0; n < panel->n_persons; n++) {
        const size_t start = v->by_person ? n : panel->task_row[panel->person_task[n]],
                     end = v->by_person ? n + 1 : panel->task_row[panel->person_task[n + 1]];

        for (size_t r = start; r < end; r++)
            v->row_of_person[r] = row[n];
    }
    return HBL_OK;
}

static int find_rows(const hbl_data *data, hbl_variable *v, hbl_error *error)
{
    const size_t *row = NULL;
    int status;

    v->column = hbl_table_column(data->table, v->name);
    if (v->column != NULL && column_of_persons(data, v->name) != NULL)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s:1: column \"%s\" stands in %s too; rename one of them",
                        data->persons->path, v->name, data->table->path);
    if (v->column != NULL && !v->by_person) {
        v->n = data->panel->n_rows;
        v->row = data->panel->row_source;
        return HBL_OK;
    }
    status = hbl_data_person_rows(data, v->name, &v->column, &row, error);
    return status ? status : spread_rows(v, row, data->panel, error);
}

/* ---- what they are */

static const hbl_categorical_spec *find_declared(const hbl_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->data.n_categorical; i++) {
        if (strcmp(spec->data.categorical[i].name, name) == 0)
            return &spec->data.categorical[i];
    }
    return NULL;
}

/* Whether the text begins with a digit, behind a sign or a currency at most: "2,50", "15%". */
static bool begins_as_number(const char *text)
{
    while (*text != '\0' && !isalnum((unsigned char)*text))
        text++;
    return isdigit((unsigned char)*text);
}

/* Text among numbers, or numbers with something about them, is a slip rather than a level. */
static bool is_mostly_numbers(const hbl_column *column)
{
    int32_t numbers = 0;

    for (int32_t i = 0; i < column->n_labels; i++)
        numbers += begins_as_number(column->label[i]);
    return 2 * numbers > column->n_labels;
}

/* How other programs write a missing value. */
static bool is_missing_mark(const char *text)
{
    static const char *const mark[] = {"N/A", "n/a",   "#N/A", "na", "NULL",   "null",
                                       "NaN", "#NUM!", "-",    "?",  "missing"};

    for (size_t i = 0; i < sizeof mark / sizeof *mark; i++)
        if (strcmp(text, mark[i]) == 0)
            return true;
    return false;
}

/* What may be the matter with a text that is no number. */
static const char *cure_of(const char *text)
{
    const size_t before = strcspn(text, ","), after = strcspn(text + before, "");

    if (text[before] == ',' && text[strspn(text, "+-0123456789,")] == '\0')
        return after == 4 ? "take the marks of thousands out, or, of a decimal comma, "
                            "give \"decimal\": \",\" under \"data\""
                          : "give \"decimal\": \",\" under \"data\"";
    return is_missing_mark(text) ? "of a missing value leave the cell empty, or write NA"
                                 : "correct it";
}

static int fail_text(const hbl_table *table, const hbl_column *column, hbl_error *error)
{
    for (size_t row = 0; row < table->n_rows; row++) {
        const int32_t code = column->code[row];
        double number;

        if (code >= 0 && !hbl_number_read(column->label[code], &number))
            return hbl_fail(error, HBL_ERR_INPUT,
                            "%s:%llu: column \"%s\" of the formula holds text, \"%.40s\", among "
                            "numbers; %s, or, where these are levels, name the column under "
                            "\"categorical\" of \"data\"",
                            table->path, (unsigned long long)table->line[row], column->name,
                            column->label[code], cure_of(column->label[code]));
    }
    return hbl_fail(error, HBL_ERR_INPUT, "%s: column \"%s\" of the formula holds text",
                    table->path, column->name);
}

static int check_present(const hbl_variable *v, const hbl_table *table, hbl_error *error)
{
    const hbl_column *column = v->column;

    for (size_t i = 0; i < v->n; i++) {
        const size_t row = v->row[i];
        const bool number = column->type == HBL_COLUMN_NUMBER;

        if (number ? isfinite(column->number[row]) : column->code[row] >= 0)
            continue;
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s:%llu: \"%s\" %s; the model needs a %s, or data.missing a policy",
                        table->path, (unsigned long long)table->line[row], column->name,
                        number && !isnan(column->number[row]) ? "is infinite" : "is missing",
                        number ? "number" : "level");
    }
    return HBL_OK;
}

int hbl_variable_resolve(const hbl_spec *spec, const hbl_data *data, const char *name,
                         bool by_person, hbl_variable *variable, hbl_error *error)
{
    const hbl_categorical_spec *declared = find_declared(spec, name);
    const hbl_table *table;
    int status;

    *variable = (hbl_variable){.name = hbl_strdup(name, error), .by_person = by_person};
    if (variable->name == NULL)
        return HBL_ERR_MEMORY;
    status = find_rows(data, variable, error);
    if (status)
        return status;
    table = table_of(data, variable->column);
    variable->categorical = declared != NULL || variable->column->type == HBL_COLUMN_TEXT;
    variable->effects = declared != NULL && declared->effects;
    if (declared == NULL && variable->categorical && is_mostly_numbers(variable->column))
        return fail_text(table, variable->column, error);
    status = check_present(variable, table, error);
    if (!status && variable->categorical)
        status = hbl_variable_find_levels(spec, table, variable, error);
    return status;
}

void hbl_variable_clear(hbl_variable *variable)
{
    for (size_t i = 0; variable->level != NULL && i < variable->n_levels; i++)
        free(variable->level[i]);
    free(variable->level);
    free(variable->code);
    free(variable->row_of_person);
    free(variable->name);
    *variable = (hbl_variable){.name = NULL};
}

void hbl_variable_multiply(const hbl_variable *variable, size_t level, bool contrast, size_t first,
                           size_t end, size_t stride, double *product)
{
    const double at_base = variable->effects && contrast ? -1.0 : 0.0;

    for (size_t i = first; i < end; i++) {
        double value;

        if (!variable->categorical)
            value = variable->column->number[variable->row[i]];
        else if ((size_t)variable->code[i] == level)
            value = 1.0;
        else
            value = (size_t)variable->code[i] == variable->base ? at_base : 0.0;
        product[i * stride] *= value;
    }
}
