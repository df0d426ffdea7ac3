/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading CSV files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "data/number.h"
#include "hblogit/data.h"
#include "unit/scratch.h"

/* ---- numbers ---- */

static void test_numbers(void **unused)
{
    static const struct {
        const char *text;
        double value;
    } numbers[] = {
        {"0", 0},
        {"1", 1},
        {"-1", -1},
        {"+1", 1},
        {"007", 7},
        {"1.", 1},
        {".5", .5},
        {"-.5", -.5},
        {"1e3", 1e3},
        {"1E+3", 1e3},
        {"1e-3", 1e-3},
        {"0.1", 0.1},
        {"6.1000001", 6.1000001},
        {"1.55401742147685", 1.55401742147685},
        {"0.30000000000000004", 0.30000000000000004},
        {"123456789012345678901234567890.0", 123456789012345678901234567890.0},
        {"1.7976931348623157e308", 1.7976931348623157e308},
        {"4.9406564584124654e-324", 4.9406564584124654e-324},
        {"2.2250738585072011e-308", 2.2250738585072011e-308},
        {"9007199254740991", 9007199254740991.0},
        {"9007199254740993.0", 9007199254740992.0},
        {"0.000000000000000000000000000000000000001", 1e-39},
        {"1e-400", 0},
        {"8.5e22", 8.5e22},
        {"0.1e1", 1},
        {"1e23", 1e23},
    };
    (void)unused;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        double value = -7;
        if (!hbl_number_read(numbers[i].text, &value) || value != numbers[i].value)
            fail_msg("%s reads as %.17g", numbers[i].text, value);
    }
}

static void test_what_is_no_number(void **unused)
{
    static const char *const texts[] = {
        "",
        "-",
        "+",
        ".",
        "-.",
        "e5",
        ".e5",
        "1e",
        "1e+",
        "1e5x",
        "1x",
        "1 ",
        " 1",
        "1,5",
        "1.2.3",
        "--1",
        "+-1",
        "0x10",
        "0x1p3",
        "nan",
        "NaN",
        "NA",
        "inf",
        "-inf",
        "Inf",
        "INFINITY",
        "1e309",
        "1d5",
        "1f",
        "1_000",
        "9007199254740992",
        "12345678901234567",
        "-12345678901234567890",
    };
    (void)unused;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double value = -7;
        if (hbl_number_read(texts[i], &value) || value != -7)
            fail_msg("\"%s\" reads as %.17g", texts[i], value);
    }
}

/* Read as strtod reads, for numbers as programs print them. */
static void test_numbers_round_trip(void **unused)
{
    uint64_t bits = 1;
    (void)unused;

    for (int i = 0; i < 100000; i++) {
        static const char *const formats[] = {"%.17g", "%.15g", "%.6g", "%.3f", "%.17e"};
        double x, value;
        char text[512];

        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        memcpy(&x, &bits, sizeof x);
        if (i % 2)
            x = (double)(int64_t)bits * 0x1p-53;
        if (!isfinite(x))
            continue;
        snprintf(text, sizeof text, formats[i % 5], x);
        if (strtod(text, NULL) == floor(strtod(text, NULL)) && !strpbrk(text, ".e"))
            continue; /* a whole number, which may be too long */
        assert_true(hbl_number_read(text, &value) == (bool)isfinite(strtod(text, NULL)));
        if (isfinite(strtod(text, NULL)))
            assert_true(value == strtod(text, NULL));
    }
}

static void test_writing_numbers(void **unused)
{
    static const struct {
        double value;
        const char *text;
    } numbers[] = {
        {1, "1"},        {-3, "-3"},
        {0, "0"},        {-0.0, "0"},
        {0.1, "0.1"},    {1234567890123, "1234567890123"},
        {1e30, "1e+30"}, {0.30000000000000004, "0.30000000000000004"},
        {2.5, "2.5"},    {NAN, "NA"},
    };
    (void)unused;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char text[HBL_NUMBER_SIZE];
        hbl_number_write(numbers[i].value, text);
        assert_string_equal(text, numbers[i].text);
    }
}

/* ---- good files ---- */

static hbl_table *read_bytes(const char *bytes, size_t size)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_table *table = NULL;

    scratch_write(bytes, size);
    if (hbl_table_read("t.csv", NULL, &table, &error))
        fail_msg("%s", error.message);
    assert_int_equal(error.status, HBL_OK);
    assert_string_equal(table->path, "t.csv");
    return table;
}

