/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Replay of theta_n's move: its random numbers, the momentum that hmc keeps, each kernel's proposal
 * from them, its log ratio, the decision, and the step sizes' adaptation.
 */
#ifndef HBL_TESTS_REPLAY_PERSON_H
#define HBL_TESTS_REPLAY_PERSON_H

#include "support/rng_lanes_plain.h"
#include "trace/replay.h"

typedef struct {
    size_t n;
    real theta[PLAIN_K], normals[PLAIN_K], step, factor[PLAIN_K * PLAIN_K]; /* W, lower */
    real proposal[PLAIN_K];                                                 /* as reckoned here */
    real momentum[PLAIN_K];                                                 /* at its end */
    real log_proposal_odds; /* ln q(theta | theta') - ln q(theta' | theta) */
} person_move;

static inline bool kernel_is(const replay *r, const char *name)
{
    return strcmp(r->kernel, name) == 0;
}

/* The jitter that all persons share in a sweep. */
static inline real sweep_jitter(const replay *r)
{
    hbl_rng rng = hbl_rng_stream(r->seed, r->chain, HBL_STREAM_SWEEP, 0, r->sweep);
    return 0.9L + 0.2L * hbl_rng_uniform(&rng);
}

/* -(theta - mu)' Omega^-1 (theta - mu) / 2 */
static inline real log_normal(const replay *r, const real *theta)
{
    real z[PLAIN_K], total = 0;

    for (size_t k = 0; k < r->w.K; k++)
        z[k] = theta[k] - r->s.mu[k];
    plain_forward(r->w.K, r->s.L, z, z);
    for (size_t k = 0; k < r->w.K; k++)
        total -= z[k] * z[k] / 2;
    return total;
}

/* The gradient of ll_n + log_normal. */
static inline void log_target_gradient(const replay *r, size_t n, const real *theta, real *gradient)
{
    const size_t K = r->w.K;
    real g[PLAIN_P], q[PLAIN_K];

    plain_person(&r->w, n, theta, r->s.delta, r->s.alpha, g, NULL);
    for (size_t k = 0; k < K; k++)
        q[k] = theta[k] - r->s.mu[k];
    plain_forward(K, r->s.L, q, q);
    plain_backward(K, r->s.L, q, q);
    for (size_t k = 0; k < K; k++)
        gradient[k] = g[k] - q[k];
}

/* p += e W (grad ln target at theta) */
static inline void kick(const replay *r, const person_move *move, const real *theta, real e,
                        real *p)
{
    const size_t K = r->w.K;
    real g[PLAIN_K];

    log_target_gradient(r, move->n, theta, g);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++)
            p[i] += e * move->factor[i * K + j] * g[j];
}

/* to = theta + e W'p */
static inline void drift(const replay *r, const person_move *move, const real *theta, real e,
                         const real *p, real *to)
{
    const size_t K = r->w.K;

    for (size_t j = 0; j < K; j++) {
        to[j] = theta[j];
        for (size_t i = j; i < K; i++)
            to[j] += e * move->factor[i * K + j] * p[i];
    }
}

/* c p + sqrt(1 - c^2) z of the momentum that the sweep before left, against the line's; the start
 * of the trajectory, and of what is carried on. */
static inline void replay_momentum(replay *r, const cJSON *line, const person_move *move)
{
    const real c = r->persistence;
    real *p = r->momentum[move->n];

    for (size_t k = 0; k < r->w.K; k++)
        p[k] = c * p[k] + sqrtl(1 - c * c) * move->normals[k];
    replay_match(r, line, "momentum", r->w.K, p, r->tolerance_gradient);
}

/* Three leapfrog steps, whose drifts are sin a where their kicks are tan(a / 2), a half of one at
 * either end; the odds of the momenta stand for those of the proposals. */
static inline void replay_hmc(const replay *r, person_move *move)
{
    const size_t K = r->w.K;
    const real *start = r->momentum[move->n];
    const real half = move->step / 2, along = sinl(2 * atanl(half));
    real *p = move->momentum, first[PLAIN_K], second[PLAIN_K];

    memcpy(p, start, K * sizeof *p);
    kick(r, move, move->theta, half, p);
    drift(r, move, move->theta, along, p, first);
    kick(r, move, first, 2 * half, p);
    drift(r, move, first, along, p, second);
    kick(r, move, second, 2 * half, p);
    drift(r, move, second, along, p, move->proposal);
    kick(r, move, move->proposal, half, p);
    move->log_proposal_odds = 0;
    for (size_t k = 0; k < K; k++)
        move->log_proposal_odds += (start[k] * start[k] - p[k] * p[k]) / 2;
}

static inline void replay_random_walk(const replay *r, person_move *move)
{
    const size_t K = r->w.K;

    for (size_t i = 0; i < K; i++) {
        move->proposal[i] = move->theta[i];
        for (size_t j = 0; j <= i; j++)
            move->proposal[i] += move->step * r->s.L[i * K + j] * move->normals[j];
    }
    move->log_proposal_odds = 0;
}

