/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The driver of maximum simulated likelihood.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "hblogit/msl.h"
#include "run/file.h"
#include "run/fit.h"
#include "run/persons.h"
#include "run/point.h"
#include "run/progress.h"
#include "run/tree.h"

typedef struct {
    hbl_fit_run *run;
    const hbl_msl_settings *settings;
    hbl_msl *msl;
    hbl_msl_fit *fit;
    FILE *log;
    char *log_path;
} msl_run;

/* ---- estimation ---- */

/* Too few draws, or a sequence of too many dimensions: said before the work. */
static int tell_advice(const msl_run *m, hbl_error *error)
{
    hbl_findings *findings = NULL;
    const int status = hbl_msl_advice(m->msl, &findings, error);

    for (size_t i = 0; !status && i < findings->n_findings; i++)
        hbl_fit_notice(m->run, "%s", findings->finding[i].text);
    hbl_findings_free(findings);
    return status;
}

static bool asked_to_stop(const hbl_fit_options *options)
{
    /* set by a signal handler, perhaps on another thread */
    return options->stop && __atomic_load_n(options->stop, __ATOMIC_RELAXED);
}

static int observe(void *context, const hbl_msl_progress *progress)
{
    msl_run *m = context;
    const hbl_fit_options *options = m->run->options;

    hbl_point_log(m->log, progress);
    if (options->iteration)
        options->iteration(options->context, progress);
    return asked_to_stop(options) || ferror(m->log);
}

static int estimate(msl_run *m, hbl_error *error)
{
    int status = hbl_point_log_open(m->run, &m->log_path, &m->log, error), closed;

    if (!status)
        status = hbl_msl_estimate(m->msl, observe, m, &m->fit, error);
    closed = m->log ? hbl_stream_close(m->log, m->log_path, true, status ? NULL : error) : HBL_OK;
    m->log = NULL;
    return status ? status : closed;
}

/* ---- files ---- */

static int write_table(const msl_run *m, hbl_error *error)
{
    hbl_estimate_table *table = NULL;
    int status = hbl_estimate_table_msl(m->run->model, hbl_msl_parameters(m->msl), m->fit,
                                        m->settings->standard_errors, &table, error);

    if (!status)
        status = hbl_point_write(m->run, table, error);
    hbl_estimate_table_free(table);
    return status;
}

static int write_persons(const msl_run *m, hbl_error *error)
{
    char *path = hbl_path_join(hbl_directory_path(m->run->directory), "persons.csv", error);
    const int status =
        path ? hbl_persons_write_conditional(path, m->run->model, m->fit, error) : HBL_ERR_MEMORY;

    free(path);
    return status;
}

/* ---- run.json: in words ---- */

static const char *name_of(const msl_run *m, size_t parameter)
{
    return hbl_msl_parameters(m->msl)[parameter].name;
}

static void note_ending(const msl_run *m, cJSON *notes)
{
    const hbl_msl_fit *fit = m->fit;

    if (fit->interrupted)
        hbl_point_note(notes,
                       "Interrupted after %d iterations: what is saved are the best "
                       "estimates so far, which are not the maximum.",
                       fit->iterations);
    else if (!fit->converged)
        hbl_point_note(notes,
                       "Not converged after %d iterations (g'H^-1 g = %.2g, wanted %.2g): what is "
                       "saved are the best estimates so far. More iterations (msl.iterations) or "
                       "several starts (msl.starts) may help; hblogit check says what the data "
                       "cannot tell apart.",
                       fit->iterations, fit->decrement, m->settings->tolerance);
    if (fit->singular && !fit->converged)
        hbl_point_note(notes, "The Hessian is not that of a maximum there, so that there are no "
                              "standard errors.");
    else if (fit->singular)
        hbl_point_note(notes,
                       "The Hessian at the estimates is singular: some parameters are not "
                       "identified, and standard errors are not defined. A simpler "
                       "covariance (\"correlation\": \"none\"), fewer random coefficients or "
                       "more draws may help.");
}

static void note_boundary(const msl_run *m, cJSON *notes)
{
    for (size_t b = 0; b < m->fit->n_boundary; b++)
        hbl_point_note(notes,
                       "%s is on the boundary, at 0: the coefficient does not seem to vary over "
                       "people beyond what the others do; its standard error and t mean little. "
                       "hblogit test weighs a variance of 0 properly.",
                       name_of(m, m->fit->boundary[b]));
}

static void note_optima(const msl_run *m, cJSON *notes)
{
    const hbl_msl_fit *fit = m->fit;
    char text[512];
    int used = 0;

    if (m->settings->starts > 1 && fit->n_optima == 1)
        hbl_point_note(notes, "All %lld starts ended at the same maximum.",
                       (long long)m->settings->starts);
    if (fit->n_optima < 2)
        return;
    for (size_t o = 0; o < fit->n_optima && used < (int)sizeof text - 80; o++)
        used += snprintf(text + used, sizeof text - (size_t)used, "%s%.4f (%zu start%s%s)",
                         o ? ", " : "", fit->optimum[o].log_likelihood, fit->optimum[o].n_starts,
                         fit->optimum[o].n_starts == 1 ? "" : "s",
                         fit->optimum[o].converged ? "" : ", not converged");
    hbl_point_note(notes,
                   "%lld starts ended at %zu different log-likelihoods: %s. The best is "
                   "reported.",
                   (long long)m->settings->starts, fit->n_optima, text);
}

