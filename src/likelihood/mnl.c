/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pooled multinomial logit by Newton's method. Its log-likelihood is concave, so step halving
 * makes every iteration go up; the sums over persons are taken block by block, in order.
 */
#include "hblogit/mnl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/linalg.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "likelihood/internal.h"

static const double decrement_tolerance = 1e-10; /* of g'H^-1 g, as mnl.h promises */
static const double decrement_hopeless = 1e-14;
static const double shift_tolerance = 1e-6;  /* of the step's squared length in H(0) */
static const double pivot_tolerance = 1e-11; /* of H scaled to a unit diagonal */
enum { MOST_ITERATIONS = 60, MOST_HALVINGS = 40 };

/* ---- sums over persons ---- */

typedef struct {
    const hbl_likelihood *likelihood;
    size_t n, n_pairs; /* columns; elements of a triangle */
    int threads;
    double *beta;      /* [n][HBL_LANES]: the same for every lane */
    double *workspace; /* a thread: lanes of log-likelihood, gradient, hessian, 64-byte aligned */
    double *partial;   /* a block: the same, summed over lanes */
} sums;

static size_t n_sums(const sums *s)
{
    return 1 + s->n + s->n_pairs;
}

/* One block: its log-likelihood, gradient and Hessian side by side, lanes added up in order. */
static void sum_block(void *context, size_t block, int thread)
{
    const sums *s = context;
    double *lanes = s->workspace + (size_t)thread * n_sums(s) * HBL_LANES;
    double *gradient = lanes + HBL_LANES, *hessian = gradient + s->n * HBL_LANES;
    double *partial = s->partial + block * n_sums(s);

    hbl_likelihood_block_double(s->likelihood, block, s->beta, lanes, gradient);
    hbl_likelihood_block_hessian(s->likelihood, block, s->beta, true, hessian, NULL);
    for (size_t i = 0; i < n_sums(s); i++) {
        partial[i] = 0;
        for (size_t l = 0; l < HBL_LANES; l++)
            partial[i] += lanes[i * HBL_LANES + l];
    }
}

/* Log-likelihood, gradient and full Hessian at b. */
static void evaluate(sums *s, const double *b, double *log_likelihood, double *gradient,
                     double *hessian)
{
    const size_t n_blocks = hbl_likelihood_n_blocks(s->likelihood);
    double *total = s->partial;

    for (size_t k = 0; k < s->n; k++)
        for (size_t l = 0; l < HBL_LANES; l++)
            s->beta[k * HBL_LANES + l] = b[k];
    hbl_parallel_for(s->threads, n_blocks, sum_block, s);
    for (size_t block = 1; block < n_blocks; block++)
        for (size_t i = 0; i < n_sums(s); i++)
            total[i] += s->partial[block * n_sums(s) + i];
    *log_likelihood = total[0];
    memcpy(gradient, total + 1, s->n * sizeof *gradient);
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j <= i; j++)
            hessian[i * s->n + j] = hessian[j * s->n + i] = total[1 + s->n + i * (i + 1) / 2 + j];
}

/* ---- Newton ---- */

typedef struct {
    double log_likelihood;
    double *b, *gradient, *hessian;
} point;

typedef struct {
    sums sums;
    hbl_mnl *mnl;
    point here, there;
    double *hessian_zero; /* at b = 0 */
    double *factor;       /* Cholesky of the scaled Hessian S H S */
    double *scale;        /* the diagonal of S: 1 / sqrt(H_kk) */
    double *step;
    double *memory;
} newton;

/* factor = chol(S H S + ridge I); false where it is as good as singular. */
static bool factorise(const double *hessian, size_t n, double ridge, double *scale, double *factor)
{
    for (size_t k = 0; k < n; k++)
        scale[k] = hessian[k * n + k] > 0 ? 1 / sqrt(hessian[k * n + k]) : 1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            factor[i * n + j] = scale[i] * hessian[i * n + j] * scale[j] + (i == j ? ridge : 0);
    if (!hbl_cholesky(n, factor, factor))
        return false;
    for (size_t k = 0; k < n; k++)
        if (factor[k * n + k] * factor[k * n + k] < pivot_tolerance)
            return false;
    return true;
}

static bool factorise_with_ridge(newton *w)
{
    const size_t n = w->sums.n;

    w->mnl->singular = !factorise(w->here.hessian, n, 0, w->scale, w->factor);
    if (!w->mnl->singular)
        return true;
    for (double ridge = 1e-8; ridge <= 1; ridge *= 100)
        if (factorise(w->here.hessian, n, ridge, w->scale, w->factor))
            return true;
    return false;
}

/* step = H^-1 g; returns g'H^-1 g. */
static double newton_step(newton *w)
{
    const size_t n = w->sums.n;
    double decrement = 0;

    for (size_t k = 0; k < n; k++)
        w->step[k] = w->scale[k] * w->here.gradient[k];
    hbl_lower_solve(n, w->factor, w->step, w->step);
    for (size_t k = 0; k < n; k++)
        decrement += w->step[k] * w->step[k];
    hbl_lower_transpose_solve(n, w->factor, w->step, w->step);
    for (size_t k = 0; k < n; k++)
        w->step[k] *= w->scale[k];
    return decrement;
}

