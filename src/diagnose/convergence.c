/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The diagnostics of one parameter (Vehtari et al. 2021), as R's posterior and ArviZ compute them.
 */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>

#include "core/fail.h"
#include "diagnose/workspace.h"

static bool all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

/* Linear interpolation between order statistics (Hyndman and Fan's type 7, the default of R). */
static double quantile(const double *sorted, size_t n, double p)
{
    const double index = (double)(n - 1) * p;
    const size_t low = (size_t)floor(index);
    const double h = index - (double)low;

    if (h <= 0 || low + 1 >= n || sorted[low + 1] == sorted[low])
        return sorted[low];
    return (1 - h) * sorted[low] + h * sorted[low + 1];
}

static double middle(const double *sorted, size_t n)
{
    return n % 2 ? sorted[n / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
}

/* ---- moments ---- */

typedef struct {
    double mean, sd, m2, m4; /* m2, m4: second and fourth central moments, divided by n */
} moments;

static moments moments_of(const double *x, size_t n)
{
    moments m = {0};
    double rest = 0;

    for (size_t i = 0; i < n; i++)
        m.mean += x[i];
    m.mean /= (double)n;
    for (size_t i = 0; i < n; i++)
        rest += x[i] - m.mean;
    m.mean += rest / (double)n;
    for (size_t i = 0; i < n; i++) {
        const double square = (x[i] - m.mean) * (x[i] - m.mean);
        m.m2 += square;
        m.m4 += square * square;
    }
    m.sd = n > 1 ? sqrt(m.m2 / (double)(n - 1)) : NAN;
    m.m2 /= (double)n;
    m.m4 /= (double)n;
    return m;
}

/* ---- functions of the draws into the series ---- */

static double ess_of_draws(hbl_diagnose_workspace *w, const double *x)
{
    for (size_t i = 0; i < w->n_total; i++)
        if (w->place[i] != HBL_NO_PLACE)
            w->series[w->place[i]] = x[i];
    hbl_series_centre(w);
    return hbl_series_ess(w);
}

static double ess_of_squares(hbl_diagnose_workspace *w, const double *x, double mean)
{
    for (size_t i = 0; i < w->n_total; i++)
        if (w->place[i] != HBL_NO_PLACE)
            w->series[w->place[i]] = (x[i] - mean) * (x[i] - mean);
    hbl_series_centre(w);
    return hbl_series_ess(w);
}

/* Of the indicator I(x <= q). */
static double ess_below(hbl_diagnose_workspace *w, const double *x, double q)
{
    for (size_t i = 0; i < w->n_total; i++)
        if (w->place[i] != HBL_NO_PLACE)
            w->series[w->place[i]] = x[i] <= q;
    hbl_series_centre(w);
    return hbl_series_ess(w);
}

/* ---- Monte Carlo error of a quantile ---- */

/* The largest k in 0..n with F(k / n) <= p, or < p where strict, F the Beta(a, b) distribution
 * function: floor(n q) of the quantile q at p. Only this much of the quantile is needed, and F is
 * cheaper and surer than its inverse. */
static size_t beta_floor(double p, double a, double b, size_t n, bool strict)
{
    const double centre = a / (a + b), sd = sqrt(centre * (1 - centre) / (a + b + 1));
    const double guess[2] = {floor((centre - 2 * sd) * (double)n),
                             ceil((centre + 2 * sd) * (double)n)};
    size_t low = 0, high = n;

    for (int step = 0; high - low > 1; step++) {
        size_t k = low + (high - low) / 2;
        double f;

        if (step < 2 && guess[step] > (double)low && guess[step] < (double)high)
            k = (size_t)guess[step];
        f = gsl_cdf_beta_P((double)k / (double)n, a, b);
        if (!isfinite(f)) /* its continued fraction did not converge: a and b very large */
            f = gsl_cdf_ugaussian_P(((double)k / (double)n - centre) / sd);
        if (strict ? f < p : f <= p)
            low = k;
        else
            high = k;
    }
    return low;
}

/* Half the width between the order statistics at the Beta(ess p + 1, ess (1 - p) + 1) quantiles of
 * probability Phi(-1) and Phi(1). */
static double quantile_mcse(const hbl_diagnose_workspace *w, double ess, double p)
{
    const double a = ess * p + 1, b = ess * (1 - p) + 1;
    const size_t n = w->n_total;
    size_t low, high;

    if (!isfinite(ess))
        return NAN;
    low = beta_floor(0.1586553, a, b, n, false);
    high = beta_floor(0.8413447, a, b, n, true) + 1; /* the ceiling */
    return (w->sorted[high - 1] - w->sorted[low > 0 ? low - 1 : 0]) / 2;
}

/* ---- all of it ---- */

static void set_rhat_and_bulk(hbl_diagnose_workspace *w, hbl_convergence *r)
{
    double bulk, tail;

    hbl_rank_normal_scores(w, w->sorted, w->order);
    hbl_series_centre(w);
    bulk = hbl_series_rhat(w);
    r->ess_bulk = hbl_series_ess(w);
    hbl_rank_fold(w, middle(w->sorted, w->n_total));
    hbl_rank_normal_scores(w, w->folded, w->folded_order);
    hbl_series_centre(w);
    tail = hbl_series_rhat(w);
    r->rhat = isnan(bulk) || isnan(tail) ? NAN : fmax(bulk, tail);
}

static void set_mcse(hbl_diagnose_workspace *w, const double *x, const moments *m,
                     hbl_convergence *r)
{
    const double ess_q5 = ess_below(w, x, r->q5);
    const double ess_median = ess_below(w, x, r->median);
    const double ess_q95 = ess_below(w, x, r->q95);

    r->ess_tail = isnan(ess_q5) || isnan(ess_q95) ? NAN : fmin(ess_q5, ess_q95);
    r->mcse_q5 = quantile_mcse(w, ess_q5, 0.05);
    r->mcse_median = quantile_mcse(w, ess_median, 0.5);
    r->mcse_q95 = quantile_mcse(w, ess_q95, 0.95);
    r->mcse_mean = m->sd / sqrt(ess_of_draws(w, x));
    /* Delta method: var(s) = var(s^2) / (4 s^2), var(s^2) = (m4 - m2^2) / ESS((x - mean)^2). */
    r->mcse_sd = sqrt((m->m4 - m->m2 * m->m2) / ess_of_squares(w, x, m->mean) / m->m2 / 4);
}

void hbl_diagnose_compute(hbl_diagnose_workspace *w, const double *x, hbl_convergence *result)
{
    const size_t n = w->n_total;
    moments m;

    *result = (hbl_convergence){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (!all_finite(x, n))
        return;
    m = moments_of(x, n);
    hbl_rank_sort(w, x);
    result->mean = m.mean;
    result->sd = m.sd;
    result->q5 = quantile(w->sorted, n, 0.05);
    result->median = quantile(w->sorted, n, 0.5);
    result->q95 = quantile(w->sorted, n, 0.95);
    if (w->sorted[0] == w->sorted[n - 1]) {
        result->mean = w->sorted[0];
        result->sd = n > 1 ? 0 : NAN;
        return;
    }
    if (w->half < 2)
        return;
    set_rhat_and_bulk(w, result);
    set_mcse(w, x, &m, result);
}

int hbl_convergence_compute(const double *x, size_t n_draws, size_t n_chains,
                            hbl_convergence *result, hbl_error *error)
{
    hbl_diagnose_workspace *workspace;
    const int status = hbl_diagnose_workspace_alloc(n_draws, n_chains, &workspace, error);

    if (status)
        return status;
    hbl_diagnose_compute(workspace, x, result);
    hbl_diagnose_workspace_free(workspace);
    return HBL_OK;
}
