/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same seed gives the same bytes: for any number of threads within a chain, for sweeps done in
 * one run or in several, traced or not; another seed or chain gives others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hb/chain.h"
#include "trace/survey.h"

/* More persons than fit a block, a chunk, or one round of the threads. */
enum { PERSONS = 600, K = 4, F = 1, SWEEPS = 90, WARMUP = 60, STATE = PERSONS * K + K + K * K + F };

static const char *const mixture[] = {"normal", "lognormal", "johnson-sb", "censored-normal"};
static const survey_shape shape = {.persons = PERSONS,
                                   .tasks_min = 1,
                                   .tasks_max = 6,
                                   .alternatives_min = 2,
                                   .alternatives_max = 4,
                                   .n_random = K,
                                   .n_fixed = F,
                                   .distribution = mixture,
                                   .size = 0.5,
                                   .seed = 3};

static survey made;

/* Everything a caller can see of a chain. */
typedef struct {
    double state[STATE + 3], moments[2 * PERSONS * K + 2 * PERSONS];
} view;

static void look(hbl_chain *chain, view *seen)
{
    const hbl_chain *const chains[] = {chain};
    hbl_person_moments *moments;
    hbl_error error = HBL_ERROR_INIT;
    hbl_draw draw;
    double *to = seen->state;

    hbl_chain_draw(chain, &draw);
    hbl_chain_beta(chain, to);
    memcpy(to += PERSONS * K, draw.mu, K * sizeof(double));
    memcpy(to += K, draw.omega, K * K * sizeof(double));
    memcpy(to += K * K, draw.alpha, F * sizeof(double));
    to += F;
    *to++ = draw.log_likelihood, *to++ = draw.log_posterior, *to = draw.acceptance;
    assert_int_equal(hbl_person_moments_alloc(chains, 1, &moments, &error), HBL_OK);
    to = seen->moments;
    memcpy(to, moments->mean, PERSONS * K * sizeof(double));
    memcpy(to += PERSONS * K, moments->sd, PERSONS * K * sizeof(double));
    memcpy(to += PERSONS * K, moments->rlh, PERSONS * sizeof(double));
    memcpy(to += PERSONS, moments->acceptance, PERSONS * sizeof(double));
    hbl_person_moments_free(moments);
}

typedef struct {
    const char *kernel;
    hbl_precision precision;
    uint64_t seed;
    uint32_t chain;
    int threads;
    int stop;   /* looks, and goes on, after that many sweeps; 0: never */
    bool trace; /* to nowhere, in the last sweeps */
} setting;

static hbl_hb *problem_of(const setting *s)
{
    hbl_hb_settings settings;
    hbl_error error = HBL_ERROR_INIT;
    hbl_hb *hb;

    assert_int_equal(hbl_hb_settings_default(&settings, &error), HBL_OK);
    free(settings.kernel);
    settings.kernel = strdup(s->kernel);
    settings.warmup = WARMUP;
    settings.seed = s->seed;
    settings.precision = s->precision;
    if (hbl_hb_alloc(made.model, &settings, s->threads, &hb, &error))
        fail_msg("%s", error.message);
    hbl_hb_settings_clear(&settings);
    return hb;
}

static void run(const setting *s, view *seen)
{
    hbl_hb *hb = problem_of(s);
    hbl_error error = HBL_ERROR_INIT;
    hbl_chain *chain;
    FILE *nowhere = s->trace ? fopen("/dev/null", "w") : NULL;

    assert_int_equal(hbl_chain_alloc(hb, s->chain, s->threads, &chain, &error), HBL_OK);
    assert_int_equal(hbl_chain_start(chain, &error), HBL_OK);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        if (sweep == s->stop && s->stop)
            look(chain, seen);
        if (sweep == SWEEPS - 2)
            hbl_chain_trace(chain, nowhere);
        if (hbl_chain_sweep(chain, &error))
            fail_msg("%s", error.message);
        if (sweep >= WARMUP)
            hbl_chain_accumulate(chain);
    }
    look(chain, seen);
    hbl_chain_free(chain);
    hbl_hb_free(hb);
    if (nowhere)
        fclose(nowhere);
}

static const char *const kernels[] = {"hmc", "hessian", "random-walk"};

/* Compares bytes, so that even the sign of a zero or the bits of a NaN would tell. */
static void check_same(const setting *base, const setting *other, view *room)
{
    memset(room, 0, 2 * sizeof *room);
    run(base, &room[0]);
    run(other, &room[1]);
    if (memcmp(&room[0], &room[1], sizeof *room) != 0)
        fail_msg("%s, precision %d: %d threads, stop %d, trace %d differs", base->kernel,
                 (int)base->precision, other->threads, other->stop, other->trace);
}

static void test_threads(void **state)
{
    view *room = test_calloc(2, sizeof *room);

    (void)state;
    for (size_t k = 0; k < (getenv("HBLOGIT_VALGRIND") ? 1 : 3); k++) /* it is slow there */
        for (int threads = 2; threads <= 4; threads += 2) {
            const setting base = {.kernel = kernels[k], .seed = 5, .chain = 2, .threads = 1};
            setting other = base;
            other.threads = threads;
            check_same(&base, &other, room);
        }
    const setting base = {
        .kernel = "hmc", .precision = HBL_PRECISION_FLOAT, .seed = 5, .chain = 1, .threads = 1};
    setting other = base;
    other.threads = 4;
    check_same(&base, &other, room);
    test_free(room);
}

/* Two runs in a row, in the middle of warm-up or after it, equal one; so does a traced one. */
static void test_continuing(void **state)
{
    const setting base = {.kernel = "hmc", .seed = 5, .chain = 2, .threads = 1};
    view *room = test_calloc(2, sizeof *room);

    (void)state;
    for (int stop = 33; stop < SWEEPS; stop += 40) {
        setting other = base;
        other.stop = stop;
        check_same(&base, &other, room);
    }
    setting other = base;
    other.trace = true;
    other.threads = 2;
    check_same(&base, &other, room);
    test_free(room);
}

static void test_seeds(void **state)
{
    const setting base = {.kernel = "hmc", .seed = 5, .chain = 2, .threads = 1};
    setting other = base;
    view *room = test_calloc(3, sizeof *room);

    (void)state;
    run(&base, &room[0]);
    other.seed = 6;
    run(&other, &room[1]);
    other.seed = 5;
    other.chain = 5;
    run(&other, &room[2]);
    for (size_t i = 0; i < STATE; i++) { /* censored coefficients may all be 0 */
        if (i < PERSONS * K && i % K == K - 1)
            continue;
        assert_true(room[0].state[i] != room[1].state[i]);
        assert_true(room[0].state[i] != room[2].state[i]);
        assert_true(room[1].state[i] != room[2].state[i]);
    }
    test_free(room);
}

static int make_survey(void **state)
{
    (void)state;
    made = survey_make(&shape);
    return 0;
}

static int free_survey(void **state)
{
    (void)state;
    survey_free(&made);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_continuing),
        cmocka_unit_test(test_seeds),
    };
    return cmocka_run_group_tests(tests, make_survey, free_survey);
}
