/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/csv.h"
#include "core/fail.h"
#include "core/linalg.h"
#include "core/memory.h"
#include "core/number.h"
#include "simulate/parts.h"

static void write_number(FILE *out, double x)
{
    char text[HBL_NUMBER_SIZE];

    hbl_number_write(x, text);
    fputs(text, out);
}

static int finish(FILE *out, const char *what, hbl_error *error)
{
    if (fflush(out) == 0 && !ferror(out))
        return HBL_OK;
    return hbl_fail(error, HBL_ERR_WRITE, "the simulated %s could not be written: %s", what,
                    errno ? strerror(errno) : "write error");
}

static void write_cell(FILE *out, const hbl_column *column, size_t row)
{
    if (column->type == HBL_COLUMN_NUMBER)
        write_number(out, column->number[row]);
    else if (column->code[row] >= 0)
        hbl_csv_put_text(out, column->label[column->code[row]]);
}

int hbl_simulate_write_table(FILE *out, const hbl_table *table, hbl_error *error)
{
    for (size_t c = 0; c < table->n_columns; c++) {
        if (c > 0)
            fputc(',', out);
        hbl_csv_put_text(out, table->column[c].name);
    }
    fputc('\n', out);
    for (size_t row = 0; row < table->n_rows && !ferror(out); row++) {
        for (size_t c = 0; c < table->n_columns; c++) {
            if (c > 0)
                fputc(',', out);
            write_cell(out, &table->column[c], row);
        }
        fputc('\n', out);
    }
    return finish(out, "choices", error);
}

/* parameter,name,value: "mu.1,mu.price,-1" */
static void write_parameter(FILE *out, const char *parameter, const char *name, double value)
{
    fprintf(out, "%s,", parameter);
    hbl_csv_put_text(out, name);
    fputc(',', out);
    write_number(out, value);
    fputc('\n', out);
}

enum { LABEL_SIZE = 1024 };

static void write_vector(FILE *out, const char *symbol, size_t n, char *const *name,
                         const double *value)
{
    char parameter[64], label[LABEL_SIZE];

    for (size_t i = 0; i < n; i++) {
        snprintf(parameter, sizeof parameter, "%s.%zu", symbol, i + 1);
        snprintf(label, sizeof label, "%s.%s", symbol, name[i]);
        write_parameter(out, parameter, label, value[i]);
    }
}

/* The lower triangle, without the zeros between blocks of the model. */
static void write_omega(FILE *out, const hbl_model *model, const double *omega)
{
    const size_t n = model->n_random;
    char parameter[64], label[LABEL_SIZE];

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            if (model->block_of[i] != model->block_of[j])
                continue;
            snprintf(parameter, sizeof parameter, "Omega.%zu.%zu", i + 1, j + 1);
            snprintf(label, sizeof label, "Omega.%s.%s", model->name[i], model->name[j]);
            write_parameter(out, parameter, label, omega[i * n + j]);
        }
}

/* Delta.q.k as in the draws: covariate q, coefficient k. */
static void write_delta(FILE *out, const hbl_model *model, const double *delta)
{
    char parameter[64], label[LABEL_SIZE];

    for (size_t k = 0; k < model->n_random; k++)
        for (size_t q = 0; q < model->n_covariates; q++) {
            snprintf(parameter, sizeof parameter, "Delta.%zu.%zu", q + 1, k + 1);
            snprintf(label, sizeof label, "Delta.%s:%s", model->name[k], model->covariate_name[q]);
            write_parameter(out, parameter, label, delta[k * model->n_covariates + q]);
        }
}

int hbl_simulate_write_population(FILE *out, const hbl_model *model, const hbl_truth *truth,
                                  hbl_error *error)
{
    const size_t n = model->n_random;
    double *omega = hbl_calloc(n * n, sizeof *omega, "the true covariance", error);

    if (!omega)
        return HBL_ERR_MEMORY;
    hbl_lower_square(n, truth->l, omega);
    fputs("parameter,name,value\n", out);
    write_vector(out, "mu", n, model->name, truth->mu);
    write_omega(out, model, omega);
    write_delta(out, model, truth->delta);
    write_vector(out, "alpha", model->n_coefficients - n, model->name + n, truth->alpha);
    free(omega);
    return finish(out, "population", error);
}

int hbl_simulate_write_persons(FILE *out, const hbl_model *model, const double *beta,
                               hbl_error *error)
{
    const hbl_panel *panel = model->panel;
    const size_t n = model->n_random;

    fputs("person", out);
    for (size_t k = 0; k < n; k++) {
        fputc(',', out);
        hbl_csv_put_text(out, model->name[k]);
    }
    fputc('\n', out);
    for (size_t person = 0; person < panel->n_persons && !ferror(out); person++) {
        hbl_csv_put_text(out, panel->person_label[person]);
        for (size_t k = 0; k < n; k++) {
            fputc(',', out);
            write_number(out, beta[person * n + k]);
        }
        fputc('\n', out);
    }
    return finish(out, "persons", error);
}
