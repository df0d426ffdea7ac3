/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every setting of maximum simulated likelihood, once.
 */
#include "model/settings.h"

/* The registry of sequences is the estimator's (hbl_sequences); a test holds the two together. */
static const char *const sequences[] = {"halton", "sobol", "mlhs", "pseudo", NULL};
static const char *const errors[] = {"hessian", "robust", "opg", NULL};

static const hbl_option msl_options[] = {
    {.key = "draws",
     .type = HBL_OPTION_INTEGER,
     .offset = offsetof(hbl_msl_settings, draws),
     .otherwise = "1000",
     .low = 1,
     .high = 1e7,
     .unit = "points",
     .help = "points of the sequence, a person"},
    {.key = "sequence",
     .type = HBL_OPTION_WORD,
     .offset = offsetof(hbl_msl_settings, sequence),
     .otherwise = "halton",
     .choices = sequences,
     .help = "where the points come from"},
    {.key = "seed",
     .type = HBL_OPTION_UNSIGNED,
     .offset = offsetof(hbl_msl_settings, seed),
     .otherwise = "1",
     .low = 0,
     .high = 9007199254740991.0,
     .help = "of the random numbers; plain Halton and Sobol points have none"},
    {.key = "drop",
     .type = HBL_OPTION_INTEGER,
     .offset = offsetof(hbl_msl_settings, drop),
     .otherwise = "100",
     .low = 0,
     .high = 1e9,
     .unit = "points",
     .help = "points of a Halton or Sobol sequence left out at its start"},
    {.key = "scramble",
     .type = HBL_OPTION_BOOLEAN,
     .offset = offsetof(hbl_msl_settings, scramble),
     .otherwise = "false",
     .help = "Halton: permute the digits at random; Sobol: shift them at random"},
    {.key = "antithetic",
     .type = HBL_OPTION_BOOLEAN,
     .offset = offsetof(hbl_msl_settings, antithetic),
     .otherwise = "false",
     .help = "every second point is the mirror image of the one before"},
    {.key = "starts",
     .type = HBL_OPTION_INTEGER,
     .offset = offsetof(hbl_msl_settings, starts),
     .otherwise = "1",
     .low = 1,
     .high = 1e6,
     .help = "1: from the multinomial logit; more: random ones besides"},
    {.key = "iterations",
     .type = HBL_OPTION_INTEGER,
     .offset = offsetof(hbl_msl_settings, iterations),
     .otherwise = "500",
     .low = 0,
     .high = 1e9,
     .help = "most iterations of a start"},
    {.key = "tolerance",
     .type = HBL_OPTION_REAL,
     .offset = offsetof(hbl_msl_settings, tolerance),
     .otherwise = "1e-06",
     .low = 0,
     .low_open = true,
     .high = 1,
     .help = "converged when g'H^-1 g, twice the gain still expected, is below it"},
    {.key = "standard_errors",
     .type = HBL_OPTION_WORD,
     .offset = offsetof(hbl_msl_settings, standard_errors),
     .otherwise = "hessian",
     .choices = errors,
     .help = "from the inverse Hessian, the sandwich over persons, or the outer product"},
    {.key = "repeats",
     .type = HBL_OPTION_INTEGER,
     .offset = offsetof(hbl_msl_settings, repeats),
     .otherwise = "0",
     .low = 0,
     .high = 1e6,
     .help = "further fits over randomised sequences, for the simulation error"},
};
const hbl_section hbl_section_msl = {"msl", msl_options, HBL_COUNT(msl_options)};

int hbl_msl_settings_default(hbl_msl_settings *settings, hbl_error *error)
{
    *settings = (hbl_msl_settings){0};
    return hbl_options_default(msl_options, HBL_COUNT(msl_options), settings, error);
}

void hbl_msl_settings_clear(hbl_msl_settings *settings)
{
    hbl_options_clear(msl_options, HBL_COUNT(msl_options), settings);
}
