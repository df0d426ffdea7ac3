/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * diagnostics.json.
 */
#include <math.h>
#include <stdint.h>

#include "hblogit/report.h"
#include "report/figures.h"

/* ---- parts ---- */

static void add_parameter(hbl_figures *t, cJSON *array, const hbl_parameter *p)
{
    const hbl_convergence *c = &p->convergence;
    cJSON *to = hbl_figures_append_object(t, array);

    if (p->column)
        hbl_figures_add_string(t, to, "parameter", p->column);
    hbl_figures_add_string(t, to, "name", p->name);
    if (!isnan(p->truth))
        hbl_figures_add_number(t, to, "truth", p->truth);
    hbl_figures_add_number(t, to, "mean", c->mean);
    hbl_figures_add_number(t, to, "sd", c->sd);
    hbl_figures_add_number(t, to, "q5", c->q5);
    hbl_figures_add_number(t, to, "median", c->median);
    hbl_figures_add_number(t, to, "q95", c->q95);
    hbl_figures_add_number(t, to, "mcse_mean", c->mcse_mean);
    hbl_figures_add_number(t, to, "mcse_sd", c->mcse_sd);
    hbl_figures_add_number(t, to, "mcse_q5", c->mcse_q5);
    hbl_figures_add_number(t, to, "mcse_median", c->mcse_median);
    hbl_figures_add_number(t, to, "mcse_q95", c->mcse_q95);
    hbl_figures_add_number(t, to, "ess_bulk", c->ess_bulk);
    hbl_figures_add_number(t, to, "ess_tail", c->ess_tail);
    hbl_figures_add_number(t, to, "rhat", c->rhat);
}

static void add_worst(hbl_figures *t, cJSON *to, const char *key, const hbl_summary *s,
                      double value, size_t at)
{
    cJSON *worst = hbl_figures_add_object(t, to, key);

    hbl_figures_add_number(t, worst, "value", value);
    if (at != SIZE_MAX)
        hbl_figures_add_string(t, worst, "name", s->parameter[at].name);
}

static void add_verdict(hbl_figures *t, cJSON *root, const hbl_summary *s)
{
    cJSON *limits = hbl_figures_add_object(t, root, "thresholds");

    hbl_figures_add_number(t, limits, "rhat", HBL_RHAT_LIMIT);
    hbl_figures_add_number(t, limits, "ess", HBL_ESS_LIMIT);
    hbl_figures_add_bool(t, root, "converged", s->converged);
    add_worst(t, root, "worst_rhat", s, s->worst_rhat, s->worst_rhat_at);
    add_worst(t, root, "least_ess_bulk", s, s->least_ess_bulk, s->least_ess_bulk_at);
    add_worst(t, root, "least_ess_tail", s, s->least_ess_tail, s->least_ess_tail_at);
    hbl_figures_add_number(t, root, "undefined", (double)s->n_undefined);
}

static void add_kernels(hbl_figures *t, cJSON *root, const hbl_summary *s)
{
    cJSON *kernels = s->n_kernels > 0 ? hbl_figures_add_array(t, root, "kernels") : NULL;

    for (size_t k = 0; k < s->n_kernels; k++) {
        const hbl_kernel_summary *kernel = &s->kernel[k];
        cJSON *to = hbl_figures_append_object(t, kernels);

        hbl_figures_add_string(t, to, "name", kernel->name);
        if (kernel->chain > 0)
            hbl_figures_add_number(t, to, "chain", (double)kernel->chain);
        hbl_figures_add_number(t, to, "acceptance", kernel->acceptance);
        hbl_figures_add_number(t, to, "step", kernel->step);
        hbl_figures_add_number(t, to, "non_finite", kernel->non_finite);
    }
}

static void add_parameters(hbl_figures *t, cJSON *root, const char *key, const hbl_parameter *list,
                           size_t n)
{
    cJSON *array = hbl_figures_add_array(t, root, key);

    for (size_t i = 0; i < n; i++)
        add_parameter(t, array, &list[i]);
}

/* ---- the whole ---- */

static cJSON *build(hbl_figures *t, const hbl_summary *s)
{
    cJSON *root = hbl_figures_root(t);

    hbl_figures_add_string(t, root, "status", s->status);
    hbl_figures_add_string(t, root, "method", s->method);
    hbl_figures_add_number(t, root, "chains", (double)s->n_chains);
    hbl_figures_add_number(t, root, "draws", (double)s->n_draws);
    hbl_figures_add_number(t, root, "stride", (double)s->stride);
    add_verdict(t, root, s);
    add_kernels(t, root, s);
    add_parameters(t, root, "parameters", s->parameter, s->n_parameters);
    add_parameters(t, root, "derived", s->derived, s->n_derived);
    return root;
}

int hbl_report_summary_json(FILE *file, const hbl_summary *s, hbl_error *error)
{
    hbl_figures t = {false};
    cJSON *root = build(&t, s);

    return hbl_figures_print(&t, root, file, "diagnostics.json", error);
}