static hbl_table *read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

/* The numbers of a column; NaN where missing. */
static void assert_numbers(const hbl_table *table, const char *name, const double *expected)
{
    const hbl_column *column = hbl_table_column(table, name);

    assert_non_null(column);
    assert_int_equal(column->type, HBL_COLUMN_NUMBER);
    assert_null(column->code);
    for (size_t i = 0; i < table->n_rows; i++)
        if (isnan(expected[i]))
            assert_true(isnan(column->number[i]));
        else
            assert_true(column->number[i] == expected[i]);
}

/* The texts of a column; NULL where missing. */
static void assert_texts(const hbl_table *table, const char *name, const char *const *expected)
{
    const hbl_column *column = hbl_table_column(table, name);

    assert_non_null(column);
    assert_int_equal(column->type, HBL_COLUMN_TEXT);
    assert_null(column->number);
    for (size_t i = 0; i < table->n_rows; i++) {
        if (!expected[i]) {
            assert_int_equal(column->code[i], -1);
            continue;
        }
        assert_in_range(column->code[i], 0, column->n_labels - 1);
        assert_string_equal(column->label[column->code[i]], expected[i]);
    }
}

static void test_types(void **unused)
{
    hbl_table *table = read_text("id,price,mode,empty\n"
                                 "1,2.5,car,\n"
                                 "2,NA,train,NA\n"
                                 "3,.,car,.\n"
                                 "4,,,\n");
    (void)unused;

    assert_int_equal(table->n_rows, 4);
    assert_int_equal(table->n_columns, 4);
    assert_numbers(table, "id", (const double[]){1, 2, 3, 4});
    assert_numbers(table, "price", (const double[]){2.5, NAN, NAN, NAN});
    assert_numbers(table, "empty", (const double[]){NAN, NAN, NAN, NAN});
    assert_texts(table, "mode", (const char *const[]){"car", "train", "car", NULL});
    assert_int_equal(hbl_table_column(table, "mode")->n_labels, 2);
    assert_int_equal(hbl_table_column(table, "mode")->code[0], 0);
    assert_int_equal(hbl_table_column(table, "mode")->code[1], 1);
    assert_null(hbl_table_column(table, "Mode"));
    hbl_table_free(table);
}

/* Numbers that come before the first text keep their spelling. */
static void test_numbers_then_text(void **unused)
{
    hbl_table *table = read_text("id,x,long,odd\n"
                                 "01,1.50,12345678901234567,1\n"
                                 "1,NA,12345678901234568,nan\n"
                                 "01,2,1,inf\n"
                                 "x1,abc,2,0x1\n");
    (void)unused;

    assert_texts(table, "id", (const char *const[]){"01", "1", "01", "x1"});
    assert_texts(table, "x", (const char *const[]){"1.50", NULL, "2", "abc"});
    assert_texts(table, "long",
                 (const char *const[]){"12345678901234567", "12345678901234568", "1", "2"});
    assert_texts(table, "odd", (const char *const[]){"1", "nan", "inf", "0x1"});
    hbl_table_free(table);
}

static void test_quotes(void **unused)
{
    hbl_table *table = read_text("\"a\",\"b, c\",\"d\"\"e\"\n"
                                 "\"1\",\"x, y\",\"say \"\"so\"\"\"\n"
                                 " 2 , z ,\" kept \"\n"
                                 "\"\",\"\",\"\"\n");
    (void)unused;

    assert_numbers(table, "a", (const double[]){1, 2, NAN});
    assert_texts(table, "b, c", (const char *const[]){"x, y", "z", NULL});
    assert_texts(table, "d\"e", (const char *const[]){"say \"so\"", " kept ", NULL});
    hbl_table_free(table);
}

