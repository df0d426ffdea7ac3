/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exact tests of every kernel by itself (support/exact.h), where Geweke's test sees whole sweeps:
 * the persons' kernels with each distribution, the population's draw and the interweaving with each
 * prior and form of the covariance, and whole sweeps run both ways.
 *
 * Error rates. Ranks of about 30 functions of the state in each of 84 cases, 2,952 in all, are held
 * against the uniform distribution by Neyman's smooth test. A case fails where a probability falls
 * below 1e-4 / 3000, so that a false alarm anywhere has probability 1e-4 at most for other seeds;
 * the seeds are fixed. With 4,000 replications a rank whose mean is off by .028 of the chain's
 * length is found every other time.
 */
#include "support/exact.h"

static const double alarm_probability = 1e-4, most_comparisons = 3000;
enum { REPLICATIONS = 4000 };
static double comparisons;

#define PERSON_STEPPING(kernel_name, c, times, distribution)                                       \
    {                                                                                              \
        "person, " kernel_name ", persistence " #c ", steps times " #times ", " distribution,      \
            EXACT_PERSON,                                                                          \
            {.kernel = kernel_name,                                                                \
             .persistence = c,                                                                     \
             .stretch = times,                                                                     \
             .N = 5,                                                                               \
             .K = 2,                                                                               \
             .F = 1,                                                                               \
             .mixing = {distribution, distribution}},                                              \
    }
#define PERSON(kernel_name, c, distribution) PERSON_STEPPING(kernel_name, c, 1, distribution)

#define PERSONS(kernel_name, c)                                                                    \
    PERSON(kernel_name, c, "normal"), PERSON(kernel_name, c, "lognormal"),                         \
        PERSON(kernel_name, c, "negative-lognormal"), PERSON(kernel_name, c, "censored-normal"),   \
        PERSON(kernel_name, c, "johnson-sb")

#define NORMAL3 .mixing = {"normal", "normal", "normal"}
#define FULL    .K = 2, .block_of = {0, 0}, NORMAL3
#define NONE    .K = 2, .block_of = {0, 1}, NORMAL3
#define BLOCKS  .K = 3, .block_of = {0, 1, 0}, NORMAL3

#define POPULATION(label, rho, ...)                                                                \
    {                                                                                              \
        "population, " label, EXACT_POPULATION,                                                    \
        {                                                                                          \
            .kernel = "hmc", .over_relaxation = rho, .N = 5, __VA_ARGS__                           \
        }                                                                                          \
    }

