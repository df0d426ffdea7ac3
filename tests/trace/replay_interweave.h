/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Replay of the move of v = (mu, L, Delta, alpha), z_n = L^-1 (theta_n - Delta'w_n - mu) held, or
 * of alpha alone: the gradients that the sampler writes against differences of the density, then
 * the proposal from gradient, factor and normals, the log ratio with both proposal densities, and
 * the decision.
 */
#ifndef HBL_TESTS_REPLAY_INTERWEAVE_H
#define HBL_TESTS_REPLAY_INTERWEAVE_H

#include <float.h>

#include "trace/replay.h"

typedef struct {
    size_t n;
    size_t row[REPLAY_ENTRIES], column[REPLAY_ENTRIES];
    enum { ENTRY_MU, ENTRY_L, ENTRY_DELTA, ENTRY_ALPHA } kind[REPLAY_ENTRIES];
    real z[PLAIN_N][PLAIN_K];
} entries;

static inline void add_entry(entries *e, int kind, size_t row, size_t column)
{
    e->kind[e->n] = kind;
    e->row[e->n] = row;
    e->column[e->n++] = column;
}

/* mu, the lower triangle of L by rows without what is 0 between blocks, Delta by coefficients,
 * alpha. */
static inline void list_entries(const replay *r, entries *e)
{
    const plain_problem *w = &r->w;

    e->n = 0;
    for (size_t i = 0; r->interweave && i < w->K; i++)
        add_entry(e, ENTRY_MU, i, 0);
    for (size_t i = 0; r->interweave && i < w->K; i++)
        for (size_t j = 0; j <= i; j++)
            if (w->model->block_of[i] == w->model->block_of[j])
                add_entry(e, ENTRY_L, i, j);
    for (size_t i = 0; r->interweave && i < w->K; i++)
        for (size_t q = 0; q < w->Q; q++)
            add_entry(e, ENTRY_DELTA, i, q);
    for (size_t f = 0; f < w->F; f++)
        add_entry(e, ENTRY_ALPHA, f, 0);
    for (size_t n = 0; n < w->N; n++)
        plain_whiten(w, &r->s, n, e->z[n]);
}

static inline real *entry_in(const replay *r, const entries *e, size_t i, plain_state *s)
{
    if (e->kind[i] == ENTRY_MU)
        return &s->mu[e->row[i]];
    if (e->kind[i] == ENTRY_L)
        return &s->L[e->row[i] * r->w.K + e->column[i]];
    if (e->kind[i] == ENTRY_DELTA)
        return &s->delta[e->column[i] * r->w.K + e->row[i]];
    return &s->alpha[e->row[i]];
}

/* The state at v. */
static inline void state_at(const replay *r, const entries *e, const real *v, plain_state *s)
{
    const size_t K = r->w.K;

    *s = r->s;
    for (size_t i = 0; i < e->n; i++)
        *entry_in(r, e, i, s) = v[i];
    for (size_t n = 0; n < r->w.N && r->interweave; n++)
        for (size_t i = 0; i < K; i++) {
            s->theta[n][i] = s->mu[i];
            for (size_t j = 0; j <= i; j++)
                s->theta[n][i] += s->L[i * K + j] * e->z[n][j];
        }
}

/* ln p(v, choices | z) up to a constant, and what of it is the log-likelihood */
static inline real log_density_at(const replay *r, const entries *e, const real *v,
                                  real *log_likelihood)
{
    plain_state s;

    state_at(r, e, v, &s);
    *log_likelihood = plain_log_likelihood(&r->w, &s);
    return plain_log_prior(&r->w, &s) + plain_log_jacobian(&r->w, s.L) + *log_likelihood;
}

/* Whether long double is longer than double, which it is neither everywhere nor under valgrind. */
static inline bool is_long(void)
{
    const volatile real one = 1;
    return one + 1e-18L != one;
}

static inline void check_gradient(const replay *r, const cJSON *line, const char *field,
                                  const entries *e, const real *v, real *gradient)
{
    replay_field(line, field, e->n, gradient);
    for (size_t i = 0; i < e->n; i++) {
        const real h = is_long() ? 1e-6L * (1e-3L + fabsl(v[i])) : 1e-5L * (0.1L + fabsl(v[i]));
        real at[REPLAY_ENTRIES], up, down, unused, rounding;
        memcpy(at, v, e->n * sizeof *v);
        at[i] = v[i] + h;
        up = log_density_at(r, e, at, &unused);
        at[i] = v[i] - h;
        down = log_density_at(r, e, at, &unused);
        /* where Omega is near singular the density is so large that its last digits tell */
        rounding = 8 * LDBL_EPSILON * fabsl(up) / h / (1 + fabsl(gradient[i]));
        replay_near(r, field, gradient[i], (up - down) / (2 * h),
                    fmax(is_long() ? 1e-6 : 1e-5, r->tolerance_gradient) + (double)rounding);
    }
}

/* v' = v + R^-T (s R^-1 G + sqrt(s (2 - s)) e) */
static inline void langevin(size_t d, const real *R, const real *v, const real *gradient, real s,
                            const real *normals, real *to)
{
    real x[REPLAY_ENTRIES];

    plain_forward(d, R, gradient, x);
    for (size_t i = 0; i < d; i++)
        x[i] = s * x[i] + sqrtl(s * (2 - s)) * normals[i];
    plain_backward(d, R, x, x);
    for (size_t i = 0; i < d; i++)
        to[i] = v[i] + x[i];
}

/* ln q(to | from) up to a constant, by the normals that lead there. */
static inline real log_proposal(size_t d, const real *R, const real *from, const real *gradient,
                                real s, const real *to)
{
    real drift[REPLAY_ENTRIES], total = 0;

    plain_forward(d, R, gradient, drift);
    for (size_t i = 0; i < d; i++) {
        real x = -s * drift[i]; /* R'(to - from) - s R^-1 G */
        for (size_t j = i; j < d; j++)
            x += R[j * d + i] * (to[j] - from[j]);
        total -= x * x / (2 * s * (2 - s));
    }
    return total;
}

/* The proposal as written, entry by entry, against to. */
static inline void check_proposal(const replay *r, const cJSON *line, const entries *e, real *to)
{
    plain_state s = r->s;

    replay_field(line, "mu_proposal", r->w.K, s.mu);
    replay_field(line, "L_proposal", r->w.K * r->w.K, s.L);
    replay_field(line, "delta_proposal", r->w.Q * r->w.K, s.delta);
    replay_field(line, "alpha_proposal", r->w.F, s.alpha);
    for (size_t i = 0; i < e->n; i++) {
        const real value = *entry_in(r, e, i, &s);
        replay_near(r, "interweaving's proposal", value, to[i], 1e-9);
        to[i] = value;
    }
}

/* ln s, carried from the start and adapted in warm-up. */
static inline void check_interweave_step(replay *r, real s)
{
    if (r->sweep == 0)
        r->log_step_interweave = logl(0.5L);
    if (!isnan(r->log_step_interweave))
        replay_near(r, "interweaving's log step", logl(s), r->log_step_interweave,
                    r->tolerance_ratio);
    r->log_step_interweave = logl(s);
}

static inline void adapt_interweave_step(replay *r, real log_ratio)
{
    if (r->sweep < r->warmup)
        r->log_step_interweave =
            fminl(0, r->log_step_interweave +
                         replay_gain(r->sweep) * (fminl(1, expl(log_ratio)) - 0.65L));
}

static inline bool in_space(const replay *r, const entries *e, const real *v)
{
    for (size_t i = 0; i < e->n; i++)
        if (e->kind[i] == ENTRY_L && e->row[i] == e->column[i] && !(v[i] > 0))
            return false;
    (void)r;
    return true;
}

/* The log ratio at to; gradient is that at v. */
static inline real interweave_ratio(const replay *r, const cJSON *line, const entries *e,
                                    const real *R, real s, const real *v, const real *gradient,
                                    const real *to)
{
    real gradient_to[REPLAY_ENTRIES], log_likelihood, log_likelihood_to, log_ratio;

    if (!in_space(r, e, to))
        return -INFINITY;
    check_gradient(r, line, "gradient_proposal", e, to, gradient_to);
    log_ratio = -log_density_at(r, e, v, &log_likelihood);
    log_ratio += log_density_at(r, e, to, &log_likelihood_to);
    replay_near(r, "pooled loglik", replay_one(line, "loglik"), log_likelihood, r->tolerance_value);
    replay_near(r, "pooled loglik_proposal", replay_one(line, "loglik_proposal"), log_likelihood_to,
                r->tolerance_value);
    log_ratio += log_proposal(e->n, R, to, gradient_to, s, v);
    log_ratio -= log_proposal(e->n, R, v, gradient, s, to);
    replay_near(r, "interweaving's log_ratio", replay_one(line, "log_ratio"), log_ratio,
                r->tolerance_ratio);
    return log_ratio;
}

static inline void replay_interweave(replay *r, const cJSON *line)
{
    const real s = replay_one(line, "step_size");
    hbl_rng rng = hbl_rng_stream(r->seed, r->chain, HBL_STREAM_INTERWEAVE, 0, r->sweep);
    entries e;
    real v[REPLAY_ENTRIES], gradient[REPLAY_ENTRIES], normals[REPLAY_ENTRIES], to[REPLAY_ENTRIES];
    real R[REPLAY_ENTRIES * REPLAY_ENTRIES], log_ratio;
    plain_state proposal;

    list_entries(r, &e);
    for (size_t i = 0; i < e.n; i++)
        v[i] = *entry_in(r, &e, i, &r->s);
    replay_match(r, line, "v", e.n, v, 1e-9);
    check_interweave_step(r, s);
    check_gradient(r, line, "gradient", &e, v, gradient);
    replay_field(line, "normals", e.n, normals);
    for (size_t i = 0; i < e.n; i++)
        assert_true(normals[i] == hbl_rng_normal(&rng));
    replay_field(line, "factor", e.n * e.n, R);
    langevin(e.n, R, v, gradient, s, normals, to);
    check_proposal(r, line, &e, to);
    log_ratio = interweave_ratio(r, line, &e, R, s, v, gradient, to);
    if (replay_decision(r, line, hbl_rng_uniform(&rng), log_ratio)) {
        state_at(r, &e, to, &proposal);
        r->s = proposal;
        r->moves++;
    }
    adapt_interweave_step(r, log_ratio);
}

/* The move of every (row k of L, lambda_k) by (e^u, e^2u), z_n held, under Huang and Wand's prior.
 */
static inline void replay_scales(replay *r, const cJSON *line)
{
    static const double sizes[] = {0.2, 0.7, 2.5};
    const plain_problem *w = &r->w;
    hbl_rng rng = hbl_rng_stream(r->seed, r->chain, HBL_STREAM_INTERWEAVE, 1, r->sweep);
    const real size = sizes[(size_t)(3 * hbl_rng_uniform(&rng))];
    real normals[PLAIN_K], lambda[PLAIN_K], v[REPLAY_ENTRIES], log_ratio, likelihood;
    plain_state to = r->s, before;
    entries e;

    assert_true(w->prior->covariance == HBL_COVARIANCE_HUANG_WAND && r->interweave);
    assert_true(replay_one(line, "size") == size);
    list_entries(r, &e);
    replay_field(line, "normals", w->K, normals);
    replay_field(line, "lambda_proposal", w->K, lambda);
    log_ratio = -plain_log_prior(w, &r->s) - plain_log_jacobian(w, r->s.L);
    log_ratio -= likelihood = plain_log_likelihood(w, &r->s);
    replay_near(r, "loglik before scales", replay_one(line, "loglik"), likelihood,
                r->tolerance_value);
    for (size_t k = 0; k < w->K; k++) {
        const real u = size * normals[k];
        assert_true(normals[k] == hbl_rng_normal(&rng));
        for (size_t j = 0; j <= k; j++) {
            log_ratio += w->model->block_of[j] == w->model->block_of[k] ? u : 0;
            to.L[k * w->K + j] *= expl(u);
        }
        to.lambda[k] *= expl(2 * u);
        log_ratio += 2 * u;
        replay_near(r, "proposed lambda", lambda[k], to.lambda[k], 1e-9);
    }
    for (size_t i = 0; i < e.n; i++)
        v[i] = *entry_in(r, &e, i, &to);
    before = r->s;
    r->s = to; /* from which state_at takes lambda */
    state_at(r, &e, v, &to);
    r->s = to;
    log_ratio += plain_log_prior(w, &r->s) + plain_log_jacobian(w, r->s.L);
    log_ratio += likelihood = plain_log_likelihood(w, &r->s);
    replay_near(r, "loglik of scales", replay_one(line, "loglik_proposal"), likelihood,
                r->tolerance_value);
    if (!replay_decision(r, line, hbl_rng_uniform(&rng), log_ratio))
        r->s = before;
}

#endif
