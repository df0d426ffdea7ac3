/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/derived.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* ---- what there is ---- */

static bool is_ordered(const hbl_model *model, size_t k)
{
    return model->base && model->base[k] != SIZE_MAX;
}

static bool is_transformed(const hbl_model *model, size_t k)
{
    return strcmp(model->mixing[k]->name, "normal") != 0 || is_ordered(model, k);
}

static bool is_alone(const hbl_model *model, size_t k)
{
    for (size_t i = 0; i < model->n_random; i++)
        if (i != k && model->block_of[i] == model->block_of[k])
            return false;
    return true;
}

static void append(hbl_derived *list, size_t *n, hbl_derived_kind kind, size_t row, size_t column)
{
    list[(*n)++] = (hbl_derived){kind, row, column};
}

/* The covariance of a form of its own is no Omega: its spread is a parameter, and all there is. */
static void list_covariance(const hbl_model *model, hbl_derived *list, size_t *n)
{
    const size_t K = model->n_random;

    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++)
            if (model->block_of[i] == model->block_of[j] && !model->mixing[i]->mix)
                append(list, n, HBL_DERIVED_OMEGA, i, j);
    for (size_t i = 0; i < K; i++)
        if (!is_alone(model, i))
            append(list, n, HBL_DERIVED_SD, i, i);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < i; j++)
            if (model->block_of[i] == model->block_of[j])
                append(list, n, HBL_DERIVED_CORRELATION, i, j);
}

int hbl_derived_list(const hbl_model *model, bool mixed, hbl_derived **list, size_t *n,
                     hbl_error *error)
{
    const size_t K = model->n_random;

    *n = 0;
    *list = hbl_calloc(K * (K + 1) + 3 * K, sizeof **list, "derived estimates", error);
    if (!*list)
        return HBL_ERR_MEMORY;
    if (mixed)
        list_covariance(model, *list, n);
    for (size_t k = 0; k < K; k++) {
        if (mixed && is_transformed(model, k)) {
            append(*list, n, HBL_DERIVED_BETA_MEAN, k, k);
            append(*list, n, HBL_DERIVED_BETA_SD, k, k);
        } else if (!mixed && is_ordered(model, k)) {
            append(*list, n, HBL_DERIVED_LEVEL, k, k);
        }
    }
    return HBL_OK;
}

int hbl_derived_name(const hbl_model *model, const hbl_derived *d, char parameter[64], char **name,
                     hbl_error *error)
{
    static const char *const word[] = {"Omega",     "sd",      "correlation",
                                       "beta_mean", "beta_sd", "level"};
    const bool pair = d->kind == HBL_DERIVED_OMEGA || d->kind == HBL_DERIVED_CORRELATION;
    const char *row = model->name[d->row], *column = model->name[d->column];
    const size_t size = strlen(row) + strlen(column) + 32;

    *name = hbl_calloc(size, 1, "names", error);
    if (!*name)
        return HBL_ERR_MEMORY;
    if (pair) {
        snprintf(parameter, 64, "%s.%zu.%zu", word[d->kind], d->row + 1, d->column + 1);
        snprintf(*name, size, "%s.%s:%s", word[d->kind], row, column);
    } else {
        snprintf(parameter, 64, "%s.%zu", word[d->kind], d->row + 1);
        snprintf(*name, size, "%s.%s", word[d->kind], row);
    }
    return HBL_OK;
}

/* ---- moments of one coefficient ---- */

typedef struct {
    double mean, variance;
} moments;

/* beta = +-exp(theta): E = exp(m + s^2/2), Var = E^2 (exp(s^2) - 1). */
static moments moments_of_lognormal(double sign, double m, double s)
{
    const double mean = exp(m + s * s / 2);
    return (moments){sign * mean, mean * mean * expm1(s * s)};
}

/* beta = max(0, theta): E = m Phi(m/s) + s phi(m/s), E beta^2 = (m^2 + s^2) Phi + m s phi. */
static moments moments_of_censored(double m, double s)
{
    const double a = m / s, Phi = gsl_cdf_ugaussian_P(a), phi = gsl_ran_ugaussian_pdf(a);
    const double mean = m * Phi + s * phi;
    return (moments){mean, (m * m + s * s) * Phi + m * s * phi - mean * mean};
}

/* beta at n points z. */
static void transform(const hbl_model *model, size_t k, size_t n, double m, double s,
                      const double *z, double *beta)
{
    enum { MOST = 64 };
    double theta[MOST], unused[MOST], location[MOST];

    if (model->mixing[k]->mix) {
        for (size_t i = 0; i < n; i++)
            location[i] = m;
        model->mixing[k]->mix(n, location, s, z, beta, theta, unused);
        return;
    }
    for (size_t i = 0; i < n; i++)
        theta[i] = m + s * z[i];
    model->mixing[k]->transform(n, theta, model->lower[k], model->upper[k], beta, unused);
}

/* Any other: the integrals over z ~ N(0, 1) by Simpson's rule in steps of 1/64 from -12 to 12, with
 * a node where forms with two halves have their kink. Variance about the middle, which is exact. */
