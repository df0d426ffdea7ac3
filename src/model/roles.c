/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/roles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/spec.h"

/* ---- names */

int hbl_roles_fail(const hbl_roles *roles, const char *section, const char *key, const char *name,
                   hbl_error *error)
{
    const hbl_coefficients *list = &roles->design->utility;
    const char **names = hbl_calloc(list->n, sizeof *names, "coefficient names", error);
    const char *nearest;
    char text[320] = "", message[640];
    size_t used = 0;

    if (names == NULL)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < list->n; i++) {
        names[i] = list->coefficient[i].name;
        if (used + 40 < sizeof text)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%.30s", i > 0 ? ", " : "",
                                     names[i]);
    }
    nearest = hbl_nearest(name, names, list->n);
    snprintf(message, sizeof message,
             "%s \"%.80s\", which is no coefficient of the formula (%s%s)%s%.80s%s",
             hbl_is_pattern(name) ? "has the pattern" : "names", name, text,
             used + 40 < sizeof text ? "" : ", ...", nearest != NULL ? "; did you mean \"" : "",
             nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
    free(names);
    return hbl_spec_fail_member(roles->spec, section, key, error, message);
}

bool hbl_roles_know(const hbl_roles *roles, const char *name)
{
    const hbl_coefficients *list = &roles->design->utility;
    const bool pattern = hbl_is_pattern(name);

    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->coefficient[i].name, name) == 0 ||
            (pattern && hbl_pattern_matches(name, list->coefficient[i].name)))
            return true;
    }
    return false;
}

static const hbl_named_value *find_held(const hbl_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->n_held; i++) {
        if (strcmp(spec->held[i].name, name) == 0)
            return &spec->held[i];
    }
    return NULL;
}

static int check_names(const hbl_roles *roles, hbl_error *error)
{
    const hbl_spec *spec = roles->spec;

    for (size_t i = 0; i < spec->n_random; i++) {
        const char *name = spec->random[i].name;

        if (!hbl_roles_know(roles, name))
            return hbl_roles_fail(roles, "random", name, name, error);
        if (find_held(spec, name) != NULL)
            return hbl_spec_fail_member(spec, "random", name, error,
                                        "is held at a value as well; leave one of the two out");
    }
    for (size_t i = 0; i < spec->n_held; i++) {
        if (!hbl_roles_know(roles, spec->held[i].name))
            return hbl_roles_fail(roles, "held", spec->held[i].name, spec->held[i].name, error);
    }
    return HBL_OK;
}

/* ---- roles */

int hbl_roles_assign(const hbl_spec *spec, const hbl_design *design, hbl_roles *roles,
                     hbl_error *error)
{
    const hbl_coefficients *list = &design->utility;

    *roles = (hbl_roles){.spec = spec, .design = design};
    roles->random = hbl_calloc(list->n, sizeof *roles->random, "coefficients", error);
    roles->fixed = hbl_calloc(list->n, sizeof *roles->fixed, "coefficients", error);
    roles->held = hbl_calloc(list->n, sizeof *roles->held, "coefficients", error);
    if (roles->random == NULL || roles->fixed == NULL || roles->held == NULL)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < list->n; i++) {
        const char *name = list->coefficient[i].name;

        if (find_held(spec, name) != NULL)
            roles->held[roles->n_held++] = i;
        else if (hbl_spec_random_of(spec, name) != NULL)
            roles->random[roles->n_random++] = i;
        else
            roles->fixed[roles->n_fixed++] = i;
    }
    return check_names(roles, error);
}

void hbl_roles_clear(hbl_roles *roles)
{
    free(roles->random);
    free(roles->fixed);
    free(roles->held);
}

/* ---- covariance blocks */

static int fail_block(const hbl_spec *spec, const char *name, const char *what, hbl_error *error)
{
    char message[320];

    snprintf(message, sizeof message, "names \"%.80s\"%s", name, what);
    return hbl_spec_fail_member(spec, "correlation", NULL, error, message);
}

