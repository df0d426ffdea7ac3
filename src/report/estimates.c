/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report on point estimates.
 */
#include "hblogit/estimates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hblogit/report.h"
#include "report/estimates.h"
#include "report/text.h"

/* ---- heading ---- */

void hbl_estimates_put_heading(FILE *out, const hbl_estimates *e)
{
    char people[HBL_NUMBER_SIZE], tasks[HBL_NUMBER_SIZE], draws[HBL_NUMBER_SIZE];
    const bool mixed = strcmp(e->method, "msl") == 0;

    if (e->title[0]) {
        hbl_put_text(out, e->title);
        fputc('\n', out);
    }
    hbl_format_count((double)e->n_persons, people);
    hbl_format_count((double)e->n_tasks, tasks);
    hbl_format_count((double)e->n_draws, draws);
    fputs(mixed ? "Mixed logit by maximum simulated likelihood"
                : "Multinomial logit by maximum likelihood",
          out);
    fprintf(out, ": %s people, %s tasks", people, tasks);
    if (mixed && e->n_draws > 0) {
        fprintf(out, "; %s draws a person (", draws);
        hbl_put_text(out, e->sequence);
        fputc(')', out);
    }
    fputc('\n', out);
    if (strcmp(e->status, "done") != 0) {
        fputs("The run is not complete: its status is \"", out);
        hbl_put_text(out, e->status);
        fputs("\".\n", out);
    }
}

/* ---- tables of estimates ---- */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Three digits of the standard error, at least four of the estimate. */
static int decimals_of(const hbl_estimate *row)
{
    const int of_estimate = hbl_decimals(row->estimate, NAN, NAN);
    const int of_error = hbl_decimals(0, row->standard_error, NAN) - 1;
    int decimals =
        isfinite(row->standard_error) && row->standard_error > 0 ? of_error : of_estimate;

    decimals = decimals < of_estimate ? of_estimate : decimals;
    return decimals > 10 ? 10 : decimals;
}

static bool has_simulation(const hbl_estimates *e)
{
    for (size_t i = 0; i < e->n_parameters; i++)
        if (isfinite(e->simulation[i]))
            return true;
    return false;
}

static void add_row(hbl_grid *grid, const hbl_estimates *e, const char *label,
                    const hbl_estimate *row)
{
    const int decimals = decimals_of(row);
    const size_t at = (size_t)(row - e->row);

    hbl_grid_add(grid, label);
    hbl_grid_add_number(grid, row->estimate, decimals);
    hbl_grid_add_number(grid, row->standard_error, decimals);
    hbl_grid_add_number(grid, row->robust_standard_error, decimals);
    hbl_grid_add_number(grid, row->t, 2);
    if (row->p < 0.00005)
        hbl_grid_add(grid, "<.0001");
    else
        hbl_grid_add_number(grid, row->p, 4);
    if (has_simulation(e))
        hbl_grid_add_number(grid, at < e->n_parameters ? e->simulation[at] : NAN, decimals);
}

static hbl_grid *new_grid(const hbl_estimates *e, hbl_error *error)
{
    static const char *const heading[] = {"",  "estimate", "std. error", "robust",
                                          "t", "p",        "simulation"};
    const size_t columns = 6u + has_simulation(e);
    hbl_grid *grid = hbl_grid_alloc(columns, error);

    for (size_t c = 0; grid && c < columns; c++) {
        hbl_grid_add(grid, heading[c]);
        hbl_grid_align(grid, c, c == 0 ? HBL_ALIGN_LEFT : HBL_ALIGN_POINT);
    }
    return grid;
}

/* The rows whose parameter begins so; their names without the prefix that says what they are. */
static int put_rows(FILE *out, const hbl_estimates *e, const char *parameter, const char *prefix,
                    const char *title, hbl_error *error)
{
    hbl_grid *grid = new_grid(e, error);
    size_t found = 0;
    int status = HBL_OK;

    if (!grid)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < e->n_rows_of_table; i++) {
        const hbl_estimate *row = &e->row[i];
        if (!begins(row->parameter, parameter))
            continue;
        add_row(grid, e, row->name + (begins(row->name, prefix) ? strlen(prefix) : 0), row);
        found++;
    }
    if (found > 0) {
        fprintf(out, "\n%s\n", title);
        status = hbl_grid_print(grid, out, error);
    }
    hbl_grid_free(grid);
    return status;
}

const hbl_estimate *hbl_estimates_find_sd(const hbl_estimates *e, size_t k)
{
    char derived[64], factor[64];

    snprintf(derived, sizeof derived, "sd.%zu", k);
    snprintf(factor, sizeof factor, "L.%zu.%zu", k, k);
    for (size_t i = 0; i < e->n_rows_of_table; i++)
        if (strcmp(e->row[i].parameter, derived) == 0 ||
            (strcmp(e->row[i].parameter, factor) == 0 && begins(e->row[i].name, "sd.")))
            return &e->row[i];
    return NULL;
}

static size_t count_means(const hbl_estimates *e)
{
    size_t n = 0;

    for (size_t i = 0; i < e->n_parameters; i++)
        n += begins(e->row[i].parameter, "mu.");
    return n;
}

/* Of a coefficient in a block of its own the standard deviation is a parameter, of others it is
 * derived: here both, in the order of the coefficients. */
