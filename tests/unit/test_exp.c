/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The exponential function of many numbers, against libm's in long double.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/exp.h"

enum { N = 100003 };

static uint64_t generator = 11;

static double number(void)
{
    generator = generator * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(generator >> 11) * 0x1p-52 - 1;
}

static void test_error_is_small(void **state)
{
    static const double sizes[] = {1e-3, 1, 20, 100, 700, 708};
    double *x = malloc(N * sizeof *x), *y = malloc(N * sizeof *y);

    (void)state;
    assert_non_null(x);
    assert_non_null(y);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (size_t i = 0; i < N; i++)
            x[i] = sizes[s] * number();
        hbl_exp(N, x, y);
        for (size_t i = 0; i < N; i++) {
            const long double wanted = expl(x[i]);
            if (fabsl(y[i] - wanted) > 3e-16L * wanted)
                fail_msg("exp(%.17g) = %.17g, wanted %.17Lg", x[i], y[i], wanted);
        }
    }
    free(x), free(y);
}

static void test_limits(void **state)
{
    const double x[] = {709.78, 709.79,    1e300, INFINITY, -745.13, -745.14,
                        -1e300, -INFINITY, 0,     -0.0,     1e-300,  -720.5};
    enum { LIMITS = sizeof x / sizeof *x };
    double y[LIMITS];

    (void)state;
    hbl_exp(LIMITS, x, y);
    for (size_t i = 0; i < LIMITS; i++) {
        const double wanted = exp(x[i]), least = 0x1p-1074;
        if (!(y[i] == wanted || fabs(y[i] - wanted) <= 3e-16 * wanted + (wanted > 0) * least))
            fail_msg("exp(%g) = %.17g, wanted %.17g", x[i], y[i], wanted);
    }
    hbl_exp(1, &(double){NAN}, y);
    assert_true(isnan(y[0]));
}

/* However many there are, wherever one stands, and where the result replaces the argument. */
static void test_place_does_not_matter(void **state)
{
    double x[40], y[40], one;

    (void)state;
    for (size_t i = 0; i < 40; i++)
        x[i] = 5 * number();
    for (size_t n = 0; n <= 40; n++) {
        memset(y, 0, sizeof y);
        hbl_exp(n, x, y);
        for (size_t i = 0; i < 40; i++) {
            hbl_exp(1, x + i, &one);
            assert_true(y[i] == (i < n ? one : 0));
        }
    }
    memcpy(y, x, sizeof y);
    hbl_exp(40, y, y);
    for (size_t i = 0; i < 40; i++) {
        hbl_exp(1, x + i, &one);
        assert_true(y[i] == one);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_is_small),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_place_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
