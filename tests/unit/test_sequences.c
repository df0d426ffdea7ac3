/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Points of every sequence: against scipy 1.10.1 (scipy.stats.qmc), against GSL's generator taken
 * in turn, against a radical inverse written out; stratification; and the normal quantile.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_qrng.h>

#include "hblogit/msl.h"
#include "msl/sequences.h"

static hbl_points prepared(const char *name, size_t dimensions, size_t n_persons, size_t R)
{
    hbl_points points = {.kind = hbl_sequence_find(name, NULL),
                         .dimensions = dimensions,
                         .points = R,
                         .n_persons = n_persons,
                         .drop = 100,
                         .seed = 7};

    assert_non_null(points.kind);
    return points;
}

static double *person(const hbl_points *points, size_t n)
{
    double *u = calloc(points->points * points->dimensions + 1, sizeof *u);

    assert_non_null(u);
    points->kind->person(points, n, u);
    return u;
}

static void near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g instead of %.17g", value, expected);
}

/* scipy.stats.qmc.Halton(4, scramble=False).random(1006), rows 100, 1004 and 1005: person 0's first
 * point, and two in the middle of person 9's. */
static void halton_as_scipy(void **state)
{
    static const double at_100[] = {0.1484375, 0.4115226337448559, 0.032, 0.29154518950437314};
    static const double at_1004[] = {0.2177734375, 0.7919524462734339, 0.8051200000000001,
                                     0.5081216159933362};
    static const double at_1005[] = {0.7177734375, 0.23639689071787837, 0.04512, 0.650978758850479};
    hbl_points points = prepared("halton", 4, 10, 100);
    double *first, *last;

    (void)state;
    assert_int_equal(hbl_points_prepare(&points, NULL), HBL_OK);
    first = person(&points, 0);
    last = person(&points, 9);
    for (size_t k = 0; k < 4; k++) {
        near(first[k], at_100[k], 2e-16);
        near(last[4 * 4 + k], at_1004[k], 2e-16);
        near(last[5 * 4 + k], at_1005[k], 2e-16);
    }
    free(first), free(last);
    hbl_points_clear(&points);
}

static double radical_inverse(uint64_t i, uint64_t prime)
{
    double size = 1, sum = 0;

    for (; i > 0; i /= prime) {
        size /= (double)prime;
        sum += size * (double)(i % prime);
    }
    return sum;
}

/* Without a drop the sequence begins at point 1: point 0 has no quantile. */
static void halton_as_written_out(void **state)
{
    static const uint64_t primes[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
    static const size_t drops[] = {0, 1, 100, 123456};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        hbl_points points = prepared("halton", 12, 4, 2500);
        points.drop = drops[i];
        assert_int_equal(hbl_points_prepare(&points, NULL), HBL_OK);
        for (size_t n = 0; n < 4; n += 3) {
            double *u = person(&points, n);
            for (size_t r = 0; r < 2500; r++)
                for (size_t k = 0; k < 12; k++)
                    near(u[r * 12 + k],
                         radical_inverse((drops[i] ? drops[i] : 1) + n * 2500 + r, primes[k]),
                         1e-15);
            free(u);
        }
        hbl_points_clear(&points);
    }
}

/* A permutation of digits keeps the points of a whole cycle one to each cell. */
static void scrambled_halton_fills_its_cells(void **state)
{
    hbl_points points = prepared("halton", 2, 1, 2 * 2 * 2 * 3 * 3 * 3);
    int cells[8 * 27] = {0};
    double *u, *other;

    (void)state;
    points.scramble = true;
    assert_int_equal(hbl_points_prepare(&points, NULL), HBL_OK);
    u = person(&points, 0);
    for (size_t r = 0; r < points.points; r++) {
        assert_true(u[2 * r] > 0 && u[2 * r] < 1 && u[2 * r + 1] > 0 && u[2 * r + 1] < 1);
        cells[(size_t)(u[2 * r] * 8) * 27 + (size_t)(u[2 * r + 1] * 27)]++;
    }
    for (size_t i = 0; i < points.points; i++)
        assert_int_equal(cells[i], 1);
    hbl_points_clear(&points);
    points.seed = 8;
    assert_int_equal(hbl_points_prepare(&points, NULL), HBL_OK);
    other = person(&points, 0);
    assert_true(other[0] != u[0]);
    free(u), free(other);
    hbl_points_clear(&points);
}

