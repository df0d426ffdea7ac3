/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The columns of the long table are made one after the other, and those of the wide one freed as
 * soon as they have served.
 */
#include "data/reshape.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "data/columns.h"
#include "data/grouping.h"

typedef struct {
    hbl_table *wide;
    const hbl_reshape_plan *plan;
    size_t n;           /* alternatives */
    size_t n_rows;      /* of the long table */
    hbl_column *column; /* of the long table, zeroed, with room for all */
    size_t n_columns;
    hbl_error *error;
} reshaper;

static void *alloc_cells(const reshaper *r, size_t size)
{
    return hbl_calloc(r->n_rows, size, "a long table", r->error);
}

/* ---- columns repeated ---- */

/* The wide column's name and labels go over to the long one. */
static int repeat_column(reshaper *r, hbl_column *from)
{
    hbl_column *to = &r->column[r->n_columns];
    const size_t n = r->n, n_rows = r->wide->n_rows;

    if (from->type == HBL_COLUMN_TEXT) {
        int32_t *code = alloc_cells(r, sizeof *code);
        if (!code)
            return HBL_ERR_MEMORY;
        for (size_t i = 0; i < n_rows; i++)
            for (size_t j = 0; j < n; j++)
                code[i * n + j] = from->code[i];
        free(from->code);
        from->code = code;
    } else {
        double *number = alloc_cells(r, sizeof *number);
        if (!number)
            return HBL_ERR_MEMORY;
        for (size_t i = 0; i < n_rows; i++)
            for (size_t j = 0; j < n; j++)
                number[i * n + j] = from->number[i];
        free(from->number);
        from->number = number;
    }
    *to = *from;
    *from = (hbl_column){0};
    r->n_columns++;
    return HBL_OK;
}

/* ---- attributes of numbers ---- */

static int interleave_numbers(reshaper *r, const hbl_attribute_plan *a, hbl_column *to)
{
    const size_t n = r->n;

    to->type = HBL_COLUMN_NUMBER;
    to->number = alloc_cells(r, sizeof *to->number);
    if (!to->number)
        return HBL_ERR_MEMORY;
    for (size_t j = 0; j < n; j++) {
        const double *from = a->column[j] == SIZE_MAX ? NULL : r->wide->column[a->column[j]].number;
        for (size_t i = 0; i < r->wide->n_rows; i++)
            to->number[i * n + j] = from ? from[i] : (double)NAN;
    }
    return HBL_OK;
}

/* ---- attributes ---- */

static int interleave(reshaper *r, const hbl_attribute_plan *a)
{
    hbl_column *to = &r->column[r->n_columns];
    bool any_text = false;
    int status;

    for (size_t j = 0; j < r->n; j++)
        any_text |=
            a->column[j] != SIZE_MAX && r->wide->column[a->column[j]].type == HBL_COLUMN_TEXT;
    to->name = hbl_strdup(a->name, r->error);
    if (!to->name)
        return HBL_ERR_MEMORY;
    r->n_columns++;
    status =
        any_text ? hbl_reshape_texts(r->wide, a, r->n, to, r->error) : interleave_numbers(r, a, to);
    return status;
}

/* ---- tasks and alternatives ---- */

static bool is_name_taken(const reshaper *r, const char *name)
{
    for (size_t c = 0; c < r->wide->n_columns; c++)
        if (r->wide->column[c].name && strcmp(r->wide->column[c].name, name) == 0)
            return true;
    for (size_t i = 0; i < r->plan->n_attributes; i++)
        if (strcmp(r->plan->attribute[i].name, name) == 0)
            return true;
    return false;
}

/* stem, or stem.1, stem.2, ... where that is the name of a column. */
static char *free_name(const reshaper *r, const char *stem)
{
    char name[64];

    snprintf(name, sizeof name, "%s", stem);
    for (unsigned i = 1; is_name_taken(r, name); i++)
        snprintf(name, sizeof name, "%s.%u", stem, i);
    return hbl_strdup(name, r->error);
}

static int add_alternatives(reshaper *r, const char *name)
{
    hbl_column *to = &r->column[r->n_columns++];

    to->type = HBL_COLUMN_TEXT;
    to->name = hbl_strdup(name, r->error);
    to->code = alloc_cells(r, sizeof *to->code);
    to->label = hbl_calloc(r->n, sizeof *to->label, "labels", r->error);
    if (!to->name || !to->code || !to->label)
        return HBL_ERR_MEMORY;
    for (size_t j = 0; j < r->n; j++) {
        to->label[j] = hbl_strdup(r->plan->alternative[j], r->error);
        if (!to->label[j])
            return HBL_ERR_MEMORY;
        to->n_labels++;
    }
    for (size_t i = 0; i < r->n_rows; i++)
        to->code[i] = (int32_t)(i % r->n);
    return HBL_OK;
}

static int add_tasks(reshaper *r, const char *name)
{
    hbl_column *to = &r->column[r->n_columns++];

    to->type = HBL_COLUMN_NUMBER;
    to->name = hbl_strdup(name, r->error);
    to->number = alloc_cells(r, sizeof *to->number);
    if (!to->name || !to->number)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < r->n_rows; i++)
        to->number[i] = (double)(i / r->n + 1);
    return HBL_OK;
}

