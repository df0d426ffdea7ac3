/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every setting of the model file, once: key, type, field, default, range, help.
 */
#include "model/settings.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>

/* LINEAR options write a pair of doubles. */
_Static_assert(offsetof(hbl_linear_in_k, constant) == 0 &&
                   offsetof(hbl_linear_in_k, per_coefficient) == sizeof(double),
               "hbl_linear_in_k is two doubles, the constant first");

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- the file itself */

static const char *const methods[] = {"hb", NULL};
static const char *const methods_later[] = {"msl", "mnl", NULL};

static const hbl_option top_options[] = {
    {.key = "title",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_spec, title),
     .otherwise = "",
     .help = "what the model is, for reports"},
    {.key = "formula",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_spec, formula),
     .help = "mlogit's \"choice ~ x | z | w\""},
    {.key = "method",
     .type = HBL_OPTION_WORD,
     .offset = offsetof(hbl_spec, method),
     .otherwise = "hb",
     .choices = methods,
     .later = methods_later,
     .help = "estimator: hierarchical Bayes"},
    {.key = "msl", .type = HBL_OPTION_LATER, .help = "settings of maximum simulated likelihood"},
};
const hbl_section hbl_section_top = {"", top_options, COUNT(top_options)};

/* ---- data */

static const char *const shapes[] = {"long", NULL};
static const char *const shapes_later[] = {"wide", NULL};

static const hbl_option data_options[] = {
    {.key = "file",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_data_spec, file),
     .help = "CSV file, relative to the model file's folder"},
    {.key = "shape",
     .type = HBL_OPTION_WORD,
     .offset = offsetof(hbl_data_spec, shape),
     .otherwise = "long",
     .choices = shapes,
     .later = shapes_later,
     .help = "a row an alternative"},
    {.key = "person",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_data_spec, person),
     .help = "column that tells persons apart; none: each task is a person"},
    {.key = "task",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_data_spec, task),
     .help = "column that tells tasks apart"},
    {.key = "alternative",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_data_spec, alternative),
     .help = "column that names alternatives; none: their place in the task, 1, 2, ..."},
    {.key = "choice",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_data_spec, choice),
     .help = "column with 1 for the alternative chosen; none: the formula's left side"},
    {.key = "reference",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_data_spec, reference),
     .help = "alternative without an intercept; none: the first one"},
    {.key = "separator", .type = HBL_OPTION_LATER, .help = "character between cells"},
    {.key = "varying", .type = HBL_OPTION_LATER, .help = "columns of a wide table"},
    {.key = "filter", .type = HBL_OPTION_LATER, .help = "rows to keep"},
    {.key = "derived", .type = HBL_OPTION_LATER, .help = "columns reckoned from others"},
    {.key = "alternatives", .type = HBL_OPTION_LATER, .help = "alternatives of a wide table"},
    {.key = "available", .type = HBL_OPTION_LATER, .help = "column that says what is offered"},
    {.key = "weight", .type = HBL_OPTION_LATER, .help = "column of person weights"},
    {.key = "persons", .type = HBL_OPTION_LATER, .help = "table of person covariates"},
};
const hbl_section hbl_section_data = {"data", data_options, COUNT(data_options)};

/* ---- hierarchical Bayes */

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
     .help = "sweeps of a chain that adapt and are thrown away"},
    {.key = "draws",
     .type = HBL_OPTION_INTEGER,
     .offset = offsetof(hbl_hb_settings, draws),
     .otherwise = "1000",
     .low = 1,
     .high = 1e9,
     .unit = "draws",
     .help = "draws kept, a chain"},
    {.key = "thin",
     .type = HBL_OPTION_INTEGER,
     .offset = offsetof(hbl_hb_settings, thin),
     .otherwise = "1",
     .low = 1,
     .high = 1e6,
     .unit = "sweeps",
     .help = "sweeps a kept draw"},
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
     .otherwise = "0.85",
     .low = 0,
     .high = 1,
     .high_open = true,
     .help = "of the draw of mean and covariance; 0: independent draws"},
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
const hbl_section hbl_section_hb = {"hb", hb_options, COUNT(hb_options)};

int hbl_hb_settings_default(hbl_hb_settings *settings, hbl_error *error)
{
    *settings = (hbl_hb_settings){0};
    return hbl_options_default(hb_options, COUNT(hb_options), settings, error);
}

void hbl_hb_settings_clear(hbl_hb_settings *settings)
{
    hbl_options_clear(hb_options, COUNT(hb_options), settings);
}

/* ---- simulation */

static const hbl_option simulation_options[] = {
    {.key = "persons",
     .type = HBL_OPTION_SIZE,
     .offset = offsetof(hbl_simulation_spec, n_persons),
     .otherwise = "0",
     .low = 0,
     .high = 1e9,
     .help = "people to draw; 0: choices are drawn on the rows of data.file"},
    {.key = "seed",
     .type = HBL_OPTION_UNSIGNED,
     .offset = offsetof(hbl_simulation_spec, seed),
     .otherwise = "1",
     .low = 0,
     .high = 9007199254740991.0,
     .help = "of the random numbers: the same seed gives the same data"},
};
const hbl_section hbl_section_simulation = {"simulate", simulation_options,
                                            COUNT(simulation_options)};

/* ---- help */

static const hbl_section *const sections[] = {&hbl_section_top, &hbl_section_data, &hbl_section_hb,
                                              &hbl_section_simulation};

static hbl_setting_info
    infos[COUNT(top_options) + COUNT(data_options) + COUNT(hb_options) + COUNT(simulation_options)];
static size_t n_infos;

static void fill_info(const hbl_section *section, const hbl_option *option)
{
    hbl_setting_info *info = &infos[n_infos++];

    snprintf(info->key, sizeof info->key, "%s%s%s", section->name, section->name[0] ? "." : "",
             option->key);
    hbl_option_describe(option, info->value, sizeof info->value);
    snprintf(info->otherwise, sizeof info->otherwise, "%s",
             option->otherwise != NULL ? option->otherwise : "");
    info->unit = option->unit != NULL ? option->unit : "";
    info->help = option->help;
}

static void fill_infos(void)
{
    for (size_t s = 0; s < COUNT(sections); s++) {
        for (size_t i = 0; i < sections[s]->n; i++) {
            if (sections[s]->option[i].type != HBL_OPTION_LATER)
                fill_info(sections[s], &sections[s]->option[i]);
        }
    }
}

size_t hbl_settings_list(const hbl_setting_info **list)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, fill_infos);
    *list = infos;
    return n_infos;
}
