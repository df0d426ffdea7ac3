/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report on runs side by side.
 */
#include "hblogit/compare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "hblogit/report.h"
#include "report/text.h"

/* ---- the runs ---- */

static const char *method_name(const char *method)
{
    return strcmp(method, "hb") == 0    ? "hierarchical Bayes"
           : strcmp(method, "msl") == 0 ? "simulated likelihood"
                                        : "multinomial logit";
}

static int put_runs(FILE *out, const hbl_comparison *c, hbl_error *error)
{
    static const char *const heading[] = {"",        "run",         "method",         "parameters",
                                          "seconds", "evaluations", "log-likelihood", "fitted",
                                          "RLH",     "hit rate"};
    enum { COLUMNS = sizeof heading / sizeof *heading };
    hbl_grid *grid = hbl_grid_alloc(COLUMNS, error);
    char number[24];
    int status;

    if (!grid)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < COLUMNS; i++) {
        hbl_grid_add(grid, heading[i]);
        hbl_grid_align(grid, i, i < 3 ? HBL_ALIGN_LEFT : HBL_ALIGN_POINT);
    }
    for (size_t r = 0; r < c->n_runs; r++) {
        const hbl_compared_run *run = &c->run[r];
        snprintf(number, sizeof number, "%zu", r + 1);
        hbl_grid_add(grid, number);
        hbl_grid_add(grid, run->directory);
        hbl_grid_add(grid, method_name(run->method));
        hbl_grid_add_count(grid, (double)run->n_parameters);
        hbl_grid_add_number(grid, run->seconds, 2);
        hbl_grid_add_count(grid, run->evaluations);
        hbl_grid_add_number(grid, run->log_likelihood, 2);
        hbl_grid_add_number(grid, run->log_likelihood_own, 2);
        hbl_grid_add_number(grid, run->rlh, 4);
        hbl_grid_add_number(grid, run->hit_rate, 4);
    }
    status = hbl_grid_print(grid, out, error);
    hbl_grid_free(grid);
    return status;
}

static void put_legend(FILE *out, const hbl_comparison *c)
{
    char draws[HBL_NUMBER_SIZE], error[HBL_NUMBER_SIZE], text[640];
    double worst = 0;

    for (size_t r = 0; r < c->n_runs; r++)
        worst = fmax(worst, c->run[r].log_likelihood_error);
    hbl_format_count((double)c->n_draws, draws);
    hbl_format_decimals(worst, 2, error);
    snprintf(text, sizeof text,
             "Log-likelihoods are at each run's point estimates, those of mixed logit on the same "
             "%s draws a person, which are none of the runs' own (simulation error %s); \"fitted\" "
             "is what the run itself maximised. RLH (root likelihood) and hit rate are at each "
             "person's coefficients. Evaluations of Bayes are the sweeps of all chains.",
             draws, error);
    hbl_put_wrapped(out, "  ", text);
    if (c->n_runs == 2 && c->run[0].seconds > 0 && c->run[1].seconds > 0) {
        const double ratio = c->run[0].seconds / c->run[1].seconds;
        fprintf(out, "  Run %d took %.3g times as long as run %d.\n", ratio < 1 ? 2 : 1,
                fmax(ratio, 1 / ratio), ratio < 1 ? 1 : 2);
    }
    for (size_t r = 0; r < c->n_runs; r++)
        if (!c->run[r].converged)
            fprintf(out, "  Run %zu has NOT converged.\n", r + 1);
}

/* ---- parameters ---- */

static bool is_draws(const hbl_comparison *c, size_t r)
{
    return strcmp(c->run[r].method, "hb") == 0;
}

/* What of run r a table has columns for: intervals and numerical errors where a line holds them,
 * of two runs; differences beside the first run. */
typedef struct {
    bool any, interval, numerical, difference;
} shown;

static shown what_is_shown(const hbl_comparison *c, hbl_compared_kind kind, size_t r)
{
    shown s = {false, false, false, false};

    for (size_t i = 0; i < c->n_parameters; i++) {
        const hbl_compared_value *v = &c->parameter[i].value[r];
        if (c->parameter[i].kind != kind)
            continue;
        s.any |= !isnan(v->estimate);
        s.interval |= c->n_runs == 2 && !isnan(v->lower);
        s.numerical |= c->n_runs == 2 && !isnan(v->numerical);
        s.difference |= r > 0 && !isnan(v->z);
    }
    return s;
}

static size_t count_columns(const hbl_comparison *c, hbl_compared_kind kind)
{
    size_t n = 1;

    for (size_t r = 0; r < c->n_runs; r++) {
        const shown s = what_is_shown(c, kind, r);
        n += 2 * s.any + 2 * s.interval + s.numerical + s.difference;
    }
    return n;
}

static void add_heading(hbl_grid *grid, size_t *column, size_t run, const char *text)
{
    char label[64];

    snprintf(label, sizeof label, "%zu: %s", run + 1, text);
    hbl_grid_add(grid, label);
    hbl_grid_align(grid, (*column)++, HBL_ALIGN_POINT);
}

static void add_headings(hbl_grid *grid, const hbl_comparison *c, hbl_compared_kind kind)
{
    size_t column = 1;

    hbl_grid_add(grid, "");
    for (size_t r = 0; r < c->n_runs; r++) {
        const shown s = what_is_shown(c, kind, r);
        if (s.any) {
            add_heading(grid, &column, r, is_draws(c, r) ? "mean" : "est.");
            add_heading(grid, &column, r, is_draws(c, r) ? "sd" : "s.e.");
        }
        if (s.interval) {
            add_heading(grid, &column, r, "5 %");
            add_heading(grid, &column, r, "95 %");
        }
        if (s.numerical)
            add_heading(grid, &column, r, is_draws(c, r) ? "MCSE" : "sim.");
        if (s.difference)
            add_heading(grid, &column, r, "diff.");
    }
}

