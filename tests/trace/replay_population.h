/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Replay of the draw of (mu, Omega) from the persons: sums taken about the origin, the conditional
 * inverse Wishart by Bartlett's decomposition, independent or over-relaxed innovations, and Huang
 * and Wand's lambda.
 */
#ifndef HBL_TESTS_REPLAY_POPULATION_H
#define HBL_TESTS_REPLAY_POPULATION_H

#include "trace/replay.h"

typedef struct {
    hbl_rng rng;
    real rho; /* 0: independent */
    real drawn[PLAIN_K * PLAIN_K + 4 * PLAIN_K];
    size_t n_drawn, next;
} innovations;

/* The next number that the sampler says it drew, which must be the one drawn here. */
static inline real next_drawn(const replay *r, innovations *in, real here)
{
    assert_true(in->next < in->n_drawn);
    replay_near(r, "drawn", in->drawn[in->next], here, 1e-10);
    return in->drawn[in->next++];
}

/* x' = -rho x + sqrt(1 - rho^2) e */
static inline real relaxed(const replay *r, innovations *in, real x)
{
    const real e = next_drawn(r, in, hbl_rng_normal(&in->rng));
    return -in->rho * x + sqrtl(1 - in->rho * in->rho) * e;
}

/* u^2 ~ chi^2(v): anew, or a reflected move of the Wilson-Hilferty score w, accepted with the ratio
 * of the densities of u, ln f(u) = (v - 1) ln u - u^2 / 2, times the odds of the proposals, which
 * are those of w under N(0, 1), times |du / dw|. */
static inline real relaxed_chi(const replay *r, innovations *in, real u, real v)
{
    const real mean = 1 - 2 / (9 * v), sd = sqrtl(2 / (9 * v));
    real w, w_new, t, u_new, log_ratio, uniform;

    if (in->rho <= 0)
        return sqrtl(next_drawn(r, in, hbl_rng_chi_squared(&in->rng, (double)v)));
    w = (powl(u, 2.0L / 3) * powl(v, -1.0L / 3) - mean) / sd;
    w_new = relaxed(r, in, w);
    t = mean + sd * w_new;
    u_new = t > 0 ? sqrtl(v) * powl(t, 1.5L) : NAN;
    log_ratio = (v - 1) * logl(u_new / u) - (u_new * u_new - u * u) / 2 +
                (w_new * w_new - w * w) / 2 + logl(u_new / u) / 3;
    uniform = next_drawn(r, in, hbl_rng_uniform(&in->rng));
    return logl(uniform) < log_ratio ? u_new : u;
}

/* L from the old L and the scale matrix of the conditional IW(df, scale): L = A B^-1, A A' = scale,
 * B lower: B = L_old^-1 A moved. Solved row by row from L B = A. */
static inline void relaxed_factor(const replay *r, innovations *in, size_t m, const real *scale,
                                  real df, real *L)
{
    real A[PLAIN_K * PLAIN_K], B[PLAIN_K * PLAIN_K] = {0};

    assert_true(plain_cholesky(m, scale, A));
    for (size_t j = 0; j < m; j++) { /* B's columns: L_old^-1 A_.j */
        real column[PLAIN_K];
        for (size_t i = 0; i < m; i++)
            column[i] = A[i * m + j];
        plain_forward(m, L, column, column);
        for (size_t i = j; i < m; i++)
            B[i * m + j] = column[i];
    }
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < i; j++)
            B[i * m + j] = relaxed(r, in, B[i * m + j]);
        B[i * m + i] = relaxed_chi(r, in, B[i * m + i], df - (real)m + 1 + (real)i);
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = m; j-- > 0;) {
            real sum = j <= i ? A[i * m + j] : 0;
            for (size_t k = j + 1; k <= i; k++)
                sum -= L[i * m + k] * B[k * m + j];
            L[i * m + j] = j <= i ? sum / B[j * m + j] : 0;
        }
}

/* A covariance block cut out of the state. */
typedef struct {
    size_t m, index[PLAIN_K];
    real sum[PLAIN_K], square[PLAIN_K * PLAIN_K]; /* sum theta, sum theta theta' */
    real mu[PLAIN_K], L[PLAIN_K * PLAIN_K], df, V[PLAIN_K];
} cut;

static inline cut cut_out(const replay *r, size_t b)
{
    const plain_problem *w = &r->w;
    cut c = {.m = 0};

    c.m = plain_block(w, b, c.index);
    c.df = plain_df(w, c.m);
    for (size_t i = 0; i < c.m; i++) {
        c.mu[i] = r->s.mu[c.index[i]];
        c.V[i] = plain_scale(w, c.m, r->s.lambda[c.index[i]]);
        for (size_t n = 0; n < w->N; n++)
            c.sum[i] += r->s.theta[n][c.index[i]];
        for (size_t j = 0; j < c.m; j++) {
            c.L[i * c.m + j] = r->s.L[c.index[i] * w->K + c.index[j]];
            for (size_t n = 0; n < w->N; n++)
                c.square[i * c.m + j] += r->s.theta[n][c.index[i]] * r->s.theta[n][c.index[j]];
        }
    }
    return c;
}

