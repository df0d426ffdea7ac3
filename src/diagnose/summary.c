/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Summary of a run: which parameters there are, their diagnostics, and the verdict.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "diagnose/quantities.h"
#include "diagnose/run_file.h"

/* ---- the list of parameters ---- */

static char *two_part_name(const char *prefix, const char *row, const char *col, hbl_error *error)
{
    const int length = snprintf(NULL, 0, "%s%s%s%s", prefix, row, col ? "." : "", col ? col : "");
    char *name = hbl_calloc((size_t)length + 1, 1, "a name", error);

    if (name)
        snprintf(name, (size_t)length + 1, "%s%s%s%s", prefix, row, col ? "." : "", col ? col : "");
    return name;
}

/* By kind. */
static const char *const prefix[] = {"mu.", "Omega.", "alpha.", "Delta.", "sd.", "correlation."};

/* As an interaction of the two is called. */
static char *slope_name(const char *coefficient, const char *covariate, hbl_error *error)
{
    const size_t size = strlen(coefficient) + strlen(covariate) + 2;
    char *name = hbl_calloc(size, 1, "a name", error);

    if (name)
        snprintf(name, size, "%s:%s", coefficient, covariate);
    return name;
}

/* Appends a parameter; row and col count all coefficients, random ones first. */
static int add(hbl_summary *s, hbl_parameter_kind kind, size_t row, size_t col, hbl_error *error)
{
    const bool pair = kind == HBL_PARAMETER_COVARIANCE || kind == HBL_PARAMETER_CORRELATION;
    const bool derived = kind == HBL_PARAMETER_SD || kind == HBL_PARAMETER_CORRELATION;
    hbl_parameter *p = derived ? &s->derived[s->n_derived++] : &s->parameter[s->n_parameters++];
    char number[2][24];

    *p = (hbl_parameter){.kind = kind, .row = row, .col = col, .truth = NAN};
    p->name = kind == HBL_PARAMETER_SLOPE
                  ? slope_name(s->coefficient[row], s->covariate[col], error)
                  : two_part_name(prefix[kind], s->coefficient[row],
                                  pair ? s->coefficient[col] : NULL, error);
    if (!p->name)
        return HBL_ERR_MEMORY;
    if (derived)
        return HBL_OK;
    snprintf(number[0], sizeof number[0], "%zu",
             (kind == HBL_PARAMETER_FIXED ? row - s->n_random : row) + 1);
    snprintf(number[1], sizeof number[1], "%zu", col + 1);
    if (kind == HBL_PARAMETER_SLOPE)
        p->column = two_part_name(prefix[kind], number[1], number[0], error);
    else
        p->column = two_part_name(prefix[kind], number[0], pair ? number[1] : NULL, error);
    return p->column ? HBL_OK : HBL_ERR_MEMORY;
}

/* The lower triangle, column by column, without the zeros between blocks. */
static int add_pairs(hbl_summary *s, hbl_parameter_kind kind, size_t first_below, hbl_error *error)
{
    int status = HBL_OK;

    for (size_t col = 0; !status && col < s->n_random; col++)
        for (size_t row = col + first_below; !status && row < s->n_random; row++)
            if (s->block_of[row] == s->block_of[col])
                status = add(s, kind, row, col, error);
    return status;
}

static int list_parameters(hbl_summary *s, hbl_error *error)
{
    const size_t K = s->n_random, pairs = K * (K + 1) / 2;
    int status = HBL_OK;

    s->parameter = hbl_calloc(K + pairs + s->n_covariates * K + s->n_fixed, sizeof *s->parameter,
                              "parameters", error);
    s->derived = hbl_calloc(pairs, sizeof *s->derived, "parameters", error);
    if (!s->parameter || !s->derived)
        return HBL_ERR_MEMORY;
    for (size_t k = 0; !status && k < K; k++)
        status = add(s, HBL_PARAMETER_MEAN, k, k, error);
    if (!status)
        status = add_pairs(s, HBL_PARAMETER_COVARIANCE, 0, error);
    for (size_t k = 0; k < K; k++)
        for (size_t q = 0; !status && q < s->n_covariates; q++)
            status = add(s, HBL_PARAMETER_SLOPE, k, q, error);
    for (size_t f = K; !status && f < K + s->n_fixed; f++)
        status = add(s, HBL_PARAMETER_FIXED, f, f, error);
    for (size_t k = 0; !status && k < K; k++)
        status = add(s, HBL_PARAMETER_SD, k, k, error);
    return status ? status : add_pairs(s, HBL_PARAMETER_CORRELATION, 1, error);
}

