/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The draws that the joint distribution tests hold the sampler against (support/tiny.h), against
 * closed forms: what the documents call inverse-Wishart and Huang-Wand is what is drawn.
 *
 * Frequencies in 200,000 draws; a difference of 4.9 standard errors has probability 1e-6, a false
 * alarm among these comparisons less than 2e-5. The seed is fixed, and nothing depends on the
 * machine.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>

#include "support/tiny.h"

enum { DRAWS = 200000 };

typedef bool event(const tiny_problem *tiny, const tiny_state *state);

static void assert_frequency(const tiny_spec *spec, event *happens, double probability)
{
    static tiny_problem tiny;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    tiny_state state = {0};
    size_t count = 0;

    gsl_rng_set(rng, 5);
    assert_int_equal(tiny_build(spec, &tiny, NULL), HBL_OK);
    for (size_t i = 0; i < DRAWS; i++) {
        tiny_draw_prior(&tiny, rng, &state);
        count += happens(&tiny, &state);
    }
    hbl_model_free(tiny.model);
    gsl_rng_free(rng);
    if (!(fabs((double)count / DRAWS - probability) <
          4.9 * sqrt(probability * (1 - probability) / DRAWS)))
        fail_msg("frequency %g, probability %g", (double)count / DRAWS, probability);
}

/* Omega_22 of a full block. */
static double variance(const tiny_state *state)
{
    return state->L[2] * state->L[2] + state->L[3] * state->L[3];
}

static bool sd_below_scale(const tiny_problem *tiny, const tiny_state *state)
{
    return sqrt(variance(state)) < tiny->prior.scale.constant;
}

static bool correlation_below_half(const tiny_problem *tiny, const tiny_state *state)
{
    (void)tiny;
    return fabs(state->L[2]) < 0.5 * sqrt(variance(state));
}

static bool variance_below_half(const tiny_problem *tiny, const tiny_state *state)
{
    (void)tiny;
    return variance(state) < 0.5;
}

/* mu and theta_n about the mean's location. */
static bool mu_above(const tiny_problem *tiny, const tiny_state *state)
{
    return state->mu[1] > tiny->prior.mean_location + 0.5;
}

static bool z_below_one(const tiny_problem *tiny, const tiny_state *state)
{
    (void)tiny;
    return fabs(state->theta[0] - state->mu[0]) < state->L[0];
}

/* Standard deviations half-t with df degrees of freedom and scale A; correlations uniform on
 * (-1, 1) at df 2 (Huang and Wand 2013). */
static void huang_wand(void **state)
{
    tiny_spec spec = {.covariance = HBL_COVARIANCE_HUANG_WAND,
                      .N = 2,
                      .K = 2,
                      .F = 1,
                      .mixing = {"normal", "normal"}};

    (void)state;
    assert_frequency(&spec, sd_below_scale, 1 - 2 * gsl_cdf_tdist_Q(1, 4));
    spec.heavy = true;
    assert_frequency(&spec, sd_below_scale, 1 - 2 * gsl_cdf_tdist_Q(1, 2));
    assert_frequency(&spec, correlation_below_half, 0.5);
    spec.block_of[1] = 1;
    assert_frequency(&spec, sd_below_scale, 1 - 2 * gsl_cdf_tdist_Q(1, 2));
}

/* Omega_kk of IW(df, scale I) is scale / chi^2(df - m + 1): here df 5 or 8, scale 5 or 3, m 2; and
 * of a block of one, df 5 and scale 2. */
static void inverse_wishart(void **state)
{
    tiny_spec spec = {.covariance = HBL_COVARIANCE_INVERSE_WISHART,
                      .N = 2,
                      .K = 2,
                      .F = 1,
                      .mixing = {"normal", "normal"}};

    (void)state;
    assert_frequency(&spec, variance_below_half, gsl_cdf_chisq_Q(3 / 0.5, 7));
    spec.heavy = true;
    assert_frequency(&spec, variance_below_half, gsl_cdf_chisq_Q(5 / 0.5, 4));
    spec.heavy = false;
    spec.block_of[1] = 1;
    assert_frequency(&spec, variance_below_half, gsl_cdf_chisq_Q(2 / 0.5, 5));
}

/* Conjugate: (mu - b) / sqrt(Omega_kk / a) normal with Omega_kk inverse gamma is t: with df 8 and
 * m 2, mu - b = sqrt(scale / (7 a)) t_7. Normal: N(b, 1/2). */
static void means(void **state)
{
    tiny_spec spec = {.N = 2, .K = 2, .F = 1, .mixing = {"normal", "normal"}};

    (void)state;
    assert_frequency(&spec, mu_above, gsl_cdf_tdist_Q(0.5 / sqrt(3 / (7 * 1.5)), 7));
    assert_frequency(&spec, z_below_one, 1 - 2 * gsl_cdf_ugaussian_Q(1));
    spec.mean = HBL_MEAN_NORMAL;
    assert_frequency(&spec, mu_above, gsl_cdf_ugaussian_Q(0.5 * sqrt(2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(huang_wand),
        cmocka_unit_test(inverse_wishart),
        cmocka_unit_test(means),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
