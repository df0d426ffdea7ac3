/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The truth behind simulated data, from the model's "simulate" object:
 * Omega_ij = correlation_ij sd_i sd_j, rows of "correlation" in the order of "mean".
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/fail.h"
#include "core/memory.h"
#include "diagnose/run_file.h"

typedef struct {
    const cJSON *mean, *sd, *correlation, *slope, *fixed;
    const hbl_summary *summary;
} truth;

static double number_of(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

    return cJSON_IsNumber(value) ? value->valuedouble : NAN;
}

/* Position of a key among an object's, or -1. */
static int position_of(const cJSON *object, const char *key)
{
    const cJSON *member;
    int i = 0;

    cJSON_ArrayForEach(member, object)
    {
        if (strcmp(member->string, key) == 0)
            return i;
        i++;
    }
    return -1;
}

static double correlation_of(const truth *t, const char *row, const char *col)
{
    const int i = position_of(t->mean, row), j = position_of(t->mean, col);
    const cJSON *cell;

    if (strcmp(row, col) == 0)
        return 1;
    if (!cJSON_IsArray(t->correlation) || cJSON_GetArraySize(t->correlation) == 0)
        return 0;
    if (i < 0 || j < 0)
        return NAN;
    cell = cJSON_GetArrayItem(cJSON_GetArrayItem(t->correlation, i), j);
    return cJSON_IsNumber(cell) ? cell->valuedouble : NAN;
}

/* An element of Delta that the model does not name is 0. */
static double slope_of(const truth *t, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(t->slope, name) ? number_of(t->slope, name) : 0;
}

static double truth_of(const truth *t, const hbl_parameter *p)
{
    const char *row = t->summary->coefficient[p->row], *col;

    if (p->kind == HBL_PARAMETER_SLOPE)
        return slope_of(t, p->name);
    col = t->summary->coefficient[p->col];
    switch (p->kind) {
    case HBL_PARAMETER_MEAN:
        return number_of(t->mean, row);
    case HBL_PARAMETER_COVARIANCE:
        return correlation_of(t, row, col) * number_of(t->sd, row) * number_of(t->sd, col);
    case HBL_PARAMETER_FIXED:
        return number_of(t->fixed, row);
    case HBL_PARAMETER_SLOPE:
        break;
    case HBL_PARAMETER_SD:
        return number_of(t->sd, row);
    case HBL_PARAMETER_CORRELATION:
        return correlation_of(t, row, col);
    }
    return NAN;
}

/* Whether the data fitted were drawn from the truth stated: people and tasks were drawn too, or the
 * file has the truth beside it that `simulate` leaves, FILE.truth.csv beside FILE.csv. */
static bool is_simulated(const hbl_run_file *run, const cJSON *simulate)
{
    const cJSON *hashes = cJSON_GetObjectItemCaseSensitive(run->root, "hashes");
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(hashes, "data");
    const cJSON *path = cJSON_GetObjectItemCaseSensitive(data, "path");
    char beside[4096];
    size_t stem;

    if (!cJSON_IsObject(simulate))
        return false;
    if (number_of(simulate, "persons") > 0)
        return true;
    if (!cJSON_IsString(path) || strlen(path->valuestring) + sizeof ".truth.csv" > sizeof beside)
        return false;
    stem = strlen(path->valuestring);
    if (stem > 4 && strcmp(path->valuestring + stem - 4, ".csv") == 0)
        stem -= 4;
    snprintf(beside, sizeof beside, "%.*s.truth.csv", (int)stem, path->valuestring);
    return access(beside, R_OK) == 0;
}

int hbl_run_file_truth(const hbl_run_file *run, hbl_summary *summary, hbl_error *error)
{
    const cJSON *model = cJSON_GetObjectItemCaseSensitive(run->root, "model");
    const cJSON *simulate = cJSON_GetObjectItemCaseSensitive(model, "simulate");
    const truth t = {cJSON_GetObjectItemCaseSensitive(simulate, "mean"),
                     cJSON_GetObjectItemCaseSensitive(simulate, "sd"),
                     cJSON_GetObjectItemCaseSensitive(simulate, "correlation"),
                     cJSON_GetObjectItemCaseSensitive(simulate, "slope"),
                     cJSON_GetObjectItemCaseSensitive(simulate, "fixed"),
                     summary};

    bool simulated;

    if (simulate && !cJSON_IsObject(simulate) && !cJSON_IsNull(simulate))
        return hbl_fail(error, HBL_ERR_INPUT, "%s: model.simulate is not an object", run->path);
    simulated = is_simulated(run, simulate);
    for (size_t i = 0; i < summary->n_parameters; i++)
        summary->parameter[i].truth = simulated ? truth_of(&t, &summary->parameter[i]) : NAN;
    for (size_t i = 0; i < summary->n_derived; i++)
        summary->derived[i].truth = simulated ? truth_of(&t, &summary->derived[i]) : NAN;
    return HBL_OK;
}