static void assert_lines(const hbl_table *table, const uint64_t *line, size_t n)
{
    assert_int_equal(table->n_rows, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(table->line[i], line[i]);
}

static void test_lines(void **unused)
{
    static const char *const texts[] = {
        "a,b\n1,2\n3,4\n5,6\n",
        "a,b\r\n1,2\r\n3,4\r\n5,6\r\n",
        "a,b\r1,2\r3,4\r5,6\r",
        "a,b\n1,2\n3,4\n5,6",               /* no line end after the last row */
        "\357\273\277a,b\n1,2\n3,4\n5,6\n", /* a byte-order mark */
        "a,b\n1,2\n3,4\n5,6\n\n\n  \n",     /* blank lines at the end */
        "a,b\r\n1,2\r\n3,4\r\n5,6\r\n\r\n\r\n",
    };
    (void)unused;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        hbl_table *table = read_text(texts[i]);
        assert_numbers(table, "a", (const double[]){1, 3, 5});
        assert_numbers(table, "b", (const double[]){2, 4, 6});
        assert_lines(table, (const uint64_t[]){2, 3, 4}, 3);
        hbl_table_free(table);
    }
}

static void test_lines_within_cells(void **unused)
{
    static const uint64_t line[] = {4, 6, 9, 10};
    hbl_table *table = read_text("a,\"b\nb\"\n\n1,x\n\n\"2\",\"y\n\ny\"\n3,z\n\"4\n\",z\n");
    (void)unused;

    assert_lines(table, line, 4);
    assert_texts(table, "b\nb", (const char *const[]){"x", "y\n\ny", "z", "z"});
    assert_texts(table, "a", (const char *const[]){"1", "2", "3", "4\n"});
    hbl_table_free(table);
    table = read_text("a,\"b\r\nb\"\r\n\r\n1,x\r\n\r\n\"2\",\"y\r\n\r\ny\"\r\n3,z\r\n4,z\r\n");
    assert_lines(table, line, 4);
    hbl_table_free(table);
}

/* Rows and quoted cells across the chunks in which the file is read. */
static void test_long_file(void **unused)
{
    enum { ROWS = 30000 };
    char *text = malloc((size_t)ROWS * 40 + 100), *end = text;
    hbl_table *table;
    (void)unused;

    assert_non_null(text);
    end += sprintf(end, "id,name,x\r\n");
    for (int i = 0; i < ROWS; i++)
        end += sprintf(end, "%d,\"n,%d\r\n\",%d.25\r\n", i, i % 20011, i);
    table = read_bytes(text, (size_t)(end - text));
    free(text);
    assert_int_equal(table->n_rows, ROWS);
    assert_int_equal(table->column[1].n_labels, 20011);
    for (int i = 0; i < ROWS; i++) {
        assert_true(table->column[0].number[i] == i);
        assert_true(table->column[2].number[i] == i + 0.25);
        assert_int_equal(table->column[1].code[i], i % 20011);
        assert_int_equal(table->line[i], 2 + 2 * i);
    }
    hbl_table_free(table);
}

static void test_one_column(void **unused)
{
    hbl_table *table = read_text("a\n1\n\"\"\n\n2\n");
    (void)unused;

    assert_numbers(table, "a", (const double[]){1, NAN, 2});
    assert_lines(table, (const uint64_t[]){2, 3, 5}, 3);
    hbl_table_free(table);
}

/* A decimal comma in the caller's locale changes nothing. Where the locale is not installed, there
 * is nothing to see. */
static void test_locale(void **unused)
{
    hbl_table *table;
    char text[HBL_NUMBER_SIZE];
    (void)unused;

    setlocale(LC_ALL, "de_DE.UTF-8");
    table = read_text("a,b\n1.5,0.300000000000000044408920985\n");
    assert_numbers(table, "a", (const double[]){1.5});
    assert_numbers(table, "b", (const double[]){0.30000000000000004});
    hbl_number_write(0.1, text);
    assert_string_equal(text, "0.1");
    hbl_table_free(table);
    setlocale(LC_ALL, "C");
}

/* ---- bad files ---- */

static void assert_refused(const char *bytes, size_t size, const char *message)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_table *table = (hbl_table *)&error;

    scratch_write(bytes, size);
    assert_int_equal(hbl_table_read("t.csv", NULL, &table, &error), HBL_ERR_INPUT);
    assert_null(table);
    assert_int_equal(error.status, HBL_ERR_INPUT);
    assert_string_equal(error.message, message);
    assert_int_equal(hbl_table_read("t.csv", NULL, &table, NULL), HBL_ERR_INPUT);
}

