/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The design matrix as CSV.
 */
#include <stdio.h>

#include "core/csv.h"
#include "core/fail.h"
#include "core/options.h"
#include "model/model.h"

static void put_names(FILE *out, const char *prefix, char *const *name, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fputc(',', out);
        hbl_csv_put_name(out, prefix, name[i], "");
    }
}

static void put_numbers(FILE *out, const double *number, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char text[64];

        hbl_format_number(number[i], text, sizeof text);
        fprintf(out, ",%s", text);
    }
}

static void put_heading(FILE *out, const hbl_model *m)
{
    fputs("person,task,alternative,chosen", out);
    put_names(out, "", m->name, m->n_random + m->n_fixed);
    put_names(out, "", m->held_name, m->n_held);
    put_names(out, "", m->name + m->n_random + m->n_fixed, m->n_scale);
    put_names(out, "covariate:", m->covariate_name, m->n_covariates);
    fputc('\n', out);
}

static void put_task(FILE *out, const hbl_model *m, size_t n, size_t t)
{
    const hbl_panel *panel = m->panel;

    for (size_t r = panel->task_row[t]; r < panel->task_row[t + 1]; r++) {
        hbl_csv_put_text(out, panel->person_label[n]);
        fputc(',', out);
        hbl_csv_put_text(out, panel->task_label[t]);
        fputc(',', out);
        hbl_csv_put_text(out, panel->alternative_label[panel->row_alternative[r]]);
        fprintf(out, ",%d", panel->task_chosen[t] == r);
        put_numbers(out, m->x + r * m->n_columns, m->n_columns);
        put_numbers(out, m->v + n * m->n_scale, m->n_scale);
        put_numbers(out, m->w + n * m->n_covariates, m->n_covariates);
        fputc('\n', out);
    }
}

int hbl_model_write_design(const hbl_model *model, FILE *out, hbl_error *error)
{
    const hbl_panel *panel = model->panel;

    put_heading(out, model);
    for (size_t n = 0; n < panel->n_persons; n++) {
        for (size_t t = panel->person_task[n]; t < panel->person_task[n + 1]; t++)
            put_task(out, model, n, t);
        if (ferror(out))
            break;
    }
    if (fflush(out) != 0 || ferror(out))
        return hbl_fail(error, HBL_ERR_WRITE, "cannot write the design matrix");
    return HBL_OK;
}
