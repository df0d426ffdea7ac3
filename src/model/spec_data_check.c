/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "data" as a whole: what is missing, what does not go together, and where its files are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/spec.h"

/* ---- paths */

static int join_path(const char *folder, size_t length, const char *file, char **path,
                     hbl_error *error)
{
    const size_t size = length + strlen(file) + 1;
    char *joined = hbl_calloc(size, 1, "the data's path", error);

    if (joined == NULL)
        return HBL_ERR_MEMORY;
    snprintf(joined, size, "%.*s%s", (int)length, folder, file);
    free(*path);
    *path = joined;
    return HBL_OK;
}

size_t hbl_spec_folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* Relative to the model file's folder; where the command line gave it, to the working directory. */
static int resolve_path(const hbl_json *json, const cJSON *node, const hbl_spec *spec, char **path,
                        hbl_error *error)
{
    char folder[4096];

    if (*path == NULL || (*path)[0] == '/')
        return HBL_OK;
    if ((*path)[0] == '\0')
        return hbl_json_fail(json, node, error, "is empty; name a CSV file");
    if (hbl_json_overridden(json, node) == NULL)
        return join_path(spec->path, hbl_spec_folder_length(spec->path), *path, path, error);
    if (getcwd(folder, sizeof folder - 1) == NULL)
        return HBL_OK;
    strcat(folder, "/");
    return join_path(folder, strlen(folder), *path, path, error);
}

/* The value that names the table of persons. */
static const cJSON *persons_file(const cJSON *data)
{
    const cJSON *persons = hbl_json_member(data, "persons");

    return cJSON_IsObject(persons) ? hbl_json_member(persons, "file") : persons;
}

/* ---- one character between cells */

static int check_delimiter(const hbl_json *json, const cJSON *node, const hbl_data_spec *data,
                           hbl_error *error)
{
    static const char never[] = "\"\r\n.-+0123456789";
    const char *text = data->delimiter;
    const cJSON *member = hbl_json_member(node, "delimiter");

    if (strcmp(text, "tab") != 0 && (strlen(text) != 1 || strchr(never, text[0]) != NULL))
        return hbl_json_fail(json, member, error,
                             "must be one character, such as \";\", or \"tab\", not \"%.20s\"",
                             text);
    if (strcmp(text, data->decimal) == 0)
        return hbl_json_fail(json, hbl_json_member(node, "decimal"), error,
                             "is \",\", which stands between the cells too; give their "
                             "\"delimiter\", such as \";\"");
    return HBL_OK;
}

/* ---- long and wide */

static int check_long(const hbl_json *json, const cJSON *node, hbl_error *error)
{
    static const char *const keys[] = {"separator", "varying"};

    for (size_t i = 0; i < HBL_COUNT(keys); i++) {
        const cJSON *given = hbl_json_member(node, keys[i]);

        if (given != NULL)
            return hbl_json_fail(json, given, error,
                                 "belongs to a wide file, a row a task; leave it out, or give "
                                 "\"shape\": \"wide\"");
    }
    return HBL_OK;
}

/* Columns are listed in the order of the alternatives, so these must have been listed too. */
static int check_columns(const hbl_json *json, const cJSON *varying, const hbl_data_spec *data,
                         hbl_error *error)
{
    for (size_t i = 0; i < data->n_varying; i++) {
        const hbl_varying_spec *one = &data->varying[i];

        if (one->n_columns == 0 || one->n_columns == data->n_alternatives)
            continue;
        if (data->n_alternatives == 0)
            return hbl_json_fail(json, varying, error,
                                 "lists columns, one for each alternative: name these in that "
                                 "order, such as \"alternatives\": [\"car\", \"bus\"]");
        return hbl_json_fail(json, hbl_json_member(varying, one->name), error,
                             "lists %zu columns, but data.alternatives names %zu alternatives",
                             one->n_columns, data->n_alternatives);
    }
    return HBL_OK;
}

