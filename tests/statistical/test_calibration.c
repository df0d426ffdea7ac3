/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small simulation-based calibration of the sampler as shipped (support/calibration.h), for `make
 * check`: few persons with few tasks, whose choices are often separated, so that the pooled fit
 * from which chains start does not exist. tests/statistical/long_calibration.c is the large one.
 *
 * Error rate. A configuration fails where a quantity's probability under the simultaneous bands
 * falls below 1e-4 / 60: a false alarm among the 58 quantities has probability 1e-4 at most for
 * other seeds; the seed is fixed.
 */
#include "support/calibration.h"

static const double alarm_probability = 1e-4, most_quantities = 60;
static double quantities;
enum { REPLICATIONS = 120 };

static const calibration_case cases[] = {
    {"five persons",
     {CALIBRATION_SHIPPED, .N = 5, .K = 2, .F = 1, .mixing = {"normal", "normal"}},
     false},
    {"five persons, normal prior, blocks",
     {CALIBRATION_SHIPPED, .mean = HBL_MEAN_NORMAL, .N = 5, .K = 3, .F = 1, .block_of = {0, 1, 0},
      .mixing = {"normal", "lognormal", "normal"}},
     false},
    {"covariates, scale and held, ordered",
     {CALIBRATION_SHIPPED, .N = 7, .K = 2, .F = 1, .Q = 2, .S = 1, .held = true, .ordered = true,
      .mixing = {"normal", "lognormal"}},
     false},
};

static void is_calibrated(void **state)
{
    const calibration_case *c = *state;
    const bool walks = getenv("HBLOGIT_VALGRIND") != NULL; /* under valgrind: through the code */
    const calibration_result r = calibration_run(c, walks ? 1 : REPLICATIONS, 1);

    print_message("    least of %zu probabilities %.2g, %.0f sweeps, %zu of %zu chains short\n",
                  r.n_all, r.least_p, r.sweeps, r.short_runs, r.replications);
    quantities += (double)r.n_all;
    assert_true(quantities <= most_quantities);
    assert_int_equal(r.failures, 0);
    if (!walks && !(r.least_p > alarm_probability / most_quantities))
        fail_msg("%s: ranks are not uniform, probability %g", c->name, r.least_p);
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N];

    for (size_t i = 0; i < N; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, is_calibrated, NULL, NULL, (void *)&cases[i]};
    return cmocka_run_group_tests_name("calibration", tests, NULL, NULL);
}
