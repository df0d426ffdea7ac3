/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/nested.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"

/* ---- runs ---- */

int hbl_tested_read(const char *directory, hbl_tested *tested, hbl_error *error)
{
    int status;

    *tested = (hbl_tested){.estimates = NULL};
    status = hbl_run_file_read(directory, &tested->file, error);
    if (!status && hbl_run_file_has_draws(&tested->file))
        status =
            hbl_fail(error, HBL_ERR_INPUT,
                     "%s: is a run by hb, which has no maximum to test; hblogit test tells the "
                     "posterior probabilities of hypotheses on it, and likelihood-ratio and "
                     "score tests of runs by msl or mnl",
                     directory);
    if (!status)
        status = hbl_estimates_read(directory, &tested->estimates, error);
    if (status)
        hbl_tested_clear(tested);
    return status;
}

void hbl_tested_clear(hbl_tested *tested)
{
    hbl_estimates_free(tested->estimates);
    tested->estimates = NULL;
    hbl_run_file_clear(&tested->file);
}

static const cJSON *item(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static const char *hash_of(const hbl_tested *t)
{
    const char *hash =
        cJSON_GetStringValue(item(item(item(t->file.root, "hashes"), "data"), "hash"));
    return hash ? hash : "";
}

int hbl_tested_check_same(const hbl_tested *a, const hbl_tested *b, hbl_error *error)
{
    const hbl_estimates *x = a->estimates, *y = b->estimates;

    if (strcmp(hash_of(a), hash_of(b)) == 0 && x->n_persons == y->n_persons &&
        x->n_tasks == y->n_tasks && x->n_rows == y->n_rows)
        return HBL_OK;
    return hbl_fail(error, HBL_ERR_INPUT,
                    "%s and %s are not of the same choices (checksums of the data %s and %s, tasks "
                    "%zu and %zu); a test needs the same",
                    x->directory, y->directory, hash_of(a), hash_of(b), x->n_tasks, y->n_tasks);
}

/* ---- what a model has ---- */

static const hbl_estimate *find(const hbl_estimates *e, const char *prefix, const char *name)
{
    for (size_t i = 0; i < e->n_parameters; i++)
        if (strncmp(e->row[i].parameter, prefix, strlen(prefix)) == 0 &&
            strcmp(e->row[i].name, name) == 0)
            return &e->row[i];
    return NULL;
}

static const hbl_estimate *find_parameter(const hbl_estimates *e, const char *parameter)
{
    for (size_t i = 0; i < e->n_parameters; i++)
        if (strcmp(e->row[i].parameter, parameter) == 0)
            return &e->row[i];
    return NULL;
}

static const hbl_estimate *find_fixed(const hbl_estimates *e, const char *name)
{
    const hbl_estimate *row = find(e, "beta.", name);
    return row ? row : find(e, "alpha.", name);
}

/* The number k of random coefficient `name`, from 1; 0 where it is none. */
static size_t number_of(const hbl_estimates *e, const char *name)
{
    const hbl_estimate *row = find(e, "mu.", name);
    size_t k = 0;

    if (row && sscanf(row->parameter, "mu.%zu", &k) != 1)
        k = 0;
    return k;
}

static const char *distribution(const hbl_tested *t, size_t k)
{
    const cJSON *list = item(t->file.root, "distributions");
    const char *name = cJSON_GetStringValue(cJSON_GetArrayItem(list, (int)k - 1));
    return name ? name : "normal";
}

static const char *name_of(const hbl_estimates *e, size_t k)
{
    char parameter[64];
    const hbl_estimate *row;

    snprintf(parameter, sizeof parameter, "mu.%zu", k);
    row = find_parameter(e, parameter);
    return row ? row->name : "";
}

/* Whether the covariance of the two coefficients, or the variance of one, is a parameter. */
static bool has_covariance(const hbl_estimates *e, const char *a, const char *b)
{
    const size_t i = number_of(e, a), j = number_of(e, b);
    char parameter[64];

    snprintf(parameter, sizeof parameter, "L.%zu.%zu", i > j ? i : j, i > j ? j : i);
    return i > 0 && j > 0 && find_parameter(e, parameter);
}

/* ---- one within the other ---- */

/* A fixed coefficient is a random one without variance, where that is normal. */
static bool contains(const hbl_tested *large, const hbl_tested *small, const hbl_estimate *row)
{
    const hbl_estimates *l = large->estimates, *s = small->estimates;
    const size_t random = number_of(l, row->name);
    size_t i, j;

    if (sscanf(row->parameter, "L.%zu.%zu", &i, &j) == 2)
        return has_covariance(l, name_of(s, i), name_of(s, j));
    if (strncmp(row->parameter, "mu.", 3) == 0)
        return random > 0 && strcmp(distribution(large, random),
                                    distribution(small, number_of(s, row->name))) == 0;
    if (strncmp(row->parameter, "Delta.", 6) == 0)
        return find(l, "Delta.", row->name);
    return find_fixed(l, row->name) ||
           (random > 0 && strcmp(distribution(large, random), "normal") == 0);
}

static void count(const hbl_estimates *small, const hbl_estimates *large, const hbl_estimate *row,
                  hbl_excess *excess)
{
    const size_t at = (size_t)(row - large->row);
    size_t i, j;
    bool added;

    if (sscanf(row->parameter, "L.%zu.%zu", &i, &j) == 2) {
        const char *a = name_of(large, i), *b = name_of(large, j);
        const bool known = number_of(small, a) > 0 && number_of(small, b) > 0;
        added = !has_covariance(small, a, b);
        excess->n_shared += added && i != j && !known;
        if (added && i == j) {
            excess->variance[excess->n_variances++] = at;
            return;
        }
    } else if (strncmp(row->parameter, "Delta.", 6) == 0) {
        added = !find(small, "Delta.", row->name);
    } else {
        added = !find_fixed(small, row->name) && number_of(small, row->name) == 0;
    }
    if (added)
        excess->free_row[excess->n_free++] = at;
}

int hbl_nested(const hbl_tested *small, const hbl_tested *large, bool *nested, hbl_excess *excess,
               hbl_error *error)
{
    const hbl_estimates *s = small->estimates, *l = large->estimates;

    *excess = (hbl_excess){.n_free = 0};
    *nested = true;
    for (size_t i = 0; i < s->n_parameters; i++)
        *nested = *nested && contains(large, small, &s->row[i]);
    excess->variance = hbl_calloc(2 * l->n_parameters, sizeof *excess->variance, "a test", error);
    if (!excess->variance)
        return HBL_ERR_MEMORY;
    excess->free_row = excess->variance + l->n_parameters;
    for (size_t i = 0; *nested && i < l->n_parameters; i++)
        count(s, l, &l->row[i], excess);
    *nested = *nested && excess->n_free + excess->n_variances > 0;
    return HBL_OK;
}
