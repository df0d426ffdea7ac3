/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The likelihood-ratio test of two runs, 2 (LL_larger - LL_restricted).
 */
#include <stdlib.h>
#include <string.h>

#include "compare/nested.h"
#include "compare/test.h"
#include "core/fail.h"
#include "core/memory.h"

/* The variance of the standard deviations that are new in the larger; NULL without an error where
 * covariances come with several of them. */
static int variance_of(const hbl_excess *excess, const hbl_estimates *large, double **V,
                       hbl_error *error)
{
    const size_t n = excess->n_variances, K = large->n_parameters;

    *V = NULL;
    if (n == 0 || excess->n_shared > 0)
        return HBL_OK;
    *V = hbl_calloc(n * n, sizeof **V, "a test", error);
    if (!*V)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            (*V)[i * n + j] = large->variance[excess->variance[i] * K + excess->variance[j]];
    return HBL_OK;
}

static int add_notes(const hbl_estimates *s, const hbl_estimates *l, hbl_test *test,
                     hbl_error *error)
{
    int status = HBL_OK;

    if (test->statistic < 0)
        status = hbl_test_note(test, error,
                               "The larger model has the lower log-likelihood: %s is not at its "
                               "maximum, or the two are simulated by different draws.",
                               l->directory);
    if (!status && (!s->converged || !l->converged))
        status = hbl_test_note(test, error, "%s has not converged.",
                               s->converged ? l->directory : s->directory);
    if (!status && s->n_draws > 0 && l->n_draws > 0 &&
        (s->n_draws != l->n_draws || strcmp(s->sequence, l->sequence) != 0))
        status = hbl_test_note(test, error,
                               "The two are simulated with different draws (%zu of %s, %zu of %s), "
                               "whose noise is in the statistic.",
                               s->n_draws, s->sequence, l->n_draws, l->sequence);
    if (!status && test->n_variances > 1 && !test->weight)
        status = hbl_test_note(test, error,
                               "Several variances, and covariances with them, are 0 under the "
                               "hypothesis: p lies between %.4g and %.4g (Kodde and Palm 1986), of "
                               "which the larger is told.",
                               test->p_least, test->p);
    return status;
}

static int run(const hbl_tested *small, const hbl_tested *large, const hbl_excess *excess,
               hbl_test *test, hbl_error *error)
{
    const hbl_estimates *s = small->estimates, *l = large->estimates;
    double *V;
    int status;

    test->restricted = hbl_strdup(s->directory, error);
    test->larger = hbl_strdup(l->directory, error);
    if (!test->restricted || !test->larger)
        return HBL_ERR_MEMORY;
    test->log_likelihood_restricted = s->log_likelihood;
    test->log_likelihood_larger = l->log_likelihood;
    test->statistic = 2 * (l->log_likelihood - s->log_likelihood);
    test->n_variances = excess->n_variances;
    test->df = excess->n_free + excess->n_variances;
    status = variance_of(excess, l, &V, error);
    if (!status) {
        hbl_error unwanted = HBL_ERROR_INIT;
        status = hbl_test_weigh(test, V, &unwanted);
        if (status == HBL_ERR_NUMERIC) { /* no standard errors: the bound is what there is */
            free(test->weight);
            test->weight = NULL;
            status = hbl_test_weigh(test, NULL, error);
        } else if (status) {
            hbl_fail(error, unwanted.status, "%s", unwanted.message);
        }
    }
    free(V);
    return status ? status : add_notes(s, l, test, error);
}

static int compare(const hbl_tested *a, const hbl_tested *b, hbl_test *test, hbl_error *error)
{
    hbl_excess forward = {0}, backward = {0};
    bool within = false, around = false;
    int status = hbl_tested_check_same(a, b, error);

    if (!status)
        status = hbl_nested(a, b, &within, &forward, error);
    if (!status && !within)
        status = hbl_nested(b, a, &around, &backward, error);
    if (!status && !within && !around)
        status = hbl_fail(error, HBL_ERR_INPUT,
                          "neither of %s and %s is within the other: each estimates what the other "
                          "does not, or both the same",
                          a->estimates->directory, b->estimates->directory);
    if (!status)
        status = within ? run(a, b, &forward, test, error) : run(b, a, &backward, test, error);
    free(forward.variance);
    free(backward.variance);
    return status;
}

int hbl_test_likelihood_ratio(const char *directory, const char *other, hbl_test **test,
                              hbl_error *error)
{
    hbl_tested a = {.estimates = NULL}, b = {.estimates = NULL};
    int status = hbl_test_alloc("Likelihood-ratio", test, error);

    if (status)
        return status;
    status = hbl_tested_read(directory, &a, error);
    if (!status)
        status = hbl_tested_read(other, &b, error);
    if (!status)
        status = compare(&a, &b, *test, error);
    hbl_tested_clear(&a);
    hbl_tested_clear(&b);
    if (status) {
        hbl_test_free(*test);
        *test = NULL;
    }
    return status;
}
