/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every setting of hierarchical Bayes and its priors, once.
 */
#include <math.h>

#include "model/settings.h"

/* LINEAR options write a pair of doubles. */
_Static_assert(offsetof(hbl_linear_in_k, constant) == 0 &&
                   offsetof(hbl_linear_in_k, per_coefficient) == sizeof(double),
               "hbl_linear_in_k is two doubles, the constant first");

/* The registry of kernels is the sampler's (hbl_person_kernels); a test holds the two together. */
static const char *const kernels[] = {"hmc", "hessian", "random-walk", NULL};
static const char *const precisions[] = {[HBL_PRECISION_DOUBLE] = "double",
                                         [HBL_PRECISION_MIXED] = "mixed",
                                         [HBL_PRECISION_FLOAT] = "float",
                                         NULL};
static const char *const presets[] = {[HBL_PRESET_BAYESM] = "bayesm",
                                      [HBL_PRESET_TRAIN] = "train",
                                      [HBL_PRESET_RSGHB] = "rsghb",
                                      [HBL_PRESET_CHOICEMODELR] = "choicemodelr",
                                      NULL};
static const char *const means[] = {[HBL_MEAN_CONJUGATE] = "conjugate",
                                    [HBL_MEAN_NORMAL] = "normal",
                                    [HBL_MEAN_FLAT] = "flat",
                                    NULL};
static const char *const covariances[] = {[HBL_COVARIANCE_INVERSE_WISHART] = "inverse-wishart",
                                          [HBL_COVARIANCE_HUANG_WAND] = "huang-wand",
                                          NULL};

static void apply_preset(void *section)
{
    hbl_prior *prior = &((hbl_hb_settings *)section)->prior;

    hbl_prior_preset(prior, prior->preset);
}

/* A flat mean has no location and no precision; a type of another kind than the preset's needs
 * some. */
static void apply_mean_type(void *section)
{
    hbl_prior *prior = &((hbl_hb_settings *)section)->prior;

    if (prior->mean == HBL_MEAN_FLAT)
        prior->mean_location = prior->mean_precision = 0.0;
    else if (prior->mean_precision == 0.0)
        prior->mean_precision = 0.01;
}

/* Huang and Wand's own: half-t(2, 10) standard deviations, uniform correlations. */
static void apply_covariance_type(void *section)
{
    hbl_prior *prior = &((hbl_hb_settings *)section)->prior;

    if (prior->covariance != HBL_COVARIANCE_HUANG_WAND)
        return;
    prior->df = prior->df_single = (hbl_linear_in_k){2.0, 0.0};
    prior->scale = prior->scale_single = (hbl_linear_in_k){10.0, 0.0};
}

static void apply_df(void *section)
{
    hbl_prior *prior = &((hbl_hb_settings *)section)->prior;

    prior->df_single = prior->df;
}

static void apply_scale(void *section)
{
    hbl_prior *prior = &((hbl_hb_settings *)section)->prior;

    prior->scale_single = prior->scale;
}

/* Who says how long wants it so. */
static void apply_length(void *section)
{
    ((hbl_hb_settings *)section)->lengthen = 1;
}

