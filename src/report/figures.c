/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/figures.h"

#include <math.h>

#include "core/fail.h"
#include "report/text.h"

cJSON *hbl_figures_add_object(hbl_figures *t, cJSON *to, const char *key)
{
    cJSON *object = cJSON_AddObjectToObject(to, key);

    t->incomplete |= !object;
    return object;
}

cJSON *hbl_figures_add_array(hbl_figures *t, cJSON *to, const char *key)
{
    cJSON *array = cJSON_AddArrayToObject(to, key);

    t->incomplete |= !array;
    return array;
}

cJSON *hbl_figures_append_object(hbl_figures *t, cJSON *array)
{
    cJSON *object = cJSON_CreateObject();

    if (!object || !cJSON_AddItemToArray(array, object)) {
        cJSON_Delete(object);
        t->incomplete = true;
        return NULL;
    }
    return object;
}

void hbl_figures_append_string(hbl_figures *t, cJSON *array, const char *text)
{
    cJSON *string = cJSON_CreateString(text);

    if (!string || !cJSON_AddItemToArray(array, string)) {
        cJSON_Delete(string);
        t->incomplete = true;
    }
}

void hbl_figures_add_number(hbl_figures *t, cJSON *to, const char *key, double x)
{
    t->incomplete |= !(isfinite(x) ? cJSON_AddNumberToObject(to, key, x)
                       : isinf(x)  ? cJSON_AddStringToObject(to, key, x > 0 ? "Inf" : "-Inf")
                                   : cJSON_AddNullToObject(to, key));
}

void hbl_figures_add_string(hbl_figures *t, cJSON *to, const char *key, const char *text)
{
    t->incomplete |= !cJSON_AddStringToObject(to, key, text);
}

void hbl_figures_add_bool(hbl_figures *t, cJSON *to, const char *key, bool value)
{
    t->incomplete |= !cJSON_AddBoolToObject(to, key, value);
}

cJSON *hbl_figures_root(hbl_figures *t)
{
    cJSON *root = cJSON_CreateObject();

    t->incomplete |= !root;
    hbl_figures_add_string(t, root, "program", "hblogit");
    hbl_figures_add_string(t, root, "version", HBL_VERSION);
    return root;
}

int hbl_figures_print(hbl_figures *t, cJSON *root, FILE *file, const char *what, hbl_error *error)
{
    hbl_output out;
    char *text;
    int status = hbl_output_begin(&out, file, error);

    if (status) {
        cJSON_Delete(root);
        return status;
    }
    text = t->incomplete ? NULL : cJSON_Print(root);
    if (text)
        fprintf(file, "%s\n", text);
    else
        status = hbl_fail_memory(error, what);
    cJSON_free(text);
    cJSON_Delete(root);
    return hbl_output_end(&out, status, what, error);
}
