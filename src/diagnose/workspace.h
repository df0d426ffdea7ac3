/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What computing the diagnostics of one parameter needs, allocated once and used again for every
 * parameter of the same numbers of draws and chains; and the steps that share it. Not shared by
 * threads.
 */
#ifndef HBL_DIAGNOSE_WORKSPACE_H
#define HBL_DIAGNOSE_WORKSPACE_H

#include <gsl/gsl_fft_complex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hblogit/diagnose.h"
#include "hblogit/error.h"

/* Autocovariances up to this lag are summed directly, farther ones come from a Fourier transform.
 * Chains worth reporting are mostly done with before that. */
enum { HBL_DIRECT_LAGS = 64, HBL_LAGS_AT_ONCE = 16 };

/* Adds one centred chain's sums of products for lags first .. first + HBL_LAGS_AT_ONCE - 1 to sum:
 * x holds n values, and zeros behind, which make it a loop without ends. */
typedef void hbl_lags_function(const double *x, size_t n, size_t first, double *sum);

#define HBL_NO_PLACE UINT32_MAX

typedef struct {
    uint64_t key; /* bits of the draw, rearranged so that unsigned order is numerical order */
    uint32_t draw;
} hbl_sort_entry;

typedef struct {
    size_t n_draws, n_chains, n_total;
    size_t half, n_split; /* every chain is split in two; of an odd number the middle draw is out */
    size_t n_series;      /* half * n_split: the draws that remain */

    uint32_t *place; /* n_total: where in series a draw stands, or HBL_NO_PLACE */
    double *sorted;  /* n_total: the draws in ascending order */
    uint32_t *order; /* n_total: their indices */
    double *folded;  /* n_total: |x - median| in ascending order */
    uint32_t *folded_order;
    hbl_sort_entry *entry, *entry_other; /* n_total */
    uint32_t *histogram;
    double *normal_score; /* n_series + 1: of the whole ranks 1..n_series */

    /* A function of the draws: split chain after split chain, each of half values and
     * HBL_DIRECT_LAGS + HBL_LAGS_AT_ONCE zeros behind. */
    size_t stride;
    double *series;
    double *chain_mean;      /* n_split */
    bool constant;           /* all values of series are the same */
    double *autocovariance;  /* half: mean over chains */
    size_t n_autocovariance; /* lags known so far */
    double *rho;             /* half + 2 */

    size_t n_fft;
    double *fft, *power; /* 2 n_fft, n_fft */
    gsl_fft_complex_wavetable *wavetable;
    gsl_fft_complex_workspace *scratch;
    hbl_lags_function *add_lags; /* the one for this machine */
} hbl_diagnose_workspace;

int hbl_diagnose_workspace_alloc(size_t n_draws, size_t n_chains,
                                 hbl_diagnose_workspace **workspace, hbl_error *error);
void hbl_diagnose_workspace_free(hbl_diagnose_workspace *workspace);

/* Bytes that a workspace takes, about. */
size_t hbl_diagnose_workspace_bytes(size_t n_draws, size_t n_chains);

/* hbl_convergence_compute with a workspace at hand. */
void hbl_diagnose_compute(hbl_diagnose_workspace *w, const double *x, hbl_convergence *result);

/* ---- ranks.c ---- */

/* Fills sorted and order from n_total finite draws. */
void hbl_rank_sort(hbl_diagnose_workspace *w, const double *x);

/* Fills folded and folded_order from sorted and order. */
void hbl_rank_fold(hbl_diagnose_workspace *w, double median);

/* Writes the normal scores of values (ascending, value[i] that of draw order[i]) into series. */
void hbl_rank_normal_scores(hbl_diagnose_workspace *w, const double *value, const uint32_t *order);

/* ---- autocovariance.c ---- */

/* To be called once series is filled: takes out each split chain's mean, which goes to
 * chain_mean, and notes whether all values were the same. */
void hbl_series_centre(hbl_diagnose_workspace *w);

/* The widest that this machine can run. */
hbl_lags_function *hbl_add_lags_best(void);

/* Biased autocovariance at a lag below half, mean over split chains, of the centred series. */
double hbl_series_autocovariance(hbl_diagnose_workspace *w, size_t lag);

/* ---- ess.c ---- */

/* Split R-hat and effective sample size of the centred series. NaN where it is constant or too
 * short. */
double hbl_series_rhat(hbl_diagnose_workspace *w);
double hbl_series_ess(hbl_diagnose_workspace *w);

#endif
