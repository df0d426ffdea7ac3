/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pass over the panel: log-likelihood of each person, its gradient and Hessian.
 *
 *     ll_n(b) = sum_t ln P_nt,   P_nt = 1 / (1 + sum_{j != chosen} exp(s_n (x_j - x_chosen)'(b,
 * c)))
 *
 * with s_n = exp(v_n'lambda), c the coefficients that the model holds. Callers see the model's
 * coefficients (b, lambda), n_coefficients of them; what is held and the scale are put in here.
 * Weights are the caller's.
 * Persons are packed into blocks of HBL_LANES; callers work block by block with arrays of
 * [column][lane], which vectorise over lanes. How the data lie in memory behind that is this
 * module's secret. Read-only after allocation, so any number of threads may call at once.
 */
#ifndef HBL_LIKELIHOOD_LIKELIHOOD_H
#define HBL_LIKELIHOOD_LIKELIHOOD_H

#include <stdbool.h>
#include <stddef.h>

#include "hblogit/error.h"
#include "hblogit/mnl.h"
#include "hblogit/model.h"

enum { HBL_LANES = 16 };

typedef struct hbl_likelihood hbl_likelihood;

/* Packs the model's data as differences against the chosen alternative; the model must outlive the
 * likelihood, which goes back to it where the pass trips its guard. isa: "sse2", "avx2",
 * "avx512" or "baseline"; NULL: the widest that this machine has (environment variable HBLOGIT_ISA
 * narrows it). Under MIXED precision values are computed in double, gradients in float. Data beyond
 * the caches whose columns lie on grids (units.h) are packed in 16 bits, but under DOUBLE, and
 * computed with as always.
 * HBL_ERR_INPUT: an isa that this machine or build does not have. */
int hbl_likelihood_alloc(const hbl_model *model, hbl_precision precision, const char *isa,
                         hbl_likelihood **likelihood, hbl_error *error);
void hbl_likelihood_free(hbl_likelihood *likelihood);

/* "avx512 mixed" */
const char *hbl_likelihood_name(const hbl_likelihood *likelihood);

size_t hbl_likelihood_n_blocks(const hbl_likelihood *likelihood);
/* The model's n_coefficients. */
size_t hbl_likelihood_n_coefficients(const hbl_likelihood *likelihood);

/* The panel's person in a lane of a block, or SIZE_MAX for a lane of padding. Persons are packed
 * in an order of their own (those with like numbers of rows together). */
size_t hbl_likelihood_person(const hbl_likelihood *likelihood, size_t block, size_t lane);

/* Doubles, aligned to 64 bytes, that a thread lends to the functions below; 0: none, NULL will do
 * (a model without scale and held coefficients). */
size_t hbl_likelihood_scratch(const hbl_likelihood *likelihood);

/* beta: [n_coefficients][HBL_LANES], aligned to 64 bytes. Writes log_likelihood[HBL_LANES] and
 * gradient[n_coefficients][HBL_LANES] = d ll / d beta; either may be NULL. Padding lanes give 0.
 * Exact to rounding for utilities of any size: where exp would overflow, a pass with the maximum
 * taken out first (log-sum-exp) replaces the fast one. Where beta is not finite, so is the result.
 */
void hbl_likelihood_block(const hbl_likelihood *likelihood, size_t block, const double *beta,
                          double *log_likelihood, double *gradient, double *scratch);

/* hessian: [n_coefficients (n_coefficients + 1) / 2][HBL_LANES], the lower triangle by rows
 * (element (i, j), j <= i, at i (i + 1) / 2 + j), of minus the second derivatives of ll where exact
 * is set; otherwise without the terms in the gradient that the scale brings, and so never
 * indefinite. The two are the same for a model without scale. Always in double. */
void hbl_likelihood_block_hessian(const hbl_likelihood *likelihood, size_t block,
                                  const double *beta, bool exact, double *hessian, double *scratch);

/* Replaces the choices (a row of the panel a task, as hbl_panel.task_chosen) and packs again. For
 * tests that simulate data anew; not while other threads read. */
void hbl_likelihood_set_choices(hbl_likelihood *likelihood, const size_t *task_chosen);

/* Bytes the packed data take, and rows (person x task x alternative, the chosen one counted). */
size_t hbl_likelihood_bytes(const hbl_likelihood *likelihood);
size_t hbl_likelihood_n_rows(const hbl_likelihood *likelihood);

/* The pooled multinomial logit by Newton's method with step halving; sums over persons are taken in
 * block order, so that the result does not depend on threads. A singular Hessian is ridged, for the
 * sake of a starting value, and reported in mnl->singular. */
int hbl_mnl_fit(const hbl_likelihood *likelihood, int threads, hbl_mnl **mnl, hbl_error *error);

#endif
