/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which columns of a wide table belong to one attribute, and to which alternative each.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/number.h"
#include "data/columns.h"
#include "data/reshape.h"

typedef struct {
    const hbl_table *table;
    const hbl_data_spec *spec;
    const hbl_wanted *wanted;
    hbl_reshape_plan *plan;
    hbl_error *error;
} planner;

/* The names of the file's columns, kept or not; of the table's where it was not read from a file.
 */
static size_t count_names(const planner *p)
{
    return p->table->n_names > 0 ? p->table->n_names : p->table->n_columns;
}

static const char *name_at(const planner *p, size_t i)
{
    return p->table->n_names > 0 ? p->table->name[i] : p->table->column[i].name;
}

/* ---- alternatives ---- */

static size_t find_alternative(const hbl_reshape_plan *plan, const char *name)
{
    size_t j = 0;

    while (j < plan->n_alternatives && strcmp(plan->alternative[j], name) != 0)
        j++;
    return j;
}

static int add_alternative(planner *p, const char *name)
{
    hbl_reshape_plan *plan = p->plan;
    int status;

    if (find_alternative(plan, name) < plan->n_alternatives)
        return HBL_OK;
    status = hbl_grow(&plan->alternative, &plan->alternative_capacity, plan->n_alternatives + 1,
                      sizeof *plan->alternative, "alternatives", p->error);
    if (status)
        return status;
    plan->alternative[plan->n_alternatives] = hbl_strdup(name, p->error);
    return plan->alternative[plan->n_alternatives] ? (plan->n_alternatives++, HBL_OK)
                                                   : HBL_ERR_MEMORY;
}

/* Listed ones; or, where columns are listed instead, as many as these, numbered. */
static int add_listed_alternatives(planner *p)
{
    const hbl_data_spec *spec = p->spec;
    char number[HBL_NUMBER_SIZE];
    size_t most = 0;
    int status = HBL_OK;

    for (size_t j = 0; j < spec->n_alternatives && !status; j++)
        status = add_alternative(p, spec->alternatives[j]);
    for (size_t i = 0; i < spec->n_varying && spec->n_alternatives == 0; i++)
        most = spec->varying[i].n_columns > most ? spec->varying[i].n_columns : most;
    for (size_t j = 0; j < most && !status; j++) {
        hbl_number_write((double)(j + 1), number);
        status = add_alternative(p, number);
    }
    return status;
}

/* ---- attributes ---- */

static bool has_attribute(const hbl_reshape_plan *plan, const char *name, size_t n)
{
    for (size_t i = 0; i < plan->n_attributes; i++)
        if (strncmp(plan->attribute[i].name, name, n) == 0 && plan->attribute[i].name[n] == '\0')
            return true;
    return false;
}

static int add_attribute(planner *p, const char *name, size_t n)
{
    hbl_reshape_plan *plan = p->plan;
    char *copy;
    int status;

    if (has_attribute(plan, name, n))
        return HBL_OK;
    status = hbl_grow(&plan->attribute, &plan->attribute_capacity, plan->n_attributes + 1,
                      sizeof *plan->attribute, "attributes", p->error);
    if (status)
        return status;
    copy = hbl_calloc(n + 1, 1, "attributes", p->error);
    if (!copy)
        return HBL_ERR_MEMORY;
    memcpy(copy, name, n);
    plan->attribute[plan->n_attributes++] = (hbl_attribute_plan){.name = copy};
    return HBL_OK;
}

/* The alternatives that columns of the attribute have; *n_found of them, *n_listed of which
 * data.alternatives lists. */
static int scan_attribute(planner *p, const char *attribute, bool add, size_t *n_found,
                          size_t *n_listed)
{
    const char *alternative;
    int status = HBL_OK;

    *n_found = *n_listed = 0;
    for (size_t c = 0; c < count_names(p) && !status; c++) {
        if (!hbl_split_after(p->spec, name_at(p, c), attribute, &alternative))
            continue;
        ++*n_found;
        for (size_t j = 0; j < p->spec->n_alternatives; j++)
            *n_listed += strcmp(p->spec->alternatives[j], alternative) == 0;
        if (add)
            status = add_alternative(p, alternative);
    }
    return status;
}

/* Takes the attribute, if it is wanted, where two of its columns or more are there and no column
 * has its name. One that is not wanted can tell the alternatives all the same. */
