/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hierarchical Bayes. An hbl_hb is a model made ready for sampling (packed likelihood, prior,
 * pooled fit), shared by chains; an hbl_chain is the state of one Markov chain.
 *
 *     hbl_hb_alloc(model, &settings, threads, &hb, &error);
 *     hbl_chain_alloc(hb, 1, 1, &chain, &error);
 *     hbl_chain_start(chain, &error);
 *     for (s = 0; s < warmup + draws * thin; s++)
 *         hbl_chain_sweep(chain, &error);
 *
 * A sweep leaves p(theta_1..N, mu, Delta, Omega, alpha | choices) invariant once warm-up is over;
 * step sizes and preconditioners adapt in warm-up only. Given seed and chain number the draws are
 * the same, bit for bit, for any number of threads. An hbl_hb may be used by several threads at
 * once, an hbl_chain by one.
 *
 * theta_n ~ N(mu + Delta'w_n, Omega), w_n the model's centred covariates. The elements of Delta are
 * N(0, 1 / mean_precision), independent of Omega, under the conjugate prior of mu as under the
 * normal one, and flat under the flat one: with the preset bayesm the prior is that of bayesm's
 * rhierMnlRwMixture, Deltabar = 0 and Ad = 0.01 I.
 *
 * alpha are the fixed coefficients: the model's n_fixed, then its n_scale of the scale of utility.
 */
#ifndef HBLOGIT_HB_H
#define HBLOGIT_HB_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "hblogit/error.h"
#include "hblogit/mnl.h"
#include "hblogit/model.h"
#include "hblogit/settings.h"

typedef struct hbl_hb hbl_hb;
typedef struct hbl_chain hbl_chain;

/* Packs the data and fits the pooled multinomial logit by Newton's method (all coefficients the
 * same for everyone), from which chains start. model must outlive hb; settings are copied.
 * HBL_ERR_INPUT: person weights, or a distribution that only simulated likelihood can use; a prior
 * that is none; covariates that are collinear under a flat prior of the mean.
 * HBL_ERR_NUMERIC: the pooled fit breaks down (collinear columns). */
int hbl_hb_alloc(const hbl_model *model, const hbl_hb_settings *settings, int threads, hbl_hb **hb,
                 hbl_error *error);
void hbl_hb_free(hbl_hb *hb);

/* The pooled fit. */
const hbl_mnl *hbl_hb_pooled(const hbl_hb *hb);

/* Instruction set and precision of the likelihood pass in use, for run.json: "avx512 float". */
const char *hbl_hb_pass_name(const hbl_hb *hb);

/* chain counts from 1. threads: for the persons within this chain. */
int hbl_chain_alloc(const hbl_hb *hb, uint32_t chain, int threads, hbl_chain **out,
                    hbl_error *error);
void hbl_chain_free(hbl_chain *chain);

/* Puts the chain at its start: around the pooled estimate, overdispersed by chain number. */
int hbl_chain_start(hbl_chain *chain, hbl_error *error);

/* One sweep; adapts while the sweep's number is below settings.warmup.
 * HBL_ERR_NUMERIC: a covariance that is not positive definite; the state is that before the sweep's
 * failing step. */
int hbl_chain_sweep(hbl_chain *chain, hbl_error *error);

/* From now on every kernel writes what it did, a line of JSON each, to trace: state, proposal, what
 * was random, log ratio, uniform, decision (see src/hb/trace.c). The chain then uses one thread.
 * NULL ends it. For verification: large and slow. */
void hbl_chain_trace(hbl_chain *chain, FILE *trace);

/* The population parameters now. Pointers stay valid, with changing contents, while the chain
 * lives. */
typedef struct {
    const double *mu;      /* n_random */
    const double *omega;   /* n_random x n_random, symmetric */
    const double *delta;   /* n_covariates x n_random: what a covariate adds to the means */
    const double *alpha;   /* n_fixed + n_scale */
    double log_likelihood; /* sum over persons of ln P_n(choices | beta_n, alpha) */
    double log_posterior;  /* log p(theta, mu, Delta, Omega, alpha, choices) up to a constant */
    double acceptance;     /* share of persons whose proposal was accepted in the last sweep */
    uint64_t sweep;        /* sweeps done */
} hbl_draw;
void hbl_chain_draw(const hbl_chain *chain, hbl_draw *draw);

/* The persons' beta_n now, g(theta_n) with ordered coefficients cumulated: beta is
 * n_persons x n_random, in the panel's order. */
void hbl_chain_beta(const hbl_chain *chain, double *beta);

/* Adds the current state to the running moments of the persons (call it once a kept draw). */
void hbl_chain_accumulate(hbl_chain *chain);

/* The whole state, accumulated moments included, as hbl_chain_state_size bytes: a chain of the same
 * model, settings and number that loads them goes on bit for bit as this one, on a machine of the
 * same kind and with the same hbl_hb_pass_name. Only settings.draws may differ.
 * HBL_ERR_INPUT: a state of another size. The bytes are trusted otherwise: guard them by a checksum
 * where they have been on a disk. */
size_t hbl_chain_state_size(const hbl_chain *chain);
void hbl_chain_save(const hbl_chain *chain, void *state);
int hbl_chain_load(hbl_chain *chain, const void *state, size_t size, hbl_error *error);

/* A person's posterior so far, from the accumulated draws. */
typedef struct {
    size_t n_draws;
    double *mean, *sd;  /* n_persons x n_random: of beta_n */
    double *rlh;        /* n_persons: mean over draws of exp(ll_n / T_n), the root likelihood */
    double *acceptance; /* n_persons: share of accepted proposals after warm-up */
} hbl_person_moments;

/* The moments over all draws of several chains of one hb. */
int hbl_person_moments_alloc(const hbl_chain *const *chains, size_t n_chains,
                             hbl_person_moments **moments, hbl_error *error);
void hbl_person_moments_free(hbl_person_moments *moments);

/* How the kernels do: one entry a kernel of the sweep. */
typedef struct {
    const char *name;    /* "hmc", "interweave", "population", "fixed", "scales" */
    double acceptance;   /* share accepted since warm-up ended (since the start, before) */
    double step;         /* step size; the mean over persons where each has one; NaN: none */
    uint64_t non_finite; /* proposals rejected because their log density was not finite */
} hbl_kernel_report;
size_t hbl_chain_kernels(const hbl_chain *chain, hbl_kernel_report *report, size_t capacity);

/* The kernels for theta_n by name: NULL-terminated, the default first; and a line of help each. */
typedef struct {
    const char *name, *help;
} hbl_kernel_name;
extern const hbl_kernel_name hbl_person_kernels[];

#endif
