/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Geweke's joint distribution test (support/geweke.h): every kernel with every distribution of
 * random coefficients, and with none.
 */
#include "support/geweke.h"
#include "support/geweke_plan.h"

#define CASE(label, kernel_name, moves, rho, digits, ...)                                          \
    {                                                                                              \
        label,                                                                                     \
            {.kernel = kernel_name,                                                                \
             .interweave = moves,                                                                  \
             .over_relaxation = rho,                                                               \
             .persistence = 0.4,                                                                   \
             .precision = HBL_PRECISION_##digits,                                                  \
             .N = 5,                                                                               \
             __VA_ARGS__},                                                                         \
    }

/* Cases that share a prior stand together: they share the draws from it. */
#define KERNELS(label, ...)                                                                        \
    CASE("hmc, " label, "hmc", true, 0.85, DOUBLE, __VA_ARGS__),                                   \
        CASE("hessian, " label, "hessian", true, 0.85, DOUBLE, __VA_ARGS__),                       \
        CASE("random-walk, " label, "random-walk", true, 0.85, DOUBLE, __VA_ARGS__),               \
        CASE("hmc, centred, " label, "hmc", false, 0, DOUBLE, __VA_ARGS__),                        \
        CASE("hmc, single precision, " label, "hmc", true, 0.85, FLOAT, __VA_ARGS__)

#define TWO(distribution) .K = 2, .F = 1, .mixing = {distribution, distribution}

static const geweke_case cases[] = {
    KERNELS("lognormal", TWO("lognormal")),
    KERNELS("negative-lognormal", TWO("negative-lognormal")),
    KERNELS("censored-normal", TWO("censored-normal")),
    KERNELS("johnson-sb", TWO("johnson-sb")),
    KERNELS("lognormal, censored-normal and normal", .K = 3, .F = 2,
            .mixing = {"lognormal", "censored-normal", "normal"}),
    KERNELS("johnson-sb and negative-lognormal, none fixed", .K = 2, .F = 0,
            .mixing = {"johnson-sb", "negative-lognormal"}),
    CASE("one random coefficient", "hmc", true, 0.85, DOUBLE, .K = 1, .F = 1, .mixing = {"normal"}),
    CASE("fixed coefficients alone", "hmc", true, 0.85, DOUBLE, .K = 0, .F = 3),
    CASE("fixed coefficients alone, mixed precision", "hmc", true, 0.85, MIXED, .K = 0, .F = 3),
    CASE("fixed coefficients alone, single precision", "hmc", true, 0.85, FLOAT, .K = 0, .F = 3),
};

static void joint_distribution(void **state)
{
    geweke_assert(*state, &geweke_check);
}

int main(void)
{
    return geweke_main("distributions", cases, sizeof cases / sizeof *cases, joint_distribution);
}
