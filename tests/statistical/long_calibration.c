/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Simulation-based calibration of the sampler as shipped (support/calibration.h): every kernel,
 * prior, form of the covariance and distribution that is a distribution (a flat prior of the mean
 * is none, and there is nothing to draw from), and the same with covariates, a scale, and ordered
 * coefficients. Persons have one to three tasks, tasks two or three alternatives, in every
 * configuration.
 *
 * Ranks of each quantity are held against the simultaneous bands for their distribution function.
 * A configuration fails where a probability falls below 1e-4 / 480, so that a false alarm anywhere
 * among at most 480 quantities has probability 1e-4 at most; seeds are fixed. Part of `make
 * check-long`. Environment:
 *
 *     HBLOGIT_REPLICATIONS=2000    replications a configuration, 500 where it is not set
 *     HBLOGIT_CONFIGURATION=hmc    only those whose name contains that
 *     HBLOGIT_CALIBRATION_ALL=1    every quantity's probability
 *
 * The rows it prints are those of the table in tests/statistical/README.md.
 */
#include "support/calibration.h"

static const double alarm_probability = 1e-4, most_quantities = 480;
enum { REPLICATIONS = 500 };
static double quantities;

#define SHIPPED     CALIBRATION_SHIPPED
#define NORMAL      .mixing = {"normal", "normal", "normal"}
#define TWO         .N = 19, .K = 2, .F = 1, NORMAL
#define BLOCKS      .N = 19, .K = 3, .F = 1, .block_of = {0, 1, 0}, NORMAL
#define NONE        .N = 19, .K = 2, .F = 1, .block_of = {0, 1}, NORMAL
#define MEAN_NORMAL .mean = HBL_MEAN_NORMAL
#define HUANG_WAND  .covariance = HBL_COVARIANCE_HUANG_WAND
#define EACH(distribution)                                                                         \
    {                                                                                              \
        distribution, {SHIPPED, .N = 19, .K = 2, .F = 1, .mixing = {distribution, distribution}},  \
            false                                                                                  \
    }

static const calibration_case cases[] = {
    {"default", {SHIPPED, TWO}, false},
    {"default prior", {SHIPPED, .N = 19, .K = 2, NORMAL}, true},
    {"hessian",
     {.kernel = "hessian",
      .interweave = true,
      .over_relaxation = 0.85,
      .precision = HBL_PRECISION_FLOAT,
      TWO},
     false},
    {"random-walk",
     {.kernel = "random-walk",
      .interweave = true,
      .over_relaxation = 0.85,
      .precision = HBL_PRECISION_FLOAT,
      TWO},
     false},
    {"random-walk, centred", {.kernel = "random-walk", TWO}, false},
    {"hmc, centred, double", {.kernel = "hmc", TWO}, false},
    {"inverse-Wishart, diagonal", {SHIPPED, NONE}, false},
    {"inverse-Wishart, blocks", {SHIPPED, BLOCKS}, false},
    {"Huang-Wand", {SHIPPED, HUANG_WAND, TWO}, false},
    {"normal, inverse-Wishart", {SHIPPED, MEAN_NORMAL, TWO}, false},
    {"normal, inverse-Wishart, blocks", {SHIPPED, MEAN_NORMAL, BLOCKS}, false},
    {"normal, Huang-Wand", {SHIPPED, MEAN_NORMAL, HUANG_WAND, TWO}, false},
    {"normal, Huang-Wand, diagonal", {SHIPPED, MEAN_NORMAL, HUANG_WAND, NONE}, false},
    EACH("lognormal"),
    EACH("negative-lognormal"),
    EACH("censored-normal"),
    EACH("johnson-sb"),
    {"three distributions, two fixed",
     {SHIPPED, .N = 19, .K = 3, .F = 2, .mixing = {"lognormal", "censored-normal", "normal"}},
     false},
    {"one random, none fixed", {SHIPPED, .N = 19, .K = 1, NORMAL}, false},
    {"five persons", {SHIPPED, .N = 5, .K = 2, .F = 1, NORMAL}, false},
    {"fixed alone", {SHIPPED, .N = 19, .F = 3}, false},
    {"covariates", {SHIPPED, .Q = 2, TWO}, false},
    {"covariates, default prior", {SHIPPED, .N = 19, .K = 2, .Q = 2, NORMAL}, true},
    {"covariates, scale and held, ordered",
     {SHIPPED, .N = 19, .K = 2, .F = 1, .Q = 2, .S = 1, .held = true, .ordered = true,
      .mixing = {"normal", "lognormal"}},
     false},
};

static size_t replications(void)
{
    const char *wanted = getenv("HBLOGIT_REPLICATIONS");
    const unsigned long n = wanted ? strtoul(wanted, NULL, 10) : 0;
    return n ? n : REPLICATIONS;
}

static void print_row(const calibration_case *c, const calibration_result *r)
{
    printf("| %s | %zu | %zu | %.0f | %.1f %% |", c->name, r->replications, r->n_all, r->sweeps,
           100 * (double)r->short_runs / (double)r->replications);
    for (size_t g = 0; g < CALIBRATION_GROUPS; g++)
        if (r->n[g])
            printf(" %.2f |", r->excursion[g]);
        else
            printf(" |");
    printf(" %.2g |\n", fmin(1, r->least_p * (double)r->n_all));
    fflush(stdout);
}

static void is_calibrated(void **state)
{
    const calibration_case *c = *state;
    const char *wanted = getenv("HBLOGIT_CONFIGURATION");
    calibration_result r;

    if (wanted && !strstr(c->name, wanted))
        return;
    r = calibration_run(c, replications(), (uint64_t)(c - cases) + 1);
    print_row(c, &r);
    assert_int_equal(r.failures, 0);
    quantities += (double)r.n_all;
    assert_true(quantities <= most_quantities);
    if (!(r.least_p > alarm_probability / most_quantities))
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
