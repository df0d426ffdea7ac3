/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The exact test of a kernel (Gandy and Scott 2020, "Unit testing for MCMC and other Monte Carlo
 * methods", arXiv 2001.06465). Draw parameters from the prior and choices given them: the
 * parameters are then a draw from their posterior. Put them at a random place of a chain of
 * EXACT_LENGTH states, run the kernel forwards from there to the end and its reversal backwards to
 * the beginning. If the kernel leaves the posterior invariant the chain is stationary, its states
 * know nothing of the place, and the rank of the true state among them is uniform, for any function
 * of it and whatever the autocorrelation. Nothing is assumed about convergence.
 *
 * A kernel that is reversible with respect to the posterior is its own reversal. Such are:
 *
 *   person      Metropolis-Hastings with frozen steps and shapes; the jitter that persons share is
 *               a mixture of such kernels.
 *   interweave  Metropolis-Hastings in (mu, L, alpha), z_n held; or in alpha alone.
 *   scales      Metropolis-Hastings in (L, lambda), z_n held.
 *   slopes      Delta's innovations, as those of the population.
 *   population  under the conjugate prior: innovations, independent given theta, each moved by a
 *               reversible autoregression or by Metropolis-Hastings on its score.
 *
 * Under the normal prior the step is mu | Omega, then Omega | mu: k1 k2, whose reversal is k2 k1.
 * Calling it twice and putting Omega back the second time gives k1 k2 k1, which is reversible. With
 * Huang and Wand's prior lambda | Omega comes last: a draw of lambda by other code before it makes
 * k3 k1 k2 k1 k3 (mu and lambda are independent given Omega). A whole sweep, person, population,
 * slopes, interweave, scales, has the reversal scales, interweave, slopes, population, person,
 * where each is reversible.
 *
 * A momentum that is kept (hmc) is part of the state, N(0, I) beside the posterior, and the person
 * step is no reversible kernel of (theta, p), but R, then M, then F: R refreshes p, reversible by
 * itself; M is Metropolis-Hastings, proposing the trajectory's end with p turned round; F turns p
 * round, so that p goes on where the proposal is accepted and turns where it is not. Its reversal
 * is F, M, R. The sampler's step gives M by itself: without refreshment (a persistence of 1) it is
 * M F, and F again leaves M. R of the reversal is written here once more. The other steps know
 * nothing of p.
 */
#ifndef TESTS_SUPPORT_EXACT_H
#define TESTS_SUPPORT_EXACT_H

#include "support/geweke_simulators.h"
#include "support/uniformity.h"

enum { EXACT_LENGTH = 8 };

typedef enum {
    EXACT_PERSON,
    EXACT_POPULATION,
    EXACT_SLOPES,
    EXACT_INTERWEAVE,
    EXACT_SCALES,
    EXACT_SWEEP
} exact_kernel;

typedef struct {
    const char *name;
    exact_kernel kernel;
    tiny_spec spec;
} exact_case;

/* ---- one step of a reversible kernel ---- */

static inline void exact_population_step(geweke_simulator *g)
{
    hbl_error error = HBL_ERROR_INIT;
    if (hbl_population_step(g->chain, &error))
        fail_msg("%s", error.message);
}

/* lambda_k | Omega ~ Gamma((df + m) / 2, rate df (Omega^-1)_kk + 1 / A^2) (Huang and Wand 2013),
 * Omega inverted anew. */
static inline void exact_draw_lambda(geweke_simulator *g)
{
    const tiny_problem *tiny = &g->tiny;
    const size_t K = tiny->spec.K;
    double inverse[TINY_K * TINY_K];
    gsl_matrix_view matrix = gsl_matrix_view_array(inverse, K, K);

    memcpy(inverse, g->chain->L, K * K * sizeof *inverse);
    gsl_linalg_cholesky_invert(&matrix.matrix);
    for (size_t k = 0; k < K; k++) {
        double m = 0;
        for (size_t j = 0; j < K; j++)
            m += tiny->spec.block_of[j] == tiny->spec.block_of[k];
        const double df = tiny->prior.df.constant, A = tiny->prior.scale.constant;
        const double rate = df * inverse[k * K + k] + 1 / (A * A);
        g->chain->lambda[k] = gsl_ran_gamma(g->rng, 0.5 * (df + m), 1 / rate);
    }
}

/* mu | Omega, theta alone: the step of the population with everything but mu put back. */
static inline void exact_draw_mean(geweke_simulator *g)
{
    const size_t K = g->tiny.spec.K;
    double L[TINY_K * TINY_K], lambda[TINY_K];

    memcpy(L, g->chain->L, K * K * sizeof *L);
    memcpy(lambda, g->chain->lambda, K * sizeof *lambda);
    g->chain->sweep++;
    exact_population_step(g);
    memcpy(g->chain->L, L, K * K * sizeof *L);
    memcpy(g->chain->lambda, lambda, K * sizeof *lambda);
    hbl_chain_refresh(g->chain);
}

static inline void exact_reversible_population_step(geweke_simulator *g)
{
    if (g->tiny.prior.covariance == HBL_COVARIANCE_HUANG_WAND)
        exact_draw_lambda(g);
    exact_population_step(g);
    if (g->tiny.prior.mean == HBL_MEAN_NORMAL)
        exact_draw_mean(g);
}

static inline void exact_slope_step(geweke_simulator *g)
{
    hbl_error error = HBL_ERROR_INIT;
    if (hbl_slope_step(g->chain, &error))
        fail_msg("%s", error.message);
}

static inline size_t exact_momenta(const geweke_simulator *g)
{
    return g->hb->kernel->keeps_momentum ? g->hb->n_blocks * g->hb->K * HBL_LANES : 0;
}

static inline void exact_turn_momentum(geweke_simulator *g)
{
    for (size_t i = 0; i < exact_momenta(g); i++)
        g->chain->momentum[i] = -g->chain->momentum[i];
}

/* F, then M, then R. */
static inline void exact_person_step_back(geweke_simulator *g)
{
    double *persistence = &g->hb->settings.persistence, c = *persistence;

    exact_turn_momentum(g);
    *persistence = 1;
    hbl_person_step(g->chain);
    *persistence = c;
    exact_turn_momentum(g);
    for (size_t i = 0; i < exact_momenta(g); i++)
        g->chain->momentum[i] =
            c * g->chain->momentum[i] + sqrt(1 - c * c) * gsl_ran_ugaussian(g->rng);
}

static inline void exact_step(geweke_simulator *g, exact_kernel kernel, bool forwards)
{
    g->chain->sweep++; /* keys the random numbers */
    if ((kernel == EXACT_PERSON || kernel == EXACT_SWEEP) && forwards)
        hbl_person_step(g->chain);
    if (kernel == EXACT_SCALES || (kernel == EXACT_SWEEP && !forwards))
        hbl_scale_step(g->chain);
    if (kernel == EXACT_INTERWEAVE || (kernel == EXACT_SWEEP && !forwards))
        hbl_interweave_step(g->chain);
    if (kernel == EXACT_SLOPES || (kernel == EXACT_SWEEP && !forwards))
        exact_slope_step(g);
    if (kernel == EXACT_POPULATION || kernel == EXACT_SWEEP)
        exact_reversible_population_step(g);
    if (kernel == EXACT_SWEEP && forwards)
        exact_slope_step(g);
    if (kernel == EXACT_SWEEP && forwards) {
        hbl_interweave_step(g->chain);
        hbl_scale_step(g->chain);
    }
    if ((kernel == EXACT_PERSON || kernel == EXACT_SWEEP) && !forwards)
        exact_person_step_back(g);
}

/* ---- ranks ---- */

typedef struct {
    size_t below[GEWEKE_FUNCTIONS], same[GEWEKE_FUNCTIONS];
    size_t counts[GEWEKE_FUNCTIONS][EXACT_LENGTH];
} exact_ranks;

/* Of the persons' momenta: means of p_k, p_k^2, and p_k with theta_k. */
static inline void exact_evaluate_momenta(const geweke_simulator *g, geweke_values *v)
{
    const hbl_hb *hb = g->hb;

    for (size_t k = 0; k < hb->K; k++) {
        double p = 0, square = 0, product = 0;
        for (size_t at = 0; at < hb->n_blocks * HBL_LANES; at++) {
            const size_t i = (at / HBL_LANES * hb->K + k) * HBL_LANES + at % HBL_LANES;
            if (hb->person[at] == SIZE_MAX)
                continue;
            p += g->chain->momentum[i];
            square += g->chain->momentum[i] * g->chain->momentum[i];
            product += g->chain->momentum[i] * (g->chain->theta[i] - g->chain->mu[k]);
        }
        geweke_add(v, "p", k, p);
        geweke_add(v, "p^2", k, square);
        geweke_add(v, "p theta", k, product);
    }
}

static inline void exact_evaluate(geweke_simulator *g, exact_kernel kernel, geweke_values *v)
{
    geweke_read_state(g);
    tiny_log_probabilities(&g->tiny, &g->state, g->log_probability);
    geweke_evaluate(&g->tiny, &g->state,
                    tiny_log_likelihood(&g->tiny, g->log_probability, g->state.chosen), v);
    if (exact_momenta(g) > 0 && (kernel == EXACT_PERSON || kernel == EXACT_SWEEP))
        exact_evaluate_momenta(g, v);
}

static inline void exact_run(geweke_simulator *g, exact_kernel kernel, bool forwards, size_t steps,
                             const geweke_values *truth, exact_ranks *ranks)
{
    geweke_values v = {0};

    for (size_t s = 0; s < steps; s++) {
        exact_step(g, kernel, forwards);
        exact_evaluate(g, kernel, &v);
        for (size_t i = 0; i < v.n; i++) {
            const double difference = v.value[i] - truth->value[i];
            const bool same = fabs(difference) <= 1e-12 * fabs(truth->value[i]);
            ranks->same[i] += same;
            ranks->below[i] += !same && difference < 0;
        }
    }
}

/* Back to a state that has been drawn, with its choices, and its momentum. */
static inline void exact_return(geweke_simulator *g, const tiny_state *state,
                                const double *momentum)
{
    hbl_error error = HBL_ERROR_INIT;
    double omega[TINY_K * TINY_K];

    geweke_omega(&g->tiny, state, omega);
    if (hbl_chain_set_state(g->chain, state->theta, state->mu, state->delta, omega, state->alpha,
                            state->lambda, &error))
        fail_msg("%s", error.message);
    memcpy(g->chain->momentum, momentum, exact_momenta(g) * sizeof *momentum);
}

/* One true state and its chain; ranks among equals are drawn by lot. */
static inline void exact_replicate(geweke_simulator *g, exact_kernel kernel, exact_ranks *ranks)
{
    const size_t place = gsl_rng_uniform_int(g->rng, EXACT_LENGTH);
    geweke_values truth = {0};
    tiny_state start;
    double momentum[TINY_K * (TINY_N + HBL_LANES)];

    geweke_place(g);
    exact_evaluate(g, kernel, &truth);
    start = g->state;
    assert_true(exact_momenta(g) <= sizeof momentum / sizeof *momentum);
    memcpy(momentum, g->chain->momentum, exact_momenta(g) * sizeof *momentum);
    memset(ranks->below, 0, sizeof ranks->below);
    memset(ranks->same, 0, sizeof ranks->same);
    exact_run(g, kernel, true, EXACT_LENGTH - 1 - place, &truth, ranks);
    exact_return(g, &start, momentum);
    exact_run(g, kernel, false, place, &truth, ranks);
    for (size_t i = 0; i < truth.n; i++)
        ranks->counts[i][ranks->below[i] + gsl_rng_uniform_int(g->rng, ranks->same[i] + 1)]++;
}

typedef struct {
    double least; /* probability, over the functions */
    char where[sizeof *((geweke_values *)0)->name];
    size_t n;
    double acceptance;
} exact_verdict;

static inline double exact_acceptance(const hbl_chain *chain, exact_kernel kernel)
{
    const hbl_count *count = kernel == EXACT_POPULATION   ? &chain->population_count
                             : kernel == EXACT_INTERWEAVE ? &chain->interweave_count
                             : kernel == EXACT_SCALES     ? &chain->scale_count
                                                          : &chain->person_count;
    return count->tried > 0 ? count->accepted / count->tried : 1;
}

static inline exact_verdict exact_test(const exact_case *c, size_t replications, unsigned seed)
{
    geweke_simulator *g = malloc(sizeof *g);
    exact_ranks *ranks = calloc(1, sizeof *ranks);
    char name[GEWEKE_FUNCTIONS][sizeof *((geweke_values *)0)->name];
    geweke_values v = {.name = name};
    exact_verdict verdict = {.least = 1};

    assert_non_null(g);
    assert_non_null(ranks);
    geweke_open(g, &c->spec, seed);
    g->chain->person_count = g->chain->interweave_count = g->chain->population_count =
        g->chain->scale_count = (hbl_count){0};
    for (size_t at = 0; c->spec.stretch > 0 && at < g->hb->n_blocks * HBL_LANES; at++)
        g->chain->tuning.step[at] *= c->spec.stretch;
    for (size_t r = 0; r < replications; r++)
        exact_replicate(g, c->kernel, ranks);
    exact_evaluate(g, c->kernel, &v);
    verdict.n = v.n;
    for (size_t i = 0; i < v.n; i++) {
        const double p = uniformity_smooth(EXACT_LENGTH, ranks->counts[i]);
        if (!(p >= verdict.least)) {
            verdict.least = p;
            memcpy(verdict.where, name[i], sizeof verdict.where);
        }
    }
    verdict.acceptance = exact_acceptance(g->chain, c->kernel);
    geweke_close(g);
    free(ranks);
    free(g);
    return verdict;
}

#endif
