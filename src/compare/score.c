/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The score test of a run within a larger model (Rao 1948), S = z'V^-1 z, with z = B^-1 g the
 * one-step estimate of what is new there and V its variance, B the outer product of the persons'
 * scores. Of a variance omega = l^2 that is 0,
 *     d ln P / d omega = (d^2 ln P / dl^2) / 2.
 * One-sided where variances are concerned (Silvapulle and Silvapulle 1995): less the squared
 * distance of their z from the nearest that is not negative.
 */
#include "compare/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/mixture.h"
#include "compare/test.h"
#include "core/fail.h"
#include "core/linalg.h"
#include "core/memory.h"

/* ---- scores ---- */

/* So small a standard deviation that it moves utilities by hundredths. */
static double step_of(const hbl_model *m, size_t k)
{
    double sum = 0;

    for (size_t r = 0; r < m->panel->n_rows; r++)
        sum += m->x[r * m->n_columns + k] * m->x[r * m->n_columns + k];
    return sum > 0 ? 0.02 / sqrt(sum / (double)m->panel->n_rows) : 0.02;
}

static int score_variance(hbl_score *s, size_t i, hbl_error *error)
{
    const double h = step_of(s->model, hbl_msl_parameters(s->msl)[i].row);
    double unused;
    int status;

    s->p[i] = h;
    status = hbl_msl_evaluate(s->msl, s->p, &unused, NULL, NULL, s->up, error);
    s->p[i] = -h;
    if (!status)
        status = hbl_msl_evaluate(s->msl, s->p, &unused, NULL, NULL, s->down, error);
    s->p[i] = 0;
    for (size_t n = 0; !status && n < s->N; n++)
        s->scores[n * s->P + i] = (s->up[n] - 2 * s->person[n] + s->down[n]) / (2 * h * h);
    return status;
}

static int evaluate(hbl_score *s, double *log_likelihood, hbl_error *error)
{
    int status = hbl_msl_evaluate(s->msl, s->p, log_likelihood, s->g, s->scores, s->person, error);

    for (size_t v = 0; !status && v < s->excess.n_variances; v++)
        status = score_variance(s, s->excess.variance[v], error);
    return status;
}

static void sum_up(hbl_score *s)
{
    const double *weight = s->model->panel->weight;
    const size_t P = s->P;

    memset(s->g, 0, P * sizeof *s->g);
    memset(s->B, 0, P * P * sizeof *s->B);
    for (size_t n = 0; n < s->N; n++) {
        const double *row = s->scores + n * P, w = weight ? weight[n] : 1;
        for (size_t i = 0; i < P; i++) {
            s->g[i] += w * row[i];
            for (size_t j = 0; j < P; j++)
                s->B[i * P + j] += w * row[i] * row[j];
        }
    }
}

/* B^-1, by way of a unit diagonal. */
static int invert(hbl_score *s, hbl_error *error)
{
    const size_t P = s->P;

    for (size_t i = 0; i < P; i++)
        for (size_t j = 0; j < P; j++)
            s->l[i * P + j] = s->B[i * P + j] / sqrt(s->B[i * P + i] * s->B[j * P + j]);
    if (!hbl_cholesky(P, s->l, s->l))
        return hbl_fail(error, HBL_ERR_NUMERIC,
                        "the outer product of the persons' scores is singular: the larger model is "
                        "not identified at the run's estimates");
    hbl_cholesky_inverse(P, s->l, s->inverse);
    for (size_t i = 0; i < P; i++)
        for (size_t j = 0; j < P; j++)
            s->inverse[i * P + j] /= sqrt(s->B[i * P + i] * s->B[j * P + j]);
    return HBL_OK;
}

/* ---- the statistic ---- */

/* Row e of what is new in the larger model, variances first. */
static size_t new_row(const hbl_score *s, size_t e)
{
    const size_t n = s->excess.n_variances;
    return e < n ? s->excess.variance[e] : s->excess.free_row[e - n];
}

typedef struct {
    double *V, *its; /* of what is new, m x m; of its variances, n x n */
    double *l, *A;   /* room for a factor, an inverse */
    double *z, *solved;
} one_step;

