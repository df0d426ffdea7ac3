/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Estimation: every start, the best optimum, what follows from it, and the same over other
 * sequences.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "msl/fit.h"

enum { MOST_POLISHES = 5 };

/* ---- starts and their optima ---- */

/* Optima whose LL differ by less are one. */
static const double same_optimum = 1e-3;

static void count_optimum(hbl_msl_fit *f, const hbl_msl_search *s)
{
    size_t i = 0, last;

    while (i < f->n_optima && f->optimum[i].log_likelihood > s->log_likelihood + same_optimum)
        i++;
    if (i < f->n_optima && fabs(f->optimum[i].log_likelihood - s->log_likelihood) < same_optimum) {
        f->optimum[i].n_starts++;
        f->optimum[i].converged = f->optimum[i].converged || s->converged;
        return;
    }
    for (last = f->n_optima++; last > i; last--)
        f->optimum[last] = f->optimum[last - 1];
    f->optimum[i] = (hbl_msl_optimum){s->log_likelihood, 1, s->converged};
}

/* Columns of L with a negative diagonal are turned, which for symmetric z gives the same Omega; on
 * the given points LL is a little different. True where there were any. */
static bool turn_columns(const hbl_msl *msl, double *parameter)
{
    bool turned = false;

    for (size_t k = 0; k < msl->model->n_random; k++) {
        if (!(parameter[hbl_msl_diagonal(msl, k)] < 0))
            continue;
        turned = true;
        for (size_t e = 0; e < msl->n_factors; e++)
            if (msl->factor_column[e] == k)
                parameter[msl->first_factor + e] *= -1;
    }
    return turned;
}

/* Up from search->parameter, and from the turned optimum again until the diagonal is positive. */
static int climb(hbl_msl *msl, hbl_msl_search *s, const hbl_msl_audience *audience,
                 hbl_error *error)
{
    const int most_turns = 3;
    int iterations = 0, status = HBL_OK;

    for (int i = 0; !status && i < most_turns; i++) {
        status = hbl_msl_maximise(msl, s, audience, error);
        iterations += s->iterations;
        if (status || s->interrupted || !turn_columns(msl, s->parameter))
            break;
    }
    if (!status && turn_columns(msl, s->parameter)) /* interrupted, or back and forth */
        status =
            hbl_msl_evaluate(msl, s->parameter, &s->log_likelihood, s->gradient, NULL, NULL, error);
    s->iterations = iterations;
    return status;
}

static void keep_better(hbl_msl_search *best, hbl_msl_search *s)
{
    const hbl_msl_search other = *best;

    if (s->log_likelihood > best->log_likelihood) {
        *best = *s;
        *s = other;
    }
}

/* All starts; best is the best optimum. */
static int climb_all(hbl_msl *msl, hbl_msl_audience *audience, hbl_msl_fit *f, hbl_msl_search *best,
                     hbl_msl_search *other, double *first, hbl_error *error)
{
    int status = hbl_msl_start(msl, first, &f->log_likelihood_start, error), lost = HBL_OK;
    hbl_error why = HBL_ERROR_INIT;
    bool interrupted = false;

    best->log_likelihood = -INFINITY;
    for (int i = 0; !status && !interrupted && i < audience->n_starts; i++) {
        audience->start = i + 1;
        if (i == 0)
            memcpy(other->parameter, first, msl->n_parameters * sizeof *first);
        else
            hbl_msl_random_start(msl, first, i, other->parameter);
        status = climb(msl, other, audience, &why);
        if (status == HBL_ERR_NUMERIC) { /* another start may do better */
            lost = status;
            status = HBL_OK;
            continue;
        }
        if (status)
            break;
        interrupted = other->interrupted;
        f->iterations += other->iterations;
        count_optimum(f, other);
        keep_better(best, other);
    }
    f->interrupted = interrupted;
    if (!status && !(best->log_likelihood > -INFINITY))
        status = lost;
    if (status)
        hbl_fail(error, status, "%s", why.message);
    return status;
}

/* ---- the optimum ---- */

