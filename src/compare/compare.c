/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The comparison as a whole.
 */
#include "compare/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "hblogit/msl.h"

/* ---- what each run says ---- */

static double number(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(value) ? value->valuedouble : NAN;
}

/* The sweeps of all chains. */
static double count_sweeps(const hbl_fitted *f)
{
    const cJSON *sweep, *sweeps = cJSON_GetObjectItemCaseSensitive(f->file.root, "sweeps");
    double sum = 0;

    cJSON_ArrayForEach(sweep, sweeps)
    {
        sum += cJSON_IsNumber(sweep) ? sweep->valuedouble : 0;
    }
    return sum;
}

static int describe(const hbl_fitted *f, hbl_compared_run *run, hbl_error *error)
{
    const hbl_panel *panel = f->model->panel;

    run->directory = hbl_strdup(f->directory, error);
    run->method = hbl_strdup(f->method, error);
    run->title = hbl_strdup(f->summary ? f->summary->title : f->estimates->title, error);
    if (!run->directory || !run->method || !run->title)
        return HBL_ERR_MEMORY;
    run->n_persons = panel->n_persons;
    run->n_tasks = panel->n_tasks;
    run->n_parameters = f->summary ? f->summary->n_parameters : f->estimates->n_parameters;
    run->converged = f->summary ? f->summary->converged : f->estimates->converged;
    run->seconds = number(cJSON_GetObjectItemCaseSensitive(f->file.root, "seconds"), "total");
    run->evaluations = f->summary ? count_sweeps(f) : f->estimates->evaluations;
    run->log_likelihood_own = f->summary ? NAN : f->estimates->log_likelihood;
    return hbl_fitted_predict(f, &run->rlh, &run->hit_rate, error);
}

/* ---- log-likelihood on one simulator ---- */

/* Scrambled Halton points, more than any run had and none of its own, on which its log-likelihood
 * would be flattered. */
static hbl_msl_settings simulator(const hbl_fitted *f, size_t n, char *sequence)
{
    hbl_msl_settings settings = f[0].spec->msl;

    settings.sequence = sequence;
    settings.scramble = true;
    settings.antithetic = false;
    settings.seed += 1000003;
    settings.draws = 2000;
    for (size_t r = 0; r < n; r++)
        if (strcmp(f[r].method, "msl") == 0 && settings.draws < 2 * f[r].spec->msl.draws)
            settings.draws = 2 * f[r].spec->msl.draws;
    return settings;
}

static int simulate(const hbl_fitted *f, const hbl_msl_settings *settings, int threads,
                    double *log_likelihood, hbl_error *error)
{
    hbl_msl *msl = NULL;
    hbl_point p = {0};
    double *parameter = NULL;
    int status = hbl_msl_alloc(f->model, settings, threads, &msl, error);

    if (!status)
        status = hbl_fitted_point(f, &p, error);
    if (!status) {
        parameter = hbl_calloc(hbl_msl_n_parameters(msl), sizeof(double), "parameters", error);
        status = parameter ? hbl_msl_pack(msl, p.mu, p.delta, p.omega, p.fixed, parameter, error)
                           : HBL_ERR_MEMORY;
    }
    if (!status)
        status = hbl_msl_evaluate(msl, parameter, log_likelihood, NULL, NULL, NULL, error);
    free(parameter);
    hbl_point_clear(&p);
    hbl_msl_free(msl);
    return status;
}

/* The mean over two scramblings, and its error by their difference. A likelihood that cannot be
 * had, as where a variance is 0, is no reason to refuse the rest. */
static int set_log_likelihood(const hbl_fitted *f, const hbl_msl_settings *settings, int threads,
                              hbl_compared_run *run, hbl_error *error)
{
    hbl_msl_settings another = *settings;
    hbl_error why = HBL_ERROR_INIT;
    double first, second;
    int status;

    run->log_likelihood = run->log_likelihood_own;
    run->log_likelihood_error = 0;
    if (strcmp(f->method, "mnl") == 0)
        return HBL_OK;
    another.seed = settings->seed + 1;
    status = simulate(f, settings, threads, &first, &why);
    if (!status)
        status = simulate(f, &another, threads, &second, &why);
    run->log_likelihood = status ? NAN : (first + second) / 2;
    run->log_likelihood_error = status ? NAN : fabs(first - second) / 2;
    return status == HBL_ERR_MEMORY ? hbl_fail(error, why.status, "%s", why.message) : HBL_OK;
}

/* ---- differences ---- */

static void set_differences(hbl_comparison *c)
{
    for (size_t i = 0; i < c->n_parameters; i++) {
        hbl_compared_value *value = c->parameter[i].value;
        for (size_t r = 1; r < c->n_runs; r++)
            value[r].z = (value[r].estimate - value[0].estimate) /
                         sqrt(value[r].error * value[r].error + value[0].error * value[0].error);
    }
}

