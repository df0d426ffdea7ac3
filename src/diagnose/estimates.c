/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reader of what a run by mnl or msl has left.
 */
#include "hblogit/estimates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "diagnose/csv_file.h"
#include "diagnose/run_file.h"

/* ---- run.json ---- */

static const cJSON *item(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static double number(const cJSON *object, const char *key)
{
    const cJSON *value = item(object, key);
    return cJSON_IsNumber(value) ? value->valuedouble : NAN;
}

static size_t count(const cJSON *object, const char *key)
{
    const double value = number(object, key);
    return value >= 0 && value < 0x1p53 ? (size_t)value : 0;
}

static int whole(const cJSON *object, const char *key)
{
    const double value = number(object, key);
    return value >= 0 && value < 0x1p31 ? (int)value : 0;
}

static int set_text(const cJSON *object, const char *key, const char *otherwise, char **text,
                    hbl_error *error)
{
    const char *value = cJSON_GetStringValue(item(object, key));

    *text = hbl_strdup(value ? value : otherwise, error);
    return *text ? HBL_OK : HBL_ERR_MEMORY;
}

/* A list of strings; what is none is left out. */
static int set_list(const cJSON *list, char ***text, size_t *n, hbl_error *error)
{
    const cJSON *each;

    *n = 0;
    *text = hbl_calloc((size_t)cJSON_GetArraySize(list), sizeof **text, "run.json", error);
    if (!*text)
        return HBL_ERR_MEMORY;
    cJSON_ArrayForEach(each, list)
    {
        if (!cJSON_IsString(each))
            continue;
        (*text)[*n] = hbl_strdup(each->valuestring, error);
        if (!(*text)[(*n)++])
            return HBL_ERR_MEMORY;
    }
    return HBL_OK;
}

static int set_shares(const cJSON *shares, hbl_estimates *e, hbl_error *error)
{
    const cJSON *observed = item(shares, "observed"), *fitted = item(shares, "fitted");
    size_t n;
    int status = set_list(item(shares, "alternatives"), &e->alternative, &n, error);

    e->n_alternatives = n; /* those that there are to free, too */
    if (status)
        return status;
    e->observed_share = hbl_calloc(n, sizeof(double), "shares", error);
    e->fitted_share = hbl_calloc(n, sizeof(double), "shares", error);
    if (!e->observed_share || !e->fitted_share)
        return HBL_ERR_MEMORY;
    for (size_t j = 0; j < n; j++) {
        const cJSON *x = cJSON_GetArrayItem(observed, (int)j),
                    *y = cJSON_GetArrayItem(fitted, (int)j);
        e->observed_share[j] = cJSON_IsNumber(x) ? x->valuedouble : NAN;
        e->fitted_share[j] = cJSON_IsNumber(y) ? y->valuedouble : NAN;
    }
    return HBL_OK;
}

static void set_optimiser(const cJSON *root, hbl_estimates *e)
{
    const cJSON *optimiser = item(root, "optimiser"), *likelihood = item(root, "likelihood");

    e->log_likelihood = number(likelihood, "log_likelihood");
    e->log_likelihood_zero = number(likelihood, "zero");
    e->log_likelihood_shares = number(likelihood, "shares");
    e->iterations = whole(optimiser, "iterations");
    e->evaluations = whole(optimiser, "evaluations");
    e->decrement = number(optimiser, "decrement");
    e->gradient_norm = number(optimiser, "gradient_norm");
    e->condition = number(optimiser, "condition");
    if (isnan(e->condition))
        e->condition = INFINITY;
    e->converged = cJSON_IsTrue(item(optimiser, "converged"));
    e->singular = cJSON_IsTrue(item(optimiser, "singular"));
    e->seconds = number(item(root, "seconds"), "total");
}

static int describe(const cJSON *root, const char *directory, hbl_estimates *e, hbl_error *error)
{
    const cJSON *counts = item(root, "counts"), *simulation = item(root, "simulation");
    int status = HBL_OK;

    e->directory = hbl_strdup(directory, error);
    if (!e->directory)
        return HBL_ERR_MEMORY;
    e->n_persons = count(counts, "persons");
    e->n_tasks = count(counts, "tasks");
    e->n_rows = count(counts, "rows");
    e->n_draws = count(simulation, "draws");
    e->simulation_log_likelihood = number(simulation, "log_likelihood_sd");
    e->simulation_bias = number(simulation, "log_likelihood_bias");
    set_optimiser(root, e);
    status = set_text(item(root, "model"), "title", "", &e->title, error);
    if (!status)
        status = set_text(root, "method", "", &e->method, error);
    if (!status)
        status = set_text(root, "status", "done", &e->status, error);
    if (!status)
        status = set_text(root, "standard_errors", "hessian", &e->standard_errors, error);
    if (!status)
        status = set_text(simulation, "sequence", "", &e->sequence, error);
    if (!status)
        status = set_shares(item(root, "shares"), e, error);
    if (!status)
        status = set_list(item(root, "boundary"), &e->boundary, &e->n_boundary, error);
    return status ? status : set_list(item(root, "notes"), &e->note, &e->n_notes, error);
}

static void set_fit_measures(hbl_estimates *e)
{
    const double K = (double)e->n_parameters, LL = e->log_likelihood;

    e->mcfadden = 1 - LL / e->log_likelihood_shares;
    e->mcfadden_adjusted = 1 - (LL - K) / e->log_likelihood_shares;
    e->rho_squared_zero = 1 - LL / e->log_likelihood_zero;
    e->aic = 2 * (K - LL);
    e->bic = K * log((double)e->n_persons) - 2 * LL;
}

/* ---- estimates.csv ---- */

static int set_row(const hbl_csv_file *csv, size_t i, hbl_estimate *row, hbl_error *error)
{
    double *figure[] = {&row->estimate, &row->standard_error, &row->robust_standard_error, &row->t,
                        &row->p};
    int status = HBL_OK;

    row->parameter = hbl_strdup(hbl_csv_file_cell(csv, i, 0), error);
    row->name = hbl_strdup(hbl_csv_file_cell(csv, i, 1), error);
    if (!row->parameter || !row->name)
        return HBL_ERR_MEMORY;
    for (size_t f = 0; !status && f < sizeof figure / sizeof *figure; f++)
        status = hbl_csv_file_number(csv, i, 2 + f, figure[f], error);
    return status;
}

static int set_rows(const hbl_csv_file *csv, hbl_estimates *e, hbl_error *error)
{
    static const char *const wanted[] = {
        "parameter", "name", "estimate", "standard_error", "robust_standard_error", "t", "p"};
    enum { COLUMNS = sizeof wanted / sizeof *wanted };
    int status = HBL_OK;

    for (size_t c = 0; c < COLUMNS; c++)
        if (csv->n_columns != COLUMNS || strcmp(hbl_csv_file_name(csv, c), wanted[c]) != 0)
            return hbl_fail(error, HBL_ERR_INPUT, "%s:1: column %zu is not \"%s\"", csv->path,
                            c + 1, wanted[c]);
    e->row = hbl_calloc(csv->n_rows, sizeof *e->row, "estimates", error);
    if (!e->row)
        return HBL_ERR_MEMORY;
    e->n_rows_of_table = csv->n_rows;
    for (size_t i = 0; !status && i < csv->n_rows; i++)
        status = set_row(csv, i, &e->row[i], error);
    return status;
}

static int read_rows(const char *directory, hbl_estimates *e, hbl_error *error)
{
    hbl_csv_file csv;
    int status = hbl_csv_file_read(directory, "estimates.csv", &csv, error);

    if (status)
        return status;
    status = set_rows(&csv, e, error);
    hbl_csv_file_clear(&csv);
    return status;
}

/* ---- vcov.csv ---- */

static int set_variance(const hbl_csv_file *csv, hbl_estimates *e, hbl_error *error)
{
    const size_t n = csv->n_rows;
    int status = HBL_OK;

    if (csv->n_columns != n + 1 || n > e->n_rows_of_table)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s:%zu: %zu rows of %zu columns are no variance of the %zu estimates",
                        csv->path, n + 1, n, csv->n_columns - 1, e->n_rows_of_table);
    e->n_parameters = n;
    e->variance = hbl_calloc(n * n, sizeof(double), "the variance of the estimates", error);
    if (!e->variance)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; !status && i < n; i++) {
        if (strcmp(hbl_csv_file_cell(csv, i, 0), e->row[i].name) != 0)
            return hbl_fail(error, HBL_ERR_INPUT,
                            "%s:%zu: is of \"%s\", and estimates.csv has "
                            "\"%s\" there",
                            csv->path, i + 2, hbl_csv_file_cell(csv, i, 0), e->row[i].name);
        for (size_t j = 0; !status && j < n; j++)
            status = hbl_csv_file_number(csv, i, j + 1, &e->variance[i * n + j], error);
    }
    return status;
}

