/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blocks of made-up numbers, and a check on every instruction set that the machine has.
 */
#ifndef HBL_TESTS_LANES_FIXTURE_H
#define HBL_TESTS_LANES_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/isa.h"
#include "hb/lanes.h"

enum { L = HBL_LANES, MOST = 17 };
/* those up to 12 are compiled apart, some of them with code that unrolls unevenly */
static const size_t sizes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, MOST};
enum { N_SIZES = sizeof sizes / sizeof *sizes };

/* Uniform on [-1, 1). */
static inline double number(void)
{
    static uint64_t generator = 7;
    generator = generator * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(generator >> 33) / 1073741824.0 - 1;
}

/* Rows of lanes, filled; of exactly that size, so that sanitizers see what lies beyond. */
static inline double *rows_of(size_t rows)
{
    double *array = aligned_alloc(64, (rows + (rows == 0)) * L * sizeof(double));
    assert_non_null(array);
    for (size_t i = 0; i < rows * L; i++)
        array[i] = number();
    return array;
}

static inline void near(double value, double wanted, double size)
{
    if (fabs(value - wanted) <= 1e-13 * (size + 1))
        return;
    fail_msg("%.17g, wanted %.17g", value, wanted);
}

static inline void check_on_every_isa(void (*check)(const hbl_lanes *lanes))
{
    static const char *const names[] = {"sse2", "avx2", "avx512", "baseline"};
    const char *before = getenv("HBLOGIT_ISA");
    int tables = 0;

    before = before ? strdup(before) : NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(setenv("HBLOGIT_ISA", names[i], 1), 0);
        if (strcmp(hbl_isa_name(hbl_isa_best()), names[i]) != 0)
            continue; /* this machine lacks it */
        check(hbl_lanes_best());
        tables++;
    }
    assert_true(tables >= 1);
    if (before)
        setenv("HBLOGIT_ISA", before, 1);
    else
        unsetenv("HBLOGIT_ISA");
    free((char *)before);
}

#endif
