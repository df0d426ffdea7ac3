/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Linear algebra, against numpy on one matrix and against GSL's own routines on random ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/linalg.h"
#include "core/rng.h"

enum { MOST = 65 };

static void assert_all_near(const double *x, const double *expected, size_t n, double tolerance)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs(x[i] - expected[i]) <= tolerance))
            fail_msg("element %zu is %.17g, not %.17g", i, x[i], expected[i]);
}

/* numpy 1.24: linalg.cholesky, linalg.inv, slogdet / 2, and products with and solves by the factor
 * and its transpose. */
static void test_numpy(void **unused)
{
    static const double a[] = {4, 1, .5, -1, 1, 3, .25, .125, .5, .25, 2, .75, -1, .125, .75, 5};
    static const double factor[] = {2.0,
                                    0,
                                    0,
                                    0,
                                    0.5,
                                    1.6583123951777,
                                    0,
                                    0,
                                    0.25,
                                    0.07537783614444091,
                                    1.3898986228564232,
                                    0,
                                    -0.5,
                                    0.22613350843332272,
                                    0.6172785060332938,
                                    2.0779390949575354};
    static const double inverse[] = {
        0.30533441185235644,  -0.09723700455532377,  -0.09323513133807312, 0.07748307718506535,
        -0.09723700455532375, 0.3678317510323982,    -0.01157988845842735, -0.026906211418110604,
        -0.09323513133807312, -0.011579888458427352, 0.5633275150070245,   -0.10285665630720761,
        0.07748307718506534,  -0.0269062114181106,   -0.1028566563072076,  0.23159776916854696};
    static const double x[] = {1, -2, 3, .5};
    static const double times[] = {2, -2.81662479, 4.2689402, 1.93853805};
    static const double transpose_times[] = {1.5, -2.97742453, 4.47833512, 1.03896955};
    static const double solve[] = {0.5, -1.35680105, 2.14207905, -0.12774252};
    static const double transpose_solve[] = {0.63673767, -1.3321106, 2.05156587, 0.24062303};
    double l[16], m[16], y[4];
    (void)unused;

    assert_true(hbl_cholesky(4, a, l));
    assert_all_near(l, factor, 16, 1e-15);
    hbl_cholesky_inverse(4, l, m);
    assert_all_near(m, inverse, 16, 1e-15);
    hbl_lower_times(4, l, x, y);
    assert_all_near(y, times, 4, 1e-8);
    hbl_lower_transpose_times(4, l, x, y);
    assert_all_near(y, transpose_times, 4, 1e-8);
    hbl_lower_solve(4, l, x, y);
    assert_all_near(y, solve, 4, 1e-8);
    hbl_lower_transpose_solve(4, l, x, y);
    assert_all_near(y, transpose_solve, 4, 1e-8);
}

/* a = random matrix times its transpose, plus 1 on the diagonal; x random. */
static void draw_problem(size_t n, double *a, double *x)
{
    hbl_rng rng = hbl_rng_stream(1, 1, HBL_STREAM_START, n, 0);
    double b[MOST * MOST];

    hbl_rng_normals(&rng, n * n, b);
    hbl_rng_normals(&rng, n, x);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            a[i * n + j] = i == j;
            for (size_t k = 0; k < n; k++)
                a[i * n + j] += b[i * n + k] * b[j * n + k];
        }
}

static void assert_product(const double *a, const double *b, size_t n, const double *expected,
                           double tolerance)
{
    double product[MOST * MOST];
    gsl_matrix_const_view x = gsl_matrix_const_view_array(a, n, n);
    gsl_matrix_const_view y = gsl_matrix_const_view_array(b, n, n);
    gsl_matrix_view z = gsl_matrix_view_array(product, n, n);

    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &x.matrix, &y.matrix, 0, &z.matrix);
    assert_all_near(product, expected, n * n, tolerance);
}

static void check_matrices(size_t n)
{
    double a[MOST * MOST], l[MOST * MOST], m[MOST * MOST], unit[MOST * MOST] = {0}, x[MOST];
    const double small = 1e-12 * (double)n, size = 4 * (double)n;

    draw_problem(n, a, x);
    for (size_t i = 0; i < n; i++)
        unit[i * n + i] = 1;
    assert_true(hbl_cholesky(n, a, l));
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            assert_true(l[i * n + j] == 0);
    hbl_lower_square(n, l, m);
    assert_all_near(m, a, n * n, small * size);
    hbl_lower_inverse(n, l, m);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            assert_true(m[i * n + j] == 0);
    assert_product(l, m, n, unit, small * size);
    hbl_cholesky_inverse(n, l, m);
    assert_product(a, m, n, unit, small * size);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            assert_true(m[i * n + j] == m[j * n + i]);
}

