/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows grouped, sorted or not, against a search of all rows before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "data/grouping.h"

enum { ROWS = 600 };

static uint64_t bits = 1;

static int below(int n)
{
    bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((bits >> 33) % (uint64_t)n);
}

/* ---- columns, each with what makes it hard */

typedef int32_t (*cell_maker)(int row);

static int32_t sorted(int row)
{
    return row / 7;
}
static int32_t falling(int row)
{
    return -row / 7;
}
static int32_t in_turn(int row)
{
    return row % 5;
}
static int32_t any(int row)
{
    return (void)row, below(60);
}
static int32_t new_each(int row)
{
    return row;
}
static int32_t late_disorder(int row)
{
    return row < 500 ? row / 3 : row % 200;
}
static int32_t two_in_turn(int row)
{
    return row % 2 ? row / 20 : row % 6;
}

static const cell_maker makers[] = {sorted,   falling,       in_turn,    any,
                                    new_each, late_disorder, two_in_turn};
enum { N_MAKERS = sizeof makers / sizeof *makers };

/* Numbers with a missing cell, -0 and 0; or codes, from 0 on or missing. */
static hbl_column make_column(cell_maker maker, hbl_column_type type, bool holes)
{
    hbl_column column = {.type = type};

    column.number = calloc(ROWS, sizeof *column.number);
    column.code = calloc(ROWS, sizeof *column.code);
    assert_true(column.number && column.code);
    for (int i = 0; i < ROWS; i++) {
        const bool missing = holes && below(30) == 0;
        const int32_t cell = maker(i);

        column.number[i] = missing ? (double)NAN : cell == 0 && i % 2 ? -0.0 : cell / 4.0;
        column.code[i] = missing ? -1 : cell + ROWS;
    }
    return column;
}

static void release(hbl_column *column)
{
    free(column->number);
    free(column->code);
}

static bool same_cell(const hbl_column *column, int a, int b)
{
    if (column->type == HBL_COLUMN_TEXT)
        return column->code[a] == column->code[b];
    return column->number[a] == column->number[b] ||
           (isnan(column->number[a]) && isnan(column->number[b]));
}

/* ---- the search */

static void check(const hbl_grouping *grouping, const hbl_column *column, const bool *left_out,
                  const hbl_grouping *outer)
{
    uint32_t n = 0;

    for (int i = 0; i < ROWS; i++) {
        int k = 0;

        if (left_out && left_out[i]) {
            assert_true(grouping->group[i] == HBL_GROUP_NONE);
            continue;
        }
        while ((left_out && left_out[k]) || !same_cell(column, i, k) ||
               (outer && outer->group[i] != outer->group[k]))
            k++;
        if (k < i) {
            assert_int_equal(grouping->group[i], grouping->group[k]);
            continue;
        }
        assert_int_equal(grouping->group[i], n);
        assert_int_equal(grouping->first[n], i);
        n++;
    }
    assert_int_equal(grouping->n_groups, n);
}

static void check_pair(const hbl_column *column, const hbl_column *within, const bool *left_out)
{
    hbl_grouping outer = {0}, alone = {0}, inner = {0};

    assert_int_equal(hbl_grouping_make(&outer, within, ROWS, left_out, NULL, NULL), HBL_OK);
    assert_int_equal(hbl_grouping_make(&alone, column, ROWS, left_out, NULL, NULL), HBL_OK);
    assert_int_equal(hbl_grouping_make(&inner, column, ROWS, left_out, &outer, NULL), HBL_OK);
    check(&alone, column, left_out, NULL);
    check(&inner, column, left_out, &outer);
    hbl_grouping_release(&outer);
    hbl_grouping_release(&alone);
    hbl_grouping_release(&inner);
}

static void test_all_pairs(void **unused)
{
    bool left_out[ROWS];
    (void)unused;

    for (int i = 0; i < ROWS; i++)
        left_out[i] = below(9) == 0;
    for (int a = 0; a < N_MAKERS; a++)
        for (int b = 0; b < N_MAKERS; b++)
            for (int kind = 0; kind < 8; kind++) {
                hbl_column column = make_column(
                    makers[a], kind & 1 ? HBL_COLUMN_TEXT : HBL_COLUMN_NUMBER, kind & 2);
                hbl_column within = make_column(makers[b], HBL_COLUMN_NUMBER, kind & 2);

                check_pair(&column, &within, kind & 4 ? left_out : NULL);
                release(&column);
                release(&within);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_pairs)};

    return cmocka_run_group_tests_name("grouping", tests, NULL, NULL);
}
