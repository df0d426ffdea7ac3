/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A survey with everything that simulated likelihood knows, and its likelihood written out.
 */
#ifndef HBL_TESTS_MSL_FIXTURE_H
#define HBL_TESTS_MSL_FIXTURE_H

#include <math.h>
#include <string.h>

#include "msl/internal.h"
#include "trace/survey.h"

enum { PERSONS = 37, DRAWS = 50, MOST = 40 };

static const size_t blocks[] = {0, 1, 1};
/* 37 persons, so that lanes are left over; ragged; covariates, fixed, held and scale. */
static const survey_shape everything = {.persons = PERSONS,
                                        .tasks_min = 2,
                                        .tasks_max = 5,
                                        .alternatives_min = 2,
                                        .alternatives_max = 6,
                                        .n_random = 3,
                                        .n_fixed = 1,
                                        .n_covariates = 2,
                                        .n_scale = 1,
                                        .n_held = 1,
                                        .block_of = blocks,
                                        .seed = 5};

static inline hbl_msl_settings settings_of(const char *sequence, int64_t draws)
{
    static char names[4][8], errors[] = "hessian";
    static size_t next;
    char *name = names[next++ % 4];

    strcpy(name, sequence);
    return (hbl_msl_settings){.draws = draws,
                              .sequence = name,
                              .seed = 3,
                              .drop = 100,
                              .starts = 1,
                              .iterations = 200,
                              .tolerance = 1e-6,
                              .standard_errors = errors};
}

static inline hbl_msl *alloc(const hbl_model *model, const char *sequence, int64_t draws,
                             int threads)
{
    const hbl_msl_settings settings = settings_of(sequence, draws);
    hbl_error error = HBL_ERROR_INIT;
    hbl_msl *msl;

    if (hbl_msl_alloc(model, &settings, threads, &msl, &error))
        fail_msg("%s", error.message);
    return msl;
}

static inline double at(hbl_msl *msl, const double *parameter)
{
    double value;

    assert_int_equal(hbl_msl_evaluate(msl, parameter, &value, NULL, NULL, NULL, NULL), HBL_OK);
    return value;
}

/* Somewhere with nothing 0: means, slopes, factors, fixed. */
static inline void somewhere(const hbl_msl *msl, double *parameter)
{
    for (size_t i = 0; i < msl->n_parameters; i++) {
        const hbl_msl_parameter *p = &msl->parameter[i];
        const double wobble = 0.3 * cos(1.7 * (double)i);

        parameter[i] = p->kind == HBL_MSL_MEAN                            ? 0.4 + wobble
                       : p->kind == HBL_MSL_FACTOR && p->row == p->column ? 0.8 + wobble
                                                                          : wobble;
    }
}

static inline double *weights_of(size_t n)
{
    double *weight = survey_allocate(n, sizeof *weight);

    for (size_t i = 0; i < n; i++)
        weight[i] = 0.5 + (double)(i % 4);
    return weight;
}

/* ln P of one person and one draw: utilities as they stand. */
static inline double plain_likelihood(const hbl_model *model, size_t n, const double *beta)
{
    const hbl_panel *panel = model->panel;
    const size_t C = model->n_columns, used = model->n_random + model->n_fixed;
    double scale = 0, total = 0;

    for (size_t s = 0; s < model->n_scale; s++)
        scale += model->v[n * model->n_scale + s] * beta[used + s];
    for (size_t t = panel->person_task[n]; t < panel->person_task[n + 1]; t++) {
        double sum = 0, chosen = 0;
        for (size_t row = panel->task_row[t]; row < panel->task_row[t + 1]; row++) {
            double v = 0;
            for (size_t c = 0; c < C; c++)
                v += model->x[row * C + c] * (c < used ? beta[c] : model->held[c - used]);
            v *= exp(scale);
            sum += exp(v);
            chosen = row == panel->task_chosen[t] ? v : chosen;
        }
        total += chosen - log(sum);
    }
    return total;
}

/* beta of a draw: normal ones only. */
static inline void plain_beta(const hbl_msl *msl, size_t n, const double *p, const double *z,
                              double *beta)
{
    const hbl_model *model = msl->model;
    const size_t K = model->n_random, Q = model->n_covariates;

    for (size_t k = 0; k < K; k++) {
        beta[k] = p[k];
        for (size_t q = 0; q < Q; q++)
            beta[k] += model->w[n * Q + q] * p[msl->first_slope + q * K + k];
        for (size_t e = 0; e < msl->n_factors; e++)
            if (msl->factor_row[e] == k)
                beta[k] += p[msl->first_factor + e] * z[msl->factor_column[e]];
    }
    for (size_t f = K; f < model->n_coefficients; f++)
        beta[f] = p[msl->first_fixed + f - K];
}

#endif
