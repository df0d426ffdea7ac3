/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Autocovariances of several chains at once: r(t) = mean over chains of
 * 1/n sum_{i < n - t} (x_i - m)(x_{i+t} - m), m the chain's mean. Only as many lags as are asked
 * for: a direct sum for the near ones, and where a chain needs more, all of them from the power
 * spectrum (Wiener and Khinchin), zero padding keeping the ends of a chain apart.
 */
#include <math.h>
#include <string.h>

#include "core/isa.h"
#include "diagnose/workspace.h"

static bool is_constant(const hbl_diagnose_workspace *w)
{
    for (size_t c = 0; c < w->n_split; c++)
        for (size_t i = 0; i < w->half; i++)
            if (w->series[c * w->stride + i] != w->series[0])
                return false;
    return true;
}

void hbl_series_centre(hbl_diagnose_workspace *w)
{
    w->constant = is_constant(w);
    for (size_t c = 0; c < w->n_split; c++) {
        double *x = w->series + c * w->stride;
        double sum = 0, rest = 0;

        for (size_t i = 0; i < w->half; i++)
            sum += x[i];
        sum /= (double)w->half;
        for (size_t i = 0; i < w->half; i++) {
            x[i] -= sum;
            rest += x[i];
        }
        /* What rounding left of the mean. */
        rest /= (double)w->half;
        for (size_t i = 0; i < w->half; i++)
            x[i] -= rest;
        w->chain_mean[c] = sum + rest;
    }
    w->n_autocovariance = 0;
}

HBL_BY_ISA(hbl_lags_function, hbl_add_lags);

hbl_lags_function *hbl_add_lags_best(void)
{
    return by_isa[hbl_isa_best()];
}

static void extend_directly(hbl_diagnose_workspace *w)
{
    const size_t first = w->n_autocovariance;
    double sum[HBL_LAGS_AT_ONCE] = {0};

    for (size_t c = 0; c < w->n_split; c++)
        w->add_lags(w->series + c * w->stride, w->half, first, sum);
    for (size_t t = 0; t < HBL_LAGS_AT_ONCE && first + t < w->half; t++)
        w->autocovariance[first + t] = sum[t] / (double)w->n_series;
    w->n_autocovariance += HBL_LAGS_AT_ONCE;
}

/* Two real chains a, b make one complex z = a + ib, and the real part of the autocovariance of z is
 * the sum of theirs. Power spectra add up over chains before the one transform back. */
static void extend_by_spectrum(hbl_diagnose_workspace *w)
{
    const size_t n = w->half, n_fft = w->n_fft;

    memset(w->power, 0, sizeof *w->power * n_fft);
    for (size_t c = 0; c < w->n_split; c += 2) {
        const double *a = w->series + c * w->stride, *b = a + w->stride;

        memset(w->fft, 0, sizeof *w->fft * 2 * n_fft);
        for (size_t i = 0; i < n; i++) {
            w->fft[2 * i] = a[i];
            w->fft[2 * i + 1] = b[i];
        }
        gsl_fft_complex_forward(w->fft, 1, n_fft, w->wavetable, w->scratch);
        for (size_t k = 0; k < n_fft; k++)
            w->power[k] += w->fft[2 * k] * w->fft[2 * k] + w->fft[2 * k + 1] * w->fft[2 * k + 1];
    }
    for (size_t k = 0; k < n_fft; k++) {
        w->fft[2 * k] = w->power[k];
        w->fft[2 * k + 1] = 0;
    }
    gsl_fft_complex_forward(w->fft, 1, n_fft, w->wavetable, w->scratch);
    for (size_t t = w->n_autocovariance; t < n; t++)
        w->autocovariance[t] = w->fft[2 * t] / ((double)n_fft * (double)w->n_series);
    w->n_autocovariance = n;
}

double hbl_series_autocovariance(hbl_diagnose_workspace *w, size_t lag)
{
    while (lag >= w->n_autocovariance) {
        if (w->n_autocovariance < HBL_DIRECT_LAGS)
            extend_directly(w);
        else
            extend_by_spectrum(w);
    }
    return w->autocovariance[lag];
}