static int name_index(reshaper *r, const hbl_data_spec *spec, hbl_reshaped *names)
{
    if (spec->alternative && is_name_taken(r, spec->alternative))
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "%s:1: there is a column \"%s\"; of a wide table data.alternative names "
                        "the column of alternatives that is made, and may be left out",
                        r->wide->path, spec->alternative);
    names->alternative =
        spec->alternative ? hbl_strdup(spec->alternative, r->error) : free_name(r, "alternative");
    names->task = spec->task ? hbl_strdup(spec->task, r->error) : free_name(r, "task");
    names->choice_is_name = spec->choice != NULL && hbl_table_column(r->wide, spec->choice) != NULL;
    for (size_t i = 0; spec->choice && i < r->plan->n_attributes; i++)
        if (strcmp(r->plan->attribute[i].name, spec->choice) == 0)
            names->choice_is_name = false;
    return names->alternative && names->task ? HBL_OK : HBL_ERR_MEMORY;
}

/* ---- the table ---- */

static int lengthen_lines(reshaper *r)
{
    uint64_t *line = alloc_cells(r, sizeof *line);

    if (!line)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < r->n_rows; i++)
        line[i] = r->wide->line[i / r->n];
    free(r->wide->line);
    r->wide->line = line;
    return HBL_OK;
}

/* Frees the wide column of alternative j of attribute i, unless it serves once more. */
static void free_served(reshaper *r, size_t i, size_t j)
{
    const hbl_reshape_plan *plan = r->plan;
    const size_t column = plan->attribute[i].column[j];

    if (column == SIZE_MAX)
        return;
    for (size_t k = i; k < plan->n_attributes; k++)
        for (size_t m = k == i ? j + 1 : 0; m < r->n; m++)
            if (plan->attribute[k].column[m] == column)
                return;
    hbl_columns_release(&r->wide->column[column]);
}

/* Tasks and alternatives first, then the columns that are repeated, then the attributes. */
static int make_columns(reshaper *r, const hbl_data_spec *spec, const hbl_wanted *wanted,
                        const hbl_reshaped *names)
{
    const hbl_reshape_plan *plan = r->plan;
    int status = HBL_OK;

    if (!spec->task)
        status = add_tasks(r, names->task);
    if (!status)
        status = add_alternatives(r, names->alternative);
    for (size_t c = 0; c < r->wide->n_columns && !status; c++)
        if (!plan->taken[c] && hbl_wanted_name(wanted, r->wide->column[c].name))
            status = repeat_column(r, &r->wide->column[c]);
    for (size_t i = 0; i < plan->n_attributes && !status; i++) {
        status = interleave(r, &plan->attribute[i]);
        for (size_t j = 0; j < r->n && !status; j++)
            free_served(r, i, j);
    }
    return status;
}

/* The wide table's columns give way to the long one's. */
static void replace_columns(reshaper *r)
{
    for (size_t c = 0; c < r->wide->n_columns; c++)
        hbl_columns_release(&r->wide->column[c]);
    free(r->wide->column);
    r->wide->column = r->column;
    r->wide->n_columns = r->n_columns;
    r->wide->n_rows = r->n_rows;
}

static int reshape(reshaper *r, const hbl_data_spec *spec, const hbl_wanted *wanted,
                   hbl_reshaped *names)
{
    int status = name_index(r, spec, names);

    if (!status && __builtin_mul_overflow(r->wide->n_rows, r->n, &r->n_rows))
        status = hbl_fail_memory(r->error, "a long table");
    if (status)
        return status;
    r->column = hbl_calloc(r->wide->n_columns + r->plan->n_attributes + 2, sizeof *r->column,
                           "a long table", r->error);
    if (!r->column)
        return HBL_ERR_MEMORY;
    status = make_columns(r, spec, wanted, names);
    if (!status)
        status = lengthen_lines(r);
    if (!status) {
        replace_columns(r);
        return HBL_OK;
    }
    for (size_t c = 0; c < r->n_columns; c++)
        hbl_columns_release(&r->column[c]);
    free(r->column);
    return status;
}

int hbl_reshape(hbl_table *table, const hbl_data_spec *spec, const hbl_wanted *wanted,
                hbl_reshaped *names, hbl_error *error)
{
    hbl_reshape_plan plan = {0};
    int status;

    *names = (hbl_reshaped){0};
    status = hbl_reshape_plan_find(table, spec, wanted, &plan, &names->separator, error);
    if (!status) {
        reshaper r = {.wide = table, .plan = &plan, .n = plan.n_alternatives, .error = error};
        status = reshape(&r, spec, wanted, names);
    }
    hbl_reshape_plan_release(&plan);
    return status;
}

void hbl_reshaped_release(hbl_reshaped *names)
{
    free(names->task);
    free(names->alternative);
    *names = (hbl_reshaped){0};
}
