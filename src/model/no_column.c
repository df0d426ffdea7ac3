/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What to say of a name in the formula, or of a covariate, that is no column.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "data/columns.h"
#include "data/wanted.h"
#include "model/design.h"
#include "model/spec.h"

typedef struct {
    char **name;
    size_t n, capacity;
} names;

/* Repeated names are passed over: in wide data those of an attribute's columns. */
static int add(names *list, const char *text, size_t size, hbl_error *error)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strlen(list->name[i]) == size && memcmp(list->name[i], text, size) == 0)
            return HBL_OK;
    }
    if (hbl_grow(&list->name, &list->capacity, list->n + 1, sizeof *list->name, "names", error))
        return HBL_ERR_MEMORY;
    list->name[list->n] = hbl_calloc(size + 1, 1, "names", error);
    if (list->name[list->n] == NULL)
        return HBL_ERR_MEMORY;
    memcpy(list->name[list->n++], text, size);
    return HBL_OK;
}

static int add_table(names *list, const hbl_table *table, hbl_error *error)
{
    int status = HBL_OK;

    for (size_t i = 0; table != NULL && !status && i < table->n_columns; i++)
        status = add(list, table->column[i].name, strlen(table->column[i].name), error);
    return status;
}

/* Of wide data the attribute: what stands before the separator. */
static size_t attribute_length(const hbl_data_spec *spec, const hbl_data *data, const char *name)
{
    const char *separator = data->separator ? data->separator : hbl_separator(spec), *end;

    end = hbl_is_wide(spec) && *separator && *name ? strstr(name + 1, separator) : NULL;
    return end != NULL ? (size_t)(end - name) : strlen(name);
}

static int add_header(names *list, const hbl_data_spec *spec, const hbl_data *data,
                      hbl_error *error)
{
    const hbl_table *table = data->table;
    int status = HBL_OK;

    for (size_t i = 0; !status && i < table->n_names; i++)
        status = add(list, table->name[i], attribute_length(spec, data, table->name[i]), error);
    return status;
}

static void describe(const hbl_data *data, const char *name, const names *list, char *message,
                     size_t size)
{
    const char *nearest = hbl_nearest(name, (const char *const *)list->name, list->n);
    char text[HBL_COLUMNS_LIST];

    hbl_columns_list((const char *const *)list->name, list->n, text);
    if (nearest != NULL && strcmp(nearest, name) == 0) /* an attribute of wide data */
        snprintf(message, size,
                 "attribute \"%.80s\" has one column only in %s; it needs one for each alternative",
                 name, data->table->path);
    else
        snprintf(message, size, "%s has no column \"%.80s\"; %s%.400s%s", data->table->path, name,
                 nearest ? "did you mean \"" : "there are: ", nearest ? nearest : text,
                 nearest ? "\"?" : "");
}

int hbl_design_fail_column(const hbl_spec *spec, const hbl_data *data,
                           const hbl_variable_name *name, hbl_error *error)
{
    char message[700];
    names list = {0};
    int status = add_table(&list, data->table, error);

    if (!status)
        status = add_table(&list, data->persons, error);
    if (!status)
        status = add_header(&list, &spec->data, data, error);
    if (!status) {
        describe(data, name->name, &list, message, sizeof message);
        status = name->position == SIZE_MAX
                     ? hbl_fail(error, HBL_ERR_INPUT, "covariates: %s", message)
                     : hbl_spec_fail_formula(spec, name->position, error, message);
    }
    for (size_t i = 0; i < list.n; i++)
        free(list.name[i]);
    free(list.name);
    return status;
}
