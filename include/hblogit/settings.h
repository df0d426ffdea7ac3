/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings of the estimators and their priors, as plain structs. A setting's default, range, help
 * and place in the model file stand once, in the table of src/model/settings.c.
 */
#ifndef HBLOGIT_SETTINGS_H
#define HBLOGIT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hblogit/error.h"

/* ---- priors ---- */

typedef enum {
    HBL_MEAN_CONJUGATE, /* mu | Omega ~ N(location, Omega / precision) */
    HBL_MEAN_NORMAL,    /* mu ~ N(location, I / precision), independent of Omega */
    HBL_MEAN_FLAT,      /* p(mu) constant */
} hbl_mean_prior;

typedef enum {
    /* Omega ~ IW(df, scale I): density |Omega|^{-(df+m+1)/2} exp(-scale tr(Omega^-1) / 2),
     * mean scale / (df - m - 1) I, for a block of m coefficients. */
    HBL_COVARIANCE_INVERSE_WISHART,
    /* Huang and Wand (2013): Omega | lambda ~ IW(df + m - 1, 2 df diag(lambda)),
     * lambda_k ~ Gamma(shape 1/2, rate 1/A^2), so that standard deviations are half-t(df, A) with
     * A = scale; df = 2 makes each correlation uniform on (-1, 1). */
    HBL_COVARIANCE_HUANG_WAND,
} hbl_covariance_prior;

/* A number that may depend on the size m of a covariance block: constant + per_coefficient * m.
 * The model file writes it "K+3", "2(K+5)", "K" or 4; K is the size of the block. */
typedef struct {
    double constant, per_coefficient;
} hbl_linear_in_k;

/* The programs whose priors hbl_prior_preset copies. */
typedef enum {
    HBL_PRESET_BAYESM,       /* IW(K+3, (K+3) I), mu | Omega ~ N(0, Omega / 0.01) */
    HBL_PRESET_TRAIN,        /* IW(K, K I), flat mu */
    HBL_PRESET_RSGHB,        /* IW(K+5, 2 I), a block of one IW(1, 1), flat mu */
    HBL_PRESET_CHOICEMODELR, /* IW(K+5, 2 (K+5) I), mu | Omega ~ N(0, Omega / 0.01) */
} hbl_preset;

typedef struct {
    hbl_preset preset; /* where the prior started from; what follows is what holds */
    hbl_mean_prior mean;
    double mean_location;  /* the same for each random coefficient, on the scale of theta */
    double mean_precision; /* CONJUGATE: relative to Omega^-1 (bayesm's a); NORMAL: absolute */
    hbl_covariance_prior covariance;
    hbl_linear_in_k df, scale;
    /* df and scale of a block of one, where a program treats diagonal covariances on their own
     * (rsghb); otherwise equal to df and scale at m = 1. */
    hbl_linear_in_k df_single, scale_single;
    double fixed_location, fixed_precision; /* alpha_f ~ N(location, 1/precision); 0: flat */
} hbl_prior;

/* Sets df, scale and the mean's prior as that program does; the fixed coefficients' is left. */
void hbl_prior_preset(hbl_prior *prior, hbl_preset preset);

/* df and scale for a block of m random coefficients. */
double hbl_prior_df(const hbl_prior *prior, size_t m);
double hbl_prior_scale(const hbl_prior *prior, size_t m);

/* ---- hierarchical Bayes ---- */

typedef enum { HBL_PRECISION_DOUBLE, HBL_PRECISION_MIXED, HBL_PRECISION_FLOAT } hbl_precision;

typedef struct {
    int64_t chains, warmup, draws; /* draws: kept, a chain */
    int64_t thin;                  /* sweeps a kept draw */
    int64_t lengthen; /* times as long the command fit may make a run that has not converged; 1:
                         never. hbl_fit itself does what is said, once */
    uint64_t seed;
    char *kernel;            /* name of the kernel for theta_n: hmc, hessian, random-walk */
    bool interweave;         /* move (mu, L, alpha) with the standardised theta_n held */
    double over_relaxation;  /* of the (mu, Omega) draw, in [0, 1); 0: independent draws */
    double persistence;      /* of hmc's momentum from sweep to sweep, in [0, 1); 0: drawn anew */
    hbl_precision precision; /* of the likelihood pass */
    bool save_persons;       /* persons/ : every person's draws */
    bool save_warmup;        /* warmup-<chain>.csv beside chain-<chain>.csv */
    bool trace;              /* trace-<chain>.jsonl : every kernel's innards, for verification */
    double checkpoint;       /* seconds between checkpoints; 0: only when the run stops */
    hbl_prior prior;
} hbl_hb_settings;

/* Every setting at its default; the strings within are owned and freed by hbl_hb_settings_clear. */
int hbl_hb_settings_default(hbl_hb_settings *settings, hbl_error *error);
void hbl_hb_settings_clear(hbl_hb_settings *settings);

/* ---- maximum simulated likelihood ---- */

typedef struct {
    int64_t draws;         /* R: points of the sequence a person */
    char *sequence;        /* halton, sobol, mlhs or pseudo */
    uint64_t seed;         /* of all but plain Halton and Sobol points */
    int64_t drop;          /* points of the sequence left out at its start */
    bool scramble;         /* Halton: random digit permutations; Sobol: random digital shift */
    bool antithetic;       /* every second point is the mirror image of the one before */
    int64_t starts;        /* 1: from the multinomial logit; more: random ones besides */
    int64_t iterations;    /* limit, a start */
    double tolerance;      /* converged when g'H^-1 g is below it */
    char *standard_errors; /* reported: hessian, robust (person-level sandwich) or opg */
    int64_t repeats;       /* fits over randomised sequences, for simulation error; 0: none */
} hbl_msl_settings;

int hbl_msl_settings_default(hbl_msl_settings *settings, hbl_error *error);
void hbl_msl_settings_clear(hbl_msl_settings *settings);

/* ---- the settings of a model file, for help ---- */

typedef struct {
    char key[64];       /* as --set takes it: "hb.prior.mean.type" */
    char value[192];    /* what it may be: "a whole number from 1 to 1000" */
    char otherwise[32]; /* default, "" where there is none */
    const char *unit;   /* "" where there is none */
    const char *help;   /* one line */
} hbl_setting_info;

/* All of them, in the order of the model file; *list is static. Returns their number. */
size_t hbl_settings_list(const hbl_setting_info **list);

#endif