static void add_value(hbl_grid *grid, const hbl_compared_value *v, shown s)
{
    int decimals = hbl_decimals(0, v->error, NAN) - 1;

    if (!isfinite(v->error) || v->error <= 0)
        decimals = hbl_decimals(v->estimate, NAN, NAN);
    if (s.any) {
        hbl_grid_add_number(grid, v->estimate, decimals);
        hbl_grid_add_number(grid, v->error, decimals);
    }
    if (s.interval) {
        hbl_grid_add_number(grid, v->lower, decimals);
        hbl_grid_add_number(grid, v->upper, decimals);
    }
    if (s.numerical)
        hbl_grid_add_number(grid, v->numerical, decimals + 1);
    if (s.difference)
        hbl_grid_add_number(grid, v->z, 2);
}

static int put_kind(FILE *out, const hbl_comparison *c, hbl_compared_kind kind, const char *title,
                    hbl_error *error)
{
    hbl_grid *grid = hbl_grid_alloc(count_columns(c, kind), error);
    size_t found = 0;
    int status = HBL_OK;

    if (!grid)
        return HBL_ERR_MEMORY;
    add_headings(grid, c, kind);
    for (size_t i = 0; i < c->n_parameters; i++) {
        const hbl_compared_parameter *p = &c->parameter[i];
        if (p->kind != kind)
            continue;
        hbl_grid_add(grid, p->name);
        for (size_t r = 0; r < c->n_runs; r++)
            add_value(grid, &p->value[r], what_is_shown(c, kind, r));
        found++;
    }
    if (found > 0) {
        fprintf(out, "\n%s\n", title);
        status = hbl_grid_print(grid, out, error);
    }
    hbl_grid_free(grid);
    return status;
}

static void put_key(FILE *out, const hbl_comparison *c)
{
    bool unmeasured = false;

    for (size_t r = 0; r < c->n_runs; r++)
        unmeasured |= strcmp(c->run[r].method, "msl") == 0 &&
                      !what_is_shown(c, HBL_COMPARED_COEFFICIENT, r).numerical;
    fputc('\n', out);
    hbl_put_wrapped(out, "  ",
                    "diff.: the difference from run 1 in standard errors of the difference, "
                    "sqrt(s1^2 + s2^2); as both are of the same data, agreement is far below 1.");
    if (c->n_runs == 2 && unmeasured)
        hbl_put_wrapped(out, "  ",
                        "Simulation errors of the estimates were not measured: a fit with "
                        "msl.repeats, as --set msl.repeats=5, does.");
}

static int put_parameters(FILE *out, const hbl_comparison *c, hbl_error *error)
{
    static const struct {
        hbl_compared_kind kind;
        const char *title;
    } table[] = {
        {HBL_COMPARED_COEFFICIENT, "Coefficients: population means, and fixed ones"},
        {HBL_COMPARED_SLOPE, "What covariates add to the means"},
        {HBL_COMPARED_SD, "Standard deviations of the random coefficients over people"},
        {HBL_COMPARED_CORRELATION, "Correlations of the random coefficients"},
    };
    int status = HBL_OK;

    for (size_t i = 0; !status && i < sizeof table / sizeof *table; i++)
        status = put_kind(out, c, table[i].kind, table[i].title, error);
    put_key(out, c);
    return status;
}

/* ---- persons ---- */

static int put_persons(FILE *out, const hbl_comparison *c, hbl_error *error)
{
    static const char *const heading[] = {"", "runs", "correlation", "RMS difference"};
    hbl_grid *grid;
    int status;

    if (c->n_persons == 0)
        return HBL_OK;
    grid = hbl_grid_alloc(4, error);
    if (!grid)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < 4; i++) {
        hbl_grid_add(grid, heading[i]);
        hbl_grid_align(grid, i, i < 2 ? HBL_ALIGN_LEFT : HBL_ALIGN_POINT);
    }
    for (size_t i = 0; i < c->n_persons; i++) {
        const hbl_compared_persons *p = &c->persons[i];
        char runs[48];
        snprintf(runs, sizeof runs, "1, %zu", p->run + 1);
        hbl_grid_add(grid, p->name);
        hbl_grid_add(grid, runs);
        hbl_grid_add_number(grid, p->correlation, 4);
        hbl_grid_add_number(grid, p->root_mean_square, hbl_decimals(p->root_mean_square, NAN, NAN));
    }
    fputs("\nPersons' means, given their choices\n", out);
    status = hbl_grid_print(grid, out, error);
    hbl_grid_free(grid);
    return status;
}

int hbl_report_comparison(FILE *file, const hbl_comparison *c, hbl_error *error)
{
    hbl_output out;
    int status = hbl_output_begin(&out, file, error);

    if (status)
        return status;
    if (c->n_runs > 0 && c->run[0].title[0]) {
        hbl_put_text(file, c->run[0].title);
        fputc('\n', file);
    }
    status = put_runs(file, c, error);
    put_legend(file, c);
    if (!status)
        status = put_parameters(file, c, error);
    if (!status)
        status = put_persons(file, c, error);
    fputc('\n', file);
    for (size_t i = 0; i < c->n_notes; i++)
        hbl_put_wrapped(file, "- ", c->note[i]);
    return hbl_output_end(&out, status, "the comparison", error);
}
