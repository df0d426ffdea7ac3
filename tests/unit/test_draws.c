/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reader of chain files: what it takes, and with which words it refuses the rest.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hblogit/diagnose.h"

enum { PATH = 512 };

static char directory[PATH], path[2][2 * PATH];

static int make_directory(void **state)
{
    const char *parent = getenv("TMPDIR");

    (void)state;
    snprintf(directory, sizeof directory, "%.400s/hblogit-draws-XXXXXX", parent ? parent : "/tmp");
    if (!mkdtemp(directory))
        return -1;
    for (int k = 0; k < 2; k++)
        snprintf(path[k], sizeof path[k], "%s/chain-%d.csv", directory, k + 1);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++)
        if (unlink(path[k]) && errno != ENOENT)
            return -1;
    return rmdir(directory);
}

static void put_bytes(int k, const char *text, size_t size)
{
    FILE *file = fopen(path[k], "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void put(int k, const char *text)
{
    put_bytes(k, text, strlen(text));
}

static hbl_draws *opened(size_t n)
{
    const char *const paths[] = {path[0], path[1]};
    hbl_error error = HBL_ERROR_INIT;
    hbl_draws *draws = NULL;

    if (hbl_draws_open(paths, n, &draws, &error))
        fail_msg("%s", error.message);
    return draws;
}

/* ---- what it takes ---- */

static const char first_chain[] = "# model = m\n#   sample\n\n# id = 1\na,b.1,b.2\n1,2.5,-3e-2\n"
                                  "4,1e300,6\n7,-0,nan\n10,11,12\n13,14,15\n#\n# Elapsed Time: 1\n";

static void reads_columns_in_any_order(void **state)
{
    const size_t columns[] = {2, 0, 2};
    double c[10], a[10], again[10];
    double *const values[] = {c, a, again};
    hbl_draws *draws;

    (void)state;
    put(0, first_chain);
    /* longer, with line ends of another system and a comment between */
    put(1, "a,b.1,b.2\r\n21,22,23\r\n# adaptation\r\n24,25,26\r\n\r\n27,28,29\r\n30,31,32\r\n"
           "33,34,35\r\n36,37,38\r\n");
    draws = opened(2);
    assert_int_equal(hbl_draws_n_chains(draws), 2);
    assert_int_equal(hbl_draws_n_draws(draws), 5);
    assert_int_equal(hbl_draws_n_columns(draws), 3);
    assert_string_equal(hbl_draws_column_name(draws, 1), "b.1");
    assert_int_equal(hbl_draws_read(draws, columns, 3, 1, values, NULL), HBL_OK);
    assert_true(c[0] == -3e-2 && c[1] == 6 && isnan(c[2]) && c[4] == 15);
    assert_true(a[0] == 1 && a[4] == 13 && a[5] == 21 && a[9] == 33);
    assert_true(c[5] == 23 && c[6] == 26 && c[7] == 29 && c[9] == 35);
    for (size_t i = 0; i < 10; i++)
        assert_true(c[i] == again[i] || isnan(c[i]));
    hbl_draws_close(draws);
}

static void strides(void **state)
{
    const size_t column = 0;
    double a[4];
    double *const values[] = {a};
    hbl_draws *draws;

    (void)state;
    put(0, first_chain);
    draws = opened(1);
    assert_int_equal(hbl_draws_read(draws, &column, 1, 2, values, NULL), HBL_OK);
    assert_true(a[0] == 1 && a[1] == 7);
    assert_int_equal(hbl_draws_read(draws, &column, 1, 5, values, NULL), HBL_OK);
    assert_true(a[0] == 1);
    hbl_draws_close(draws);
}

static void no_rows_are_no_draws(void **state)
{
    hbl_draws *draws;

    (void)state;
    put(0, "# begun\na,b\n");
    draws = opened(1);
    assert_int_equal(hbl_draws_n_draws(draws), 0);
    hbl_draws_close(draws);
}

/* Numbers as the program writes them come back bit for bit; rows are longer than any buffer. */
static void numbers_survive(void **state)
{
    enum { N = 5000 };
    size_t columns[N];
    static double want[N], got[N];
    double *values[N];
    long long s = 7;
    FILE *file = fopen(path[0], "w");
    hbl_draws *draws;

    (void)state;
    assert_non_null(file);
    for (int i = 0; i < N; i++)
        fprintf(file, "x.%d%c", i + 1, i + 1 < N ? ',' : '\n');
    for (int i = 0; i < N; i++) {
        s = 16807 * s % 2147483647;
        want[i] = ((double)s / 2147483647 - 0.5) * pow(10, i % 600 - 300);
        fprintf(file, "%.17g%c", want[i], i + 1 < N ? ',' : '\n');
        columns[i] = (size_t)(N - 1 - i);
        values[N - 1 - i] = &got[i];
    }
    fclose(file);
    for (int i = 0; i < N; i++)
        values[i] = &got[columns[i]];
    draws = opened(1);
    assert_int_equal(hbl_draws_read(draws, columns, N, 1, values, NULL), HBL_OK);
    assert_memory_equal(want, got, sizeof want);
    hbl_draws_close(draws);
}

/* ---- what it refuses ---- */

static void refuses_open(size_t n, const char *want)
{
    const char *const paths[] = {path[0], path[1]};
    hbl_error error = HBL_ERROR_INIT;
    hbl_draws *draws = NULL;

    assert_int_equal(hbl_draws_open(paths, n, &draws, &error), HBL_ERR_INPUT);
    assert_null(draws);
    if (!strstr(error.message, want))
        fail_msg("says: %s", error.message);
}

static void refuses_read(const char *text, const char *want)
{
    const size_t columns[] = {1, 2};
    double x[8], y[8];
    double *const values[] = {x, y};
    hbl_error error = HBL_ERROR_INIT;
    hbl_draws *draws;

    put(0, text);
    draws = opened(1);
    assert_int_equal(hbl_draws_read(draws, columns, 2, 1, values, &error), HBL_ERR_INPUT);
    if (!strstr(error.message, want))
        fail_msg("says: %s", error.message);
    hbl_draws_close(draws);
}

static void bad_files(void **state)
{
    (void)state;
    unlink(path[0]);
    refuses_open(0, "no chain files to read");
    refuses_open(1, "chain-1.csv: cannot be read: No such file or directory");
    put(0, "");
    refuses_open(1, "chain-1.csv:1: the file ends before its line of column names");
    put(0, "# only\n# comments\n");
    refuses_open(1, "chain-1.csv:2: the file ends before its line of column names");
    put(0, "# c\na,b");
    refuses_open(1, "chain-1.csv:2: the file ends before its line of column names");
    put_bytes(0, "a\0,b\n1,2\n", 9);
    refuses_open(1, "chain-1.csv:1: a zero byte among the column names");
    put(0, "a,b\n1,2\n3,4");
    refuses_open(1,
                 "chain-1.csv:3: the last line is cut short; remove it to use the 1 draws before");
    put(0, "a,b\n1,2\n");
    put(1, "# x\na,bb\n1,2\n");
    refuses_open(2, "chain-2.csv:2: column 2 is not \"b\" as in");
    put(1, "a\n1\n");
    refuses_open(2, "chain-2.csv:1: column 1 is not \"a\" as in");
}

static void bad_cells(void **state)
{
    (void)state;
    refuses_read("# x\na,b,c\n1,2,3\n4,five,6\n", "chain-1.csv:4: \"five\" in column b is not");
    refuses_read("a,b,c\n1,2,3x\n", "chain-1.csv:2: \"3x\" in column c is not a number");
    refuses_read("a,b,c\n1,,3\n", "chain-1.csv:2: \"\" in column b is not a number");
    refuses_read("a,b,c\n1, 2,3\n", "chain-1.csv:2: \" 2\" in column b is not a number");
    refuses_read("a,b,c\n1,2,\n", "chain-1.csv:2: \"\" in column c is not a number");
    refuses_read("a,b,c\n1,2,3\n4,5\n", "chain-1.csv:3: 2 cells under 3 column names");
    refuses_read("a,b,c\n1,2,3,4\n", "chain-1.csv:2: 4 cells under 3 column names");
    refuses_read("a,b,c\n1,0.1234567890123456789012345678901234567890x,3\n",
                 "\"0.12345678901234567890123456789012345678\" in column b");
}

static void bad_columns(void **state)
{
    const size_t column = 3;
    double x[8];
    double *const values[] = {x};
    hbl_error error = HBL_ERROR_INIT;
    hbl_draws *draws;

    (void)state;
    put(0, "a,b,c\n1,2,3\n");
    draws = opened(1);
    assert_int_equal(hbl_draws_read(draws, &column, 1, 1, values, &error), HBL_ERR_INPUT);
    assert_non_null(strstr(error.message, "has 3 columns, not 4"));
    assert_int_equal(hbl_draws_read(draws, &column, 1, 0, values, NULL), HBL_ERR_INPUT);
    hbl_draws_close(draws);
}

/* A file that changes while it is open is noticed. */
static void a_file_that_shrinks(void **state)
{
    const size_t column = 0;
    double x[8];
    double *const values[] = {x};
    hbl_error error = HBL_ERROR_INIT;
    hbl_draws *draws;

    (void)state;
    put(0, "a,b\n1,2\n3,4\n5,6\n");
    draws = opened(1);
    put(0, "a,b\n1,2\n");
    assert_int_equal(hbl_draws_read(draws, &column, 1, 1, values, &error), HBL_ERR_INPUT);
    assert_non_null(strstr(error.message, "the file became shorter while it was read"));
    hbl_draws_close(draws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_columns_in_any_order),
        cmocka_unit_test(strides),
        cmocka_unit_test(no_rows_are_no_draws),
        cmocka_unit_test(numbers_survive),
        cmocka_unit_test(bad_files),
        cmocka_unit_test(bad_cells),
        cmocka_unit_test(bad_columns),
        cmocka_unit_test(a_file_that_shrinks),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