typedef void vector_function(size_t n, const double *l, const double *x, double *y);

/* Also with y in the place of x, where every bit must be the same. */
static void check_vector(size_t n, const double *l, const double *x, vector_function *function,
                         int gsl(CBLAS_UPLO_t, CBLAS_TRANSPOSE_t, CBLAS_DIAG_t, const gsl_matrix *,
                                 gsl_vector *),
                         CBLAS_TRANSPOSE_t transpose)
{
    double y[MOST], expected[MOST], in_place[MOST];
    gsl_matrix_const_view view = gsl_matrix_const_view_array(l, n, n);
    gsl_vector_view vector = gsl_vector_view_array(expected, n);

    memcpy(expected, x, n * sizeof *x);
    memcpy(in_place, x, n * sizeof *x);
    gsl(CblasLower, transpose, CblasNonUnit, &view.matrix, &vector.vector);
    memset(y, 255, sizeof y); /* NaN */
    function(n, l, x, y);
    assert_all_near(y, expected, n, 1e-9);
    function(n, l, in_place, in_place);
    assert_memory_equal(y, in_place, n * sizeof *y);
}

static void check_vectors(size_t n)
{
    double a[MOST * MOST], l[MOST * MOST], x[MOST];

    draw_problem(n, a, x);
    assert_true(hbl_cholesky(n, a, l));
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            l[i * n + j] = NAN; /* not to be read */
    check_vector(n, l, x, hbl_lower_times, gsl_blas_dtrmv, CblasNoTrans);
    check_vector(n, l, x, hbl_lower_transpose_times, gsl_blas_dtrmv, CblasTrans);
    check_vector(n, l, x, hbl_lower_solve, gsl_blas_dtrsv, CblasNoTrans);
    check_vector(n, l, x, hbl_lower_transpose_solve, gsl_blas_dtrsv, CblasTrans);
}

static const size_t sizes[] = {1, 2, 3, 4, 5, 6, 7, 10, 21, 24, 25, 40, 65};

static void test_matrices(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check_matrices(sizes[i]);
}

static void test_vectors(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check_vectors(sizes[i]);
}

/* Only the lower triangle counts, and factor and square may take the place of what they read. */
static void test_overlap(void **unused)
{
    double a[MOST * MOST], l[MOST * MOST], m[MOST * MOST], x[MOST];
    (void)unused;

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const size_t n = sizes[s];

        draw_problem(n, a, x);
        assert_true(hbl_cholesky(n, a, l));
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++)
                a[i * n + j] = NAN;
        assert_true(hbl_cholesky(n, a, a));
        assert_memory_equal(a, l, n * n * sizeof *l);
        hbl_lower_square(n, l, m);
        hbl_lower_square(n, a, a);
        assert_memory_equal(a, m, n * n * sizeof *l);
    }
}

/* Refused without a call of GSL's handler, which would abort. */
static void test_not_positive_definite(void **unused)
{
    static const double refused[][4] = {
        {1, 2, 2, 1},     {0, 0, 0, 1},         {-1, 0, 0, 1},        {1, 1, 1, 1},
        {1, 0, NAN, 1},   {NAN, 0, 0, 1},       {1, 0, INFINITY, 1},  {INFINITY, 0, 0, 1},
        {1, 0, 0, -1e-9}, {1e300, 0, 1e308, 1}, {1, 0, -INFINITY, 1}, {1, 0, 0, NAN},
    };
    /* overflow in l_31, then 0 times infinity in l_32 */
    static const double overflowing[] = {1e-320, 0, 0, 0, 1, 0, 1e200, 0, 1};
    double l[9];
    (void)unused;

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(hbl_cholesky(2, refused[i], l));
    assert_false(hbl_cholesky(3, overflowing, l));
    for (size_t n = 3; n <= MOST; n += 31) { /* a negative eigenvalue found at the last row */
        double a[MOST * MOST] = {0}, out[MOST * MOST];
        for (size_t i = 0; i < n; i++)
            a[i * n + i] = i + 1 < n ? 1 : -1;
        assert_false(hbl_cholesky(n, a, out));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_positive_definite), /* first: the handler is as GSL left it */
        cmocka_unit_test(test_numpy),
        cmocka_unit_test(test_matrices),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_overlap),
    };
    return cmocka_run_group_tests_name("linalg", tests, NULL, NULL);
}
