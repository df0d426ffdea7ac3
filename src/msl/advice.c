/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What to know of the draws before trusting an estimate that comes of them.
 */
#include <string.h>

#include "core/memory.h"
#include "model/findings.h"
#include "msl/internal.h"

/* Bhat (2001) and Train (2009, ch. 9): neighbouring dimensions of Halton points run in step for the
 * first p1 p2 points of a person or so, and from about the tenth prime on that is many. */
enum { HALTON_SERVES = 10, DRAWS_A_DIMENSION = 50, LEAST_DRAWS = 100 };

static bool is(const hbl_msl *msl, const char *sequence)
{
    return strcmp(msl->settings.sequence, sequence) == 0;
}

static int advise_draws(const hbl_msl *msl, hbl_findings *findings, hbl_error *error)
{
    const size_t K = msl->model->n_random, R = msl->draws.draws;
    const size_t wanted = K * DRAWS_A_DIMENSION > LEAST_DRAWS ? K * DRAWS_A_DIMENSION : LEAST_DRAWS;

    if (K == 0)
        return hbl_findings_add(findings, error, HBL_FINDING_NOTE,
                                "no coefficient is random, so nothing is simulated: the estimate "
                                "is the multinomial logit's");
    if (R >= wanted)
        return HBL_OK;
    return hbl_findings_add(
        findings, error, HBL_FINDING_WARNING,
        "%zu draws a person are few for %zu random coefficients: standard deviations tend to come "
        "out wrong, and another sequence or seed would give other estimates; take some %zu "
        "(msl.draws), and look at the spread that msl.repeats tells",
        R, K, wanted);
}

static int advise_halton(const hbl_msl *msl, hbl_findings *findings, hbl_error *error)
{
    const size_t K = msl->model->n_random;

    if (!is(msl, "halton") || msl->settings.scramble || K <= HALTON_SERVES)
        return HBL_OK;
    return hbl_findings_add(
        findings, error, HBL_FINDING_WARNING,
        "plain Halton points cover %zu dimensions poorly: those of large primes run in step, which "
        "looks like correlation between coefficients; use \"sequence\": \"mlhs\" or \"sobol\", or "
        "\"scramble\": true",
        K);
}

static int advise_sobol(const hbl_msl *msl, hbl_findings *findings, hbl_error *error)
{
    const size_t points = msl->draws.points.points;

    if (!is(msl, "sobol") || msl->model->n_random == 0 || (points & (points - 1)) == 0)
        return HBL_OK;
    return hbl_findings_add(findings, error, HBL_FINDING_NOTE,
                            "Sobol points are balanced in numbers that are powers of 2, and each "
                            "person has %zu",
                            points);
}

int hbl_msl_advice(const hbl_msl *msl, hbl_findings **findings, hbl_error *error)
{
    int status;

    *findings = hbl_calloc(1, sizeof **findings, "findings", error);
    if (!*findings)
        return HBL_ERR_MEMORY;
    status = advise_draws(msl, *findings, error);
    if (!status)
        status = advise_halton(msl, *findings, error);
    if (!status)
        status = advise_sobol(msl, *findings, error);
    if (status) {
        hbl_findings_free(*findings);
        *findings = NULL;
    }
    return status;
}
