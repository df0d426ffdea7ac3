/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Distributions of the random numbers of a block of persons, within streams and between them. Seeds
 * are fixed, so a result never changes from run to run; each check is one that a right generator
 * would fail with a probability of about FALSE_ALARM under a seed drawn at random, 1.5e-4 for all
 * 1500 of them together. Only the widest instruction set: tests/unit/test_rng_lanes.c shows that
 * the others give the same numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng_lanes.h"

#define FALSE_ALARM 1e-7

enum { L = HBL_RNG_LANES };

#define assert_below(value, limit)                                                                 \
    do {                                                                                           \
        const double value_ = (value), limit_ = (limit);                                           \
        if (!(value_ < limit_))                                                                    \
            fail_msg("%s is %.10g, not below %.10g", #value, value_, limit_);                      \
    } while (0)

/* A standard normal score beyond this has probability FALSE_ALARM. */
static double z_limit(void)
{
    return gsl_cdf_ugaussian_Qinv(FALSE_ALARM / 2);
}

static double *alloc_numbers(size_t n)
{
    double *x = aligned_alloc(64, (n * sizeof *x + 63) / 64 * 64);
    assert_non_null(x);
    return x;
}

/* ---- samples ---- */

enum { SEED, CHAIN, PURPOSE, PERSON, SWEEP, WORDS };

/* The block of persons from key[PERSON] on. */
static void draw_block(const uint64_t key[WORDS], size_t K, double *normals, double *uniform)
{
    const hbl_rng_shared shared =
        hbl_rng_share(key[SEED], key[CHAIN], (hbl_stream)key[PURPOSE], key[SWEEP]);
    size_t person[L];

    for (size_t l = 0; l < L; l++)
        person[l] = (size_t)key[PERSON] + l;
    hbl_rng_lanes_best()->draw(&shared, person, K, normals, uniform);
}

/* Normals of one seed: by sweep, of 160 persons each, rows of 16. */
static void draw_sample(uint64_t seed, size_t blocks, size_t K, double *normals, double *uniform)
{
    for (size_t i = 0; i < blocks; i++, normals += K * L, uniform += L) {
        const uint64_t key[WORDS] = {seed, 1, HBL_STREAM_PERSON, i % 10 * L, i / 10};
        draw_block(key, K, normals, uniform);
    }
}

/* ---- checks of one distribution ---- */

/* Of n that fall into cells of equal probability. */
static void check_chi_squared(const double *count, size_t cells, double n)
{
    const double mean = n / (double)cells;
    double chi_squared = 0;

    for (size_t i = 0; i < cells; i++)
        chi_squared += (count[i] - mean) * (count[i] - mean) / mean;
    assert_below(FALSE_ALARM / 2, gsl_cdf_chisq_Q(chi_squared, (double)cells - 1));
    assert_below(FALSE_ALARM / 2, gsl_cdf_chisq_P(chi_squared, (double)cells - 1));
}

/* Uniform numbers, over 1024 cells. */
static void check_cells(const double *p, size_t n)
{
    enum { CELLS = 1024 };
    double count[CELLS] = {0};

    for (size_t i = 0; i < n; i++) {
        assert_true(p[i] >= 0 && p[i] <= 1);
        count[p[i] < 1 ? (int)(p[i] * CELLS) : CELLS - 1]++;
    }
    check_chi_squared(count, CELLS, (double)n);
}

/* Uniform numbers, which are sorted; also by Kolmogorov and Smirnov, where sqrt(n) D beyond c has
 * probability 2 exp(-2 c^2) for large n. */
static void check_uniform(double *p, size_t n)
{
    double d = 0;

    check_cells(p, n);
    gsl_sort(p, 1, n);
    for (size_t i = 0; i < n; i++)
        d = fmax(d, fmax(p[i] - (double)i / (double)n, (double)(i + 1) / (double)n - p[i]));
    assert_below(d * sqrt((double)n), sqrt(-log(FALSE_ALARM / 2) / 2));
}

/* The uniform numbers, and what stands in their lowest 42, 32, 22 and 10 bits of 52. */
static void test_uniform(void **unused)
{
    static const int shift[] = {0, 10, 20, 30};
    enum { BLOCKS = 40000, N = BLOCKS * L };
    double *u = alloc_numbers(N), *p = alloc_numbers(N);
    (void)unused;

    draw_sample(1, BLOCKS, 0, p, u);
    for (size_t s = 0; s < sizeof shift / sizeof *shift; s++) {
        for (size_t i = 0; i < N; i++)
            p[i] = fmod(ldexp(u[i], shift[s]), 1);
        check_uniform(p, N);
    }
    for (size_t i = 0; i < N; i++)
        p[i] = fmod(ldexp(u[i], 42), 1);
    check_cells(p, N);
    free(u);
    free(p);
}

static void test_normal_distribution(void **unused)
{
    enum { BLOCKS = 10000, K = 5, N = BLOCKS * K * L };
    double *x = alloc_numbers(N), *u = alloc_numbers(BLOCKS * L);
    (void)unused;

    draw_sample(2, BLOCKS, K, x, u);
    for (size_t i = 0; i < N; i++)
        x[i] = gsl_cdf_ugaussian_P(x[i]);
    check_uniform(x, N);
    free(x);
    free(u);
}

/* The number beyond a limit of that probability. */
static void check_count(unsigned count, double probability, unsigned n)
{
    assert_below(FALSE_ALARM / 2, gsl_cdf_binomial_P(count, probability, n));
    if (count)
        assert_below(FALSE_ALARM / 2, gsl_cdf_binomial_Q(count - 1, probability, n));
}

/* Moments to the 4th of 10^7 normals, whose errors are normal with the variances 1, 2, 15 and 96
 * over n, and the numbers beyond limits from 3 to 4.8916 (probability 1e-6 on both sides together),
 * above, below and together. */
static void test_moments_and_tails(void **unused)
{
    enum { BLOCKS = 62500, K = 10, ROWS = K * L, N = BLOCKS * ROWS, LIMITS = 6 };
    static const double limit[LIMITS] = {3, 3.5, 3.6541528853610088, 4, 4.4, 4.891638475699};
    static const double expected[4] = {0, 1, 0, 3}, variance[4] = {1, 2, 15, 96};
    double *x = alloc_numbers(N), *u = alloc_numbers(BLOCKS * L), sum[4] = {0};
    unsigned above[LIMITS] = {0}, below[LIMITS] = {0};
    (void)unused;

    draw_sample(3, BLOCKS, K, x, u);
    for (size_t i = 0; i < N; i++) {
        const double square = x[i] * x[i];
        sum[0] += x[i];
        sum[1] += square;
        sum[2] += square * x[i];
        sum[3] += square * square;
        for (size_t j = 0; j < LIMITS && fabs(x[i]) > limit[j]; j++)
            *(x[i] > 0 ? &above[j] : &below[j]) += 1;
    }
    for (int k = 0; k < 4; k++)
        assert_below(fabs(sum[k] / N - expected[k]) / sqrt(variance[k] / N), z_limit());
    for (int k = 0; k < LIMITS; k++) {
        const double probability = gsl_cdf_ugaussian_Q(limit[k]);
        check_count(above[k], probability, N);
        check_count(below[k], probability, N);
        check_count(above[k] + below[k], 2 * probability, N);
    }
    free(x);
    free(u);
}

/* Of a pair: exp(-r^2 / 2) is uniform, so is the angle, whatever r. */
static void test_radius_and_angle(void **unused)
{
    enum { BLOCKS = 20000, N = BLOCKS * L, SIDE = 32 };
    double *x = alloc_numbers(2 * N), *p = alloc_numbers(N), *angle = alloc_numbers(N);
    double count[SIDE * SIDE] = {0};
    (void)unused;

    draw_sample(4, BLOCKS, 2, x, p);
    for (size_t i = 0; i < N; i++) {
        const double a = x[i / L * 2 * L + i % L], b = x[(i / L * 2 + 1) * L + i % L];
        p[i] = exp(-(a * a + b * b) / 2);
        angle[i] = atan2(b, a) / (2 * acos(-1)) + 0.5;
        count[(size_t)(p[i] * SIDE) * SIDE + (size_t)fmin(angle[i] * SIDE, SIDE - 1)]++;
    }
    check_chi_squared(count, sizeof count / sizeof *count, N);
    check_uniform(p, N);
    check_uniform(angle, N);
    free(x);
    free(p);
    free(angle);
}

/* ---- independence ---- */

/* A stream's first numbers: two pairs of normals, and the uniform one. */
enum { COLUMNS = 5, UNIFORM = COLUMNS - 1 };
typedef struct {
    double x[COLUMNS], square[COLUMNS]; /* the number and its square, of mean 0 and variance 1 */
    double p[COLUMNS];                  /* uniform */
} row;

/* Column a of n rows and column b of those that stand `distance` further on: the correlations of x
 * and of x^2, and the counts in a grid of cells of equal probability. */
static void check_pair(const row *rows, size_t n, size_t distance, size_t a, size_t b)
{
    enum { SIDE = 16 };
    double count[SIDE * SIDE] = {0}, product[4] = {0};

    for (size_t i = 0; i < n; i++) {
        const row *first = &rows[i], *second = first + distance;
        product[0] += first->x[a] * second->x[b];
        product[1] += first->square[a] * second->square[b];
        product[2] += first->x[a] * second->square[b];
        product[3] += first->square[a] * second->x[b];
        count[(size_t)(first->p[a] * SIDE) * SIDE + (size_t)(second->p[b] * SIDE)]++;
    }
    for (int i = 0; i < 4; i++)
        assert_below(fabs(product[i]) / sqrt((double)n), z_limit());
    check_chi_squared(count, sizeof count / sizeof *count, (double)n);
}

static void fill_row(row *to, const double *normals, double uniform)
{
    for (size_t k = 0; k < UNIFORM; k++) {
        to->x[k] = normals[k * L];
        to->p[k] = gsl_cdf_ugaussian_P(to->x[k]);
        to->square[k] = (to->x[k] * to->x[k] - 1) / sqrt(2);
    }
    to->x[UNIFORM] = (uniform - 0.5) * sqrt(12);
    to->p[UNIFORM] = uniform;
    to->square[UNIFORM] = (to->x[UNIFORM] * to->x[UNIFORM] - 1) / sqrt(0.8);
}

/* Streams whose keys go up by one in a word: each number (the uniform one and two pairs) against
 * the others of its stream, and against all of the next two streams. */
static void check_neighbours(int word)
{
    enum { BLOCKS = 5000, LAGS = 2, N = BLOCKS * L };
    row *rows = malloc((BLOCKS + LAGS) * L * sizeof *rows);
    double *normals = alloc_numbers(UNIFORM * L), *uniform = alloc_numbers(L);
    const size_t distance = word == PERSON ? 1 : L;

    assert_non_null(rows);
    for (size_t i = 0; i < BLOCKS + LAGS; i++) {
        uint64_t key[WORDS] = {1, 1, HBL_STREAM_PERSON, 32, 7};
        key[word] += word == PERSON ? i * L : i;
        draw_block(key, UNIFORM, normals, uniform);
        for (size_t l = 0; l < L; l++)
            fill_row(&rows[i * L + l], normals + l, uniform[l]);
    }
    for (size_t lag = 0; lag <= LAGS; lag++)
        for (size_t a = 0; a < COLUMNS; a++)
            for (size_t b = lag ? 0 : a + 1; b < COLUMNS; b++)
                check_pair(rows, N, lag * distance, a, b);
    free(rows);
    free(normals);
    free(uniform);
}

static void test_neighbouring_seeds(void **unused)
{
    (void)unused;
    check_neighbours(SEED);
}

static void test_neighbouring_chains(void **unused)
{
    (void)unused;
    check_neighbours(CHAIN);
}

static void test_neighbouring_persons(void **unused)
{
    (void)unused;
    check_neighbours(PERSON);
}

static void test_neighbouring_sweeps(void **unused)
{
    (void)unused;
    check_neighbours(SWEEP);
}

/* Long streams: each number against the next four. */
static void test_successive_numbers(void **unused)
{
    enum { K = 4000, LAGS = 4, USED = K - LAGS };
    const uint64_t key[WORDS] = {5, 1, HBL_STREAM_PERSON, 0, 1};
    double *x = alloc_numbers(K * L), *uniform = alloc_numbers(L);
    (void)unused;

    draw_block(key, K, x, uniform);
    for (size_t lag = 1; lag <= LAGS; lag++) {
        double product = 0, squares = 0;
        for (size_t i = 0; i < USED * L; i++) {
            const double a = x[i], b = x[i + lag * L];
            product += a * b;
            squares += (a * a - 1) * (b * b - 1) / 2;
        }
        assert_below(fabs(product) / sqrt(USED * L), z_limit());
        assert_below(fabs(squares) / sqrt(USED * L), z_limit());
    }
    free(x);
    free(uniform);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uniform),
        cmocka_unit_test(test_normal_distribution),
        cmocka_unit_test(test_moments_and_tails),
        cmocka_unit_test(test_radius_and_angle),
        cmocka_unit_test(test_neighbouring_seeds),
        cmocka_unit_test(test_neighbouring_chains),
        cmocka_unit_test(test_neighbouring_persons),
        cmocka_unit_test(test_neighbouring_sweeps),
        cmocka_unit_test(test_successive_numbers),
    };
    return cmocka_run_group_tests_name("distributions of rng_lanes", tests, NULL, NULL);
}
