/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tests of uniform ranks that the statistical tests rest on (tests/support/uniformity.h),
 * against figures by numpy and scipy:
 *
 *     k = np.arange(n + 1)[:, None]; z = np.arange(1, m) / m
 *     tail = 2 * np.minimum(binom.cdf(k, n, z), binom.sf(k - 1, n, z))
 *     c = rng.multinomial(n, np.ones(m) / m, size=400000).cumsum(1)[:, :-1]
 *     exit = (tail[c, np.arange(m - 1)] <= gamma).any(1).mean()
 *     q, _ = np.linalg.qr(np.vander(2 * (np.arange(m) + .5) / m - 1, 5, increasing=True))
 *     smooth = chi2.sf(((np.sqrt(m) * q[:, 1:].T @ counts)**2 / n).sum(), 4)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/uniformity.h"

static const size_t counts[] = {70, 55, 60, 61, 49, 66, 52, 87};
enum { M = sizeof counts / sizeof *counts };

/* Simulated probabilities: within five of their standard errors. */
static void the_bands_are_left_as_often_as_stated(void **state)
{
    static const struct {
        size_t m;
        unsigned n;
        double gamma, probability;
    } golden[] = {{20, 100, 0.01, 0.062555}, {64, 500, 0.002, 0.0310175}, {8, 50, 0.05, 0.1407075}};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const double p = golden[i].probability, error = sqrt(p * (1 - p) / 400000);
        assert_true(fabs(uniformity_exit_probability(golden[i].m, golden[i].n, golden[i].gamma) -
                         p) < 5 * error);
    }
}

static void levels_and_probabilities(void **state)
{
    size_t even[M];

    (void)state;
    assert_true(fabs(uniformity_level(M, counts) - 0.0018837426784884767) < 1e-14);
    assert_true(fabs(uniformity_smooth(M, counts) - 0.016162271594838042) < 1e-14);
    assert_true(uniformity_bands(M, counts) > uniformity_level(M, counts));
    for (size_t i = 0; i < M; i++)
        even[i] = 50;
    assert_true(uniformity_smooth(M, even) > 0.999 && uniformity_bands(M, even) > 0.9);
}

/* Bands that are left with probability .05: an excursion above 1 is a probability below that. */
static void excursions_agree_with_probabilities(void **state)
{
    const double level = uniformity_adjusted_level(M, 500, 0.05);
    size_t shifted[M];

    (void)state;
    assert_true(fabs(uniformity_exit_probability(M, 500, level) - 0.05) < 0.01);
    for (size_t shift = 0; shift < 60; shift++) {
        for (size_t i = 0; i < M; i++)
            shifted[i] = i == 0 ? 150 - shift : i == M - 1 ? 50 + shift : 50;
        assert_int_equal(uniformity_excursion(M, shifted, level) > 1,
                         uniformity_level(M, shifted) <= level * (1 + 1e-9));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bands_are_left_as_often_as_stated),
        cmocka_unit_test(levels_and_probabilities),
        cmocka_unit_test(excursions_agree_with_probabilities),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
