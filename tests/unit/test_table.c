/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading CSV files: what cells and columns mean, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>

#include "core/number.h"
#include "unit/table_fixture.h"

/* ---- good files ---- */

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
        "a,b\r\n1,2\r3,4\n5,6\r \n", /* line ends mixed */
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

/* ---- options ---- */

static void test_delimiters(void **unused)
{
    static const hbl_table_options semicolon = {.delimiter = ';', .decimal = ','};
    static const hbl_table_options tab = {.delimiter = '\t'};
    hbl_table *table;
    const char *text = "id;price;sum;note;mixed\n"
                       "1;2,5;1.234,5;\"a;b\";1\n"
                       " 2 ; -0,25;10;c,d;1.5\n"
                       "3;\"1,5e1\";.;NA;2\n";
    (void)unused;

    scratch_write(text, strlen(text));
    table = read_written(&semicolon);
    assert_numbers(table, "id", (const double[]){1, 2, 3});
    assert_numbers(table, "price", (const double[]){2.5, -0.25, 15});
    assert_texts(table, "sum", (const char *const[]){"1.234,5", "10", NULL});
    assert_texts(table, "note", (const char *const[]){"a;b", "c,d", NULL});
    assert_texts(table, "mixed", (const char *const[]){"1", "1.5", "2"});
    hbl_table_free(table);

    text = "a\tb\tc\n1\t x y \t\n\t\t\n \n2\t\"p\tq\"\t 3 \n";
    scratch_write(text, strlen(text));
    table = read_written(&tab);
    assert_numbers(table, "a", (const double[]){1, NAN, 2});
    assert_texts(table, "b", (const char *const[]){"x y", NULL, "p\tq"});
    assert_numbers(table, "c", (const double[]){NAN, NAN, 3});
    assert_lines(table, (const uint64_t[]){2, 3, 5}, 3);
    hbl_table_free(table);
}

static void test_wrong_delimiters(void **unused)
{
    static const char *const message = "t.csv: cells are set apart by commas, semicolons or tabs, "
                                       "not by quotes or line ends";
    (void)unused;

    scratch_write("a;b\n1;2\n", 8);
    assert_written_refused(&(hbl_table_options){.delimiter = '"'}, message);
    assert_written_refused(&(hbl_table_options){.delimiter = '\n'}, message);
    assert_written_refused(&(hbl_table_options){.delimiter = '\r'}, message);
    assert_refused(
        "a;b\n1,5;2\n", 10,
        "t.csv:2: 2 cells where 1 column is named; give \"delimiter\": \";\" under \"data\"");
}

/* Those named in the context, a string. */
static bool is_wanted(const void *context, const char *name)
{
    return strstr(context, name) != NULL;
}

static void test_wanted(void **unused)
{
    const hbl_table_options some = {.wanted = is_wanted, .wanted_context = "|d|a|"};
    const hbl_table_options none = {.wanted = is_wanted, .wanted_context = ""};
    const char *text = "a,b,c,d\n1,x,\"p\nq\",u\n2,y,,v\n";
    hbl_table *table;
    (void)unused;

    scratch_write(text, strlen(text));
    table = read_written(&some);
    assert_int_equal(table->n_columns, 2);
    assert_string_equal(table->column[0].name, "a");
    assert_numbers(table, "a", (const double[]){1, 2});
    assert_texts(table, "d", (const char *const[]){"u", "v"});
    assert_null(hbl_table_column(table, "b"));
    assert_lines(table, (const uint64_t[]){2, 4}, 2);
    hbl_table_free(table);
    table = read_written(&none);
    assert_int_equal(table->n_columns, 0);
    assert_int_equal(table->n_rows, 2);
    hbl_table_free(table);

    scratch_write("a,b,c,d\n1,2\n", 12); /* the form of what is not kept is still checked */
    assert_written_refused(&some, "t.csv:2: 2 cells where 4 columns are named; is the line cut "
                                  "short, or an empty cell without its delimiter?");
    scratch_write("a,b,b,d\n1,2,3,4\n", 16);
    assert_written_refused(&some,
                           "t.csv:1: columns 2 and 3 are both named \"b\"; rename one of them");
    scratch_write("a,b,c,d\n1,2\"3,3,4\n", 18);
    assert_written_refused(&some, "t.csv:2: a quote amid a cell; put the whole cell in quotes and "
                                  "double those within it");
}

/* ---- bad files ---- */

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
        {"a,b\n1,2\n3\n", "t.csv:3: 1 cell where 2 columns are named; is the line cut short, or an "
                          "empty cell without its delimiter?"},
        {"a,b\n1,2\n3,4,5,6\n7,8\n", "t.csv:3: 4 cells where 2 columns are named; a cell that has "
                                     "\",\" in it must stand in quotes"},
        {"a,b\r\n\"1\r\n\",2\r\n3,4,5\r\n", "t.csv:4: 3 cells where 2 columns are named; a cell "
                                            "that has \",\" in it must stand in quotes"},
        {"a\n1\n3,4", "t.csv:3: 2 cells where 1 column is named; a cell that has \",\" in it must "
                      "stand in quotes"},
        {"a,,b\n1,2,3\n", "t.csv:1: column 2 has no name; name it or leave it out; does the first "
                          "line name the columns?"},
        {"a,\n1,2\n", "t.csv:1: column 2 has no name; name it or leave it out; is there a comma "
                      "too many at the end of the lines?"},
        {"1,2,1\n1,2,3\n", "t.csv:1: columns 1 and 3 are both named \"1\"; is a line with the "
                           "names of the columns missing above it?"},
        {"\"\",a\n1,2\n", "t.csv:1: column 1 has no name; name it or leave it out "
                          "(R: write.csv(..., row.names = FALSE))"},
        {"a,b,c,b,a\n1,2,3,4,5\n",
         "t.csv:1: columns 1 and 5 are both named \"a\"; rename one of them"},
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
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_numbers_then_text),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_lines_within_cells),
        cmocka_unit_test(test_one_column),
        cmocka_unit_test(test_locale),
        cmocka_unit_test(test_delimiters),
        cmocka_unit_test(test_wrong_delimiters),
        cmocka_unit_test(test_wanted),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_zero_bytes),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests_name("table", tests, scratch_enter, scratch_leave);
}
