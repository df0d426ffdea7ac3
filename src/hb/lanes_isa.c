/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiled once for each instruction set. Every function walks the block one machine vector of
 * lanes at a time, so that accumulators stay in registers.
 */
#include "hb/lanes.h"

#include <math.h>

#include "hb/by_size.h"

static vec square_root(vec x)
{
    for (int l = 0; l < WIDTH; l++)
        x[l] = sqrt(x[l]);
    return x;
}

static void quadratic(size_t K, const double *restrict mu, const double *restrict precision,
                      const double *restrict theta, double *restrict out)
{
    FOR_VECTORS (v) {
        vec total = {0};
        for (size_t i = 0; i < K; i++) {
            vec sum = {0};
            for (size_t j = 0; j < K; j++)
                sum += precision[i * K + j] * (AT(theta, j, v) - mu[j]);
            total += (AT(theta, i, v) - mu[i]) * sum;
        }
        SET(out, 0, v) = total;
    }
}

/* Vector v of K rows of lanes, gathered in x. */
INLINE void load_rows(size_t K, const double *from, size_t v, vec *x)
{
    for (size_t k = 0; k < K; k++)
        x[k] = AT(from, k, v);
}

static void whiten(size_t K, const double *restrict w, const double *restrict from,
                   double *restrict out)
{
    vec *const x = ROOM(K);

    FOR_VECTORS (v) {
        load_rows(K, from, v, x);
        for (size_t i = 0; i < K; i++)
            SET(out, i, v) = factor_row(w, v, i, x);
    }
}

static void drift(size_t K, const double *restrict w, const double *restrict p,
                  const double *restrict step, double *restrict theta)
{
    vec *const x = ROOM(K);

    FOR_VECTORS (v) {
        load_rows(K, p, v, x);
        for (size_t j = 0; j < K; j++)
            SET(theta, j, v) += AT(step, 0, v) * factor_column(K, w, v, j, x);
    }
}

static void add_lower(size_t K, const double *restrict l, const double *restrict x,
                      const double *restrict step, double *restrict theta)
{
    FOR_VECTORS (v) {
        for (size_t i = 0; i < K; i++) {
            vec sum = {0};
            for (size_t j = 0; j <= i; j++)
                sum += l[i * K + j] * AT(x, j, v);
            SET(theta, i, v) += AT(step, 0, v) * sum;
        }
    }
}

INLINE void affine_of(size_t K, const double *restrict t, const double *restrict mu_from,
                      const double *restrict mu_to, const double *restrict theta,
                      double *restrict out)
{
    FOR_VECTORS (v) {
        UNROLLED (i, K) {
            vec sum = {0};
            UNROLLED (j, i + 1)
                sum += t[i * K + j] * (AT(theta, j, v) - mu_from[j]);
            SET(out, i, v) = sum + mu_to[i];
        }
    }
}

static void affine(size_t K, const double *t, const double *mu_from, const double *mu_to,
                   const double *theta, double *out)
{
    BY_SIZE(affine_of, K, t, mu_from, mu_to, theta, out);
}

/* The sum of a vector's elements, by halves. */
static double sum_of(vec x)
{
    for (int half = WIDTH / 2; half > 0; half /= 2)
        for (int l = 0; l < half; l++)
            x[l] += x[l + half];
    return x[0];
}

/* The truth of a comparison as 1 or 0. */
static vec truth(bits holds)
{
    const vec one = (vec){0} + 1;
    return (vec)(holds & (bits)one);
}

/* By Taylor's series 1 + x + x^2 / 2 + x^3 / 6 <= e^x for every x, and e^-x is at least the sum of
 * its first five terms where x < 0: mostly no logarithm is needed. The margin covers rounding. */
