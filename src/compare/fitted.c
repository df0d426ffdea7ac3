/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A fitted run: its figures, its model built again from run.json, and its persons.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "core/fail.h"
#include "core/memory.h"
#include "diagnose/csv_file.h"
#include "hblogit/run.h"

/* ---- persons.csv ---- */

static int find_column(const hbl_csv_file *csv, const char *coefficient, size_t *column,
                       hbl_error *error)
{
    const size_t length = strlen(coefficient);

    for (size_t c = 0; c < csv->n_columns; c++) {
        const char *name = hbl_csv_file_name(csv, c);
        if (strncmp(name, coefficient, length) == 0 && strcmp(name + length, ".mean") == 0) {
            *column = c;
            return HBL_OK;
        }
    }
    return hbl_fail(error, HBL_ERR_INPUT, "%s:1: has no column \"%s.mean\"", csv->path,
                    coefficient);
}

static int set_persons(const hbl_csv_file *csv, hbl_fitted *f, hbl_error *error)
{
    const size_t N = f->model->panel->n_persons, K = f->model->n_random;
    int status = HBL_OK;

    if (csv->n_rows != N)
        return hbl_fail(error, HBL_ERR_INPUT, "%s:%zu: %zu people, and the run has %zu", csv->path,
                        csv->n_rows + 1, csv->n_rows, N);
    f->person = hbl_calloc(N * K, sizeof(double), "persons' coefficients", error);
    if (!f->person)
        return HBL_ERR_MEMORY;
    for (size_t k = 0; !status && k < K; k++) {
        size_t column = 0;
        status = find_column(csv, f->model->name[k], &column, error);
        for (size_t n = 0; !status && n < N; n++)
            status = hbl_csv_file_number(csv, n, column, &f->person[n * K + k], error);
    }
    return status;
}

static int read_persons(hbl_fitted *f, hbl_error *error)
{
    hbl_csv_file csv;
    int status = hbl_csv_file_read(f->directory, "persons.csv", &csv, error);

    if (status)
        return status;
    status = set_persons(&csv, f, error);
    hbl_csv_file_clear(&csv);
    return status;
}

/* ---- the run ---- */

static int read_figures(hbl_fitted *f, hbl_error *error)
{
    int status = hbl_run_file_read(f->directory, &f->file, error);

    if (!status)
        status = hbl_run_method(f->directory, &f->method, error);
    if (status)
        return status;
    return hbl_run_file_has_draws(&f->file)
               ? hbl_summary_read(f->directory, &f->summary, error)
               : hbl_estimates_read(f->directory, &f->estimates, error);
}

static int build_model(hbl_fitted *f, const char *data, hbl_error *error)
{
    hbl_run_status unused;
    char *setting = NULL;
    const char *list[1];
    size_t n = 0;
    int status;

    if (data) {
        const size_t size = strlen(data) + 16;
        setting = hbl_calloc(size, 1, "a setting", error);
        if (!setting)
            return HBL_ERR_MEMORY;
        snprintf(setting, size, "data.file=%s", data);
        list[n++] = setting;
    }
    status = hbl_resume_read(f->directory, list, n, &f->spec, &unused, error);
    free(setting);
    return status ? status : hbl_model_build(f->spec, NULL, &f->model, error);
}

int hbl_fitted_read(const char *directory, const char *data, hbl_fitted *f, hbl_error *error)
{
    int status;

    *f = (hbl_fitted){.directory = directory};
    status = read_figures(f, error);
    if (!status)
        status = build_model(f, data, error);
    if (!status && f->model->n_random > 0 && strcmp(f->method, "mnl") != 0)
        status = read_persons(f, error);
    if (status)
        hbl_fitted_clear(f);
    return status;
}

void hbl_fitted_clear(hbl_fitted *f)
{
    hbl_run_file_clear(&f->file);
    free(f->method);
    hbl_summary_free(f->summary);
    hbl_estimates_free(f->estimates);
    hbl_model_free(f->model);
    hbl_spec_free(f->spec);
    free(f->person);
    *f = (hbl_fitted){0};
}

static const char *hash_of(const hbl_fitted *f)
{
    const cJSON *hashes = cJSON_GetObjectItemCaseSensitive(f->file.root, "hashes");
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(hashes, "data");
    const char *hash = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "hash"));

    return hash ? hash : "";
}

int hbl_fitted_check_same(const hbl_fitted *first, const hbl_fitted *other, hbl_error *error)
{
    const hbl_panel *a = first->model->panel, *b = other->model->panel;

    if (strcmp(hash_of(first), hash_of(other)) != 0)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: its data are not those of %s (checksums %s and %s); runs on the same "
                        "data can be compared",
                        other->directory, first->directory, hash_of(other), hash_of(first));
    if (a->n_persons != b->n_persons || a->n_tasks != b->n_tasks || a->n_rows != b->n_rows)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: has %zu people, %zu tasks and %zu rows of the data, and %s has %zu, "
                        "%zu and %zu; runs on the same choices can be compared",
                        other->directory, b->n_persons, b->n_tasks, b->n_rows, first->directory,
                        a->n_persons, a->n_tasks, a->n_rows);
    return HBL_OK;
}

/* ---- point estimates ---- */