static void test_bad_files(void **unused)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"", "t.csv:1: the file is empty; its first line must name the columns"},
        {"\xEF\xBB\xBF", "t.csv:1: the file is empty; its first line must name the columns"},
        {"\n\n", "t.csv:1: the file is empty; its first line must name the columns"},
        {"a,b\n", "t.csv:1: no rows after the names of the columns"},
        {"\na,b", "t.csv:2: no rows after the names of the columns"},
        {"a,b\n1,2\n3\n", "t.csv:3: 1 cell where 2 columns are named"},
        {"a,b\n1,2\n3,4,5,6\n7,8\n", "t.csv:3: 4 cells where 2 columns are named"},
        {"a,b\r\n\"1\r\n\",2\r\n3,4,5\r\n", "t.csv:4: 3 cells where 2 columns are named"},
        {"a\n1\n3,4", "t.csv:3: 2 cells where 1 column is named"},
        {"a,,b\n1,2,3\n", "t.csv:1: column 2 has no name; name it or leave it out"},
        {"\"\",a\n1,2\n", "t.csv:1: column 1 has no name; name it or leave it out "
                          "(R: write.csv(..., row.names = FALSE))"},
        {"a,b,c,b,a\n1,2,3,4,5\n", "t.csv:1: columns 1 and 5 are both named \"a\""},
        {"a,b\n1,2\n3,\"4\n5,6\n7,8\n", "t.csv:3: a quote opens in this line and is never closed"},
        {"a,b\n1,2\n\"3\n\n\",\"4\n", "t.csv:5: a quote opens in this line and is never closed"},
        {"a,\"b\n1,2\n", "t.csv:1: a quote opens in this line and is never closed"},
        {"a,b\n1,2\n3,4\"5\n", "t.csv:3: a quote amid a cell; put the whole cell in quotes and "
                               "double those within it"},
        {"a,b\n1,2\n\"3\"4,5\n", "t.csv:3: a quote amid a cell; put the whole cell in quotes and "
                                 "double those within it"},
    };
    (void)unused;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(bad[i].text, strlen(bad[i].text), bad[i].message);
}

static void test_zero_bytes(void **unused)
{
    static const char within[] = "a,b\n1,2\n3,4\0\n", utf16[] = "\xFF\xFE"
                                                                "a\0,\0b\0\n\0"
                                                                "1\0";
    (void)unused;

    assert_refused(within, sizeof within - 1,
                   "t.csv:3: a zero byte; the file must be CSV text in UTF-8");
    assert_refused(utf16, sizeof utf16 - 1,
                   "t.csv:1: a zero byte; the file must be CSV text in UTF-8");
}

static void test_unreadable(void **unused)
{
    hbl_error error = HBL_ERROR_INIT, other = HBL_ERROR_INIT;
    hbl_table *table;
    (void)unused;

    assert_int_equal(hbl_table_read("none.csv", NULL, &table, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message, "none.csv: cannot be read: No such file or directory");
    assert_null(table);
    assert_int_equal(hbl_table_read(".", NULL, &table, &other), HBL_ERR_INPUT);
    assert_string_equal(other.message, ".: cannot be read: Is a directory");
    hbl_table_free(NULL);
}

/* Whatever is in a file, reading it ends, and either succeeds or says what is wrong. */
static void test_any_bytes(void **unused)
{
    static const char alphabet[] = "aa12.,,,\"\"\n\n\r -\0\xEF\xBB\xBF";
    uint64_t bits = 7;
    (void)unused;

    for (int trial = 0; trial < 3000; trial++) {
        hbl_error error = HBL_ERROR_INIT;
        hbl_table *table;
        char bytes[64];
        const size_t size = (size_t)trial % sizeof bytes;

        memcpy(bytes, "a,b\n1,2\n", 8);
        for (size_t i = trial % 2 ? 8 : 0; i < size; i++) {
            bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            bytes[i] = alphabet[(bits >> 33) % (sizeof alphabet - 1)];
        }
        scratch_write(bytes, size);
        if (hbl_table_read("t.csv", NULL, &table, &error)) {
            assert_int_equal(error.status, HBL_ERR_INPUT);
            assert_int_equal(strncmp(error.message, "t.csv:", 6), 0);
        } else {
            assert_true(table->n_rows > 0);
            hbl_table_free(table);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_what_is_no_number),
        cmocka_unit_test(test_numbers_round_trip),
        cmocka_unit_test(test_writing_numbers),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_numbers_then_text),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_lines_within_cells),
        cmocka_unit_test(test_long_file),
        cmocka_unit_test(test_one_column),
        cmocka_unit_test(test_locale),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_zero_bytes),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests_name("table", tests, scratch_enter, scratch_leave);
}
