/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "likelihood/exact.h"

#include <math.h>
#include <stdbool.h>

#include "likelihood/likelihood.h"

/* A task seen from its chosen row. */
typedef struct {
    const double *first, *end, *chosen; /* rows of x */
    size_t n_columns;
} view;

/* (x_j - x_chosen)' beta */
static double utility(const view *task, const double *row, const double *beta)
{
    double sum = 0;

    for (size_t k = 0; k < task->n_columns; k++)
        sum += (row[k] - task->chosen[k]) * beta[k * HBL_LANES];
    return sum;
}

/* ln of sum_j exp(utility_j), the chosen one's being exp(0). */
static double log_sum_exp(const view *task, const double *beta)
{
    double greatest = 0, sum = 0;

    for (const double *row = task->first; row < task->end; row += task->n_columns)
        greatest = fmax(greatest, utility(task, row, beta));
    for (const double *row = task->first; row < task->end; row += task->n_columns)
        sum += exp(utility(task, row, beta) - greatest);
    return greatest + log(sum);
}

/* sum += factor x x', the lower triangle by rows. */
static void add_square(size_t n, const double *x, double factor, double *sum)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++, sum += HBL_LANES)
            *sum += factor * x[i] * x[j];
}

/* Derivatives of -log_sum: mean takes sum_j p_j D_j, difference is room for a D_j. */
static void add_derivatives(const view *task, const double *beta, double log_sum, double *mean,
                            double *difference, double *gradient, double *hessian)
{
    for (size_t k = 0; k < task->n_columns; k++)
        mean[k] = 0;
    for (const double *row = task->first; row < task->end; row += task->n_columns) {
        const double p = exp(utility(task, row, beta) - log_sum);
        for (size_t k = 0; k < task->n_columns; k++) {
            difference[k] = row[k] - task->chosen[k];
            mean[k] += p * difference[k];
        }
        if (hessian)
            add_square(task->n_columns, difference, p, hessian);
    }
    for (size_t k = 0; gradient && k < task->n_columns; k++)
        gradient[k * HBL_LANES] -= mean[k];
    if (hessian)
        add_square(task->n_columns, mean, -1, hessian);
}

static bool all_finite(size_t n, const double *beta)
{
    for (size_t k = 0; k < n; k++)
        if (!isfinite(beta[k * HBL_LANES]))
            return false;
    return true;
}

static void fill(double *lane, size_t n, double value)
{
    for (size_t i = 0; lane && i < n; i++)
        lane[i * HBL_LANES] = value;
}

void hbl_exact_person(const hbl_model *model, const size_t *task_chosen, size_t person,
                      const double *beta, double *log_likelihood, double *gradient, double *hessian)
{
    const hbl_panel *panel = model->panel;
    const size_t n = model->n_columns;
    const bool finite = all_finite(n, beta);
    double *work = __builtin_alloca(2 * n * sizeof *work);
    double sum = 0;

    fill(gradient, n, finite ? 0 : NAN);
    fill(hessian, n * (n + 1) / 2, finite ? 0 : NAN);
    for (size_t t = panel->person_task[person]; finite && t < panel->person_task[person + 1]; t++) {
        const view task = {model->x + panel->task_row[t] * n, model->x + panel->task_row[t + 1] * n,
                           model->x + task_chosen[t] * n, n};
        const double log_sum = log_sum_exp(&task, beta);
        sum -= log_sum;
        if (gradient || hessian)
            add_derivatives(&task, beta, log_sum, work, work + n, gradient, hessian);
    }
    if (log_likelihood)
        *log_likelihood = finite ? sum : NAN;
}
