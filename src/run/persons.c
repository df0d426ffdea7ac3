/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/persons.h"

#include <math.h>
#include <stdio.h>

#include "core/csv.h"
#include "run/csv.h"
#include "run/file.h"

static void put_head(FILE *file, const hbl_model *model, const char *rest)
{
    fputs("person", file);
    for (size_t k = 0; k < model->n_random; k++) {
        fputc(',', file);
        hbl_csv_put_name(file, "", model->name[k], ".mean");
        fputc(',', file);
        hbl_csv_put_name(file, "", model->name[k], ".sd");
    }
    fputs(rest, file);
}

static void put_coefficients(FILE *file, const hbl_model *model, size_t n, const double *mean,
                             const double *sd)
{
    const size_t n_random = model->n_random;

    hbl_csv_put_text(file, model->panel->person_label[n]);
    for (size_t k = 0; k < n_random; k++) {
        hbl_csv_put_number(file, mean[n * n_random + k]);
        hbl_csv_put_number(file, sd[n * n_random + k]);
    }
}

int hbl_persons_write(const char *path, const hbl_model *model, const hbl_person_moments *moments,
                      hbl_error *error)
{
    FILE *file = fopen(path, "w");

    if (!file)
        return hbl_file_fail(path, error);
    put_head(file, model, ",rlh,acceptance\n");
    for (size_t n = 0; n < model->panel->n_persons && !ferror(file); n++) {
        put_coefficients(file, model, n, moments->mean, moments->sd);
        hbl_csv_put_number(file, moments->rlh[n]);
        hbl_csv_put_number(file, moments->acceptance[n]);
        fputc('\n', file);
    }
    return hbl_stream_close(file, path, true, error);
}

int hbl_persons_write_conditional(const char *path, const hbl_model *model, const hbl_msl_fit *fit,
                                  hbl_error *error)
{
    const hbl_panel *panel = model->panel;
    FILE *file = fopen(path, "w");

    if (!file)
        return hbl_file_fail(path, error);
    put_head(file, model, ",log_likelihood,rlh\n");
    for (size_t n = 0; n < panel->n_persons && !ferror(file); n++) {
        const double log_likelihood = fit->person_log_likelihood[n];
        const double tasks = (double)(panel->person_task[n + 1] - panel->person_task[n]);
        put_coefficients(file, model, n, fit->person_mean, fit->person_sd);
        hbl_csv_put_number(file, log_likelihood);
        hbl_csv_put_number(file, exp(log_likelihood / tasks));
        fputc('\n', file);
    }
    return hbl_stream_close(file, path, true, error);
}
