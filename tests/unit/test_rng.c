/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random numbers. Seeds are fixed, so a result never changes from run to run; each statistical
 * check is one that a right generator would fail with probability 1e-6 or less under a seed drawn
 * at random, about 1e-4 for all of them together.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "core/ziggurat_tables.h"

#define FALSE_ALARM 1e-6

#define assert_below(value, limit)                                                                 \
    do {                                                                                           \
        const double value_ = (value), limit_ = (limit);                                           \
        if (!(value_ < limit_))                                                                    \
            fail_msg("%s is %.10g, not below %.10g", #value, value_, limit_);                      \
    } while (0)

#define assert_near(value, expected, tolerance)                                                    \
    assert_below(fabs((value) - (expected)), (tolerance))

/* A standard normal score beyond this has probability FALSE_ALARM. */
static double z_limit(void)
{
    return gsl_cdf_ugaussian_Qinv(FALSE_ALARM / 2);
}

static double *alloc_numbers(size_t n)
{
    double *x = malloc(n * sizeof *x);
    assert_non_null(x);
    return x;
}

/* ---- the generator ---- */

/* numpy 1.24, PCG64DXSM with state and inc set in .state, .random_raw(8); then, from the same
 * start, the exclusive or of the first 1000. */
static void test_numpy(void **unused)
{
    static const struct {
        uint64_t state[2], increment[2], output[8], all;
    } golden[] = {
        {{0x0123456789abcdef, 0xfedcba9876543210},
         {0x5851f42d4c957f2d, 0x14057b7ef767814f},
         {0xa5c2f45958c644a2, 0xd0903e4c1d97f138, 0x41d5d04452fde70e, 0xd36342dda726e612,
          0x91067ada23415da7, 0x54b9d038b7d4aac6, 0xadf5dea039c91a6e, 0x4e81a62c8bd1c41a},
         0x60e64a93411ed65f},
        {{0, 1},
         {0, 1},
         {0, 0, 0x5238ea76d1f0df4a, 0x1a3c4747022e48a4, 0x340b0228e6afc056, 0x81bb52f8baaa203a,
          0x0fd17a4a4b0a1ce3, 0x55fe9ec2c245a242},
         0x62db91f7e36e326b},
        {{UINT64_MAX, UINT64_MAX},
         {UINT64_MAX, UINT64_MAX},
         {0xe4dd58b4ffffe4de, 0x082b98f3423f20f6, 0x7b3bf90f2550ab72, 0xc2c3ebc193c20fa2,
          0xf4e19fff9187d354, 0x8c1c8d5cfdfad299, 0xf77a71d583131f15, 0x1653a23c4bf7aaaf},
         0x84545b9d4547d62a},
    };
    (void)unused;
    for (size_t g = 0; g < sizeof golden / sizeof *golden; g++) {
        const hbl_rng start = {
            (hbl_u128)golden[g].state[0] << 64 | golden[g].state[1],
            (hbl_u128)golden[g].increment[0] << 64 | golden[g].increment[1],
        };
        hbl_rng rng = start;
        uint64_t all = 0;

        for (int i = 0; i < 8; i++)
            assert_int_equal(hbl_rng_next(&rng), golden[g].output[i]);
        rng = start;
        for (int i = 0; i < 1000; i++)
            all ^= hbl_rng_next(&rng);
        assert_int_equal(all, golden[g].all);
    }
}

/* The stream and its normals are part of what a seed promises. Made by a program in Python that
 * follows the description of the stream and of the ziggurat, with tables of its own in 50 digits.
 */
static void test_golden_stream(void **unused)
{
    static const double normals[] = {1.9740347356093053,  0.3355554725928171,  -0.6178646544045078,
                                     -0.8955133831769543, 0.20753647297995031, 1.3067021518871074};
    hbl_rng rng = hbl_rng_stream(42, 3, HBL_STREAM_PERSON, 17, 1000);
    double sum = 0, squares = 0, most = 0, least = 0;
    (void)unused;

    assert_int_equal((uint64_t)(rng.state >> 64), 0xe97865b2a7a04cfc);
    assert_int_equal((uint64_t)rng.state, 0x1232b253349219ce);
    assert_int_equal((uint64_t)(rng.increment >> 64), 0x9572789e4ebf80c5);
    assert_int_equal((uint64_t)rng.increment, 0x02845b69e94afa3b);
    for (int i = 0; i < 200000; i++) {
        const double x = hbl_rng_normal(&rng);
        if (i < 6)
            assert_near(x, normals[i], 1e-15);
        sum += x;
        squares += x * x;
        most = fmax(most, x);
        least = fmin(least, x);
    }
    assert_near(sum, 244.1721445909298, 1e-8);
    assert_near(squares, 200434.77795884942, 1e-6);
    assert_near(most, 4.429628123233467, 1e-14);
    assert_near(least, -4.600772921195258, 1e-14);
}

/* ---- streams ---- */

enum { WORDS = 5 };

static hbl_rng stream_of(const uint64_t key[WORDS])
{
    return hbl_rng_stream(key[0], key[1], (hbl_stream)key[2], key[3], key[4]);
}

/* Every bit of the key changes every bit of the first two outputs with probability one half. */
static void test_avalanche(void **unused)
{
    enum { TRIALS = 1024 };
    static const int bits[WORDS] = {64, 64, 3, 64, 64};
    hbl_rng keys = hbl_rng_stream(1, 1, HBL_STREAM_START, 0, 0);
    const double limit = gsl_cdf_ugaussian_Qinv(FALSE_ALARM / 2 / 259 / 128);
    (void)unused;

    for (int word = 0; word < WORDS; word++) {
        for (int bit = 0; bit < bits[word]; bit++) {
            int flips[128] = {0};

            for (int trial = 0; trial < TRIALS; trial++) {
                /* the keys are small numbers, as in use */
                uint64_t key[WORDS] = {hbl_rng_next(&keys) >> 44, hbl_rng_next(&keys) >> 60,
                                       hbl_rng_next(&keys) >> 61, hbl_rng_next(&keys) >> 52,
                                       hbl_rng_next(&keys) >> 50};
                hbl_rng a = stream_of(key), b;
                uint64_t change[2];

                key[word] ^= UINT64_C(1) << bit;
                b = stream_of(key);
                change[0] = hbl_rng_next(&a) ^ hbl_rng_next(&b);
                change[1] = hbl_rng_next(&a) ^ hbl_rng_next(&b);
                for (int i = 0; i < 128; i++)
                    flips[i] += change[i / 64] >> i % 64 & 1;
            }
            for (int i = 0; i < 128; i++)
                assert_below(fabs(flips[i] - TRIALS / 2.0) / sqrt(TRIALS / 4.0), limit);
        }
    }
}

/* The first normals of streams whose keys differ by one in a word: their mean, variance, and the
 * correlation of each stream's first and second with those of the next two streams. */
static void check_neighbours(int word)
{
    enum { STREAMS = 50000, LAGS = 2 };
    const double n = STREAMS, limit = z_limit();
    double *x = alloc_numbers(2 * (STREAMS + LAGS)), sum = 0, squares = 0;

    for (uint64_t i = 0; i < STREAMS + LAGS; i++) {
        uint64_t key[WORDS] = {1, 1, HBL_STREAM_PERSON, 5, 7};
        hbl_rng rng;
        key[word] += i;
        rng = stream_of(key);
        hbl_rng_normals(&rng, 2, x + 2 * i);
    }
    for (size_t i = 0; i < 2 * STREAMS; i++) {
        sum += x[i];
        squares += x[i] * x[i];
    }
    assert_below(fabs(sum) / sqrt(2 * n), limit);
    assert_below(fabs(squares - 2 * n) / sqrt(4 * n), limit);
    for (size_t shift = 1; shift <= 2 * LAGS; shift++) {
        for (size_t first = 0; first < 2; first++) {
            double product = 0;
            for (size_t i = 0; i < STREAMS; i++)
                product += x[2 * i + first] * x[2 * i + first + shift];
            assert_below(fabs(product) / sqrt(n), limit);
        }
    }
    free(x);
}

static void test_neighbouring_keys(void **unused)
{
    (void)unused;
    check_neighbours(0);
    check_neighbours(1);
    check_neighbours(3);
    check_neighbours(4);
}

/* Long runs of two neighbouring streams, side by side. */
static void test_neighbouring_runs(void **unused)
{
    enum { LENGTH = 100000 };
    (void)unused;
    for (int word = 0; word < WORDS; word++) {
        uint64_t key[WORDS] = {1, 1, HBL_STREAM_PERSON, 0, 0};
        hbl_rng a = stream_of(key), b;
        double product = 0;

        key[word]++;
        b = stream_of(key);
        for (int i = 0; i < LENGTH; i++)
            product += hbl_rng_normal(&a) * hbl_rng_normal(&b);
        assert_below(fabs(product) / sqrt(LENGTH), z_limit());
    }
}

static int compare_states(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(hbl_u128));
}

