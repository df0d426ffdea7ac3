/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiled once for each instruction set. Every function walks the block one machine vector of
 * lanes at a time, so that accumulators stay in registers.
 */
#include "hb/lanes.h"

#include <math.h>

#define MOST_UNROLLED 12
#include "likelihood/vectors.h"

static vec square_root(vec x)
{
    for (int l = 0; l < WIDTH; l++)
        x[l] = sqrt(x[l]);
    return x;
}

/* The functions that every step of a trajectory calls are compiled once for each K up to 12,
 * straight code with the sums in registers. */
#define CASE(function, k, ...)                                                                     \
    case k:                                                                                        \
        function(k, __VA_ARGS__);                                                                  \
        break;
#if defined ANY_NUMBER_ONLY
#define BY_SIZE(function, K, ...) function(K, __VA_ARGS__)
#else
#define BY_SIZE(function, K, ...)                                                                  \
    switch (K) {                                                                                   \
        CASE(function, 1, __VA_ARGS__)                                                             \
        CASE(function, 2, __VA_ARGS__)                                                             \
        CASE(function, 3, __VA_ARGS__)                                                             \
        CASE(function, 4, __VA_ARGS__)                                                             \
        CASE(function, 5, __VA_ARGS__)                                                             \
        CASE(function, 6, __VA_ARGS__)                                                             \
        CASE(function, 7, __VA_ARGS__)                                                             \
        CASE(function, 8, __VA_ARGS__)                                                             \
        CASE(function, 9, __VA_ARGS__)                                                             \
        CASE(function, 10, __VA_ARGS__)                                                            \
        CASE(function, 11, __VA_ARGS__)                                                            \
        CASE(function, 12, __VA_ARGS__)                                                            \
    default:                                                                                       \
        function(K, __VA_ARGS__);                                                                  \
    }                                                                                              \
    (void)0
#endif

INLINE void normal_of(size_t K, const double *restrict mu, const double *restrict precision,
                      const double *restrict theta, const double *restrict g, double *restrict d,
                      double *restrict force, double *restrict quadratic)
{
    FOR_VECTORS (v) {
        vec total = {0};
        UNROLLED (k, K)
            SET(d, k, v) = AT(theta, k, v) - mu[k];
        UNROLLED (i, K) {
            vec sum = {0};
            UNROLLED (j, K)
                sum += precision[i * K + j] * AT(d, j, v);
            SET(force, i, v) = AT(g, i, v) - sum;
            total += AT(d, i, v) * sum;
        }
        SET(quadratic, 0, v) = total;
    }
}

static void normal(size_t K, const double *mu, const double *precision, const double *theta,
                   const double *g, double *d, double *force, double *quadratic)
{
    BY_SIZE(normal_of, K, mu, precision, theta, g, d, force, quadratic);
}

INLINE void kick_of(size_t K, const double *restrict w, const double *restrict force,
                    const double *restrict step, double *restrict p)
{
    FOR_VECTORS (v) {
        UNROLLED (i, K) {
            vec sum = {0};
            UNROLLED (j, i + 1)
                sum += AT(w, HBL_TRIANGLE(i) + j, v) * AT(force, j, v);
            SET(p, i, v) += AT(step, 0, v) * sum;
        }
    }
}

static void kick(size_t K, const double *w, const double *force, const double *step, double *p)
{
    BY_SIZE(kick_of, K, w, force, step, p);
}

INLINE void drift_of(size_t K, const double *restrict w, const double *restrict p,
                     const double *restrict step, double *restrict theta)
{
    FOR_VECTORS (v) {
        UNROLLED (j, K) {
            vec sum = {0};
            UNROLLED (m, K - j)
                sum += AT(w, HBL_TRIANGLE(j + m) + j, v) * AT(p, j + m, v);
            SET(theta, j, v) += AT(step, 0, v) * sum;
        }
    }
}

