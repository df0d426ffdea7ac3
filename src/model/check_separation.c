/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether columns separate the choices together (Albert and Anderson 1984): a direction b with
 *     (x_chosen - x_other)'b >= 0 for all rows, > 0 for some,
 * along which the likelihood of the multinomial logit rises without end. Where there is none, its
 * maximum exists, and Newton's steps come to rest: at the maximum the probabilities are positive
 * weights under which the differences sum to 0, which by Stiemke's lemma excludes such a b. Where
 * there is one, the steps do not come to rest and turn into it; whether one has done so shows by
 * looking at all differences. So both answers are proved, but for rounding.
 *
 * A maximum over some of the tasks is proof enough for all of them, so that few are tried first,
 * and ten times as many where they do not do.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/linalg.h"
#include "core/memory.h"
#include "model/findings.h"

enum { MOST_ITERATIONS = 40, FIRST_ROWS = 2000, MORE = 10 };

typedef enum { UNDECIDED, BOUNDED, SEPARATED } answer;

typedef struct {
    const hbl_check *check;
    size_t n;                                 /* usable columns */
    size_t *column;                           /* n: of x */
    double *b, *step, *gradient, *mean, *row; /* n */
    double *hessian, *factor;                 /* n x n */
    double *p;                                /* of a task's rows */
} work;

static size_t most_rows(const hbl_panel *panel)
{
    size_t most = 0;

    for (size_t t = 0; t < panel->n_tasks; t++) {
        const size_t rows = panel->task_row[t + 1] - panel->task_row[t];

        most = rows > most ? rows : most;
    }
    return most;
}

static int reserve(work *w, const hbl_check *check, hbl_error *error)
{
    static const char what[] = "the search for separation";
    const size_t n = check->n;

    *w = (work){.check = check};
    w->column = hbl_calloc(n, sizeof *w->column, what, error);
    w->b = hbl_calloc(n, sizeof *w->b, what, error);
    w->step = hbl_calloc(n, sizeof *w->step, what, error);
    w->gradient = hbl_calloc(n, sizeof *w->gradient, what, error);
    w->mean = hbl_calloc(n, sizeof *w->mean, what, error);
    w->row = hbl_calloc(n, sizeof *w->row, what, error);
    w->hessian = hbl_calloc(n * n, sizeof *w->hessian, what, error);
    w->factor = hbl_calloc(n * n, sizeof *w->factor, what, error);
    w->p = hbl_calloc(most_rows(check->model->panel), sizeof *w->p, what, error);
    if (!w->column || !w->b || !w->step || !w->gradient || !w->mean || !w->row || !w->hessian ||
        !w->factor || !w->p)
        return HBL_ERR_MEMORY;
    for (size_t c = 0; c < n; c++) {
        if (check->usable[c])
            w->column[w->n++] = c;
    }
    return HBL_OK;
}

static void release(work *w)
{
    free(w->column);
    free(w->b);
    free(w->step);
    free(w->gradient);
    free(w->mean);
    free(w->row);
    free(w->hessian);
    free(w->factor);
    free(w->p);
}

/* Of columns in units of their scale: b'x of a row of the panel. */
static double product(const work *w, const double *b, size_t row)
{
    const hbl_check *check = w->check;
    const double *x = check->model->x + row * check->model->n_columns;
    double sum = 0.0;

    for (size_t i = 0; i < w->n; i++)
        sum += b[i] * x[w->column[i]] / check->scale[w->column[i]];
    return sum;
}

/* Probabilities of a task's rows; returns the log of the chosen one's. */
static double probabilities(work *w, size_t t)
{
    const hbl_panel *panel = w->check->model->panel;
    const size_t start = panel->task_row[t], n = panel->task_row[t + 1] - start;
    double most = -INFINITY, sum = 0.0, chosen;

    for (size_t j = 0; j < n; j++) {
        w->p[j] = product(w, w->b, start + j);
        most = fmax(most, w->p[j]);
    }
    chosen = w->p[panel->task_chosen[t] - start] - most;
    for (size_t j = 0; j < n; j++) {
        w->p[j] = exp(w->p[j] - most);
        sum += w->p[j];
    }
    for (size_t j = 0; j < n; j++)
        w->p[j] /= sum;
    return chosen - log(sum);
}

