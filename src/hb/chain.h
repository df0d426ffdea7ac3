/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the rooms of this folder share: the problem (immutable), the state of a chain, and the
 * steps of a sweep. Persons lie in blocks of HBL_LANES as src/likelihood packs them; "covariance"
 * is what the model file calls a block, the coefficients whose theta are correlated.
 */
#ifndef HBL_HB_CHAIN_H
#define HBL_HB_CHAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/rng_lanes.h"
#include "hb/lanes.h"
#include "hb/trajectory.h"
#include "hblogit/hb.h"
#include "likelihood/likelihood.h"

/* ---- the problem ---- */

/* A covariance block: Omega over `index` ~ IW(df, V), V = scale I (or from lambda, Huang-Wand). */
typedef struct {
    size_t size, *index; /* coefficients, ascending */
    double df, scale;
} hbl_covariance;

/* An element of the vector (mu, L, Delta, alpha) that the interweaving step moves. */
typedef enum { HBL_ENTRY_MEAN, HBL_ENTRY_FACTOR, HBL_ENTRY_SLOPE, HBL_ENTRY_FIXED } hbl_entry_kind;
typedef struct {
    hbl_entry_kind kind;
    size_t row, column; /* mu_row; L_row,column; Delta_column,row; alpha_row */
} hbl_entry;

typedef struct hbl_person_kernel hbl_person_kernel;

struct hbl_hb {
    const hbl_model *model;
    hbl_hb_settings settings;
    const hbl_person_kernel *kernel;
    hbl_likelihood *likelihood;
    const hbl_lanes *lanes;
    const hbl_trajectory_steps *trajectory;
    const hbl_rng_lanes *rng;
    hbl_mnl *pooled;
    size_t N, K, F, P;        /* persons, random and fixed coefficients (scale's too), P = K + F */
    size_t Q;                 /* covariates */
    size_t n_blocks;          /* of persons */
    size_t n_chunks;          /* of blocks: what one thread takes at a time; sums are by chunk */
    size_t *person;           /* [n_blocks * HBL_LANES]: the panel's person, SIZE_MAX for padding */
    double *valid;            /* [n_blocks][lane]: 1, or 0 for padding */
    double *tasks;            /* [n_blocks][lane]: T_n, 1 for padding */
    double *w;                /* [n_blocks][Q][lane]: covariates, sum_n w_n = 0; 0 for padding */
    double *ww;               /* [Q x Q]: sum_n w_n w_n' = sum_q axis_size_q axis_q axis_q' */
    double *axis, *axis_size; /* [Q x Q], a row an axis; [Q] */
    size_t n_covariances;
    hbl_covariance *covariance;
    size_t *covariance_of, *position; /* [K]: the covariance block, and the place in it */
    /* From the pooled fit, on the scale of theta: estimate, Hessian, and the square root of a
     * person's share of its inverse diagonal; alpha's estimate and twice its standard error. */
    double *theta_pooled, *pooled_curvature; /* [K], [K x K] */
    double *slope_pooled, *spread;           /* [K], [K]; slope is g' at theta_pooled */
    double *alpha_pooled, *alpha_spread;     /* [F], [F] */
    size_t n_curved, *curved;                /* the coefficients whose g is not the identity */
    bool is_ordered;                         /* some coefficient stands above another */
    hbl_moment_layout layout;
    size_t n_entries;
    size_t *entry_row;     /* [n_entries]: the place in (theta_n, alpha) that the entry moves */
    size_t n_pooled_parts; /* partial sums of the pooled Hessian, as many as memory allows */
    hbl_entry *entry;      /* the interweaving vector: empty, alpha, or (mu, L, Delta, alpha) */
    bool moves_hierarchy;  /* it holds mu, L and Delta */
    bool needs_gradient;   /* some step starts from the gradient at the current state */
};

/* ---- the state of a chain ---- */