static void test_keys_do_not_collide(void **unused)
{
    enum { SIDE = 40, N = SIDE * SIDE * SIDE };
    hbl_u128 *state = malloc(N * sizeof *state);
    size_t n = 0;
    (void)unused;

    assert_non_null(state);
    for (uint64_t chain = 0; chain < SIDE; chain++)
        for (uint64_t person = 0; person < SIDE; person++)
            for (uint64_t sweep = 0; sweep < SIDE; sweep++) {
                const hbl_rng rng = hbl_rng_stream(7, chain, HBL_STREAM_PERSON, person, sweep);
                assert_true((uint64_t)rng.increment & 1);
                state[n++] = rng.state;
            }
    qsort(state, n, sizeof *state, compare_states);
    for (size_t i = 1; i < n; i++)
        assert_true(state[i] != state[i - 1]);
    free(state);
}

/* ---- distributions ---- */

/* Kolmogorov and Smirnov: sqrt(n) D beyond c has probability 2 exp(-2 c^2) for large n. */
static void check_ks(double *x, size_t n, double (*cdf)(double, double), double parameter)
{
    const double limit = sqrt(-log(FALSE_ALARM / 2) / 2);
    double d = 0;

    gsl_sort(x, 1, n);
    for (size_t i = 0; i < n; i++) {
        const double p = cdf(x[i], parameter);
        d = fmax(d, fmax(p - (double)i / (double)n, (double)(i + 1) / (double)n - p));
    }
    assert_below(d * sqrt((double)n), limit);
}

