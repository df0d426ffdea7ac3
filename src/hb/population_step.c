/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * mu, Omega | theta_1..N, Delta by conjugate draws, over-relaxed; theta less Delta'w throughout.
 *
 * Covariance block of m coefficients, Omega ~ IW(df, V). With N persons and A A' the matrix of the
 * conditional IW(df + N, A A'), Bartlett's decomposition gives the factor of a draw in one step:
 *
 *     L = A U^-T,  U upper triangular, U_ii^2 ~ chi^2(df + N - m + 1 + i) (i from 0), U_ij ~ N(0,
 * 1).
 *
 * Given theta, (U, z) are independent of one another and of everything else, so a move that leaves
 * their distributions invariant leaves the conditional invariant. The old ones are recovered from
 * the current state, U' = L^-1 A, and moved against themselves (Adler 1981): normals by
 * x' = -rho x + sqrt(1 - rho^2) e, the diagonal by the same on its Wilson-Hilferty score, corrected
 * by Metropolis-Hastings. rho = 0 gives the plain Gibbs draw.
 */
#include <math.h>

#include "core/fail.h"
#include "core/linalg.h"
#include "core/rng.h"
#include "hb/chain.h"

/* Sweeps at the start of a chain that draw independently: far from the posterior the old
 * innovations are no draws from their distribution, and moves against them would be refused. */
enum { INDEPENDENT_SWEEPS = 50 };

typedef struct {
    hbl_rng rng;
    double rho; /* over-relaxation, 0: independent draws */
    bool independent;
    hbl_count *count; /* of the corrected moves */
    double *drawn;    /* all that was random, in order, for the trace; NULL: none */
    size_t n_drawn;
} innovation;

static double drawn(innovation *move, double x)
{
    if (move->drawn)
        move->drawn[move->n_drawn++] = x;
    return x;
}

static double move_normal(innovation *move, double x)
{
    const double e = drawn(move, hbl_rng_normal(&move->rng));
    if (move->independent)
        return e;
    return -move->rho * x + sqrt(1 - move->rho * move->rho) * e;
}

/* u > 0 with u^2 ~ chi^2(v). t = (u^2 / v)^(1/3) has density proportional to
 * t^(3v/2 - 1) exp(-v t^3 / 2) and is nearly N(1 - 2/(9v), 2/(9v)) (Wilson and Hilferty 1931). */
static double move_chi(innovation *move, double u, double v)
{
    const double mean = 1 - 2 / (9 * v), sd = sqrt(2 / (9 * v));
    double t, w, t_new, w_new, log_ratio;

    if (move->independent)
        return sqrt(drawn(move, hbl_rng_chi_squared(&move->rng, v)));
    t = cbrt(u * u / v);
    w = (t - mean) / sd;
    w_new = move_normal(move, w);
    t_new = mean + sd * w_new;
    move->count->tried++;
    log_ratio = (1.5 * v - 1) * log(t_new / t) - 0.5 * v * (t_new * t_new * t_new - t * t * t) +
                0.5 * (w_new * w_new - w * w);
    if (!(log(drawn(move, hbl_rng_uniform(&move->rng))) < log_ratio)) /* NaN where t_new < 0 */
        return u;
    move->count->accepted++;
    return sqrt(v * t_new * t_new * t_new);
}

/* A covariance block's part of the state and room to work, all in the chain's scratch space. */
typedef struct {
    double *L, *A, *B, *inverse; /* m x m: factor, A, U', scratch */
    double *shift, *mean, *z;    /* m */
} block_draw;

static block_draw block_draw_in(double *scratch, size_t m)
{
    block_draw d;
    d.L = scratch;
    d.A = d.L + m * m;
    d.B = d.A + m * m;
    d.inverse = d.B + m * m;
    d.shift = d.inverse + m * m;
    d.mean = d.shift + m;
    d.z = d.mean + m;
    return d;
}

/* The block's sums about the chain's mu, as m x m: dd = sum d d'. */
static void gather(const hbl_chain *chain, const hbl_covariance *c, block_draw *d)
{
    const hbl_hb *hb = chain->hb;
    const double *moment = chain->sums.moment;

    for (size_t i = 0; i < c->size; i++)
        for (size_t j = 0; j <= i; j++) {
            const size_t row = c->index[i], column = c->index[j];
            d->A[i * c->size + j] = moment[hb->layout.dd + HBL_TRIANGLE(row) + column];
            d->L[i * c->size + j] = chain->L[row * hb->K + column];
        }
    for (size_t i = 0; i < c->size; i++)
        d->A[i * c->size + i] += hbl_prior_scale_of(hb, chain->lambda, c->index[i]);
}

/* L = A B^-1 with B = U' moved; A A' = d->A on entry, df that of the conditional. */
static int draw_factor(hbl_chain *chain, const hbl_covariance *c, double df, innovation *move,
                       block_draw *d, hbl_error *error)
{
    const size_t m = c->size;

    if (!hbl_cholesky(m, d->A, d->A))
        return hbl_fail(error, HBL_ERR_NUMERIC,
                        "chain %u, sweep %llu: the scale matrix of Omega's conditional "
                        "distribution is not positive definite",
                        chain->number, (unsigned long long)chain->sweep);
    hbl_lower_inverse(m, d->L, d->inverse);
    for (size_t i = 0; i < m; i++) /* B = L^-1 A */
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t k = j; k <= i; k++)
                sum += d->inverse[i * m + k] * d->A[k * m + j];
            d->B[i * m + j] = sum;
        }
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < i; j++)
            d->B[i * m + j] = move_normal(move, d->B[i * m + j]);
        d->B[i * m + i] = move_chi(move, d->B[i * m + i], df - (double)m + 1 + (double)i);
    }
    hbl_lower_inverse(m, d->B, d->inverse);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t k = j; k <= i; k++)
                sum += d->A[i * m + k] * d->inverse[k * m + j];
            d->L[i * m + j] = sum;
            chain->L[c->index[i] * chain->hb->K + c->index[j]] = sum;
        }
    return HBL_OK;
}

