/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The truth by name becomes mu, Delta, L and alpha in the model's order. Omega = D R D with D the
 * standard deviations and R the correlations, so L = D chol(R): a standard deviation of 0 is
 * allowed.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/linalg.h"
#include "core/memory.h"
#include "simulate/parts.h"

static size_t find(const hbl_named_value *list, size_t n, const char *name)
{
    size_t i = 0;
    while (i < n && strcmp(list[i].name, name) != 0)
        i++;
    return i;
}

static bool is_among(const char *name, char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* A name of the list that is none of the n coefficients (of others: the wrong list). */
static int refuse_name(const char *key, const char *name, char *const *names, size_t n,
                       char *const *others, size_t n_others, hbl_error *error)
{
    const char *nearest = hbl_nearest(name, (const char *const *)names, n);

    if (is_among(name, others, n_others))
        return hbl_fail(error, HBL_ERR_INPUT,
                        "simulate.%s.%s: \"%s\" is a %s coefficient; its truth belongs in %s", key,
                        name, name, strcmp(key, "fixed") == 0 ? "random" : "fixed",
                        strcmp(key, "fixed") == 0 ? "simulate.mean and simulate.sd"
                                                  : "simulate.fixed");
    return hbl_fail(error, HBL_ERR_INPUT,
                    "simulate.%s.%s: the formula has no coefficient \"%s\"%s%s%s", key, name, name,
                    nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                    nearest ? "\"?" : "");
}

/* value[i] = the truth of names[i], for all of them and no others. */
static int match(const char *key, const hbl_named_value *list, size_t n_list, char *const *names,
                 size_t n, char *const *others, size_t n_others, double *value, hbl_error *error)
{
    for (size_t i = 0; i < n_list; i++)
        if (!is_among(list[i].name, names, n))
            return refuse_name(key, list[i].name, names, n, others, n_others, error);
    for (size_t i = 0; i < n; i++) {
        const size_t at = find(list, n_list, names[i]);
        if (at == n_list)
            return hbl_fail(error, HBL_ERR_INPUT,
                            "simulate.%s: coefficient \"%s\" of the formula has no value", key,
                            names[i]);
        value[i] = list[at].value;
    }
    return HBL_OK;
}

static int check_correlation(size_t n, const double *r, hbl_error *error)
{
    for (size_t i = 0; i < n; i++) {
        if (r[i * n + i] != 1.0)
            return hbl_fail(error, HBL_ERR_INPUT,
                            "simulate.correlation[%zu][%zu] is %g; the diagonal must be 1", i, i,
                            r[i * n + i]);
        for (size_t j = 0; j < i; j++)
            if (r[i * n + j] != r[j * n + i])
                return hbl_fail(error, HBL_ERR_INPUT,
                                "simulate.correlation[%zu][%zu] and [%zu][%zu] differ: %g and %g",
                                i, j, j, i, r[i * n + j], r[j * n + i]);
    }
    return HBL_OK;
}

/* l = chol(R), R brought from the order of simulate.mean into the model's. */
static int factor_correlation(const hbl_simulation_spec *s, const hbl_model *model, double *l,
                              hbl_error *error)
{
    const size_t n = model->n_random;
    int status;

    for (size_t i = 0; i < n; i++)
        l[i * n + i] = 1.0;
    if (s->correlation_size == 0)
        return HBL_OK;
    if (s->correlation_size != n)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "simulate.correlation has %zu rows; simulate.mean has %zu coefficients",
                        s->correlation_size, n);
    status = check_correlation(n, s->correlation, error);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            l[i * n + j] = s->correlation[find(s->mean, n, model->name[i]) * n +
                                          find(s->mean, n, model->name[j])];
    if (!hbl_cholesky(n, l, l))
        return hbl_fail(error, HBL_ERR_INPUT,
                        "simulate.correlation is not positive definite: no random coefficients "
                        "correlate like that");
    return HBL_OK;
}

/* ---- Delta, by "coefficient:covariate"; what is not named is 0 ---- */