static int check_wide(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error)
{
    const cJSON *alternative = hbl_json_member(node, "alternative");

    if (spec->simulate.n_persons > 0)
        return hbl_json_fail(json, hbl_json_member(node, "shape"), error,
                             "is \"wide\", but people are drawn into a long file; leave it out");
    if (alternative != NULL)
        return hbl_json_fail(json, alternative, error,
                             "belongs to a long file, a row an alternative; a wide one has the "
                             "alternatives in the names of its columns, or in "
                             "data.alternatives");
    return check_columns(json, hbl_json_member(node, "varying"), &spec->data, error);
}

/* ---- names that must be among data.alternatives, where these are listed */

static int check_alternative(const hbl_json *json, const cJSON *node, const hbl_data_spec *data,
                             const char *name, hbl_error *error)
{
    const char *nearest;

    if (name == NULL || data->n_alternatives == 0)
        return HBL_OK;
    for (size_t i = 0; i < data->n_alternatives; i++) {
        if (strcmp(data->alternatives[i], name) == 0)
            return HBL_OK;
    }
    nearest = hbl_nearest(name, (const char *const *)data->alternatives, data->n_alternatives);
    return hbl_json_fail(
        json, node, error, "names \"%.60s\", which is not among data.alternatives%s%.60s%s", name,
        nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

static int check_alternatives(const hbl_json *json, const cJSON *node, const hbl_data_spec *data,
                              hbl_error *error)
{
    const cJSON *available = hbl_json_member(node, "available");
    int status =
        check_alternative(json, hbl_json_member(node, "reference"), data, data->reference, error);

    for (size_t i = 0; !status && i < data->n_available; i++) {
        const char *name = data->available_of[i].alternative;

        status = check_alternative(json, hbl_json_member(available, name), data, name, error);
    }
    return status;
}

/* ---- the table of persons */

static int check_persons(const hbl_json *json, const cJSON *node, const hbl_data_spec *data,
                         hbl_error *error)
{
    if (data->persons != NULL && data->person == NULL)
        return hbl_json_fail(json, hbl_json_member(node, "persons"), error,
                             "needs \"person\", the column of data.file that says who chose");
    return HBL_OK;
}

/* ---- what must be there */

static int default_name(char **name, const char *otherwise, hbl_error *error)
{
    if (*name == NULL)
        *name = hbl_strdup(otherwise, error);
    return *name != NULL ? HBL_OK : HBL_ERR_MEMORY;
}

/* People that are drawn need names for the columns of what is written. */
static int name_simulated_columns(hbl_data_spec *data, hbl_error *error)
{
    int status = default_name(&data->person, "person", error);

    if (!status)
        status = default_name(&data->task, "task", error);
    if (!status)
        status = default_name(&data->alternative, "alternative", error);
    return status;
}

static int check_file(const hbl_json *json, const cJSON *node, const hbl_data_spec *data,
                      hbl_error *error)
{
    if (node == NULL)
        return hbl_json_fail(json, hbl_json_root(json), error,
                             "\"data\" is missing, such as { \"file\": \"choices.csv\", "
                             "\"person\": \"id\", \"task\": \"task\" }");
    if (data->file == NULL)
        return hbl_json_fail(json, node, error, "has no \"file\", the name of a CSV file");
    return HBL_OK;
}

int hbl_spec_check_data(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error)
{
    hbl_data_spec *data = &spec->data;
    int status = spec->simulate.n_persons > 0 ? HBL_OK : check_file(json, node, data, error);

    if (!status)
        status = check_delimiter(json, node, data, error);
    if (!status)
        status = strcmp(data->shape, "wide") == 0 ? check_wide(json, node, spec, error)
                                                  : check_long(json, node, error);
    if (!status)
        status = check_alternatives(json, node, data, error);
    if (!status)
        status = check_persons(json, node, data, error);
    if (!status)
        status = resolve_path(json, hbl_json_member(node, "file"), spec, &data->file, error);
    if (!status)
        status = resolve_path(json, persons_file(node), spec, &data->persons, error);
    if (!status && spec->simulate.n_persons > 0)
        status = name_simulated_columns(data, error);
    return status;
}
