/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Wald test: W = (Rb - q)'(R V R')^-1 (Rb - q).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/hypothesis.h"
#include "compare/test.h"
#include "core/fail.h"
#include "core/linalg.h"
#include "core/memory.h"

typedef struct {
    const hbl_estimates *e;
    size_t n, m;        /* parameters; hypotheses */
    const char **name;  /* n */
    double *R, *q;      /* m x n; m */
    double *difference; /* m: Rb - q */
    double *V, *l;      /* m x m: R V R' and its factor */
    double *solved;     /* m */
    bool *variance;     /* m: "sd.x = 0" */
    double *memory;
} wald;

static int alloc_wald(wald *w, hbl_error *error)
{
    const size_t n = w->n, m = w->m;
    double *next;

    w->name = hbl_calloc(n, sizeof *w->name, "a test", error);
    w->variance = hbl_calloc(m, sizeof *w->variance, "a test", error);
    w->memory = next = hbl_calloc(m * n + 3 * m + 2 * m * m, sizeof(double), "a test", error);
    if (!w->name || !w->variance || !next)
        return HBL_ERR_MEMORY;
    w->R = next;
    w->q = w->R + m * n;
    w->difference = w->q + m;
    w->solved = w->difference + m;
    w->V = w->solved + m;
    w->l = w->V + m * m;
    for (size_t i = 0; i < n; i++)
        w->name[i] = w->e->row[i].name;
    return HBL_OK;
}

static void free_wald(wald *w)
{
    free(w->name);
    free(w->variance);
    free(w->memory);
}

/* A standard deviation alone, at 0. */
static bool is_variance(const wald *w, size_t h)
{
    const hbl_estimate *only = NULL;
    size_t terms = 0;

    for (size_t i = 0; i < w->n; i++)
        if (w->R[h * w->n + i] != 0) {
            only = &w->e->row[i];
            terms++;
        }
    return terms == 1 && w->q[h] == 0 && only->parameter[0] == 'L' &&
           strncmp(only->name, "sd.", 3) == 0;
}

static void evaluate(wald *w)
{
    const size_t n = w->n, m = w->m;

    for (size_t g = 0; g < m; g++) {
        w->difference[g] = -w->q[g];
        for (size_t i = 0; i < n; i++)
            w->difference[g] += w->R[g * n + i] * w->e->row[i].estimate;
        for (size_t h = 0; h < m; h++) {
            double sum = 0;
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++)
                    if (w->R[g * n + i] != 0 && w->R[h * n + j] != 0)
                        sum += w->R[g * n + i] * w->e->variance[i * n + j] * w->R[h * n + j];
            w->V[g * m + h] = sum;
        }
    }
}

/* The factor of R V R' with its rows in proportion, where a pivot tells of dependent hypotheses. */
static int factorise(wald *w, hbl_error *error)
{
    const size_t m = w->m;
    bool regular = true;

    for (size_t g = 0; g < m; g++)
        regular = regular && isfinite(w->V[g * m + g]) && w->V[g * m + g] > 0;
    if (!regular)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: the estimates that the hypotheses name have no standard errors",
                        w->e->directory);
    regular = hbl_cholesky(m, w->V, w->l);
    for (size_t g = 0; regular && g < m; g++)
        regular = w->l[g * m + g] > 1e-7 * sqrt(w->V[g * m + g]);
    if (!regular)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "the hypotheses follow from one another, or contradict one another; leave "
                        "out those that say nothing new");
    return HBL_OK;
}

static int set_lines(const wald *w, const char *const *hypothesis, hbl_test *test, hbl_error *error)
{
    test->line = hbl_calloc(w->m, sizeof *test->line, "a test", error);
    if (!test->line)
        return HBL_ERR_MEMORY;
    for (size_t h = 0; h < w->m; h++) {
        test->line[h].text = hbl_strdup(hypothesis[h], error);
        if (!test->line[h].text)
            return HBL_ERR_MEMORY;
        test->line[h].estimate = w->difference[h];
        test->line[h].standard_error = sqrt(w->V[h * w->m + h]);
        test->n_lines++;
    }
    return HBL_OK;
}

/* The variances' part of R V R'. */
static int weigh(const wald *w, hbl_test *test, hbl_error *error)
{
    double *V = hbl_calloc(w->m * w->m, sizeof(double), "a test", error);
    size_t to = 0;
    int status;

    if (!V)
        return HBL_ERR_MEMORY;
    for (size_t g = 0; g < w->m; g++)
        for (size_t h = 0; h < w->m; h++)
            if (w->variance[g] && w->variance[h])
                V[to++] = w->V[g * w->m + h];
    status = hbl_test_weigh(test, V, error);
    free(V);
    if (!status && test->n_variances > 0)
        status =
            hbl_test_note(test, error,
                          "Where a standard deviation is 0 the likelihood-ratio test is more to "
                          "be trusted than Wald's: fit the model without it and give that run "
                          "as --against.");
    return status;
}

static int run(wald *w, const char *const *hypothesis, hbl_test *test, hbl_error *error)
{
    int status = alloc_wald(w, error);

    for (size_t h = 0; !status && h < w->m; h++) {
        status = hbl_hypothesis_parse(hypothesis[h], w->name, w->n, w->R + h * w->n, &w->q[h], NULL,
                                      error);
        w->variance[h] = !status && is_variance(w, h);
        test->n_variances += w->variance[h];
    }
    if (status)
        return status;
    evaluate(w);
    status = factorise(w, error);
    if (status)
        return status;
    hbl_lower_solve(w->m, w->l, w->difference, w->solved);
    for (size_t h = 0; h < w->m; h++)
        test->statistic += w->solved[h] * w->solved[h];
    test->df = w->m;
    status = set_lines(w, hypothesis, test, error);
    return status ? status : weigh(w, test, error);
}

int hbl_test_wald(const hbl_estimates *e, const char *const *hypothesis, size_t n, hbl_test **test,
                  hbl_error *error)
{
    wald w = {.e = e, .n = e->n_parameters, .m = n};
    int status = hbl_test_alloc("Wald", test, error);

    if (status)
        return status;
    status = run(&w, hypothesis, *test, error);
    free_wald(&w);
    if (status) {
        hbl_test_free(*test);
        *test = NULL;
    }
    return status;
}