/* A pattern leaves alone what stands in a block by an entry before it. */
static int set_member(const hbl_roles *roles, const char *name, size_t b, hbl_model *model,
                      hbl_error *error)
{
    const bool pattern = hbl_is_pattern(name);
    size_t random = 0, taken = 0;

    if (!hbl_roles_know(roles, name))
        return hbl_roles_fail(roles, "correlation", NULL, name, error);
    for (size_t i = 0; i < model->n_random; i++) {
        if (pattern ? !hbl_pattern_matches(name, model->name[i])
                    : strcmp(name, model->name[i]) != 0)
            continue;
        random++;
        if (model->block_of[i] == SIZE_MAX)
            model->block_of[i] = b;
        else
            taken++;
    }
    if (random == 0)
        return fail_block(roles->spec, name,
                          ", which is not random; give it a distribution under \"random\"", error);
    if (taken == random)
        return fail_block(roles->spec, name, " twice; a coefficient is in one block", error);
    return HBL_OK;
}

/* Simulated likelihood alone can use such a distribution, and with nothing it correlates with. */
static int check_alone(const hbl_roles *roles, const hbl_model *model, hbl_error *error)
{
    for (size_t i = 0; i < model->n_random; i++) {
        for (size_t j = 0; model->mixing[i]->mix != NULL && j < model->n_random; j++) {
            if (i != j && model->block_of[i] == model->block_of[j])
                return fail_block(roles->spec, model->name[i],
                                  ", whose distribution is not made from a normal and so cannot "
                                  "be correlated; leave it out of the blocks",
                                  error);
        }
    }
    return HBL_OK;
}

/* Named blocks first; random coefficients in none of them are blocks of one. */
static int set_named_blocks(const hbl_roles *roles, hbl_model *model, hbl_error *error)
{
    const hbl_spec *spec = roles->spec;
    size_t n_blocks = spec->n_blocks;
    int status = HBL_OK;

    for (size_t i = 0; i < model->n_random; i++)
        model->block_of[i] = SIZE_MAX;
    for (size_t b = 0; !status && b < spec->n_blocks; b++) {
        for (size_t i = 0; !status && i < spec->block_size[b]; i++)
            status = set_member(roles, spec->block[b][i], b, model, error);
    }
    for (size_t i = 0; !status && i < model->n_random; i++) {
        if (model->block_of[i] == SIZE_MAX)
            model->block_of[i] = n_blocks++;
    }
    return status ? status : check_alone(roles, model, error);
}

/* One block of all that can be correlated; numbers in the order of the coefficients. */
static int set_full_block(hbl_model_store *store, hbl_error *error)
{
    hbl_model *m = &store->model;
    size_t n_blocks = 0, full = SIZE_MAX, correlated = 0;
    int status = HBL_OK;

    for (size_t i = 0; i < m->n_random; i++)
        correlated += m->mixing[i]->mix == NULL;
    for (size_t i = 0; !status && i < m->n_random; i++) {
        const bool alone = m->mixing[i]->mix != NULL;

        if (!alone && full == SIZE_MAX)
            full = n_blocks++;
        m->block_of[i] = alone ? n_blocks++ : full;
        if (alone && correlated > 0)
            status = hbl_model_remark(store, error,
                                      "%s is %s, which is not made from a normal: it is not "
                                      "correlated with the other random coefficients",
                                      m->name[i], m->mixing[i]->name);
    }
    return status;
}

int hbl_roles_block(const hbl_roles *roles, hbl_model_store *store, hbl_error *error)
{
    hbl_model *model = &store->model;

    if (roles->spec->correlation == HBL_CORRELATION_BLOCKS)
        return set_named_blocks(roles, model, error);
    if (roles->spec->correlation == HBL_CORRELATION_FULL)
        return set_full_block(store, error);
    for (size_t i = 0; i < model->n_random; i++)
        model->block_of[i] = i;
    return HBL_OK;
}