/* One Newton step with the exact Hessian, kept where it brings the gradient down. */
static int newton_step(hbl_msl *msl, hbl_msl_fit *f, double *there, double *gradient, bool *better,
                       hbl_error *error)
{
    const size_t n = f->n_parameters;
    const double rounding = 1e-11 * fabs(f->log_likelihood);
    double ll, decrement;
    int status;

    for (size_t i = 0; i < n; i++) {
        there[i] = f->estimate[i];
        for (size_t j = 0; j < n; j++)
            there[i] += f->variance_hessian[i * n + j] * f->gradient[j];
    }
    status = hbl_msl_evaluate(msl, there, &ll, gradient, NULL, NULL, error);
    decrement = hbl_msl_decrement(n, gradient, f->variance_hessian);
    *better = !status && ll > f->log_likelihood - rounding && decrement < f->decrement &&
              !turn_columns(msl, there);
    if (*better) {
        memcpy(f->estimate, there, n * sizeof *there);
        memcpy(f->gradient, gradient, n * sizeof *gradient);
        f->log_likelihood = ll;
        f->decrement = decrement;
    }
    return status;
}

/* The search ended by its own model of the Hessian; here the exact one has the word. Where that is
 * content as well, a last Newton step, which costs next to nothing now, brings the digits. */
static int polish(hbl_msl *msl, const hbl_msl_search *best, hbl_msl_fit *f, hbl_error *error)
{
    const size_t n = f->n_parameters;
    double *work = hbl_calloc(3 * n, sizeof *work, "the estimates", error);
    bool enough = false;
    int status = work ? HBL_OK : HBL_ERR_MEMORY;

    memcpy(f->estimate, best->parameter, n * sizeof *f->estimate);
    memcpy(f->gradient, best->gradient, n * sizeof *f->gradient);
    f->log_likelihood = best->log_likelihood;
    for (size_t i = 0; !status && i < n; i++) {
        const double curve = fabs(best->curvature[i * n + i]);
        work[i] = curve > 0 ? fmin(1 / sqrt(curve), 1 + fabs(f->estimate[i])) : 1;
    }
    for (int i = 0; !status && i < MOST_POLISHES && !enough; i++) {
        bool better = false;
        status = hbl_msl_fit_curvature(msl, work, f, error);
        enough = f->singular || f->interrupted || !best->converged ||
                 f->decrement < msl->settings.tolerance;
        if (!status && !f->singular && !f->interrupted && best->converged)
            status = newton_step(msl, f, work + n, work + 2 * n, &better, error);
        enough = enough || !better;
    }
    free(work);
    if (!status)
        f->converged = best->converged && !f->singular && f->decrement < msl->settings.tolerance;
    return status;
}

static int estimate(hbl_msl *msl, hbl_msl_audience *audience, hbl_msl_fit *f, hbl_error *error)
{
    const size_t n = msl->n_parameters;
    hbl_msl_search best = {0}, other = {0};
    double *first = hbl_calloc(n, sizeof *first, "the search", error);
    int status = first ? hbl_msl_search_init(&best, n, error) : HBL_ERR_MEMORY;

    if (!status)
        status = hbl_msl_search_init(&other, n, error);
    if (!status)
        status = climb_all(msl, audience, f, &best, &other, first, error);
    if (!status)
        status = polish(msl, &best, f, error);
    if (!status)
        status = hbl_msl_fit_finish(msl, f, error);
    if (!status && !isfinite(f->log_likelihood))
        status = hbl_fail(error, HBL_ERR_NUMERIC,
                          "the log-likelihood at the best estimates is not finite: a coefficient "
                          "overflows; hblogit check says what the data cannot tell apart");
    f->seconds = hbl_msl_clock() - audience->began;
    if (!status && !f->interrupted)
        status = hbl_msl_fit_repeat(msl, audience, f, error);
    hbl_msl_search_clear(&best);
    hbl_msl_search_clear(&other);
    free(first);
    return status;
}

int hbl_msl_estimate(hbl_msl *msl, hbl_msl_observer *observer, void *context, hbl_msl_fit **fit,
                     hbl_error *error)
{
    hbl_msl_audience audience = {.observer = observer,
                                 .context = context,
                                 .n_starts = (int)msl->settings.starts,
                                 .began = hbl_msl_clock()};
    int status;

    if (audience.n_starts < 1)
        audience.n_starts = 1;
    msl->evaluations = 0;
    status = hbl_msl_fit_alloc(msl, fit, error);
    if (status)
        return status;
    status = estimate(msl, &audience, *fit, error);
    if (status) {
        hbl_msl_fit_free(*fit);
        *fit = NULL;
        return status;
    }
    (*fit)->evaluations = msl->evaluations;
    return HBL_OK;
}
