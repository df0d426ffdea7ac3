/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a block of persons does with its proposals: decisions against the logarithm, and what
 * becomes of state and momentum; on every instruction set.
 */
#include <float.h>

#include "unit/lanes_fixture.h"

/* ---- decisions ---- */

typedef struct {
    double *valid, *log_likelihood, *log_ratio, *uniform, *accepted;
    _Alignas(64) double counts[4 * HBL_MOST_FOLD]; /* beyond the third sum is none of theirs */
} block;

static block block_of(void)
{
    block b = {rows_of(1), rows_of(1), rows_of(1), rows_of(1), rows_of(1), {0}};

    for (size_t l = 0; l < L; l++) {
        b.valid[l] = 1;
        b.log_likelihood[l] = -3 + number();
        b.log_ratio[l] = 3 * number();
        b.uniform[l] = 0.5 + 0.499 * number();
    }
    return b;
}

static void block_free(block *b)
{
    free(b->valid), free(b->log_likelihood), free(b->log_ratio), free(b->uniform);
    free(b->accepted);
}

/* Decides, with rubbish in `accepted` before, and adds up anew what is counted. */
static void decide(const hbl_lanes *lanes, block *b)
{
    const size_t fold = lanes->fold;
    double accepted = 100, tried = 200, failed = 300, count[3];

    for (size_t l = 0; l < L; l++)
        b->accepted[l] = number();
    for (size_t i = 0; i < 4 * fold; i++)
        b->counts[i] = i % fold ? 0 : 100 * (double)(i / fold + 1);
    lanes->decide(b->valid, b->log_likelihood, b->log_ratio, b->uniform, b->accepted, b->counts);
    for (size_t l = 0; l < L; l++) {
        const bool is_valid = b->valid[l] > 0;
        const bool sound = !isnan(b->log_ratio[l]) && isfinite(b->log_likelihood[l]);
        const bool wanted = is_valid && sound && logl(b->uniform[l]) < (long double)b->log_ratio[l];
        if (b->accepted[l] != (wanted ? 1 : 0))
            fail_msg("lane %zu: ratio %.17g, uniform %.17g, log-likelihood %g, valid %g: %g", l,
                     b->log_ratio[l], b->uniform[l], b->log_likelihood[l], b->valid[l],
                     b->accepted[l]);
        accepted += wanted;
        tried += is_valid;
        failed += is_valid && !sound;
    }
    lanes->total(1, 3, b->counts, count);
    assert_true(count[0] == accepted && count[1] == tried && count[2] == failed);
    for (size_t f = 0; f < fold; f++)
        assert_true(b->counts[3 * fold + f] == (f ? 0 : 400));
}

/* Uniform numbers next to e^x, a little more than log's rounding away; and far away. */
static void check_near(const hbl_lanes *lanes, block *b, double x, size_t lane)
{
    const double edge = exp(x), slack = 4 * 0x1p-52 * (1 + fabs(x));
    const double factor[] = {1 - slack, 1 + slack, 1 - 1e-9, 1 + 1e-9, 0.999, 1.001, 0.5, 2};

    for (size_t f = 0; f < sizeof factor / sizeof *factor; f++) {
        const double u = edge * factor[f];
        b->log_ratio[lane] = x;
        b->uniform[lane] = u < 1 ? fmax(u, 0x1p-53) : 1 - 0x1p-53;
        decide(lanes, b);
        /* no rounding near the edge can excuse these */
        if (f >= 2 && u < 1 && u > 0x1p-53)
            assert_true(b->accepted[lane] == (factor[f] < 1 ? 1 : 0));
    }
}

static void check_edges(const hbl_lanes *lanes)
{
    static const double x[] = {-1e-300, -1e-15, -1e-9, -1e-6,  -1e-3, -0.01, -0.1, -0.5, -0.9, -1,
                               -1.1,    -1.5,   -2,    -3,     -5,    -10,   -20,  -36,  -40,  -700,
                               -1e10,   -1e200, 0,     1e-300, 1e-9,  0.5,   1,    3,    5,    800};
    block b = block_of();

    for (size_t i = 0; i < sizeof x / sizeof *x; i++)
        for (size_t lane = 0; lane < L; lane++)
            check_near(lanes, &b, x[i], lane);
    block_free(&b);
}

/* Many blocks of chance, with ratios of every size. */
static void check_chance(const hbl_lanes *lanes)
{
    block b = block_of();

    for (int round = 0; round < 2000; round++) {
        for (size_t l = 0; l < L; l++) {
            b.log_ratio[l] = (round % 2 ? 1 : 8) * number() - 1;
            b.uniform[l] = 0.5 + 0.4999999 * number();
            b.valid[l] = number() < 0.8;
        }
        decide(lanes, &b);
    }
    block_free(&b);
}

/* A ratio that is no number and a log-likelihood that is not finite are rejections, counted; of
 * padding nothing is. */
static void check_unsound(const hbl_lanes *lanes)
{
    static const double ratio[] = {NAN, INFINITY, -INFINITY, 0, 5, -5};
    static const double log_likelihood[] = {NAN, INFINITY, -INFINITY, -1, 0, -DBL_MAX};
    double count[3];

    for (int padded = 0; padded < 2; padded++)
        for (size_t lane = 0; lane < L; lane++)
            for (size_t i = 0; i < 36; i++) {
                block b = block_of();
                b.log_ratio[lane] = ratio[i / 6];
                b.log_likelihood[lane] = log_likelihood[i % 6];
                b.valid[lane] = !padded;
                decide(lanes, &b);
                lanes->total(1, 3, b.counts, count);
                assert_true(count[1] == 200 + L - padded);
                assert_true(count[2] == 300 + (!padded && (i / 6 == 0 || i % 6 < 3)));
                block_free(&b);
            }
}

/* ---- what follows ---- */

/* Chosen lanes copy, others turn round, bit by bit: what was not chosen may be NaN without a trace,
 * and a 0 changes sign too. */
static void check_select_or_negate(const hbl_lanes *lanes, size_t K)
{
    double *mask = rows_of(1), *from = rows_of(K), *to = rows_of(K), *old = rows_of(K);

    for (size_t l = 0; l < L; l++) {
        mask[l] = l % 3 == 0;
        for (size_t k = 0; k < K; k++)
            (mask[l] > 0 ? to : from)[k * L + l] = NAN;
    }
    to[1] = 0;
    memcpy(old, to, K * L * sizeof *to);
    lanes->select_or_negate(K, mask, from, to);
    for (size_t l = 0; l < L; l++)
        for (size_t k = 0; k < K; k++) {
            const size_t at = k * L + l;
            assert_true(to[at] == (mask[l] > 0 ? from[at] : -old[at]));
        }
    assert_true(signbit(to[1]));
    free(mask), free(from), free(to), free(old);
}

/* ---- on every instruction set ---- */

static void check_decide(const hbl_lanes *lanes)
{
    check_edges(lanes);
    check_chance(lanes);
    check_unsound(lanes);
}

static void check_momentum(const hbl_lanes *lanes)
{
    for (size_t s = 0; s < N_SIZES; s++)
        check_select_or_negate(lanes, sizes[s]);
}

static void test_decide(void **state)
{
    (void)state;
    check_on_every_isa(check_decide);
}

static void test_momentum(void **state)
{
    (void)state;
    check_on_every_isa(check_momentum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decide),
        cmocka_unit_test(test_momentum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
