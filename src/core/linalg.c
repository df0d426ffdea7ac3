/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/linalg.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

/* The factorisation is GSL's. The triangular products and solves are loops of our own: at the sizes
 * met here (n = 6 to 65, several times a sweep) GSL's views and cblas take about twice as long.
 * They go along rows, so that memory is read in order; sums are taken in a fixed order. */

static void gsl_quiet(void)
{
    gsl_set_error_handler_off();
}

/* GSL's default handler aborts the process when a matrix is not positive definite. */
static void gsl_quiet_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, gsl_quiet);
}

/* Sum of x_i y_i in four interleaved parts, which the processor adds side by side. */
static double dot(size_t n, const double *x, const double *y)
{
    double a = 0, b = 0, c = 0, d = 0;
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        a += x[i] * y[i];
        b += x[i + 1] * y[i + 1];
        c += x[i + 2] * y[i + 2];
        d += x[i + 3] * y[i + 3];
    }
    for (; i < n; i++)
        a += x[i] * y[i];
    return (a + b) + (c + d);
}

/* y += factor x. */
static void add(size_t n, double factor, const double *x, double *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] += factor * x[i];
}

static void zero_above(size_t n, double *l)
{
    for (size_t i = 0; i < n; i++)
        memset(l + i * n + i + 1, 0, (n - i - 1) * sizeof *l);
}

static void mirror_lower(size_t n, double *a)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            a[j * n + i] = a[i * n + j];
}

static bool lower_is_finite(size_t n, const double *a)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            if (!isfinite(a[i * n + j]))
                return false;
    return true;
}

bool hbl_cholesky(size_t n, const double *a, double *l)
{
    gsl_matrix_view view;

    if (n == 0)
        return true;
    if (!lower_is_finite(n, a))
        return false;
    gsl_quiet_once();
    if (l != a)
        memcpy(l, a, n * n * sizeof *l);
    view = gsl_matrix_view_array(l, n, n);
    if (gsl_linalg_cholesky_decomp1(&view.matrix))
        return false;
    zero_above(n, l);
    return lower_is_finite(n, l);
}

/* Row i of l^-1 is (e_i - sum_{j<i} l_ij row j) / l_ii. */
void hbl_lower_inverse(size_t n, const double *l, double *inverse)
{
    memset(inverse, 0, n * n * sizeof *inverse);
    for (size_t i = 0; i < n; i++) {
        double *row = inverse + i * n;
        const double scale = 1 / l[i * n + i];

        for (size_t j = 0; j < i; j++)
            add(j + 1, -l[i * n + j] * scale, inverse + j * n, row);
        row[i] = scale;
    }
}

/* a_ij = sum_{k<=j} l_ik l_jk for j <= i. From the last row up, so that a may be l. */
void hbl_lower_square(size_t n, const double *l, double *a)
{
    for (size_t i = n; i-- > 0;)
        for (size_t j = i + 1; j-- > 0;)
            a[i * n + j] = dot(j + 1, l + i * n, l + j * n);
    mirror_lower(n, a);
}

/* With w = l^-1, row i of w'w to the left of the diagonal is sum_{k>=i} w_ki (row k of w): it can
 * take the place of row i of w, which no later row needs. */
void hbl_cholesky_inverse(size_t n, const double *l, double *inverse)
{
    hbl_lower_inverse(n, l, inverse);
    for (size_t i = 0; i < n; i++) {
        double *row = inverse + i * n;
        const double w_ii = row[i];

        for (size_t j = 0; j <= i; j++)
            row[j] *= w_ii;
        for (size_t k = i + 1; k < n; k++)
            add(i + 1, inverse[k * n + i], inverse + k * n, row);
    }
    mirror_lower(n, inverse);
}

void hbl_lower_times(size_t n, const double *l, const double *x, double *y)
{
    for (size_t i = n; i-- > 0;)
        y[i] = dot(i + 1, l + i * n, x);
}

void hbl_lower_transpose_times(size_t n, const double *l, const double *x, double *y)
{
    for (size_t i = 0; i < n; i++) {
        const double x_i = x[i];

        add(i, x_i, l + i * n, y);
        y[i] = l[i * n + i] * x_i;
    }
}

void hbl_lower_solve(size_t n, const double *l, const double *x, double *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (x[i] - dot(i, l + i * n, y)) / l[i * n + i];
}

void hbl_lower_transpose_solve(size_t n, const double *l, const double *x, double *y)
{
    if (y != x)
        memcpy(y, x, n * sizeof *y);
    for (size_t i = n; i-- > 0;) {
        y[i] /= l[i * n + i];
        add(i, -y[i], l + i * n, y);
    }
}
