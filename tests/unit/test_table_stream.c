/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading CSV files through a buffer that holds a part of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "unit/table_fixture.h"

enum { BUFFER = 1 << 18 }; /* of batch.h */

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

/* Records of every kind, put at every offset to the end of the buffer. */
static const char kinds[] = "%d,plain,1.25\n"
                            "%d,\"q \"\"%d\"\"\",-2\r\n"
                            " %d , \"two\r\nlines\" ,3e1\r"
                            "\r\n"
                            "\"%d\",\"\",\"4\"\n";

static size_t put_kinds(char *text, int first)
{
    return (size_t)sprintf(text, kinds, first, first + 1, first + 1, first + 2, first + 3);
}

static void check_kinds(const hbl_table *table, size_t n_records)
{
    const hbl_column *name = hbl_table_column(table, "name"), *x = hbl_table_column(table, "x");
    uint64_t line = 2;

    assert_int_equal(table->n_rows, n_records);
    for (size_t i = 0; i < n_records; i++) {
        static const uint64_t lines[] = {1, 1, 3, 1};
        static const double value[] = {1.25, -2, 30, 4};
        static const char *const texts[] = {"plain", NULL, "two\r\nlines", NULL};
        const char *expected = texts[i % 4];
        char quoted[32];

        assert_true(table->column[0].number[i] == (double)i);
        assert_true(x->number[i] == value[i % 4]);
        assert_int_equal(table->line[i], line);
        line += lines[i % 4];
        if (i % 4 == 3) {
            assert_int_equal(name->code[i], -1);
            continue;
        }
        snprintf(quoted, sizeof quoted, "q \"%zu\"", i);
        assert_string_equal(name->label[name->code[i]], i % 4 == 1 ? quoted : expected);
    }
}

static void test_every_offset(void **unused)
{
    char *text = malloc(BUFFER + 1024);
    const size_t period = put_kinds(text, 10000);
    (void)unused;

    assert_non_null(text);
    for (size_t offset = 0; offset <= period; offset++) {
        size_t size = 0;
        int n = 0;
        hbl_table *table;

        memset(text, 'i', offset + 1);
        size = offset + 1;
        size += (size_t)sprintf(text + size, ",name,x\n");
        for (; size < BUFFER + 256; n += 4)
            size += put_kinds(text + size, n);
        table = read_bytes(text, size);
        check_kinds(table, (size_t)n);
        hbl_table_free(table);
    }
    free(text);
}

/* A file that ends at the end of the buffer, just before and just behind, with a line end and
 * without. */
static void test_ends(void **unused)
{
    static const char *const ends[] = {"\n", "\r", "\r\n", "", "\"", "\"\n", "\"\r\n"};
    char *text = malloc(BUFFER + 64);
    (void)unused;

    assert_non_null(text);
    for (size_t e = 0; e < sizeof ends / sizeof *ends; e++) {
        for (size_t size = BUFFER - 4; size <= BUFFER + 4; size++) {
            const size_t start = (size_t)sprintf(text, "a,b\n1,%s", ends[e][0] == '"' ? "\"" : "");
            const size_t length = size - start - strlen(ends[e]);
            hbl_table *table;

            memset(text + start, 'x', length);
            strcpy(text + start + length, ends[e]);
            table = read_bytes(text, size);
            assert_int_equal(table->n_rows, 1);
            assert_int_equal(strlen(table->column[1].label[0]), length);
            hbl_table_free(table);
        }
    }
    free(text);
}

static void test_long_cells(void **unused)
{
    enum { LENGTH = 3000000 };
    char *text = malloc(3 * LENGTH + 64), *end = text;
    hbl_table *table;
    (void)unused;

    assert_non_null(text);
    end += sprintf(end, "plain,quoted,number\n");
    memset(end, 'x', LENGTH);
    end += LENGTH;
    end += sprintf(end, ",\"");
    for (size_t i = 0; i < LENGTH; i += 2)
        end += sprintf(end, "%s", i == 0 ? "y\n" : "\"\"");
    end += sprintf(end, "\",0.25");
    memset(end, '0', LENGTH);
    end += LENGTH;
    end += sprintf(end, "\n1,2,3\n");
    table = read_bytes(text, (size_t)(end - text));
    assert_int_equal(strspn(table->column[0].label[0], "x"), LENGTH);
    assert_int_equal(strlen(table->column[0].label[0]), LENGTH);
    assert_memory_equal(table->column[1].label[0], "y\n\"\"", 4);
    assert_int_equal(strlen(table->column[1].label[0]), 2 + (LENGTH - 2) / 2);
    assert_numbers(table, "number", (const double[]){0.25, 3});
    assert_lines(table, (const uint64_t[]){2, 4}, 2);
    hbl_table_free(table);
    free(text);
}

static void test_many_columns(void **unused)
{
    enum { COLUMNS = 60000 };
    char *text = malloc((size_t)COLUMNS * 16), *end = text;
    hbl_table *table;
    (void)unused;

    assert_non_null(text);
    for (int j = 0; j < COLUMNS; j++)
        end += sprintf(end, "%sc%d", j ? "," : "", j);
    for (int j = 0; j < COLUMNS; j++)
        end += sprintf(end, "%s%d", j ? "," : "\n", j);
    table = read_bytes(text, (size_t)(end - text));
    assert_int_equal(table->n_columns, COLUMNS);
    for (int j = 0; j < COLUMNS; j++)
        assert_true(table->column[j].number[0] == j);
    hbl_table_free(table);
    free(text);
}

/* A good file with a few bytes changed reads or is refused; what is before the change is read. */
static void test_damage(void **unused)
{
    static const char alphabet[] = "a1.,\"\n\r \0";
    char *text = malloc(BUFFER + 1024);
    size_t size = (size_t)sprintf(text, "id,name,x\n"), refused = 0;
    uint64_t bits = 3;
    (void)unused;

    for (int n = 0; size < BUFFER + 256; n += 4)
        size += put_kinds(text + size, n);
    for (int trial = 0; trial < 200; trial++) {
        hbl_error error = HBL_ERROR_INIT;
        hbl_table *table;
        size_t at;
        char before;

        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        at = (trial % 2 ? 0 : BUFFER - 64) + (bits >> 33) % 256;
        before = text[at];
        text[at] = alphabet[(bits >> 50) % (sizeof alphabet - 1)];
        scratch_write(text, size);
        if (hbl_table_read("t.csv", NULL, &table, &error)) {
            assert_int_equal(strncmp(error.message, "t.csv:", 6), 0);
            refused++;
        }
        hbl_table_free(table);
        text[at] = before;
    }
    assert_in_range(refused, 60, 190);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_file),    cmocka_unit_test(test_every_offset),
        cmocka_unit_test(test_ends),         cmocka_unit_test(test_long_cells),
        cmocka_unit_test(test_many_columns), cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests_name("table_stream", tests, scratch_enter, scratch_leave);
}
