/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chains of a model, run into memory through the public interface, with their diagnostics; and the
 * posterior of fixed coefficients by importance sampling, as other code to hold them against.
 */
#ifndef TESTS_SUPPORT_SAMPLING_H
#define TESTS_SUPPORT_SAMPLING_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "core/linalg.h"
#include "core/parallel.h"
#include "hblogit/diagnose.h"
#include "hblogit/hb.h"

/* Draws of mu, of the lower triangle of Omega by rows, of alpha, of Delta by rows:
 * [parameter][chain][draw]. */
typedef struct {
    size_t K, F, Q, n_parameters, n_draws, n_chains;
    double *draw;
    hbl_convergence *convergence; /* [parameter] */
} samples;

static inline size_t samples_mean(const samples *s, size_t k)
{
    (void)s;
    return k;
}

static inline size_t samples_covariance(const samples *s, size_t row, size_t column)
{
    return s->K + row * (row + 1) / 2 + column;
}

static inline size_t samples_fixed(const samples *s, size_t f)
{
    return s->K + s->K * (s->K + 1) / 2 + f;
}

static inline size_t samples_slope(const samples *s, size_t q, size_t k)
{
    return samples_fixed(s, s->F) + q * s->K + k;
}

typedef struct {
    const hbl_hb *hb;
    hbl_hb_settings settings;
    samples *out;
    bool failed[64];
} samples_work;

static inline void samples_keep(const hbl_chain *chain, size_t number, size_t i, samples *out)
{
    double *at = out->draw + number * out->n_draws + i;
    const size_t stride = out->n_chains * out->n_draws;
    hbl_draw draw;

    hbl_chain_draw(chain, &draw);
    for (size_t k = 0; k < out->K; k++) {
        at[samples_mean(out, k) * stride] = draw.mu[k];
        for (size_t j = 0; j <= k; j++)
            at[samples_covariance(out, k, j) * stride] = draw.omega[k * out->K + j];
    }
    for (size_t f = 0; f < out->F; f++)
        at[samples_fixed(out, f) * stride] = draw.alpha[f];
    for (size_t e = 0; e < out->Q * out->K; e++)
        at[samples_slope(out, 0, e) * stride] = draw.delta[e];
}

static inline bool samples_sweep(hbl_chain *chain, int64_t sweeps)
{
    for (int64_t s = 0; s < sweeps; s++)
        if (hbl_chain_sweep(chain, NULL))
            return false;
    return true;
}

static inline void samples_run_chain(void *context, size_t number, int thread)
{
    samples_work *work = context;
    hbl_chain *chain = NULL;
    bool good = hbl_chain_alloc(work->hb, (uint32_t)number + 1, 1, &chain, NULL) == HBL_OK &&
                hbl_chain_start(chain, NULL) == HBL_OK &&
                samples_sweep(chain, work->settings.warmup);

    (void)thread;
    for (size_t i = 0; good && i < work->out->n_draws; i++) {
        good = samples_sweep(chain, work->settings.thin);
        samples_keep(chain, number, i, work->out);
    }
    work->failed[number] = !good;
    hbl_chain_free(chain);
}

/* Runs settings->chains chains and computes the diagnostics of every parameter. */
static inline samples samples_take(const hbl_model *model, const hbl_hb_settings *settings)
{
    samples out = {.K = model->n_random,
                   .F = model->n_fixed + model->n_scale,
                   .Q = model->n_covariates,
                   .n_draws = (size_t)settings->draws,
                   .n_chains = (size_t)settings->chains};
    samples_work work = {.settings = *settings, .out = &out};
    const size_t n = out.n_draws * out.n_chains;
    hbl_error error = HBL_ERROR_INIT;
    hbl_hb *hb = NULL;

    out.n_parameters = samples_slope(&out, out.Q, 0);
    out.draw = calloc(out.n_parameters * n, sizeof *out.draw);
    out.convergence = calloc(out.n_parameters, sizeof *out.convergence);
    assert_non_null(out.draw);
    assert_non_null(out.convergence);
    if (hbl_hb_alloc(model, settings, 1, &hb, &error))
        fail_msg("%s", error.message);
    work.hb = hb;
    hbl_parallel_for(hbl_processors(), out.n_chains, samples_run_chain, &work);
    hbl_hb_free(hb);
    for (size_t c = 0; c < out.n_chains; c++)
        assert_false(work.failed[c]);
    for (size_t p = 0; p < out.n_parameters; p++)
        assert_int_equal(hbl_convergence_compute(out.draw + p * n, out.n_draws, out.n_chains,
                                                 &out.convergence[p], &error),
                         HBL_OK);
    return out;
}

static inline void samples_free(samples *s)
{
    free(s->draw);
    free(s->convergence);
}

/* ---- fixed coefficients under a flat prior, by importance sampling ---- */

/* ln P(choices | alpha) of a model without random coefficients, from its definition. */
static inline double fixed_log_likelihood(const hbl_model *model, const double *alpha)
{
    const hbl_panel *panel = model->panel;
    const size_t P = model->n_columns;
    double total = 0;

    for (size_t t = 0; t < panel->n_tasks; t++) {
        double greatest = -INFINITY, sum = 0, chosen = 0;
        double v[16];
        for (size_t r = panel->task_row[t], j = 0; r < panel->task_row[t + 1]; r++, j++) {
            v[j] = 0;
            for (size_t p = 0; p < P; p++)
                v[j] += model->x[r * P + p] * alpha[p];
            greatest = fmax(greatest, v[j]);
            if (r == panel->task_chosen[t])
                chosen = v[j];
        }
        for (size_t j = 0; j < panel->task_row[t + 1] - panel->task_row[t]; j++)
            sum += exp(v[j] - greatest);
        total += chosen - greatest - log(sum);
    }
    return total;
}

