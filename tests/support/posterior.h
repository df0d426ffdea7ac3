/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Surveys made up by a test, and their posteriors beside those that another program has found.
 * Attributes and covariates are multiples of 1/8, so that the data are the same on every machine.
 */
#ifndef TESTS_SUPPORT_POSTERIOR_H
#define TESTS_SUPPORT_POSTERIOR_H

#include <stdio.h>

#include "support/sampling.h"
#include "trace/survey.h"

/* ---- the data ---- */

static uint64_t generator = 1;

static inline double uniform(void)
{
    return survey_uniform(&generator);
}

static inline double normal(void)
{
    return survey_normal(&generator);
}

static inline double eighths(double x)
{
    return round(8 * x) / 8;
}

/* The tasks of person n, as many for everyone and with as many alternatives each: attributes are
 * normal, and the greatest x'beta + Gumbel is chosen. */
static inline void choose(const hbl_panel *panel, size_t n_columns, double *x, size_t n,
                          const double *beta)
{
    const size_t tasks = panel->n_tasks / panel->n_persons;
    const size_t choices = panel->n_rows / panel->n_tasks;

    for (size_t t = n * tasks; t < (n + 1) * tasks; t++) {
        double greatest = -INFINITY;
        for (size_t r = t * choices; r < (t + 1) * choices; r++) {
            double u = -log(-log(uniform()));
            for (size_t k = 0; k < n_columns; k++) {
                x[r * n_columns + k] = eighths(normal());
                u += x[r * n_columns + k] * beta[k];
            }
            if (u > greatest) {
                greatest = u;
                panel->task_chosen[t] = r;
            }
        }
        panel->task_row[t + 1] = (t + 1) * choices;
    }
    panel->person_task[n + 1] = (n + 1) * tasks;
}

static inline void write_numbers(FILE *out, size_t n, const double *x)
{
    for (size_t i = 0; i < n; i++)
        fprintf(out, ",%g", x[i]);
}

/* person, task, chosen, attributes, covariates, under these names; returns an exit code. */
static inline int write_data(const char *path, const char *names, const hbl_panel *panel,
                             size_t n_columns, const double *x, size_t n_covariates,
                             const double *w)
{
    FILE *out = fopen(path, "w");

    if (!out)
        return EXIT_FAILURE;
    fprintf(out, "%s\n", names);
    for (size_t n = 0; n < panel->n_persons; n++)
        for (size_t t = panel->person_task[n]; t < panel->person_task[n + 1]; t++)
            for (size_t r = panel->task_row[t]; r < panel->task_row[t + 1]; r++) {
                fprintf(out, "%zu,%zu,%d", n + 1, t + 1, panel->task_chosen[t] == r);
                write_numbers(out, n_columns, x + r * n_columns);
                write_numbers(out, n_covariates, w + n * n_covariates);
                fputc('\n', out);
            }
    return fclose(out) ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- the posterior ---- */

/* Of one parameter; errors are Monte Carlo standard errors. */
typedef struct {
    double mean, sd, mean_error, sd_error;
} reference;

/* Mean and standard deviation within 4.5 standard errors of the difference. */
static inline void agrees(const char *label, const hbl_convergence *c, const reference *r)
{
    const double z = (c->mean - r->mean) / hypot(c->mcse_mean, r->mean_error);
    const double z_sd = (c->sd - r->sd) / hypot(c->mcse_sd, r->sd_error);

    print_message("    %s: mean %7.4f, reference %7.4f (z %5.2f)  sd %6.4f, reference %6.4f "
                  "(z %5.2f)  R-hat %.3f, ESS %.0f\n",
                  label, c->mean, r->mean, z, c->sd, r->sd, z_sd, c->rhat, c->ess_bulk);
    assert_true(c->rhat < 1.02 && c->ess_bulk > 400);
    assert_true(fabs(z) < 4.5 && fabs(z_sd) < 4.5);
}

#endif
