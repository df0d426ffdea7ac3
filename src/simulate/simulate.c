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
#include "data/columns.h"
#include "data/pipeline.h"
#include "model/model.h"
#include "simulate/parts.h"

/* All there is during one simulation. */
typedef struct {
    const hbl_spec *spec;
    hbl_data *data;
    hbl_model *model;
    hbl_truth *truth;
    double *choice; /* of the table's rows, and the table's; NaN on rows without a task */
    double *beta;   /* n_persons x n_random */
    double *theta;  /* n_random: of one person, less its mean */
} simulation;

static void release(simulation *s)
{
    free(s->theta);
    free(s->beta);
    hbl_truth_free(s->truth);
    hbl_model_free(s->model);
    hbl_data_free(s->data);
}

/* Rows drawn are long, whatever the file that "data" describes. */
static int draw_data(simulation *s, hbl_error *error)
{
    hbl_data_spec spec = s->spec->data;
    hbl_table *table;
    const int status = hbl_simulate_draw_rows(s->spec, &table, error);

    if (status)
        return status;
    spec.shape = NULL;
    spec.n_varying = 0;
    return hbl_data_load(&spec, NULL, true, table, &s->data, error);
}

/* The rows, with a column of choices that are still to be drawn. */
static int prepare_data(simulation *s, hbl_error *error)
{
    hbl_table *table;
    int status = s->spec->simulate.n_persons > 0
                     ? draw_data(s, error)
                     : hbl_data_load(&s->spec->data, NULL, true, NULL, &s->data, error);

    if (status)
        return status;
    table = s->data->table;
    s->choice = hbl_calloc(table->n_rows, sizeof *s->choice, "choices", error);
    if (!s->choice)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < table->n_rows; i++)
        s->choice[i] = NAN;
    status = hbl_columns_put(table, hbl_simulate_choice_name(s->spec), s->choice, error);
    if (status)
        free(s->choice);
    return status;
}

static int prepare(simulation *s, hbl_error *error)
{
    const hbl_spec *spec = s->spec;
    int status = prepare_data(s, error);

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

/* sqrt(Omega_kk): the length of a row of L. */
static double spread(const simulation *s, size_t k)
{
    const size_t n = s->model->n_random;
    double square = 0.0;

    for (size_t j = 0; j <= k; j++)
        square += s->truth->l[k * n + j] * s->truth->l[k * n + j];
    return sqrt(square);
}

/* beta_n = g(theta_n), theta_n = m + L z, m = mu + Delta'w_n; or of a form of its own by m, the
 * spread s and (L z) / s, which is standard normal. Of ordered coefficients: the increments. */
static void draw_person(const simulation *s, size_t person)
{
    const hbl_model *model = s->model;
    const size_t n = model->n_random, n_covariates = model->n_covariates;
    hbl_rng rng = hbl_simulate_stream(s->spec, person, HBL_SIMULATE_PERSON);
    double slope, by_spread;

    hbl_rng_normals(&rng, n, s->theta);
    hbl_lower_times(n, s->truth->l, s->theta, s->theta);
    for (size_t k = 0; k < n; k++) {
        double *beta = &s->beta[person * n + k];
        double m = s->truth->mu[k], theta;

        for (size_t c = 0; c < n_covariates; c++)
            m += s->truth->delta[k * n_covariates + c] * model->w[person * n_covariates + c];
        theta = m + s->theta[k];
        if (model->mixing[k]->mix) {
            const double z = s->theta[k] / spread(s, k);
            model->mixing[k]->mix(1, &m, spread(s, k), &z, beta, &slope, &by_spread);
        } else {
            model->mixing[k]->transform(1, &theta, model->lower[k], model->upper[k], beta, &slope);
        }
    }
}

/* V = exp(v'lambda) (x'b + h'c). */
static double utility(const simulation *s, size_t person, size_t row)
{
    const hbl_model *model = s->model;
    const double *x = model->x + row * model->n_columns, *beta = s->beta + person * model->n_random;
    double v = 0.0, log_scale = 0.0;

    for (size_t k = 0; k < model->n_random; k++)
        v += x[k] * beta[k];
    x += model->n_random;
    for (size_t k = 0; k < model->n_fixed; k++)
        v += x[k] * s->truth->alpha[k];
    x += model->n_fixed;
    for (size_t k = 0; k < model->n_held; k++)
        v += x[k] * model->held[k];
    for (size_t k = 0; k < model->n_scale; k++)
        log_scale += model->v[person * model->n_scale + k] * s->truth->alpha[model->n_fixed + k];
    return exp(log_scale) * v;
}

/* In each task the alternative with the largest V + epsilon, epsilon = -ln(-ln u) extreme value I,
 * which is each with probability softmax(V). */
static int draw_choices(const simulation *s, size_t person, hbl_error *error)
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
            s->choice[panel->row_source[row]] = 0.0;
            if (u > most) {
                most = u;
                chosen = row;
            }
        }
        s->choice[panel->row_source[chosen]] = 1.0;
    }
    return HBL_OK;
}

static int run(simulation *s, FILE *data, FILE *population, FILE *persons, hbl_error *error)
{
    int status = prepare(s, error);

    for (size_t person = 0; !status && person < s->model->panel->n_persons; person++) {
        draw_person(s, person);
        status = draw_choices(s, person, error);
        hbl_model_cumulate(s->model, s->beta + person * s->model->n_random, 1);
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