static void decide(const double *restrict valid, const double *restrict log_likelihood,
                   const double *restrict log_ratio, const double *restrict uniform,
                   double *restrict accepted, double *restrict counts)
{
    const double margin = 1 + 0x1p-50;
    _Alignas(sizeof(vec)) double unsure[HBL_LANES];
    vec *const count = (vec *)counts;
    vec all_unsure = {0};

    FOR_VECTORS (v) {
        const vec x = AT(log_ratio, 0, v), u = AT(uniform, 0, v), ll = AT(log_likelihood, 0, v);
        const bits sound = (bits)(x == x) & (bits)(ll - ll == 0) & (bits)(AT(valid, 0, v) > 0);
        const bits below = sound & (bits)(u * margin < 1 + x * (1 + x * (0.5 + x * (1. / 6))));
        const vec above = 1 - x * (1 - x * (0.5 - x * (1. / 6 - x * (1. / 24))));
        SET(accepted, 0, v) = truth(below);
        SET(unsure, 0, v) = truth(sound & ~below & (bits)(u * above < margin));
        all_unsure += AT(unsure, 0, v);
        count[1] += AT(valid, 0, v);
        count[2] += AT(valid, 0, v) - truth(sound);
    }
    if (sum_of(all_unsure) > 0)
        for (size_t l = 0; l < HBL_LANES; l++)
            if (unsure[l] > 0)
                accepted[l] = log(uniform[l]) < log_ratio[l];
    FOR_VECTORS (v)
        count[0] += AT(accepted, 0, v);
}

/* Cholesky's recurrence for R into w, then forward substitution row by row, in place:
 * W_ij = -(sum_{j<=k<i} R_ik W_kj) / R_ii, W_ii = 1 / R_ii. */
static void inverse_factor(size_t K, const double *restrict a, double *restrict w)
{
    FOR_VECTORS (v) {
        for (size_t i = 0; i < K; i++) {
            for (size_t j = 0; j <= i; j++) {
                vec sum = AT(a, HBL_TRIANGLE(i) + j, v);
                for (size_t k = 0; k < j; k++)
                    sum -= AT(w, HBL_TRIANGLE(i) + k, v) * AT(w, HBL_TRIANGLE(j) + k, v);
                SET(w, HBL_TRIANGLE(i) + j, v) =
                    i == j ? 1.0 / square_root(sum) : sum * AT(w, HBL_TRIANGLE(j) + j, v);
            }
        }
        for (size_t i = 0; i < K; i++) {
            const vec inverse = AT(w, HBL_TRIANGLE(i) + i, v);
            for (size_t j = 0; j < i; j++) {
                vec sum = {0};
                for (size_t k = j; k < i; k++)
                    sum += AT(w, HBL_TRIANGLE(i) + k, v) * AT(w, HBL_TRIANGLE(k) + j, v);
                SET(w, HBL_TRIANGLE(i) + j, v) = -inverse * sum;
            }
        }
    }
}

static void select(size_t rows, const double *restrict mask, const double *restrict from,
                   double *restrict to)
{
    FOR_VECTORS (v) {
        const vec zero = {0};
        const bits chosen = (bits)(AT(mask, 0, v) != zero);
        for (size_t k = 0; k < rows; k++)
            SET(to, k, v) = (vec)((chosen & (bits)AT(from, k, v)) | (~chosen & (bits)AT(to, k, v)));
    }
}

static void select_or_negate(size_t K, const double *restrict mask, const double *restrict from,
                             double *restrict to)
{
    FOR_VECTORS (v) {
        const vec zero = {0};
        const bits chosen = (bits)(AT(mask, 0, v) != zero);
        for (size_t k = 0; k < K; k++)
            SET(to, k, v) =
                (vec)((chosen & (bits)AT(from, k, v)) | (~chosen & (bits)-AT(to, k, v)));
    }
}

static void scale(double a, const double *restrict x, double *restrict out)
{
    FOR_VECTORS (v)
        SET(out, 0, v) = a * AT(x, 0, v);
}

static void add(const double *restrict x, double *restrict to)
{
    FOR_VECTORS (v)
        SET(to, 0, v) += AT(x, 0, v);
}

static void divide(const double *restrict a, const double *restrict b, double *restrict out)
{
    FOR_VECTORS (v)
        SET(out, 0, v) = AT(a, 0, v) / AT(b, 0, v);
}

static void accumulate(size_t rows, double share, const double *restrict value,
                       double *restrict mean, double *restrict m2)
{
    for (size_t e = 0; e < rows * VECTORS; e++) {
        const vec x = ((const vec *)value)[e], difference = x - ((vec *)mean)[e];
        ((vec *)mean)[e] += share * difference;
        if (m2)
            ((vec *)m2)[e] += difference * (x - ((vec *)mean)[e]);
    }
}

static void deviations(size_t K, const double *restrict mu, const double *restrict valid,
                       const double *restrict theta, double *restrict d)
{
    for (size_t k = 0; k < K; k++)
        FOR_VECTORS (v)
            SET(d, k, v) = (AT(theta, k, v) - mu[k]) * AT(valid, 0, v);
}

