/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * By the eigenvectors of the scaled B, S^-1 B S^-1 = V diag(e) V' (n is small): with c = V' S^-1 g,
 *
 *     S p = -V (c_i / (e_i + lambda)),   lambda >= max(0, -min e),
 *
 * lambda 0 where the Newton step is within the region, and otherwise such that |S p| = radius,
 * found by bisection of ln lambda (More and Sorensen 1983). In the hard case, where c has no part
 * along the lowest eigenvector, the step stays short of the radius, which does no harm.
 */
#include "msl/region.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "core/fail.h"
#include "core/memory.h"

struct hbl_region {
    size_t n;
    gsl_eigen_symmv_workspace *solver;
    gsl_matrix *matrix, *vectors;
    gsl_vector *values;
    double *scale, *along; /* along: c */
    double lowest;
};

int hbl_region_alloc(size_t n, hbl_region **region, hbl_error *error)
{
    hbl_region *r = hbl_calloc(1, sizeof *r, "the optimiser", error);

    *region = r;
    if (!r)
        return HBL_ERR_MEMORY;
    gsl_set_error_handler_off(); /* its default handler ends the process */
    r->n = n;
    r->solver = gsl_eigen_symmv_alloc(n);
    r->matrix = gsl_matrix_alloc(n, n);
    r->vectors = gsl_matrix_alloc(n, n);
    r->values = gsl_vector_alloc(n);
    r->scale = hbl_calloc(n, sizeof *r->scale, "the optimiser", error);
    r->along = hbl_calloc(n, sizeof *r->along, "the optimiser", error);
    if (!r->solver || !r->matrix || !r->vectors || !r->values || !r->scale || !r->along) {
        hbl_region_free(r);
        *region = NULL;
        return hbl_fail_memory(error, "the optimiser");
    }
    return HBL_OK;
}

void hbl_region_free(hbl_region *region)
{
    if (!region)
        return;
    gsl_eigen_symmv_free(region->solver);
    gsl_matrix_free(region->matrix);
    gsl_matrix_free(region->vectors);
    gsl_vector_free(region->values);
    free(region->scale);
    free(region->along);
    free(region);
}

bool hbl_region_set(hbl_region *r, const double *g, const double *B, const double *scale)
{
    bool finite = true;

    for (size_t i = 0; i < r->n; i++) {
        finite = finite && isfinite(g[i]) && isfinite(scale[i]) && scale[i] > 0;
        r->scale[i] = scale[i];
        for (size_t j = 0; j < r->n; j++) {
            const double b = B[i * r->n + j] / (scale[i] * scale[j]);
            finite = finite && isfinite(b);
            gsl_matrix_set(r->matrix, i, j, b);
        }
    }
    if (!finite || gsl_eigen_symmv(r->matrix, r->values, r->vectors, r->solver))
        return false;
    r->lowest = INFINITY;
    for (size_t i = 0; i < r->n; i++) {
        r->along[i] = 0;
        for (size_t j = 0; j < r->n; j++)
            r->along[i] += gsl_matrix_get(r->vectors, j, i) * g[j] / scale[j];
        r->lowest = fmin(r->lowest, gsl_vector_get(r->values, i));
    }
    return true;
}

double hbl_region_decrement(const hbl_region *r)
{
    double sum = 0;

    if (!(r->lowest > 0))
        return INFINITY;
    for (size_t i = 0; i < r->n; i++)
        sum += r->along[i] * r->along[i] / gsl_vector_get(r->values, i);
    return sum;
}

static double length(const hbl_region *r, double lambda)
{
    double sum = 0;

    for (size_t i = 0; i < r->n; i++) {
        const double part = r->along[i] / (gsl_vector_get(r->values, i) + lambda);
        sum += r->along[i] == 0 ? 0 : part * part;
    }
    return sqrt(sum);
}

double hbl_region_newton_length(const hbl_region *r)
{
    return r->lowest > 0 ? length(r, 0) : INFINITY;
}

/* lambda with |S p| = radius, or the least that is allowed. */
static double shift(const hbl_region *r, double radius)
{
    const double least = fmax(0, -r->lowest), unit = fmax(1e-12, fabs(r->lowest));
    double low = 1e-10 * unit, high = unit;

    if (r->lowest > 0 && length(r, 0) <= radius)
        return 0;
    while (length(r, least + high) > radius)
        high *= 4;
    for (int i = 0; i < 100 && high > low * (1 + 1e-6); i++) {
        const double middle = sqrt(low * high);
        if (length(r, least + middle) > radius)
            low = middle;
        else
            high = middle;
    }
    return least + high;
}

double hbl_region_step(hbl_region *r, double radius, double *step, double *predicted)
{
    const double lambda = shift(r, radius);

    for (size_t i = 0; i < r->n; i++)
        step[i] = 0;
    *predicted = 0;
    for (size_t i = 0; i < r->n; i++) {
        const double e = gsl_vector_get(r->values, i), c = r->along[i];
        const double part = c == 0 ? 0 : -c / (e + lambda);

        *predicted -= part * (c + 0.5 * e * part);
        for (size_t j = 0; j < r->n; j++)
            step[j] += part * gsl_matrix_get(r->vectors, j, i) / r->scale[j];
    }
    return length(r, lambda);
}