/* Adds x_chosen - sum_j P_j x_j to the gradient, and sum_j P_j (x_j - mean)(x_j - mean)'. */
static void add_derivatives(work *w, size_t t)
{
    const hbl_check *check = w->check;
    const hbl_panel *panel = check->model->panel;
    const size_t start = panel->task_row[t], end = panel->task_row[t + 1], n = w->n;

    memset(w->mean, 0, n * sizeof *w->mean);
    for (size_t r = start; r < end; r++) {
        const double *x = check->model->x + r * check->model->n_columns;

        for (size_t i = 0; i < n; i++) {
            const double value = x[w->column[i]] / check->scale[w->column[i]];

            w->mean[i] += w->p[r - start] * value;
            w->gradient[i] += r == panel->task_chosen[t] ? value : 0.0;
        }
    }
    for (size_t i = 0; i < n; i++)
        w->gradient[i] -= w->mean[i];
    for (size_t r = start; r < end; r++) {
        const double *x = check->model->x + r * check->model->n_columns;

        for (size_t i = 0; i < n; i++)
            w->row[i] = x[w->column[i]] / check->scale[w->column[i]] - w->mean[i];
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j <= i; j++)
                w->hessian[i * n + j] += w->p[r - start] * w->row[i] * w->row[j];
        }
    }
}

/* The log-likelihood at b over every stride-th task, with derivatives where asked for. */
static double evaluate(work *w, size_t stride, bool derivatives)
{
    double sum = 0.0;

    if (derivatives) {
        memset(w->gradient, 0, w->n * sizeof *w->gradient);
        memset(w->hessian, 0, w->n * w->n * sizeof *w->hessian);
    }
    for (size_t t = 0; t < w->check->model->panel->n_tasks; t += stride) {
        sum += probabilities(w, t);
        if (derivatives)
            add_derivatives(w, t);
    }
    return sum;
}

/* Looks along the step at the differences of all tasks. */
static answer judge(const work *w, size_t stride)
{
    const hbl_panel *panel = w->check->model->panel;
    double least = 0.0, most = 0.0;

    for (size_t t = 0; t < panel->n_tasks; t += stride) {
        const double chosen = product(w, w->step, panel->task_chosen[t]);

        for (size_t r = panel->task_row[t]; r < panel->task_row[t + 1]; r++) {
            const double margin = chosen - product(w, w->step, r);

            least = fmin(least, margin);
            most = fmax(most, margin);
        }
    }
    if (fmax(most, -least) < 1e-5)
        return BOUNDED;
    return most > 1e-2 && least > -1e-7 * most ? SEPARATED : UNDECIDED;
}

/* Halves the step until the likelihood does not fall. */
static void walk(work *w, size_t stride, double value)
{
    double length = 1.0;

    for (size_t i = 0; i < w->n; i++)
        w->b[i] += w->step[i];
    for (int k = 0; k < 20 && !(evaluate(w, stride, false) >= value); k++) {
        length /= 2.0;
        for (size_t i = 0; i < w->n; i++)
            w->b[i] -= length * w->step[i];
    }
}

static answer search(work *w, size_t stride)
{
    answer found = UNDECIDED;

    memset(w->b, 0, w->n * sizeof *w->b);
    for (int k = 0; k < MOST_ITERATIONS && found == UNDECIDED; k++) {
        const double value = evaluate(w, stride, true);

        if (!hbl_cholesky(w->n, w->hessian, w->factor))
            break;
        hbl_lower_solve(w->n, w->factor, w->gradient, w->step);
        hbl_lower_transpose_solve(w->n, w->factor, w->step, w->step);
        found = judge(w, stride);
        if (found == UNDECIDED)
            walk(w, stride, value);
    }
    return found;
}

static int report(const work *w, hbl_error *error)
{
    const hbl_check *check = w->check;
    bool *marked = hbl_calloc(check->n, sizeof *marked, "columns", error);
    char list[400] = "";
    double most = 0.0;
    size_t count = 0;
    int status;

    if (marked == NULL)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < w->n; i++)
        most = fmax(most, fabs(w->step[i]));
    for (size_t i = 0; i < w->n; i++) {
        marked[w->column[i]] = fabs(w->step[i]) > 1e-4 * most;
        if (marked[w->column[i]] && count++ < w->n)
            hbl_findings_list(list, sizeof list, check->model->name[w->column[i]]);
    }
    status = hbl_findings_add(
        check->findings, error, hbl_check_unbounded(check, marked),
        "together %s separate the choices: a combination of them is never less for the chosen "
        "alternative than for another; their coefficients have no maximum of the likelihood, and "
        "%s them; leave some of them out%s",
        list, check->prior != NULL ? "only the prior holds" : "nothing holds",
        check->prior != NULL ? ", or give fixed coefficients a prior (hb.prior.fixed.precision)"
                             : "");
    free(marked);
    return status;
}

/* Every stride-th task at first, and all of them at last. */
static answer search_parts(work *w)
{
    answer found = UNDECIDED;

    for (size_t stride = w->check->model->panel->n_rows / FIRST_ROWS;; stride /= MORE) {
        found = search(w, stride > 1 ? stride : 1);
        if (found == BOUNDED || stride <= 1)
            return found;
    }
}

int hbl_check_separation(hbl_check *check, hbl_error *error)
{
    work w;
    int status = reserve(&w, check, error);

    if (!status && w.n > 0 && search_parts(&w) == SEPARATED)
        status = report(&w, error);
    release(&w);
    return status;
}
