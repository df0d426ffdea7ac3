/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The joint distribution test (Geweke 2004, "Getting it right", JASA 99). Parameters and choices
 * have one joint distribution, and two ways lead to it:
 *
 *     marginal-conditional:   parameters from the prior, choices given them; independent draws
 *                             (support/tiny.h, no code of the sampler);
 *     successive-conditional: sweeps of the sampler given choices, then choices given parameters,
 *                             and so on. The sampler leaves every posterior invariant if and only
 *                             if this chain has the joint distribution as its own.
 *
 * Means of test functions (support/geweke_functions.h) under the two are compared.
 *
 * The chain adapts in a warm-up of its own, in which choices already change, so that it learns
 * shapes for the whole joint distribution. With everything frozen it is then put, again and again,
 * at a draw from the joint distribution, where it is stationary and must stay so: segments that are
 * independent of one another however slowly the chain mixes (under Huang and Wand's prior it sticks
 * near Omega = 0 for thousands of sweeps). Each cycle is GEWEKE_SWEEPS sweeps, so that what one
 * sweep leaves for the next (log-likelihoods, gradients, sums) is tested too; test functions look
 * at the parameters together with the choices that the sweeps were conditional on.
 *
 * Error rates. A difference over its standard error, from the means of the segments, is under the
 * null t with one degree of freedom less than there are segments, nearly: some functions are
 * skewed. Thousands of them reach 3.5 now and then by chance, and then in every build: seeds are
 * fixed, so that the draws from the prior, the choices and the sampler's own numbers are nearly the
 * same on all instruction sets and with all compilers. Therefore a case goes through two stages:
 *
 *     largest |t| at most geweke_doubt:    nothing found;
 *     between:                             GEWEKE_MORE times as many new segments of the same
 *                                          chain, against new independent draws, decide alone;
 *     largest |t| at least geweke_certain: the joint distribution is another.
 *
 * The stages are independent. With p the probability that one |t| passes geweke_doubt, a case of n
 * comparisons raises a false alarm with probability n p n q at most, q that of one |t| in the
 * second stage; q is such that this adds up to geweke_alarm over all comparisons of a set of tests.
 * Standard errors are .01 to .026 standard deviations of a function at the lengths of `make check`,
 * so that a mean that is off by .035 to .09 standard deviations is found every other time, and one
 * twice that always; the second stage, whose standard errors are half as long, loses almost none.
 *
 * Beside that, what the chain carries along (log-likelihood, gradients, |z|^2) must be that of its
 * state to rounding, nothing tuned may change after warm-up, and every kernel must move: faults
 * that shift the distribution too little, or a sampler that is right because it stands still. Lanes
 * of padding must stay near mu: those that drift away overflow in the end, and a proposal that is
 * finite for all persons is refused.
 */
#ifndef TESTS_SUPPORT_GEWEKE_H
#define TESTS_SUPPORT_GEWEKE_H

#include <gsl/gsl_cdf.h>

#include "support/geweke_simulators.h"

enum { GEWEKE_MORE = 4 };
static const double geweke_doubt = 3.5, geweke_certain = 10;
static const double geweke_alarm = 1e-4; /* probability of any false alarm, over the set of tests */

typedef struct {
    const char *name;
    tiny_spec spec;
} geweke_case;

/* Lengths, and how many comparisons the set of tests makes at most. */
typedef struct {
    size_t segments;
    size_t cycles;      /* a segment */
    size_t independent; /* draws of the marginal-conditional simulator */
    double comparisons;
    unsigned seed; /* HBLOGIT_GEWEKE_SEED: another */
} geweke_plan;

/* Under valgrind, where a second is a minute, the code is only walked through. */
static inline bool geweke_walks(void)
{
    return getenv("HBLOGIT_VALGRIND") != NULL;
}

/* ---- the comparison ---- */

static inline unsigned geweke_seed(const geweke_plan *plan)
{
    const char *other = getenv("HBLOGIT_GEWEKE_SEED");
    return other ? (unsigned)strtoul(other, NULL, 10) : plan->seed;
}

