/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "likelihood/newton.h"

#include <math.h>

#include "core/linalg.h"

static const double pivot_tolerance = 1e-11; /* of H scaled to a unit diagonal */

bool hbl_newton_factorise(const double *hessian, size_t n, size_t stride, double ridge,
                          double *scale, double *factor)
{
    for (size_t k = 0; k < n; k++) {
        const double diagonal = hessian[k * stride + k];
        scale[k] = diagonal > 0 ? 1 / sqrt(diagonal) : 1;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            factor[i * n + j] =
                scale[i] * hessian[i * stride + j] * scale[j] + (i == j ? ridge : 0);
    if (!hbl_cholesky(n, factor, factor))
        return false;
    for (size_t k = 0; k < n; k++)
        if (factor[k * n + k] * factor[k * n + k] < pivot_tolerance)
            return false;
    return true;
}

bool hbl_newton_factorise_with_ridge(const double *hessian, size_t n, size_t stride, double *scale,
                                     double *factor, bool *singular)
{
    *singular = !hbl_newton_factorise(hessian, n, stride, 0, scale, factor);
    if (!*singular)
        return true;
    for (double ridge = 1e-8; ridge <= 1; ridge *= 100)
        if (hbl_newton_factorise(hessian, n, stride, ridge, scale, factor))
            return true;
    return false;
}

double hbl_newton_step(size_t n, const double *scale, const double *factor, const double *gradient,
                       double *step)
{
    double decrement = 0;

    for (size_t k = 0; k < n; k++)
        step[k] = scale[k] * gradient[k];
    hbl_lower_solve(n, factor, step, step);
    for (size_t k = 0; k < n; k++)
        decrement += step[k] * step[k];
    hbl_lower_transpose_solve(n, factor, step, step);
    for (size_t k = 0; k < n; k++)
        step[k] *= scale[k];
    return decrement;
}

/* H^-1 = S (S H S)^-1 S */
void hbl_newton_inverse(size_t n, const double *scale, const double *factor, double *inverse)
{
    hbl_cholesky_inverse(n, factor, inverse);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            inverse[i * n + j] *= scale[i] * scale[j];
}
