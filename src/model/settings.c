/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every setting of the model file, once: key, type, field, default, range, help. Those of the
 * estimators are in settings_hb.c and settings_msl.c.
 */
#include "model/settings.h"

/* ---- the file itself */

static const char *const methods[] = {"hb", "msl", "mnl", NULL};

static const hbl_option top_options[] = {
    {.key = "title",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_spec, title),
     .otherwise = "",
     .help = "what the model is, for reports"},
    {.key = "formula",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_spec, formula),
     .help = "mlogit's \"choice ~ x | z | w\", and a fourth part v for the scale"},
    {.key = "method",
     .type = HBL_OPTION_WORD,
     .offset = offsetof(hbl_spec, method),
     .otherwise = "hb",
     .choices = methods,
     .help = "hierarchical Bayes, simulated likelihood, or a logit without random coefficients"},
};
const hbl_section hbl_section_top = {"", top_options, HBL_COUNT(top_options)};

/* ---- data */

static const char *const shapes[] = {"long", "wide", NULL};
static const char *const decimals[] = {".", ",", NULL};
static const char *const policies[] = {[HBL_MISSING_ERROR] = "error",
                                       [HBL_MISSING_DROP_TASK] = "drop-task",
                                       [HBL_MISSING_DROP_PERSON] = "drop-person",
                                       NULL};

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
     .help = "long: a row an alternative; wide: a row a task"},
    {.key = "delimiter",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_data_spec, delimiter),
     .otherwise = ",",
     .help = "between the file's cells: one character, or \"tab\""},
    {.key = "decimal",
     .type = HBL_OPTION_WORD,
     .offset = offsetof(hbl_data_spec, decimal),
     .otherwise = ".",
     .choices = decimals,
     .help = "between a number's whole part and its fraction"},
    {.key = "person",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_data_spec, person),
     .help = "column that tells persons apart; none: each task is a person"},
    {.key = "task",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_data_spec, task),
     .help = "column that tells tasks apart; none: wide, each row; long, alternatives repeat"},
    {.key = "alternative",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_data_spec, alternative),
     .help = "column that names alternatives; none: their place in the task, 1, 2, ..."},
    {.key = "choice",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_data_spec, choice),
     .help = "column with 1 for, or the name of, the one chosen; none: the formula's left side"},
    {.key = "reference",
     .type = HBL_OPTION_NAME,
     .offset = offsetof(hbl_data_spec, reference),
     .help = "alternative without an intercept; none: the first one"},
    {.key = "separator",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_data_spec, separator),
     .help =
         "wide: between attribute and alternative in names of columns; none: \".\", \"_\" or \"\""},
    {.key = "filter",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_data_spec, filter),
     .help = "expression; rows where it is 0 are left out"},
    {.key = "weight",
     .type = HBL_OPTION_STRING,
     .offset = offsetof(hbl_data_spec, weight),
     .help = "column of person weights"},
    {.key = "missing",
     .type = HBL_OPTION_CHOICE,
     .offset = offsetof(hbl_data_spec, missing),
     .otherwise = "error",
     .choices = policies,
     .help = "what to do with rows whose cells are missing"},
};
const hbl_section hbl_section_data = {"data", data_options, HBL_COUNT(data_options)};

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
                                            HBL_COUNT(simulation_options)};