static int try_attribute(planner *p, const char *name, size_t n, bool wanted)
{
    char *attribute = hbl_calloc(n + 1, 1, "attributes", p->error);
    size_t n_found, n_listed;
    int status = attribute ? HBL_OK : HBL_ERR_MEMORY;

    if (status)
        return status;
    memcpy(attribute, name, n);
    if (!hbl_table_column(p->table, attribute) && hbl_wanted_name(p->wanted, attribute) == wanted) {
        scan_attribute(p, attribute, false, &n_found, &n_listed);
        if (n_found >= 2 && (p->spec->n_alternatives == 0 || n_listed >= 1)) {
            status = wanted ? add_attribute(p, attribute, n) : HBL_OK;
            if (!status)
                status = scan_attribute(p, attribute, true, &n_found, &n_listed);
        }
    }
    free(attribute);
    return status;
}

static int infer_attributes(planner *p, bool wanted)
{
    int status = HBL_OK;

    for (size_t c = 0; c < count_names(p) && !status; c++) {
        const char *name = name_at(p, c), *alternative;
        const size_t n = hbl_split(p->spec, name, &alternative);
        if (n > 0)
            status = try_attribute(p, name, n, wanted);
    }
    return status;
}

static int add_named_attribute(planner *p, const char *name, bool wanted)
{
    size_t n_found, n_listed;
    int status = scan_attribute(p, name, true, &n_found, &n_listed);

    if (!status && n_found == 0)
        return hbl_fail(p->error, HBL_ERR_INPUT,
                        "%s:1: attribute \"%s\" (data.varying) has no columns: none is named "
                        "\"%s%sALTERNATIVE\" (data.separator is \"%s\")",
                        p->table->path, name, name, hbl_separator(p->spec), hbl_separator(p->spec));
    return status || !wanted ? status : add_attribute(p, name, strlen(name));
}

/* Choice and availability need not be listed under varying. */
static int add_implied(planner *p, const char *name)
{
    if (!name || hbl_table_column(p->table, name) || has_attribute(p->plan, name, strlen(name)))
        return HBL_OK;
    return try_attribute(p, name, strlen(name), true);
}

static int add_attributes(planner *p)
{
    const hbl_data_spec *spec = p->spec;
    int status = add_listed_alternatives(p);

    if (!status && spec->n_varying == 0)
        status = infer_attributes(p, true);
    if (!status && spec->n_varying == 0 && p->plan->n_attributes == 0)
        status = infer_attributes(p, false);
    for (size_t i = 0; i < spec->n_varying && !status; i++) {
        const bool wanted = hbl_wanted_name(p->wanted, spec->varying[i].name);

        if (spec->varying[i].n_columns == 0)
            status = add_named_attribute(p, spec->varying[i].name, wanted);
        else if (wanted)
            status = add_attribute(p, spec->varying[i].name, strlen(spec->varying[i].name));
    }
    if (!status)
        status = add_implied(p, spec->choice);
    return status ? status : add_implied(p, spec->available);
}

/* ---- their columns ---- */

static size_t column_index(const hbl_table *table, const char *name)
{
    const hbl_column *column = hbl_table_column(table, name);

    return column ? (size_t)(column - table->column) : SIZE_MAX;
}

static const hbl_varying_spec *find_listed(const hbl_data_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->n_varying; i++)
        if (spec->varying[i].n_columns > 0 && strcmp(spec->varying[i].name, name) == 0)
            return &spec->varying[i];
    return NULL;
}

/* The columns that data.varying lists, one for each alternative. */
static int take_listed(planner *p, hbl_attribute_plan *a, const hbl_varying_spec *listed)
{
    const hbl_column *column;
    const size_t n = p->spec->n_alternatives > 0 ? p->spec->n_alternatives : listed->n_columns;

    if (listed->n_columns != n || (p->spec->n_alternatives == 0 && n != p->plan->n_alternatives))
        return hbl_fail(p->error, HBL_ERR_INPUT,
                        "data.varying.%s lists %zu columns; there are %zu alternatives", a->name,
                        listed->n_columns,
                        p->spec->n_alternatives > 0 ? n : p->plan->n_alternatives);
    for (size_t j = 0; j < n; j++) {
        const int status =
            hbl_columns_find(p->table, "varying", listed->column[j], &column, p->error);
        if (status)
            return status;
        a->column[j] = (size_t)(column - p->table->column);
    }
    return HBL_OK;
}

/* The columns by name: one for each alternative, except those that data.alternatives leaves out. */
static int take_named(planner *p, hbl_attribute_plan *a)
{
    const size_t must =
        p->spec->n_alternatives > 0 ? p->spec->n_alternatives : p->plan->n_alternatives;
    char name[600], hint[HBL_COLUMNS_HINT];

    for (size_t j = 0; j < p->plan->n_alternatives; j++) {
        snprintf(name, sizeof name, "%s%s%s", a->name, hbl_separator(p->spec),
                 p->plan->alternative[j]);
        a->column[j] = column_index(p->table, name);
        if (a->column[j] == SIZE_MAX && j < must) {
            hbl_columns_hint(p->table, name, hint);
            return hbl_fail(p->error, HBL_ERR_INPUT,
                            "%s:1: no column \"%s\", which attribute \"%s\" needs for alternative "
                            "\"%s\" (data.varying)%s",
                            p->table->path, name, a->name, p->plan->alternative[j], hint);
        }
    }
    return HBL_OK;
}

