/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The levels of a categorical column: those that occur in the panel, text in alphabetical order,
 * numbers in their own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/options.h"
#include "model/spec.h"
#include "model/variable.h"

enum { MOST_LEVELS = 1000, MOST_UNDECLARED = 100 };

typedef struct {
    size_t n, capacity;
    double *number; /* distinct, ascending: numbers, or indices into the column's labels */
} distinct;

/* Where the value is, or belongs. */
static size_t place(const distinct *d, double value)
{
    size_t low = 0, high = d->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (d->number[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int insert(distinct *d, double value, hbl_error *error)
{
    const size_t at = place(d, value);

    if (at < d->n && d->number[at] == value)
        return HBL_OK;
    if (hbl_grow(&d->number, &d->capacity, d->n + 1, sizeof *d->number, "levels", error))
        return HBL_ERR_MEMORY;
    memmove(d->number + at + 1, d->number + at, (d->n - at) * sizeof *d->number);
    d->number[at] = value;
    d->n++;
    return HBL_OK;
}

static double value_of(const hbl_variable *v, size_t i)
{
    return v->column->type == HBL_COLUMN_NUMBER ? v->column->number[v->row[i]]
                                                : (double)v->column->code[v->row[i]];
}

static int fail_many(const hbl_table *table, const hbl_variable *v, size_t most, hbl_error *error)
{
    return hbl_fail(error, HBL_ERR_INPUT,
                    "%s: column \"%s\" has more than %zu levels, each of which would be a "
                    "coefficient; leave it out of the formula%s",
                    table->path, v->name, most,
                    most == MOST_UNDECLARED ? ", or name it under \"categorical\" of \"data\""
                                            : "");
}

static bool is_declared(const hbl_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->data.n_categorical; i++) {
        if (strcmp(spec->data.categorical[i].name, name) == 0)
            return true;
    }
    return false;
}

static int collect(const hbl_spec *spec, const hbl_table *table, const hbl_variable *v, distinct *d,
                   hbl_error *error)
{
    const size_t most = is_declared(spec, v->name) ? MOST_LEVELS : MOST_UNDECLARED;
    int status = HBL_OK;

    for (size_t i = 0; !status && i < v->n; i++) {
        status = insert(d, value_of(v, i), error);
        if (!status && d->n > most)
            return fail_many(table, v, most, error);
    }
    if (!status && d->n < 2)
        return hbl_fail(
            error, HBL_ERR_INPUT,
            "%s: column \"%s\" has one level only, which explains nothing; leave it out",
            table->path, v->name);
    return status;
}

/* ---- in order */

typedef struct {
    const char *text;
    size_t at; /* in the list of distinct values */
} label;

static int compare_labels(const void *a, const void *b)
{
    return strcmp(((const label *)a)->text, ((const label *)b)->text);
}

static int copy_level(hbl_variable *v, const char *text, hbl_error *error)
{
    v->level[v->n_levels] = hbl_strdup(text, error);
    if (v->level[v->n_levels] == NULL)
        return HBL_ERR_MEMORY;
    v->n_levels++;
    return HBL_OK;
}

/* rank[i]: the level of distinct value i. */
static int name_text(hbl_variable *v, const distinct *d, int32_t *rank, hbl_error *error)
{
    label *labels = hbl_calloc(d->n, sizeof *labels, "levels", error);
    int status = labels == NULL ? HBL_ERR_MEMORY : HBL_OK;

    for (size_t i = 0; !status && i < d->n; i++)
        labels[i] = (label){v->column->label[(size_t)d->number[i]], i};
    if (!status)
        qsort(labels, d->n, sizeof *labels, compare_labels);
    for (size_t i = 0; !status && i < d->n; i++) {
        rank[labels[i].at] = (int32_t)i;
        status = copy_level(v, labels[i].text, error);
    }
    free(labels);
    return status;
}

static int name_numbers(hbl_variable *v, const distinct *d, int32_t *rank, hbl_error *error)
{
    int status = HBL_OK;

    for (size_t i = 0; !status && i < d->n; i++) {
        char text[64];

        rank[i] = (int32_t)i;
        hbl_format_number(d->number[i], text, sizeof text);
        status = copy_level(v, text, error);
    }
    return status;
}

static int fail_base(const hbl_spec *spec, const hbl_variable *v, const char *base,
                     hbl_error *error)
{
    char list[200] = "", message[480];
    size_t used = 0;

    for (size_t i = 0; i < v->n_levels && used + 50 < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.40s", i > 0 ? ", " : "",
                                 v->level[i]);
    snprintf(message, sizeof message,
             "has \"%.80s\" for the base of \"%.80s\", which is none of its levels: %s%s", base,
             v->name, list, used + 50 < sizeof list ? "" : ", ...");
    return hbl_spec_fail_member(spec, "data", "categorical", error, message);
}

static int set_base(const hbl_spec *spec, hbl_variable *v, hbl_error *error)
{
    const char *base = NULL;

    for (size_t i = 0; i < spec->data.n_categorical; i++) {
        if (strcmp(spec->data.categorical[i].name, v->name) == 0)
            base = spec->data.categorical[i].base;
    }
    for (v->base = 0; base != NULL && v->base < v->n_levels; v->base++) {
        if (strcmp(v->level[v->base], base) == 0)
            return HBL_OK;
    }
    return base == NULL ? HBL_OK : fail_base(spec, v, base, error);
}

static int set_codes(hbl_variable *v, const distinct *d, const int32_t *rank, hbl_error *error)
{
    v->code = hbl_calloc(v->n, sizeof *v->code, "levels", error);
    if (v->code == NULL)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < v->n; i++)
        v->code[i] = rank[place(d, value_of(v, i))];
    return HBL_OK;
}

int hbl_variable_find_levels(const hbl_spec *spec, const hbl_table *table, hbl_variable *variable,
                             hbl_error *error)
{
    distinct d = {0};
    int32_t *rank = NULL;
    int status = collect(spec, table, variable, &d, error);

    if (!status) {
        rank = hbl_calloc(d.n, sizeof *rank, "levels", error);
        variable->level = hbl_calloc(d.n, sizeof *variable->level, "levels", error);
        if (rank == NULL || variable->level == NULL)
            status = HBL_ERR_MEMORY;
    }
    if (!status)
        status = variable->column->type == HBL_COLUMN_TEXT
                     ? name_text(variable, &d, rank, error)
                     : name_numbers(variable, &d, rank, error);
    if (!status)
        status = set_base(spec, variable, error);
    if (!status)
        status = set_codes(variable, &d, rank, error);
    free(rank);
    free(d.number);
    return status;
}