/* Puts a parameter by its name in the run's files where it belongs. */
static void place(const hbl_model *model, const char *parameter, double x, hbl_point *p, double *L)
{
    const size_t K = model->n_random, F = model->n_fixed + model->n_scale;
    size_t i, j;

    if (sscanf(parameter, "mu.%zu", &i) == 1 && i - 1 < K)
        p->mu[i - 1] = x;
    else if (sscanf(parameter, "Delta.%zu.%zu", &i, &j) == 2 && i - 1 < model->n_covariates &&
             j - 1 < K)
        p->delta[(i - 1) * K + j - 1] = x;
    else if (sscanf(parameter, "Omega.%zu.%zu", &i, &j) == 2 && i - 1 < K && j - 1 < K)
        p->omega[(i - 1) * K + j - 1] = p->omega[(j - 1) * K + i - 1] = x;
    else if (sscanf(parameter, "L.%zu.%zu", &i, &j) == 2 && i - 1 < K && j - 1 < K)
        L[(i - 1) * K + j - 1] = x;
    else if (sscanf(parameter, "alpha.%zu", &i) == 1 && i - 1 < F)
        p->fixed[i - 1] = x;
    else if (sscanf(parameter, "beta.%zu", &i) == 1 && i - 1 < K + F)
        *(i - 1 < K ? &p->mu[i - 1] : &p->fixed[i - 1 - K]) = x;
}

static void multiply(size_t K, const double *L, double *omega)
{
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++) {
            omega[i * K + j] = 0;
            for (size_t k = 0; k < K; k++)
                omega[i * K + j] += L[i * K + k] * L[j * K + k];
        }
}

int hbl_fitted_point(const hbl_fitted *f, hbl_point *p, hbl_error *error)
{
    const hbl_model *model = f->model;
    const size_t K = model->n_random, F = model->n_fixed + model->n_scale;
    double *L = hbl_calloc(K * K, sizeof(double), "a point", error);

    p->mu = hbl_calloc(K, sizeof(double), "a point", error);
    p->delta = hbl_calloc(model->n_covariates * K, sizeof(double), "a point", error);
    p->omega = hbl_calloc(K * K, sizeof(double), "a point", error);
    p->fixed = hbl_calloc(F, sizeof(double), "a point", error);
    if (!L || !p->mu || !p->delta || !p->omega || !p->fixed) {
        free(L);
        hbl_point_clear(p);
        return HBL_ERR_MEMORY;
    }
    for (size_t i = 0; f->summary && i < f->summary->n_parameters; i++)
        place(model, f->summary->parameter[i].column, f->summary->parameter[i].convergence.mean, p,
              L);
    for (size_t i = 0; f->estimates && i < f->estimates->n_parameters; i++)
        place(model, f->estimates->row[i].parameter, f->estimates->row[i].estimate, p, L);
    if (f->estimates)
        multiply(K, L, p->omega);
    free(L);
    return HBL_OK;
}

void hbl_point_clear(hbl_point *p)
{
    free(p->mu);
    free(p->delta);
    free(p->omega);
    free(p->fixed);
    *p = (hbl_point){0};
}

/* ---- prediction ---- */

/* Coefficients of the columns of x: increments where ordered, for person n. */
static void coefficients_of(const hbl_fitted *f, size_t n, const hbl_point *p, double *b)
{
    const hbl_model *m = f->model;
    const size_t K = m->n_random;
    const double *beta = f->person ? f->person + n * K : p->mu;

    for (size_t k = 0; k < K; k++) {
        b[k] = beta[k];
        if (f->person && m->base && m->base[k] != SIZE_MAX)
            b[k] -= beta[m->base[k]];
    }
    for (size_t i = 0; i < m->n_fixed; i++)
        b[K + i] = p->fixed[i];
    for (size_t i = 0; i < m->n_held; i++)
        b[K + m->n_fixed + i] = m->held[i];
}

static double scale_of(const hbl_model *m, size_t n, const hbl_point *p)
{
    double sum = 0;

    for (size_t i = 0; i < m->n_scale; i++)
        sum += m->v[n * m->n_scale + i] * p->fixed[m->n_fixed + i];
    return exp(sum);
}

/* ln P of the chosen alternative of task t; hit: no other one is as likely. */
static double predict_task(const hbl_model *m, size_t t, double scale, const double *b, bool *hit)
{
    const hbl_panel *panel = m->panel;
    double largest = -INFINITY, sum = 0, chosen = 0, best_other = -INFINITY;

    for (int pass = 0; pass < 2; pass++)
        for (size_t r = panel->task_row[t]; r < panel->task_row[t + 1]; r++) {
            double V = 0;
            for (size_t c = 0; c < m->n_columns; c++)
                V += m->x[r * m->n_columns + c] * b[c];
            V *= scale;
            if (pass == 0) {
                largest = fmax(largest, V);
                if (r == panel->task_chosen[t])
                    chosen = V;
                else
                    best_other = fmax(best_other, V);
            } else {
                sum += exp(V - largest);
            }
        }
    *hit = chosen > best_other;
    return chosen - largest - log(sum);
}

int hbl_fitted_predict(const hbl_fitted *f, double *rlh, double *hit_rate, hbl_error *error)
{
    const hbl_model *m = f->model;
    const hbl_panel *panel = m->panel;
    double *b = hbl_calloc(m->n_columns, sizeof(double), "coefficients", error);
    hbl_point p;
    double sum = 0, hits = 0;
    int status = b ? hbl_fitted_point(f, &p, error) : HBL_ERR_MEMORY;

    if (!status) {
        for (size_t n = 0; n < panel->n_persons; n++) {
            const double scale = scale_of(m, n, &p);
            coefficients_of(f, n, &p, b);
            for (size_t t = panel->person_task[n]; t < panel->person_task[n + 1]; t++) {
                bool hit;
                sum += predict_task(m, t, scale, b, &hit);
                hits += hit;
            }
        }
        *rlh = exp(sum / (double)panel->n_tasks);
        *hit_rate = hits / (double)panel->n_tasks;
        hbl_point_clear(&p);
    }
    free(b);
    return status;
}
