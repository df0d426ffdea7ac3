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
        if (!hbl_mixings[i]->transform)
            continue;
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
        if (!hbl_mixings[i]->transform)
            continue;
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
        if (!hbl_mixings[i]->transform)
            continue;
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
        if (!hbl_mixings[i]->transform)
            continue;
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
        if (hbl_mixings[i]->transform)
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
    close_to(value(hbl_mixing_find("positive-normal"), 0.0), log(2.0), 1e-15);
    close_to(value(hbl_mixing_find("negative-normal"), 1.0), -1.3132616875182228, 1e-15);
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
    close_to(value(hbl_mixing_find("positive-normal"), -50.0) / exp(-50.0), 1.0, 1e-15);
    close_to(slope_at(hbl_mixing_find("negative-normal"), -50.0) / exp(-50.0), -1.0, 1e-15);
    assert_true(value(hbl_mixing_find("positive-normal"), 800.0) == 800.0);
    assert_true(value(hbl_mixing_find("negative-normal"), 800.0) == -800.0);
}

/* ---- those with a form of their own ---- */

static double mixed(const hbl_mixing *mixing, double m, double s, double z, double *by_m,
                    double *by_s)
{
    double beta;

    mixing->mix(1, &m, s, &z, &beta, by_m, by_s);
    return beta;
}

static const double locations[] = {-9.0, -1.3, 0.2, 1.0, 7.0}, spreads[] = {0.05, 0.4, 1.7};

/* By location and by spread, central differences; and many at once are as one. */
static void mixed_slopes_are_derivatives(void **state)
{
    double by_m, by_s, unused, m[9], z[9], beta[9], many_m[9], many_s[9];

    (void)state;
    for (size_t i = 0; hbl_mixings[i] != NULL; i++)
        for (size_t a = 0; hbl_mixings[i]->mix && a < 5 * 3 * 9; a++) {
            const double at = locations[a / 27], s = spreads[a / 9 % 3], here = (double)(a % 9) - 4;
            const double h = 1e-5 * s;

            mixed(hbl_mixings[i], at, s, here, &by_m, &by_s);
            close_to(by_m,
                     (mixed(hbl_mixings[i], at + h, s, here, &unused, &unused) -
                      mixed(hbl_mixings[i], at - h, s, here, &unused, &unused)) /
                         (2 * h),
                     1e-8);
            close_to(by_s,
                     (mixed(hbl_mixings[i], at, s + h, here, &unused, &unused) -
                      mixed(hbl_mixings[i], at, s - h, here, &unused, &unused)) /
                         (2 * h),
                     1e-8);
            m[a % 9] = at;
            z[a % 9] = here;
            if (a % 9 < 8)
                continue;
            hbl_mixings[i]->mix(9, m, s, z, beta, many_m, many_s);
            assert_true(beta[8] == mixed(hbl_mixings[i], at, s, z[8], &by_m, &by_s));
            assert_true(many_m[8] == by_m && many_s[8] == by_s);
        }
}

/* scipy.stats 1.10.1: triang(c = .5), uniform, expon, at m = 1, s = 2 for the triangular and the
 * uniform (between -1 and 3), location 1 and scale 2 for the exponential. */
static void mixed_as_scipy(void **state)
{
    static const double z[] = {-2.5, -0.1, 0.4, 3.0};
    static const double triangular[] = {-0.7771158987136834, 0.9186915598354437, 1.33969097240381,
                                        2.896080876384369};
    static const double uniform[] = {-0.9751613386968955, 0.840688650891884, 1.6216869664412967,
                                     2.9946004078734796};
    static const double exponential[] = {1.01245805097172, 2.2330100202300525, 3.1308680983791533,
                                         14.2154524430207};
    double unused;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        close_to(mixed(hbl_mixing_find("triangular"), 1, 2, z[i], &unused, &unused), triangular[i],
                 2e-14);
        close_to(mixed(hbl_mixing_find("uniform"), 1, 2, z[i], &unused, &unused), uniform[i],
                 2e-14);
        close_to(mixed(hbl_mixing_find("exponential"), 1, 2, z[i], &unused, &unused),
                 exponential[i], 2e-14);
    }
}

/* mpmath 1.2, 60 digits: the root of Q(x) = Q(z) Phi(m / s), and its differences. Relative accuracy
 * holds far out in the tail. */
static void truncated_as_mpmath(void **state)
{
    static const double cases[][6] = {
        {1, 0.5, 0.3, 1.16143610420408672, 0.94552315808937146, 0.43182589222943052},
        {0.2, 1.5, -1.2, 0.239869302371158734, 0.122590983166698328, 0.143567403825212712},
        {-1, 0.7, 0.8, 0.49725498223879623, 0.247787595258631347, 1.0643465392820394},
        {-6, 1, 0.5, 0.188135819478123938, 0.0289713460942220506, 0.361963896043456242},
        {-6, 1, -3, 0.000219337550173292067, 0.0000347600050850065803, 0.000427897580683331549},
        {-30, 1, 2, 0.125703715145887446, 0.00416347590618450852, 0.250607992331422701},
        {20, 1, -2.5, 17.5, 1.0, -2.5},
        {-500, 2, 1, 0.0147277206217995261, 0.0000294536312168108162, 0.0147272681151024671},
        {-4.1, 1, -1, 0.0398046506796885127, 0.00872422725990063764, 0.075573982445281127},
        {-3.9, 1, -1, 0.041625671392883381, 0.00950188144129414688, 0.0786830090139305539},
    };
    const hbl_mixing *truncated = hbl_mixing_find("truncated-normal");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double *c = cases[i];
        double by_m, by_s, beta = mixed(truncated, c[0], c[1], c[2], &by_m, &by_s);

        close_to(beta / c[3], 1, 1e-11);
        close_to(by_m / c[4], 1, 1e-8);
        close_to(by_s / c[5], 1, 1e-8);
    }
    for (double m = -60; m < 60; m += 0.37)
        for (double z = -8; z < 8; z += 0.41) {
            double by_m, by_s;
            assert_true(mixed(truncated, m, 1, z, &by_m, &by_s) > 0);
            assert_true(by_m >= -1e-9 && by_m <= 1 && isfinite(by_s));
        }
}

static void registry(void **state)
{
    (void)state;
    assert_string_equal(hbl_mixings[0]->name, "normal");
    assert_null(hbl_mixing_find("lognorml"));
    for (size_t i = 0; hbl_mixings[i] != NULL; i++) {
        assert_ptr_equal(hbl_mixing_find(hbl_mixings[i]->name), hbl_mixings[i]);
        assert_true(strlen(hbl_mixings[i]->help) > 0);
        assert_true(!hbl_mixings[i]->mix == !!hbl_mixings[i]->transform);
        assert_true(!hbl_mixings[i]->inverse == !hbl_mixings[i]->transform);
        assert_true(hbl_mixings[i]->has_bounds ==
                    (strcmp(hbl_mixings[i]->name, "johnson-sb") == 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry),
        cmocka_unit_test(slopes_are_derivatives),
        cmocka_unit_test(inverses_invert),
        cmocka_unit_test(inverses_are_finite),
        cmocka_unit_test(many_are_as_one),
        cmocka_unit_test(nan_stays_nan),
        cmocka_unit_test(values_by_hand),
        cmocka_unit_test(extremes),
        cmocka_unit_test(mixed_slopes_are_derivatives),
        cmocka_unit_test(mixed_as_scipy),
        cmocka_unit_test(truncated_as_mpmath),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
