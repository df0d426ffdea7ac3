/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/point.h"

#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "core/fail.h"
#include "core/memory.h"
#include "hblogit/mnl.h"
#include "run/csv.h"
#include "run/file.h"
#include "run/tree.h"

/* ---- files ---- */

int hbl_point_write(const hbl_fit_run *run, const hbl_estimate_table *table, hbl_error *error)
{
    const char *directory = hbl_directory_path(run->directory);
    char *estimates = hbl_path_join(directory, "estimates.csv", error);
    char *variance = estimates ? hbl_path_join(directory, "vcov.csv", error) : NULL;
    int status = variance ? HBL_OK : HBL_ERR_MEMORY;

    if (!status)
        status = hbl_estimate_table_write(estimates, table, error);
    if (!status)
        status = hbl_estimate_table_write_variance(variance, table, error);
    free(estimates);
    free(variance);
    return status;
}

int hbl_point_log_open(const hbl_fit_run *run, char **path, FILE **file, hbl_error *error)
{
    *file = NULL;
    *path = hbl_path_join(hbl_directory_path(run->directory), "iterations.csv", error);
    if (!*path)
        return HBL_ERR_MEMORY;
    *file = fopen(*path, "w");
    if (!*file)
        return hbl_file_fail(*path, error);
    fputs("start,iteration,evaluations,log_likelihood,decrement,gradient_norm,step,seconds\n",
          *file);
    return HBL_OK;
}

void hbl_point_log(FILE *file, const hbl_msl_progress *now)
{
    const double number[] = {now->log_likelihood, now->decrement, now->gradient_norm, now->step,
                             now->seconds};

    fprintf(file, "%d,%d,%d", now->start, now->iteration, now->evaluations);
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        hbl_csv_put_number(file, number[i]);
    fputc('\n', file);
}

/* ---- figures ---- */

static double ratio_of_eigenvalues(const gsl_vector *eigenvalue)
{
    double least, largest;

    gsl_vector_minmax(eigenvalue, &least, &largest);
    return least > 0 ? largest / least : INFINITY;
}

int hbl_point_condition(size_t n, const double *hessian, double *condition, hbl_error *error)
{
    gsl_matrix *scaled;
    gsl_vector *eigenvalue;
    gsl_eigen_symm_workspace *workspace;
    int status = HBL_OK;

    *condition = n > 0 ? INFINITY : 1;
    for (size_t i = 0; i < n * n; i++)
        if (!isfinite(hessian[i]) || (i % (n + 1) == 0 && !(hessian[i] > 0)))
            return HBL_OK;
    if (n == 0)
        return HBL_OK;
    scaled = gsl_matrix_alloc(n, n);
    eigenvalue = gsl_vector_alloc(n);
    workspace = gsl_eigen_symm_alloc(n);
    if (scaled && eigenvalue && workspace) {
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                gsl_matrix_set(scaled, i, j,
                               hessian[i * n + j] / sqrt(hessian[i * n + i] * hessian[j * n + j]));
        if (gsl_eigen_symm(scaled, eigenvalue, workspace) == 0)
            *condition = ratio_of_eigenvalues(eigenvalue);
    } else {
        status = hbl_fail_memory(error, "the condition of the Hessian");
    }
    gsl_matrix_free(scaled);
    gsl_vector_free(eigenvalue);
    gsl_eigen_symm_free(workspace);
    return status;
}

/* ---- run.json ---- */

cJSON *hbl_point_number(double x)
{
    return isfinite(x) ? cJSON_CreateNumber(x) : cJSON_CreateNull();
}

void hbl_point_note(cJSON *notes, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    hbl_tree_append(notes, cJSON_CreateString(text));
}

int hbl_point_describe_likelihood(const hbl_fit_run *run, double optimum, double start,
                                  hbl_error *error)
{
    cJSON *likelihood;
    double shares = NAN;
    const int status = hbl_mnl_shares_log_likelihood(run->model, &shares, NULL);

    if (status == HBL_ERR_MEMORY)
        return hbl_fail_memory(error, "the log-likelihood at shares");
    likelihood = cJSON_CreateObject();
    hbl_tree_put(likelihood, "log_likelihood", hbl_point_number(optimum));
    hbl_tree_put(likelihood, "zero", hbl_point_number(hbl_mnl_zero_log_likelihood(run->model)));
    hbl_tree_put(likelihood, "shares", hbl_point_number(status ? NAN : shares));
    if (!isnan(start))
        hbl_tree_put(likelihood, "start", hbl_point_number(start));
    hbl_manifest_set(run->manifest, "likelihood", likelihood);
    return HBL_OK;
}

void hbl_point_describe_ending(const hbl_fit_run *run, const hbl_point_ending *ending, cJSON *notes,
                               double seconds)
{
    cJSON *optimiser = cJSON_CreateObject(), *time = cJSON_CreateObject();

    hbl_tree_put(optimiser, "iterations", cJSON_CreateNumber(ending->iterations));
    hbl_tree_put(optimiser, "evaluations", cJSON_CreateNumber(ending->evaluations));
    hbl_tree_put(optimiser, "decrement", hbl_point_number(ending->decrement));
    hbl_tree_put(optimiser, "gradient_norm", hbl_point_number(ending->gradient_norm));
    hbl_tree_put(optimiser, "condition", hbl_point_number(ending->condition));
    hbl_tree_put(optimiser, "converged", cJSON_CreateBool(ending->converged));
    hbl_tree_put(optimiser, "singular", cJSON_CreateBool(ending->singular));
    hbl_manifest_set(run->manifest, "optimiser", optimiser);
    hbl_manifest_set(run->manifest, "notes", notes);
    hbl_tree_put(time, "total", cJSON_CreateNumber(seconds));
    hbl_manifest_set(run->manifest, "seconds", time);
}
