/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Posterior probabilities of linear hypotheses: the share of draws in which they hold, with the
 * Monte Carlo error of that mean of zeros and ones.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/hypothesis.h"
#include "core/fail.h"
#include "core/memory.h"
#include "diagnose/run_file.h"
#include "hblogit/diagnose.h"
#include "hblogit/test.h"

typedef struct {
    hbl_run_file file;
    hbl_summary *summary;
    hbl_draws *draws;
    size_t n; /* parameters and what is derived from them */
    char **name;
    double *coefficient; /* n */
    size_t each, total;  /* draws of a chain, of all, that are used */
    double *difference;  /* total: left - right */
    double *holds;       /* total: 1 where the hypothesis does, */
    double *all_hold;    /* and where all so far do */
    double *memory, *room[3];
} posterior_work;

/* ---- parameters ---- */

static const hbl_parameter *parameter_at(const hbl_summary *s, size_t i)
{
    return i < s->n_parameters ? &s->parameter[i] : &s->derived[i - s->n_parameters];
}

/* As runs by msl name them: means and fixed coefficients are called by the coefficient. */
static char *name_of(const hbl_summary *s, const hbl_parameter *p, hbl_error *error)
{
    char *name;

    if (p->kind == HBL_PARAMETER_MEAN || p->kind == HBL_PARAMETER_FIXED)
        return hbl_strdup(strchr(p->name, '.') + 1, error);
    if (p->kind != HBL_PARAMETER_CORRELATION)
        return hbl_strdup(p->name, error);
    const char *a = s->coefficient[p->row], *b = s->coefficient[p->col];
    const size_t size = strlen(a) + strlen(b) + 16;
    name = hbl_calloc(size, 1, "a name", error);
    if (name)
        snprintf(name, size, "correlation.%s:%s", a, b);
    return name;
}

static int set_names(posterior_work *w, hbl_error *error)
{
    w->n = w->summary->n_parameters + w->summary->n_derived;
    w->name = hbl_calloc(w->n, sizeof *w->name, "names", error);
    w->coefficient = hbl_calloc(w->n, sizeof(double), "a hypothesis", error);
    if (!w->name || !w->coefficient)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < w->n; i++) {
        w->name[i] = name_of(w->summary, parameter_at(w->summary, i), error);
        if (!w->name[i])
            return HBL_ERR_MEMORY;
    }
    return HBL_OK;
}

static int set_room(posterior_work *w, hbl_error *error)
{
    w->each = hbl_draws_n_draws(w->draws) / w->summary->stride;
    w->total = w->each * hbl_draws_n_chains(w->draws);
    w->memory = hbl_calloc(6 * w->total, sizeof(double), "draws", error);
    if (!w->memory)
        return HBL_ERR_MEMORY;
    w->difference = w->memory;
    w->holds = w->memory + w->total;
    w->all_hold = w->holds + w->total;
    for (size_t i = 0; i < 3; i++)
        w->room[i] = w->all_hold + (i + 1) * w->total;
    for (size_t i = 0; i < w->total; i++)
        w->all_hold[i] = 1;
    return HBL_OK;
}

static int open_run(posterior_work *w, const char *directory, hbl_error *error)
{
    int status = hbl_run_file_read(directory, &w->file, error);

    if (!status)
        status = hbl_summary_read(directory, &w->summary, error);
    if (!status)
        status =
            hbl_draws_open((const char *const *)w->file.file, w->file.n_files, &w->draws, error);
    if (!status)
        status = set_names(w, error);
    return status ? status : set_room(w, error);
}

static void close_run(posterior_work *w)
{
    if (w->draws)
        hbl_draws_close(w->draws);
    for (size_t i = 0; w->name && i < w->n; i++)
        free(w->name[i]);
    free(w->name);
    free(w->coefficient);
    free(w->memory);
    hbl_summary_free(w->summary);
    hbl_run_file_clear(&w->file);
}

/* ---- draws ---- */

static int read_column(posterior_work *w, const char *column, double *x, hbl_error *error)
{
    for (size_t c = 0; c < hbl_draws_n_columns(w->draws); c++)
        if (strcmp(hbl_draws_column_name(w->draws, c), column) == 0)
            return hbl_draws_read(w->draws, &c, 1, w->summary->stride, &x, error);
    return hbl_fail(error, HBL_ERR_INPUT, "%s: the draws have no column \"%s\"",
                    w->summary->directory, column);
}

static int read_omega(posterior_work *w, size_t i, size_t j, double *x, hbl_error *error)
{
    char column[64];

    snprintf(column, sizeof column, "Omega.%zu.%zu", i + 1, j + 1);
    return read_column(w, column, x, error);
}

