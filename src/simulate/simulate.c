/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Simulation: rows, a design by the same code as estimation, people, choices.
 */
#include "hblogit/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/linalg.h"
#include "core/memory.h"
#include "model/model.h"
#include "simulate/parts.h"

/* All there is during one simulation. */
typedef struct {
    const hbl_spec *spec;
    hbl_data *data;
    hbl_model *model;
    hbl_truth *truth;
    double *beta;  /* n_persons x n_random */
    double *theta; /* n_random: of one person */
} simulation;

static void release(simulation *s)
{
    free(s->theta);
    free(s->beta);
    hbl_truth_free(s->truth);
    hbl_model_free(s->model);
    hbl_data_free(s->data);
}

static int prepare(simulation *s, hbl_error *error)
{
    const hbl_spec *spec = s->spec;
    hbl_table *table = NULL;
    int status = spec->simulate.n_persons > 0 ? hbl_simulate_draw_rows(spec, &table, error)
                                              : hbl_simulate_read_rows(spec, &table, error);

    if (!status)
        status = hbl_data_from_table(&spec->data, NULL, table, &s->data, error);
    if (!status)
        status = hbl_model_build_on(spec, s->data, &s->model, error);
    if (!status)
        status = hbl_truth_alloc(spec, s->model, &s->truth, error);
    if (status)
        return status;
    const size_t n = s->model->n_random;
    s->beta = hbl_calloc(s->model->panel->n_persons * n, sizeof *s->beta, "the people", error);
    s->theta = hbl_calloc(n, sizeof *s->theta, "the people", error);
    return s->beta && s->theta ? HBL_OK : HBL_ERR_MEMORY;
}

/* beta_n = g(theta_n), theta_n = mu + L z. */
static void draw_person(const simulation *s, size_t person)
{
    const hbl_model *model = s->model;
    const size_t n = model->n_random;
    hbl_rng rng = hbl_simulate_stream(s->spec, person, HBL_SIMULATE_PERSON);
    double slope;

    hbl_rng_normals(&rng, n, s->theta);
    hbl_lower_times(n, s->truth->l, s->theta, s->theta);
    for (size_t k = 0; k < n; k++) {
        const double theta = s->truth->mu[k] + s->theta[k];
        model->mixing[k]->transform(1, &theta, model->lower[k], model->upper[k],
                                    &s->beta[person * n + k], &slope);
    }
}

static double utility(const simulation *s, size_t person, size_t row)
{
    const hbl_model *model = s->model;
    const double *x = model->x + row * model->n_columns, *beta = s->beta + person * model->n_random;
    double v = 0.0;

    for (size_t k = 0; k < model->n_random; k++)
        v += x[k] * beta[k];
    for (size_t k = 0; k < model->n_fixed; k++)
        v += x[model->n_random + k] * s->truth->alpha[k];
    return v;
}

/* In each task the alternative with the largest V + epsilon, epsilon = -ln(-ln u) extreme value I,
 * which is each with probability softmax(V). */
static int draw_choices(const simulation *s, size_t person, double *choice, hbl_error *error)
{
    const hbl_panel *panel = s->model->panel;
    hbl_rng rng = hbl_simulate_stream(s->spec, person, HBL_SIMULATE_CHOICES);

    for (size_t t = panel->person_task[person]; t < panel->person_task[person + 1]; t++) {
        size_t chosen = panel->task_row[t];
        double most = -HUGE_VAL;
        for (size_t row = panel->task_row[t]; row < panel->task_row[t + 1]; row++) {
            const double u = utility(s, person, row) - log(-log(hbl_rng_uniform(&rng)));
            if (!isfinite(u))
                return hbl_fail(error, HBL_ERR_NUMERIC,
                                "the utility of alternative %s in task %s of person %s is not "
                                "finite; a truth under simulate is too large",
                                panel->alternative_label[panel->row_alternative[row]],
                                panel->task_label[t], panel->person_label[person]);
            choice[panel->row_source[row]] = 0.0;
            if (u > most) {
                most = u;
                chosen = row;
            }
        }
        choice[panel->row_source[chosen]] = 1.0;
    }
    return HBL_OK;
}

static int run(simulation *s, FILE *data, FILE *population, FILE *persons, hbl_error *error)
{
    int status = prepare(s, error);

    for (size_t person = 0; !status && person < s->model->panel->n_persons; person++) {
        draw_person(s, person);
        status = draw_choices(s, person, hbl_simulate_choice(s->data->table, s->spec), error);
    }
    if (!status)
        status = hbl_simulate_write_table(data, s->data->table, error);
    if (!status && population)
        status = hbl_simulate_write_population(population, s->model, s->truth, error);
    if (!status && persons)
        status = hbl_simulate_write_persons(persons, s->model, s->beta, error);
    return status;
}

int hbl_simulate(const hbl_spec *spec, FILE *data, FILE *population, FILE *persons,
                 hbl_error *error)
{
    simulation s = {.spec = spec};
    int status;

    if (!spec->simulate.present)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s has no \"simulate\" object, which states the truth to draw from",
                        spec->path);
    status = run(&s, data, population, persons, error);
    release(&s);
    return status;
}
