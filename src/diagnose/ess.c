/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Split R-hat and effective sample size of one series, as in Vehtari et al. (2021), sections 2
 * and 3: x is whatever function of the draws stands in the workspace's series.
 */
#include <math.h>

#include "diagnose/workspace.h"

/* Sample variance of the split chains' means. */
static double variance_of_means(const hbl_diagnose_workspace *w)
{
    double mean = 0, squares = 0;

    for (size_t c = 0; c < w->n_split; c++)
        mean += w->chain_mean[c] / (double)w->n_split;
    for (size_t c = 0; c < w->n_split; c++)
        squares += (w->chain_mean[c] - mean) * (w->chain_mean[c] - mean);
    return squares / (double)(w->n_split - 1);
}

/* R-hat = sqrt((B / W + n - 1) / n), B = n times the variance of the chains' means, W the mean of
 * the chains' variances. */
double hbl_series_rhat(hbl_diagnose_workspace *w)
{
    const double n = (double)w->half;
    double squares = 0, between, within;

    if (w->half < 2 || w->constant)
        return NAN;
    for (size_t c = 0; c < w->n_split; c++)
        for (size_t i = 0; i < w->half; i++)
            squares += w->series[c * w->stride + i] * w->series[c * w->stride + i];
    within = squares / ((double)w->n_split * (n - 1));
    between = n * variance_of_means(w);
    return sqrt((between / within + n - 1) / n);
}

/* Fills rho[0 .. T] with the autocorrelations rho_t = 1 - (W - r_t) / var+ of Geyer's initial
 * positive sequence: pairs (rho_t, rho_t+1), t even, up to the first whose sum is not positive,
 * of which rho_T alone is kept, where positive. Returns T. */
static size_t initial_positive(hbl_diagnose_workspace *w, double within, double total)
{
    double even = 1, odd = 1 - (within - hbl_series_autocovariance(w, 1)) / total;
    size_t t = 0;

    w->rho[0] = even;
    w->rho[1] = odd;
    while (t + 5 < w->half && even + odd > 0) {
        t += 2;
        even = 1 - (within - hbl_series_autocovariance(w, t)) / total;
        odd = 1 - (within - hbl_series_autocovariance(w, t + 1)) / total;
        w->rho[t] = even + odd >= 0 || even > 0 ? even : 0;
        w->rho[t + 1] = odd;
    }
    return t;
}

/* The sums of the pairs below rho_T must not increase; those that do are levelled. */
static void initial_monotone(double *rho, size_t T)
{
    for (size_t t = 2; t + 2 <= T; t += 2) {
        const double before = rho[t - 2] + rho[t - 1];
        if (rho[t] + rho[t + 1] > before)
            rho[t] = rho[t + 1] = before / 2;
    }
}

/* ESS = S / tau, tau = -1 + 2 sum_{t < T} rho_t + rho_T, at least 1 / log10(S). Where T = 0 (fewer
 * than six draws a split chain, or a first pair that is not positive) the sum is taken to be rho_0,
 * as R's posterior does: half the draws, and no reward for a chain of antitheses. */
double hbl_series_ess(hbl_diagnose_workspace *w)
{
    const double n = (double)w->half, draws = (double)w->n_series;
    double within, total, tau = -1;
    size_t T;

    if (w->half < 3 || w->constant)
        return NAN;
    total = hbl_series_autocovariance(w, 0);
    within = total * n / (n - 1);
    total += variance_of_means(w);
    T = initial_positive(w, within, total);
    initial_monotone(w->rho, T);
    for (size_t t = 0; t < (T ? T : 1); t++)
        tau += 2 * w->rho[t];
    tau += w->rho[T];
    return draws / fmax(tau, 1 / log10(draws));
}
