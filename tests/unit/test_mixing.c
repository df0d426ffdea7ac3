/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every distribution of the registry, walked: slopes against numerical derivatives, inverses, sign,
 * extremes; and a few values worked by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "hblogit/model.h"

static const double lower = -1.5, upper = 4.0;

static double value(const hbl_mixing *mixing, double theta)
{
    double beta, slope;

    mixing->transform(1, &theta, lower, upper, &beta, &slope);
    return beta;
}

static double slope_at(const hbl_mixing *mixing, double theta)
{
    double beta, slope;

    mixing->transform(1, &theta, lower, upper, &beta, &slope);
    return slope;
}

static void close_to(double got, double wanted, double tolerance)
{
    if (!(fabs(got - wanted) <= tolerance * fmax(1.0, fabs(wanted))))
        fail_msg("%.17g instead of %.17g", got, wanted);
}

static void slopes_are_derivatives(void **state)
{
    const double h = 1e-5;

    (void)state;
    for (size_t i = 0; hbl_mixings[i] != NULL; i++) {
        for (double theta = -6.05; theta < 6.1; theta += 0.1) {
            const double numerical =
                (value(hbl_mixings[i], theta + h) - value(hbl_mixings[i], theta - h)) / (2.0 * h);
            close_to(slope_at(hbl_mixings[i], theta), numerical, 1e-8);
        }
    }
}

static void inverses_invert(void **state)
{
    (void)state;
    for (size_t i = 0; hbl_mixings[i] != NULL; i++) {
        for (double theta = 0.1; theta < 5.0; theta += 0.1) {
            const double beta = value(hbl_mixings[i], theta);

            close_to(hbl_mixings[i]->inverse(beta, lower, upper), theta, 1e-9);
        }
        for (double theta = -5.0; theta < 0.0; theta += 0.1) {
            const double beta = value(hbl_mixings[i], theta);
            const double back = hbl_mixings[i]->inverse(beta, lower, upper);

            close_to(value(hbl_mixings[i], back), beta, 1e-9);
        }
    }
}

static void inverses_are_finite(void **state)
{
    const double betas[] = {0.0,    -0.0,  1.0,   -1.0,     1e-320,    -1e-320, 1e308,
                            -1e308, lower, upper, INFINITY, -INFINITY, NAN};

    (void)state;
    for (size_t i = 0; hbl_mixings[i] != NULL; i++) {
        for (size_t b = 0; b < sizeof betas / sizeof betas[0]; b++)
            assert_true(isfinite(hbl_mixings[i]->inverse(betas[b], lower, upper)));
    }
}

static void many_are_as_one(void **state)
{
    double theta[37], beta[37], slope[37];

    (void)state;
    for (size_t k = 0; k < 37; k++)
        theta[k] = 0.3 * (double)k - 5.0;
    for (size_t i = 0; hbl_mixings[i] != NULL; i++) {
        hbl_mixings[i]->transform(37, theta, lower, upper, beta, slope);
        for (size_t k = 0; k < 37; k++) {
            assert_true(beta[k] == value(hbl_mixings[i], theta[k]));
            assert_true(slope[k] == slope_at(hbl_mixings[i], theta[k]));
        }
    }
}

static void nan_stays_nan(void **state)
{
    (void)state;
    for (size_t i = 0; hbl_mixings[i] != NULL; i++)
        assert_true(isnan(value(hbl_mixings[i], NAN)));
}

static void values_by_hand(void **state)
{
    (void)state;
    close_to(value(hbl_mixing_find("normal"), -2.5), -2.5, 0.0);
    close_to(value(hbl_mixing_find("lognormal"), 1.0), 2.718281828459045, 1e-15);
    close_to(value(hbl_mixing_find("negative-lognormal"), 1.0), -2.718281828459045, 1e-15);
    close_to(value(hbl_mixing_find("censored-normal"), -3.0), 0.0, 0.0);
    close_to(value(hbl_mixing_find("censored-normal"), 3.0), 3.0, 0.0);
    close_to(slope_at(hbl_mixing_find("censored-normal"), -3.0), 0.0, 0.0);
    close_to(value(hbl_mixing_find("johnson-sb"), 0.0), 1.25, 1e-15);
    close_to(slope_at(hbl_mixing_find("johnson-sb"), 0.0), 5.5 / 4.0, 1e-15);
}

/* Far out Johnson's SB comes to its bounds without overflow, and keeps a relative slope. */
static void extremes(void **state)
{
    const hbl_mixing *sb = hbl_mixing_find("johnson-sb");

    (void)state;
    assert_true(value(sb, 1e6) == upper);
    assert_true(value(sb, -1e6) == lower);
    close_to(slope_at(sb, 100.0) / exp(-100.0), 5.5, 1e-12);
    close_to(slope_at(sb, -100.0) / exp(-100.0), 5.5, 1e-12);
    assert_true(isinf(value(hbl_mixing_find("lognormal"), 800.0)));
    assert_true(isinf(value(hbl_mixing_find("negative-lognormal"), 800.0)));
    assert_true(value(hbl_mixing_find("lognormal"), -800.0) == 0.0);
}

static void registry(void **state)
{
    (void)state;
    assert_string_equal(hbl_mixings[0]->name, "normal");
    assert_null(hbl_mixing_find("lognorml"));
    for (size_t i = 0; hbl_mixings[i] != NULL; i++) {
        assert_ptr_equal(hbl_mixing_find(hbl_mixings[i]->name), hbl_mixings[i]);
        assert_true(strlen(hbl_mixings[i]->help) > 0);
        assert_true(hbl_mixings[i]->has_bounds ==
                    (strcmp(hbl_mixings[i]->name, "johnson-sb") == 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry),        cmocka_unit_test(slopes_are_derivatives),
        cmocka_unit_test(inverses_invert), cmocka_unit_test(inverses_are_finite),
        cmocka_unit_test(many_are_as_one), cmocka_unit_test(nan_stays_nan),
        cmocka_unit_test(values_by_hand),  cmocka_unit_test(extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