/* Draws of a parameter, or of what is derived from Omega, in room[0]. */
static int read_parameter(posterior_work *w, const hbl_parameter *p, hbl_error *error)
{
    double *x = w->room[0];
    int status =
        p->column ? read_column(w, p->column, x, error) : read_omega(w, p->row, p->col, x, error);

    if (!status && p->kind == HBL_PARAMETER_CORRELATION)
        status = read_omega(w, p->row, p->row, w->room[1], error);
    if (!status && p->kind == HBL_PARAMETER_CORRELATION)
        status = read_omega(w, p->col, p->col, w->room[2], error);
    for (size_t i = 0; !status && i < w->total; i++) {
        if (p->kind == HBL_PARAMETER_SD)
            x[i] = sqrt(x[i]);
        else if (p->kind == HBL_PARAMETER_CORRELATION)
            x[i] /= sqrt(w->room[1][i] * w->room[2][i]);
    }
    return status;
}

static int set_difference(posterior_work *w, double value, hbl_error *error)
{
    int status = HBL_OK;

    for (size_t d = 0; d < w->total; d++)
        w->difference[d] = -value;
    for (size_t i = 0; !status && i < w->n; i++) {
        if (w->coefficient[i] == 0)
            continue;
        status = read_parameter(w, parameter_at(w->summary, i), error);
        for (size_t d = 0; !status && d < w->total; d++)
            w->difference[d] += w->coefficient[i] * w->room[0][d];
    }
    return status;
}

/* ---- hypotheses ---- */

static int take_share(const posterior_work *w, const double *holds, hbl_posterior_line *line,
                      hbl_error *error)
{
    hbl_convergence c;
    const int status =
        hbl_convergence_compute(holds, w->each, hbl_draws_n_chains(w->draws), &c, error);

    line->probability = c.mean;
    line->mcse = c.mcse_mean;
    return status;
}

static int test_line(posterior_work *w, const char *text, hbl_posterior_line *line,
                     hbl_error *error)
{
    hbl_convergence c;
    double value;
    char relation;
    int status = hbl_hypothesis_parse(text, (const char *const *)w->name, w->n, w->coefficient,
                                      &value, &relation, error);

    if (!status)
        status = set_difference(w, value, error);
    if (!status)
        status = hbl_convergence_compute(w->difference, w->each, hbl_draws_n_chains(w->draws), &c,
                                         error);
    if (status)
        return status;
    line->mean = c.mean;
    line->sd = c.sd;
    line->lower = c.q5;
    line->upper = c.q95;
    for (size_t d = 0; d < w->total; d++) {
        w->holds[d] = relation == '<' ? w->difference[d] < 0 : w->difference[d] > 0;
        w->all_hold[d] *= w->holds[d];
    }
    line->text = hbl_strdup(text, error);
    return line->text ? take_share(w, w->holds, line, error) : HBL_ERR_MEMORY;
}

static int run(posterior_work *w, const char *directory, const char *const *hypothesis, size_t n,
               hbl_posterior *posterior, hbl_error *error)
{
    int status = open_run(w, directory, error);

    if (status)
        return status;
    posterior->n_draws = w->total;
    posterior->converged = w->summary->converged;
    posterior->directory = hbl_strdup(directory, error);
    posterior->line = hbl_calloc(n, sizeof *posterior->line, "a test", error);
    if (!posterior->directory || !posterior->line)
        return HBL_ERR_MEMORY;
    for (size_t h = 0; !status && h < n; h++)
        status = test_line(w, hypothesis[h], &posterior->line[posterior->n_lines++], error);
    return status ? status : take_share(w, w->all_hold, &posterior->joint, error);
}

int hbl_posterior_test(const char *directory, const char *const *hypothesis, size_t n,
                       hbl_posterior **posterior, hbl_error *error)
{
    posterior_work w = {.n = 0};
    int status;

    *posterior = hbl_calloc(1, sizeof **posterior, "a test", error);
    if (!*posterior)
        return HBL_ERR_MEMORY;
    status = run(&w, directory, hypothesis, n, *posterior, error);
    close_run(&w);
    if (status) {
        hbl_posterior_free(*posterior);
        *posterior = NULL;
    }
    return status;
}

void hbl_posterior_free(hbl_posterior *posterior)
{
    if (!posterior)
        return;
    for (size_t h = 0; h < posterior->n_lines; h++)
        free(posterior->line[h].text);
    free(posterior->line);
    free(posterior->directory);
    free(posterior);
}
