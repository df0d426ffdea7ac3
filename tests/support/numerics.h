/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Choice problems at the edges of what arithmetic and sampler must bear: simulated here, sampled
 * through the public interface, and the chain's state looked at from outside.
 */
#ifndef TESTS_SUPPORT_NUMERICS_H
#define TESTS_SUPPORT_NUMERICS_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "core/linalg.h"
#include "hb/chain.h"
#include "hblogit/diagnose.h"

/* N persons, T tasks of J alternatives each, K random and F fixed coefficients. */
typedef struct {
    const char *name;
    size_t N, T, J, K, F;
    double unit[2];   /* of the first column and of all others; 0: 1 */
    double size;      /* standard deviation of true coefficients; 0: 1, negative: none at all */
    double separated; /* share of persons that always choose the best on the first attribute */
    bool twins;       /* the first two columns differ by 1e-4 of their spread */
    size_t warmup, draws;
    double rhat; /* largest R-hat of mu and Omega over four chains; 0: one chain */
    double least_acceptance;
} numerics_case;

typedef struct {
    hbl_panel panel;
    size_t *person_task, *task_row, *task_chosen;
    double *x;
    hbl_model *model;
    hbl_hb_settings settings;
    hbl_hb *hb;
} numerics_problem;

/* ---- the problem ---- */

static inline double numerics_unit(const numerics_case *c, size_t p)
{
    const double unit = c->unit[p ? 1 : 0];
    return unit > 0 ? unit : 1;
}

static inline void numerics_draw_columns(const numerics_case *c, gsl_rng *rng, numerics_problem *q)
{
    const size_t P = c->K + c->F;

    for (size_t r = 0; r < q->panel.n_rows; r++) {
        for (size_t p = 0; p < P; p++)
            q->x[r * P + p] = numerics_unit(c, p) * (3 * gsl_rng_uniform(rng) - 1.5);
        if (c->twins)
            q->x[r * P + 1] = q->x[r * P] + 1e-4 * (gsl_rng_uniform(rng) - 0.5);
    }
}

/* Coefficients N(1/2, size^2) an attribute's unit, extreme-value errors, the greatest utility. */
static inline void numerics_choose(const numerics_case *c, size_t n, gsl_rng *rng,
                                   numerics_problem *q)
{
    const size_t P = c->K + c->F;
    const double size = c->size > 0 ? c->size : c->size < 0 ? 0 : 1;
    const bool separated = (double)n < c->separated * (double)c->N;
    double *beta = calloc(P, sizeof *beta);

    for (size_t p = 0; p < P; p++)
        beta[p] = (c->size < 0 ? 0 : 0.5 + (p < c->K ? size * gsl_ran_ugaussian(rng) : 0)) /
                  numerics_unit(c, p);
    for (size_t t = n * c->T; t < (n + 1) * c->T; t++) {
        double greatest = -INFINITY;
        for (size_t r = t * c->J; r < (t + 1) * c->J; r++) {
            double u = gsl_ran_gumbel1(rng, 1, 1);
            for (size_t p = 0; p < P; p++)
                u += q->x[r * P + p] * beta[p];
            if (separated)
                u = q->x[r * P];
            if (u > greatest) {
                greatest = u;
                q->task_chosen[t] = r;
            }
        }
    }
    free(beta);
}

static inline void numerics_open(const numerics_case *c, numerics_problem *q)
{
    const size_t P = c->K + c->F, tasks = c->N * c->T, rows = tasks * c->J;
    const char **name = calloc(P, sizeof *name);
    const hbl_mixing **mixing = calloc(P, sizeof *mixing);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    hbl_error error = HBL_ERROR_INIT;

    memset(q, 0, sizeof *q);
    q->person_task = calloc(c->N + 1, sizeof *q->person_task);
    q->task_row = calloc(tasks + 1, sizeof *q->task_row);
    q->task_chosen = calloc(tasks, sizeof *q->task_chosen);
    q->x = calloc(rows * P, sizeof *q->x);
    assert_true(name && mixing && q->person_task && q->task_row && q->task_chosen && q->x);
    for (size_t n = 0; n <= c->N; n++)
        q->person_task[n] = n * c->T;
    for (size_t t = 0; t <= tasks; t++)
        q->task_row[t] = t * c->J;
    q->panel = (hbl_panel){.n_persons = c->N,
                           .n_tasks = tasks,
                           .n_rows = rows,
                           .person_task = q->person_task,
                           .task_row = q->task_row,
                           .task_chosen = q->task_chosen};
    for (size_t p = 0; p < P; p++) {
        name[p] = "x";
        mixing[p] = hbl_mixings[0];
    }
    gsl_rng_set(rng, 11);
    numerics_draw_columns(c, rng, q);
    for (size_t n = 0; n < c->N; n++)
        numerics_choose(c, n, rng, q);
    gsl_rng_free(rng);
    if (hbl_model_from_parts(
            &q->panel,
            &(hbl_model_parts){
                .n_random = c->K, .n_fixed = c->F, .name = name, .x = q->x, .mixing = mixing},
            &q->model, &error))
        fail_msg("%s", error.message);
    free(name);
    free(mixing);
    assert_int_equal(hbl_hb_settings_default(&q->settings, NULL), HBL_OK);
    q->settings.prior.fixed_precision = 0.01;
    if (c->warmup)
        q->settings.warmup = (int64_t)c->warmup;
    if (hbl_hb_alloc(q->model, &q->settings, 1, &q->hb, &error))
        fail_msg("%s", error.message);
}

