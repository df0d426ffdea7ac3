/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/number.h"

void hbl_columns_list(const char *const *word, size_t n, char list[HBL_COLUMNS_LIST])
{
    size_t used = 0;

    list[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        const char *separator = i == 0 ? "" : ", ";
        if (used + strlen(separator) + strlen(word[i]) + sizeof ", ..." > HBL_COLUMNS_LIST) {
            snprintf(list + used, HBL_COLUMNS_LIST - used, "%s...", separator);
            return;
        }
        used += (size_t)snprintf(list + used, HBL_COLUMNS_LIST - used, "%s%s", separator, word[i]);
    }
}

static bool is_named(const hbl_table *table, const char *name)
{
    for (size_t j = 0; j < table->n_names; j++)
        if (strcmp(table->name[j], name) == 0)
            return true;
    return false;
}

/* All columns of the file, and those that came after. */
static size_t collect_names(const hbl_table *table, const char **names)
{
    size_t n = 0;

    for (size_t j = 0; j < table->n_names; j++)
        names[n++] = table->name[j];
    for (size_t j = 0; j < table->n_columns; j++)
        if (!is_named(table, table->column[j].name))
            names[n++] = table->column[j].name;
    return n;
}

const char *hbl_columns_overlooked_delimiter(const hbl_table *table)
{
    static const char *const mark[] = {";", "\t", ",", "|", NULL};
    size_t i = 0;

    while (table->n_names == 1 && mark[i] && !strstr(table->name[0], mark[i]))
        i++;
    if (table->n_names != 1 || !mark[i])
        return NULL;
    return mark[i][0] == '\t' ? "tab" : mark[i];
}

void hbl_columns_hint(const hbl_table *table, const char *name, char hint[HBL_COLUMNS_HINT])
{
    const char **names = calloc(table->n_names + table->n_columns + 1, sizeof *names);
    const size_t n = names ? collect_names(table, names) : 0;
    const char *nearest = hbl_nearest(name, names, n),
               *mark = hbl_columns_overlooked_delimiter(table);
    char list[HBL_COLUMNS_LIST] = "";

    hbl_columns_list(names, n, list);
    if (mark)
        snprintf(hint, HBL_COLUMNS_HINT,
                 "; there is one only, \"%.60s\": give \"delimiter\": \"%s\" under \"data\"",
                 table->name[0], mark);
    else if (nearest)
        snprintf(hint, HBL_COLUMNS_HINT, "; did you mean \"%s\"?", nearest);
    else
        snprintf(hint, HBL_COLUMNS_HINT, "; there are: %s", list);
    free(names);
}

int hbl_columns_find(const hbl_table *table, const char *key, const char *name,
                     const hbl_column **column, hbl_error *error)
{
    char hint[HBL_COLUMNS_HINT];

    *column = hbl_table_column(table, name);
    if (*column)
        return HBL_OK;
    hbl_columns_hint(table, name, hint);
    return hbl_fail(error, HBL_ERR_INPUT, "%s:1: no column \"%s\" (data.%s)%s", table->path, name,
                    key, hint);
}

int hbl_columns_logical(const char *text)
{
    static const char *const yes[] = {"TRUE", "True", "true", "T"};
    static const char *const no[] = {"FALSE", "False", "false", "F"};

    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (strcmp(text, yes[i]) == 0)
            return 1;
        if (strcmp(text, no[i]) == 0)
            return 0;
    }
    return -1;
}

int hbl_columns_read_logical_text(const hbl_column *column, size_t row)
{
    const char *text = column->code[row] < 0 ? "" : column->label[column->code[row]];
    const int value = hbl_columns_logical(text);
    double x;

    if (value >= 0 || !hbl_number_read(text, &x))
        return value;
    return x == 0 || x == 1 ? (int)x : -1;
}

/* The column of that name, emptied, or a new one at the end. */
static int make_room(hbl_table *table, const char *name, hbl_column **column, hbl_error *error)
{
    hbl_column *longer;

    for (size_t j = 0; j < table->n_columns; j++)
        if (strcmp(table->column[j].name, name) == 0) {
            *column = &table->column[j];
            return HBL_OK;
        }
    longer = realloc(table->column, (table->n_columns + 1) * sizeof *longer);
    if (!longer)
        return hbl_fail_memory(error, "a column");
    table->column = longer;
    *column = &longer[table->n_columns];
    **column = (hbl_column){.type = HBL_COLUMN_NUMBER};
    (*column)->name = hbl_strdup(name, error);
    if (!(*column)->name)
        return HBL_ERR_MEMORY;
    table->n_columns++;
    return HBL_OK;
}

int hbl_columns_put(hbl_table *table, const char *name, double *number, hbl_error *error)
{
    hbl_column *column = NULL;
    char *kept;

    if (make_room(table, name, &column, error))
        return HBL_ERR_MEMORY;
    kept = column->name;
    column->name = NULL;
    hbl_columns_release(column);
    *column = (hbl_column){.name = kept, .type = HBL_COLUMN_NUMBER, .number = number};
    return HBL_OK;
}

void hbl_columns_release(hbl_column *column)
{
    for (int32_t code = 0; column->label && code < column->n_labels; code++)
        free(column->label[code]);
    free(column->label);
    free(column->code);
    free(column->number);
    free(column->name);
    *column = (hbl_column){0};
}
