/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sampler at the edges: persons whose choices are separated, one person, one task, one
 * coefficient, two or two hundred alternatives, columns of other units, twins among the columns,
 * choices that say nothing, utilities beyond where exp overflows. After warm-up and draws the state
 * must be finite, Omega positive definite, what is carried along that of the state, every kernel
 * must move, and chains that began apart must have met. tests/statistical/long_numerics.c has what
 * takes longer.
 *
 * Nothing here has a false alarm by chance beyond R-hat: four chains whose draws are worth some
 * hundreds of independent ones pass 1.05 with a probability far below 1e-6.
 */
#include "support/numerics.h"

static const numerics_case cases[] = {
    {"a usual survey", 100, 8, 3, 3, 1, .warmup = 400, .draws = 500, .rhat = 1.05,
     .least_acceptance = 0.4},
    {"every person separated", 60, 8, 3, 2, 1, .separated = 1, .warmup = 400, .draws = 500,
     .least_acceptance = 0.2},
    {"a third of the persons separated", 60, 8, 3, 2, 1, .separated = 0.34, .warmup = 400,
     .draws = 500, .rhat = 1.05, .least_acceptance = 0.3},
    {"one coefficient", 60, 6, 3, 1, 0, .warmup = 400, .draws = 500, .rhat = 1.05,
     .least_acceptance = 0.4},
    {"one person", 1, 20, 3, 2, 0, .warmup = 400, .draws = 500, .least_acceptance = 0.2},
    {"one task", 200, 1, 3, 2, 0, .warmup = 400, .draws = 2000, .rhat = 1.05,
     .least_acceptance = 0.3},
    {"two alternatives", 60, 8, 2, 2, 1, .warmup = 400, .draws = 500, .rhat = 1.05,
     .least_acceptance = 0.4},
    {"two hundred alternatives", 20, 4, 200, 2, 1, .warmup = 300, .draws = 500, .rhat = 1.1,
     .least_acceptance = 0.4},
    {"columns of 1e6 and 1e-6", 60, 8, 3, 2, 1, .unit = {1e6, 1e-6}, .warmup = 400, .draws = 500,
     .rhat = 1.1, .least_acceptance = 0.2},
    {"columns of 1e-6 and 1e6", 60, 8, 3, 2, 1, .unit = {1e-6, 1e6}, .warmup = 400, .draws = 500,
     .rhat = 1.1, .least_acceptance = 0.2},
    {"twins", 60, 8, 3, 3, 0, .twins = true, .warmup = 400, .draws = 500, .rhat = 1.1,
     .least_acceptance = 0.3},
    {"choices at random", 60, 4, 3, 3, 1, .size = -1, .warmup = 400, .draws = 500, .rhat = 1.05,
     .least_acceptance = 0.3},
    {"utilities to a thousand", 60, 8, 3, 2, 1, .size = 300, .warmup = 400, .draws = 500,
     .least_acceptance = 0.2},
};

static void stays_sane(void **state)
{
    numerics_case c = *(const numerics_case *)*state;

    if (getenv("HBLOGIT_VALGRIND")) { /* through the code */
        c.warmup = c.draws = 20;
        c.rhat = c.least_acceptance = 0;
    }
    numerics_run(&c);
}

/* A state far out, where exp overflows and probabilities underflow: sweeps through there leave it
 * finite and true to itself. */
static void survives_utilities_of(void **state)
{
    const double size = *(const double *)*state;
    const numerics_case c = {"far out", 40, 6, 3, 2, 1, .warmup = 300};
    double theta[80], mu[2] = {size, -size}, omega[4] = {size * size, 0, 0, size * size};
    double alpha[1] = {size}, largest;
    hbl_error error = HBL_ERROR_INIT;
    hbl_chain *chain = NULL;
    numerics_problem q;

    numerics_open(&c, &q);
    if (hbl_chain_alloc(q.hb, 1, 1, &chain, &error) || hbl_chain_start(chain, &error))
        fail_msg("%s", error.message);
    for (size_t i = 0; i < 80; i++)
        theta[i] = i % 4 < 2 ? size : -size;
    assert_int_equal(hbl_chain_set_state(chain, theta, mu, NULL, omega, alpha, NULL, &error),
                     HBL_OK);
    for (int i = 0; i < 40; i++) {
        numerics_assert_state(&q, chain, c.name);
        numerics_sweep(chain, 10, c.name);
    }
    numerics_log_likelihood(&q, chain, &largest);
    print_message("    from %.0f to |utility| %.3g, mu %.3g %.3g, log-likelihood %.4g\n", size,
                  largest, chain->mu[0], chain->mu[1], chain->sums.log_likelihood);
    hbl_chain_free(chain);
    numerics_close(&q);
}

/* Omega of two coefficients correlated to 1 - 1e-12: the sampler works on, and leaves it. */
static void leaves_a_singular_covariance(void **state)
{
    const numerics_case c = {"near singular", 60, 8, 3, 2, 0, .warmup = 300};
    const double omega[4] = {1, 1 - 1e-12, 1 - 1e-12, 1}, mu[2] = {0, 0};
    double theta[120] = {0};
    hbl_error error = HBL_ERROR_INIT;
    hbl_chain *chain = NULL;
    numerics_problem q;

    (void)state;
    numerics_open(&c, &q);
    if (hbl_chain_alloc(q.hb, 1, 1, &chain, &error) || hbl_chain_start(chain, &error))
        fail_msg("%s", error.message);
    assert_int_equal(hbl_chain_set_state(chain, theta, mu, NULL, omega, NULL, NULL, &error),
                     HBL_OK);
    for (int i = 0; i < 30; i++) {
        numerics_assert_state(&q, chain, c.name);
        numerics_sweep(chain, 10, c.name);
    }
    assert_true(fabs(chain->omega[1]) < 0.9 * sqrt(chain->omega[0] * chain->omega[3]));
    hbl_chain_free(chain);
    numerics_close(&q);
}

int main(void)
{
    static double sizes[] = {700, 1e5};
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N + 3];

    for (size_t i = 0; i < N; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, stays_sane, NULL, NULL, (void *)&cases[i]};
    tests[N] = (struct CMUnitTest){"utilities of 700", survives_utilities_of, NULL, NULL, sizes};
    tests[N + 1] =
        (struct CMUnitTest){"utilities of 1e5", survives_utilities_of, NULL, NULL, sizes + 1};
    tests[N + 2] =
        (struct CMUnitTest){"near singular", leaves_a_singular_covariance, NULL, NULL, NULL};
    return cmocka_run_group_tests_name("numerics", tests, NULL, NULL);
}
