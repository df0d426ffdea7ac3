/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Geweke's joint distribution test (support/geweke.h) of everything with everything: 3 kernels x
 * interweaving x over-relaxation x 3 precisions x 2 priors of the mean x 2 of the covariance x 3
 * forms of it x 6 distributions, 2,592 combinations of about 34 comparisons, each run twice as long
 * as in `make check`. Of 120,000 comparisons about 60, in fewer cases, go on to the second stage by
 * chance, whose limit is |t| <= 5.4 for 30 comparisons; any false alarm has probability 1e-4 at
 * most. Part of `make check-long`: about half an hour of one core.
 */
#include "core/parallel.h"
#include "support/geweke.h"

static const geweke_plan plan = {
    .segments = 1000, .cycles = 100, .independent = 400000, .comparisons = 120000, .seed = 21};

typedef struct {
    const char *name;
    size_t K, block_of[TINY_K];
} form;
static const form forms[] = {
    {"full", 2, {0, 0}}, {"diagonal", 2, {0, 1}}, {"blocks", 3, {0, 1, 0}}};

static const char *const distributions[][TINY_K] = {
    {"normal", "normal", "normal"},
    {"lognormal", "lognormal", "lognormal"},
    {"negative-lognormal", "negative-lognormal", "negative-lognormal"},
    {"censored-normal", "censored-normal", "censored-normal"},
    {"johnson-sb", "johnson-sb", "johnson-sb"},
    {"lognormal", "johnson-sb", "censored-normal"},
};
static const char *const kernels[] = {"hmc", "hessian", "random-walk"};
static const char *const precisions[] = {"double", "mixed", "float"};

enum { MEANS = 2, COVARIANCES = 2, FORMS = 3, DISTRIBUTIONS = 6 };
enum { PRIORS = MEANS * COVARIANCES * FORMS * DISTRIBUTIONS };
enum { KERNELS = 3, PRECISIONS = 3, SAMPLERS = KERNELS * 2 * 2 * PRECISIONS };

static char names[PRIORS][SAMPLERS][160];
static geweke_case cases[PRIORS][SAMPLERS];
static geweke_verdict verdicts[PRIORS][SAMPLERS];

/* The mixed-radix digit of *index; what remains stays in *index. */
static size_t digit(size_t *index, size_t radix)
{
    const size_t d = *index % radix;
    *index /= radix;
    return d;
}

static void make_case(size_t prior, size_t sampler)
{
    size_t p = prior, s = sampler;
    const form *f = &forms[digit(&p, FORMS)];
    const size_t distribution = digit(&p, DISTRIBUTIONS);
    tiny_spec spec = {.N = 5, .K = f->K, .F = 1};

    spec.mean = digit(&p, MEANS) ? HBL_MEAN_NORMAL : HBL_MEAN_CONJUGATE;
    spec.covariance =
        digit(&p, COVARIANCES) ? HBL_COVARIANCE_HUANG_WAND : HBL_COVARIANCE_INVERSE_WISHART;
    memcpy(spec.block_of, f->block_of, sizeof spec.block_of);
    memcpy(spec.mixing, distributions[distribution], sizeof spec.mixing);
    spec.kernel = kernels[digit(&s, KERNELS)];
    spec.interweave = digit(&s, 2);
    spec.over_relaxation = digit(&s, 2) ? 0.85 : 0;
    spec.persistence = 0.4;
    spec.precision = (hbl_precision)digit(&s, PRECISIONS);
    snprintf(names[prior][sampler], sizeof names[prior][sampler],
             "%s, %s, %s, %s, %s, %s%s, over-relaxed %g, %s", spec.kernel,
             spec.mean == HBL_MEAN_NORMAL ? "normal" : "conjugate",
             spec.covariance == HBL_COVARIANCE_HUANG_WAND ? "huang-wand" : "inverse-wishart",
             f->name, spec.mixing[0], spec.mixing[1], spec.interweave ? ", interweaved" : "",
             spec.over_relaxation, precisions[spec.precision]);
    cases[prior][sampler] = (geweke_case){names[prior][sampler], spec};
}

/* A prior with all samplers, which share the draws from it. An error of the library in here ends
 * the program: cmocka cannot leave a thread. */
static void run_prior(void *context, size_t prior, int thread)
{
    (void)context;
    (void)thread;
    for (size_t sampler = 0; sampler < SAMPLERS; sampler++) {
        make_case(prior, sampler);
        verdicts[prior][sampler] = geweke_compare(&cases[prior][sampler], &plan);
    }
}

static void every_combination(void **state)
{
    size_t failures = 0, comparisons = 0, doubted = 0;
    double worst = 0;

    (void)state;
    hbl_parallel_for(hbl_processors(), PRIORS, run_prior, NULL);
    for (size_t prior = 0; prior < PRIORS; prior++)
        for (size_t sampler = 0; sampler < SAMPLERS; sampler++) {
            const geweke_verdict *v = &verdicts[prior][sampler];
            const char *complaint = geweke_complaint(&cases[prior][sampler].spec, v);

            comparisons += v->n;
            worst = fmax(worst, v->worst);
            failures += complaint != NULL;
            doubted += v->doubted > 0;
            if (complaint)
                print_message("    %s: %s; |t| %.2f (%s), drift %g %g, acceptance %.3f\n",
                              names[prior][sampler], complaint, v->worst, v->where, v->drift,
                              v->drift_gradient, v->acceptance);
        }
    print_message(
        "    %zu comparisons, largest |t| that decides %.2f; %zu of %d cases were in doubt\n",
        comparisons, worst, doubted, PRIORS * SAMPLERS);
    assert_true((double)comparisons <= plan.comparisons);
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_combination)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