/* ---- the verdict ---- */

static bool worse(double figure, double than)
{
    return !isnan(figure) && (isnan(than) || figure > than);
}

static void judge(hbl_summary *s)
{
    s->worst_rhat = s->least_ess_bulk = s->least_ess_tail = NAN;
    s->worst_rhat_at = s->least_ess_bulk_at = s->least_ess_tail_at = SIZE_MAX;
    for (size_t i = 0; i < s->n_parameters; i++) {
        const hbl_convergence *c = &s->parameter[i].convergence;

        if (worse(c->rhat, s->worst_rhat)) {
            s->worst_rhat = c->rhat;
            s->worst_rhat_at = i;
        }
        if (worse(-c->ess_bulk, -s->least_ess_bulk)) {
            s->least_ess_bulk = c->ess_bulk;
            s->least_ess_bulk_at = i;
        }
        if (worse(-c->ess_tail, -s->least_ess_tail)) {
            s->least_ess_tail = c->ess_tail;
            s->least_ess_tail_at = i;
        }
        s->n_undefined += isnan(c->rhat) || isnan(c->ess_bulk) || isnan(c->ess_tail);
    }
    s->converged = s->n_parameters > 0 && s->n_undefined == 0 && s->worst_rhat <= HBL_RHAT_LIMIT &&
                   s->least_ess_bulk >= HBL_ESS_LIMIT && s->least_ess_tail >= HBL_ESS_LIMIT;
}

/* ---- reading ---- */

static int read_draws(const hbl_run_file *run, hbl_summary *s, hbl_error *error)
{
    hbl_draws *draws;
    int status = hbl_draws_open((const char *const *)run->file, run->n_files, &draws, error);

    if (status)
        return status;
    s->n_chains = hbl_draws_n_chains(draws);
    s->n_draws = hbl_draws_n_draws(draws);
    if (s->n_draws == 0)
        status =
            hbl_fail(error, HBL_ERR_INPUT, "%s: a chain without draws; the run's status is \"%s\"",
                     s->directory, s->status);
    if (!status)
        status = hbl_quantities_diagnose(draws, s, error);
    hbl_draws_close(draws);
    return status;
}

int hbl_summary_read(const char *directory, hbl_summary **summary, hbl_error *error)
{
    hbl_summary *s = hbl_calloc(1, sizeof *s, "the summary", error);
    hbl_run_file run = {0};
    int status = s ? hbl_run_file_read(directory, &run, error) : HBL_ERR_MEMORY;

    *summary = NULL;
    if (!status && !(s->directory = hbl_strdup(directory, error)))
        status = HBL_ERR_MEMORY;
    if (!status)
        status = hbl_run_file_describe(&run, s, error);
    if (!status)
        status = list_parameters(s, error);
    if (!status)
        status = hbl_run_file_truth(&run, s, error);
    if (!status)
        status = read_draws(&run, s, error);
    hbl_run_file_clear(&run);
    if (status) {
        hbl_summary_free(s);
        return status;
    }
    judge(s);
    *summary = s;
    return HBL_OK;
}

static void free_parameters(hbl_parameter *parameter, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(parameter[i].column);
        free(parameter[i].name);
    }
    free(parameter);
}

static void free_names(char **name, size_t n)
{
    for (size_t i = 0; name && i < n; i++)
        free(name[i]);
    free(name);
}

void hbl_summary_free(hbl_summary *summary)
{
    if (!summary)
        return;
    free(summary->directory);
    free(summary->title);
    free(summary->pass);
    free(summary->method);
    free(summary->status);
    free_names(summary->coefficient, summary->n_random + summary->n_fixed);
    free_names(summary->covariate, summary->n_covariates);
    free_names(summary->distribution, summary->n_random);
    free(summary->block_of);
    free_parameters(summary->parameter, summary->n_parameters);
    free_parameters(summary->derived, summary->n_derived);
    for (size_t k = 0; k < summary->n_kernels; k++)
        free(summary->kernel[k].name);
    free(summary->kernel);
    free(summary);
}