/* Person-level means, of two runs at n people with strides. */
static void compare_persons(size_t n, const double *x, size_t x_stride, const double *y,
                            size_t y_stride, hbl_compared_persons *result)
{
    double mx = 0, my = 0, xx = 0, yy = 0, xy = 0, square = 0;

    for (size_t i = 0; i < n; i++) {
        mx += x[i * x_stride] / (double)n;
        my += y[i * y_stride] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        const double a = x[i * x_stride] - mx, b = y[i * y_stride] - my;
        const double difference = y[i * y_stride] - x[i * x_stride];
        xx += a * a;
        yy += b * b;
        xy += a * b;
        square += difference * difference;
    }
    result->correlation = xy / sqrt(xx * yy);
    result->root_mean_square = sqrt(square / (double)n);
}

static int add_persons(const hbl_fitted *f, size_t r, hbl_comparison *c, size_t *capacity,
                       hbl_error *error)
{
    const hbl_model *a = f[0].model, *b = f[r].model;

    for (size_t i = 0; f[0].person && f[r].person && i < a->n_random; i++)
        for (size_t j = 0; j < b->n_random; j++) {
            hbl_compared_persons added = {.run = r};
            if (strcmp(a->name[i], b->name[j]) != 0)
                continue;
            if (hbl_grow(&c->persons, capacity, c->n_persons + 1, sizeof added, "the comparison",
                         error))
                return HBL_ERR_MEMORY;
            added.name = hbl_strdup(a->name[i], error);
            if (!added.name)
                return HBL_ERR_MEMORY;
            compare_persons(a->panel->n_persons, f[0].person + i, a->n_random, f[r].person + j,
                            b->n_random, &added);
            c->persons[c->n_persons++] = added;
        }
    return HBL_OK;
}

/* ---- the whole ---- */

static int compare(hbl_fitted *f, const hbl_compare_options *options, hbl_comparison *c,
                   hbl_error *error)
{
    char sequence[] = "halton";
    const hbl_msl_settings settings = simulator(f, c->n_runs, sequence);
    const int threads = options->threads > 0 ? options->threads : hbl_processors();
    size_t rows = 0, persons = 0;
    int status = HBL_OK;

    c->n_draws = (size_t)settings.draws;
    for (size_t r = 0; !status && r < c->n_runs; r++) {
        status = describe(&f[r], &c->run[r], error);
        if (!status)
            status = set_log_likelihood(&f[r], &settings, threads, &c->run[r], error);
        if (!status)
            status = hbl_compare_fill(&f[r], r, c, &rows, error);
        if (!status && r > 0)
            status = add_persons(f, r, c, &persons, error);
    }
    if (status)
        return status;
    set_differences(c);
    return hbl_compare_explain(f, c, error);
}

int hbl_compare(const char *const *directory, size_t n_runs, const hbl_compare_options *options,
                hbl_comparison **comparison, hbl_error *error)
{
    hbl_comparison *c = hbl_calloc(1, sizeof *c, "the comparison", error);
    hbl_fitted *fitted = hbl_calloc(n_runs, sizeof *fitted, "the comparison", error);
    int status = c && fitted ? HBL_OK : HBL_ERR_MEMORY;

    *comparison = NULL;
    if (!status)
        c->run = hbl_calloc(n_runs, sizeof *c->run, "the comparison", error);
    if (!status && !c->run)
        status = HBL_ERR_MEMORY;
    else if (!status)
        c->n_runs = n_runs;
    for (size_t r = 0; !status && r < n_runs; r++) {
        status = hbl_fitted_read(directory[r], options->data, &fitted[r], error);
        if (!status && r > 0)
            status = hbl_fitted_check_same(&fitted[0], &fitted[r], error);
    }
    if (!status)
        status = compare(fitted, options, c, error);
    for (size_t r = 0; fitted && r < n_runs; r++)
        hbl_fitted_clear(&fitted[r]);
    free(fitted);
    if (status)
        hbl_comparison_free(c);
    else
        *comparison = c;
    return status;
}

void hbl_comparison_free(hbl_comparison *c)
{
    if (!c)
        return;
    for (size_t r = 0; c->run && r < c->n_runs; r++) {
        free(c->run[r].directory);
        free(c->run[r].method);
        free(c->run[r].title);
    }
    for (size_t i = 0; i < c->n_parameters; i++) {
        free(c->parameter[i].name);
        free(c->parameter[i].value);
    }
    for (size_t i = 0; i < c->n_persons; i++)
        free(c->persons[i].name);
    for (size_t i = 0; i < c->n_notes; i++)
        free(c->note[i]);
    free(c->run);
    free(c->parameter);
    free(c->persons);
    free(c->note);
    free(c);
}