/* A thread's scratch space for one block of persons: arrays of lanes. */
typedef struct {
    double *located;                     /* [K]: theta_n, where there are covariates */
    double *beta, *slope;                /* [P], [K] */
    double *theta, *gradient;            /* the proposal [K], d ll / d (theta, alpha) at it [P] */
    double *log_likelihood;              /* [1] */
    double *log_ratio;                   /* [1]: ln of the Metropolis-Hastings ratio */
    double *normals;                     /* [K]: as they were drawn */
    double *momentum;                    /* [K]: at the end of a trajectory */
    double *deviation;                   /* [K]: theta - mu */
    double *force;                       /* [P]: gradient of a log-density */
    double *quadratic, *quadratic_start; /* [1]: (theta - mu)' Omega^-1 (theta - mu), or others */
    double *energy;                      /* [1]: at the start of a trajectory */
    double *step;                        /* [1] */
    double *accepted;                    /* [1]: 1 or 0 */
    double *triangle, *factor;           /* [K (K + 1) / 2] each */
    double *hessian;                     /* [P (P + 1) / 2] */
    double *uniform;                     /* [1] */
    double *lent;                        /* hbl_likelihood_scratch */
    double *memory;                      /* all of the above */
    const double **factor_of; /* [n_entries]: what an entry of the interweaving multiplies */
} hbl_workspace;

/* Sums over the persons of the current state, or of a proposal with z_n held: log-likelihood and
 * the moments of hbl_lanes. A proposal's are formed without those of the deviations, which follow
 * from the current ones when it is accepted. */
typedef struct {
    double log_likelihood;
    double *moment; /* [layout.n], about `centre` */
    double *centre; /* [K] */
} hbl_sums;

/* What warm-up learns. */
typedef struct {
    double *step;          /* [n_blocks][lane]: of the person kernel */
    double *factor;        /* [n_blocks][triangle][lane]: W_n, W_n'W_n = (H_n + P)^-1 (hmc) */
    double *hessian;       /* [n_blocks][triangle][lane]: H_n (hessian), or its running sum (hmc) */
    double *precision_sum; /* [K x K] */
    double n_hessians;
    double *pooled_sum; /* [n_entries x n_entries], lower */
    double n_pooled;
    double *pooled_factor; /* R, lower, R R' = pooled Hessian + prior: shapes the interweaving */
    double interweave_step;
} hbl_tuning;

typedef struct {
    double accepted, tried;
    uint64_t non_finite;
} hbl_count;

/* theta_n is kept less what the covariates add: `theta` here and in the steps is the residual form
 * theta_n - Delta'w_n ~ N(mu, Omega), and the likelihood is evaluated at theta + Delta'w_n. */
struct hbl_chain {
    const hbl_hb *hb;
    uint32_t number; /* from 1 */
    int threads;
    uint64_t sweep; /* sweeps done */
    /* population */
    double *mu, *L, *L_inverse, *omega, *precision; /* [K], K x K */
    double *delta;                                  /* [Q x K] */
    double *alpha, *lambda;                         /* [F], [K] (Huang-Wand) */
    /* persons, [n_blocks][...][lane] */
    double *theta, *gradient, *log_likelihood;
    double *momentum; /* of the kernels that keep it from sweep to sweep */
    double *theta_other, *gradient_other, *log_likelihood_other; /* the interweaving's proposal */
    hbl_sums sums, sums_other;
    double sum_z2; /* sum over persons of |L^-1 (theta_n - mu)|^2 */
    /* machinery */
    hbl_tuning tuning;
    hbl_workspace *workspace;   /* [threads] */
    double *interweave;         /* room for its proposal: see interweave.c */
    double *scratch;            /* [4 (K^2 + K + Q K)] for the steps of the population */
    double *drawn;              /* [K^2 + 4 K + Q K] what such a step drew, for the trace */
    double *scratch_pooled;     /* [n_entries x n_entries] */
    double *chunk_moment;       /* [n_chunks][layout.n][fold] */
    hbl_count *chunk_count;     /* [n_chunks] */
    double jitter;              /* of the person kernel's step, this sweep */
    double adaptation_gain;     /* of the steps, this sweep */
    hbl_rng_shared persons_rng; /* of this sweep */
    hbl_count person_count, interweave_count, population_count, scale_count;
    double *person_accepted; /* [n_blocks][lane]: acceptances after warm-up */
    double acceptance;       /* share of persons that moved in the last sweep */
    /* running moments of the persons */
    size_t n_accumulated;
    double *beta_mean, *beta_m2, *rlh_mean; /* [n_blocks][K][lane], [n_blocks][lane] */
    FILE *trace;                            /* NULL: none */
};

