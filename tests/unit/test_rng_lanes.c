/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random numbers of a block of persons, number by number, for every instruction set of this
 * machine. Their distributions are in tests/statistical/test_rng_lanes.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/isa.h"
#include "core/rng_lanes.h"
#include "support/rng_lanes_plain.h"
#include "unit/rng_lanes_backwards.h"

enum { L = HBL_RNG_LANES };

#define assert_below(value, limit)                                                                 \
    do {                                                                                           \
        const double value_ = (value), limit_ = (limit);                                           \
        if (!(value_ < limit_))                                                                    \
            fail_msg("%s is %.10g, not below %.10g", #value, value_, limit_);                      \
    } while (0)

/* Numbers that begin at 64 bytes, n of them and no more, so that sanitizers see what lies beyond.
 */
static double *alloc_numbers(size_t n)
{
    double *x = aligned_alloc(64, (n * sizeof *x + 63) / 64 * 64);
    assert_non_null(x);
    return x;
}

/* Of a normal, relative: the header's, and more where long double is no better than double (as
 * under valgrind), so that the plain version has errors like those that it looks for. */
static double error_bound(void)
{
    const volatile long double little = 0x1p-60L;
    return 1 + little > 1 ? 6e-16 : 2e-15;
}

/* The tables of this machine. */
static size_t find_tables(const hbl_rng_lanes *table[3])
{
    const char *set = getenv("HBLOGIT_ISA");
    char *before = set ? strdup(set) : NULL;
    size_t n = 0;

    unsetenv("HBLOGIT_ISA");
    for (int isa = HBL_ISA_BASELINE, best = (int)hbl_isa_best(); isa <= best; isa++) {
        setenv("HBLOGIT_ISA", hbl_isa_name((hbl_isa)isa), 1);
        table[n++] = hbl_rng_lanes_best();
    }
    unsetenv("HBLOGIT_ISA");
    if (before)
        setenv("HBLOGIT_ISA", before, 1);
    free(before);
    return n;
}

/* ---- number by number ---- */

static hbl_rng_shared share(const stream_key *key)
{
    return hbl_rng_share(key->seed, key->chain, HBL_STREAM_PERSON, key->sweep);
}

static double relative_error(double x, long double exact)
{
    return (double)(fabsl((long double)x - exact) / fabsl(exact));
}

/* The numbers of lane l are those of the stream; the greatest relative error of a normal. */
static double check_lane(pcg from, size_t l, size_t K, const double *normals, const double *uniform)
{
    double worst = 0;

    assert_true(uniform[l] == (double)cell_centre(pcg_next(&from)));
    for (size_t k = 0; k < K; k++) {
        long double pair[2];
        if (k % 2 == 0) {
            const uint64_t x = pcg_next(&from);
            box_muller(x, pcg_next(&from), pair);
        }
        worst = fmax(worst, relative_error(normals[k * L + l], pair[k % 2]));
    }
    return worst;
}

static double check_block(const hbl_rng_lanes *table, const stream_key *key, size_t K)
{
    double *normals = alloc_numbers(K * L), *uniform = alloc_numbers(L), worst = 0;
    const hbl_rng_shared shared = share(key);
    size_t person[L];

    for (size_t l = 0; l < L; l++)
        person[l] = key->person + l;
    table->draw(&shared, person, K, normals, uniform);
    for (size_t l = 0; l < L; l++) {
        stream_key of_lane = *key;
        of_lane.person += l;
        worst = fmax(worst, check_lane(pcg_of(&of_lane), l, K, normals, uniform));
    }
    free(normals);
    free(uniform);
    return worst;
}

static void test_every_isa_against_plain_version(void **unused)
{
    const hbl_rng_lanes *table[3];
    const size_t tables = find_tables(table);
    (void)unused;

    assert_true(tables >= 1);
    for (size_t t = 0; t < tables; t++) {
        const stream_key far = {UINT64_MAX, UINT64_MAX, UINT32_MAX, UINT64_MAX};
        double worst = check_block(table[t], &far, 10);

        for (size_t K = 0; K <= 60; K++)
            for (uint64_t i = 0; i < 10; i++) {
                const stream_key key = {i, i % 3, i * K, 1000 * i + K};
                worst = fmax(worst, check_block(table[t], &key, K));
            }
        assert_below(worst, error_bound());
    }
}

/* Part of what a seed promises. Made by a program in Python that follows the description, with the
 * functions of mpmath in 40 digits. */
static void test_golden(void **unused)
{
    static const struct {
        stream_key key;
        double uniform, normal[7];
    } golden[] = {
        {{42, 3, 17, 1000},
         0.18670757459709841353,
         {0.06578087080011925947, -0.0904897524600064533, 1.356293773392368622,
          -0.6874271322017683872, 0.1398433001185889316, 1.361422313595697432,
          -0.5222679626810215917}},
        {{0, 0, 0, 0},
         0.43663991894993003928,
         {-1.072172247244669653, -0.2608893898546382967, 1.112484570331578147,
          -0.9109290848681704932, -2.055970661638749337, 0.2463358774536828106,
          2.623483750713981929}},
        {{UINT64_MAX, UINT64_MAX, 12345678901, UINT64_MAX},
         0.092019787707114164554,
         {-1.416697536332372983, 1.132537825331011673, 0.264881710067480398, -0.1132110369617021742,
          0.255356936545285878, -0.3944038566618545241, -0.4963919895676572843}},
    };
    const hbl_rng_lanes *table[3];
    const size_t tables = find_tables(table);
    double *normals = alloc_numbers(7 * L), *uniform = alloc_numbers(L);
    (void)unused;

    for (size_t i = 0; i < tables * (sizeof golden / sizeof *golden); i++) {
        const size_t g = i / tables;
        const hbl_rng_shared shared = share(&golden[g].key);
        const size_t person[L] = {(size_t)golden[g].key.person};

        table[i % tables]->draw(&shared, person, 7, normals, uniform);
        assert_true(uniform[0] == golden[g].uniform);
        for (size_t k = 0; k < 7; k++)
            assert_below(relative_error(normals[k * L], golden[g].normal[k]),
                         error_bound() + 2e-16);
    }
    free(normals);
    free(uniform);
}

/* ---- chosen integers ---- */

static double check_integers(const hbl_rng_lanes *table, uint64_t x, uint64_t y)
{
    double *normals = alloc_numbers(2 * L), *uniform = alloc_numbers(L), worst = 0;
    const size_t person[L] = {0};
    const hbl_rng_shared shared = shared_of(x, &y);
    long double pair[2];

    box_muller(x, y, pair);
    table->draw(&shared, person, 2, normals, uniform);
    for (size_t i = 0; i < 2 * L; i++)
        worst = fmax(worst, relative_error(normals[i], pair[i / L]));
    free(normals);
    free(uniform);
    return worst;
}

/* Both sides of every place where something changes: the ends, powers of 2 and of 2 times the root
 * of a half, the middle; and the eight octants. */
static void test_extreme_integers(void **unused)
{
    const uint64_t last = (UINT64_C(1) << 52) - 1, root_half = 0xb504f333f9de6;
    uint64_t cell[512];
    const hbl_rng_lanes *table[3];
    const size_t tables = find_tables(table);
    size_t n = 0;
    (void)unused;

    for (unsigned shift = 0; shift < 52; shift++)
        for (uint64_t i = 0; i < 3; i++) {
            cell[n++] = (((last + 1) >> shift) - i) & last;
            cell[n++] = ((root_half >> shift) - 1 + i) & last;
            cell[n++] = (last / 2 + (UINT64_C(1) << shift >> i)) & last;
        }
    for (size_t i = 0; i < tables * n; i++) {
        const uint64_t one = cell[i / tables] << 12, other = cell[(i / tables * 7) % n] << 12;
        for (uint64_t octant = 0; octant < 4; octant++) {
            assert_below(check_integers(table[i % tables], one, other | octant), error_bound());
            assert_below(check_integers(table[i % tables], other, one | octant), error_bound());
        }
    }
}

/* ---- what a stream does not depend on ---- */

enum { K = 9, PERSONS = 100, IN_BLOCK = 10 };

/* A block with the persons first, first + 7, first + 14, ..., turned, so that nobody is in the
 * other lanes; person is not aligned. */
static void place(size_t *person, size_t first, size_t turn)
{
    for (size_t l = 0; l < L; l++)
        person[(l + turn) % L] = l < IN_BLOCK ? (first + 7 * l) % PERSONS : SIZE_MAX;
}

/* Remembers the numbers of the block's persons, or compares with what is remembered. */
static void check_persons(bool remember, const size_t *person, size_t rows, const double *normals,
                          const double *uniform, double (*known)[K + 1])
{
    for (size_t l = 0; l < L; l++) {
        assert_true(uniform[l] > 0 && uniform[l] < 1);
        for (size_t k = 0; k < rows; k++)
            assert_true(isfinite(normals[k * L + l]));
        if (person[l] == SIZE_MAX)
            continue;
        for (size_t k = 0; k <= rows; k++) {
            const double number = k < rows ? normals[k * L + l] : uniform[l];
            double *same = &known[person[l]][k < rows ? k : K];
            if (remember)
                *same = number;
            assert_true(number == *same);
        }
    }
}

/* Neither the lane, nor who else is in the block, nor the number of rows; to the last bit. */
static void test_lane_does_not_matter(void **unused)
{
    enum { TURNS = 40 };
    static double known[PERSONS][K + 1];
    const hbl_rng_lanes *table[3];
    const size_t tables = find_tables(table);
    const hbl_rng_shared shared = hbl_rng_share(5, 1, HBL_STREAM_PERSON, 77);
    (void)unused;

    for (size_t i = 0; i < tables; i++)
        for (size_t turn = 0; turn < TURNS; turn++) {
            const size_t rows = turn < TURNS / 2 ? K : turn % K;
            double *normals = alloc_numbers(rows * L), *uniform = alloc_numbers(L);
            size_t person[L + 1];

            for (size_t first = 0; first < PERSONS; first++) {
                place(person + 1, first, turn);
                table[i]->draw(&shared, person + 1, rows, normals, uniform);
                check_persons(turn == 0, person + 1, rows, normals, uniform, known);
            }
            free(normals);
            free(uniform);
        }
}

/* Every word of the key changes the stream, the purpose too. */
static void test_every_word_of_the_key_counts(void **unused)
{
    const hbl_rng_shared shared[] = {
        hbl_rng_share(1, 2, HBL_STREAM_PERSON, 4), hbl_rng_share(2, 1, HBL_STREAM_PERSON, 4),
        hbl_rng_share(4, 2, HBL_STREAM_PERSON, 1), hbl_rng_share(1, 4, HBL_STREAM_PERSON, 2),
        hbl_rng_share(1, 2, HBL_STREAM_FIXED, 4)};
    enum { N = sizeof shared / sizeof *shared };
    double *normals = alloc_numbers(L), *uniform = alloc_numbers(N * L);
    size_t person[L];
    (void)unused;

    for (size_t l = 0; l < L; l++)
        person[l] = l;
    for (size_t i = 0; i < N; i++)
        hbl_rng_lanes_best()->draw(&shared[i], person, 1, normals, uniform + i * L);
    for (size_t i = 0; i < N * L; i++)
        for (size_t j = 0; j < i; j++)
            assert_true(uniform[i] != uniform[j]);
    free(normals);
    free(uniform);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_isa_against_plain_version),
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_extreme_integers),
        cmocka_unit_test(test_lane_does_not_matter),
        cmocka_unit_test(test_every_word_of_the_key_counts),
    };
    return cmocka_run_group_tests_name("rng_lanes", tests, NULL, NULL);
}
