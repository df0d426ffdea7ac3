/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/score.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "run/file.h"

void hbl_score_clear(hbl_score *s)
{
    hbl_tested_clear(&s->small);
    hbl_tested_clear(&s->large);
    hbl_msl_free(s->msl);
    hbl_model_free(s->model);
    hbl_spec_free(s->spec);
    free(s->excess.variance);
    free(s->p);
    free(s->L);
    free(s->scores);
    free(s->person);
    free(s->g);
}

/* ---- the larger model ---- */

static int name_row(const hbl_msl_parameter *p, hbl_estimate *row, hbl_error *error)
{
    char text[64];

    if (p->kind == HBL_MSL_MEAN)
        snprintf(text, sizeof text, "mu.%zu", p->row + 1);
    else if (p->kind == HBL_MSL_SLOPE)
        snprintf(text, sizeof text, "Delta.%zu.%zu", p->row + 1, p->column + 1);
    else if (p->kind == HBL_MSL_FACTOR)
        snprintf(text, sizeof text, "L.%zu.%zu", p->row + 1, p->column + 1);
    else
        snprintf(text, sizeof text, "alpha.%zu", p->row + 1);
    row->parameter = hbl_strdup(text, error);
    row->name = hbl_strdup(p->name, error);
    return row->parameter && row->name ? HBL_OK : HBL_ERR_MEMORY;
}

static int name_distributions(hbl_score *s, hbl_error *error)
{
    cJSON *list;

    s->large.file.root = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(s->large.file.root, "distributions");
    for (size_t k = 0; list && k < s->model->n_random; k++) {
        cJSON *name = cJSON_CreateString(s->model->mixing[k]->name);
        if (!name || !cJSON_AddItemToArray(list, name)) {
            cJSON_Delete(name);
            list = NULL;
        }
    }
    return list ? HBL_OK : hbl_fail_memory(error, "a test");
}

/* The larger model as a run that estimated nothing yet. */
static int name_parameters(hbl_score *s, hbl_error *error)
{
    hbl_estimates *e = hbl_calloc(1, sizeof *e, "a test", error);
    int status = HBL_OK;

    s->large.estimates = e;
    if (!e)
        return HBL_ERR_MEMORY;
    e->row = hbl_calloc(s->P, sizeof *e->row, "a test", error);
    if (!e->row)
        return HBL_ERR_MEMORY;
    e->n_parameters = e->n_rows_of_table = s->P;
    for (size_t i = 0; !status && i < s->P; i++)
        status = name_row(&hbl_msl_parameters(s->msl)[i], &e->row[i], error);
    return status ? status : name_distributions(s, error);
}

static int check_data(const hbl_score *s, hbl_error *error)
{
    const cJSON *hashes = cJSON_GetObjectItemCaseSensitive(s->small.file.root, "hashes");
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(hashes, "data");
    const char *hash = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "hash"));
    const hbl_panel *panel = s->model->panel;
    const hbl_estimates *e = s->small.estimates;
    uint32_t crc = 0;
    uint64_t bytes;
    char is[16] = "";
    int status = hbl_file_checksum(s->spec->data.file, &crc, &bytes, error);

    if (status)
        return status;
    snprintf(is, sizeof is, "%08" PRIx32, crc);
    if (strcmp(is, hash ? hash : "") == 0 && panel->n_persons == e->n_persons &&
        panel->n_tasks == e->n_tasks && panel->n_rows == e->n_rows)
        return HBL_OK;
    return hbl_fail(error, HBL_ERR_INPUT, "%s: is not of the same choices as %s", s->spec->path,
                    e->directory);
}

static int build(hbl_score *s, const char *model_file, const char *const *overrides, size_t n,
                 int threads, hbl_error *error)
{
    const char **setting = hbl_calloc(n + 1, sizeof *setting, "a test", error);
    int status = setting ? HBL_OK : HBL_ERR_MEMORY;

    if (!status) {
        for (size_t i = 0; i < n; i++)
            setting[i] = overrides[i];
        setting[n] = "method=msl";
        status = hbl_spec_read(model_file, setting, n + 1, &s->spec, error);
    }
    free(setting);
    if (!status)
        status = hbl_model_build(s->spec, NULL, &s->model, error);
    if (!status)
        status = check_data(s, error);
    if (!status)
        status = hbl_msl_alloc(s->model, &s->spec->msl, threads > 0 ? threads : hbl_processors(),
                               &s->msl, error);
    if (status)
        return status;
    s->P = hbl_msl_n_parameters(s->msl);
    s->N = s->model->panel->n_persons;
    return name_parameters(s, error);
}

