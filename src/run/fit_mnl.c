/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The driver of the multinomial logit.
 */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "hblogit/mnl.h"
#include "run/file.h"
#include "run/fit.h"
#include "run/point.h"
#include "run/progress.h"
#include "run/tree.h"

typedef struct {
    hbl_fit_run *run;
    hbl_mnl *mnl;
    double *robust; /* n x n */
    double seconds; /* of the estimation */
} mnl_fit;

static int estimate(mnl_fit *fit, hbl_error *error)
{
    const double from = hbl_seconds();
    const hbl_model *model = fit->run->model;
    int status = hbl_mnl_estimate(model, fit->run->threads, &fit->mnl, error);

    if (status)
        return status;
    const size_t n = fit->mnl->n_coefficients;
    fit->robust = hbl_calloc(n * n, sizeof(double), "the robust variance", error);
    if (!fit->robust)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < n * n; i++)
        fit->robust[i] = NAN;
    if (!fit->mnl->singular)
        status = hbl_mnl_robust(model, fit->mnl, fit->robust, error);
    fit->seconds = hbl_seconds() - from;
    return status;
}

/* ---- files ---- */

static int write_table(const mnl_fit *fit, hbl_error *error)
{
    hbl_estimate_table *table = NULL;
    int status = hbl_estimate_table_mnl(fit->run->model, fit->mnl, fit->robust, &table, error);

    if (!status)
        status = hbl_point_write(fit->run, table, error);
    hbl_estimate_table_free(table);
    return status;
}

/* Newton's method tells of its end only. */
static int write_log(const mnl_fit *fit, hbl_error *error)
{
    const hbl_mnl *mnl = fit->mnl;
    const hbl_msl_progress last = {.start = 1,
                                   .n_starts = 1,
                                   .iteration = mnl->iterations,
                                   .evaluations = mnl->evaluations,
                                   .log_likelihood = mnl->log_likelihood,
                                   .decrement = mnl->decrement,
                                   .gradient_norm = NAN,
                                   .step = NAN,
                                   .seconds = fit->seconds};
    char *path = NULL;
    FILE *file = NULL;
    int status = hbl_point_log_open(fit->run, &path, &file, error);

    if (file) {
        hbl_point_log(file, &last);
        status = hbl_stream_close(file, path, true, error);
    }
    free(path);
    return status;
}

/* ---- run.json ---- */

static int describe_shares(const mnl_fit *fit, hbl_error *error)
{
    const hbl_model *model = fit->run->model;
    const size_t J = model->panel->n_alternatives;
    double *share = hbl_calloc(2 * J, sizeof *share, "shares", error);
    cJSON *shares, *list[3];
    int status;

    if (!share)
        return HBL_ERR_MEMORY;
    status = hbl_mnl_shares(model, fit->mnl->estimate, share, share + J, error);
    if (!status) {
        shares = cJSON_CreateObject();
        list[0] = hbl_tree_put(shares, "alternatives", cJSON_CreateArray());
        list[1] = hbl_tree_put(shares, "observed", cJSON_CreateArray());
        list[2] = hbl_tree_put(shares, "fitted", cJSON_CreateArray());
        for (size_t j = 0; j < J; j++) {
            hbl_tree_append(list[0], cJSON_CreateString(model->panel->alternative_label[j]));
            hbl_tree_append(list[1], hbl_point_number(share[j]));
            hbl_tree_append(list[2], hbl_point_number(share[J + j]));
        }
        hbl_manifest_set(fit->run->manifest, "shares", shares);
    }
    free(share);
    return status;
}

static void note_ending(const mnl_fit *fit, cJSON *notes)
{
    const hbl_mnl *mnl = fit->mnl;

    if (mnl->singular)
        hbl_point_note(notes, "The Hessian is singular: some columns are constant or collinear, "
                              "their coefficients are not identified, and there are no standard "
                              "errors; hblogit check names the columns.");
    if (!mnl->converged)
        hbl_point_note(notes,
                       "Not converged after %d iterations (g'H^-1 g = %.2g): where a column "
                       "separates the choices its coefficient runs away; hblogit check names it. "
                       "What is saved are the estimates of the last iteration.",
                       mnl->iterations, mnl->decrement);
    if (fit->run->model->n_random > 0)
        hbl_point_note(notes, "The multinomial logit takes the model's random coefficients as the "
                              "same for everyone.");
}

static int describe(const mnl_fit *fit, hbl_error *error)
{
    const hbl_mnl *mnl = fit->mnl;
    hbl_point_ending ending = {.iterations = mnl->iterations,
                               .evaluations = mnl->evaluations,
                               .decrement = mnl->decrement,
                               .gradient_norm = NAN,
                               .converged = mnl->converged,
                               .singular = mnl->singular};
    cJSON *notes;
    int status = hbl_point_condition(mnl->n_coefficients, mnl->hessian, &ending.condition, error);

    if (!status)
        status = hbl_point_describe_likelihood(fit->run, mnl->log_likelihood, NAN, error);
    if (!status)
        status = describe_shares(fit, error);
    if (status)
        return status;
    hbl_manifest_set(fit->run->manifest, "standard_errors", cJSON_CreateString("hessian"));
    notes = cJSON_CreateArray();
    note_ending(fit, notes);
    hbl_point_describe_ending(fit->run, &ending, notes, fit->seconds);
    return HBL_OK;
}

int hbl_fit_mnl(hbl_fit_run *run, hbl_error *error)
{
    mnl_fit fit = {.run = run};
    int status = hbl_fit_begin(run, false, error);

    if (!status)
        status = estimate(&fit, error);
    if (!status)
        status = write_table(&fit, error);
    if (!status)
        status = write_log(&fit, error);
    if (!status)
        status = describe(&fit, error);
    hbl_mnl_free(fit.mnl);
    free(fit.robust);
    return status;
}