/* What |t| may be in the second stage of a case of n comparisons. */
static inline double geweke_limit(const geweke_plan *plan, size_t n)
{
    const double first = (double)plan->segments - 1;
    const double second = (double)(GEWEKE_MORE * plan->segments) - 1;
    const double p = 2 * gsl_cdf_tdist_Q(geweke_doubt, first);

    return gsl_cdf_tdist_Qinv(0.5 * geweke_alarm / (plan->comparisons * p * (double)n), second);
}

static inline bool geweke_same_prior(const tiny_spec *a, const tiny_spec *b)
{
    bool same = a->mean == b->mean && a->covariance == b->covariance && a->N == b->N &&
                a->K == b->K && a->F == b->F && a->heavy == b->heavy && a->Q == b->Q &&
                a->S == b->S && a->held == b->held;
    for (size_t k = 0; same && k < a->K; k++)
        same = strcmp(a->mixing[k], b->mixing[k]) == 0 && a->block_of[k] == b->block_of[k];
    return same;
}

static inline void geweke_independent(const tiny_problem *tiny, size_t draws, unsigned seed,
                                      geweke_moments *moments)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

    gsl_rng_set(rng, seed);
    geweke_marginal(tiny, geweke_walks() ? 100 : draws, rng, moments);
    gsl_rng_free(rng);
}

/* The marginal-conditional means, taken once for cases in a row that share the prior. */
static inline const geweke_moments *geweke_expected(const tiny_problem *tiny,
                                                    const geweke_plan *plan)
{
    static _Thread_local geweke_moments kept;
    static _Thread_local tiny_spec spec;
    static _Thread_local bool known;

    if (!known || !geweke_same_prior(&spec, &tiny->spec)) {
        geweke_independent(tiny, plan->independent, geweke_seed(plan) + 1000003, &kept);
        spec = tiny->spec;
        known = true;
    }
    return &kept;
}

typedef struct {
    double worst, limit; /* largest |t|, and what it may be */
    char where[48];
    double doubted; /* the first stage's, where there was a second; or 0 */
    size_t n;
    double drift, drift_gradient, stray;
    double acceptance; /* least, over the kernels */
    bool adapts;       /* something was tuned after warm-up */
} geweke_verdict;

static inline double geweke_least_acceptance(const hbl_chain *chain)
{
    hbl_kernel_report report[8];
    const size_t n = hbl_chain_kernels(chain, report, sizeof report / sizeof *report);
    double least = 1;

    for (size_t i = 0; i < n; i++)
        least = fmin(least, report[i].acceptance);
    return least;
}

static inline void geweke_judge(const geweke_values *v, const geweke_moments *expected,
                                const geweke_moments *segments, geweke_verdict *verdict)
{
    const bool all = getenv("HBLOGIT_GEWEKE_ALL") != NULL;

    verdict->worst = 0;
    for (size_t i = 0; i < v->n; i++) {
        const double t =
            (segments->mean[i] - expected->mean[i]) /
            sqrt(geweke_error_squared(segments, i) + geweke_error_squared(expected, i));
        if (!(fabs(t) <= verdict->worst)) {
            verdict->worst = fabs(t);
            memcpy(verdict->where, v->name[i], sizeof verdict->where);
        }
        if (all)
            print_message("    %-20s %12.6f %12.6f  t %6.2f\n", v->name[i], expected->mean[i],
                          segments->mean[i], t);
    }
}

static inline void geweke_run(geweke_simulator *g, const geweke_plan *plan, size_t segments,
                              const geweke_moments *expected, geweke_verdict *verdict)
{
    char name[GEWEKE_FUNCTIONS][48];
    geweke_values v = {0};
    geweke_moments means = {0};

    for (size_t s = 0; s < (geweke_walks() ? 2 : segments); s++)
        geweke_segment(g, plan->cycles, &v, &means);
    v.name = name;
    geweke_evaluate(&g->tiny, &g->state, 0, &v);
    geweke_judge(&v, expected, &means, verdict);
    verdict->n = v.n;
}