static int check_nested(hbl_score *s, hbl_error *error)
{
    bool nested;
    const int status = hbl_nested(&s->small, &s->large, &nested, &s->excess, error);

    if (status)
        return status;
    if (!nested)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: is not within the model of %s, or has all that it has",
                        s->small.estimates->directory, s->spec->path);
    if (s->excess.n_shared > 0)
        return hbl_fail(
            error, HBL_ERR_INPUT,
            "%s: a coefficient that is random here only must not correlate with others: "
            "at a variance of 0 the score of a covariance is not defined; use "
            "\"correlation\": \"none\" or blocks",
            s->spec->path);
    return HBL_OK;
}

int hbl_score_prepare(hbl_score *s, const char *directory, const char *model_file,
                      const char *const *overrides, size_t n_overrides, int threads,
                      hbl_error *error)
{
    int status = hbl_tested_read(directory, &s->small, error);

    if (!status)
        status = build(s, model_file, overrides, n_overrides, threads, error);
    return status ? status : check_nested(s, error);
}

/* ---- the run's estimates as the larger model's parameters ---- */

/* Of the restricted run, by any of the names that a parameter may have there; 0 where it is new. */
static double estimate_of(const hbl_estimates *e, const char *const *prefix, size_t n,
                          const char *name)
{
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < e->n_parameters; i++)
            if (strncmp(e->row[i].parameter, prefix[j], strlen(prefix[j])) == 0 &&
                strcmp(e->row[i].name, name) == 0)
                return e->row[i].estimate;
    return 0;
}

/* The number of random coefficient k of the larger model in the run, from 1; 0: not random, or a
 * number that no row can have, from a damaged file. */
static size_t number_in_run(const hbl_score *s, size_t k)
{
    const hbl_estimates *e = s->small.estimates;
    size_t number;

    for (size_t i = 0; i < e->n_parameters; i++)
        if (sscanf(e->row[i].parameter, "mu.%zu", &number) == 1 &&
            strcmp(e->row[i].name, s->model->name[k]) == 0)
            return number <= e->n_parameters ? number : 0;
    return 0;
}

static double factor_in_run(const hbl_score *s, size_t row, size_t column)
{
    const hbl_estimates *e = s->small.estimates;
    char parameter[64];

    snprintf(parameter, sizeof parameter, "L.%zu.%zu", row, column);
    for (size_t i = 0; i < e->n_parameters; i++)
        if (strcmp(e->row[i].parameter, parameter) == 0)
            return e->row[i].estimate;
    return 0;
}

static double covariance_in_run(const hbl_score *s, size_t i, size_t j)
{
    const size_t a = number_in_run(s, i), b = number_in_run(s, j);
    double sum = 0;

    for (size_t k = 1; a > 0 && b > 0 && k <= a && k <= b; k++)
        sum += factor_in_run(s, a, k) * factor_in_run(s, b, k);
    return sum;
}

/* Cholesky's factor, with rows of 0 for coefficients that are not random in the run. */
static void factorise(hbl_score *s)
{
    const size_t K = s->model->n_random;

    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = covariance_in_run(s, i, j);
            for (size_t k = 0; k < j; k++)
                sum -= s->L[i * K + k] * s->L[j * K + k];
            if (i == j)
                s->L[i * K + i] = sqrt(fmax(sum, 0));
            else
                s->L[i * K + j] = s->L[j * K + j] > 0 ? sum / s->L[j * K + j] : 0;
        }
}

void hbl_score_embed(hbl_score *s)
{
    static const char *const mean[] = {"mu.", "beta.", "alpha."}, *const slope[] = {"Delta."};
    const hbl_msl_parameter *parameter = hbl_msl_parameters(s->msl);

    factorise(s);
    for (size_t i = 0; i < s->P; i++) {
        const hbl_msl_parameter *p = &parameter[i];
        if (p->kind == HBL_MSL_FACTOR)
            s->p[i] = s->L[p->row * s->model->n_random + p->column];
        else if (p->kind == HBL_MSL_SLOPE)
            s->p[i] = estimate_of(s->small.estimates, slope, 1, p->name);
        else
            s->p[i] = estimate_of(s->small.estimates, mean, 3, p->name);
    }
}