/* Every array of doubles of a chain, with its length: what alloc and free walk, and, where it holds
 * state, what save and load do. What is no state is written before it is read in every sweep. */
typedef struct {
    double **array;
    size_t n;
    bool state;
} hbl_chain_array;
enum { HBL_CHAIN_ARRAYS = 40 };

/* Fills in list; returns how many. */
size_t hbl_chain_arrays(hbl_chain *chain, hbl_chain_array *list);

/* ---- offsets into arrays of blocks ---- */

static inline double *hbl_at_block(double *array, size_t block, size_t rows)
{
    return array + block * rows * HBL_LANES;
}

/* ---- kernels for theta_n ---- */

struct hbl_person_kernel {
    const char *name;   /* as in hbl_person_kernels */
    double target;      /* acceptance that warm-up steers to */
    bool uses_gradient; /* of the log-likelihood at the current state */
    bool uses_hessian;  /* the fixed H_n of the fractional likelihood */
    bool uses_factor;   /* the W_n that warm-up averages */
    bool keeps_momentum;
    double (*first_step)(size_t K);
    double largest_step;
    /* From the chain's state and workspace->normals: writes theta, log_likelihood, log_ratio and,
     * where the chain needs it, gradient; momentum where it is kept. */
    void (*propose)(const hbl_chain *chain, size_t block, hbl_workspace *workspace);
};

extern const hbl_person_kernel hbl_kernel_hmc, hbl_kernel_hessian, hbl_kernel_random_walk;
const hbl_person_kernel *hbl_person_kernel_find(const char *name);

/* ---- steps of a sweep ---- */

/* theta_n | mu, Omega, alpha, choices_n for every person. */
void hbl_person_step(hbl_chain *chain);

/* mu, Omega (and lambda) | theta_1..N. */
int hbl_population_step(hbl_chain *chain, hbl_error *error);

/* Over-relaxation of the population's draws in this sweep; 0: they are independent. */
double hbl_relaxation(const hbl_chain *chain);

/* Delta | theta_1..N, mu, Omega. */
int hbl_slope_step(hbl_chain *chain, hbl_error *error);

/* mu, L, Delta, alpha | z_1..N, choices, with z_n = L^-1 (theta_n - Delta'w_n - mu) held; or alpha
 * alone. */
void hbl_interweave_step(hbl_chain *chain);

/* L, lambda | z_1..N, choices, under Huang and Wand's prior where the hierarchy is interweaved. */
void hbl_scale_step(hbl_chain *chain);

/* Learns the preconditioners from the sweep just done; nothing after warm-up. */
void hbl_adapt(hbl_chain *chain);

/* Learns the interweaving's step from the probability with which it was accepted. */
void hbl_adapt_interweave(hbl_chain *chain, double probability);

/* Robbins-Monro gain of the step sizes' adaptation. */
double hbl_adaptation_gain(uint64_t sweep);

/* ---- pieces ---- */

/* g(theta + Delta'w) of a block into workspace->beta; g' into the rows of workspace->slope whose g
 * is not the identity. delta NULL: 0. */
void hbl_transform(const hbl_hb *hb, size_t block, const double *theta, const double *delta,
                   hbl_workspace *workspace);

/* log-likelihood and gradient wrt (theta, alpha) of a block at theta + Delta'w; log_likelihood may
 * be NULL, or gradient. */
void hbl_evaluate(const hbl_hb *hb, size_t block, const double *theta, const double *delta,
                  const double *alpha, hbl_workspace *workspace, double *log_likelihood,
                  double *gradient);

