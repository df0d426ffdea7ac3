/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/wanted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "data/expression.h"

bool hbl_is_wide(const hbl_data_spec *spec)
{
    return spec->shape && strcmp(spec->shape, "wide") == 0;
}

const char *const hbl_separators[] = {".", "_", "", NULL};

const char *hbl_separator(const hbl_data_spec *spec)
{
    return spec->separator ? spec->separator : hbl_separators[0];
}

/* ---- attribute, separator, alternative ---- */

static bool is_digits(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

static bool is_listed(const hbl_data_spec *spec, const char *alternative)
{
    for (size_t j = 0; j < spec->n_alternatives; j++)
        if (strcmp(spec->alternatives[j], alternative) == 0)
            return true;
    return false;
}

/* Where nothing separates, alternatives that are not listed must be numbers, as those listed are.
 */
static bool is_alternative(const hbl_data_spec *spec, const char *text)
{
    const char *separator = hbl_separator(spec);

    if (*text == '\0' || is_listed(spec, text))
        return *text != '\0';
    if (*separator)
        return strstr(text, separator) == NULL;
    for (size_t j = 0; j < spec->n_alternatives; j++)
        if (!is_digits(spec->alternatives[j]))
            return false;
    return is_digits(text);
}

bool hbl_split_after(const hbl_data_spec *spec, const char *name, const char *attribute,
                     const char **alternative)
{
    const char *separator = hbl_separator(spec);
    const size_t n = strlen(attribute), m = strlen(separator);

    if (strncmp(name, attribute, n) != 0 || strncmp(name + n, separator, m) != 0)
        return false;
    *alternative = name + n + m;
    return is_alternative(spec, *alternative);
}

/* The longest alternative that makes sense, digits or listed; or all behind the last separator. */
size_t hbl_split(const hbl_data_spec *spec, const char *name, const char **alternative)
{
    const char *separator = hbl_separator(spec);
    const size_t m = strlen(separator);

    for (const char *p = name + 1; name[0] && *p; p++)
        if (strncmp(p, separator, m) == 0 && is_alternative(spec, p + m)) {
            *alternative = p + m;
            return (size_t)(p - name);
        }
    return 0;
}

/* ---- what is wanted ---- */

bool hbl_needs_column(const hbl_data_needs *needs, const char *name)
{
    if (!needs || !needs->column)
        return true;
    for (size_t i = 0; i < needs->n_columns; i++)
        if (strcmp(needs->column[i], name) == 0)
            return true;
    return false;
}

bool hbl_wanted_name(const hbl_wanted *wanted, const char *name)
{
    for (size_t i = 0; i < wanted->n && !wanted->everything; i++)
        if (strcmp(wanted->name[i], name) == 0)
            return true;
    return wanted->everything;
}

static int want(void *context, const char *name, hbl_error *error)
{
    hbl_wanted *wanted = context;
    int status;

    if (!name || hbl_wanted_name(wanted, name))
        return HBL_OK;
    status = hbl_grow(&wanted->name, &wanted->capacity, wanted->n + 1, sizeof *wanted->name,
                      "names of columns", error);
    if (status)
        return status;
    wanted->name[wanted->n] = hbl_strdup(name, error);
    return wanted->name[wanted->n] ? (wanted->n++, HBL_OK) : HBL_ERR_MEMORY;
}

static int want_expressions(hbl_wanted *wanted, const hbl_data_spec *spec, hbl_error *error)
{
    int status = HBL_OK;

    for (size_t i = 0; i < spec->n_derived && !status; i++) {
        char key[128];

        snprintf(key, sizeof key, "data.derived.%s", spec->derived[i].name);
        status = hbl_expression_names(key, spec->derived[i].expression, want, wanted, error);
    }
    if (!status && spec->filter)
        status = hbl_expression_names("data.filter", spec->filter, want, wanted, error);
    return status;
}

int hbl_wanted_collect(hbl_wanted *wanted, const hbl_data_spec *spec, const hbl_data_needs *needs,
                       hbl_error *error)
{
    const char *const own[] = {spec->person, spec->task,      spec->alternative, spec->choice,
                               spec->weight, spec->available, spec->persons_key};
    int status = HBL_OK;

    *wanted = (hbl_wanted){.spec = spec};
    /* where neither is named nor listed, the first two columns are tasks and alternatives */
    wanted->everything =
        !needs || !needs->column ||
        (!hbl_is_wide(spec) && !spec->task && !spec->alternative && spec->n_alternatives == 0);
    for (size_t i = 0; needs && needs->column && i < needs->n_columns && !status; i++)
        status = want(wanted, needs->column[i], error);
    for (size_t i = 0; i < sizeof own / sizeof *own && !status; i++)
        status = want(wanted, own[i], error);
    for (size_t i = 0; i < spec->n_available && !status; i++)
        status = want(wanted, spec->available_of[i].column, error);
    return status ? status : want_expressions(wanted, spec, error);
}

void hbl_wanted_release(hbl_wanted *wanted)
{
    for (size_t i = 0; i < wanted->n; i++)
        free(wanted->name[i]);
    free(wanted->name);
    *wanted = (hbl_wanted){0};
}

static bool splits(const hbl_wanted *wanted, const hbl_data_spec *spec, const char *name)
{
    const char *alternative;

    for (size_t i = 0; i < wanted->n; i++)
        if (hbl_split_after(spec, name, wanted->name[i], &alternative))
            return true;
    return false;
}

static bool is_of_wide(const hbl_wanted *wanted, const char *name)
{
    const hbl_data_spec *spec = wanted->spec;
    hbl_data_spec with = *spec;

    for (size_t i = 0; i < spec->n_varying; i++)
        for (size_t j = 0; j < spec->varying[i].n_columns; j++)
            if (strcmp(spec->varying[i].column[j], name) == 0 &&
                hbl_wanted_name(wanted, spec->varying[i].name))
                return true;
    if (spec->separator)
        return splits(wanted, spec, name);
    for (size_t i = 0; hbl_separators[i]; i++) {
        with.separator = (char *)hbl_separators[i];
        if (splits(wanted, &with, name))
            return true;
    }
    return false;
}

bool hbl_wanted_of_person(const void *context, const char *name)
{
    return hbl_wanted_name(context, name);
}

bool hbl_wanted_column(const void *context, const char *name)
{
    const hbl_wanted *wanted = context;

    return hbl_wanted_name(wanted, name) || (hbl_is_wide(wanted->spec) && is_of_wide(wanted, name));
}

hbl_table_options hbl_wanted_options(const hbl_data_spec *spec)
{
    hbl_table_options options = {0};

    if (spec->delimiter)
        options.delimiter = strcmp(spec->delimiter, "tab") == 0 ? '\t' : spec->delimiter[0];
    if (spec->decimal)
        options.decimal = spec->decimal[0];
    return options;
}
