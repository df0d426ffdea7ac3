/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Second derivatives and their inverses.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/linalg.h"
#include "core/memory.h"
#include "msl/internal.h"

/* Of a parameter's typical error: the differences are then exact to about 1e-8 (the error is that
 * of third order, relative (step / error)^2 / N) and rounding adds 1e-9. */
static const double difference = 1e-3;

int hbl_msl_hessian(hbl_msl *msl, const double *parameter, const double *scale, double *hessian,
                    hbl_error *error)
{
    const size_t n = msl->n_parameters;
    double *at = hbl_calloc(3 * n, sizeof *at, "the Hessian", error);
    double *up = at ? at + n : NULL, *down = at ? up + n : NULL;
    double unused;
    int status = at ? HBL_OK : HBL_ERR_MEMORY;

    for (size_t i = 0; !status && i < n; i++) {
        memcpy(at, parameter, n * sizeof *at);
        at[i] = parameter[i] + difference * scale[i];
        const double above = at[i];
        status = hbl_msl_evaluate(msl, at, &unused, up, NULL, NULL, error);
        at[i] = parameter[i] - difference * scale[i];
        if (!status)
            status = hbl_msl_evaluate(msl, at, &unused, down, NULL, NULL, error);
        for (size_t j = 0; !status && j < n; j++)
            hessian[i * n + j] = -(up[j] - down[j]) / (above - at[i]);
    }
    free(at);
    for (size_t i = 0; !status && i < n; i++)
        for (size_t j = 0; j < i; j++)
            hessian[i * n + j] = hessian[j * n + i] =
                0.5 * (hessian[i * n + j] + hessian[j * n + i]);
    return status;
}

/* a scaled to a unit diagonal, so that its condition does not depend on units. */
static bool factorise(size_t n, const double *a, double *factor)
{
    const double least_pivot = 1e-11;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            factor[i * n + j] = a[i * n + j] / sqrt(a[i * n + i] * a[j * n + j]);
    if (!hbl_cholesky(n, factor, factor))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!(factor[i * n + i] * factor[i * n + i] > least_pivot))
            return false;
    return true;
}

bool hbl_msl_invert(size_t n, const double *a, double *inverse, double *work)
{
    if (!factorise(n, a, work)) {
        for (size_t i = 0; i < n * n; i++)
            inverse[i] = NAN;
        return false;
    }
    hbl_cholesky_inverse(n, work, inverse);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            inverse[i * n + j] /= sqrt(a[i * n + i] * a[j * n + j]);
    return true;
}