#define INTERWEAVE(label, ...)                                                                     \
    {                                                                                              \
        "interweave, " label, EXACT_INTERWEAVE,                                                    \
        {                                                                                          \
            .kernel = "hmc", .interweave = true, .over_relaxation = 0.85, .N = 5, .F = 1,          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

#define PRIOR(label, ...)                                                                          \
    POPULATION(label, 0, __VA_ARGS__), POPULATION(label ", over-relaxed", 0.85, __VA_ARGS__),      \
        INTERWEAVE(label, __VA_ARGS__)

#define PRIORS(label, ...)                                                                         \
    PRIOR("conjugate, inverse-Wishart, " label, __VA_ARGS__),                                      \
        PRIOR("normal, inverse-Wishart, " label, .mean = HBL_MEAN_NORMAL, __VA_ARGS__),            \
        PRIOR("conjugate, Huang-Wand, " label, .covariance = HBL_COVARIANCE_HUANG_WAND,            \
              __VA_ARGS__),                                                                        \
        PRIOR("normal, Huang-Wand, " label, .mean = HBL_MEAN_NORMAL,                               \
              .covariance = HBL_COVARIANCE_HUANG_WAND, __VA_ARGS__)

/* covariates of the persons, the scale of utility, a coefficient that is held */
#define PEOPLE .Q = 2, .S = 1, .held = true
#define SLOPES(label, ...)                                                                         \
    {"slopes, " label, EXACT_SLOPES, {.kernel = "hmc", .N = 5, .Q = 2, FULL, __VA_ARGS__}},        \
    {                                                                                              \
        "slopes, blocks, over-relaxed, " label, EXACT_SLOPES,                                      \
        {                                                                                          \
            .kernel = "hmc", .over_relaxation = 0.85, .N = 5, .Q = 2, BLOCKS, __VA_ARGS__          \
        }                                                                                          \
    }

#define SCALES(label, ...)                                                                         \
    {                                                                                              \
        "scales, " label, EXACT_SCALES,                                                            \
        {                                                                                          \
            .kernel = "hmc", .interweave = true, .N = 5, .F = 1,                                   \
            .covariance = HBL_COVARIANCE_HUANG_WAND, __VA_ARGS__                                   \
        }                                                                                          \
    }

#define SWEEP(kernel_name, c, digits)                                                              \
    {                                                                                              \
        "sweep both ways, " kernel_name ", persistence " #c ", " #digits, EXACT_SWEEP,             \
            {.kernel = kernel_name,                                                                \
             .persistence = c,                                                                     \
             .interweave = true,                                                                   \
             .over_relaxation = 0.85,                                                              \
             .precision = HBL_PRECISION_##digits,                                                  \
             .N = 19,                                                                              \
             .K = 2,                                                                               \
             .F = 1,                                                                               \
             .mixing = {"normal", "normal"}},                                                      \
    }

static const exact_case cases[] = {
    PERSONS("hmc", 0.4),
    PERSONS("hessian", 0),
    PERSONS("random-walk", 0),
    PRIORS("full", FULL),
    PRIORS("diagonal", NONE),
    PRIORS("blocks", BLOCKS),
    /* Omega | theta ~ IW(2, .), where over-relaxation lives by its correction. */
    {"population, one person, one coefficient",
     EXACT_POPULATION,
     {.kernel = "hmc", .over_relaxation = 0.85, .K = 1, .N = 1, .heavy = true, NORMAL3}},
    INTERWEAVE("lognormal", .K = 2, .mixing = {"lognormal", "lognormal"}),
    INTERWEAVE("censored-normal", .K = 2, .mixing = {"censored-normal", "censored-normal"}),
    INTERWEAVE("johnson-sb", .K = 2, .mixing = {"johnson-sb", "johnson-sb"}),
    {"fixed coefficients beside random ones",
     EXACT_INTERWEAVE,
     {.kernel = "hmc", .N = 5, .K = 2, .F = 2, .mixing = {"normal", "lognormal"}}},
    {"fixed coefficients alone", EXACT_INTERWEAVE, {.kernel = "hmc", .N = 5, .F = 3}},
    SLOPES("conjugate", .mean = HBL_MEAN_CONJUGATE),
    SLOPES("normal", .mean = HBL_MEAN_NORMAL),
    INTERWEAVE("covariates, scale and held", FULL, PEOPLE),
    INTERWEAVE("covariates, normal, Huang-Wand, lognormal", .K = 2, PEOPLE, .mean = HBL_MEAN_NORMAL,
               .covariance = HBL_COVARIANCE_HUANG_WAND, .mixing = {"lognormal", "normal"}),
    SCALES("full", FULL),
    SCALES("covariates", FULL, .Q = 2),
    SCALES("blocks, normal", BLOCKS, .mean = HBL_MEAN_NORMAL),
    {"fixed coefficients and scale alone",
     EXACT_INTERWEAVE,
     {.kernel = "hmc", .N = 5, .F = 2, .S = 1, .held = true}},
    {"person, hmc, covariates, scale and held",
     EXACT_PERSON,
     {.kernel = "hmc",
      .persistence = 0.4,
      .N = 5,
      .F = 1,
      PEOPLE,
      .K = 2,
      .mixing = {"normal", "lognormal"}}},
    {"population, covariates", EXACT_POPULATION, {.kernel = "hmc", .N = 5, FULL, PEOPLE}},
    {"sweep both ways, covariates, scale and held",
     EXACT_SWEEP,
     {.kernel = "hmc",
      .persistence = 0.4,
      .interweave = true,
      .over_relaxation = 0.85,
      .N = 19,
      .F = 1,
      PEOPLE,
      .K = 2,
      .mixing = {"normal", "normal"}}},
    SWEEP("hmc", 0.4, DOUBLE),
    SWEEP("hmc", 0.4, FLOAT),
    SWEEP("hessian", 0, DOUBLE),
    SWEEP("random-walk", 0, DOUBLE),
    {"sweep both ways, normal, Huang-Wand, blocks, lognormal, johnson-sb and normal",
     EXACT_SWEEP,
     {.kernel = "hmc",
      .persistence = 0.4,
      .interweave = true,
      .over_relaxation = 0.85,
      .mean = HBL_MEAN_NORMAL,
      .covariance = HBL_COVARIANCE_HUANG_WAND,
      .N = 5,
      .K = 3,
      .F = 1,
      .block_of = {0, 1, 0},
      .mixing = {"lognormal", "johnson-sb", "normal"}}},
    /* The momentum drawn anew, and one that lasts. */
    PERSON("hmc", 0, "normal"),
    PERSON("hmc", 0, "lognormal"),
    PERSON("hmc", 0.9, "normal"),
    PERSON("hmc", 0.9, "lognormal"),
    /* Steps at which a third and more of the proposals are rejected, and the momentum turned. */
    PERSON_STEPPING("hmc", 0.4, 1.6, "normal"),
    PERSON_STEPPING("hmc", 0.9, 1.6, "normal"),
    PERSON_STEPPING("hmc", 0.9, 1.6, "lognormal"),
    SWEEP("hmc", 0, DOUBLE),
    SWEEP("hmc", 0.9, DOUBLE),
};

static void ranks_are_uniform(void **state)
{
    const exact_case *c = *state;
    const bool walks = getenv("HBLOGIT_VALGRIND") != NULL; /* under valgrind: through the code */
    const exact_verdict v = exact_test(c, walks ? 5 : REPLICATIONS, 4 + (unsigned)(c - cases));

    print_message("    least of %zu probabilities %.2g (%s), acceptance %.2f\n", v.n, v.least,
                  v.where, v.acceptance);
    comparisons += (double)v.n;
    assert_true(comparisons <= most_comparisons);
    if (!(v.least > alarm_probability / most_comparisons))
        fail_msg("%s: the rank of %s is not uniform, probability %g", c->name, v.where, v.least);
    if (!walks && !(v.acceptance > 0.1))
        fail_msg("%s: the kernel hardly moves, acceptance %g", c->name, v.acceptance);
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N];

    for (size_t i = 0; i < N; i++)
        tests[i] =
            (struct CMUnitTest){cases[i].name, ranks_are_uniform, NULL, NULL, (void *)&cases[i]};
    return cmocka_run_group_tests_name("exact tests", tests, NULL, NULL);
}