typedef struct {
    double mean, sd, mean_error, sd_error; /* errors: Monte Carlo standard errors */
} importance_result;

/* Self-normalised importance sampling of the posterior under a flat prior. Proposals are t with 10
 * degrees of freedom about the maximum, shaped by the Hessian; in pairs, +u and -u, so that what is
 * symmetric cancels out. Errors come from 50 batches of pairs. */
static inline void importance_posterior(const hbl_model *model, const hbl_mnl *mnl, size_t pairs,
                                        unsigned long seed, importance_result *result)
{
    enum { BATCHES = 50, MOST = 16 };
    const size_t P = model->n_columns;
    double R[MOST * MOST], mean[BATCHES][MOST], square[BATCHES][MOST];
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

    gsl_rng_set(rng, seed);
    assert_true(P <= MOST && hbl_cholesky(P, mnl->hessian, R));
    for (size_t b = 0; b < BATCHES; b++) {
        double weight = 0;
        memset(mean[b], 0, sizeof mean[b]);
        memset(square[b], 0, sizeof square[b]);
        for (size_t i = 0; i < pairs / BATCHES; i++) {
            const double scale = sqrt(10 / gsl_ran_chisq(rng, 10));
            double z[MOST], alpha[MOST], norm = 0;
            for (size_t p = 0; p < P; p++) {
                z[p] = scale * gsl_ran_ugaussian(rng);
                norm += z[p] * z[p];
            }
            hbl_lower_transpose_solve(P, R, z, z);
            for (int sign = -1; sign <= 1; sign += 2) {
                double w;
                for (size_t p = 0; p < P; p++)
                    alpha[p] = mnl->estimate[p] + sign * z[p];
                w = exp(fixed_log_likelihood(model, alpha) - mnl->log_likelihood +
                        0.5 * (10 + (double)P) * log(1 + norm / 10));
                weight += w;
                for (size_t p = 0; p < P; p++) {
                    mean[b][p] += w * sign * z[p];
                    square[b][p] += w * z[p] * z[p];
                }
            }
        }
        for (size_t p = 0; p < P; p++) {
            mean[b][p] /= weight;
            square[b][p] /= weight;
        }
    }
    gsl_rng_free(rng);
    for (size_t p = 0; p < P; p++) {
        double m = 0, s = 0, m2 = 0, s2 = 0;
        for (size_t b = 0; b < BATCHES; b++) {
            m += mean[b][p] / BATCHES;
            s += square[b][p] / BATCHES;
        }
        for (size_t b = 0; b < BATCHES; b++) {
            m2 += (mean[b][p] - m) * (mean[b][p] - m) / (BATCHES - 1) / BATCHES;
            s2 += (square[b][p] - s) * (square[b][p] - s) / (BATCHES - 1) / BATCHES;
        }
        result[p].mean = mnl->estimate[p] + m;
        result[p].sd = sqrt(s - m * m);
        result[p].mean_error = sqrt(m2);
        result[p].sd_error = 0.5 * sqrt(s2) / result[p].sd;
    }
}

/* The sampler against the exact posterior by importance sampling, within `limit` of both Monte
 * Carlo errors; and that against the maximum and its standard error, from which a posterior under a
 * flat prior differs by terms of order 1/sqrt(n) (mean, in standard errors) and 1/n (sd): at most
 * `skew` and `spread`, which allows for the importance sampling's errors, 1/sqrt(2 pairs) for sd.
 */
static inline void assert_fixed_posterior(const hbl_model *model, size_t pairs, double limit,
                                          double skew, double spread)
{
    char kernel[] = "hmc";
    const hbl_hb_settings settings = {.chains = 4,
                                      .warmup = 1000,
                                      .draws = 4000,
                                      .thin = 1,
                                      .seed = 1,
                                      .kernel = kernel,
                                      .interweave = true};
    importance_result exact[16];
    hbl_error error = HBL_ERROR_INIT;
    hbl_hb *hb = NULL;
    samples s = samples_take(model, &settings);
    const hbl_mnl *mnl;

    if (hbl_hb_alloc(model, &settings, 1, &hb, &error))
        fail_msg("%s", error.message);
    mnl = hbl_hb_pooled(hb);
    importance_posterior(model, mnl, pairs, 1, exact);
    for (size_t f = 0; f < s.F; f++) {
        const hbl_convergence *c = &s.convergence[samples_fixed(&s, f)];
        const double se = mnl->standard_error[f];
        const double t_mean = (c->mean - exact[f].mean) / hypot(c->mcse_mean, exact[f].mean_error);
        const double t_sd = (c->sd - exact[f].sd) / hypot(c->mcse_sd, exact[f].sd_error);

        print_message("    %-16s mle %9.5f (%.5f) posterior %9.5f (%.5f) t %5.2f %5.2f, exact - "
                      "mle %.4f se, sd ratio %.4f, ess %.0f\n",
                      model->name[f], mnl->estimate[f], se, c->mean, c->sd, t_mean, t_sd,
                      (exact[f].mean - mnl->estimate[f]) / se, exact[f].sd / se, c->ess_bulk);
        assert_true(c->rhat < 1.01 && c->ess_bulk > 1000 && c->ess_tail > 1000);
        assert_true(fabs(t_mean) < limit && fabs(t_sd) < limit);
        assert_true(fabs(exact[f].mean - mnl->estimate[f]) < skew * se);
        assert_true(fabs(exact[f].sd / se - 1) < spread);
    }
    hbl_hb_free(hb);
    samples_free(&s);
}

#endif