/* mu | Omega ~ N(b, Omega / a), a > 0: the joint draw of (mu, Omega). With n = N + a and m the mean
 * of theta shrunk to b: Omega | theta ~ IW(df + N, V + sum theta theta' + a b b' - n m m'),
 * mu | Omega, theta ~ N(m, Omega / n). All about the chain's mu, for the sake of rounding. */
static int draw_conjugate(hbl_chain *chain, const hbl_covariance *c, innovation *move,
                          block_draw *d, hbl_error *error)
{
    const hbl_hb *hb = chain->hb;
    const double a = hb->settings.prior.mean_precision, n = (double)hb->N + a;
    const size_t m = c->size;
    int status;

    gather(chain, c, d);
    for (size_t i = 0; i < m; i++) {
        d->shift[i] = hb->settings.prior.mean_location - chain->mu[c->index[i]];
        d->mean[i] = (chain->sums.moment[hb->layout.d + c->index[i]] + a * d->shift[i]) / n;
        d->z[i] = -sqrt(n) * d->mean[i]; /* sqrt(n) (mu_old - m), mu_old at the origin */
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++)
            d->A[i * m + j] += a * d->shift[i] * d->shift[j] - n * d->mean[i] * d->mean[j];
    hbl_lower_solve(m, d->L, d->z, d->z); /* the old innovations of mu, by the old factor */
    status = draw_factor(chain, c, hbl_prior_df_of(hb, c) + (double)hb->N, move, d, error);
    if (status)
        return status;
    for (size_t i = 0; i < m; i++)
        d->z[i] = move_normal(move, d->z[i]);
    hbl_lower_times(m, d->L, d->z, d->z);
    for (size_t i = 0; i < m; i++)
        chain->mu[c->index[i]] += d->mean[i] + d->z[i] / sqrt(n);
    return HBL_OK;
}

/* mu | Omega, theta ~ N(m, Q^-1), Q = N Omega^-1 + p I, Q m = Omega^-1 sum theta + p b (p = 0 for
 * the flat prior), about the chain's mu; then Omega | mu, theta ~ IW(df + N, V + sum d d'). */
static int draw_alternating(hbl_chain *chain, const hbl_covariance *c, innovation *move,
                            block_draw *d, hbl_error *error)
{
    const hbl_hb *hb = chain->hb;
    const hbl_prior *prior = &hb->settings.prior;
    const double p = prior->mean == HBL_MEAN_NORMAL ? prior->mean_precision : 0;
    const double N = (double)hb->N;
    const double *sum_d = chain->sums.moment + hb->layout.d;
    const size_t m = c->size;

    for (size_t i = 0; i < m; i++) {
        d->mean[i] = p * (prior->mean_location - chain->mu[c->index[i]]);
        for (size_t j = 0; j < m; j++) {
            const double precision = chain->precision[c->index[i] * hb->K + c->index[j]];
            d->B[i * m + j] = N * precision + (i == j ? p : 0);
            d->mean[i] += precision * sum_d[c->index[j]];
        }
    }
    if (!hbl_cholesky(m, d->B, d->B))
        return hbl_fail(error, HBL_ERR_NUMERIC,
                        "chain %u, sweep %llu: the precision of mu is not positive definite",
                        chain->number, (unsigned long long)chain->sweep);
    hbl_lower_solve(m, d->B, d->mean, d->mean); /* R^-1 Q m, so that mu = R^-T (that + z) */
    for (size_t i = 0; i < m; i++)
        d->z[i] = move_normal(move, -d->mean[i]) + d->mean[i];
    hbl_lower_transpose_solve(m, d->B, d->z, d->shift); /* mu_new - mu_old */

    gather(chain, c, d);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++)
            d->A[i * m + j] += N * d->shift[i] * d->shift[j] - d->shift[i] * sum_d[c->index[j]] -
                               sum_d[c->index[i]] * d->shift[j];
    for (size_t i = 0; i < m; i++)
        chain->mu[c->index[i]] += d->shift[i];
    return draw_factor(chain, c, hbl_prior_df_of(hb, c) + N, move, d, error);
}