static void drift(size_t K, const double *w, const double *p, const double *step, double *theta)
{
    BY_SIZE(drift_of, K, w, p, step, theta);
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

static void square(size_t K, const double *restrict x, double *restrict out)
{
    FOR_VECTORS (v) {
        vec sum = {0};
        for (size_t k = 0; k < K; k++)
            sum += AT(x, k, v) * AT(x, k, v);
        SET(out, 0, v) = sum;
    }
}

/* e^x lies between 1 + x and, for x <= 0, 1 / (1 - x + x^2 / 2): mostly no logarithm is needed. */
static void decide(const double *restrict valid, const double *restrict log_likelihood,
                   const double *restrict log_ratio, const double *restrict uniform,
                   double *restrict accepted, double *restrict counts)
{
    double unsure[HBL_LANES], n_unsure = 0, n_accepted = 0, tried = 0, failed = 0;

    for (size_t l = 0; l < HBL_LANES; l++) {
        const double x = log_ratio[l], u = uniform[l];
        const double sound = x == x && fabs(log_likelihood[l]) < INFINITY ? valid[l] : 0;
        const double below = u < 1 + x ? sound : 0;
        accepted[l] = below;
        unsure[l] = u * (1 - x + 0.5 * x * x) < 1 ? sound - below : 0;
        n_unsure += unsure[l];
        tried += valid[l];
        failed += valid[l] - sound;
    }
    for (size_t l = 0; n_unsure > 0 && l < HBL_LANES; l++)
        if (unsure[l] > 0)
            accepted[l] = log(uniform[l]) < log_ratio[l];
    for (size_t l = 0; l < HBL_LANES; l++)
        n_accepted += accepted[l];
    counts[0] += n_accepted;
    counts[1] += tried;
    counts[2] += failed;
}

static void refresh(size_t K, double keep, const double *restrict noise, double *restrict to)
{
    const double fresh = sqrt(1 - keep * keep);

    for (size_t e = 0; e < K * VECTORS; e++)
        ((vec *)to)[e] = keep * ((vec *)to)[e] + fresh * ((const vec *)noise)[e];
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

static void accumulate(size_t rows, double share, const double *restrict value,
                       double *restrict mean, double *restrict m2)
{
    for (size_t e = 0; e < rows * VECTORS; e++) {
        const vec x = ((const vec *)value)[e], difference = x - ((vec *)mean)[e];
        ((vec *)mean)[e] += share * difference;
        ((vec *)m2)[e] += difference * (x - ((vec *)mean)[e]);
    }
}

INLINE void moments_of(size_t K, const hbl_moment_layout *layout, const double *restrict mu,
                       const double *restrict valid, const double *restrict theta,
                       const double *restrict gradient, double *restrict deviation,
                       double *restrict partial)
{
    vec *d = (vec *)partial + layout->d, *dd = (vec *)partial + layout->dd;
    vec *g = (vec *)partial + layout->g, *gd = (vec *)partial + layout->gd;

    UNROLLED (i, K) {
        vec sum = {0}, slope = {0};
        FOR_VECTORS (v) {
            SET(deviation, i, v) = (AT(theta, i, v) - mu[i]) * AT(valid, 0, v);
            sum += AT(deviation, i, v);
            slope += AT(gradient, i, v);
        }
        d[i] += sum;
        g[i] += slope;
    }
    UNROLLED (i, K) {
        UNROLLED (j, i + 1) {
            vec square_sum = {0}, product_sum = {0};
            FOR_VECTORS (v) {
                square_sum += AT(deviation, i, v) * AT(deviation, j, v);
                product_sum += AT(gradient, i, v) * AT(deviation, j, v);
            }
            dd[HBL_TRIANGLE(i) + j] += square_sum;
            gd[HBL_TRIANGLE(i) + j] += product_sum;
        }
    }
    for (size_t i = K; i < layout->n_columns; i++) {
        vec sum = {0};
        FOR_VECTORS (v)
            sum += AT(gradient, i, v);
        g[i] += sum;
    }
}

static void moments(const hbl_moment_layout *layout, const double *mu, const double *valid,
                    const double *theta, const double *gradient, double *deviation, double *partial)
{
    BY_SIZE(moments_of, layout->n_random, layout, mu, valid, theta, gradient, deviation, partial);
}

static void cross(const hbl_moment_layout *layout, const double *restrict mu,
                  const double *restrict w, const double *restrict theta,
                  const double *restrict gradient, double *restrict partial)
{
    const size_t K = layout->n_random;
    vec *wd = (vec *)partial + layout->wd, *wg = (vec *)partial + layout->wg;

    for (size_t q = 0; q < layout->n_covariates; q++)
        for (size_t k = 0; k < K; k++) {
            vec deviation = {0}, slope = {0};
            FOR_VECTORS (v) {
                deviation += AT(w, q, v) * (AT(theta, k, v) - mu[k]);
                slope += AT(w, q, v) * AT(gradient, k, v);
            }
            wd[q * K + k] += deviation;
            wg[q * K + k] += slope;
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
        sums[i] = 0;
        for (int l = 0; l < WIDTH; l++)
            sums[i] += sum[l];
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
            for (int l = 0; l < WIDTH; l++)
                sums[e * n + f] += sum[l];
        }
}

extern const hbl_lanes PASTE(hbl_lanes_, HBL_ISA);
const hbl_lanes PASTE(hbl_lanes_, HBL_ISA) = {
    .normal = normal,
    .kick = kick,
    .drift = drift,
    .add_lower = add_lower,
    .affine = affine,
    .square = square,
    .decide = decide,
    .refresh = refresh,
    .inverse_factor = inverse_factor,
    .select = select,
    .select_or_negate = select_or_negate,
    .accumulate = accumulate,
    .moments = moments,
    .cross = cross,
    .shift = shift,
    .total = total,
    .pooled = pooled,
    .fold = WIDTH,
};