static void take_step(const hbl_score *s, size_t m, one_step *o)
{
    const size_t n = s->excess.n_variances;

    for (size_t i = 0; i < m; i++) {
        const double *row = s->inverse + new_row(s, i) * s->P;
        for (size_t j = 0; j < s->P; j++)
            o->z[i] += row[j] * s->g[j];
        for (size_t j = 0; j < m; j++)
            o->V[i * m + j] = row[new_row(s, j)];
        for (size_t j = 0; i < n && j < n; j++)
            o->its[i * n + j] = o->V[i * m + j];
    }
}

/* z'V^-1 z does not mind estimates that are a little off the maximum, as those of other draws are
 * (Neyman's C(alpha)), which g'B^-1 g does. */
static int weigh(const hbl_score *s, size_t m, one_step *o, hbl_test *test, hbl_error *error)
{
    const size_t n = s->excess.n_variances;

    take_step(s, m, o);
    if (!hbl_cholesky(m, o->V, o->l))
        return hbl_fail(error, HBL_ERR_NUMERIC, "the variance of the scores is singular");
    hbl_lower_solve(m, o->l, o->z, o->solved);
    for (size_t i = 0; i < m; i++)
        test->statistic += o->solved[i] * o->solved[i];
    if (n > 0 && hbl_cholesky(n, o->its, o->l)) {
        hbl_cholesky_inverse(n, o->l, o->A);
        test->statistic -= hbl_mixture_distance(n, o->A, o->z, o->solved);
    }
    test->statistic = fmax(test->statistic, 0);
    test->n_variances = n;
    test->df = m;
    return hbl_test_weigh(test, o->its, error);
}

static int finish(const hbl_score *s, hbl_test *test, hbl_error *error)
{
    const size_t m = s->excess.n_variances + s->excess.n_free;
    double *room = hbl_calloc(4 * m * m + 2 * m, sizeof *room, "a test", error);
    one_step o;
    int status;

    if (!room)
        return HBL_ERR_MEMORY;
    o = (one_step){.V = room,
                   .its = room + m * m,
                   .l = room + 2 * m * m,
                   .A = room + 3 * m * m,
                   .z = room + 4 * m * m,
                   .solved = room + 4 * m * m + m};
    status = weigh(s, m, &o, test, error);
    free(room);
    return status;
}

static int alloc_room(hbl_score *s, hbl_error *error)
{
    const size_t P = s->P, N = s->N, K = s->model->n_random;
    const char *what = "a test";

    s->p = hbl_calloc(P, sizeof(double), what, error);
    s->L = hbl_calloc(K * K, sizeof(double), what, error);
    s->scores = hbl_calloc(N * P, sizeof(double), what, error);
    s->person = hbl_calloc(3 * N, sizeof(double), what, error);
    s->g = hbl_calloc(P + 3 * P * P, sizeof(double), what, error);
    if (!s->p || !s->L || !s->scores || !s->person || !s->g)
        return HBL_ERR_MEMORY;
    s->up = s->person + N;
    s->down = s->up + N;
    s->B = s->g + P;
    s->l = s->B + P * P;
    s->inverse = s->l + P * P;
    return HBL_OK;
}

static int run(hbl_score *s, hbl_test *test, hbl_error *error)
{
    int status = alloc_room(s, error);

    if (status)
        return status;
    test->restricted = hbl_strdup(s->small.estimates->directory, error);
    test->larger = hbl_strdup(s->spec->path, error);
    if (!test->restricted || !test->larger)
        return HBL_ERR_MEMORY;
    hbl_score_embed(s);
    test->log_likelihood_larger = NAN;
    status = evaluate(s, &test->log_likelihood_restricted, error);
    if (status)
        return status;
    sum_up(s);
    status = invert(s, error);
    if (!status)
        status = finish(s, test, error);
    if (!status && !s->small.estimates->converged)
        status = hbl_test_note(test, error, "%s has not converged.", test->restricted);
    return status;
}

int hbl_test_score(const char *directory, const char *model_file, const char *const *overrides,
                   size_t n_overrides, int threads, hbl_test **test, hbl_error *error)
{
    hbl_score s = {.P = 0};
    int status = hbl_test_alloc("Score", test, error);

    if (status)
        return status;
    status = hbl_score_prepare(&s, directory, model_file, overrides, n_overrides, threads, error);
    if (!status)
        status = run(&s, *test, error);
    hbl_score_clear(&s);
    if (status) {
        hbl_test_free(*test);
        *test = NULL;
    }
    return status;
}
