/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The multinomial logit by Newton's method.
 *
 * Without a scale part the log-likelihood is concave, so step halving makes every iteration go up.
 * With one it is not: the fit starts from the maximum at lambda = 0, where lambda has a gradient,
 * and takes the Hessian without the terms in the gradient (Gauss and Newton's, never indefinite)
 * wherever the exact one is not positive definite.
 */
#include "hblogit/mnl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "likelihood/internal.h"
#include "likelihood/newton.h"
#include "likelihood/sums.h"

static const double decrement_tolerance = 1e-10; /* of g'H^-1 g, as mnl.h promises */
static const double decrement_hopeless = 1e-14;
static const double shift_tolerance = 1e-6; /* of the step's squared length in utilities */
enum { MOST_ITERATIONS = 60, MOST_HALVINGS = 40 };

/* ---- Newton ---- */

typedef struct {
    double log_likelihood;
    double *b, *gradient, *hessian;
} point;

typedef struct {
    hbl_sums sums;
    hbl_mnl *mnl;
    size_t active; /* leading coefficients that move: all but lambda, then all */
    point here, there;
    double *metric; /* of steps in utilities: the Hessian at b = 0; that of lambda at the fit
                       without it */
    double *scale, *factor; /* of the Hessian's active part: newton.h */
    double *step;
    double *memory;
} newton;

static void evaluate_at(newton *w, bool exact, point *p)
{
    w->mnl->evaluations++;
    hbl_sums_evaluate(&w->sums, p->b, exact, &p->log_likelihood, p->gradient, p->hessian);
}

/* there becomes here with the Hessian of Gauss and Newton. */
static void evaluate_gauss_newton(newton *w)
{
    memcpy(w->there.b, w->here.b, w->sums.n * sizeof *w->here.b);
    evaluate_at(w, false, &w->there);
}

static bool factorise(newton *w)
{
    const size_t n = w->sums.n;
    const double *hessian = w->here.hessian;

    if (w->active > n - w->sums.likelihood->model->n_scale) {
        w->mnl->singular = false;
        if (hbl_newton_factorise(hessian, w->active, n, 0, w->scale, w->factor))
            return true;
        evaluate_gauss_newton(w);
        hessian = w->there.hessian;
    }
    return hbl_newton_factorise_with_ridge(hessian, w->active, n, w->scale, w->factor,
                                           &w->mnl->singular);
}

/* The step's squared length: how far it moves utilities. Under separation the decrement dies away
 * while utilities run on by about 1 an iteration; at a maximum both vanish. */
static double utility_shift(const newton *w)
{
    double sum = 0;

    for (size_t i = 0; i < w->active; i++)
        for (size_t j = 0; j < w->active; j++)
            sum += w->step[i] * w->metric[i * w->sums.n + j] * w->step[j];
    return sum;
}

/* Where choices are separated, lambda runs on to where the scale of a person overflows: not there.
 */
static bool has_curvature(const newton *w, const point *p)
{
    for (size_t k = 0; k < w->sums.n; k++)
        if (!isfinite(p->hessian[k * w->sums.n + k]) || !isfinite(p->gradient[k]))
            return false;
    return true;
}

/* Moves here by the step, halved until the log-likelihood does not fall; false where it always
 * does, beyond rounding. */
static bool advance(newton *w)
{
    const double rounding = 1e-13 * fabs(w->here.log_likelihood);
    double length = 1;

    for (int halving = 0; halving < MOST_HALVINGS; halving++, length /= 2) {
        for (size_t k = 0; k < w->sums.n; k++)
            w->there.b[k] = w->here.b[k] + (k < w->active ? length * w->step[k] : 0);
        evaluate_at(w, true, &w->there);
        if (w->there.log_likelihood >= w->here.log_likelihood - rounding &&
            has_curvature(w, &w->there)) {
            const point old = w->here;
            w->here = w->there;
            w->there = old;
            return true;
        }
    }
    return false;
}

/* To the maximum over the active coefficients, and a last step beyond what counts as converged:
 * Newton's steps converge quadratically, so that this one leaves rounding only. */
static int climb(newton *w, hbl_error *error)
{
    hbl_mnl *mnl = w->mnl;
    bool last = false;

    for (int iteration = 0;; iteration++) {
        const bool factorised = factorise(w);
        if (!factorised && has_curvature(w, &w->here)) {
            mnl->converged = false; /* rounding has the better of it: as far as it goes */
            return HBL_OK;
        }
        if (!factorised)
            return hbl_fail(error, HBL_ERR_NUMERIC,
                            "the pooled multinomial logit breaks down: its Hessian is not finite");
        mnl->decrement = hbl_newton_step(w->active, w->scale, w->factor, w->here.gradient, w->step);
        mnl->converged = mnl->decrement < decrement_tolerance && utility_shift(w) < shift_tolerance;
        if (last || (mnl->decrement < decrement_hopeless && !mnl->converged) ||
            iteration == MOST_ITERATIONS)
            return HBL_OK;
        last = mnl->converged;
        if (!advance(w))
            return HBL_OK;
        mnl->iterations++;
    }
}

/* The block of lambda at the fit without lambda, where it first has curvature. */
static void add_scale_to_metric(newton *w)
{
    const size_t n = w->sums.n, first = n - w->sums.likelihood->model->n_scale;

    evaluate_gauss_newton(w);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (i >= first || j >= first)
                w->metric[i * n + j] = i >= first && j >= first ? w->there.hessian[i * n + j] : 0;
}

static int maximise(newton *w, hbl_error *error)
{
    const size_t n = w->sums.n, n_scale = w->sums.likelihood->model->n_scale;
    int status;

    evaluate_at(w, true, &w->here);
    if (!isfinite(w->here.log_likelihood))
        return hbl_fail(error, HBL_ERR_NUMERIC,
                        "the log-likelihood at zero is not finite: check the data for values that "
                        "are not finite or beyond 1e150");
    memcpy(w->metric, w->here.hessian, n * n * sizeof *w->metric);
    w->active = n - n_scale;
    status = w->active > 0 ? climb(w, error) : HBL_OK;
    if (status || n_scale == 0)
        return status;
    add_scale_to_metric(w);
    w->active = n;
    return climb(w, error);
}

/* ---- result ---- */

/* Whether the data tell all coefficients apart: the information (which is the Hessian of Gauss and
 * Newton) is not singular, and the exact Hessian is positive definite, whose factor is left in w.
 */
static bool identified(newton *w)
{
    const size_t n = w->sums.n;

    if (w->sums.likelihood->model->n_scale > 0) {
        evaluate_gauss_newton(w);
        if (!hbl_newton_factorise(w->there.hessian, n, n, 0, w->scale, w->factor))
            return false;
    }
    return hbl_newton_factorise(w->here.hessian, n, n, 0, w->scale, w->factor);
}

static void report(newton *w)
{
    const size_t n = w->sums.n;
    double *inverse = w->there.hessian; /* no longer needed */
    hbl_mnl *mnl = w->mnl;

    mnl->log_likelihood = w->here.log_likelihood;
    mnl->log_likelihood_zero = hbl_mnl_zero_log_likelihood(w->sums.likelihood->model);
    memcpy(mnl->estimate, w->here.b, n * sizeof *mnl->estimate);
    memcpy(mnl->hessian, w->here.hessian, n * n * sizeof *mnl->hessian);
    mnl->singular = !identified(w);
    if (!mnl->singular)
        hbl_newton_inverse(n, w->scale, w->factor, inverse);
    for (size_t k = 0; k < n; k++)
        mnl->standard_error[k] = mnl->singular ? NAN : sqrt(inverse[k * n + k]);
}

static int alloc_mnl(size_t n, hbl_mnl **mnl, hbl_error *error)
{
    hbl_mnl *m = hbl_calloc(1, sizeof *m, "the pooled fit", error);

    *mnl = m;
    if (!m)
        return HBL_ERR_MEMORY;
    m->n_coefficients = n;
    m->estimate = hbl_calloc(n, sizeof *m->estimate, "the pooled fit", error);
    m->standard_error = hbl_calloc(n, sizeof *m->standard_error, "the pooled fit", error);
    m->hessian = hbl_calloc(n * n, sizeof *m->hessian, "the pooled fit", error);
    return m->estimate && m->standard_error && m->hessian ? HBL_OK : HBL_ERR_MEMORY;
}

void hbl_mnl_free(hbl_mnl *mnl)
{
    if (!mnl)
        return;
    free(mnl->estimate);
    free(mnl->standard_error);
    free(mnl->hessian);
    free(mnl);
}

static int alloc_work(newton *w, hbl_error *error)
{
    const size_t n = w->sums.n, matrix = n * n;
    double *next = hbl_calloc(4 * matrix + 6 * n, sizeof *next, "the pooled fit", error);

    w->memory = next;
    if (!next)
        return HBL_ERR_MEMORY;
    w->here = (point){0, next, next + n, next + 2 * n};
    next += 2 * n + matrix;
    w->there = (point){0, next, next + n, next + 2 * n};
    next += 2 * n + matrix;
    w->metric = next;
    w->factor = next + matrix;
    w->scale = next + 2 * matrix;
    w->step = next + 2 * matrix + n;
    return HBL_OK;
}

int hbl_mnl_fit(const hbl_likelihood *likelihood, int threads, hbl_mnl **mnl, hbl_error *error)
{
    newton w = {0};
    int status = hbl_sums_init(&w.sums, likelihood, threads, error);

    *mnl = NULL;
    if (!status)
        status = alloc_mnl(w.sums.n, &w.mnl, error);
    if (!status)
        status = alloc_work(&w, error);
    if (!status)
        status = maximise(&w, error);
    if (!status)
        report(&w);
    hbl_sums_clear(&w.sums);
    free(w.memory);
    if (status)
        hbl_mnl_free(w.mnl);
    else
        *mnl = w.mnl;
    return status;
}
