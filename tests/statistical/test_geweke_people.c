/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Geweke's joint distribution test (support/geweke.h) of what describes persons: covariates on
 * which the means of theta depend, the scale of utility, and beside them coefficients that are
 * held.
 */
#include "support/geweke.h"
#include "support/geweke_plan.h"

#define CASE(label, kernel_name, moves, ...)                                                       \
    {                                                                                              \
        label,                                                                                     \
            {.kernel = kernel_name,                                                                \
             .interweave = moves,                                                                  \
             .over_relaxation = 0.85,                                                              \
             .persistence = 0.4,                                                                   \
             .K = 2,                                                                               \
             .F = 1,                                                                               \
             __VA_ARGS__},                                                                         \
    }

static const geweke_case cases[] = {
    CASE("hmc, covariates", "hmc", true, .N = 19, .Q = 2, .mixing = {"normal", "normal"}),
    CASE("random-walk, centred, covariates and scale", "random-walk", false, .N = 5, .Q = 2, .S = 1,
         .mixing = {"normal", "normal"}),
    CASE("hessian, covariates, scale and held, normal prior", "hessian", true, .N = 5, .Q = 2,
         .S = 1, .held = true, .mean = HBL_MEAN_NORMAL, .mixing = {"normal", "lognormal"}),
    CASE("hmc, covariates, scale and held, single precision, Huang-Wand, diagonal", "hmc", true,
         .N = 5, .Q = 2, .S = 1, .held = true, .precision = HBL_PRECISION_FLOAT,
         .covariance = HBL_COVARIANCE_HUANG_WAND, .block_of = {0, 1},
         .mixing = {"normal", "normal"}),
    CASE("hmc, scale alone, ordered", "hmc", true, .N = 5, .S = 1, .ordered = true,
         .mixing = {"normal", "lognormal"}),
};

static void joint_distribution(void **state)
{
    geweke_assert(*state, &geweke_check);
}

int main(void)
{
    return geweke_main("people", cases, sizeof cases / sizeof *cases, joint_distribution);
}
