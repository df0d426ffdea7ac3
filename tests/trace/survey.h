/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Surveys made up for tests and benchmarks: ragged panels in memory, attributes and choices from a
 * congruential generator of their own, so that nothing here leans on what is tested.
 */
#ifndef HBL_TESTS_SURVEY_H
#define HBL_TESTS_SURVEY_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "hblogit/model.h"

enum { SURVEY_MOST_COLUMNS = 64 };

typedef struct {
    size_t persons, tasks_min, tasks_max, alternatives_min, alternatives_max;
    size_t n_random, n_fixed;
    size_t n_covariates, n_scale, n_held;
    const char *const *distribution; /* n_random names; NULL: all normal */
    const size_t *block_of;          /* n_random; NULL: one block */
    size_t above;                    /* this coefficient is ordered above the one before; 0: none */
    double size;                     /* of the true coefficients; 0: 1 */
    uint64_t seed;
} survey_shape;

typedef struct {
    hbl_panel *panel;
    hbl_model *model;
} survey;

static inline double survey_uniform(uint64_t *generator)
{
    *generator = *generator * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return ((double)(*generator >> 33) + 0.5) / 2147483648.0;
}

static inline double survey_normal(uint64_t *generator)
{
    const double radius = sqrt(-2 * log(survey_uniform(generator)));
    return radius * cos(6.283185307179586 * survey_uniform(generator));
}

static inline size_t survey_between(uint64_t *generator, size_t low, size_t high)
{
    return low + (size_t)(survey_uniform(generator) * (double)(high - low + 1));
}

static inline void *survey_allocate(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    if (!memory)
        abort();
    return memory;
}

/* Numbers of tasks and alternatives, uniform between their limits. */
static inline hbl_panel *survey_panel(const survey_shape *shape, uint64_t *generator)
{
    hbl_panel *panel = survey_allocate(1, sizeof *panel);
    const size_t most = shape->persons * shape->tasks_max;

    panel->n_persons = shape->persons;
    panel->person_task = survey_allocate(shape->persons + 1, sizeof(size_t));
    panel->task_row = survey_allocate(most + 1, sizeof(size_t));
    panel->task_chosen = survey_allocate(most, sizeof(size_t));
    for (size_t n = 0; n < shape->persons; n++) {
        size_t t = survey_between(generator, shape->tasks_min, shape->tasks_max);
        for (; t > 0; t--) {
            panel->n_rows +=
                survey_between(generator, shape->alternatives_min, shape->alternatives_max);
            panel->task_row[++panel->n_tasks] = panel->n_rows;
        }
        panel->person_task[n + 1] = panel->n_tasks;
    }
    return panel;
}

/* Every task's choice: the greatest x'beta_n + Gumbel. theta_nk is N(+-size, size^2). */
static inline void survey_choose(const survey_shape *shape, const hbl_model *model,
                                 hbl_panel *panel, uint64_t *generator)
{
    const size_t P = model->n_columns;
    const double size = shape->size > 0 ? shape->size : 1;

    for (size_t n = 0; n < panel->n_persons; n++) {
        double beta[SURVEY_MOST_COLUMNS], slope;
        for (size_t k = 0; k < P; k++)
            beta[k] = k % 2 ? -0.5 : 0.5;
        for (size_t k = 0; k < model->n_random; k++) {
            const double theta = size * ((k % 2 ? -1 : 1) + survey_normal(generator));
            model->mixing[k]->transform(1, &theta, model->lower[k], model->upper[k], &beta[k],
                                        &slope);
        }
        for (size_t t = panel->person_task[n]; t < panel->person_task[n + 1]; t++) {
            double best = -INFINITY;
            for (size_t row = panel->task_row[t]; row < panel->task_row[t + 1]; row++) {
                double utility = -log(-log(survey_uniform(generator)));
                for (size_t k = 0; k < P; k++)
                    utility += model->x[row * P + k] * beta[k];
                if (utility > best) {
                    best = utility;
                    panel->task_chosen[t] = row;
                }
            }
        }
    }
}

/* Numbers that describe persons, about 1. */
static inline double *survey_describe(size_t n, uint64_t *generator)
{
    double *value = survey_allocate(n, sizeof *value);

    for (size_t i = 0; i < n; i++)
        value[i] = 2 * survey_uniform(generator);
    return value;
}

/* Attributes are uniform on (-1, 1), three in ten of them 0; coefficients are called x1, x2, ... */
static inline survey survey_make(const survey_shape *shape)
{
    const size_t P = shape->n_random + shape->n_fixed + shape->n_held;
    uint64_t generator = shape->seed + 1;
    survey made = {.panel = survey_panel(shape, &generator)};
    double *x = survey_allocate(made.panel->n_rows * P, sizeof *x);
    double lower[SURVEY_MOST_COLUMNS] = {0}, upper[SURVEY_MOST_COLUMNS];
    const hbl_mixing *mixing[SURVEY_MOST_COLUMNS];
    char text[SURVEY_MOST_COLUMNS][8];
    const char *name[SURVEY_MOST_COLUMNS];
    double held[SURVEY_MOST_COLUMNS], *w, *v;
    size_t base[SURVEY_MOST_COLUMNS];
    hbl_model_parts parts = {.n_random = shape->n_random,
                             .n_fixed = shape->n_fixed,
                             .n_held = shape->n_held,
                             .n_scale = shape->n_scale,
                             .n_covariates = shape->n_covariates,
                             .name = name,
                             .mixing = mixing,
                             .lower = lower,
                             .upper = upper,
                             .block_of = shape->block_of,
                             .base = shape->above ? base : NULL,
                             .held_name = name,
                             .held = held,
                             .covariate_name = name};
    hbl_error error = HBL_ERROR_INIT;

    for (size_t i = 0; i < made.panel->n_rows * P; i++)
        x[i] = survey_uniform(&generator) < 0.3 ? 0 : 2 * survey_uniform(&generator) - 1;
    w = survey_describe(shape->persons * shape->n_covariates, &generator);
    v = survey_describe(shape->persons * shape->n_scale, &generator);
    parts.x = x, parts.w = w, parts.v = v;
    for (size_t k = 0; k < P + shape->n_scale && k < SURVEY_MOST_COLUMNS; k++) {
        snprintf(text[k], sizeof text[k], "x%zu", (k + 1) % 1000);
        name[k] = text[k];
        lower[k] = -1, upper[k] = 2, held[k] = 0.7;
        base[k] = shape->above && k == shape->above ? k - 1 : SIZE_MAX;
        mixing[k] = k < shape->n_random && shape->distribution
                        ? hbl_mixing_find(shape->distribution[k])
                        : hbl_mixings[0];
    }
    if (hbl_model_from_parts(made.panel, &parts, &made.model, &error)) {
        fprintf(stderr, "%s\n", error.message);
        abort();
    }
    free(x);
    free(w);
    free(v);
    survey_choose(shape, made.model, made.panel, &generator);
    return made;
}

static inline void survey_free(survey *made)
{
    hbl_model_free(made->model);
    hbl_panel_free(made->panel);
}

#endif