static moments moments_by_quadrature(const hbl_model *model, size_t k, double m, double s)
{
    enum { HALF = 12 * 64, CHUNK = 64 };
    double z[CHUNK], beta[CHUNK], weights = 0, first = 0, second = 0, middle;

    z[0] = 0;
    transform(model, k, 1, m, s, z, &middle);
    for (int from = -HALF; from <= HALF; from += CHUNK) {
        const int n = HALF + 1 - from < CHUNK ? HALF + 1 - from : CHUNK;
        for (int i = 0; i < n; i++)
            z[i] = (from + i) / 64.0;
        transform(model, k, (size_t)n, m, s, z, beta);
        for (int i = 0; i < n; i++) {
            const double weight = ((from + i) % 2 ? 4.0 : 2.0) * exp(-z[i] * z[i] / 2);
            weights += weight;
            first += weight * (beta[i] - middle);
            second += weight * (beta[i] - middle) * (beta[i] - middle);
        }
    }
    first /= weights;
    return (moments){middle + first, second / weights - first * first};
}

static moments moments_of(const hbl_model *model, size_t k, double m, double s)
{
    const char *name = model->mixing[k]->name;

    if (strcmp(name, "normal") == 0)
        return (moments){m, s * s};
    if (strcmp(name, "lognormal") == 0)
        return moments_of_lognormal(1, m, s);
    if (strcmp(name, "negative-lognormal") == 0)
        return moments_of_lognormal(-1, m, s);
    if (strcmp(name, "censored-normal") == 0 && s > 0)
        return moments_of_censored(m, s);
    return moments_by_quadrature(model, k, m, s);
}

/* ---- levels of an order: sums of increments ---- */

/* Cov(beta_i, beta_j) of coefficients whose theta correlate, by the trapezoidal rule in two
 * dimensions, which converges exponentially for smooth g. */
static double covariance(const hbl_model *model, size_t i, size_t j, const double *mu,
                         const double *omega)
{
    enum { POINTS = 49 };
    const size_t K = model->n_random;
    const double si = sqrt(omega[i * K + i]), sj = sqrt(omega[j * K + j]);
    const double rho = fmax(-1, fmin(1, omega[i * K + j] / (si * sj)));
    double z[POINTS], zj[POINTS], bi[POINTS], bj[POINTS];
    double weights = 0, xi = 0, xj = 0, xij = 0;

    if (omega[i * K + j] == 0)
        return 0;
    for (int a = 0; a < POINTS; a++)
        z[a] = (a - POINTS / 2) / 2.0;
    transform(model, i, POINTS, mu[i], si, z, bi);
    for (int a = 0; a < POINTS; a++) {
        for (int b = 0; b < POINTS; b++)
            zj[b] = rho * z[a] + sqrt(1 - rho * rho) * z[b];
        transform(model, j, POINTS, mu[j], sj, zj, bj);
        for (int b = 0; b < POINTS; b++) {
            const double weight = exp(-(z[a] * z[a] + z[b] * z[b]) / 2);
            weights += weight;
            xi += weight * bi[a];
            xj += weight * bj[b];
            xij += weight * bi[a] * bj[b];
        }
    }
    return xij / weights - xi / weights * (xj / weights);
}

static size_t below(const hbl_model *model, size_t k)
{
    return model->base ? model->base[k] : SIZE_MAX;
}

static moments moments_of_level(const hbl_model *model, size_t k, const double *mu,
                                const double *omega)
{
    const size_t K = model->n_random;
    moments sum = {0, 0};

    for (size_t i = k; i != SIZE_MAX; i = below(model, i)) {
        const moments its = moments_of(model, i, mu[i], sqrt(omega[i * K + i]));
        sum.mean += its.mean;
        sum.variance += its.variance;
        for (size_t j = below(model, i); j != SIZE_MAX; j = below(model, j))
            sum.variance += 2 * covariance(model, i, j, mu, omega);
    }
    return sum;
}

/* ---- values ---- */

static double value_of(const hbl_model *model, const hbl_derived *d, const double *mu,
                       const double *omega)
{
    const size_t K = model->n_random, i = d->row, j = d->column;
    double sum = 0;

    switch (d->kind) {
    case HBL_DERIVED_OMEGA:
        return omega[i * K + j];
    case HBL_DERIVED_SD:
        return sqrt(omega[i * K + i]);
    case HBL_DERIVED_CORRELATION:
        return omega[i * K + j] / sqrt(omega[i * K + i] * omega[j * K + j]);
    case HBL_DERIVED_BETA_MEAN:
        return moments_of_level(model, i, mu, omega).mean;
    case HBL_DERIVED_BETA_SD:
        return sqrt(moments_of_level(model, i, mu, omega).variance);
    case HBL_DERIVED_LEVEL:
        for (size_t k = i; k != SIZE_MAX; k = below(model, k))
            sum += mu[k];
        return sum;
    }
    return NAN;
}

void hbl_derived_evaluate(const hbl_model *model, const hbl_derived *list, size_t n,
                          const double *mu, const double *omega, double *value)
{
    for (size_t i = 0; i < n; i++)
        value[i] = value_of(model, &list[i], mu, omega);
}