INLINE void spread_of(size_t K, const hbl_moment_layout *layout, const double *restrict deviation,
                      double *restrict partial)
{
    vec *d = (vec *)partial + layout->d, *dd = (vec *)partial + layout->dd;

    UNROLLED (i, K) {
        vec sum = {0};
        FOR_VECTORS (v)
            sum += AT(deviation, i, v);
        d[i] += sum;
        UNROLLED (j, i + 1) {
            vec product = {0};
            FOR_VECTORS (v)
                product += AT(deviation, i, v) * AT(deviation, j, v);
            dd[HBL_TRIANGLE(i) + j] += product;
        }
    }
}

static void spread(const hbl_moment_layout *layout, const double *deviation, double *partial)
{
    BY_SIZE(spread_of, layout->n_random, layout, deviation, partial);
}

INLINE void slopes_of(size_t K, const hbl_moment_layout *layout,
                      const double *restrict log_likelihood, const double *restrict gradient,
                      const double *restrict deviation, double *restrict partial)
{
    vec *ll = (vec *)partial + layout->ll;
    vec *g = (vec *)partial + layout->g, *gd = (vec *)partial + layout->gd;

    FOR_VECTORS (v)
        *ll += AT(log_likelihood, 0, v);
    for (size_t i = 0; i < layout->n_columns; i++)
        FOR_VECTORS (v)
            g[i] += AT(gradient, i, v);
    UNROLLED (i, K) {
        UNROLLED (j, i + 1) {
            vec product = {0};
            FOR_VECTORS (v)
                product += AT(gradient, i, v) * AT(deviation, j, v);
            gd[HBL_TRIANGLE(i) + j] += product;
        }
    }
}

static void slopes(const hbl_moment_layout *layout, const double *log_likelihood,
                   const double *gradient, const double *deviation, double *partial)
{
    BY_SIZE(slopes_of, layout->n_random, layout, log_likelihood, gradient, deviation, partial);
}

static void cross(const hbl_moment_layout *layout, const double *restrict w,
                  const double *restrict value, size_t at, double *restrict partial)
{
    const size_t K = layout->n_random;

    for (size_t q = 0; q < layout->n_covariates; q++)
        for (size_t k = 0; k < K; k++) {
            vec sum = {0};
            FOR_VECTORS (v)
                sum += AT(w, q, v) * AT(value, k, v);
            ((vec *)partial)[at + q * K + k] += sum;
        }
}

static void shift(size_t Q, size_t K, const double *restrict w, const double *restrict delta,
                  double sign, double *restrict out)
{
    for (size_t q = 0; q < Q; q++)
        for (size_t k = 0; k < K; k++)
            FOR_VECTORS (v)
                SET(out, k, v) += sign * delta[q * K + k] * AT(w, q, v);
}

static void total(size_t pieces, size_t n, const double *restrict partial, double *restrict sums)
{
    for (size_t i = 0; i < n; i++) {
        vec sum = {0};
        for (size_t piece = 0; piece < pieces; piece++)
            sum += ((const vec *)partial)[piece * n + i];
        sums[i] = sum_of(sum);
    }
}

static void pooled(size_t n, const size_t *restrict row, const double *const *restrict factor,
                   const double *restrict hessian, double *restrict sums)
{
    for (size_t e = 0; e < n; e++)
        for (size_t f = 0; f <= e; f++) {
            const size_t i = row[e] > row[f] ? row[e] : row[f];
            const size_t j = row[e] > row[f] ? row[f] : row[e];
            vec sum = {0};
            FOR_VECTORS (v)
                sum +=
                    AT(factor[e], 0, v) * AT(factor[f], 0, v) * AT(hessian, HBL_TRIANGLE(i) + j, v);
            sums[e * n + f] += sum_of(sum);
        }
}

extern const hbl_lanes PASTE(hbl_lanes_, HBL_ISA);
const hbl_lanes PASTE(hbl_lanes_, HBL_ISA) = {
    .quadratic = quadratic,
    .whiten = whiten,
    .drift = drift,
    .add_lower = add_lower,
    .affine = affine,
    .decide = decide,
    .inverse_factor = inverse_factor,
    .select = select,
    .select_or_negate = select_or_negate,
    .scale = scale,
    .add = add,
    .divide = divide,
    .accumulate = accumulate,
    .deviations = deviations,
    .spread = spread,
    .slopes = slopes,
    .cross = cross,
    .shift = shift,
    .total = total,
    .pooled = pooled,
    .fold = WIDTH,
};