static void sobol_as_gsl(void **state)
{
    hbl_points points = prepared("sobol", 40, 5, 333);
    gsl_qrng *generator = gsl_qrng_alloc(gsl_qrng_sobol, 40);
    double x[40];

    (void)state;
    assert_non_null(generator);
    assert_int_equal(hbl_points_prepare(&points, NULL), HBL_OK);
    for (size_t n = 0; n < 5; n++) {
        double *u = person(&points, n);
        for (size_t r = 0; r < 333; r++) {
            gsl_qrng_get(generator, x);
            for (size_t k = 0; k < 40; k++)
                assert_true(u[r * 40 + k] == x[k]);
        }
        free(u);
    }
    gsl_qrng_free(generator);
    hbl_points_clear(&points);
}

/* scipy.stats.qmc.Sobol(2, scramble=False, bits=30).random(1030): rows 1, 2, 3, 100 and 1023. */
static void sobol_as_scipy(void **state)
{
    static const size_t rows[] = {1, 2, 3, 100, 1023};
    static const double values[][2] = {{0.5, 0.5},
                                       {0.75, 0.25},
                                       {0.25, 0.75},
                                       {0.4140625, 0.2578125},
                                       {0.0009765625, 0.7529296875}};
    hbl_points points = prepared("sobol", 2, 1, 1024);
    double *u;

    (void)state;
    assert_int_equal(hbl_points_prepare(&points, NULL), HBL_OK);
    u = person(&points, 0);
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 2; k++)
            assert_true(u[(rows[i] - 1) * 2 + k] == values[i][k]);
    free(u);
    hbl_points_clear(&points);
}