/* (W'W)^-1 - Omega^-1: the Hessian in the kernel's shape. */
static inline void shape_hessian(const replay *r, const person_move *move, real *hessian)
{
    const size_t K = r->w.K;
    real product[PLAIN_K * PLAIN_K], inverse[PLAIN_K * PLAIN_K], omega[PLAIN_K * PLAIN_K];

    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++) {
            product[i * K + j] = 0;
            for (size_t k = 0; k < K; k++)
                product[i * K + j] += move->factor[k * K + i] * move->factor[k * K + j];
        }
    plain_inverse(K, product, hessian);
    plain_square(K, r->s.L, omega);
    plain_inverse(K, omega, inverse);
    for (size_t e = 0; e < K * K; e++)
        hessian[e] -= inverse[e];
}

/* Newton's method on (1 - w) ll_n - w T_n / T (theta - theta_p)' H_p (theta - theta_p) / 2, w = .1:
 * the Hessian at its maximum. For normal coefficients, where the maximum is one. */
static inline void fractional_hessian(const replay *r, size_t n, real *hessian)
{
    const plain_problem *w = &r->w;
    const size_t K = w->K, P = w->P;
    const size_t *person_task = w->model->panel->person_task;
    const real weight =
        0.1L * (real)(person_task[n + 1] - person_task[n]) / (real)w->model->panel->n_tasks;
    real theta[PLAIN_K], alpha[PLAIN_F], gradient[PLAIN_P], full[PLAIN_P * PLAIN_P];
    real inverse[PLAIN_K * PLAIN_K];

    for (size_t k = 0; k < P; k++)
        *(k < K ? &theta[k] : &alpha[k - K]) = r->pooled->estimate[k];
    for (int iteration = 0; iteration < 50; iteration++) {
        plain_person(w, n, theta, NULL, alpha, gradient, full);
        for (size_t i = 0; i < K; i++) {
            gradient[i] *= 0.9L;
            for (size_t j = 0; j < K; j++) {
                const real pooled = weight * r->pooled->hessian[i * P + j];
                hessian[i * K + j] = 0.9L * full[i * P + j] + pooled;
                gradient[i] -= pooled * (theta[j] - r->pooled->estimate[j]);
            }
        }
        plain_inverse(K, hessian, inverse);
        for (size_t i = 0; i < K; i++)
            for (size_t j = 0; j < K; j++)
                theta[i] += inverse[i * K + j] * gradient[j];
    }
}

/* The hessian kernel's H_n is that of the fractional likelihood, and the same in every sweep. */
static inline void check_hessian_shape(replay *r, const person_move *move)
{
    const size_t K = r->w.K;
    real hessian[PLAIN_K * PLAIN_K], wanted[PLAIN_K * PLAIN_K];
    bool normal = true;

    for (size_t k = 0; k < K; k++)
        normal = normal && strcmp(r->w.model->mixing[k]->name, "normal") == 0;
    shape_hessian(r, move, hessian);
    if (!r->knows_curvature[move->n])
        memcpy(r->curvature[move->n], hessian, K * K * sizeof *hessian);
    if (!r->knows_curvature[move->n] && normal) {
        fractional_hessian(r, move->n, wanted);
        for (size_t e = 0; e < K * K; e++)
            replay_near(r, "fractional Hessian", hessian[e], wanted[e],
                        fmax(1e-6, r->tolerance_gradient));
    }
    for (size_t e = 0; e < K * K; e++)
        replay_near(r, "Hessian of the kernel", hessian[e], r->curvature[move->n][e], 1e-6);
    r->knows_curvature[move->n] = true;
}

/* At the start W_n'W_n = (H_n(theta_n) + Omega^-1)^-1. */
static inline void check_first_factor(const replay *r, const person_move *move)
{
    const size_t K = r->w.K, P = r->w.P;
    real hessian[PLAIN_K * PLAIN_K], gradient[PLAIN_P], wanted[PLAIN_P * PLAIN_P];

    shape_hessian(r, move, hessian);
    plain_person(&r->w, move->n, move->theta, r->s.delta, r->s.alpha, gradient, wanted);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++)
            replay_near(r, "Hessian of the first metric", hessian[i * K + j], wanted[i * P + j],
                        1e-6);
}

static inline void read_factor(const replay *r, const cJSON *line, person_move *move)
{
    const size_t K = r->w.K;
    real triangle[PLAIN_K * PLAIN_K];

    memset(move->factor, 0, sizeof move->factor);
    replay_field(line, "factor", kernel_is(r, "random-walk") ? 0 : K * (K + 1) / 2, triangle);
    for (size_t i = 0, e = 0; i < K && !kernel_is(r, "random-walk"); i++)
        for (size_t j = 0; j <= i; j++, e++)
            move->factor[i * K + j] = triangle[e];
}

