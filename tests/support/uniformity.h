/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Are ranks uniform on 0..m-1? Two tests of counts[m]: Neyman's smooth test, strong against shifts
 * and changes of spread, for the exact tests; and the simultaneous bands of the empirical
 * distribution function of Sailynoja, Buerkner and Vehtari (2022, Statistics and Computing 32:32),
 * for calibration.
 */
#ifndef TESTS_SUPPORT_UNIFORMITY_H
#define TESTS_SUPPORT_UNIFORMITY_H

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

/* ---- Neyman's smooth test ---- */

enum { UNIFORMITY_COMPONENTS = 4 };

/* The polynomial of the given degree, orthonormal over 0..m-1 under the uniform distribution, at
 * all of 0..m-1 (discrete Legendre or Chebyshev polynomials), by Gram and Schmidt. */
static inline void uniformity_polynomials(size_t m, double *phi)
{
    for (size_t c = 0; c <= UNIFORMITY_COMPONENTS; c++) {
        double *p = phi + c * m, norm = 0;

        for (size_t i = 0; i < m; i++)
            p[i] = pow(2 * ((double)i + 0.5) / (double)m - 1, (double)c);
        for (size_t b = 0; b < c; b++) {
            double product = 0;
            for (size_t i = 0; i < m; i++)
                product += p[i] * phi[b * m + i] / (double)m;
            for (size_t i = 0; i < m; i++)
                p[i] -= product * phi[b * m + i];
        }
        for (size_t i = 0; i < m; i++)
            norm += p[i] * p[i] / (double)m;
        for (size_t i = 0; i < m; i++)
            p[i] /= sqrt(norm);
    }
}

/* sum_c (n^-1/2 sum_ranks phi_c(rank))^2, chi-squared with UNIFORMITY_COMPONENTS degrees of freedom
 * where ranks are uniform. Returns the probability of as much or more. */
static inline double uniformity_smooth(size_t m, const size_t *counts)
{
    double *phi = malloc((UNIFORMITY_COMPONENTS + 1) * m * sizeof *phi);
    double statistic = 0, n = 0;

    if (!phi)
        return 0;
    uniformity_polynomials(m, phi);
    for (size_t i = 0; i < m; i++)
        n += (double)counts[i];
    for (size_t c = 1; c <= UNIFORMITY_COMPONENTS; c++) {
        double sum = 0;
        for (size_t i = 0; i < m; i++)
            sum += phi[c * m + i] * (double)counts[i];
        statistic += sum * sum / n;
    }
    free(phi);
    return gsl_cdf_chisq_Q(statistic, UNIFORMITY_COMPONENTS);
}

/* ---- bands of the distribution function ---- */

/* At z_j = j/m, j = 1..m-1, n F(z_j) = #{rank < j} is binomial. The pointwise band of level gamma
 * leaves out what has a tail of probability gamma/2 or less on its side. */
static inline double uniformity_tail(unsigned count, double z, unsigned n)
{
    const double below = gsl_cdf_binomial_P(count, z, n);
    const double above = count == 0 ? 1 : gsl_cdf_binomial_Q(count - 1, z, n);
    return 2 * fmin(below, above);
}

/* The least of those levels over all z_j: the band that the counts just leave. */
static inline double uniformity_level(size_t m, const size_t *counts)
{
    unsigned n = 0, below = 0;
    double gamma = 1;

    for (size_t i = 0; i < m; i++)
        n += (unsigned)counts[i];
    for (size_t j = 1; j < m; j++) {
        below += (unsigned)counts[j - 1];
        gamma = fmin(gamma, uniformity_tail(below, (double)j / (double)m, n));
    }
    return gamma;
}

/* Least and greatest count at z that stay within: tails > gamma, up to rounding. */
static inline void uniformity_band(double z, unsigned n, double gamma, unsigned *low,
                                   unsigned *high)
{
    const double limit = gamma * (1 + 1e-9);
    unsigned centre = (unsigned)(z * n);

    *low = *high = centre;
    while (*low > 0 && uniformity_tail(*low - 1, z, n) > limit)
        (*low)--;
    while (*high < n && uniformity_tail(*high + 1, z, n) > limit)
        (*high)++;
}

/* P(n uniform ranks leave the band of pointwise level gamma somewhere), exactly: the counts at
 * z_1, z_2, ... are a Markov chain, count_j+1 - count_j binomial of n - count_j with probability
 * 1/(m - j) (the paper's algorithm 2). What falls outside is added up, so that small
 * probabilities keep their digits. */
static inline double uniformity_exit_probability(size_t m, unsigned n, double gamma)
{
    double *p = calloc(n + 1, sizeof *p), *next = calloc(n + 1, sizeof *next), out = 0;
    unsigned low = 0, high = 0;

    if (!p || !next) {
        free(p);
        free(next);
        return 0;
    }
    p[0] = 1;
    for (size_t j = 1; j < m; j++) {
        const double share = 1 / (double)(m - j + 1);
        unsigned to_low, to_high;

        uniformity_band((double)j / (double)m, n, gamma, &to_low, &to_high);
        memset(next, 0, (n + 1) * sizeof *next);
        for (unsigned i = low; i <= high; i++) {
            if (to_low > i)
                out += p[i] * gsl_cdf_binomial_P(to_low - i - 1, share, n - i);
            if (to_high < n)
                out += p[i] * (to_high < i ? 1 : gsl_cdf_binomial_Q(to_high - i, share, n - i));
            for (unsigned k = to_low > i ? to_low : i; k <= to_high; k++)
                next[k] += p[i] * gsl_ran_binomial_pdf(k - i, share, n - i);
        }
        memcpy(p, next, (n + 1) * sizeof *p);
        low = to_low;
        high = to_high;
    }
    free(p);
    free(next);
    return out;
}

/* The probability that uniform ranks come as near to leaving the bands as these, or nearer. */
static inline double uniformity_bands(size_t m, const size_t *counts)
{
    unsigned n = 0;

    for (size_t i = 0; i < m; i++)
        n += (unsigned)counts[i];
    return fmin(1, uniformity_exit_probability(m, n, uniformity_level(m, counts)));
}

/* The pointwise level of the bands that uniform ranks leave with the given probability: by
 * bisection on its logarithm. */
static inline double uniformity_adjusted_level(size_t m, unsigned n, double probability)
{
    double low = log(probability / (double)(4 * m)), high = log(probability);

    for (int i = 0; i < 30; i++) {
        const double middle = 0.5 * (low + high);
        if (uniformity_exit_probability(m, n, exp(middle)) > probability)
            high = middle;
        else
            low = middle;
    }
    return exp(low);
}

/* The largest |F(z) - z| over the half-width of the bands of pointwise level gamma at z: above 1
 * where the function leaves them. */
static inline double uniformity_excursion(size_t m, const size_t *counts, double gamma)
{
    unsigned n = 0, below = 0;
    double worst = 0;

    for (size_t i = 0; i < m; i++)
        n += (unsigned)counts[i];
    for (size_t j = 1; j < m; j++) {
        const double z = (double)j / (double)m;
        unsigned low, high;

        below += (unsigned)counts[j - 1];
        uniformity_band(z, n, gamma, &low, &high);
        if (below > z * n)
            worst = fmax(worst, (below - z * n) / (high - z * n + 0.5));
        else
            worst = fmax(worst, (z * n - below) / (z * n - low + 0.5));
    }
    return worst;
}

#endif
