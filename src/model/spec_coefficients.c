/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "order", "held" and "covariates" of the model file.
 */
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/spec.h"

/* ---- { "price": -1 } */

int hbl_spec_read_values(const hbl_json *json, const cJSON *node, const char *what,
                         hbl_named_value **values, size_t *n, hbl_error *error)
{
    int status = hbl_json_members(json, node, sizeof **values, what, values, error);

    for (const cJSON *c = node ? node->child : NULL; !status && c != NULL; c = c->next) {
        hbl_named_value *value = &(*values)[(*n)++];

        value->name = hbl_strdup(c->string, error);
        status =
            value->name == NULL ? HBL_ERR_MEMORY : hbl_json_number(json, c, &value->value, error);
    }
    return status;
}

int hbl_spec_read_held(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error)
{
    return hbl_spec_read_values(json, node, "held coefficients", &spec->held, &spec->n_held, error);
}

/* ---- [ "income", "age" ] */

int hbl_spec_read_covariates(const hbl_json *json, const cJSON *node, hbl_spec *spec,
                             hbl_error *error)
{
    int status;

    if (node == NULL || (cJSON_IsArray(node) && node->child == NULL))
        return HBL_OK;
    status = hbl_json_names(json, node, "a list of columns, such as [\"income\", \"age\"]",
                            &spec->covariate, &spec->n_covariates, error);
    return status ? status
                  : hbl_json_unique(json, node, spec->covariate, spec->n_covariates, error);
}

/* ---- [ [0, "two", "three"] ] */

/* Whether an order before this place has the name already. */
static bool is_ordered(const hbl_spec *spec, const char *name)
{
    for (size_t o = 0; o < spec->n_orders; o++) {
        for (size_t i = 0; i < spec->order[o].n; i++) {
            if (spec->order[o].name[i] != NULL && strcmp(spec->order[o].name[i], name) == 0)
                return true;
        }
    }
    return false;
}

static int read_member(const hbl_json *json, const cJSON *list, const cJSON *node, hbl_spec *spec,
                       hbl_error *error)
{
    hbl_order_spec *order = &spec->order[spec->n_orders - 1];
    const bool end = node == list->child || node->next == NULL;
    char *name = NULL;
    int status;

    if (cJSON_IsNumber(node) && node->valuedouble == 0.0 && end) {
        order->n++;
        return HBL_OK;
    }
    if (cJSON_IsNumber(node) && node->valuedouble == 0.0)
        return hbl_json_fail(json, node, error,
                             "is 0 between coefficients; 0 may stand first or last");
    if (!cJSON_IsString(node))
        return hbl_json_fail_type(json, node, "a coefficient, or 0", error);
    if (is_ordered(spec, node->valuestring))
        return hbl_json_fail(json, node, error, "names \"%.60s\" a second time", node->valuestring);
    status = hbl_json_name(json, node, &name, error);
    if (!status)
        order->name[order->n++] = name;
    return status;
}

static int read_order(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error)
{
    const size_t n = cJSON_IsArray(node) ? (size_t)cJSON_GetArraySize(node) : 0;
    hbl_order_spec *order;
    int status = HBL_OK;

    if (n == 0)
        return hbl_json_fail_type(json, node,
                                  "a list of coefficients, ascending, such as [0, \"two\", "
                                  "\"three\"]",
                                  error);
    if (n == 1)
        return hbl_json_fail(json, node, error, "has one member; an order needs two");
    order = &spec->order[spec->n_orders];
    order->name = hbl_calloc(n, sizeof *order->name, "orders", error);
    if (order->name == NULL)
        return HBL_ERR_MEMORY;
    spec->n_orders++;
    for (const cJSON *c = node->child; !status && c != NULL; c = c->next)
        status = read_member(json, node, c, spec, error);
    if (!status && order->name[0] == NULL && order->name[n - 1] == NULL)
        status =
            hbl_json_fail(json, node, error,
                          n == 2 ? "names no coefficient"
                                 : "has 0 at both ends, so that all would be 0; leave one out");
    return status;
}

int hbl_spec_read_orders(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error)
{
    int status = HBL_OK;

    if (node == NULL)
        return HBL_OK;
    if (!cJSON_IsArray(node))
        return hbl_json_fail_type(json, node, "a list of orders, such as [[0, \"two\", \"three\"]]",
                                  error);
    spec->order =
        hbl_calloc((size_t)cJSON_GetArraySize(node), sizeof *spec->order, "orders", error);
    if (spec->order == NULL)
        return HBL_ERR_MEMORY;
    for (const cJSON *c = node->child; !status && c != NULL; c = c->next)
        status = read_order(json, c, spec, error);
    return status;
}