/* log e_n: carried from the start and adapted in warm-up, where the lines have no gap. */
static inline void check_step(replay *r, const person_move *move)
{
    const real log_step = logl(move->step / sweep_jitter(r));
    real first = 0.5L;

    if (kernel_is(r, "random-walk"))
        first = 0.5L / sqrtl((real)r->w.K);
    if (kernel_is(r, "hessian"))
        first = 2.38L / sqrtl((real)r->w.K);
    if (r->sweep == 0)
        r->log_step[move->n] = logl(first);
    if (!isnan(r->log_step[move->n]))
        replay_near(r, "log step", log_step, r->log_step[move->n], r->tolerance_ratio);
    r->log_step[move->n] = log_step;
}

static inline void adapt_step(replay *r, size_t n, real log_ratio)
{
    const real target = kernel_is(r, "hmc") ? 0.9L : kernel_is(r, "hessian") ? 0.25L : 0.3L;
    const real largest = kernel_is(r, "hmc") ? 0.75L : 10;
    const real probability = isnan(log_ratio) ? 0 : fminl(1, expl(log_ratio));

    if (r->sweep < r->warmup)
        r->log_step[n] =
            fminl(logl(largest), r->log_step[n] + replay_gain(r->sweep) * (probability - target));
}

/* The uniform and the normals, from the stream of (seed, chain, person, sweep). */
static inline real redraw(const replay *r, const cJSON *line, person_move *move)
{
    const stream_key key = {r->seed, r->chain, move->n, r->sweep};
    pcg from = pcg_of(&key);
    const real uniform = cell_centre(pcg_next(&from));
    real pair[2];

    replay_field(line, "normals", r->w.K, move->normals);
    for (size_t k = 0; k < r->w.K; k++) {
        if (k % 2 == 0) {
            const uint64_t radius = pcg_next(&from);
            box_muller(radius, pcg_next(&from), pair);
        }
        replay_near(r, "normals", move->normals[k], pair[k % 2], 1e-14);
    }
    return uniform;
}

static inline void replay_propose(replay *r, const cJSON *line, person_move *move)
{
    assert_true(kernel_is(r, "hmc") || replay_length(line, "momentum") == 0);
    if (kernel_is(r, "random-walk")) {
        replay_random_walk(r, move);
    } else if (kernel_is(r, "hessian")) {
        check_hessian_shape(r, move);
        drift(r, move, move->theta, move->step, move->normals, move->proposal);
        move->log_proposal_odds = 0;
    } else {
        if (r->sweep == 0)
            check_first_factor(r, move);
        replay_momentum(r, line, move);
        replay_hmc(r, move);
    }
}

static inline void replay_person(replay *r, const cJSON *line)
{
    const size_t K = r->w.K;
    const cJSON *person = cJSON_GetObjectItemCaseSensitive(line, "person");
    person_move move = {.n = (size_t)person->valuedouble};
    real uniform, log_likelihood, log_likelihood_new, log_ratio, proposal[PLAIN_K];

    assert_true(move.n < r->w.N);
    replay_match(r, line, "theta", K, r->s.theta[move.n], 1e-9);
    memcpy(move.theta, r->s.theta[move.n], sizeof move.theta);
    move.step = replay_one(line, "step_size");
    read_factor(r, line, &move);
    uniform = redraw(r, line, &move);
    check_step(r, &move);
    replay_propose(r, line, &move);

    replay_field(line, "proposal", K, proposal);
    for (size_t k = 0; k < K; k++)
        replay_near(r, "proposal", proposal[k], move.proposal[k], r->tolerance_gradient);
    log_likelihood = plain_person(&r->w, move.n, move.theta, r->s.delta, r->s.alpha, NULL, NULL);
    log_likelihood_new =
        plain_person(&r->w, move.n, move.proposal, r->s.delta, r->s.alpha, NULL, NULL);
    replay_near(r, "loglik", replay_one(line, "loglik"), log_likelihood, r->tolerance_value);
    replay_near(r, "loglik_proposal", replay_one(line, "loglik_proposal"), log_likelihood_new,
                fmax(r->tolerance_value, r->tolerance_gradient));
    log_ratio = log_likelihood_new - log_likelihood + log_normal(r, move.proposal) -
                log_normal(r, move.theta) + move.log_proposal_odds;
    replay_near(r, "log_ratio", replay_one(line, "log_ratio"), log_ratio, r->tolerance_ratio);

    r->decisions++;
    if (replay_decision(r, line, uniform, log_ratio)) {
        r->accepted++;
        memcpy(r->s.theta[move.n], proposal, sizeof proposal);
        memcpy(r->momentum[move.n], move.momentum, sizeof move.momentum);
    } else {
        for (size_t k = 0; k < K; k++)
            r->momentum[move.n][k] = -r->momentum[move.n][k];
    }
    adapt_step(r, move.n, log_ratio);
}

#endif