/* Omega | theta ~ IW(df + N, V + sum theta theta' + a b b' - (N + a) m m'), m = (sum theta + a b) /
 * (N + a); mu | Omega, theta ~ N(m, Omega / (N + a)). */
static inline void replay_conjugate(const replay *r, innovations *in, cut *c)
{
    const real a = r->w.prior->mean_precision, b = r->w.prior->mean_location;
    const real total = (real)r->w.N + a;
    const size_t m = c->m;
    real mean[PLAIN_K], z[PLAIN_K], scale[PLAIN_K * PLAIN_K];

    for (size_t i = 0; i < m; i++) {
        mean[i] = (c->sum[i] + a * b) / total;
        z[i] = sqrtl(total) * (c->mu[i] - mean[i]);
    }
    plain_forward(m, c->L, z, z);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            scale[i * m + j] = c->square[i * m + j] + a * b * b - total * mean[i] * mean[j] +
                               (i == j ? c->V[i] : 0);
    relaxed_factor(r, in, m, scale, c->df + (real)r->w.N, c->L);
    for (size_t i = 0; i < m; i++)
        z[i] = relaxed(r, in, z[i]);
    for (size_t i = 0; i < m; i++) {
        c->mu[i] = mean[i];
        for (size_t j = 0; j <= i; j++)
            c->mu[i] += c->L[i * m + j] * z[j] / sqrtl(total);
    }
}

/* mu | Omega, theta ~ N(m, Q^-1), Q = N Omega^-1 + p I; Omega | mu, theta ~ IW(df + N, V + sum
 * (theta - mu)(theta - mu)'). Q = R R'; the innovation of mu is R'(mu - m). */
static inline void replay_alternating(const replay *r, innovations *in, cut *c)
{
    const hbl_prior *prior = r->w.prior;
    const real p = prior->mean == HBL_MEAN_NORMAL ? prior->mean_precision : 0, N = (real)r->w.N;
    const size_t m = c->m;
    real omega[PLAIN_K * PLAIN_K], Q[PLAIN_K * PLAIN_K], R[PLAIN_K * PLAIN_K];
    real right[PLAIN_K], mean[PLAIN_K], z[PLAIN_K], scale[PLAIN_K * PLAIN_K];

    plain_square(m, c->L, omega);
    plain_inverse(m, omega, Q);
    for (size_t i = 0; i < m; i++) {
        right[i] = p * prior->mean_location;
        for (size_t j = 0; j < m; j++) {
            right[i] += Q[i * m + j] * c->sum[j];
            Q[i * m + j] = N * Q[i * m + j] + (i == j ? p : 0);
        }
    }
    assert_true(plain_cholesky(m, Q, R));
    plain_forward(m, R, right, mean);
    plain_backward(m, R, mean, mean);
    for (size_t i = 0; i < m; i++) {
        z[i] = 0;
        for (size_t j = i; j < m; j++)
            z[i] += R[j * m + i] * (c->mu[j] - mean[j]);
        z[i] = relaxed(r, in, z[i]);
    }
    plain_backward(m, R, z, z);
    for (size_t i = 0; i < m; i++)
        c->mu[i] = mean[i] + z[i];
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            scale[i * m + j] = c->square[i * m + j] - c->sum[i] * c->mu[j] - c->mu[i] * c->sum[j] +
                               N * c->mu[i] * c->mu[j] + (i == j ? c->V[i] : 0);
    relaxed_factor(r, in, m, scale, c->df + N, c->L);
}

/* lambda_k | Omega ~ Gamma((df + m) / 2, df (Omega^-1)_kk + 1 / A^2) */
static inline void replay_lambda(replay *r, innovations *in)
{
    const plain_problem *w = &r->w;
    real omega[PLAIN_K * PLAIN_K], inverse[PLAIN_K * PLAIN_K];

    plain_square(w->K, r->s.L, omega);
    plain_inverse(w->K, omega, inverse);
    for (size_t k = 0; k < w->K; k++) {
        size_t index[PLAIN_K];
        const size_t m = plain_block(w, w->model->block_of[k], index);
        const real df = hbl_prior_df(w->prior, m), A = hbl_prior_scale(w->prior, m);
        const real rate = df * inverse[k * w->K + k] + 1 / (A * A);

        r->s.lambda[k] =
            next_drawn(r, in, hbl_rng_gamma(&in->rng, (double)(df + (real)m) / 2, (double)rate));
    }
}