/* step'H(0) step: how far the step moves utilities. Under separation the decrement dies away while
 * utilities run on by about 1 an iteration; at a maximum both vanish. */
static double utility_shift(const newton *w)
{
    const size_t n = w->sums.n;
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum += w->step[i] * w->hessian_zero[i * n + j] * w->step[j];
    return sum;
}

static void evaluate_at(newton *w, point *p)
{
    evaluate(&w->sums, p->b, &p->log_likelihood, p->gradient, p->hessian);
}

/* Moves here by the step, halved until the log-likelihood does not fall; false where it always
 * does, beyond rounding. */
static bool advance(newton *w)
{
    const double rounding = 1e-13 * fabs(w->here.log_likelihood);
    double length = 1;

    for (int halving = 0; halving < MOST_HALVINGS; halving++, length /= 2) {
        for (size_t k = 0; k < w->sums.n; k++)
            w->there.b[k] = w->here.b[k] + length * w->step[k];
        evaluate_at(w, &w->there);
        if (w->there.log_likelihood >= w->here.log_likelihood - rounding) {
            const point old = w->here;
            w->here = w->there;
            w->there = old;
            return true;
        }
    }
    return false;
}

static int climb(newton *w, hbl_error *error)
{
    hbl_mnl *mnl = w->mnl;

    evaluate_at(w, &w->here);
    if (!isfinite(w->here.log_likelihood))
        return hbl_fail(error, HBL_ERR_NUMERIC,
                        "the log-likelihood at zero is not finite: check the data for values that "
                        "are not finite or beyond 1e150");
    mnl->log_likelihood_zero = w->here.log_likelihood;
    memcpy(w->hessian_zero, w->here.hessian, w->sums.n * w->sums.n * sizeof *w->hessian_zero);
    while (mnl->iterations < MOST_ITERATIONS) {
        double decrement;
        if (!factorise_with_ridge(w))
            return hbl_fail(error, HBL_ERR_NUMERIC,
                            "the pooled multinomial logit breaks down: its Hessian is not finite");
        decrement = newton_step(w);
        mnl->converged = decrement < decrement_tolerance && utility_shift(w) < shift_tolerance;
        if (mnl->converged || decrement < decrement_hopeless || !advance(w))
            break;
        mnl->iterations++;
    }
    return HBL_OK;
}

/* ---- result ---- */

/* Standard errors from (S H S)^-1 = L^-T L^-1 and the scale taken out. */
static void report(newton *w)
{
    const size_t n = w->sums.n;
    double *inverse = w->there.hessian; /* no longer needed */
    hbl_mnl *mnl = w->mnl;

    mnl->log_likelihood = w->here.log_likelihood;
    memcpy(mnl->estimate, w->here.b, n * sizeof *mnl->estimate);
    memcpy(mnl->hessian, w->here.hessian, n * n * sizeof *mnl->hessian);
    if (!factorise_with_ridge(w))
        mnl->singular = true;
    if (!mnl->singular)
        hbl_cholesky_inverse(n, w->factor, inverse);
    for (size_t k = 0; k < n; k++)
        mnl->standard_error[k] = mnl->singular ? NAN : sqrt(inverse[k * n + k]) * w->scale[k];
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
    const size_t n = w->sums.n, n_blocks = hbl_likelihood_n_blocks(w->sums.likelihood);
    const size_t matrix = n * n, lanes = n_sums(&w->sums) * HBL_LANES;
    double *next;

    w->sums.beta = hbl_calloc_aligned(n * HBL_LANES, sizeof(double), "the pooled fit", error);
    w->sums.workspace = hbl_calloc_aligned((size_t)w->sums.threads * lanes, sizeof(double),
                                           "the pooled fit", error);
    w->sums.partial =
        hbl_calloc(n_blocks * n_sums(&w->sums), sizeof(double), "the pooled fit", error);
    w->memory = next = hbl_calloc(4 * matrix + 6 * n, sizeof(double), "the pooled fit", error);
    if (!w->sums.beta || !w->sums.workspace || !w->sums.partial || !w->memory)
        return HBL_ERR_MEMORY;
    w->here = (point){0, next, next + n, next + 2 * n};
    next += 2 * n + matrix;
    w->there = (point){0, next, next + n, next + 2 * n};
    next += 2 * n + matrix;
    w->hessian_zero = next;
    w->factor = next + matrix;
    w->scale = next + 2 * matrix;
    w->step = next + 2 * matrix + n;
    return HBL_OK;
}

int hbl_mnl_fit(const hbl_likelihood *likelihood, int threads, hbl_mnl **mnl, hbl_error *error)
{
    const size_t n = hbl_likelihood_n_coefficients(likelihood);
    newton w = {
        .sums = {likelihood, n, n * (n + 1) / 2, threads > 1 ? threads : 1, NULL, NULL, NULL}};
    int status = alloc_mnl(n, &w.mnl, error);

    *mnl = NULL;
    if (!status)
        status = alloc_work(&w, error);
    if (!status)
        status = climb(&w, error);
    if (!status)
        report(&w);
    free(w.sums.beta);
    free(w.sums.workspace);
    free(w.sums.partial);
    free(w.memory);
    if (status)
        hbl_mnl_free(w.mnl);
    else
        *mnl = w.mnl;
    return status;
}
