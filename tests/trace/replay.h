/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the replays of the steps share: the state carried from line to line, fields of a line, and
 * comparison. Everything the sampler writes is held against plain.h and against random numbers
 * drawn anew from the keyed streams.
 */
#ifndef HBL_TESTS_REPLAY_H
#define HBL_TESTS_REPLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "core/rng.h"
#include "hblogit/hb.h"
#include "trace/plain.h"

enum { REPLAY_ENTRIES = PLAIN_K + PLAIN_K * (PLAIN_K + 1) / 2 + PLAIN_Q * PLAIN_K + PLAIN_F };

typedef struct {
    char name[160]; /* of the configuration, for messages */
    plain_problem w;
    plain_state s; /* what the lines so far have made of the state */
    const char *kernel;
    const hbl_mnl *pooled;
    uint64_t seed, warmup, sweep;
    uint32_t chain;
    double over_relaxation, persistence;
    bool interweave;
    /* Relative: of log-likelihoods, of what follows from gradients, of log ratios. */
    double tolerance_value, tolerance_gradient, tolerance_ratio;
    real momentum[PLAIN_N][PLAIN_K]; /* that the sweep before left behind */
    /* carried adaptation: NaN where not known yet */
    real log_step[PLAIN_N], log_step_interweave;
    real curvature[PLAIN_N][PLAIN_K * PLAIN_K]; /* H_n of the hessian kernel */
    bool knows_curvature[PLAIN_N];
    size_t decisions, accepted, moves; /* seen so far: of persons, interweaving */
} replay;

/* value = wanted to that tolerance, relative to 1 + |wanted|. */
static inline void replay_near(const replay *r, const char *what, real value, real wanted,
                               double tolerance)
{
    if (fabsl(value - wanted) <= (real)tolerance * (1 + fabsl(wanted)))
        return;
    fail_msg("%s, sweep %llu: %s is %.17Lg, wanted %.17Lg", r->name, (unsigned long long)r->sweep,
             what, value, wanted);
}

static inline double replay_number(const cJSON *item)
{
    return cJSON_IsString(item) ? strtod(item->valuestring, NULL) : item->valuedouble;
}

static inline size_t replay_length(const cJSON *line, const char *field)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(line, field);

    assert_true(cJSON_IsArray(array));
    return (size_t)cJSON_GetArraySize(array);
}

/* The n numbers of a field. */
static inline void replay_field(const cJSON *line, const char *field, size_t n, real *out)
{
    const cJSON *item, *array = cJSON_GetObjectItemCaseSensitive(line, field);
    size_t i = 0;

    if (replay_length(line, field) != n)
        fail_msg("field %s has %zu numbers, wanted %zu", field, replay_length(line, field), n);
    cJSON_ArrayForEach(item, array) out[i++] = replay_number(item);
}

static inline real replay_one(const cJSON *line, const char *field)
{
    real value;

    replay_field(line, field, 1, &value);
    return value;
}

/* A field against the carried state, which then takes the sampler's digits. */
static inline void replay_match(const replay *r, const cJSON *line, const char *field, size_t n,
                                real *state, double tolerance)
{
    real value[PLAIN_P * PLAIN_P];

    replay_field(line, field, n, value);
    for (size_t i = 0; i < n; i++) {
        replay_near(r, field, value[i], state[i], tolerance);
        state[i] = value[i];
    }
}

static inline void replay_state(replay *r, const cJSON *line)
{
    replay_match(r, line, "mu", r->w.K, r->s.mu, 1e-9);
    replay_match(r, line, "L", r->w.K * r->w.K, r->s.L, 1e-9);
    replay_match(r, line, "delta", r->w.Q * r->w.K, r->s.delta, 1e-9);
    replay_match(r, line, "alpha", r->w.F, r->s.alpha, 1e-9);
    replay_match(r, line, "lambda", r->w.K, r->s.lambda, 1e-9);
}

/* Accepted exactly when ln(uniform) < the log ratio that was written, and the same by the one
 * reckoned here unless the two are too near for that. */
static inline bool replay_decision(replay *r, const cJSON *line, real uniform, real log_ratio)
{
    const real written = replay_one(line, "log_ratio");
    const bool accepted = replay_one(line, "accepted") > 0;
    const real close = (real)r->tolerance_ratio * (1 + fabsl(log_ratio));

    assert_true(replay_one(line, "uniform") == uniform);
    assert_int_equal(accepted, logl(uniform) < written);
    if (fabsl(logl(uniform) - log_ratio) > close)
        assert_int_equal(accepted, logl(uniform) < log_ratio);
    return accepted;
}

static inline real replay_gain(uint64_t sweep)
{
    return fmaxl(0.005L, 0.3L / powl(1 + 0.02L * (real)sweep, 0.7L));
}

#endif
