/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/persons.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "data/columns.h"
#include "data/grouping.h"

/* ---- the table of persons ---- */

typedef struct {
    char *label;
    size_t row;
} person_key;

static int compare_keys(const void *a, const void *b)
{
    const person_key *x = a, *y = b;
    const int order = strcmp(x->label, y->label);

    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static int compare_label(const void *label, const void *key)
{
    return strcmp(label, ((const person_key *)key)->label);
}

static int fill_keys(const hbl_table *persons, const hbl_column *column, person_key *keys,
                     hbl_error *error)
{
    for (size_t i = 0; i < persons->n_rows; i++) {
        if (hbl_columns_is_missing(column, i))
            return hbl_fail(error, HBL_ERR_INPUT,
                            "%s:%" PRIu64
                            ": the person is missing (column \"%s\"); every row needs one",
                            persons->path, persons->line[i], column->name);
        keys[i].row = i;
        keys[i].label = hbl_cell_label(column, i, error);
        if (!keys[i].label)
            return HBL_ERR_MEMORY;
    }
    qsort(keys, persons->n_rows, sizeof *keys, compare_keys);
    for (size_t i = 1; i < persons->n_rows; i++)
        if (strcmp(keys[i].label, keys[i - 1].label) == 0)
            return hbl_fail(error, HBL_ERR_INPUT,
                            "%s:%" PRIu64 ": person %s stands on line %" PRIu64
                            " already; the table of persons has a row for each",
                            persons->path, persons->line[keys[i].row], keys[i].label,
                            persons->line[keys[i - 1].row]);
    return HBL_OK;
}

static int look_up(hbl_data *data, const person_key *keys, hbl_error *error)
{
    const hbl_panel *panel = data->panel;

    for (size_t n = 0; n < panel->n_persons; n++) {
        const person_key *key = bsearch(panel->person_label[n], keys, data->persons->n_rows,
                                        sizeof *keys, compare_label);
        if (!key)
            return hbl_fail(error, HBL_ERR_INPUT,
                            "%s:%" PRIu64
                            ": person %s is not in the table of persons, %s; add a row",
                            data->table->path, data->table->line[data->first_row[n]],
                            panel->person_label[n], data->persons->path);
        data->person_row[n] = key->row;
    }
    return HBL_OK;
}

static int match_persons(hbl_data *data, const char *name, hbl_error *error)
{
    const hbl_table *persons = data->persons;
    const hbl_column *column;
    person_key *keys;
    int status = hbl_columns_find(persons, "persons", name, &column, error);

    if (status)
        return status;
    keys = hbl_calloc(persons->n_rows, sizeof *keys, "the table of persons", error);
    data->person_row =
        hbl_calloc(data->panel->n_persons, sizeof(size_t), "the table of persons", error);
    status = keys && data->person_row ? fill_keys(persons, column, keys, error) : HBL_ERR_MEMORY;
    if (!status)
        status = look_up(data, keys, error);
    for (size_t i = 0; keys && i < persons->n_rows; i++)
        free(keys[i].label);
    free(keys);
    return status;
}

int hbl_persons_join(hbl_data *data, const hbl_data_spec *spec, hbl_error *error)
{
    const hbl_panel *p = data->panel;
    const char *key = spec->persons_key ? spec->persons_key
                      : spec->person    ? spec->person
                                        : spec->task;

    data->first_row = hbl_calloc(p->n_persons, sizeof(size_t), "persons", error);
    if (!data->first_row)
        return HBL_ERR_MEMORY;
    for (size_t n = 0; n < p->n_persons; n++)
        data->first_row[n] = p->row_source[p->task_row[p->person_task[n]]];
    if (!data->persons)
        return HBL_OK;
    if (!key)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "data.persons needs data.person, the column that tells persons apart");
    return match_persons(data, key, error);
}

/* ---- columns of the long table ---- */

static bool same_cell(const hbl_column *column, size_t a, size_t b)
{
    return column->type == HBL_COLUMN_TEXT ? column->code[a] == column->code[b]
                                           : column->number[a] == column->number[b];
}

static int fail_missing(const hbl_table *table, const hbl_column *column, size_t row,
                        const char *person, hbl_error *error)
{
    return hbl_fail(error, HBL_ERR_INPUT,
                    "%s:%" PRIu64
                    ": column \"%s\" is missing here, for person %s; data.missing can be "
                    "\"drop-person\"",
                    table->path, table->line[row], column->name, person);
}

