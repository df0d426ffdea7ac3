/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The coefficients and the simulation of a spec as JSON.
 */
#include "model/spec_echo.h"

/* ---- random and correlation */

static bool add_random(cJSON *root, const hbl_spec *spec)
{
    cJSON *object = cJSON_AddObjectToObject(root, "random");
    bool done = object != NULL;

    for (size_t i = 0; done && i < spec->n_random; i++) {
        const hbl_random_spec *r = &spec->random[i];
        cJSON *one;

        if (!r->mixing->has_bounds) {
            done = cJSON_AddStringToObject(object, r->name, r->mixing->name) != NULL;
            continue;
        }
        one = cJSON_AddObjectToObject(object, r->name);
        done = cJSON_AddStringToObject(one, "distribution", r->mixing->name) != NULL &&
               hbl_echo_number(one, "lower", r->lower) && hbl_echo_number(one, "upper", r->upper);
    }
    return done;
}

static bool add_blocks(cJSON *root, const hbl_spec *spec)
{
    cJSON *list = cJSON_AddArrayToObject(root, "correlation");
    bool done = list != NULL;

    for (size_t b = 0; done && b < spec->n_blocks; b++)
        done = hbl_echo_append(list, hbl_echo_list(spec->block[b], spec->block_size[b]));
    return done;
}

static bool add_correlation(cJSON *root, const hbl_spec *spec)
{
    if (spec->correlation == HBL_CORRELATION_BLOCKS)
        return add_blocks(root, spec);
    return cJSON_AddStringToObject(root, "correlation",
                                   spec->correlation == HBL_CORRELATION_FULL ? "full" : "none") !=
           NULL;
}

/* ---- orders */

static bool add_orders(cJSON *root, const hbl_spec *spec)
{
    cJSON *list = cJSON_AddArrayToObject(root, "order");
    bool done = list != NULL;

    for (size_t i = 0; done && i < spec->n_orders; i++)
        done = hbl_echo_append(list, hbl_echo_list(spec->order[i].name, spec->order[i].n));
    return done;
}

bool hbl_echo_coefficients(cJSON *root, const hbl_spec *spec)
{
    return add_random(root, spec) && add_correlation(root, spec) && add_orders(root, spec) &&
           hbl_echo_values(root, "held", spec->held, spec->n_held) &&
           hbl_echo_put(root, "covariates", hbl_echo_list(spec->covariate, spec->n_covariates));
}

/* ---- simulate */

static bool add_range(cJSON *object, const char *key, size_t low, size_t high)
{
    const double range[2] = {(double)low, (double)high};

    return hbl_echo_numbers(object, key, range, 2);
}

static bool add_attributes(cJSON *object, const hbl_simulation_spec *s)
{
    static const char *const kinds[] = {[HBL_ATTRIBUTE_LEVELS] = "levels",
                                        [HBL_ATTRIBUTE_UNIFORM] = "uniform",
                                        [HBL_ATTRIBUTE_NORMAL] = "normal"};
    cJSON *list = cJSON_AddObjectToObject(object, "attributes");
    bool done = list != NULL;

    for (size_t i = 0; done && i < s->n_attributes; i++) {
        const hbl_attribute_spec *a = &s->attribute[i];
        cJSON *one = cJSON_AddObjectToObject(list, a->name);

        done = hbl_echo_numbers(one, kinds[a->kind], a->value, a->n_values) &&
               cJSON_AddStringToObject(one, "of", hbl_attribute_owners[a->of]) != NULL;
    }
    return done;
}

static bool add_truth_correlation(cJSON *object, const hbl_simulation_spec *s)
{
    const size_t n = s->correlation_size;
    cJSON *rows = cJSON_AddArrayToObject(object, "correlation");
    bool done = rows != NULL;

    for (size_t i = 0; done && i < n; i++)
        done = hbl_echo_append(rows, hbl_echo_row(s->correlation + i * n, n));
    return done;
}

bool hbl_echo_simulation(cJSON *root, const hbl_simulation_spec *s)
{
    cJSON *object = cJSON_AddObjectToObject(root, "simulate");
    bool done = hbl_echo_section(object, &hbl_section_simulation, s);

    if (done && s->n_persons > 0)
        done = add_range(object, "tasks", s->tasks_min, s->tasks_max) &&
               add_range(object, "alternatives", s->alternatives_min, s->alternatives_max) &&
               add_attributes(object, s);
    done = done && hbl_echo_values(object, "mean", s->mean, s->n_means) &&
           hbl_echo_values(object, "sd", s->sd, s->n_sds) &&
           hbl_echo_values(object, "slope", s->slope, s->n_slopes) &&
           hbl_echo_values(object, "fixed", s->fixed, s->n_fixed);
    return done && (s->correlation_size == 0 || add_truth_correlation(object, s));
}