/* The element that name stands for; NULL: none. */
static double *find_slope(const hbl_model *model, const char *name, double *delta)
{
    for (size_t k = 0; k < model->n_random; k++) {
        const size_t n = strlen(model->name[k]);

        if (strncmp(name, model->name[k], n) != 0 || name[n] != ':')
            continue;
        for (size_t c = 0; c < model->n_covariates; c++)
            if (strcmp(name + n + 1, model->covariate_name[c]) == 0)
                return &delta[k * model->n_covariates + c];
    }
    return NULL;
}

static int fill_slopes(const hbl_simulation_spec *s, const hbl_model *model, double *delta,
                       hbl_error *error)
{
    for (size_t i = 0; i < s->n_slopes; i++) {
        double *slope = find_slope(model, s->slope[i].name, delta);

        if (!slope)
            return hbl_fail(error, HBL_ERR_INPUT,
                            "simulate.slope.%s: no random coefficient and covariate are named so; "
                            "write \"coefficient:covariate\"%s%s%s",
                            s->slope[i].name, model->n_covariates ? ", such as \"" : "",
                            model->n_covariates && model->n_random ? model->name[0] : "",
                            model->n_covariates ? ":...\"" : " (the model has no covariates)");
        *slope = s->slope[i].value;
    }
    return HBL_OK;
}

/* A distribution of its own form has a spread above 0. */
static int check_sd(const hbl_model *model, const double *sd, hbl_error *error)
{
    for (size_t i = 0; i < model->n_random; i++) {
        if (!(sd[i] >= 0.0))
            return hbl_fail(error, HBL_ERR_INPUT, "simulate.sd.%s is %g; it must not be negative",
                            model->name[i], sd[i]);
        if (model->mixing[i]->mix && sd[i] == 0.0)
            return hbl_fail(error, HBL_ERR_INPUT, "simulate.sd.%s is 0; %s needs it above 0",
                            model->name[i], model->mixing[i]->name);
    }
    return HBL_OK;
}

static int fill(const hbl_spec *spec, const hbl_model *model, hbl_truth *truth, double *sd,
                hbl_error *error)
{
    const hbl_simulation_spec *s = &spec->simulate;
    const size_t n = model->n_random, n_fixed = model->n_coefficients - n;
    char *const *random = model->name, *const *fixed = model->name + n;
    int status = match("mean", s->mean, s->n_means, random, n, fixed, n_fixed, truth->mu, error);

    if (!status)
        status = match("sd", s->sd, s->n_sds, random, n, fixed, n_fixed, sd, error);
    if (!status)
        status =
            match("fixed", s->fixed, s->n_fixed, fixed, n_fixed, random, n, truth->alpha, error);
    if (!status)
        status = fill_slopes(s, model, truth->delta, error);
    if (!status)
        status = factor_correlation(s, model, truth->l, error);
    if (!status)
        status = check_sd(model, sd, error);
    for (size_t i = 0; !status && i < n; i++)
        for (size_t j = 0; j <= i; j++)
            truth->l[i * n + j] *= sd[i];
    return status;
}

int hbl_truth_alloc(const hbl_spec *spec, const hbl_model *model, hbl_truth **out, hbl_error *error)
{
    const size_t n = model->n_random;
    hbl_truth *truth = hbl_calloc(1, sizeof *truth, "the truth", error);
    double *sd = hbl_calloc(n, sizeof *sd, "the truth", error);
    int status = HBL_ERR_MEMORY;

    if (truth) {
        truth->mu = hbl_calloc(n, sizeof *truth->mu, "the truth", error);
        truth->delta = hbl_calloc(n * model->n_covariates, sizeof(double), "the truth", error);
        truth->l = hbl_calloc(n * n, sizeof *truth->l, "the truth", error);
        truth->alpha = hbl_calloc(model->n_coefficients - n, sizeof(double), "the truth", error);
        if (truth->mu && truth->delta && truth->l && truth->alpha && sd)
            status = fill(spec, model, truth, sd, error);
    }
    free(sd);
    if (status)
        hbl_truth_free(truth);
    else
        *out = truth;
    return status;
}

void hbl_truth_free(hbl_truth *truth)
{
    if (!truth)
        return;
    free(truth->mu);
    free(truth->delta);
    free(truth->l);
    free(truth->alpha);
    free(truth);
}