/* Huang and Wand (2013): lambda_k | Omega ~ Gamma((df + m) / 2, rate df (Omega^-1)_kk + 1 / A^2).
 */
static void draw_lambda(hbl_chain *chain, innovation *move)
{
    const hbl_hb *hb = chain->hb;

    for (size_t k = 0; k < hb->K; k++) {
        const size_t m = hb->covariance[hb->covariance_of[k]].size;
        const double df = hbl_prior_df(&hb->settings.prior, m);
        const double A = hbl_prior_scale(&hb->settings.prior, m);
        const double rate = df * chain->precision[k * hb->K + k] + 1 / (A * A);
        chain->lambda[k] = drawn(move, hbl_rng_gamma(&move->rng, 0.5 * (df + (double)m), rate));
    }
}

/* Moves the sums to the new mu (sum w d' stays: sum w = 0) and takes sum_n |L^-1 (theta_n - mu)|^2
 * = tr(Omega^-1 sum d d'). */
static void recentre(hbl_chain *chain)
{
    const hbl_hb *hb = chain->hb;
    const size_t K = hb->K;
    double *moment = chain->sums.moment, *d = moment + hb->layout.d;

    chain->sum_z2 = 0;
    for (size_t i = 0; i < K; i++) {
        const double shift_i = chain->sums.centre[i] - chain->mu[i];
        for (size_t j = 0; j <= i; j++) {
            const double shift_j = chain->sums.centre[j] - chain->mu[j];
            double *dd = &moment[hb->layout.dd + HBL_TRIANGLE(i) + j];
            *dd += d[i] * shift_j + shift_i * d[j] + (double)hb->N * shift_i * shift_j;
            moment[hb->layout.gd + HBL_TRIANGLE(i) + j] += moment[hb->layout.g + i] * shift_j;
            chain->sum_z2 += (i == j ? 1 : 2) * chain->precision[i * K + j] * *dd;
        }
    }
    for (size_t i = 0; i < K; i++) {
        d[i] += (double)hb->N * (chain->sums.centre[i] - chain->mu[i]);
        chain->sums.centre[i] = chain->mu[i];
    }
}

static void trace_step(const hbl_chain *chain, const innovation *move)
{
    const size_t K = chain->hb->K;
    const double rho = move->independent ? 0 : move->rho;
    const hbl_trace_field field[] = {
        {"over_relaxation", &rho, 1, 1}, {"drawn", move->drawn, move->n_drawn, 1},
        {"mu", chain->mu, K, 1},         {"L", chain->L, K * K, 1},
        {"lambda", chain->lambda, K, 1},
    };
    hbl_trace(chain, "population", -1, field, sizeof field / sizeof *field);
}

double hbl_relaxation(const hbl_chain *chain)
{
    return chain->sweep < INDEPENDENT_SWEEPS ? 0 : chain->hb->settings.over_relaxation;
}

int hbl_population_step(hbl_chain *chain, hbl_error *error)
{
    const hbl_hb *hb = chain->hb;
    innovation move = {.rng = hbl_rng_stream(hb->settings.seed, chain->number,
                                             HBL_STREAM_POPULATION, 0, chain->sweep),
                       .rho = hb->settings.over_relaxation,
                       .independent = hbl_relaxation(chain) <= 0,
                       .count = &chain->population_count,
                       .drawn = chain->trace ? chain->drawn : NULL};
    int status = HBL_OK;

    for (size_t b = 0; b < hb->n_covariances && !status; b++) {
        const hbl_covariance *c = &hb->covariance[b];
        block_draw d = block_draw_in(chain->scratch, c->size);
        status = hb->settings.prior.mean == HBL_MEAN_CONJUGATE
                     ? draw_conjugate(chain, c, &move, &d, error)
                     : draw_alternating(chain, c, &move, &d, error);
    }
    if (status)
        return status;
    hbl_derive_from_factor(chain);
    if (hb->settings.prior.covariance == HBL_COVARIANCE_HUANG_WAND)
        draw_lambda(chain, &move);
    recentre(chain);
    if (chain->trace)
        trace_step(chain, &move);
    return HBL_OK;
}
