/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "data/number.h"
#include "data/panel_builder.h"

/* ---- columns ---- */

void hbl_panel_list(const char *const *word, size_t n, char list[HBL_LIST_SIZE])
{
    size_t used = 0;

    list[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        const char *separator = i == 0 ? "" : ", ";
        if (used + strlen(separator) + strlen(word[i]) + sizeof ", ..." > HBL_LIST_SIZE) {
            snprintf(list + used, HBL_LIST_SIZE - used, "%s...", separator);
            return;
        }
        used += (size_t)snprintf(list + used, HBL_LIST_SIZE - used, "%s%s", separator, word[i]);
    }
}

static int fail_unknown_column(const panel_builder *b, const char *key, const char *name)
{
    const hbl_table *table = b->table;
    const char **names = hbl_calloc(table->n_columns, sizeof *names, "column names", b->error);
    const char *nearest;
    char list[HBL_LIST_SIZE];

    if (!names)
        return HBL_ERR_MEMORY;
    for (size_t j = 0; j < table->n_columns; j++)
        names[j] = table->column[j].name;
    nearest = hbl_nearest(name, names, table->n_columns);
    hbl_panel_list(names, table->n_columns, list);
    free(names);
    if (nearest)
        return hbl_fail(b->error, HBL_ERR_INPUT,
                        "%s:1: no column \"%s\" (data.%s); did you mean \"%s\"?", table->path, name,
                        key, nearest);
    return hbl_fail(b->error, HBL_ERR_INPUT, "%s:1: no column \"%s\" (data.%s); there are: %s",
                    table->path, name, key, list);
}

/* Finds the column and sees to it that no cell is missing. */
static int find_column(const panel_builder *b, const char *key, const char *name,
                       const hbl_column **column)
{
    const hbl_table *table = b->table;
    const hbl_column *c;

    if (!name)
        return HBL_OK;
    *column = c = hbl_table_column(table, name);
    if (!c)
        return fail_unknown_column(b, key, name);
    for (size_t i = 0; i < table->n_rows; i++)
        if (c->type == HBL_COLUMN_TEXT ? c->code[i] < 0 : isnan(c->number[i]))
            return hbl_fail(b->error, HBL_ERR_INPUT,
                            "%s:%" PRIu64 ": the %s is missing (column \"%s\")", table->path,
                            table->line[i], key, name);
    return HBL_OK;
}

static int find_columns(panel_builder *b)
{
    const hbl_data_spec *spec = b->spec;
    int status;

    if (spec->shape && strcmp(spec->shape, "long") != 0)
        return hbl_fail(b->error, HBL_ERR_INPUT,
                        "data.shape is \"%s\"; only \"long\" tables are read so far, with a row "
                        "for each alternative of a task",
                        spec->shape);
    if (!spec->task || !spec->choice)
        return hbl_fail(b->error, HBL_ERR_INPUT,
                        "data.%s is missing: the name of the column that %s",
                        spec->task ? "choice" : "task",
                        spec->task ? "is 1 where an alternative is chosen and 0 elsewhere"
                                   : "tells the tasks of a person apart");
    if ((status = find_column(b, "person", spec->person, &b->person)) ||
        (status = find_column(b, "task", spec->task, &b->task)) ||
        (status = find_column(b, "alternative", spec->alternative, &b->alternative)))
        return status;
    return find_column(b, "choice", spec->choice, &b->choice);
}

/* ---- choices ---- */

/* 1 or 0, or -1 where the text is neither. */
static signed char read_choice_text(const char *text)
{
    static const char *const yes[] = {"TRUE", "True", "true", "T"};
    static const char *const no[] = {"FALSE", "False", "false", "F"};
    double x;

    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (strcmp(text, yes[i]) == 0)
            return 1;
        if (strcmp(text, no[i]) == 0)
            return 0;
    }
    return hbl_number_read(text, &x) && (x == 0 || x == 1) ? (signed char)x : -1;
}

static signed char read_choice(const hbl_column *column, size_t row)
{
    double x;

    if (column->type == HBL_COLUMN_TEXT)
        return read_choice_text(column->label[column->code[row]]);
    x = column->number[row];
    return x == 0 || x == 1 ? (signed char)x : -1;
}

static int fail_choice(const panel_builder *b, size_t row)
{
    char *label = hbl_cell_label(b->choice, row, b->error);

    hbl_fail(b->error, HBL_ERR_INPUT,
             "%s:%" PRIu64 ": choice (column \"%s\") is \"%s\"; it must be 1 or TRUE where the "
             "alternative is chosen, 0 or FALSE elsewhere",
             b->table->path, b->table->line[row], b->choice->name, label ? label : "");
    free(label);
    return HBL_ERR_INPUT;
}

static int read_choices(panel_builder *b)
{
    const size_t n = b->table->n_rows;

    b->chosen = hbl_calloc(n, sizeof *b->chosen, "choices", b->error);
    if (!b->chosen)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        b->chosen[i] = read_choice(b->choice, i);
        if (b->chosen[i] < 0)
            return fail_choice(b, i);
    }
    return HBL_OK;
}

int hbl_panel_read_columns(panel_builder *b)
{
    const int status = find_columns(b);
    return status ? status : read_choices(b);
}
