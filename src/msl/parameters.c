/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vector of parameters: (mu, Delta, L within covariance blocks, fixed coefficients).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/linalg.h"
#include "core/memory.h"
#include "msl/internal.h"

static bool same_block(const hbl_model *model, size_t i, size_t j)
{
    return model->block_of[i] == model->block_of[j];
}

static size_t block_members(const hbl_model *model, size_t k)
{
    size_t n = 0;

    for (size_t j = 0; j < model->n_random; j++)
        n += same_block(model, k, j);
    return n;
}

static size_t count_factors(const hbl_model *model)
{
    size_t n = 0;

    for (size_t i = 0; i < model->n_random; i++)
        for (size_t j = 0; j <= i; j++)
            n += same_block(model, i, j);
    return n;
}

/* first + middle + last, in memory of its own. */
static char *join(const char *first, const char *middle, const char *last, const char *end)
{
    const size_t size = strlen(first) + strlen(middle) + strlen(last) + strlen(end) + 1;
    char *text = malloc(size);

    if (text)
        snprintf(text, size, "%s%s%s%s", first, middle, last, end);
    return text;
}

static char *name_of(const hbl_model *model, const hbl_msl_parameter *p)
{
    char *const *name = model->name;

    switch (p->kind) {
    case HBL_MSL_MEAN:
        return join(name[p->row], "", "", "");
    case HBL_MSL_SLOPE:
        return join(name[p->column], ":", model->covariate_name[p->row], "");
    case HBL_MSL_FACTOR:
        if (block_members(model, p->row) == 1)
            return join("sd.", name[p->row], "", "");
        return join("chol.", name[p->row], ":", name[p->column]);
    case HBL_MSL_FIXED:
        break;
    }
    return join(name[model->n_random + p->row], "", "", "");
}

static void list_parameters(hbl_msl *msl)
{
    const hbl_model *model = msl->model;
    const size_t K = model->n_random, F = model->n_coefficients - K;
    hbl_msl_parameter *p = msl->parameter;
    size_t e = 0;

    for (size_t k = 0; k < K; k++)
        *p++ = (hbl_msl_parameter){HBL_MSL_MEAN, k, 0, NULL};
    for (size_t q = 0; q < model->n_covariates; q++)
        for (size_t k = 0; k < K; k++)
            *p++ = (hbl_msl_parameter){HBL_MSL_SLOPE, q, k, NULL};
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++)
            if (same_block(model, i, j)) {
                msl->factor_row[e] = i;
                msl->factor_column[e++] = j;
                *p++ = (hbl_msl_parameter){HBL_MSL_FACTOR, i, j, NULL};
            }
    for (size_t f = 0; f < F; f++)
        *p++ = (hbl_msl_parameter){HBL_MSL_FIXED, f, 0, NULL};
}

int hbl_msl_parameters_init(hbl_msl *msl, hbl_error *error)
{
    const hbl_model *model = msl->model;
    const size_t K = model->n_random;

    msl->n_factors = count_factors(model);
    msl->first_slope = K;
    msl->first_factor = K + model->n_covariates * K;
    msl->first_fixed = msl->first_factor + msl->n_factors;
    msl->n_parameters = msl->first_fixed + model->n_coefficients - K;
    msl->parameter = hbl_calloc(msl->n_parameters, sizeof *msl->parameter, "parameters", error);
    msl->factor_row = hbl_calloc(msl->n_factors, sizeof(size_t), "parameters", error);
    msl->factor_column = hbl_calloc(msl->n_factors, sizeof(size_t), "parameters", error);
    if (!msl->parameter || !msl->factor_row || !msl->factor_column)
        return HBL_ERR_MEMORY;
    list_parameters(msl);
    for (size_t i = 0; i < msl->n_parameters; i++)
        if (!(msl->parameter[i].name = name_of(model, &msl->parameter[i])))
            return hbl_fail_memory(error, "parameters");
    return HBL_OK;
}

void hbl_msl_parameters_clear(hbl_msl *msl)
{
    for (size_t i = 0; msl->parameter && i < msl->n_parameters; i++)
        free(msl->parameter[i].name);
    free(msl->parameter);
    free(msl->factor_row);
    free(msl->factor_column);
}

size_t hbl_msl_n_parameters(const hbl_msl *msl)
{
    return msl->n_parameters;
}

const hbl_msl_parameter *hbl_msl_parameters(const hbl_msl *msl)
{
    return msl->parameter;
}

size_t hbl_msl_diagonal(const hbl_msl *msl, size_t k)
{
    size_t e = 0;

    while (msl->factor_row[e] != k || msl->factor_column[e] != k)
        e++;
    return msl->first_factor + e;
}

int hbl_msl_pack(const hbl_msl *msl, const double *mu, const double *delta, const double *omega,
                 const double *fixed, double *parameter, hbl_error *error)
{
    const hbl_model *model = msl->model;
    const size_t K = model->n_random;
    double *factor = hbl_calloc(K * K, sizeof *factor, "a covariance", error);
    bool sound;

    if (!factor)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++)
            factor[i * K + j] = same_block(model, i, j) ? omega[i * K + j] : 0;
    sound = hbl_cholesky(K, factor, factor);
    for (size_t i = 0; i < msl->n_parameters; i++) {
        const hbl_msl_parameter *p = &msl->parameter[i];
        parameter[i] = p->kind == HBL_MSL_MEAN     ? mu[p->row]
                       : p->kind == HBL_MSL_FACTOR ? factor[p->row * K + p->column]
                       : p->kind == HBL_MSL_FIXED  ? fixed[p->row]
                       : delta                     ? delta[p->row * K + p->column]
                                                   : 0;
    }
    free(factor);
    if (!sound)
        return hbl_fail(error, HBL_ERR_NUMERIC, "the covariance is not positive definite");
    return HBL_OK;
}