static void note_simulation(const msl_run *m, cJSON *notes)
{
    const hbl_msl_fit *fit = m->fit;
    double worst = 0;
    size_t at = 0;

    if (fit->n_repeats < 2)
        return;
    for (size_t i = 0; i < fit->n_parameters; i++) {
        const double se = sqrt(fit->variance_hessian[i * fit->n_parameters + i]);
        if (fit->repeat_sd[i] / se > worst) {
            worst = fit->repeat_sd[i] / se;
            at = i;
        }
    }
    hbl_point_note(notes,
                   "Simulation error, over %zu fits with randomised sequences: the log-likelihood "
                   "varies by %.3g (standard deviation) and is too low by about %.3g, which falls "
                   "as 1/R. Estimates vary by at most %.2g standard errors (%s).%s",
                   fit->n_repeats, fit->repeat_log_likelihood_sd, fit->log_likelihood_bias, worst,
                   worst > 0 ? name_of(m, at) : "-",
                   worst > 0.3 ? " That is much: use more draws (msl.draws)." : "");
}

/* ---- run.json: figures ---- */

static void describe_optima(const msl_run *m)
{
    cJSON *optima = cJSON_CreateArray();

    for (size_t o = 0; o < m->fit->n_optima; o++) {
        cJSON *optimum = cJSON_CreateObject();
        hbl_tree_put(optimum, "log_likelihood",
                     hbl_point_number(m->fit->optimum[o].log_likelihood));
        hbl_tree_put(optimum, "starts", cJSON_CreateNumber((double)m->fit->optimum[o].n_starts));
        hbl_tree_put(optimum, "converged", cJSON_CreateBool(m->fit->optimum[o].converged));
        hbl_tree_append(optima, optimum);
    }
    hbl_manifest_set(m->run->manifest, "optima", optima);
}

static void describe_boundary(const msl_run *m)
{
    cJSON *boundary = cJSON_CreateArray();

    for (size_t b = 0; b < m->fit->n_boundary; b++)
        hbl_tree_append(boundary, cJSON_CreateString(name_of(m, m->fit->boundary[b])));
    hbl_manifest_set(m->run->manifest, "boundary", boundary);
}

static void describe_simulation(const msl_run *m)
{
    const hbl_msl_fit *fit = m->fit;
    cJSON *simulation = cJSON_CreateObject(), *sds;

    hbl_tree_put(simulation, "draws", hbl_manifest_integer((uint64_t)m->settings->draws));
    hbl_tree_put(simulation, "sequence", cJSON_CreateString(m->settings->sequence));
    hbl_tree_put(simulation, "repeats", cJSON_CreateNumber((double)fit->n_repeats));
    if (fit->n_repeats > 1) {
        hbl_tree_put(simulation, "log_likelihood_sd",
                     hbl_point_number(fit->repeat_log_likelihood_sd));
        hbl_tree_put(simulation, "log_likelihood_bias", hbl_point_number(fit->log_likelihood_bias));
        sds = hbl_tree_put(simulation, "sd", cJSON_CreateArray());
        for (size_t i = 0; i < fit->n_parameters; i++)
            hbl_tree_append(sds, hbl_point_number(fit->repeat_sd[i]));
    }
    hbl_manifest_set(m->run->manifest, "simulation", simulation);
}

static double norm(const double *x, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

static int describe(const msl_run *m, hbl_error *error)
{
    const hbl_msl_fit *fit = m->fit;
    hbl_point_ending ending = {.iterations = fit->iterations,
                               .evaluations = fit->evaluations,
                               .decrement = fit->decrement,
                               .gradient_norm = norm(fit->gradient, fit->n_parameters),
                               .converged = fit->converged,
                               .singular = fit->singular};
    cJSON *notes;
    int status = hbl_point_condition(fit->n_parameters, fit->hessian, &ending.condition, error);

    if (!status)
        status = hbl_point_describe_likelihood(m->run, fit->log_likelihood,
                                               fit->log_likelihood_start, error);
    if (status)
        return status;
    hbl_manifest_set(m->run->manifest, "standard_errors",
                     cJSON_CreateString(m->settings->standard_errors));
    describe_simulation(m);
    describe_optima(m);
    describe_boundary(m);
    notes = cJSON_CreateArray();
    note_ending(m, notes);
    note_boundary(m, notes);
    note_optima(m, notes);
    note_simulation(m, notes);
    hbl_point_describe_ending(m->run, &ending, notes, fit->seconds);
    return HBL_OK;
}

/* ---- the whole ---- */

static int leave(const msl_run *m, hbl_error *error)
{
    int status = write_table(m, error);

    if (!status)
        status = write_persons(m, error);
    if (!status)
        status = describe(m, error);
    if (!status && m->fit->interrupted)
        status = hbl_fail(error, HBL_ERR_INTERRUPTED,
                          "stopped after %d iterations; the best estimates so far are in %s",
                          m->fit->iterations, hbl_directory_path(m->run->directory));
    return status;
}

int hbl_fit_msl(hbl_fit_run *run, hbl_error *error)
{
    msl_run m = {.run = run, .settings = &run->spec->msl};
    int status = hbl_msl_alloc(run->model, m.settings, run->threads, &m.msl, error);

    if (!status)
        status = tell_advice(&m, error);
    if (!status)
        status = hbl_fit_begin(run, false, error);
    if (!status)
        status = estimate(&m, error);
    if (!status)
        status = leave(&m, error);
    hbl_msl_fit_free(m.fit);
    hbl_msl_free(m.msl);
    free(m.log_path);
    return status;
}
