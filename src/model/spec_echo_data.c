/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "data" of a spec as JSON.
 */
#include <string.h>

#include "model/spec_echo.h"

/* A path as the model file's folder sees it. */
static char *relative(const hbl_spec *spec, char *path)
{
    const size_t length = spec->path != NULL ? hbl_spec_folder_length(spec->path) : 0;

    if (path != NULL && length > 0 && strncmp(path, spec->path, length) == 0 &&
        path[length] != '/' && path[length] != '\0')
        return path + length;
    return path;
}

static bool add_varying(cJSON *object, const hbl_data_spec *data)
{
    const bool listed = data->varying[0].n_columns > 0;
    cJSON *varying = listed ? cJSON_AddObjectToObject(object, "varying")
                            : cJSON_AddArrayToObject(object, "varying");
    bool done = varying != NULL;

    for (size_t i = 0; done && i < data->n_varying; i++) {
        const hbl_varying_spec *one = &data->varying[i];

        done = listed ? hbl_echo_put(varying, one->name, hbl_echo_list(one->column, one->n_columns))
                      : hbl_echo_append(varying, cJSON_CreateString(one->name));
    }
    return done;
}

static bool add_available(cJSON *object, const hbl_data_spec *data)
{
    cJSON *available;
    bool done;

    if (data->available != NULL)
        return cJSON_AddStringToObject(object, "available", data->available) != NULL;
    available = cJSON_AddObjectToObject(object, "available");
    done = available != NULL;
    for (size_t i = 0; done && i < data->n_available; i++)
        done = cJSON_AddStringToObject(available, data->available_of[i].alternative,
                                       data->available_of[i].column) != NULL;
    return done;
}

static bool add_derived(cJSON *object, const hbl_data_spec *data)
{
    cJSON *derived = cJSON_AddObjectToObject(object, "derived");
    bool done = derived != NULL;

    for (size_t i = 0; done && i < data->n_derived; i++)
        done = cJSON_AddStringToObject(derived, data->derived[i].name,
                                       data->derived[i].expression) != NULL;
    return done;
}

static bool add_categorical(cJSON *object, const hbl_data_spec *data)
{
    cJSON *categorical = cJSON_AddObjectToObject(object, "categorical");
    bool done = categorical != NULL;

    for (size_t i = 0; done && i < data->n_categorical; i++) {
        const hbl_categorical_spec *c = &data->categorical[i];
        cJSON *one = cJSON_AddObjectToObject(categorical, c->name);

        done = cJSON_AddStringToObject(one, "coding", c->effects ? "effects" : "dummy") != NULL &&
               (c->base == NULL || cJSON_AddStringToObject(one, "base", c->base) != NULL);
    }
    return done;
}

static bool add_persons(cJSON *object, const hbl_spec *spec)
{
    const hbl_data_spec *data = &spec->data;
    cJSON *persons = cJSON_AddObjectToObject(object, "persons");

    return cJSON_AddStringToObject(persons, "file", relative(spec, data->persons)) != NULL &&
           (data->persons_key == NULL ||
            cJSON_AddStringToObject(persons, "person", data->persons_key) != NULL);
}

bool hbl_echo_data(cJSON *root, const hbl_spec *spec)
{
    cJSON *object = cJSON_AddObjectToObject(root, "data");
    hbl_data_spec data = spec->data;
    bool done;

    data.file = relative(spec, data.file);
    done = hbl_echo_section(object, &hbl_section_data, &data);
    if (done && data.n_varying > 0)
        done = add_varying(object, &data);
    if (done && data.n_alternatives > 0)
        done = hbl_echo_put(object, "alternatives",
                            hbl_echo_list(data.alternatives, data.n_alternatives));
    if (done && (data.available != NULL || data.n_available > 0))
        done = add_available(object, &data);
    if (done && data.n_derived > 0)
        done = add_derived(object, &data);
    if (done && data.n_categorical > 0)
        done = add_categorical(object, &data);
    return done && (data.persons == NULL || add_persons(object, spec));
}
