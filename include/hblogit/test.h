/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests of hypotheses on runs by maximum likelihood, simulated or not; their posterior
 * probabilities on runs by hierarchical Bayes.
 */
#ifndef HBLOGIT_TEST_H
#define HBLOGIT_TEST_H

#include <stdbool.h>
#include <stddef.h>

#include "hblogit/error.h"
#include "hblogit/estimates.h"

/* One linear hypothesis, sum_i c_i b_i = q, as estimated: c'b - q. */
typedef struct {
    char *text;
    double estimate, standard_error;
} hbl_test_line;

/* A statistic and its p-value. Where n_variances variances are on the boundary, 0, under the
 * hypothesis, the statistic is distributed as a mixture of chi-squared with df - n_variances .. df
 * degrees of freedom: weight[j] of df - n_variances + j. */
typedef struct {
    const char *name; /* "Wald", "likelihood ratio", "score" */
    double statistic;
    size_t df, n_variances;
    double *weight; /* n_variances + 1; NULL: there is a bound only, or no variance at all */
    double p;
    double p_least;   /* where weight is NULL and there are variances: p is an upper bound, this the
                         lower one (Kodde and Palm 1986); else p */
    double p_ignored; /* had the boundary been ignored */
    size_t n_lines;
    hbl_test_line *line;
    char *restricted, *larger; /* directories of a likelihood-ratio test; directory and model file
                                  of a score test; else NULL */
    double log_likelihood_restricted, log_likelihood_larger; /* likewise; NaN: not fitted */
    size_t n_notes;
    char **note;
} hbl_test;

/* The Wald test of all the hypotheses Rb = q together, (Rb - q)'(RVR')^-1 (Rb - q): "pf = cl",
 * "2*pf - cl = 0.5", "sd.pf" (= 0), over the names of the parameters; variance is e->variance.
 * HBL_ERR_INPUT: what is no linear hypothesis (with the character), a name that is no parameter,
 * hypotheses that contradict or follow from one another. */
int hbl_test_wald(const hbl_estimates *e, const char *const *hypothesis, size_t n, hbl_test **test,
                  hbl_error *error);

/* 2 (LL_larger - LL_restricted) of two runs, the restricted one given by its directory or the other
 * way round. HBL_ERR_INPUT: other data, or neither is within the other. */
int hbl_test_likelihood_ratio(const char *directory, const char *other, hbl_test **test,
                              hbl_error *error);

/* The score test of a run within the larger model of a model file, which is not fitted: z'V^-1 z
 * with z = B^-1 g for what is new there and V its variance, from the gradient g and the outer
 * product B of the persons' scores by simulated likelihood at the run's estimates. Of a new
 * variance the score is that at 0, half the second difference in the standard deviation; there the
 * statistic is one-sided. overrides as in hbl_spec_read. HBL_ERR_INPUT: other data; the run is not
 * within the model; a new random coefficient correlates, whose score is not defined. */
int hbl_test_score(const char *directory, const char *model_file, const char *const *overrides,
                   size_t n_overrides, int threads, hbl_test **test, hbl_error *error);
void hbl_test_free(hbl_test *test);

/* What the draws of a run say of one hypothesis. */
typedef struct {
    char *text;
    double mean, sd, lower, upper; /* of left - right; 90 % interval */
    double probability;            /* of "a > b" or "a < b" as stated; of "a = b" that a > b */
    double mcse;                   /* Monte Carlo error of the probability; NaN: all draws agree */
} hbl_posterior_line;

typedef struct {
    char *directory;
    size_t n_draws; /* of all chains, that were used */
    size_t n_lines;
    hbl_posterior_line *line;
    hbl_posterior_line joint; /* probability and mcse that all of them hold; text is NULL */
    bool converged;
} hbl_posterior;

/* Posterior probabilities of linear hypotheses, "pf > cl", "sd.pf < 0.3", over the population's
 * parameters: means and fixed coefficients by their names, slopes "pf:income", "sd.pf",
 * "correlation.cl:pf", "Omega.cl.pf". HBL_ERR_INPUT: not a run with draws; what is no hypothesis.
 */
int hbl_posterior_test(const char *directory, const char *const *hypothesis, size_t n,
                       hbl_posterior **posterior, hbl_error *error);
void hbl_posterior_free(hbl_posterior *posterior);

#endif
