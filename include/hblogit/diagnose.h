/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Convergence diagnostics of Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021, Bayesian
 * Analysis 16, "Rank-normalization, folding, and localization"), on draws in memory or in a run
 * directory.
 */
#ifndef HBLOGIT_DIAGNOSE_H
#define HBLOGIT_DIAGNOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hblogit/error.h"

/* rhat is the larger of the R-hats of the rank-normalised split chains and of the folded ones,
 * which are |x - median|; ess_bulk that of the rank-normalised draws; ess_tail the lesser of those
 * of I(x <= q5) and I(x <= q95); mcse_mean = sd / sqrt(ESS of the mean). Quantiles are of type 7.
 */
typedef struct {
    double mean, sd, q5, median, q95;
    double mcse_mean, mcse_sd, mcse_q5, mcse_median, mcse_q95;
    /* NaN, as the MCSEs, where draws are constant, not finite, or too few: R-hat needs 4 a chain,
     * the others 6. */
    double ess_bulk, ess_tail, rhat;
} hbl_convergence;

/* x holds n_chains chains of n_draws each, chain after chain. HBL_ERR_MEMORY is the only failure:
 * what cannot be told is NaN. */
int hbl_convergence_compute(const double *x, size_t n_draws, size_t n_chains,
                            hbl_convergence *result, hbl_error *error);

/* ---- draws on disk ---- */

/* Stan CSV files of one run, opened for reading, a chain a file. HBL_ERR_INPUT: a file that cannot
 * be read, is no Stan CSV file, or has other columns than the first (path:line). */
typedef struct hbl_draws hbl_draws;
int hbl_draws_open(const char *const *paths, size_t n_chains, hbl_draws **draws, hbl_error *error);
void hbl_draws_close(hbl_draws *draws);
size_t hbl_draws_n_chains(const hbl_draws *draws);
size_t hbl_draws_n_draws(const hbl_draws *draws); /* of the shortest chain */
size_t hbl_draws_n_columns(const hbl_draws *draws);
const char *hbl_draws_column_name(const hbl_draws *draws, size_t column);
/* Every stride-th draw of the listed columns: values[c][chain * (n_draws / stride) + i].
 * HBL_ERR_INPUT: a stride of 0, a column beyond the last, a cell that is no number, a row with too
 * few or too many cells (path:line). */
int hbl_draws_read(const hbl_draws *draws, const size_t *columns, size_t n_columns, size_t stride,
                   double *const *values, hbl_error *error);

/* ---- summary of a run ---- */

typedef enum {
    HBL_PARAMETER_MEAN,        /* mu.<coefficient> */
    HBL_PARAMETER_COVARIANCE,  /* Omega.<row>.<column>, row at or below the diagonal */
    HBL_PARAMETER_FIXED,       /* alpha.<coefficient> */
    HBL_PARAMETER_SLOPE,       /* <coefficient>:<covariate>, an element of Delta */
    HBL_PARAMETER_SD,          /* derived: sd.<coefficient> = sqrt(Omega_kk), of theta */
    HBL_PARAMETER_CORRELATION, /* derived: correlation.<row>.<column>, row below the diagonal */
} hbl_parameter_kind;

typedef struct {
    char *column; /* "mu.1", "Omega.2.1", "Delta.1.2", "alpha.1"; NULL for what is derived */
    char *name;   /* "mu.price", "Omega.time.price", "time:income", "alpha.freq" */
    hbl_parameter_kind kind;
    /* Coefficients, counting from 0; the same for all but Omega and correlation, and Delta, whose
     * col is the covariate. */
    size_t row, col;
    hbl_convergence convergence;
    double truth; /* where the run's data were simulated by this program; NaN otherwise */
} hbl_parameter;

/* How a kernel of the sampler did in a chain, as run.json tells. */
typedef struct {
    char *name;
    size_t chain; /* from 1 */
    double acceptance, step;
    double non_finite; /* proposals rejected because their density was not finite */
} hbl_kernel_summary;

typedef struct {
    char *directory, *title, *method, *status; /* title is "" where the model has none */
    char *pass; /* instruction set and precision of the likelihood: "avx512 float" */
    size_t n_persons, n_tasks, n_rows; /* 0 where run.json does not say */
    size_t n_random, n_fixed, n_covariates;
    char **coefficient;  /* n_random + n_fixed names */
    char **covariate;    /* n_covariates names */
    char **distribution; /* n_random: "normal", "johnson-sb(0, 2)", ordered: "a + lognormal" */
    size_t *block_of;    /* n_random: covariance block; Omega is 0 between blocks */

    size_t n_chains, n_draws; /* draws a chain */
    size_t stride;            /* diagnostics read every stride-th draw (1 but for very long runs) */
    size_t n_parameters;
    /* mu, lower triangle of Omega without structural zeros, Delta by coefficients, alpha */
    hbl_parameter *parameter;
    size_t n_derived;
    hbl_parameter *derived; /* standard deviations, then correlations in the order of Omega */
    size_t n_kernels;
    hbl_kernel_summary *kernel;

    /* Over the parameters, not what is derived from them. Indices into parameter, SIZE_MAX and NaN
     * where no parameter has such a figure. */
    double worst_rhat, least_ess_bulk, least_ess_tail;
    size_t worst_rhat_at, least_ess_bulk_at, least_ess_tail_at;
    size_t n_undefined; /* parameters without R-hat or ESS: draws constant, too few, not finite */
    bool converged;     /* every R-hat <= 1.01 and every bulk and tail ESS >= 400 */
} hbl_summary;

/* Reads run.json and the chain files of a run directory. Memory is bounded whatever the number of
 * draws: beyond 2^17 draws in all, mean and sd use every draw, the rest every stride-th.
 * HBL_ERR_INPUT: no run there, a run.json or chain file that is not whole, with path and line. */
int hbl_summary_read(const char *directory, hbl_summary **summary, hbl_error *error);
void hbl_summary_free(hbl_summary *summary);

#define HBL_RHAT_LIMIT 1.01
#define HBL_ESS_LIMIT  400.0

#endif