/* Minus the second derivatives of a block's log-likelihood wrt (theta, alpha), leaving out those of
 * g: workspace->hessian, [P (P + 1) / 2]. */
void hbl_evaluate_hessian(const hbl_hb *hb, size_t block, const double *theta, const double *delta,
                          const double *alpha, hbl_workspace *workspace);

/* Adds a block's part to the sums of log-likelihoods and gradients of the current or a proposed
 * state, about mu; leaves the deviations in the workspace. */
void hbl_add_slopes(const hbl_hb *hb, size_t block, const double *mu, const double *theta,
                    const double *log_likelihood, const double *gradient, hbl_workspace *workspace,
                    double *partial);

/* Then to those of the deviations. */
void hbl_add_spread(const hbl_hb *hb, size_t block, const hbl_workspace *workspace,
                    double *partial);

/* Packs the covariates and finds their principal axes. HBL_ERR_INPUT: under a flat prior of the
 * means one of them is a sum of others, or constant. */
int hbl_lay_out_covariates(hbl_hb *hb, hbl_error *error);

/* Cuts the blocks into that many parts and calls body(chain, part, first block, end block,
 * workspace) for each, in parallel. */
typedef void hbl_part_body(hbl_chain *chain, size_t part, size_t first, size_t end,
                           hbl_workspace *workspace);
void hbl_for_parts(hbl_chain *chain, size_t n_parts, hbl_part_body *body);

/* Adds up in chunk order what the chunks left. */
void hbl_sum_chunks(hbl_chain *chain, const double *centre, hbl_sums *sums);

/* Log-likelihoods, gradients and sums anew from theta and alpha, and what derives from L. */
void hbl_chain_refresh(hbl_chain *chain);

/* L_inverse, omega and precision from L. */
void hbl_derive_from_factor(hbl_chain *chain);

/* ln p(mu, L, Delta, alpha), up to a constant, as a density of those; gradient, where not NULL, wrt
 * the entries of the interweaving vector. scratch: K^2 + 3 K. */
double hbl_log_prior_factor(const hbl_hb *hb, const double *mu, const double *delta,
                            const double *L, const double *L_inverse, const double *alpha,
                            const double *lambda, double *scratch, double *gradient);

/* ln p(theta, mu, Delta, Omega, alpha, choices) up to a constant, as a density of Omega. */
double hbl_log_posterior(const hbl_chain *chain);

/* V_kk of the inverse Wishart of coefficient k. */
double hbl_prior_scale_of(const hbl_hb *hb, const double *lambda, size_t k);

/* The precision of Delta's elements. */
double hbl_prior_slope_precision(const hbl_hb *hb);

/* Degrees of freedom of the inverse Wishart of a covariance block. */
double hbl_prior_df_of(const hbl_hb *hb, const hbl_covariance *covariance);

/* H_n of the fractional likelihood for every person (kernel `hessian`). */
void hbl_fractional_hessians(hbl_chain *chain);

/* Adds the persons' Hessians to tuning.hessian and, where pooled is set, that of all choices in the
 * interweaving vector to tuning.pooled_sum. */
void hbl_accumulate_hessians(hbl_chain *chain, bool pooled);

/* Factors what has been accumulated. */
void hbl_refactor(hbl_chain *chain);

/* ---- state ---- */

/* Sets the state from outside: theta (what the covariates add included) is n_persons x K in the
 * panel's order; lambda may be NULL, and delta where there are no covariates. HBL_ERR_NUMERIC where
 * omega is not positive definite. */
int hbl_chain_set_state(hbl_chain *chain, const double *theta, const double *mu,
                        const double *delta, const double *omega, const double *alpha,
                        const double *lambda, hbl_error *error);
void hbl_chain_theta(const hbl_chain *chain, double *theta);

/* ---- trace (see trace.c) ---- */

typedef struct {
    const char *name;
    const double *value;
    size_t n, stride; /* n values, stride apart */
} hbl_trace_field;
void hbl_trace(const hbl_chain *chain, const char *step, int64_t person,
               const hbl_trace_field *field, size_t n_fields);

#endif
