/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The search for an optimum: a trust region around a quadratic model of -LL.
 *
 * The model is that of a nonlinear least-squares method (Dennis, Gay and Welsch 1981, NL2SOL): the
 * sum of outer products of the persons' scores, anew at each point (as in BHHH), plus a secant
 * correction A for what that leaves out of the Hessian. It was chosen by the evaluations (value
 * with gradient) to g'H^-1 g < 1e-6 from the starts of start.c, in the same trust region with
 * Halton draws; in brackets LL where it is not that of the first column:
 *
 *                                          structured            BHHH   BFGS from BHHH
 *     electricity, 6 normals, R = 600              13              18               21
 *     artificial, 3 normals, R = 500               16              18               33
 *     train, 3 normals, R = 500                    16              29               17
 *     train, 4, full covariance, R = 500           18              53               21
 *     yogurt, 4 normals, R = 1000        28 (-1246.4)              87     23 (-1246.7)
 *     yogurt, other order of columns     23 (-1245.4)   102 (-1244.9)     22 (-1244.9)
 *     electricity, full, R = 200                   38              56               63
 *     artificial, full, R = 200          33 (-2277.1)   127 (-2275.8)     87 (-2275.8)
 *     yogurt, full, R = 200              39 (-1224.1)   139 (-1224.7)     26 (-1224.2)
 *     yogurt, full, other order          35 (-1225.6)   407 (-1222.8)     34 (-1231.0)
 *
 * It is the best or near it on all but yogurt, where BFGS takes up to a third less; BHHH can take
 * ten times as many. Which of several optima is found is luck for each.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/fail.h"
#include "core/memory.h"
#include "msl/internal.h"
#include "msl/region.h"

static const double accept = 1e-4, poor = 0.25, good = 0.75; /* gain over what was predicted */
static const double least_radius = 1e-9;
enum { MORE_ITERATIONS = 4 };

double hbl_msl_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int hbl_msl_search_init(hbl_msl_search *search, size_t n, hbl_error *error)
{
    search->parameter = hbl_calloc(n, sizeof(double), "the search", error);
    search->gradient = hbl_calloc(n, sizeof(double), "the search", error);
    search->curvature = hbl_calloc(n * n, sizeof(double), "the search", error);
    return search->parameter && search->gradient && search->curvature ? HBL_OK : HBL_ERR_MEMORY;
}

void hbl_msl_search_clear(hbl_msl_search *search)
{
    free(search->parameter);
    free(search->gradient);
    free(search->curvature);
    *search = (hbl_msl_search){0};
}

/* ---- where the search stands ---- */

typedef struct {
    hbl_msl *msl;
    hbl_msl_search *search;
    const hbl_msl_audience *audience;
    hbl_region *region;
    size_t n;
    double radius;
    double *scores; /* n_persons x n */
    double *outer;  /* n x n: sum_n w_n s_n s_n' */
    double *extra;  /* n x n: A, what is added to it */
    double *scale;  /* n */
    double *step, *there, *there_gradient, *down, *product, *image; /* n */
    double *memory;
} climb;

static int climb_init(climb *c, hbl_error *error)
{
    const size_t n = c->n, persons = c->msl->model->panel->n_persons;
    double *at;

    c->scores = hbl_calloc(persons * n, sizeof(double), "the search", error);
    c->memory = hbl_calloc(2 * n * n + 7 * n, sizeof(double), "the search", error);
    if (!c->scores || !c->memory)
        return HBL_ERR_MEMORY;
    at = c->memory;
    c->outer = at, at += n * n;
    c->extra = at, at += n * n;
    c->scale = at, at += n;
    c->step = at, at += n;
    c->there = at, at += n;
    c->there_gradient = at, at += n;
    c->down = at, at += n;
    c->product = at, at += n;
    c->image = at;
    return hbl_region_alloc(n, &c->region, error);
}

static void climb_clear(climb *c)
{
    hbl_region_free(c->region);
    free(c->scores);
    free(c->memory);
}

