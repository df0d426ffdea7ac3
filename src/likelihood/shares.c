/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shares of the alternatives over tasks, and the model that knows nothing but shares: intercepts
 * only,
 *
 *     P_t(j) = exp(a_j) / sum_{i in C_t} exp(a_i).
 *
 * Where every task offers the same alternatives its maximum has P(j) equal to the share of j; where
 * they differ, it is found by Newton's method, from the logarithms of how often an alternative is
 * chosen where it is offered. An alternative that is never chosen has P = 0.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "hblogit/mnl.h"
#include "likelihood/newton.h"

static double weight_of(const hbl_panel *panel, size_t person)
{
    return panel->weight ? panel->weight[person] : 1;
}

double hbl_mnl_zero_log_likelihood(const hbl_model *model)
{
    const hbl_panel *panel = model->panel;
    double sum = 0;

    for (size_t n = 0; n < panel->n_persons; n++) {
        double person = 0;
        for (size_t t = panel->person_task[n]; t < panel->person_task[n + 1]; t++)
            person -= log((double)(panel->task_row[t + 1] - panel->task_row[t]));
        sum += weight_of(panel, n) * person;
    }
    return sum;
}

/* ---- shares ---- */

static double scale_of(const hbl_model *model, size_t person, const double *coefficient)
{
    const double *const lambda = coefficient + model->n_coefficients - model->n_scale;
    double sum = 0;

    for (size_t q = 0; q < model->n_scale; q++)
        sum += model->v[person * model->n_scale + q] * lambda[q];
    return exp(sum);
}

static double utility(const hbl_model *model, size_t row, const double *coefficient)
{
    const double *const x = model->x + row * model->n_columns;
    const size_t n_free = model->n_columns - model->n_held;
    double sum = 0;

    for (size_t k = 0; k < model->n_columns; k++)
        sum += x[k] * (k < n_free ? coefficient[k] : model->held[k - n_free]);
    return sum;
}

/* fitted_j += weight P_t(j) */
static void add_task(const hbl_model *model, size_t task, const double *coefficient, double scale,
                     double weight, double *fitted)
{
    const hbl_panel *panel = model->panel;
    const size_t first = panel->task_row[task], end = panel->task_row[task + 1];
    double greatest = -INFINITY, sum = 0;

    for (size_t row = first; row < end; row++)
        greatest = fmax(greatest, scale * utility(model, row, coefficient));
    for (size_t row = first; row < end; row++)
        sum += exp(scale * utility(model, row, coefficient) - greatest);
    for (size_t row = first; row < end; row++)
        fitted[panel->row_alternative[row]] +=
            weight * exp(scale * utility(model, row, coefficient) - greatest) / sum;
}

int hbl_mnl_shares(const hbl_model *model, const double *coefficient, double *observed,
                   double *fitted, hbl_error *error)
{
    const hbl_panel *panel = model->panel;
    const size_t n = panel->n_alternatives;
    double total = 0;

    (void)error;
    for (size_t j = 0; j < n && observed; j++)
        observed[j] = 0;
    for (size_t j = 0; j < n && fitted; j++)
        fitted[j] = 0;
    for (size_t person = 0; person < panel->n_persons; person++) {
        const double weight = weight_of(panel, person);
        const double scale = fitted ? scale_of(model, person, coefficient) : 1;
        for (size_t t = panel->person_task[person]; t < panel->person_task[person + 1]; t++) {
            total += weight;
            if (observed)
                observed[panel->row_alternative[panel->task_chosen[t]]] += weight;
            if (fitted)
                add_task(model, t, coefficient, scale, weight, fitted);
        }
    }
    for (size_t j = 0; j < n && observed; j++)
        observed[j] /= total;
    for (size_t j = 0; j < n && fitted; j++)
        fitted[j] /= total;
    return HBL_OK;
}

/* ---- intercepts only ---- */

enum { MOST_ITERATIONS = 100, MOST_HALVINGS = 40 };

typedef struct {
    const hbl_panel *panel;
    size_t n;        /* alternatives */
    size_t base;     /* the one whose intercept does not move: the most chosen */
    double *chosen;  /* n: total weight where chosen */
    double *offered; /* n: and where offered */
    double *a, *next, *gradient, *step, *scale;
    double *p;                /* n: exp(a), then of a task */
    double *hessian, *factor; /* n x n, those that move first */
    size_t *place;            /* n: row of hessian; SIZE_MAX: does not move */
    size_t n_moving;
} intercepts;

static void count(intercepts *s)
{
    const hbl_panel *panel = s->panel;

    for (size_t person = 0; person < panel->n_persons; person++) {
        const double weight = weight_of(panel, person);
        for (size_t t = panel->person_task[person]; t < panel->person_task[person + 1]; t++) {
            s->chosen[panel->row_alternative[panel->task_chosen[t]]] += weight;
            for (size_t row = panel->task_row[t]; row < panel->task_row[t + 1]; row++)
                s->offered[panel->row_alternative[row]] += weight;
        }
    }
}