static int take_columns(planner *p)
{
    hbl_reshape_plan *plan = p->plan;

    plan->taken = hbl_calloc(p->table->n_columns, sizeof *plan->taken, "attributes", p->error);
    if (!plan->taken)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < plan->n_attributes; i++) {
        hbl_attribute_plan *a = &plan->attribute[i];
        const hbl_varying_spec *listed = find_listed(p->spec, a->name);
        int status;

        a->column = hbl_calloc(plan->n_alternatives, sizeof *a->column, "attributes", p->error);
        if (!a->column)
            return HBL_ERR_MEMORY;
        for (size_t j = 0; j < plan->n_alternatives; j++)
            a->column[j] = SIZE_MAX;
        status = listed ? take_listed(p, a, listed) : take_named(p, a);
        if (status)
            return status;
        for (size_t j = 0; j < plan->n_alternatives; j++)
            if (a->column[j] != SIZE_MAX)
                plan->taken[a->column[j]] = true;
    }
    return HBL_OK;
}

static int check(const planner *p)
{
    const hbl_reshape_plan *plan = p->plan;

    if (plan->n_alternatives < 2)
        return hbl_fail(p->error, HBL_ERR_INPUT,
                        "%s:1: no two columns are named as one attribute of two alternatives, such "
                        "as \"price%scar\" and \"price%sbus\"; data.separator, data.varying and "
                        "data.alternatives can say which belong together",
                        p->table->path, hbl_separator(p->spec), hbl_separator(p->spec));
    for (size_t i = 0; i < plan->n_attributes; i++) {
        const size_t c = column_index(p->table, plan->attribute[i].name);
        if (c != SIZE_MAX && !plan->taken[c])
            return hbl_fail(p->error, HBL_ERR_INPUT,
                            "%s:1: column \"%s\" has the name of an attribute with a column for "
                            "each alternative; rename one of them in data.varying",
                            p->table->path, plan->attribute[i].name);
    }
    return HBL_OK;
}

static int make(const hbl_table *table, const hbl_data_spec *spec, const hbl_wanted *wanted,
                hbl_reshape_plan *plan, hbl_error *error)
{
    planner p = {table, spec, wanted, plan, error};
    int status = add_attributes(&p);

    if (!status)
        status = take_columns(&p);
    return status ? status : check(&p);
}

/* Whether the plan came of the names of columns: not every attribute's columns are listed. */
static bool is_by_separator(const hbl_data_spec *spec, const hbl_reshape_plan *plan)
{
    for (size_t i = 0; i < plan->n_attributes; i++)
        if (!find_listed(spec, plan->attribute[i].name))
            return true;
    return plan->n_attributes == 0;
}

/* By the separator that makes a plan with attributes; or else by any that makes a plan; or else the
 * first one fails as it does. */
int hbl_reshape_plan_find(const hbl_table *table, const hbl_data_spec *spec,
                          const hbl_wanted *wanted, hbl_reshape_plan *plan, const char **separator,
                          hbl_error *error)
{
    const char *without_attributes = NULL;
    hbl_data_spec with = *spec;
    int status;

    *separator = NULL;
    for (size_t i = 0; !spec->separator && hbl_separators[i]; i++) {
        hbl_error complaint = HBL_ERROR_INIT;

        with.separator = (char *)hbl_separators[i];
        status = make(table, &with, wanted, plan, &complaint);
        if (status == HBL_ERR_MEMORY)
            return hbl_fail(error, status, "%s", complaint.message);
        if (!status && plan->n_attributes > 0) {
            *separator = is_by_separator(spec, plan) ? hbl_separators[i] : NULL;
            return HBL_OK;
        }
        if (!status && !without_attributes)
            without_attributes = hbl_separators[i];
        hbl_reshape_plan_release(plan);
    }
    *separator = without_attributes;
    with.separator = spec->separator ? spec->separator : (char *)without_attributes;
    return make(table, &with, wanted, plan, error);
}

void hbl_reshape_plan_release(hbl_reshape_plan *plan)
{
    for (size_t j = 0; j < plan->n_alternatives; j++)
        free(plan->alternative[j]);
    free(plan->alternative);
    for (size_t i = 0; i < plan->n_attributes; i++) {
        free(plan->attribute[i].name);
        free(plan->attribute[i].column);
    }
    free(plan->attribute);
    free(plan->taken);
    *plan = (hbl_reshape_plan){0};
}
