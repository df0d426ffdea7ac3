/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * beta_1 <= beta_2 <= ... <= beta_n. With a lowest coefficient that is free,
 *     beta_1 = g(theta_1),   beta_k = beta_{k-1} + exp(theta_k),
 * from 0 upwards the same with beta_1 = exp(theta_1), and downwards from 0
 *     beta_n = -exp(theta_n),   beta_k = beta_{k+1} - exp(theta_k).
 * Utility sum_k beta_k x_k is linear in these increments: the column of one is the sum of the
 * columns of all coefficients that it is part of.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/roles.h"
#include "model/spec.h"

typedef struct {
    size_t n;
    size_t *member; /* random coefficients, each the base of the next */
    bool anchored, down;
} chain;

static int fail(const hbl_roles *roles, const char *name, const char *what, hbl_error *error)
{
    char message[320];

    snprintf(message, sizeof message, "%s%.80s%s%s", name != NULL ? "names \"" : "",
             name != NULL ? name : "", name != NULL ? "\"" : "", what);
    return hbl_spec_fail_member(roles->spec, "order", NULL, error, message);
}

static int find_member(const hbl_roles *roles, const hbl_model *model, const char *name,
                       const bool *taken, size_t *member, hbl_error *error)
{
    size_t k = 0;

    while (k < model->n_random && strcmp(model->name[k], name) != 0)
        k++;
    *member = k;
    if (k == model->n_random && hbl_roles_know(roles, name))
        return fail(roles, name, ", which is not random; give it a distribution under \"random\"",
                    error);
    if (k == model->n_random)
        return hbl_roles_fail(roles, "order", NULL, name, error);
    if (taken[k])
        return fail(roles, name, " twice; a coefficient stands in one order, once", error);
    return HBL_OK;
}

/* The members, those nearest to the anchor first. */
static int read_chain(const hbl_roles *roles, const hbl_order_spec *order, const hbl_model *model,
                      bool *taken, chain *c, hbl_error *error)
{
    int status = HBL_OK;

    c->n = 0;
    c->anchored = order->n > 0 && (order->name[0] == NULL || order->name[order->n - 1] == NULL);
    c->down = order->n > 0 && order->name[order->n - 1] == NULL;
    for (size_t i = 0; !status && i < order->n; i++) {
        const size_t at = c->down ? order->n - 1 - i : i;

        if (order->name[at] == NULL && i > 0)
            return fail(roles, NULL, "has 0 in more places than the first or the last", error);
        if (order->name[at] == NULL)
            continue;
        status = find_member(roles, model, order->name[at], taken, &c->member[c->n], error);
        if (!status)
            taken[c->member[c->n++]] = true;
    }
    if (!status && c->n + c->anchored < 2)
        return fail(roles, NULL, "needs two entries at least", error);
    return status;
}

static void recombine(hbl_model_store *s, const chain *c)
{
    const size_t stride = s->model.n_columns;

    for (size_t r = 0; r < s->model.panel->n_rows; r++) {
        double *x = s->x + r * stride;

        for (size_t i = c->n - 1; i-- > 0;)
            x[c->member[i]] += x[c->member[i + 1]];
    }
}

static int remark(hbl_model_store *s, const chain *c, hbl_error *error)
{
    char list[400] = "";
    size_t used = 0;

    for (size_t i = 0; i < c->n && used + 60 < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.50s", i > 0 ? " <= " : "",
                                 s->model.name[c->member[c->down ? c->n - 1 - i : i]]);
    return hbl_model_remark(s, error, "ordered: %s%s%s; the steps between them are lognormal",
                            c->anchored && !c->down ? "0 <= " : "", list, c->down ? " <= 0" : "");
}

static int set_chain(hbl_model_store *s, const chain *c, hbl_error *error)
{
    hbl_model *m = &s->model;
    const hbl_mixing *step = hbl_mixing_find(c->down ? "negative-lognormal" : "lognormal");

    recombine(s, c);
    for (size_t i = 0; i < c->n; i++) {
        m->base[c->member[i]] = i > 0 ? c->member[i - 1] : SIZE_MAX;
        if (i > 0 || c->anchored)
            m->mixing[c->member[i]] = step;
    }
    return remark(s, c, error);
}

int hbl_roles_order(const hbl_roles *roles, hbl_model_store *store, hbl_error *error)
{
    const hbl_spec *spec = roles->spec;
    const size_t n = store->model.n_random;
    bool *taken = hbl_calloc(n, sizeof *taken, "orders", error);
    chain c = {.member = hbl_calloc(n, sizeof *c.member, "orders", error)};
    int status = taken && c.member ? HBL_OK : HBL_ERR_MEMORY;

    for (size_t i = 0; !status && i < spec->n_orders; i++) {
        status = read_chain(roles, &spec->order[i], &store->model, taken, &c, error);
        if (!status)
            status = set_chain(store, &c, error);
    }
    free(taken);
    free(c.member);
    return status;
}
