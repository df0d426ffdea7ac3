/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of the model file that do not go with each other, as far as that shows without the data.
 */
#include <stdio.h>
#include <string.h>

#include "core/fail.h"
#include "model/spec.h"

/* The value in the file of the entry of "random" that holds for a coefficient. */
static const cJSON *random_node(const hbl_json *json, const hbl_random_spec *random)
{
    return hbl_json_member(hbl_json_member(hbl_json_root(json), "random"), random->name);
}

/* ---- a distribution that the estimator cannot draw */

static int check_mixings(const hbl_json *json, const hbl_spec *spec, hbl_error *error)
{
    char list[320] = "";

    if (strcmp(spec->method, "hb") != 0)
        return HBL_OK;
    for (size_t i = 0; hbl_mixings[i] != NULL; i++) {
        if (hbl_mixings[i]->mix != NULL)
            continue;
        strncat(list, list[0] != '\0' ? ", " : "", sizeof list - strlen(list) - 1);
        strncat(list, hbl_mixings[i]->name, sizeof list - strlen(list) - 1);
    }
    for (size_t i = 0; i < spec->n_random; i++) {
        if (spec->random[i].mixing->mix != NULL)
            return hbl_json_fail(json, random_node(json, &spec->random[i]), error,
                                 "is %s, which needs \"method\": \"msl\"; with \"hb\" there are %s",
                                 spec->random[i].mixing->name, list);
    }
    return HBL_OK;
}

/* ---- blocks */

/* Whether a block before this place has the name already. */
static bool is_in_block(const hbl_spec *spec, size_t block, size_t member)
{
    for (size_t b = 0; b <= block; b++) {
        for (size_t i = 0; i < spec->block_size[b] && (b < block || i < member); i++) {
            if (strcmp(spec->block[b][i], spec->block[block][member]) == 0)
                return true;
        }
    }
    return false;
}

static int check_block_member(const hbl_json *json, const hbl_spec *spec, size_t b, size_t i,
                              const cJSON *node, hbl_error *error)
{
    const char *name = spec->block[b][i];
    const hbl_random_spec *random = hbl_spec_random_of(spec, name);

    if (is_in_block(spec, b, i))
        return hbl_json_fail(json, node, error, "names \"%.60s\" a second time", name);
    if (spec->block_size[b] > 1 && random != NULL && random->mixing->mix != NULL)
        return hbl_json_fail(json, node, error,
                             "is \"%.60s\", whose distribution, %s, has no correlations; leave it "
                             "out of the block",
                             name, random->mixing->name);
    return HBL_OK;
}

static int check_blocks(const hbl_json *json, const hbl_spec *spec, hbl_error *error)
{
    const cJSON *list = hbl_json_member(hbl_json_root(json), "correlation");
    int status = HBL_OK;

    for (size_t b = 0; !status && b < spec->n_blocks; b++) {
        const cJSON *block = cJSON_GetArrayItem(list, (int)b);

        for (size_t i = 0; !status && i < spec->block_size[b]; i++)
            status = check_block_member(json, spec, b, i, cJSON_GetArrayItem(block, (int)i), error);
    }
    return status;
}

/* ---- orders */

static int check_order_member(const hbl_json *json, const hbl_spec *spec, const char *name,
                              const cJSON *node, hbl_error *error)
{
    const hbl_random_spec *random = hbl_spec_random_of(spec, name);

    if (random == NULL)
        return hbl_json_fail(json, node, error,
                             "is \"%.60s\", which is not random; add \"%.60s\": \"normal\" to "
                             "\"random\"",
                             name, name);
    if (strcmp(random->mixing->name, "normal") != 0)
        return hbl_json_fail(json, node, error,
                             "is \"%.60s\", whose distribution is %s; in an order it must be "
                             "normal",
                             name, random->mixing->name);
    return HBL_OK;
}

static int check_orders(const hbl_json *json, const hbl_spec *spec, hbl_error *error)
{
    const cJSON *list = hbl_json_member(hbl_json_root(json), "order");
    int status = HBL_OK;

    for (size_t o = 0; !status && o < spec->n_orders; o++) {
        const hbl_order_spec *order = &spec->order[o];
        const cJSON *members = cJSON_GetArrayItem(list, (int)o);

        for (size_t i = 0; !status && i < order->n; i++) {
            if (order->name[i] != NULL)
                status = check_order_member(json, spec, order->name[i],
                                            cJSON_GetArrayItem(members, (int)i), error);
        }
    }
    return status;
}

/* ---- held and random */

static int check_held(const hbl_json *json, const hbl_spec *spec, hbl_error *error)
{
    const cJSON *held = hbl_json_member(hbl_json_root(json), "held");

    for (size_t h = 0; h < spec->n_held; h++) {
        for (size_t i = 0; i < spec->n_random; i++) {
            if (strcmp(spec->held[h].name, spec->random[i].name) == 0)
                return hbl_json_fail(json, hbl_json_member(held, spec->held[h].name), error,
                                     "is held and random; leave it out of one of the two");
        }
    }
    return HBL_OK;
}

/* ---- covariates */

static int check_covariates(const hbl_json *json, const hbl_spec *spec, hbl_error *error)
{
    if (spec->n_covariates > 0 && spec->n_random == 0)
        return hbl_json_fail(json, hbl_json_member(hbl_json_root(json), "covariates"), error,
                             "move the means of random coefficients, but nothing is \"random\"; "
                             "a fixed effect is an interaction in the formula, such as "
                             "price:income");
    return HBL_OK;
}

/* ---- settings of simulated likelihood */

static int check_sequence(const hbl_json *json, const hbl_spec *spec, hbl_error *error)
{
    const hbl_msl_settings *msl = &spec->msl;
    const cJSON *node = hbl_json_member(hbl_json_root(json), "msl");

    if (msl->scramble && strcmp(msl->sequence, "halton") != 0 &&
        strcmp(msl->sequence, "sobol") != 0)
        return hbl_json_fail(json, hbl_json_member(node, "scramble"), error,
                             "has no meaning with the sequence \"%s\", which is random already; "
                             "it is for \"halton\" and \"sobol\"",
                             msl->sequence);
    return HBL_OK;
}

int hbl_spec_check(const hbl_json *json, const hbl_spec *spec, hbl_error *error)
{
    int status = check_mixings(json, spec, error);

    if (!status)
        status = check_blocks(json, spec, error);
    if (!status)
        status = check_orders(json, spec, error);
    if (!status)
        status = check_held(json, spec, error);
    if (!status)
        status = check_covariates(json, spec, error);
    return status ? status : check_sequence(json, spec, error);
}
