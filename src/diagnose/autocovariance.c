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

enum { LAGS_AT_ONCE = 16 }; /* four vectors of four */

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

/* Of doubles, wherever they lie. */
typedef double four
    __attribute__((vector_size(4 * sizeof(double)), aligned(sizeof(double)), may_alias));

static inline __attribute__((always_inline)) void add_products(const double *x, size_t n,
                                                               size_t first, double *sum)
{
    four *const to = (four *)sum;
    four a = to[0], b = to[1], c = to[2], d = to[3];

    for (size_t i = 0; i + first < n; i++) {
        const four here = {x[i], x[i], x[i], x[i]};
        const four *const ahead = (const four *)(x + i + first);

        a += here * ahead[0];
        b += here * ahead[1];
        c += here * ahead[2];
        d += here * ahead[3];
    }
    to[0] = a;
    to[1] = b;
    to[2] = c;
    to[3] = d;
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void add_products_avx2(const double *x, size_t n,
                                                              size_t first, double *sum)
{
    add_products(x, n, first, sum);
}
#endif

/* One chain's sums for lags first .. first + LAGS_AT_ONCE - 1. The zeros behind the chain make it a
 * loop without ends, in which the lags go side by side through the vector units: each has a sum of
 * its own, the same however many go at once. */
static void add_lags(const double *x, size_t n, size_t first, double *sum)
{
#ifdef __x86_64__
    if (hbl_isa_best() >= HBL_ISA_AVX2)
        add_products_avx2(x, n, first, sum);
    else
#endif
        add_products(x, n, first, sum);
}

static void extend_directly(hbl_diagnose_workspace *w)
{
    const size_t first = w->n_autocovariance;
    double sum[LAGS_AT_ONCE] = {0};

    for (size_t c = 0; c < w->n_split; c++)
        add_lags(w->series + c * w->stride, w->half, first, sum);
    for (size_t t = 0; t < LAGS_AT_ONCE && first + t < w->half; t++)
        w->autocovariance[first + t] = sum[t] / (double)w->n_series;
    w->n_autocovariance += LAGS_AT_ONCE;
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
