/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/mixture.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "core/fail.h"
#include "core/linalg.h"
#include "core/memory.h"
#include "core/rng.h"

enum { SIMULATIONS = 20000, MOST_ROUNDS = 500 };

double hbl_chi_squared_tail(double x, size_t df)
{
    if (isnan(x))
        return NAN;
    if (df == 0)
        return x > 0 ? 0 : 1;
    return x > 0 ? gsl_cdf_chisq_Q(x, (double)df) : 1;
}

double hbl_mixture_tail(double x, size_t df, size_t n, const double *weight)
{
    double sum = 0;

    for (size_t j = 0; j <= n; j++)
        sum += weight[j] * hbl_chi_squared_tail(x, df - n + j);
    return sum;
}

/* min (z - x)'A(z - x), x >= 0, by coordinate descent, which converges as A is positive definite.
 */
static void project(size_t n, const double *A, const double *z, double *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = fmax(z[i], 0);
    for (int round = 0; round < MOST_ROUNDS; round++) {
        double moved = 0;
        for (size_t i = 0; i < n; i++) {
            double sum = 0, its;
            for (size_t j = 0; j < n; j++)
                sum += j == i ? 0 : A[i * n + j] * (x[j] - z[j]);
            its = fmax(0, z[i] - sum / A[i * n + i]);
            moved = fmax(moved, fabs(its - x[i]) * sqrt(A[i * n + i]));
            x[i] = its;
        }
        if (moved < 1e-10)
            break;
    }
}

double hbl_mixture_distance(size_t n, const double *A, const double *z, double *x)
{
    double sum = 0;

    project(n, A, z, x);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum += (z[i] - x[i]) * A[i * n + j] * (z[j] - x[j]);
    return sum;
}

static size_t count_positive(size_t n, const double *x)
{
    size_t positive = 0;

    for (size_t i = 0; i < n; i++)
        positive += x[i] > 0;
    return positive;
}

static int simulate(size_t n, const double *l, double *weight, hbl_error *error)
{
    double *room = hbl_calloc(n * n + 2 * n, sizeof(double), "the weights of a mixture", error);
    double *A = room, *z = room ? A + n * n : NULL, *x = room ? z + n : NULL;
    hbl_rng rng = hbl_rng_stream(1, 0, HBL_STREAM_SEARCH, 0, 0);

    if (!room)
        return HBL_ERR_MEMORY;
    hbl_cholesky_inverse(n, l, A);
    for (size_t j = 0; j <= n; j++)
        weight[j] = 0;
    for (int s = 0; s < SIMULATIONS; s++) {
        hbl_rng_normals(&rng, n, z);
        hbl_lower_times(n, l, z, z);
        project(n, A, z, x);
        weight[count_positive(n, x)] += 1.0 / SIMULATIONS;
    }
    free(room);
    return HBL_OK;
}

int hbl_mixture_weights(size_t n, const double *V, double *weight, hbl_error *error)
{
    double *l = hbl_calloc(n * n, sizeof(double), "the weights of a mixture", error);
    int status = HBL_OK;

    if (!l)
        return HBL_ERR_MEMORY;
    if (!hbl_cholesky(n, V, l)) {
        status = hbl_fail(error, HBL_ERR_NUMERIC,
                          "the variance of the standard deviations is not positive definite");
    } else if (n < 2) {
        weight[0] = n == 0 ? 1 : 0.5;
        if (n == 1)
            weight[1] = 0.5;
    } else if (n == 2) {
        const double angle = acos(V[1] / sqrt(V[0] * V[3])) / (2 * acos(-1));
        weight[0] = angle;
        weight[1] = 0.5;
        weight[2] = 0.5 - angle;
    } else {
        status = simulate(n, l, weight, error);
    }
    free(l);
    return status;
}