static inline void geweke_second_stage(geweke_simulator *g, const geweke_plan *plan,
                                       geweke_verdict *verdict)
{
    geweke_moments expected;

    verdict->doubted = verdict->worst;
    verdict->limit = geweke_limit(plan, verdict->n);
    geweke_independent(&g->tiny, GEWEKE_MORE * plan->independent, geweke_seed(plan) + 2000003,
                       &expected);
    geweke_run(g, plan, GEWEKE_MORE * plan->segments, &expected, verdict);
}

static inline geweke_verdict geweke_compare(const geweke_case *c, const geweke_plan *plan)
{
    geweke_simulator *g = malloc(sizeof *g);
    geweke_verdict verdict = {.limit = geweke_certain};
    uint64_t tuning;

    assert_non_null(g);
    geweke_open(g, &c->spec, geweke_seed(plan));
    tuning = geweke_tuning(g->chain);
    geweke_run(g, plan, plan->segments, geweke_expected(&g->tiny, plan), &verdict);
    if (!geweke_walks() && verdict.worst > geweke_doubt && verdict.worst < geweke_certain)
        geweke_second_stage(g, plan, &verdict);
    verdict.drift = g->drift;
    verdict.drift_gradient = g->drift_gradient;
    verdict.stray = g->stray;
    verdict.adapts = geweke_tuning(g->chain) != tuning;
    verdict.acceptance = geweke_least_acceptance(g->chain);
    geweke_close(g);
    free(g);
    return verdict;
}

/* A log-likelihood or gradient in float is right to about 1e-6 a task. */
static inline double geweke_drift_allowed(bool in_float)
{
    return in_float ? 1e-4 : 1e-8;
}

/* Padding is put at mu in every sweep; the sweep's last moves may take it from there. Left alone it
 * passes 1e20 within a case. */
static const double geweke_stray_allowed = 1e8;

/* What is wrong, or NULL. A kernel that stands still is always right, and proves nothing. */
static inline const char *geweke_complaint(const tiny_spec *spec, const geweke_verdict *v)
{
    if (!(v->drift <= geweke_drift_allowed(spec->precision == HBL_PRECISION_FLOAT)))
        return "the chain's own log-likelihood or |z|^2 is not that of its state";
    if (!(v->drift_gradient <= geweke_drift_allowed(spec->precision != HBL_PRECISION_DOUBLE)))
        return "the chain's own gradients are not those of its state";
    if (!(v->stray <= geweke_stray_allowed))
        return "lanes of padding drift away from mu";
    if (v->adapts)
        return "something still adapts after warm-up";
    if (!geweke_walks() && !(v->worst <= v->limit))
        return "the joint distribution is another";
    if (!geweke_walks() && !(v->acceptance >= 0.1))
        return "a kernel hardly moves";
    return NULL;
}

static inline void geweke_assert(const geweke_case *c, const geweke_plan *plan)
{
    const geweke_verdict v = geweke_compare(c, plan);
    const char *complaint = geweke_complaint(&c->spec, &v);

    if (v.doubted > 0)
        print_message("    in doubt: |t| %.2f; %d times as many segments decide\n", v.doubted,
                      GEWEKE_MORE);
    print_message("    largest of %zu |t| %.2f (%s), less than %.2f; drift %.1g, %.1g; acceptance "
                  "%.2f\n",
                  v.n, v.worst, v.where, v.doubted > 0 ? v.limit : geweke_doubt, v.drift,
                  v.drift_gradient, v.acceptance);
    if (complaint)
        fail_msg("%s: %s", c->name, complaint);
}

/* ---- a program of cases ---- */

static inline int geweke_main(const char *program, const geweke_case *cases, size_t n,
                              CMUnitTestFunction function)
{
    struct CMUnitTest *tests = calloc(n, sizeof *tests);
    int failed;

    if (!tests)
        return EXIT_FAILURE;
    for (size_t i = 0; i < n; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, function, NULL, NULL, (void *)&cases[i]};
    failed = _cmocka_run_group_tests(program, tests, n, NULL, NULL);
    free(tests);
    return failed;
}

#endif