/* Read in this order: the preset first, then what stands on top of it. */
static const hbl_option hb_options[] = {
    {.key = "chains",
     .type = HBL_OPTION_INTEGER,
     .offset = offsetof(hbl_hb_settings, chains),
     .otherwise = "4",
     .low = 1,
     .high = 1000,
     .help = "independent Markov chains"},
    {.key = "warmup",
     .type = HBL_OPTION_INTEGER,
     .offset = offsetof(hbl_hb_settings, warmup),
     .otherwise = "1000",
     .low = 0,
     .high = 1e9,
     .unit = "sweeps",
     .after = apply_length,
     .help = "sweeps of a chain that adapt and are thrown away"},
    {.key = "draws",
     .type = HBL_OPTION_INTEGER,
     .offset = offsetof(hbl_hb_settings, draws),
     .otherwise = "1000",
     .low = 1,
     .high = 1e9,
     .unit = "draws",
     .after = apply_length,
     .help = "draws kept, a chain"},
    {.key = "thin",
     .type = HBL_OPTION_INTEGER,
     .offset = offsetof(hbl_hb_settings, thin),
     .otherwise = "1",
     .low = 1,
     .high = 1e6,
     .unit = "sweeps",
     .after = apply_length,
     .help = "sweeps a kept draw"},
    {.key = "lengthen",
     .type = HBL_OPTION_INTEGER,
     .offset = offsetof(hbl_hb_settings, lengthen),
     .otherwise = "256",
     .low = 1,
     .high = 1e6,
     .unit = "times",
     .help = "as long at most, until chains converge; 1 where warmup, draws or thin is given"},
    {.key = "seed",
     .type = HBL_OPTION_UNSIGNED,
     .offset = offsetof(hbl_hb_settings, seed),
     .otherwise = "1",
     .low = 0,
     .high = 9007199254740991.0,
     .help = "of the random numbers: the same seed gives the same draws"},
    {.key = "kernel",
     .type = HBL_OPTION_WORD,
     .offset = offsetof(hbl_hb_settings, kernel),
     .otherwise = "hmc",
     .choices = kernels,
     .help = "how the coefficients of a person move"},
    {.key = "interweave",
     .type = HBL_OPTION_BOOLEAN,
     .offset = offsetof(hbl_hb_settings, interweave),
     .otherwise = "true",
     .help = "also move the population with the standardised persons held"},
    {.key = "over_relaxation",
     .type = HBL_OPTION_REAL,
     .offset = offsetof(hbl_hb_settings, over_relaxation),
     .otherwise = "0.9",
     .low = 0,
     .high = 1,
     .high_open = true,
     .help = "of the draw of mean and covariance; 0: independent draws"},
    {.key = "persistence",
     .type = HBL_OPTION_REAL,
     .offset = offsetof(hbl_hb_settings, persistence),
     .otherwise = "0.4",
     .low = 0,
     .high = 1,
     .high_open = true,
     .help = "of the momentum of hmc from sweep to sweep; 0: drawn anew"},
    {.key = "precision",
     .type = HBL_OPTION_CHOICE,
     .offset = offsetof(hbl_hb_settings, precision),
     .otherwise = "float",
     .choices = precisions,
     .help = "of the likelihood pass; mixed: values in double, gradients in float"},
    {.key = "save_persons",
     .type = HBL_OPTION_BOOLEAN,
     .offset = offsetof(hbl_hb_settings, save_persons),
     .otherwise = "false",
     .help = "keep the draws of every person, as a Zarr directory"},
    {.key = "save_warmup",
     .type = HBL_OPTION_BOOLEAN,
     .offset = offsetof(hbl_hb_settings, save_warmup),
     .otherwise = "false",
     .help = "keep the warm-up sweeps, in files of their own"},
    {.key = "trace",
     .type = HBL_OPTION_BOOLEAN,
     .offset = offsetof(hbl_hb_settings, trace),
     .otherwise = "false",
     .help = "write what every kernel proposed and decided, for verification"},
    {.key = "checkpoint",
     .type = HBL_OPTION_REAL,
     .offset = offsetof(hbl_hb_settings, checkpoint),
     .otherwise = "60",
     .low = 0,
     .high = 1e9,
     .unit = "seconds",
     .help = "time between checkpoints; 0: only when the run stops"},
    {.key = "prior.preset",
     .type = HBL_OPTION_CHOICE,
     .offset = offsetof(hbl_hb_settings, prior.preset),
     .otherwise = "bayesm",
     .choices = presets,
     .after = apply_preset,
     .help = "priors as that program sets them; the other keys of the prior go on top"},
    {.key = "prior.mean.type",
     .type = HBL_OPTION_CHOICE,
     .offset = offsetof(hbl_hb_settings, prior.mean),
     .choices = means,
     .after = apply_mean_type,
     .help = "mean given the covariance, independent of it, or constant; none: the preset's"},
    {.key = "prior.mean.location",
     .type = HBL_OPTION_REAL,
     .offset = offsetof(hbl_hb_settings, prior.mean_location),
     .help = "centre of the mean's prior, on the scale of theta; none: the preset's"},
    {.key = "prior.mean.precision",
     .type = HBL_OPTION_REAL,
     .offset = offsetof(hbl_hb_settings, prior.mean_precision),
     .low = 0,
     .high = INFINITY,
     .help = "conjugate: variance is Omega / precision; normal: 1 / precision"},
    {.key = "prior.covariance.type",
     .type = HBL_OPTION_CHOICE,
     .offset = offsetof(hbl_hb_settings, prior.covariance),
     .choices = covariances,
     .after = apply_covariance_type,
     .help = "inverse-Wishart, or half-t standard deviations; none: the preset's"},
    {.key = "prior.covariance.df",
     .type = HBL_OPTION_LINEAR,
     .offset = offsetof(hbl_hb_settings, prior.df),
     .after = apply_df,
     .help = "degrees of freedom; above K - 1 for an inverse-Wishart; none: the preset's"},
    {.key = "prior.covariance.scale",
     .type = HBL_OPTION_LINEAR,
     .offset = offsetof(hbl_hb_settings, prior.scale),
     .after = apply_scale,
     .help = "V = scale I of IW(df, V); for huang-wand the scale of the half-t"},
    {.key = "prior.covariance.df_single",
     .type = HBL_OPTION_LINEAR,
     .offset = offsetof(hbl_hb_settings, prior.df_single),
     .help = "df of a block of one coefficient; none: as df"},
    {.key = "prior.covariance.scale_single",
     .type = HBL_OPTION_LINEAR,
     .offset = offsetof(hbl_hb_settings, prior.scale_single),
     .help = "scale of a block of one coefficient; none: as scale"},
    {.key = "prior.fixed.location",
     .type = HBL_OPTION_REAL,
     .offset = offsetof(hbl_hb_settings, prior.fixed_location),
     .otherwise = "0",
     .help = "centre of the normal prior of fixed coefficients"},
    {.key = "prior.fixed.precision",
     .type = HBL_OPTION_REAL,
     .offset = offsetof(hbl_hb_settings, prior.fixed_precision),
     .otherwise = "0",
     .low = 0,
     .high = INFINITY,
     .help = "1 / variance of that prior; 0: flat"},
};
const hbl_section hbl_section_hb = {"hb", hb_options, HBL_COUNT(hb_options)};

int hbl_hb_settings_default(hbl_hb_settings *settings, hbl_error *error)
{
    *settings = (hbl_hb_settings){0};
    return hbl_options_default(hb_options, HBL_COUNT(hb_options), settings, error);
}

void hbl_hb_settings_clear(hbl_hb_settings *settings)
{
    hbl_options_clear(hb_options, HBL_COUNT(hb_options), settings);
}