/* No cell missing or, within a person, different from the first. */
static int check_constant(const hbl_table *table, const hbl_panel *p, const hbl_column *column,
                          hbl_error *error)
{
    for (size_t n = 0; n < p->n_persons; n++) {
        const size_t begin = p->task_row[p->person_task[n]];
        const size_t end = p->task_row[p->person_task[n + 1]];
        const size_t first = p->row_source[begin];

        for (size_t i = begin; i < end; i++) {
            const size_t row = p->row_source[i];
            if (hbl_columns_is_missing(column, row))
                return fail_missing(table, column, row, p->person_label[n], error);
            if (!same_cell(column, first, row))
                return hbl_fail(error, HBL_ERR_INPUT,
                                "%s:%" PRIu64 ": column \"%s\" differs from line %" PRIu64
                                ", though both are of person %s; it must be the same on all rows "
                                "of a person",
                                table->path, table->line[row], column->name, table->line[first],
                                p->person_label[n]);
        }
    }
    return HBL_OK;
}

static int check_persons(const hbl_data *data, const hbl_column *column, hbl_error *error)
{
    for (size_t n = 0; n < data->panel->n_persons; n++)
        if (hbl_columns_is_missing(column, data->person_row[n]))
            return fail_missing(data->persons, column, data->person_row[n],
                                data->panel->person_label[n], error);
    return HBL_OK;
}

int hbl_data_person_rows(const hbl_data *data, const char *name, const hbl_column **column,
                         const size_t **row, hbl_error *error)
{
    char hint[HBL_COLUMNS_HINT];

    *column = data->persons ? hbl_table_column(data->persons, name) : NULL;
    if (*column) {
        *row = data->person_row;
        return check_persons(data, *column, error);
    }
    *column = hbl_table_column(data->table, name);
    *row = data->first_row;
    if (*column)
        return check_constant(data->table, data->panel, *column, error);
    hbl_columns_hint(data->persons ? data->persons : data->table, name, hint);
    return hbl_fail(error, HBL_ERR_INPUT, "no column \"%s\" in %s%s%s%s", name,
                    data->persons ? data->persons->path : data->table->path,
                    data->persons ? " or " : "", data->persons ? data->table->path : "", hint);
}

/* ---- weights ---- */

static int fill_weights(const hbl_table *table, const hbl_column *column, const size_t *person_row,
                        hbl_panel *p, hbl_error *error)
{
    p->weight = hbl_calloc(p->n_persons, sizeof *p->weight, "weights", error);
    if (!p->weight)
        return HBL_ERR_MEMORY;
    for (size_t n = 0; n < p->n_persons; n++) {
        const size_t row =
            person_row ? person_row[n] : p->row_source[p->task_row[p->person_task[n]]];

        p->weight[n] = column->number[row];
        if (!(p->weight[n] > 0))
            return hbl_fail(error, HBL_ERR_INPUT,
                            "%s:%" PRIu64 ": the weight of person %s (column \"%s\") is %g; it "
                            "must be a number above 0",
                            table->path, table->line[row], p->person_label[n], column->name,
                            p->weight[n]);
    }
    return HBL_OK;
}

int hbl_persons_weigh(const hbl_table *table, const hbl_data_spec *spec, const hbl_table *persons,
                      const size_t *person_row, hbl_panel *panel, hbl_error *error)
{
    const hbl_table *of = persons;
    const hbl_column *column = NULL;
    int status = HBL_OK;

    if (!spec->weight)
        return HBL_OK;
    if (persons)
        column = hbl_table_column(persons, spec->weight);
    if (!column) {
        of = table;
        person_row = NULL;
        status = hbl_columns_find(table, "weight", spec->weight, &column, error);
    }
    if (!status && column->type != HBL_COLUMN_NUMBER)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s:1: column \"%s\" (data.weight) holds text, such as \"%.60s\"; weights "
                        "are numbers above 0",
                        of->path, column->name, column->label[0]);
    if (!status && of == table)
        status = check_constant(table, panel, column, error);
    return status ? status : fill_weights(of, column, person_row, panel, error);
}
