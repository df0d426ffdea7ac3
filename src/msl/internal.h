/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of this folder share.
 */
#ifndef HBL_MSL_INTERNAL_H
#define HBL_MSL_INTERNAL_H

#include "hblogit/msl.h"
#include "likelihood/likelihood.h"
#include "msl/kernels.h"
#include "msl/sequences.h"

/* ---- draws ---- */

/* Standard normals in lanes, [block][draw][coefficient][lane]; kept where they fit the limit. */
typedef struct {
    hbl_points points;
    size_t draws;
    bool antithetic;
    double *kept; /* all blocks, or NULL */
} hbl_msl_draws;

/* What a model's draws may take in memory before they are made anew at each evaluation. */
#define HBL_MSL_DRAWS_LIMIT ((size_t)1 << 30)

int hbl_msl_draws_init(hbl_msl_draws *draws, const hbl_likelihood *likelihood, size_t n_random,
                       const hbl_msl_settings *settings, size_t n_persons, size_t limit,
                       int threads, hbl_error *error);
void hbl_msl_draws_clear(hbl_msl_draws *draws);
/* Doubles that a thread lends to hbl_msl_draws_block. */
size_t hbl_msl_draws_scratch(const hbl_msl_draws *draws);
/* The block's normals, kept or made in scratch. */
const double *hbl_msl_draws_block(const hbl_msl_draws *draws, const hbl_likelihood *likelihood,
                                  size_t block, double *scratch);

/* ---- the problem ---- */

struct hbl_msl {
    const hbl_model *model;
    hbl_msl_settings settings; /* its sequence is sequence_name */
    char *sequence_name;
    int threads;
    hbl_likelihood *likelihood;
    hbl_msl_draws draws;
    const hbl_msl_kernels *kernels;
    size_t n_parameters;
    hbl_msl_parameter *parameter;
    size_t first_slope, first_factor, first_fixed; /* the kinds' places among the parameters */
    size_t n_factors;
    size_t *factor_row, *factor_column; /* n_factors */
    /* What the sums of an evaluation run over: see objective.c. */
    hbl_msl_terms terms;
    size_t *product_row, *product_column, *product_of; /* product_of: n_factors, its sum */
    size_t *shape;                                     /* n_random: plain, curved or mixed */
    size_t *mixed_row; /* n_random: the gradient's row of its spread */
    double *workspace; /* a thread */
    size_t workspace_size;
    double *one;     /* a thread: n_parameters, a person's gradient */
    double *partial; /* a block: LL and gradient */
    int evaluations;
};

enum { HBL_MSL_PLAIN, HBL_MSL_CURVED, HBL_MSL_MIXED };

/* Parameters and their names, from the model. */
int hbl_msl_parameters_init(hbl_msl *msl, hbl_error *error);
void hbl_msl_parameters_clear(hbl_msl *msl);

/* What the evaluation needs allocated. */
int hbl_msl_objective_init(hbl_msl *msl, hbl_error *error);
void hbl_msl_objective_clear(hbl_msl *msl);

/* The index of L_kk among the parameters. */
size_t hbl_msl_diagonal(const hbl_msl *msl, size_t k);

/* Mean and standard deviation of beta_n given the choices, ordered ones cumulated, n_persons x
 * n_random each; and the bias of LL for few draws, sum_n w_n Var_r(P_nr) / (2 R P_n^2). */
int hbl_msl_persons(hbl_msl *msl, const double *parameter, double *mean, double *sd, double *bias,
                    hbl_error *error);

/* ---- search ---- */

/* A start and what came of it. */
typedef struct {
    double *parameter, *gradient; /* n_parameters */
    double *curvature;            /* n x n: the model of -LL's Hessian at the end */
    double log_likelihood, decrement;
    int iterations;
    bool converged, interrupted;
} hbl_msl_search;

/* Who is told, and of what start. */
typedef struct {
    hbl_msl_observer *observer;
    void *context;
    int start, n_starts;
    double began;
} hbl_msl_audience;

int hbl_msl_search_init(hbl_msl_search *search, size_t n, hbl_error *error);
void hbl_msl_search_clear(hbl_msl_search *search);

/* Maximises LL from search->parameter. HBL_ERR_NUMERIC: LL there is not finite. */
int hbl_msl_maximise(hbl_msl *msl, hbl_msl_search *search, const hbl_msl_audience *audience,
                     hbl_error *error);

/* The first start: the multinomial logit. *log_likelihood: its own. */
int hbl_msl_start(hbl_msl *msl, double *parameter, double *log_likelihood, hbl_error *error);
/* A random one about that: number 1, 2, ... */
void hbl_msl_random_start(const hbl_msl *msl, const double *about, int number, double *parameter);

/* ---- what follows from the optimum ---- */

/* Hessian of -LL at parameter by central differences of the gradient; scale: a typical size of each
 * parameter's error. */
int hbl_msl_hessian(hbl_msl *msl, const double *parameter, const double *scale, double *hessian,
                    hbl_error *error);

/* inverse = a^-1 of a symmetric positive definite a; false, and NaN, where it is singular. work: n
 * x n. */
bool hbl_msl_invert(size_t n, const double *a, double *inverse, double *work);

double hbl_msl_clock(void);

#endif