static inline void replay_population(replay *r, const cJSON *line)
{
    const plain_problem *w = &r->w;
    innovations in = {.rng = hbl_rng_stream(r->seed, r->chain, HBL_STREAM_POPULATION, 0, r->sweep)};

    in.rho = replay_one(line, "over_relaxation");
    assert_true(in.rho == (r->sweep < 50 ? 0 : (real)r->over_relaxation));
    in.n_drawn = replay_length(line, "drawn");
    replay_field(line, "drawn", in.n_drawn, in.drawn);
    for (size_t b = 0; b < w->model->n_blocks; b++) {
        cut c = cut_out(r, b);
        if (w->prior->mean == HBL_MEAN_CONJUGATE)
            replay_conjugate(r, &in, &c);
        else
            replay_alternating(r, &in, &c);
        for (size_t i = 0; i < c.m; i++) {
            r->s.mu[c.index[i]] = c.mu[i];
            for (size_t j = 0; j < c.m; j++)
                r->s.L[c.index[i] * w->K + c.index[j]] = c.L[i * c.m + j];
        }
    }
    if (w->prior->covariance == HBL_COVARIANCE_HUANG_WAND)
        replay_lambda(r, &in);
    assert_int_equal(in.next, in.n_drawn);
    replay_match(r, line, "mu", w->K, r->s.mu, 1e-9);
    replay_match(r, line, "L", w->K * w->K, r->s.L, 1e-9);
    replay_match(r, line, "lambda", w->K, r->s.lambda, 1e-9);
}

/* The precision C of Delta given theta, mu and Omega, element (q, k) in row q K + k:
 * (sum w w') (x) Omega^-1 + p I; and C times the mean, sum w_n (Omega^-1 (theta_n - mu))'. */
static inline void slope_precision(const replay *r, real *C, real *right)
{
    const plain_problem *w = &r->w;
    const size_t K = w->K, Q = w->Q, n = Q * K;
    const real p = w->prior->mean == HBL_MEAN_FLAT ? 0 : w->prior->mean_precision;
    real omega[PLAIN_K * PLAIN_K], inverse[PLAIN_K * PLAIN_K];

    plain_square(K, r->s.L, omega);
    plain_inverse(K, omega, inverse);
    for (size_t i = 0; i < n; i++) {
        right[i] = 0;
        for (size_t j = 0; j < n; j++)
            C[i * n + j] = i == j ? p : 0;
    }
    for (size_t person = 0; person < w->N; person++) {
        const double *x = w->model->w + person * Q;
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < K; k++) {
                real deviation = r->s.theta[person][k] - r->s.mu[k];
                for (size_t q = 0; q < Q; q++) {
                    deviation += r->s.delta[q * K + k] * x[q];
                    C[i * n + q * K + k] += x[i / K] * x[q] * inverse[i % K * K + k];
                }
                right[i] += x[i / K] * inverse[i % K * K + k] * deviation;
            }
    }
}

/* Whatever the axes in which the innovations e are taken, Delta' = m - rho (Delta - m) +
 * sqrt(1 - rho^2) R^-T e with R R' = C, m the mean: the length of R'(Delta' - m + rho (Delta - m))
 * is that of sqrt(1 - rho^2) e. theta_n is held. */
static inline void replay_slopes(replay *r, const cJSON *line)
{
    const plain_problem *w = &r->w;
    const size_t n = w->Q * w->K;
    hbl_rng rng = hbl_rng_stream(r->seed, r->chain, HBL_STREAM_POPULATION, 1, r->sweep);
    const real rho = replay_one(line, "over_relaxation");
    real C[PLAIN_Q * PLAIN_K * PLAIN_Q * PLAIN_K], R[PLAIN_Q * PLAIN_K * PLAIN_Q * PLAIN_K];
    real mean[PLAIN_Q * PLAIN_K], e[PLAIN_Q * PLAIN_K], delta[PLAIN_Q * PLAIN_K];
    real drawn = 0, length = 0;

    assert_true(rho == (r->sweep < 50 ? 0 : (real)r->over_relaxation));
    replay_field(line, "drawn", n, e);
    replay_field(line, "delta", n, delta);
    slope_precision(r, C, mean);
    assert_true(plain_cholesky(n, C, R));
    plain_forward(n, R, mean, mean);
    plain_backward(n, R, mean, mean);
    for (size_t i = 0; i < n; i++) {
        real x = 0;
        assert_true(e[i] == hbl_rng_normal(&rng));
        drawn += (1 - rho * rho) * e[i] * e[i];
        for (size_t j = i; j < n; j++)
            x += R[j * n + i] * (delta[j] - mean[j] + rho * (r->s.delta[j] - mean[j]));
        length += x * x;
    }
    replay_near(r, "length of Delta's innovations", length, drawn, 1e-8);
    for (size_t person = 0; person < w->N; person++)
        for (size_t i = 0; i < n; i++)
            r->s.theta[person][i % w->K] -=
                (delta[i] - r->s.delta[i]) * w->model->w[person * w->Q + i / w->K];
    memcpy(r->s.delta, delta, sizeof delta);
}

#endif