static void times(size_t n, const double *a, const double *x, double *y)
{
    for (size_t i = 0; i < n; i++) {
        y[i] = 0;
        for (size_t j = 0; j < n; j++)
            y[i] += a[i * n + j] * x[j];
    }
}

static double dot(size_t n, const double *x, const double *y)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

/* ---- the quadratic model ---- */

static void sum_outer(climb *c)
{
    const hbl_panel *panel = c->msl->model->panel;
    const size_t n = c->n;

    memset(c->outer, 0, n * n * sizeof *c->outer);
    for (size_t p = 0; p < panel->n_persons; p++) {
        const double *s = c->scores + p * n, weight = panel->weight ? panel->weight[p] : 1;
        for (size_t i = 0; i < n; i++) {
            const double si = weight * s[i];
            for (size_t j = 0; j <= i; j++)
                c->outer[i * n + j] += si * s[j];
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            c->outer[j * n + i] = c->outer[i * n + j];
}

/* A after a step, of which the gradient changed by down: with what A ought to map the step to,
 * r = down - outer step, the symmetric rank-two update of Dennis, Gay and Welsch (1981),
 *
 *     A += ((r - A s) v' + v (r - A s)') / (v's) - s'(r - A s) v v' / (v's)^2,   v = down,
 *
 * after shrinking A by min(1, |s'r| / |s'A s|). Left alone where v's is not safely positive. */
static void update_extra(climb *c)
{
    const size_t n = c->n;
    const double *s = c->step, *v = c->down;
    const double vs = dot(n, v, s);
    double shrink, curve, left;

    times(n, c->outer, s, c->product);
    for (size_t i = 0; i < n; i++)
        c->product[i] = v[i] - c->product[i]; /* r */
    times(n, c->extra, s, c->image);
    curve = fabs(dot(n, s, c->image));
    shrink = curve > 0 ? fmin(1, fabs(dot(n, s, c->product)) / curve) : 1;
    if (!(vs > 1e-8 * sqrt(dot(n, v, v) * dot(n, s, s))))
        return;
    for (size_t i = 0; i < n; i++)
        c->product[i] -= shrink * c->image[i];
    left = dot(n, s, c->product) / vs;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            c->extra[i * n + j] =
                shrink * c->extra[i * n + j] +
                (c->product[i] * v[j] + v[i] * c->product[j] - left * v[i] * v[j]) / vs;
}

/* The model at search->parameter; the decrement. */
static bool set_model(climb *c)
{
    hbl_msl_search *s = c->search;
    const size_t n = c->n;

    for (size_t i = 0; i < n * n; i++)
        s->curvature[i] = c->outer[i] + c->extra[i];
    for (size_t i = 0; i < n; i++) {
        c->scale[i] = fmax(c->scale[i], sqrt(c->outer[i * n + i]));
        if (c->scale[i] == 0)
            c->scale[i] = 1;
        c->down[i] = -s->gradient[i];
    }
    if (!hbl_region_set(c->region, c->down, s->curvature, c->scale))
        return false;
    s->decrement = hbl_region_decrement(c->region);
    return true;
}

/* ---- iterations ---- */

static int evaluate(climb *c, const double *at, double *log_likelihood, double *gradient,
                    hbl_error *error)
{
    return hbl_msl_evaluate(c->msl, at, log_likelihood, gradient, c->scores, NULL, error);
}

static bool all_finite(size_t n, const double *x)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

static int first_point(climb *c, hbl_error *error)
{
    hbl_msl_search *s = c->search;

    if (evaluate(c, s->parameter, &s->log_likelihood, s->gradient, error))
        return HBL_ERR_MEMORY;
    if (!isfinite(s->log_likelihood) || !all_finite(c->n, s->gradient))
        return hbl_fail(error, HBL_ERR_NUMERIC,
                        "the log-likelihood at the start is not finite (%g): the likelihood of "
                        "some person is 0 there or a coefficient overflows",
                        s->log_likelihood);
    sum_outer(c);
    if (!set_model(c))
        return hbl_fail(error, HBL_ERR_NUMERIC, "the gradient at the start is not finite");
    c->radius = fmin(hbl_region_newton_length(c->region), 1e3);
    return HBL_OK;
}

/* Tries a step; takes it where LL rises. *length: of the step, in the scale of the region. */
static int iterate(climb *c, double *length, hbl_error *error)
{
    hbl_msl_search *s = c->search;
    const size_t n = c->n;
    double predicted, there, ratio;

    *length = hbl_region_step(c->region, c->radius, c->step, &predicted);
    for (size_t i = 0; i < n; i++)
        c->there[i] = s->parameter[i] + c->step[i];
    if (evaluate(c, c->there, &there, c->there_gradient, error))
        return HBL_ERR_MEMORY;
    ratio = (there - s->log_likelihood) / predicted;
    if (!isfinite(there) || !all_finite(n, c->there_gradient) || !(ratio > accept)) {
        c->radius = (isfinite(there) ? 0.25 : 0.1) * *length;
        return HBL_OK;
    }
    if (ratio < poor)
        c->radius = 0.5 * *length;
    else if (ratio > good && *length > 0.9 * c->radius)
        c->radius = 2 * c->radius;
    for (size_t i = 0; i < n; i++)
        c->down[i] = s->gradient[i] - c->there_gradient[i];
    sum_outer(c);
    update_extra(c);
    memcpy(s->parameter, c->there, n * sizeof *c->there);
    memcpy(s->gradient, c->there_gradient, n * sizeof *c->there);
    s->log_likelihood = there;
    return HBL_OK;
}

/* True where the observer wants no more. */
static bool tell(const climb *c, double length)
{
    const hbl_msl_audience *a = c->audience;
    const hbl_msl_search *s = c->search;
    const hbl_msl_progress progress = {.start = a->start,
                                       .n_starts = a->n_starts,
                                       .iteration = s->iterations,
                                       .evaluations = c->msl->evaluations,
                                       .log_likelihood = s->log_likelihood,
                                       .decrement = s->decrement,
                                       .gradient_norm = sqrt(dot(c->n, s->gradient, s->gradient)),
                                       .step = length,
                                       .seconds = hbl_msl_clock() - a->began};

    return a->observer && a->observer(a->context, &progress);
}

/* Within tolerance a few more iterations, which converge fast, bring the point close enough for the
 * Hessian there to be that of the optimum to some five digits. */
static bool settled(const climb *c, int *more)
{
    const double exactly = 1e-4;
    const hbl_msl_search *s = c->search;

    return s->converged &&
           (s->decrement < exactly * c->msl->settings.tolerance || (*more)++ == MORE_ITERATIONS);
}

static int climb_up(climb *c, hbl_error *error)
{
    hbl_msl_search *s = c->search;
    double length = 0;
    int more = 0, status = first_point(c, error);

    while (!status) {
        s->converged = s->converged || s->decrement < c->msl->settings.tolerance;
        if (tell(c, length)) {
            s->interrupted = true;
            break;
        }
        if (settled(c, &more) || s->iterations >= c->msl->settings.iterations ||
            c->radius < least_radius)
            break;
        s->iterations++;
        status = iterate(c, &length, error);
        if (!status && !set_model(c))
            break; /* LL is finite and its curvature is not: no way on from here */
    }
    return status;
}

int hbl_msl_maximise(hbl_msl *msl, hbl_msl_search *search, const hbl_msl_audience *audience,
                     hbl_error *error)
{
    climb c = {.msl = msl, .search = search, .audience = audience, .n = msl->n_parameters};
    int status;

    search->iterations = 0;
    search->converged = search->interrupted = false;
    status = climb_init(&c, error);
    if (!status)
        status = climb_up(&c, error);
    climb_clear(&c);
    return status;
}