static int read_variance(const char *directory, hbl_estimates *e, hbl_error *error)
{
    hbl_csv_file csv;
    int status = hbl_csv_file_read(directory, "vcov.csv", &csv, error);

    if (status)
        return status;
    status = set_variance(&csv, e, error);
    hbl_csv_file_clear(&csv);
    return status;
}

static int set_simulation(const cJSON *root, hbl_estimates *e, hbl_error *error)
{
    const cJSON *sd = item(item(root, "simulation"), "sd");

    e->simulation = hbl_calloc(e->n_parameters, sizeof(double), "simulation errors", error);
    if (!e->simulation)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < e->n_parameters; i++) {
        const cJSON *x = cJSON_GetArrayItem(sd, (int)i);
        e->simulation[i] = cJSON_IsNumber(x) ? x->valuedouble : NAN;
    }
    return HBL_OK;
}

/* ---- the whole ---- */

static int fill(const char *directory, const hbl_run_file *run, hbl_estimates *e, hbl_error *error)
{
    int status = describe(run->root, directory, e, error);

    if (!status && isnan(e->log_likelihood))
        status = hbl_fail(error, HBL_ERR_INPUT,
                          "%s: the run has no estimates: its status is \"%s\"; run hblogit fit "
                          "again, with --force",
                          directory, e->status);
    if (!status)
        status = read_rows(directory, e, error);
    if (!status)
        status = read_variance(directory, e, error);
    if (!status)
        status = set_simulation(run->root, e, error);
    if (!status)
        set_fit_measures(e);
    return status;
}

