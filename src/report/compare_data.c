/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs side by side for programs: CSV and JSON.
 */
#include "core/csv.h"
#include "hblogit/report.h"
#include "report/csv.h"
#include "report/figures.h"
#include "report/text.h"

static const char *const kind_name[] = {"coefficient", "slope", "sd", "correlation"};

int hbl_report_comparison_csv(FILE *file, const hbl_comparison *c, hbl_error *error)
{
    hbl_output out;
    const int status = hbl_output_begin(&out, file, error);

    if (status)
        return status;
    fputs("kind,name,run,method,estimate,error,lower,upper,numerical,ess,z\n", file);
    for (size_t i = 0; i < c->n_parameters; i++)
        for (size_t r = 0; r < c->n_runs; r++) {
            const hbl_compared_value *v = &c->parameter[i].value[r];
            const double figure[] = {v->estimate,  v->error, v->lower, v->upper,
                                     v->numerical, v->ess,   v->z};
            fprintf(file, "%s,", kind_name[c->parameter[i].kind]);
            hbl_csv_put_text(file, c->parameter[i].name);
            fputc(',', file);
            hbl_csv_put_text(file, c->run[r].directory);
            fputc(',', file);
            hbl_csv_put_text(file, c->run[r].method);
            for (size_t f = 0; f < sizeof figure / sizeof *figure; f++)
                hbl_csv_put_figure(file, figure[f]);
            fputc('\n', file);
        }
    return hbl_output_end(&out, status, "the comparison", error);
}

/* ---- JSON ---- */

static void add_runs(hbl_figures *t, cJSON *root, const hbl_comparison *c)
{
    cJSON *runs = hbl_figures_add_array(t, root, "runs");

    for (size_t r = 0; r < c->n_runs; r++) {
        const hbl_compared_run *run = &c->run[r];
        cJSON *to = hbl_figures_append_object(t, runs);
        hbl_figures_add_string(t, to, "directory", run->directory);
        hbl_figures_add_string(t, to, "method", run->method);
        hbl_figures_add_bool(t, to, "converged", run->converged);
        hbl_figures_add_number(t, to, "parameters", (double)run->n_parameters);
        hbl_figures_add_number(t, to, "seconds", run->seconds);
        hbl_figures_add_number(t, to, "evaluations", run->evaluations);
        hbl_figures_add_number(t, to, "log_likelihood", run->log_likelihood);
        hbl_figures_add_number(t, to, "log_likelihood_error", run->log_likelihood_error);
        hbl_figures_add_number(t, to, "log_likelihood_as_fitted", run->log_likelihood_own);
        hbl_figures_add_number(t, to, "rlh", run->rlh);
        hbl_figures_add_number(t, to, "hit_rate", run->hit_rate);
    }
}

static void add_values(hbl_figures *t, cJSON *to, const hbl_comparison *c,
                       const hbl_compared_parameter *p)
{
    cJSON *values = hbl_figures_add_array(t, to, "runs");

    for (size_t r = 0; r < c->n_runs; r++) {
        const hbl_compared_value *v = &p->value[r];
        cJSON *value = hbl_figures_append_object(t, values);
        hbl_figures_add_number(t, value, "estimate", v->estimate);
        hbl_figures_add_number(t, value, "error", v->error);
        hbl_figures_add_number(t, value, "lower", v->lower);
        hbl_figures_add_number(t, value, "upper", v->upper);
        hbl_figures_add_number(t, value, "numerical", v->numerical);
        hbl_figures_add_number(t, value, "ess", v->ess);
        hbl_figures_add_number(t, value, "skewness", v->skewness);
        hbl_figures_add_number(t, value, "z", v->z);
    }
}

static void add_persons(hbl_figures *t, cJSON *root, const hbl_comparison *c)
{
    cJSON *persons = hbl_figures_add_array(t, root, "persons");

    for (size_t i = 0; i < c->n_persons; i++) {
        const hbl_compared_persons *p = &c->persons[i];
        cJSON *to = hbl_figures_append_object(t, persons);
        hbl_figures_add_string(t, to, "name", p->name);
        hbl_figures_add_number(t, to, "run", (double)(p->run + 1));
        hbl_figures_add_number(t, to, "correlation", p->correlation);
        hbl_figures_add_number(t, to, "root_mean_square_difference", p->root_mean_square);
    }
}

int hbl_report_comparison_json(FILE *file, const hbl_comparison *c, hbl_error *error)
{
    hbl_figures t = {false};
    cJSON *root = hbl_figures_root(&t), *array;

    add_runs(&t, root, c);
    hbl_figures_add_number(&t, root, "draws", (double)c->n_draws);
    array = hbl_figures_add_array(&t, root, "parameters");
    for (size_t i = 0; i < c->n_parameters; i++) {
        cJSON *to = hbl_figures_append_object(&t, array);
        hbl_figures_add_string(&t, to, "kind", kind_name[c->parameter[i].kind]);
        hbl_figures_add_string(&t, to, "name", c->parameter[i].name);
        add_values(&t, to, c, &c->parameter[i]);
    }
    add_persons(&t, root, c);
    array = hbl_figures_add_array(&t, root, "notes");
    for (size_t i = 0; i < c->n_notes; i++)
        hbl_figures_append_string(&t, array, c->note[i]);
    return hbl_figures_print(&t, root, file, "the comparison", error);
}