static double uniform_cdf(double x, double unused)
{
    (void)unused;
    return x;
}

static void test_uniform(void **unused)
{
    enum { N = 200000 };
    hbl_rng rng = hbl_rng_stream(2, 1, HBL_STREAM_START, 0, 0);
    double *x = alloc_numbers(N);
    (void)unused;

    for (size_t i = 0; i < N; i++) {
        x[i] = hbl_rng_uniform(&rng);
        assert_true(x[i] > 0 && x[i] < 1);
    }
    check_ks(x, N, uniform_cdf, 0);
    free(x);
}

/* The tables follow from their description: each layer of area v, the last one closed by f = 1. */
static void test_ziggurat_tables(void **unused)
{
    const double r = ziggurat_x[1];
    const long double f_r = expl(-0.5L * r * r);
    const long double v = r * f_r + sqrtl(acosl(-1) / 2) * erfcl(r / sqrtl(2));
    long double x = r;
    (void)unused;

    assert_near(ziggurat_x[0], (double)(v / f_r), 1e-15);
    for (int i = 1; i < 256; i++) {
        const long double f = expl(-0.5L * x * x);
        assert_near(ziggurat_x[i], (double)x, 1e-12);
        assert_near(ziggurat_f[i], (double)f, 1e-13);
        x = i < 255 ? sqrtl(-2 * logl(f + v / x)) : f + v / x;
    }
    assert_near((double)x, 1.0, 1e-12);
    assert_true(ziggurat_x[256] == 0 && ziggurat_f[256] == 1);
}

/* Moments to the 4th of 10^7 normals, whose errors are normal with the variances 1, 2, 15 and 96
 * over n, and the numbers beyond limits from 3 to 4.9 (probability 1e-6 on both sides together). */
static void test_normal_moments_and_tails(void **unused)
{
    enum { N = 10000000, BATCH = 1000, LIMITS = 6 };
    static const double limit[LIMITS] = {3, 3.5, 3.6541528853610088, 4, 4.4, 4.891638475699};
    static const double expected[4] = {0, 1, 0, 3}, variance[4] = {1, 2, 15, 96};
    hbl_rng rng = hbl_rng_stream(3, 1, HBL_STREAM_START, 0, 0);
    double sum[4] = {0}, x[BATCH];
    unsigned above[LIMITS] = {0}, below[LIMITS] = {0};
    (void)unused;

    for (size_t i = 0; i < N / BATCH; i++) {
        hbl_rng_normals(&rng, BATCH, x);
        for (size_t j = 0; j < BATCH; j++) {
            const double square = x[j] * x[j];
            sum[0] += x[j];
            sum[1] += square;
            sum[2] += square * x[j];
            sum[3] += square * square;
            if (square < 9)
                continue;
            for (size_t k = 0; k < LIMITS; k++) {
                above[k] += x[j] > limit[k];
                below[k] += x[j] < -limit[k];
            }
        }
    }
    for (int k = 0; k < 4; k++)
        assert_below(fabs(sum[k] / N - expected[k]) / sqrt(variance[k] / N), z_limit());
    for (int k = 0; k < LIMITS; k++) {
        const double mean = N * gsl_cdf_ugaussian_Q(limit[k]);
        assert_below(FALSE_ALARM / 2, gsl_cdf_poisson_P(above[k], mean));
        assert_below(FALSE_ALARM / 2, gsl_cdf_poisson_Q(above[k], mean));
        assert_below(FALSE_ALARM / 2, gsl_cdf_poisson_P(below[k], mean));
        assert_below(FALSE_ALARM / 2, gsl_cdf_poisson_Q(below[k], mean));
    }
}