static inline void numerics_close(numerics_problem *q)
{
    hbl_hb_free(q->hb);
    hbl_model_free(q->model);
    hbl_hb_settings_clear(&q->settings);
    free(q->person_task);
    free(q->task_row);
    free(q->task_chosen);
    free(q->x);
}

/* ---- the state, from outside ---- */

/* Log-likelihood by log-sum-exp in double; *largest: the greatest |utility|. */
static inline double numerics_log_likelihood(const numerics_problem *q, const hbl_chain *chain,
                                             double *largest)
{
    const size_t K = q->model->n_random, P = q->model->n_columns, J = q->task_row[1];
    double *beta = calloc(q->panel.n_persons * K + 1, sizeof *beta), *v = calloc(J, sizeof *v);
    double total = 0;

    assert_true(beta && v);
    hbl_chain_beta(chain, beta);
    *largest = 0;
    for (size_t n = 0; n < q->panel.n_persons; n++)
        for (size_t t = q->person_task[n]; t < q->person_task[n + 1]; t++) {
            double greatest = -INFINITY, sum = 0;
            for (size_t j = 0; j < J; j++) {
                const double *x = q->x + (t * J + j) * P;
                v[j] = 0;
                for (size_t p = 0; p < P; p++)
                    v[j] += x[p] * (p < K ? beta[n * K + p] : chain->alpha[p - K]);
                greatest = fmax(greatest, v[j]);
                *largest = fmax(*largest, fabs(v[j]));
            }
            for (size_t j = 0; j < J; j++)
                sum += exp(v[j] - greatest);
            total += v[q->task_chosen[t] - t * J] - greatest - log(sum);
        }
    free(beta);
    free(v);
    return total;
}

/* sum_n |L^-1 (theta_n - mu)|^2 */
static inline double numerics_sum_z2(const hbl_chain *chain)
{
    const size_t K = chain->hb->K, N = chain->hb->N;
    double *theta = calloc(N * K + 1, sizeof *theta), total = 0;

    assert_non_null(theta);
    hbl_chain_theta(chain, theta);
    for (size_t n = 0; n < N && K; n++) {
        double *z = theta + n * K;
        for (size_t k = 0; k < K; k++)
            z[k] -= chain->mu[k];
        hbl_lower_solve(K, chain->L, z, z);
        for (size_t k = 0; k < K; k++)
            total += z[k] * z[k];
    }
    free(theta);
    return total;
}

/* What of the state is not finite, or NULL. */
static inline const char *numerics_not_finite(const hbl_chain *chain)
{
    const hbl_hb *hb = chain->hb;
    const size_t lanes = hb->n_blocks * HBL_LANES;
    const struct {
        const char *name;
        const double *array;
        size_t n;
    } part[] = {{"mu", chain->mu, hb->K},
                {"L", chain->L, hb->K * hb->K},
                {"Omega", chain->omega, hb->K * hb->K},
                {"its inverse", chain->precision, hb->K * hb->K},
                {"alpha", chain->alpha, hb->F},
                {"theta", chain->theta, hb->K * lanes},
                {"a gradient", chain->gradient, hb->P * lanes},
                {"a log-likelihood", chain->log_likelihood, lanes},
                {"a step", chain->tuning.step, lanes}};

    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        for (size_t e = 0; e < part[i].n; e++)
            if (!isfinite(part[i].array[e]))
                return part[i].name;
    return NULL;
}

/* All that must hold of any state: finite, Omega positive definite, and what the chain carries
 * along that of its state. A log-likelihood in float is right to a few 2^-24 of the utilities a
 * task. */
