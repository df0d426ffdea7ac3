/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The release of a spec, whole or partly read.
 */
#include <stdlib.h>

#include "model/spec.h"

static void free_values(hbl_named_value *value, size_t n)
{
    for (size_t i = 0; value != NULL && i < n; i++)
        free(value[i].name);
    free(value);
}

static void free_data(hbl_data_spec *data)
{
    for (size_t i = 0; data->varying != NULL && i < data->n_varying; i++) {
        free(data->varying[i].name);
        hbl_json_names_free(data->varying[i].column, data->varying[i].n_columns);
    }
    free(data->varying);
    hbl_json_names_free(data->alternatives, data->n_alternatives);
    free(data->available);
    for (size_t i = 0; data->available_of != NULL && i < data->n_available; i++) {
        free(data->available_of[i].alternative);
        free(data->available_of[i].column);
    }
    free(data->available_of);
    for (size_t i = 0; data->derived != NULL && i < data->n_derived; i++) {
        free(data->derived[i].name);
        free(data->derived[i].expression);
    }
    free(data->derived);
    for (size_t i = 0; data->categorical != NULL && i < data->n_categorical; i++) {
        free(data->categorical[i].name);
        free(data->categorical[i].base);
    }
    free(data->categorical);
    free(data->persons);
    free(data->persons_key);
    hbl_options_clear(hbl_section_data.option, hbl_section_data.n, data);
}

static void free_simulation(hbl_simulation_spec *s)
{
    for (size_t i = 0; s->attribute != NULL && i < s->n_attributes; i++) {
        free(s->attribute[i].name);
        free(s->attribute[i].value);
    }
    free(s->attribute);
    free_values(s->mean, s->n_means);
    free_values(s->sd, s->n_sds);
    free_values(s->slope, s->n_slopes);
    free_values(s->fixed, s->n_fixed);
    free(s->correlation);
}

static void free_orders(hbl_spec *spec)
{
    for (size_t i = 0; spec->order != NULL && i < spec->n_orders; i++)
        hbl_json_names_free(spec->order[i].name, spec->order[i].n);
    free(spec->order);
}

static void free_blocks(hbl_spec *spec)
{
    for (size_t b = 0; spec->block != NULL && b < spec->n_blocks; b++)
        hbl_json_names_free(spec->block[b], spec->block_size[b]);
    free(spec->block);
    free(spec->block_size);
}

void hbl_spec_free(hbl_spec *spec)
{
    if (spec == NULL)
        return;
    for (size_t i = 0; spec->random != NULL && i < spec->n_random; i++)
        free(spec->random[i].name);
    free(spec->random);
    free_orders(spec);
    free_values(spec->held, spec->n_held);
    hbl_json_names_free(spec->covariate, spec->n_covariates);
    free_blocks(spec);
    free_simulation(&spec->simulate);
    free_data(&spec->data);
    hbl_options_clear(hbl_section_top.option, hbl_section_top.n, spec);
    hbl_hb_settings_clear(&spec->hb);
    hbl_msl_settings_clear(&spec->msl);
    free(spec->path);
    free(spec);
}
