/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Geweke's joint distribution test (support/geweke.h): every kernel with every prior of mean and
 * covariance that has a total mass, on full, diagonal and blocked covariances; the block {1, 3}
 * among three coefficients does not lie together. (The flat prior of mu is improper: there is
 * nothing to draw from. It is the normal prior's code at precision 0.)
 */
#include "support/geweke.h"
#include "support/geweke_plan.h"

#define FULL   .K = 2, .block_of = {0, 0}
#define NONE   .K = 2, .block_of = {0, 1}
#define BLOCKS .K = 3, .block_of = {0, 1, 0}
#define IW     .covariance = HBL_COVARIANCE_INVERSE_WISHART
#define HW     .covariance = HBL_COVARIANCE_HUANG_WAND
#define CONJ   .mean = HBL_MEAN_CONJUGATE
#define NORMAL .mean = HBL_MEAN_NORMAL

#define CASE(label, kernel_name, moves, rho, ...)                                                  \
    {                                                                                              \
        label,                                                                                     \
            {.kernel = kernel_name,                                                                \
             .interweave = moves,                                                                  \
             .over_relaxation = rho,                                                               \
             .persistence = 0.4,                                                                   \
             .N = 5,                                                                               \
             .F = 1,                                                                               \
             .mixing = {"normal", "normal", "normal"},                                             \
             __VA_ARGS__},                                                                         \
    }

/* Cases that share a prior stand together: they share the draws from it. */
#define PRIOR(label, ...)                                                                          \
    CASE("hmc, " label, "hmc", true, 0.85, __VA_ARGS__),                                           \
        CASE("hessian, " label, "hessian", true, 0.85, __VA_ARGS__),                               \
        CASE("random-walk, " label, "random-walk", true, 0.85, __VA_ARGS__),                       \
        CASE("hmc, centred, " label, "hmc", false, 0, __VA_ARGS__)

static const geweke_case cases[] = {
    PRIOR("conjugate, inverse-Wishart, full", CONJ, IW, FULL),
    PRIOR("conjugate, inverse-Wishart, diagonal", CONJ, IW, NONE),
    PRIOR("conjugate, inverse-Wishart, blocks", CONJ, IW, BLOCKS),
    PRIOR("conjugate, Huang-Wand, full", CONJ, HW, FULL),
    PRIOR("conjugate, Huang-Wand, diagonal", CONJ, HW, NONE),
    PRIOR("conjugate, Huang-Wand, blocks", CONJ, HW, BLOCKS),
    PRIOR("normal, inverse-Wishart, full", NORMAL, IW, FULL),
    PRIOR("normal, inverse-Wishart, diagonal", NORMAL, IW, NONE),
    PRIOR("normal, inverse-Wishart, blocks", NORMAL, IW, BLOCKS),
    PRIOR("normal, Huang-Wand, full", NORMAL, HW, FULL),
    PRIOR("normal, Huang-Wand, diagonal", NORMAL, HW, NONE),
    PRIOR("normal, Huang-Wand, blocks", NORMAL, HW, BLOCKS),
    CASE("hmc, conjugate, inverse-Wishart with K + 3", "hmc", true, 0.85, CONJ, IW, FULL,
         .heavy = true),
    CASE("hmc, normal, Huang-Wand with df 2", "hmc", true, 0.85, NORMAL, HW, FULL, .heavy = true),
};

static void joint_distribution(void **state)
{
    geweke_assert(*state, &geweke_check);
}

int main(void)
{
    return geweke_main("priors", cases, sizeof cases / sizeof *cases, joint_distribution);
}