static inline void numerics_assert_state(const numerics_problem *q, const hbl_chain *chain,
                                         const char *name)
{
    const size_t K = chain->hb->K;
    const char *not_finite = numerics_not_finite(chain);
    double *factor = calloc(K * K + 1, sizeof *factor), largest;
    const double fresh = numerics_log_likelihood(q, chain, &largest);
    const double z2 = numerics_sum_z2(chain);
    const double digits = q->settings.precision == HBL_PRECISION_FLOAT ? 1e-6 : 1e-13;
    const double allowed = digits * (double)q->panel.n_tasks * (1 + largest);

    if (not_finite)
        fail_msg("%s: %s is not finite", name, not_finite);
    assert_non_null(factor);
    if (K && !hbl_cholesky(K, chain->omega, factor))
        fail_msg("%s: Omega is not positive definite", name);
    free(factor);
    if (!(fabs(chain->sums.log_likelihood - fresh) <= allowed))
        fail_msg("%s: the log-likelihood carried along, %.10g, is not that of the state, %.10g",
                 name, chain->sums.log_likelihood, fresh);
    if (!(fabs(chain->sum_z2 - z2) <= 1e-6 * (1 + z2)))
        fail_msg("%s: |z|^2 carried along, %.10g, is not that of the state, %.10g", name,
                 chain->sum_z2, z2);
}

/* ---- a run ---- */

static inline void numerics_sweep(hbl_chain *chain, size_t sweeps, const char *name)
{
    hbl_error error = HBL_ERROR_INIT;

    for (size_t s = 0; s < sweeps; s++)
        if (hbl_chain_sweep(chain, &error))
            fail_msg("%s: %s", name, error.message);
}

static inline double numerics_acceptance(const hbl_chain *chain, const char **where)
{
    hbl_kernel_report report[8];
    const size_t n = hbl_chain_kernels(chain, report, sizeof report / sizeof *report);
    double least = 1;

    for (size_t i = 0; i < n; i++)
        if (!(report[i].acceptance >= least)) {
            least = report[i].acceptance;
            *where = report[i].name;
        }
    return least;
}

/* Draws of mu and of Omega's diagonal, [parameter][chain][draw], times the columns' units. */
static inline void numerics_keep(const numerics_case *c, const hbl_chain *chain, size_t number,
                                 size_t n_chains, size_t i, double *draw)
{
    for (size_t k = 0; k < c->K; k++) {
        const double unit = numerics_unit(c, k);
        draw[(k * n_chains + number) * c->draws + i] = chain->mu[k] * unit;
        draw[((c->K + k) * n_chains + number) * c->draws + i] =
            chain->omega[k * c->K + k] * unit * unit;
    }
}

static inline double numerics_worst_rhat(const numerics_case *c, const double *draw,
                                         size_t n_chains)
{
    double worst = 0;

    for (size_t p = 0; p < 2 * c->K; p++) {
        hbl_convergence conv;
        assert_int_equal(hbl_convergence_compute(draw + p * n_chains * c->draws, c->draws, n_chains,
                                                 &conv, NULL),
                         HBL_OK);
        worst = fmax(worst, isnan(conv.rhat) ? INFINITY : conv.rhat);
    }
    return worst;
}

static inline void numerics_run(const numerics_case *c)
{
    const size_t n_chains = c->rhat > 0 ? 4 : 1;
    double *draw = calloc(2 * c->K * n_chains * c->draws + 1, sizeof *draw);
    double acceptance = 1, rhat, largest = 0;
    const char *where = "";
    numerics_problem q;
    const clock_t begin = clock();

    assert_non_null(draw);
    numerics_open(c, &q);
    for (size_t number = 0; number < n_chains; number++) {
        hbl_error error = HBL_ERROR_INIT;
        hbl_chain *chain = NULL;

        if (hbl_chain_alloc(q.hb, (uint32_t)number + 1, 1, &chain, &error) ||
            hbl_chain_start(chain, &error))
            fail_msg("%s: %s", c->name, error.message);
        numerics_assert_state(&q, chain, c->name);
        numerics_sweep(chain, (size_t)q.settings.warmup, c->name);
        numerics_assert_state(&q, chain, c->name);
        for (size_t i = 0; i < c->draws; i++) {
            numerics_sweep(chain, 1, c->name);
            numerics_keep(c, chain, number, n_chains, i, draw);
        }
        numerics_assert_state(&q, chain, c->name);
        numerics_log_likelihood(&q, chain, &largest);
        acceptance = fmin(acceptance, numerics_acceptance(chain, &where));
        hbl_chain_free(chain);
    }
    rhat = numerics_worst_rhat(c, draw, n_chains);
    print_message("    %s: least acceptance %.2f (%s), R-hat %.3f, |utility| to %.0f, %.2f s\n",
                  c->name, acceptance, where, rhat, largest,
                  (double)(clock() - begin) / CLOCKS_PER_SEC);
    if (!(acceptance >= c->least_acceptance))
        fail_msg("%s: acceptance of %s is %.3f", c->name, where, acceptance);
    if (c->rhat > 0 && !(rhat < c->rhat))
        fail_msg("%s: R-hat %.3f", c->name, rhat);
    numerics_close(&q);
    free(draw);
}

#endif