static double normal_cdf(double x, double unused)
{
    (void)unused;
    return gsl_cdf_ugaussian_P(x);
}

/* By Kolmogorov and Smirnov, and by chi-squared over 1000 cells of equal probability, which sees
 * small faults at the edges of layers. */
static void test_normal_distribution(void **unused)
{
    enum { N = 1000000, CELLS = 1000 };
    hbl_rng rng = hbl_rng_stream(4, 1, HBL_STREAM_START, 0, 0);
    double *x = alloc_numbers(N), chi_squared = 0, count[CELLS] = {0};
    (void)unused;

    hbl_rng_normals(&rng, N, x);
    for (size_t i = 0; i < N; i++)
        count[(int)(gsl_cdf_ugaussian_P(x[i]) * CELLS)]++;
    for (int i = 0; i < CELLS; i++)
        chi_squared += pow(count[i] - N / CELLS, 2) / (N / CELLS);
    assert_below(FALSE_ALARM, gsl_cdf_chisq_Q(chi_squared, CELLS - 1));
    assert_below(FALSE_ALARM, gsl_cdf_chisq_P(chi_squared, CELLS - 1));
    check_ks(x, N, normal_cdf, 0);
    free(x);
}

static void test_normals_are_normal_repeated(void **unused)
{
    hbl_rng a = hbl_rng_stream(5, 1, HBL_STREAM_START, 0, 0), b = a;
    double x[999];
    (void)unused;

    hbl_rng_normals(&a, 999, x);
    for (int i = 0; i < 999; i++)
        assert_true(x[i] == hbl_rng_normal(&b));
    assert_true(a.state == b.state);
    hbl_rng_normals(&a, 0, NULL);
    assert_true(a.state == b.state);
}

/* Mean df and variance 2 df; the sample variance has variance (8 df^2 + 48 df) / n. */
static void check_chi_squared(double df)
{
    enum { N = 100000 };
    hbl_rng rng = hbl_rng_stream(6, 1, HBL_STREAM_START, 0, 0);
    double *x = alloc_numbers(N), sum = 0, squares = 0;

    for (size_t i = 0; i < N; i++) {
        x[i] = hbl_rng_chi_squared(&rng, df);
        assert_true(x[i] >= 0 && isfinite(x[i]));
        sum += x[i];
        squares += (x[i] - df) * (x[i] - df);
    }
    assert_below(fabs(sum / N - df) / sqrt(2 * df / N), z_limit());
    assert_below(fabs(squares / N - 2 * df) / sqrt((8 * df * df + 48 * df) / N), z_limit());
    check_ks(x, N, gsl_cdf_chisq_P, df);
    free(x);
}

static void test_chi_squared(void **unused)
{
    (void)unused;
    check_chi_squared(0.5);
    check_chi_squared(3);
    check_chi_squared(400);
}

static double gamma_cdf_rate_4(double x, double shape)
{
    return gsl_cdf_gamma_P(x, shape, 0.25);
}

static void test_gamma(void **unused)
{
    enum { N = 100000 };
    hbl_rng rng = hbl_rng_stream(7, 1, HBL_STREAM_START, 0, 0);
    double *x = alloc_numbers(N);
    (void)unused;

    for (size_t i = 0; i < N; i++)
        x[i] = hbl_rng_gamma(&rng, 2.5, 4);
    check_ks(x, N, gamma_cdf_rate_4, 2.5);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numpy),
        cmocka_unit_test(test_golden_stream),
        cmocka_unit_test(test_avalanche),
        cmocka_unit_test(test_neighbouring_keys),
        cmocka_unit_test(test_neighbouring_runs),
        cmocka_unit_test(test_keys_do_not_collide),
        cmocka_unit_test(test_uniform),
        cmocka_unit_test(test_ziggurat_tables),
        cmocka_unit_test(test_normal_moments_and_tails),
        cmocka_unit_test(test_normal_distribution),
        cmocka_unit_test(test_normals_are_normal_repeated),
        cmocka_unit_test(test_chi_squared),
        cmocka_unit_test(test_gamma),
    };
    return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
