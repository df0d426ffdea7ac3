/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All settings of a model file for help: those of the tables, and the keys that hold lists and
 * objects.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "model/settings.h"

/* ---- keys that are read by functions of their own */

typedef struct {
    const char *key, *value, *otherwise, *help;
} list_key;

static const list_key data_keys[] = {
    {"data.varying",
     "a list of attributes, or an object attribute -> list of columns, one an alternative", "",
     "wide: what has a column for each alternative; none: all that split at the separator"},
    {"data.alternatives", "a list of names or numbers", "",
     "alternatives in order; rows of others, and tasks that chose them, are left out"},
    {"data.available", "a column, or an object alternative -> column", "",
     "1 where the alternative is offered"},
    {"data.derived", "an object column -> expression, such as {\"time\": \"ivt + ovt\"}", "",
     "columns computed from others, which later ones may use"},
    {"data.categorical",
     "an object column -> \"dummy\", \"effects\" or {\"coding\": \"dummy\", \"base\": \"blue\"}",
     "", "columns taken as levels; text always is, by dummies"},
    {"data.persons", "a CSV file, or {\"file\": \"people.csv\", \"person\": \"id\"}", "",
     "second table, a row a person, with covariates"},
};

static const list_key model_keys[] = {
    {"random",
     "an object coefficient -> distribution, or {\"distribution\": \"johnson-sb\", \"lower\": 0, "
     "\"upper\": 3}",
     "", "coefficients that differ between persons, by name or by a pattern with * and ?"},
    {"correlation", "\"full\", \"none\" or a list of blocks, such as [[\"pf\", \"cl\"]]", "full",
     "which random coefficients are correlated"},
    {"order", "a list of lists of random coefficients, ascending; 0 may stand first or last", "",
     "coefficients in order for every person, such as [[0, \"two\", \"three\"]]"},
    {"held", "an object coefficient -> number, such as {\"price\": -1}", "",
     "coefficients that are not estimated but held at a value"},
    {"covariates", "a list of columns that do not vary within a person", "",
     "on which the means of the random coefficients depend"},
};

static const list_key simulation_keys[] = {
    {"simulate.tasks", "a whole number or [least, most]", "", "tasks of a drawn person"},
    {"simulate.alternatives", "a whole number or [least, most]", "", "alternatives of a task"},
    {"simulate.attributes",
     "an object attribute -> {\"levels\": [1, 2]}, {\"uniform\": [low, high]} or {\"normal\": "
     "[mean, sd]}, with \"of\": \"person\" where all rows of a person share it",
     "", "how the attributes of drawn rows are drawn"},
    {"simulate.mean", "an object coefficient -> number", "", "true means of theta"},
    {"simulate.sd", "an object coefficient -> number of at least 0", "",
     "true standard deviations of theta"},
    {"simulate.correlation", "a list of rows, in the order of simulate.mean", "",
     "true correlations of theta; none: uncorrelated"},
    {"simulate.slope", "an object \"coefficient:covariate\" -> number", "",
     "true effects of covariates on the means of theta; those not given are 0"},
    {"simulate.fixed", "an object coefficient -> number", "",
     "true coefficients that are the same for everyone, those of the scale too"},
};

/* ---- the list */

enum { MOST_SETTINGS = 128 };

static hbl_setting_info infos[MOST_SETTINGS];
static size_t n_infos;

static void add_section(const hbl_section *section)
{
    for (size_t i = 0; i < section->n && n_infos < MOST_SETTINGS; i++) {
        const hbl_option *option = &section->option[i];
        hbl_setting_info *info = &infos[n_infos++];

        snprintf(info->key, sizeof info->key, "%s%s%s", section->name, section->name[0] ? "." : "",
                 option->key);
        hbl_option_describe(option, info->value, sizeof info->value);
        snprintf(info->otherwise, sizeof info->otherwise, "%s",
                 option->otherwise != NULL ? option->otherwise : "");
        info->unit = option->unit != NULL ? option->unit : "";
        info->help = option->help;
    }
}

static void add_keys(const list_key *key, size_t n)
{
    for (size_t i = 0; i < n && n_infos < MOST_SETTINGS; i++) {
        hbl_setting_info *info = &infos[n_infos++];

        snprintf(info->key, sizeof info->key, "%s", key[i].key);
        snprintf(info->value, sizeof info->value, "%s", key[i].value);
        snprintf(info->otherwise, sizeof info->otherwise, "%s", key[i].otherwise);
        info->unit = "";
        info->help = key[i].help;
    }
}

static void fill_infos(void)
{
    add_section(&hbl_section_top);
    add_section(&hbl_section_data);
    add_keys(data_keys, HBL_COUNT(data_keys));
    add_keys(model_keys, HBL_COUNT(model_keys));
    add_section(&hbl_section_hb);
    add_section(&hbl_section_msl);
    add_section(&hbl_section_simulation);
    add_keys(simulation_keys, HBL_COUNT(simulation_keys));
}

size_t hbl_settings_list(const hbl_setting_info **list)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, fill_infos);
    *list = infos;
    return n_infos;
}