/* Shifted or not, 2^m points fall one to each of 2^m intervals, and 64 one to each of 8 x 8. */
static void shifted_sobol_is_a_net(void **state)
{
    hbl_points points = prepared("sobol", 2, 3, 64);

    (void)state;
    points.scramble = true;
    assert_int_equal(hbl_points_prepare(&points, NULL), HBL_OK);
    for (size_t n = 0; n < 3; n++) {
        double *u = person(&points, n);
        int cells[64] = {0}, line[64] = {0};
        for (size_t r = 0; r < 64; r++) {
            cells[(size_t)(u[2 * r] * 8) * 8 + (size_t)(u[2 * r + 1] * 8)]++;
            line[(size_t)(u[2 * r] * 64)]++;
        }
        for (size_t i = 0; i < 64; i++) {
            assert_int_equal(cells[i], 1);
            assert_int_equal(line[i], 1);
        }
        free(u);
    }
    hbl_points_clear(&points);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* In each dimension R points a distance of 1 / R apart, in another order and place each time. */
static void mlhs_is_stratified(void **state)
{
    enum { R = 101, K = 5 };
    hbl_points points = prepared("mlhs", K, 2, R);
    double sorted[K][R];

    (void)state;
    assert_int_equal(hbl_points_prepare(&points, NULL), HBL_OK);
    for (size_t n = 0; n < 2; n++) {
        double *u = person(&points, n);
        for (size_t k = 0; k < K; k++) {
            double moved = 0;
            for (size_t r = 0; r < R; r++) {
                sorted[k][r] = u[r * K + k];
                moved += r > 0 && u[r * K + k] < u[(r - 1) * K + k];
            }
            assert_true(moved > 20);
            qsort(sorted[k], R, sizeof(double), ascending);
            for (size_t r = 0; r < R; r++) {
                assert_int_equal((size_t)(sorted[k][r] * R), r);
                near(sorted[k][r] - sorted[k][0], (double)r / R, 1e-14);
            }
        }
        assert_true(sorted[0][0] != sorted[1][0]);
        free(u);
    }
    hbl_points_clear(&points);
}

/* Persons' points are their own; the mean of 20,000 is within 5 standard errors of 1/2. */
static void pseudo_is_uniform(void **state)
{
    hbl_points points = prepared("pseudo", 2, 2, 10000);
    double *a, *b, sum = 0, square = 0;

    (void)state;
    assert_int_equal(hbl_points_prepare(&points, NULL), HBL_OK);
    a = person(&points, 0);
    b = person(&points, 1);
    assert_true(a[0] != b[0] && a[0] != a[1]);
    for (size_t i = 0; i < 20000; i++) {
        sum += a[i];
        square += (a[i] - 0.5) * (a[i] - 0.5);
    }
    near(sum / 20000, 0.5, 5 * sqrt(1.0 / 12 / 20000));
    near(square / 20000, 1.0 / 12, 5 * sqrt(1.0 / 180 / 20000));
    free(a), free(b);
    hbl_points_clear(&points);
}

/* scipy.special.ndtri gives the same to 1e-15; these are scipy.stats.norm.ppf. The way there is a
 * sequence that gives the points wanted. */
static const double quantile_u[] = {1e-300, 1e-20, 1e-8, 0.001, 0.02425, 0.3, 0.425, 0.7, 0.999};
enum { N_QUANTILES = sizeof quantile_u / sizeof quantile_u[0] };

static void given_points(const hbl_points *points, size_t n, double *u)
{
    (void)n;
    memcpy(u, quantile_u, points->points * sizeof *u);
}

static void normals_are_quantiles(void **state)
{
    static const double z[] = {-37.0470962993612,    -9.262340089798409, -5.612001244174789,
                               -3.090232306167813,   -1.972961051311885, -0.5244005127080409,
                               -0.18911842627279252, 0.5244005127080407, 3.090232306167813};
    static const hbl_sequence given = {.name = "given", .person = given_points};
    const hbl_points points = {.kind = &given, .dimensions = 1, .points = N_QUANTILES};
    double u[N_QUANTILES], to[2 * N_QUANTILES];

    (void)state;
    hbl_points_normals(&points, 0, N_QUANTILES, false, u, to);
    for (size_t i = 0; i < N_QUANTILES; i++)
        near(to[i] / z[i], 1, 1e-15);
    assert_int_equal(hbl_points_needed(2 * N_QUANTILES - 1, true), N_QUANTILES);
    hbl_points_normals(&points, 0, 2 * N_QUANTILES - 1, true, u, to);
    for (size_t i = 0; i < N_QUANTILES; i++) {
        near(to[2 * i] / z[i], 1, 1e-15);
        assert_true(i + 1 == N_QUANTILES || to[2 * i + 1] == -to[2 * i]);
    }
}

static void too_many_dimensions(void **state)
{
    hbl_points points = prepared("sobol", 41, 1, 10);
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    assert_int_equal(hbl_points_prepare(&points, &error), HBL_ERR_INPUT);
    assert_non_null(strstr(error.message, "40"));
    assert_non_null(strstr(error.message, "41"));
    hbl_points_clear(&points);
    points = prepared("halton", 101, 1, 10);
    assert_int_equal(hbl_points_prepare(&points, NULL), HBL_ERR_INPUT);
    hbl_points_clear(&points);
    points = prepared("mlhs", 200, 1, 10);
    assert_int_equal(hbl_points_prepare(&points, NULL), HBL_OK);
    hbl_points_clear(&points);
    points = prepared("sobol", 2, 1 << 20, 1 << 11);
    assert_int_equal(hbl_points_prepare(&points, NULL), HBL_ERR_INPUT);
    hbl_points_clear(&points);
}

static void names(void **state)
{
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    assert_string_equal(hbl_sequences[0].name, "halton");
    for (size_t i = 0; hbl_sequences[i].name; i++) {
        assert_string_equal(hbl_sequence_find(hbl_sequences[i].name, NULL)->name,
                            hbl_sequences[i].name);
        assert_true(strlen(hbl_sequences[i].help) > 0);
    }
    assert_null(hbl_sequence_find("sobel", &error));
    assert_non_null(strstr(error.message, "did you mean \"sobol\"?"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(halton_as_scipy),
        cmocka_unit_test(halton_as_written_out),
        cmocka_unit_test(scrambled_halton_fills_its_cells),
        cmocka_unit_test(sobol_as_gsl),
        cmocka_unit_test(sobol_as_scipy),
        cmocka_unit_test(shifted_sobol_is_a_net),
        cmocka_unit_test(mlhs_is_stratified),
        cmocka_unit_test(pseudo_is_uniform),
        cmocka_unit_test(normals_are_quantiles),
        cmocka_unit_test(too_many_dimensions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
