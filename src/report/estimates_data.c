/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Point estimates for programs: CSV and JSON.
 */
#include <math.h>

#include "core/csv.h"
#include "hblogit/report.h"
#include "report/csv.h"
#include "report/figures.h"
#include "report/text.h"

int hbl_report_estimates_csv(FILE *file, const hbl_estimates *e, hbl_error *error)
{
    hbl_output out;
    const int status = hbl_output_begin(&out, file, error);

    if (status)
        return status;
    fputs("parameter,name,estimate,standard_error,robust_standard_error,t,p\n", file);
    for (size_t i = 0; i < e->n_rows_of_table; i++) {
        const hbl_estimate *row = &e->row[i];
        hbl_csv_put_text(file, row->parameter);
        fputc(',', file);
        hbl_csv_put_text(file, row->name);
        hbl_csv_put_figure(file, row->estimate);
        hbl_csv_put_figure(file, row->standard_error);
        hbl_csv_put_figure(file, row->robust_standard_error);
        hbl_csv_put_figure(file, row->t);
        hbl_csv_put_figure(file, row->p);
        fputc('\n', file);
    }
    return hbl_output_end(&out, status, "the estimates", error);
}

/* ---- JSON ---- */

static void add_fit(hbl_figures *t, cJSON *root, const hbl_estimates *e)
{
    cJSON *fit = hbl_figures_add_object(t, root, "fit");

    hbl_figures_add_number(t, fit, "log_likelihood", e->log_likelihood);
    hbl_figures_add_number(t, fit, "log_likelihood_shares", e->log_likelihood_shares);
    hbl_figures_add_number(t, fit, "log_likelihood_zero", e->log_likelihood_zero);
    hbl_figures_add_number(t, fit, "mcfadden", e->mcfadden);
    hbl_figures_add_number(t, fit, "mcfadden_adjusted", e->mcfadden_adjusted);
    hbl_figures_add_number(t, fit, "rho_squared_zero", e->rho_squared_zero);
    hbl_figures_add_number(t, fit, "aic", e->aic);
    hbl_figures_add_number(t, fit, "bic", e->bic);
}

static void add_optimiser(hbl_figures *t, cJSON *root, const hbl_estimates *e)
{
    cJSON *optimiser = hbl_figures_add_object(t, root, "optimiser");

    hbl_figures_add_number(t, optimiser, "iterations", e->iterations);
    hbl_figures_add_number(t, optimiser, "evaluations", e->evaluations);
    hbl_figures_add_number(t, optimiser, "seconds", e->seconds);
    hbl_figures_add_number(t, optimiser, "decrement", e->decrement);
    hbl_figures_add_number(t, optimiser, "gradient_norm", e->gradient_norm);
    hbl_figures_add_number(t, optimiser, "condition", e->condition);
    hbl_figures_add_bool(t, optimiser, "singular", e->singular);
}

static void add_rows(hbl_figures *t, cJSON *root, const char *key, const hbl_estimates *e,
                     size_t first, size_t end)
{
    cJSON *array = hbl_figures_add_array(t, root, key);

    for (size_t i = first; i < end; i++) {
        const hbl_estimate *row = &e->row[i];
        cJSON *to = hbl_figures_append_object(t, array);
        hbl_figures_add_string(t, to, "parameter", row->parameter);
        hbl_figures_add_string(t, to, "name", row->name);
        hbl_figures_add_number(t, to, "estimate", row->estimate);
        hbl_figures_add_number(t, to, "standard_error", row->standard_error);
        hbl_figures_add_number(t, to, "robust_standard_error", row->robust_standard_error);
        hbl_figures_add_number(t, to, "t", row->t);
        hbl_figures_add_number(t, to, "p", row->p);
        if (i < e->n_parameters && isfinite(e->simulation[i]))
            hbl_figures_add_number(t, to, "simulation_error", e->simulation[i]);
    }
}

static void add_shares(hbl_figures *t, cJSON *root, const hbl_estimates *e)
{
    cJSON *array = e->n_alternatives > 0 ? hbl_figures_add_array(t, root, "shares") : NULL;

    for (size_t j = 0; j < e->n_alternatives; j++) {
        cJSON *to = hbl_figures_append_object(t, array);
        hbl_figures_add_string(t, to, "alternative", e->alternative[j]);
        hbl_figures_add_number(t, to, "observed", e->observed_share[j]);
        hbl_figures_add_number(t, to, "fitted", e->fitted_share[j]);
    }
}

int hbl_report_estimates_json(FILE *file, const hbl_estimates *e, hbl_error *error)
{
    hbl_figures t = {false};
    cJSON *root = hbl_figures_root(&t), *notes;

    hbl_figures_add_string(&t, root, "status", e->status);
    hbl_figures_add_string(&t, root, "method", e->method);
    hbl_figures_add_bool(&t, root, "converged", e->converged);
    hbl_figures_add_number(&t, root, "persons", (double)e->n_persons);
    hbl_figures_add_number(&t, root, "tasks", (double)e->n_tasks);
    hbl_figures_add_string(&t, root, "standard_errors", e->standard_errors);
    add_fit(&t, root, e);
    add_optimiser(&t, root, e);
    add_rows(&t, root, "parameters", e, 0, e->n_parameters);
    add_rows(&t, root, "derived", e, e->n_parameters, e->n_rows_of_table);
    add_shares(&t, root, e);
    notes = hbl_figures_add_array(&t, root, "notes");
    for (size_t i = 0; i < e->n_notes; i++)
        hbl_figures_append_string(&t, notes, e->note[i]);
    return hbl_figures_print(&t, root, file, "the estimates", error);
}
