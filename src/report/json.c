/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * diagnostics.json. Figures that are not defined are null. cJSON's adding functions take null for a
 * failed allocation, so the tree is checked for completeness by one flag.
 */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdint.h>

#include "core/fail.h"
#include "hblogit/report.h"
#include "report/text.h"

typedef struct {
    bool incomplete;
} tree;

static cJSON *add_object(tree *t, cJSON *to, const char *key)
{
    cJSON *object = cJSON_AddObjectToObject(to, key);

    t->incomplete |= !object;
    return object;
}

static cJSON *add_array(tree *t, cJSON *to, const char *key)
{
    cJSON *array = cJSON_AddArrayToObject(to, key);

    t->incomplete |= !array;
    return array;
}

static cJSON *append_object(tree *t, cJSON *array)
{
    cJSON *object = cJSON_CreateObject();

    if (!object || !cJSON_AddItemToArray(array, object)) {
        cJSON_Delete(object);
        t->incomplete = true;
        return NULL;
    }
    return object;
}

static void add_number(tree *t, cJSON *to, const char *key, double x)
{
    t->incomplete |= !(isfinite(x) ? cJSON_AddNumberToObject(to, key, x)
                       : isinf(x)  ? cJSON_AddStringToObject(to, key, x > 0 ? "Inf" : "-Inf")
                                   : cJSON_AddNullToObject(to, key));
}

static void add_string(tree *t, cJSON *to, const char *key, const char *text)
{
    t->incomplete |= !cJSON_AddStringToObject(to, key, text);
}

/* ---- parts ---- */

static void add_parameter(tree *t, cJSON *array, const hbl_parameter *p)
{
    const hbl_convergence *c = &p->convergence;
    cJSON *to = append_object(t, array);

    if (p->column)
        add_string(t, to, "parameter", p->column);
    add_string(t, to, "name", p->name);
    if (!isnan(p->truth))
        add_number(t, to, "truth", p->truth);
    add_number(t, to, "mean", c->mean);
    add_number(t, to, "sd", c->sd);
    add_number(t, to, "q5", c->q5);
    add_number(t, to, "median", c->median);
    add_number(t, to, "q95", c->q95);
    add_number(t, to, "mcse_mean", c->mcse_mean);
    add_number(t, to, "mcse_sd", c->mcse_sd);
    add_number(t, to, "mcse_q5", c->mcse_q5);
    add_number(t, to, "mcse_median", c->mcse_median);
    add_number(t, to, "mcse_q95", c->mcse_q95);
    add_number(t, to, "ess_bulk", c->ess_bulk);
    add_number(t, to, "ess_tail", c->ess_tail);
    add_number(t, to, "rhat", c->rhat);
}

static void add_worst(tree *t, cJSON *to, const char *key, const hbl_summary *s, double value,
                      size_t at)
{
    cJSON *worst = add_object(t, to, key);

    add_number(t, worst, "value", value);
    if (at != SIZE_MAX)
        add_string(t, worst, "name", s->parameter[at].name);
}

static void add_verdict(tree *t, cJSON *root, const hbl_summary *s)
{
    cJSON *limits = add_object(t, root, "thresholds");

    add_number(t, limits, "rhat", HBL_RHAT_LIMIT);
    add_number(t, limits, "ess", HBL_ESS_LIMIT);
    t->incomplete |= !cJSON_AddBoolToObject(root, "converged", s->converged);
    add_worst(t, root, "worst_rhat", s, s->worst_rhat, s->worst_rhat_at);
    add_worst(t, root, "least_ess_bulk", s, s->least_ess_bulk, s->least_ess_bulk_at);
    add_worst(t, root, "least_ess_tail", s, s->least_ess_tail, s->least_ess_tail_at);
    add_number(t, root, "undefined", (double)s->n_undefined);
}

static void add_kernels(tree *t, cJSON *root, const hbl_summary *s)
{
    cJSON *kernels = s->n_kernels > 0 ? add_array(t, root, "kernels") : NULL;

    for (size_t k = 0; k < s->n_kernels; k++) {
        const hbl_kernel_summary *kernel = &s->kernel[k];
        cJSON *to = append_object(t, kernels);

        add_string(t, to, "name", kernel->name);
        if (kernel->chain > 0)
            add_number(t, to, "chain", (double)kernel->chain);
        add_number(t, to, "acceptance", kernel->acceptance);
        add_number(t, to, "step", kernel->step);
        add_number(t, to, "non_finite", kernel->non_finite);
    }
}

static void add_parameters(tree *t, cJSON *root, const char *key, const hbl_parameter *list,
                           size_t n)
{
    cJSON *array = add_array(t, root, key);

    for (size_t i = 0; i < n; i++)
        add_parameter(t, array, &list[i]);
}

/* ---- the whole ---- */

static cJSON *build(tree *t, const hbl_summary *s)
{
    cJSON *root = cJSON_CreateObject();

    add_string(t, root, "program", "hblogit");
    add_string(t, root, "version", HBL_VERSION);
    add_string(t, root, "status", s->status);
    add_string(t, root, "method", s->method);
    add_number(t, root, "chains", (double)s->n_chains);
    add_number(t, root, "draws", (double)s->n_draws);
    add_number(t, root, "stride", (double)s->stride);
    add_verdict(t, root, s);
    add_kernels(t, root, s);
    add_parameters(t, root, "parameters", s->parameter, s->n_parameters);
    add_parameters(t, root, "derived", s->derived, s->n_derived);
    return root;
}

int hbl_report_summary_json(FILE *file, const hbl_summary *s, hbl_error *error)
{
    tree t = {false};
    hbl_output out;
    cJSON *root;
    char *text;
    int status = hbl_output_begin(&out, file, error);

    if (status)
        return status;
    root = build(&t, s);
    text = t.incomplete ? NULL : cJSON_Print(root);
    if (text)
        fprintf(file, "%s\n", text);
    else
        status = hbl_fail_memory(error, "diagnostics.json");
    cJSON_free(text);
    cJSON_Delete(root);
    return hbl_output_end(&out, status, "diagnostics.json", error);
}