int hbl_estimates_read(const char *directory, hbl_estimates **estimates, hbl_error *error)
{
    hbl_estimates *e = NULL;
    hbl_run_file run;
    int status = hbl_run_file_read(directory, &run, error);

    *estimates = NULL;
    if (status)
        return status;
    if (hbl_run_file_has_draws(&run))
        status = hbl_fail(error, HBL_ERR_INPUT,
                          "%s: a run by \"hb\", which leaves draws and no "
                          "estimates",
                          run.path);
    else if (!(e = hbl_calloc(1, sizeof *e, "estimates", error)))
        status = HBL_ERR_MEMORY;
    else
        status = fill(directory, &run, e, error);
    hbl_run_file_clear(&run);
    if (status)
        hbl_estimates_free(e);
    else
        *estimates = e;
    return status;
}

static void free_list(char **text, size_t n)
{
    for (size_t i = 0; text && i < n; i++)
        free(text[i]);
    free(text);
}

void hbl_estimates_free(hbl_estimates *e)
{
    if (!e)
        return;
    for (size_t i = 0; e->row && i < e->n_rows_of_table; i++) {
        free(e->row[i].parameter);
        free(e->row[i].name);
    }
    free(e->row);
    free_list(e->alternative, e->n_alternatives);
    free_list(e->note, e->n_notes);
    free_list(e->boundary, e->n_boundary);
    free(e->observed_share);
    free(e->fitted_share);
    free(e->variance);
    free(e->simulation);
    free(e->directory);
    free(e->title);
    free(e->method);
    free(e->status);
    free(e->standard_errors);
    free(e->sequence);
    free(e);
}

int hbl_run_method(const char *directory, char **method, hbl_error *error)
{
    hbl_run_file run;
    int status = hbl_run_file_read(directory, &run, error);

    *method = NULL;
    if (status)
        return status;
    status = set_text(run.root, "method", "hb", method, error);
    hbl_run_file_clear(&run);
    return status;
}