static int put_sds(FILE *out, const hbl_estimates *e, hbl_error *error)
{
    const size_t n = count_means(e);
    hbl_grid *grid;
    int status;

    if (n == 0)
        return HBL_OK;
    grid = new_grid(e, error);
    if (!grid)
        return HBL_ERR_MEMORY;
    for (size_t k = 1; k <= n; k++) {
        const hbl_estimate *row = hbl_estimates_find_sd(e, k);
        if (row)
            add_row(grid, e, begins(row->name, "sd.") ? row->name + 3 : row->name, row);
    }
    fputs("\nStandard deviations of the random coefficients over people\n", out);
    status = hbl_grid_print(grid, out, error);
    hbl_grid_free(grid);
    return status;
}

static int put_tables(FILE *out, const hbl_estimates *e, hbl_error *error)
{
    static const struct {
        const char *parameter, *prefix, *title;
    } table[] = {
        {"beta.", "", "Coefficients"},
        {"level.", "level.", "Levels of the ordered coefficients"},
        {"mu.", "", "Population means of the random coefficients"},
        {"Delta.", "", "What covariates add to the means"},
        {"alpha.", "", "Fixed coefficients"},
        {"correlation.", "correlation.", "Correlations of the random coefficients"},
        {"beta_mean.", "beta_mean.",
         "Means over people of transformed coefficients, beta = g(theta)"},
        {"beta_sd.", "beta_sd.", "Standard deviations over people of transformed coefficients"},
    };
    int status = HBL_OK;

    for (size_t i = 0; !status && i < sizeof table / sizeof *table; i++) {
        status = put_rows(out, e, table[i].parameter, table[i].prefix, table[i].title, error);
        if (!status && strcmp(table[i].parameter, "Delta.") == 0)
            status = put_sds(out, e, error);
    }
    return status;
}

/* ---- fit ---- */

static void put_measure(FILE *out, const char *label, double x, int decimals, const char *more)
{
    char text[HBL_NUMBER_SIZE];

    if (isnan(x))
        return;
    hbl_format_decimals(x, decimals, text);
    fprintf(out, "  %-26s %s%s\n", label, text, more);
}

static void put_fit(FILE *out, const hbl_estimates *e)
{
    char of_zero[96];

    snprintf(of_zero, sizeof of_zero, " (adjusted %.5f), against the shares", e->mcfadden_adjusted);
    fputs("\nFit\n", out);
    put_measure(out, "log-likelihood", e->log_likelihood, 4, "");
    put_measure(out, "  at the shares", e->log_likelihood_shares, 4, "");
    put_measure(out, "  at zero", e->log_likelihood_zero, 4, "");
    put_measure(out, "McFadden's R2", e->mcfadden, 5, of_zero);
    put_measure(out, "  against zero", e->rho_squared_zero, 5, "");
    put_measure(out, "AIC", e->aic, 2, "");
    put_measure(out, "BIC", e->bic, 2, " (by the number of people)");
}

static int put_shares(FILE *out, const hbl_estimates *e, hbl_error *error)
{
    static const char *const heading[] = {"", "observed", "fitted"};
    hbl_grid *grid;
    int status;

    if (e->n_alternatives == 0)
        return HBL_OK;
    grid = hbl_grid_alloc(3, error);
    if (!grid)
        return HBL_ERR_MEMORY;
    for (size_t c = 0; c < 3; c++) {
        hbl_grid_add(grid, heading[c]);
        hbl_grid_align(grid, c, c == 0 ? HBL_ALIGN_LEFT : HBL_ALIGN_POINT);
    }
    for (size_t j = 0; j < e->n_alternatives; j++) {
        hbl_grid_add(grid, e->alternative[j]);
        hbl_grid_add_number(grid, e->observed_share[j], 5);
        hbl_grid_add_number(grid, e->fitted_share[j], 5);
    }
    fputs("\nShares of the alternatives\n", out);
    status = hbl_grid_print(grid, out, error);
    hbl_grid_free(grid);
    return status;
}

/* ---- the end ---- */

void hbl_estimates_put_ending(FILE *out, const hbl_estimates *e)
{
    fputs(e->converged ? "Converged" : "NOT converged", out);
    fprintf(out, ": %d iteration%s, %d evaluation%s", e->iterations, e->iterations == 1 ? "" : "s",
            e->evaluations, e->evaluations == 1 ? "" : "s");
    if (isfinite(e->seconds))
        fprintf(out, ", %.2f s", e->seconds);
    if (isfinite(e->decrement))
        fprintf(out, "; g'H^-1 g = %.2g", e->decrement);
    fputs(".\n", out);
}

void hbl_estimates_put_notes(FILE *out, const hbl_estimates *e)
{
    for (size_t i = 0; i < e->n_notes; i++)
        hbl_put_wrapped(out, "  note: ", e->note[i]);
}

static const char *kind_of_errors(const hbl_estimates *e)
{
    return strcmp(e->standard_errors, "robust") == 0 ? "the sandwich of Hessian and scores"
           : strcmp(e->standard_errors, "opg") == 0  ? "the outer product of the persons' scores"
                                                     : "the Hessian";
}

int hbl_report_estimates(FILE *file, const hbl_estimates *e, hbl_error *error)
{
    hbl_output out;
    int status = hbl_output_begin(&out, file, error);

    if (status)
        return status;
    hbl_estimates_put_heading(file, e);
    status = put_tables(file, e, error);
    put_fit(file, e);
    if (!status)
        status = put_shares(file, e, error);
    fprintf(file, "\nStandard errors are by %s; robust ones by person.\n", kind_of_errors(e));
    hbl_estimates_put_ending(file, e);
    hbl_estimates_put_notes(file, e);
    return hbl_output_end(&out, status, "the table of estimates", error);
}