static void start(intercepts *s)
{
    count(s);
    for (size_t j = 0; j < s->n; j++)
        if (s->chosen[j] > s->chosen[s->base])
            s->base = j;
    for (size_t j = 0; j < s->n; j++) {
        const bool moves = s->chosen[j] > 0 && j != s->base;
        s->place[j] = moves ? s->n_moving++ : SIZE_MAX;
        s->a[j] = s->chosen[j] > 0 ? log(s->chosen[j] / s->offered[j]) : -INFINITY;
    }
}

/* Derivatives of weight ln P_t: d_ij p_i - p_i p_j in the Hessian of minus it. */
static void add_derivatives(intercepts *s, size_t task, double weight)
{
    const hbl_panel *panel = s->panel;
    const int32_t *const first = panel->row_alternative + panel->task_row[task];
    const int32_t *const end = panel->row_alternative + panel->task_row[task + 1];

    for (const int32_t *i = first; i < end; i++) {
        const size_t row = s->place[*i];
        if (row == SIZE_MAX)
            continue;
        s->gradient[row] -= weight * s->p[*i];
        s->hessian[row * s->n + row] += weight * s->p[*i];
        for (const int32_t *j = first; j < end; j++)
            if (s->place[*j] != SIZE_MAX)
                s->hessian[row * s->n + s->place[*j]] -= weight * s->p[*i] * s->p[*j];
    }
}

/* The log-likelihood at a, and its derivatives in s. */
static double evaluate(intercepts *s, const double *a)
{
    const hbl_panel *panel = s->panel;
    double total = 0;

    memset(s->hessian, 0, s->n * s->n * sizeof *s->hessian);
    for (size_t j = 0; j < s->n; j++)
        if (s->place[j] != SIZE_MAX)
            s->gradient[s->place[j]] = s->chosen[j];
    for (size_t person = 0; person < panel->n_persons; person++)
        for (size_t t = panel->person_task[person]; t < panel->person_task[person + 1]; t++) {
            const int32_t *const alternative = panel->row_alternative;
            const size_t first = panel->task_row[t], end = panel->task_row[t + 1];
            double greatest = -INFINITY, sum = 0;
            for (size_t row = first; row < end; row++)
                greatest = fmax(greatest, a[alternative[row]]);
            for (size_t row = first; row < end; row++)
                sum += s->p[alternative[row]] = exp(a[alternative[row]] - greatest);
            for (size_t row = first; row < end; row++)
                s->p[alternative[row]] /= sum;
            total += weight_of(panel, person) *
                     (a[alternative[panel->task_chosen[t]]] - greatest - log(sum));
            add_derivatives(s, t, weight_of(panel, person));
        }
    return total;
}

/* Moves a by the step, halved until the log-likelihood does not fall beyond rounding. */
static bool advance(intercepts *s, double *log_likelihood)
{
    double length = 1;

    for (int halving = 0; halving < MOST_HALVINGS; halving++, length /= 2) {
        double there;
        for (size_t j = 0; j < s->n; j++)
            s->next[j] = s->a[j] + (s->place[j] == SIZE_MAX ? 0 : length * s->step[s->place[j]]);
        there = evaluate(s, s->next);
        if (there >= *log_likelihood - 1e-13 * fabs(*log_likelihood)) {
            memcpy(s->a, s->next, s->n * sizeof *s->a);
            *log_likelihood = there;
            return true;
        }
    }
    return false;
}

/* Alternatives that are never offered together, or one always chosen where it is offered, leave the
 * Hessian singular or send an intercept to infinity; the log-likelihood has its limit all the same.
 */
static double maximise(intercepts *s)
{
    double log_likelihood = evaluate(s, s->a);
    bool singular;

    for (int iteration = 0; s->n_moving > 0 && iteration < MOST_ITERATIONS; iteration++) {
        if (!hbl_newton_factorise_with_ridge(s->hessian, s->n_moving, s->n, s->scale, s->factor,
                                             &singular) ||
            hbl_newton_step(s->n_moving, s->scale, s->factor, s->gradient, s->step) < 1e-12 ||
            !advance(s, &log_likelihood))
            break;
    }
    return log_likelihood;
}

int hbl_mnl_shares_log_likelihood(const hbl_model *model, double *log_likelihood, hbl_error *error)
{
    const size_t n = model->panel->n_alternatives;
    intercepts s = {.panel = model->panel, .n = n};
    double *memory = hbl_calloc(2 * n * n + 8 * n, sizeof *memory, "the fit of shares", error);

    s.place = hbl_calloc(n, sizeof *s.place, "the fit of shares", error);
    const bool allocated = memory && s.place;
    if (allocated) {
        double **const vectors[] = {&s.chosen,   &s.offered, &s.a,     &s.next,
                                    &s.gradient, &s.step,    &s.scale, &s.p};
        s.hessian = memory;
        s.factor = memory + n * n;
        for (size_t i = 0; i < 8; i++)
            *vectors[i] = memory + 2 * n * n + i * n;
        start(&s);
        *log_likelihood = maximise(&s);
    }
    free(memory);
    free(s.place);
    return allocated ? HBL_OK : HBL_ERR_MEMORY;
}
