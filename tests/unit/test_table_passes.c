/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading CSV files that are compressed, come through a pipe, or have to be read again for columns
 * that turn to text late; and what is told of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

#include "unit/table_fixture.h"

enum { BUFFER = 1 << 18 }; /* of batch.h */

/* ---- compression and pipes ---- */

static void write_compressed(const char *mode, const char *bytes, size_t size, size_t times)
{
    gzFile file = gzopen("t.csv", mode);

    assert_non_null(file);
    for (size_t i = 0; i < times; i++)
        assert_int_equal(gzwrite(file, bytes, (unsigned)size), size);
    assert_int_equal(gzclose(file), Z_OK);
}

static size_t read_stored(char *bytes, size_t size)
{
    FILE *file = fopen("t.csv", "rb");
    size_t n;

    assert_non_null(file);
    n = fread(bytes, 1, size, file);
    fclose(file);
    return n;
}

static void test_gzip(void **unused)
{
    char stored[512];
    hbl_table *table;
    size_t size;
    (void)unused;

    write_compressed("wb",
                     "\xEF\xBB\xBF"
                     "a,b\n1,x\n",
                     11, 1);
    write_compressed("ab", "2,\"y\n\"\n3,z\n", 11, 1); /* a second member */
    size = read_stored(stored, sizeof stored);
    table = read_written(NULL);
    assert_numbers(table, "a", (const double[]){1, 2, 3});
    assert_texts(table, "b", (const char *const[]){"x", "y\n", "z"});
    assert_lines(table, (const uint64_t[]){2, 3, 5}, 3);
    hbl_table_free(table);

    assert_refused(stored, size - 12, "t.csv: cannot be read: the compressed file is cut short");
    stored[size - 6] ^= 1; /* the checksum */
    assert_refused(stored, size, "t.csv: cannot be read: the compressed file is damaged");
}

/* More than the longest record that is read, of which a quote is the reason. */
static void test_endless_record(void **unused)
{
    static char xs[1 << 20];
    (void)unused;

    memset(xs, 'x', sizeof xs);
    write_compressed("wb1", "a,b\n1,\"", 7, 1);
    write_compressed("ab1", xs, sizeof xs, 65);
    assert_written_refused(NULL, "t.csv:2: a record of more than 64 MB; a quote that opens in it "
                                 "may never be closed");
}

/* What cannot be read twice is read as if it could. */
static void test_pipe(void **unused)
{
    static const char text[] = "a,b\n007,1\n1.50,x\n,2\ny,3\n";
    hbl_error error = HBL_ERROR_INIT;
    hbl_table *table;
    char path[32];
    int ends[2];
    (void)unused;

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, sizeof text - 1), sizeof text - 1);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    if (hbl_table_read(path, NULL, &table, &error))
        fail_msg("%s", error.message);
    assert_texts(table, "a", (const char *const[]){"007", "1.50", NULL, "y"});
    assert_texts(table, "b", (const char *const[]){"1", "x", "2", "3"});
    hbl_table_free(table);
    close(ends[0]);
}

/* ---- progress ---- */

typedef struct {
    uint64_t bytes, size;
    size_t calls, passes;
    bool append; /* a row, when the end is reached the first time */
} told;

static void on_progress(void *context, uint64_t bytes, uint64_t size)
{
    told *t = context;

    t->passes += t->calls++ == 0 || bytes < t->bytes;
    assert_true(bytes <= size);
    assert_true(t->size == 0 || t->size == size);
    t->bytes = bytes;
    t->size = size;
    if (t->append && bytes == size) {
        FILE *file = fopen("t.csv", "ab");
        assert_non_null(file);
        fputs("9,9\n", file);
        assert_int_equal(fclose(file), 0);
        t->append = false;
    }
}

static char *many_rows(size_t n, size_t *size)
{
    char *text = malloc(n * 24 + 16), *end = text;

    assert_non_null(text);
    end += sprintf(end, "a,b\n");
    for (size_t i = 0; i < n; i++)
        end += sprintf(end, "%zu,%zu\n", i, i * 2654435761U % 1000003);
    *size = (size_t)(end - text);
    return text;
}

static void test_progress(void **unused)
{
    told plain = {0}, compressed = {0}, again = {.append = true};
    const hbl_table_options options = {.progress = on_progress, .progress_context = &plain};
    hbl_table_options other = options;
    hbl_error error = HBL_ERROR_INIT;
    hbl_table *table;
    char *text;
    size_t size;
    (void)unused;

    text = many_rows(100000, &size);
    scratch_write(text, size);
    hbl_table_free(read_written(&options));
    assert_int_equal(plain.bytes, size);
    assert_int_equal(plain.size, size);
    assert_int_equal(plain.passes, 1);
    assert_in_range(plain.calls, size / BUFFER, size / BUFFER + 3);

    write_compressed("wb", text, size, 1);
    other.progress_context = &compressed;
    hbl_table_free(read_written(&other));
    assert_int_equal(compressed.bytes, compressed.size);
    assert_in_range(compressed.size, 1, size / 2);
    assert_in_range(compressed.calls, size / BUFFER, size / BUFFER + 3);

    memcpy(text + size - 2, "x", 1); /* the last number becomes text: the file is read again */
    scratch_write(text, size);
    other.progress_context = &again;
    assert_int_equal(hbl_table_read("t.csv", &other, &table, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message, "t.csv: it changed while it was read");
    assert_int_equal(again.passes, 2);
    free(text);
}

/* ---- text after numbers ---- */

static void spell(char *text, size_t row)
{
    static const char *const formats[] = {"%03zu", "%zu.50", "%zue3", "+%zu", "%zu"};

    sprintf(text, formats[row % 5], row % 997);
}

static void assert_spelling(const hbl_column *column, size_t row, size_t text_row, const char *text)
{
    char expected[32];

    spell(expected, row);
    if (row == text_row)
        strcpy(expected, text);
    if (strcmp(column->label[column->code[row]], expected) != 0)
        fail_msg("row %zu: %s, not %s", row, column->label[column->code[row]], expected);
}

/* Columns u and v turn to text in those rows, n does not. */
static void check_late_text(size_t n_rows, size_t u, size_t v)
{
    char *text = malloc(n_rows * 48 + 16), *end = text, spelling[32];
    const hbl_column *column[2];
    hbl_table *table;

    assert_non_null(text);
    end += sprintf(end, "u,n,v\n");
    for (size_t i = 0; i < n_rows; i++) {
        spell(spelling, i);
        end += sprintf(end, "%s,%zu.5,", i == u ? "U" : spelling, i);
        end += sprintf(end, "%s\n", i == v ? "V" : spelling);
    }
    table = read_bytes(text, (size_t)(end - text));
    free(text);
    column[0] = hbl_table_column(table, "u");
    column[1] = hbl_table_column(table, "v");
    assert_int_equal(table->n_rows, n_rows);
    for (size_t i = 0; i < n_rows; i++) {
        assert_true(table->column[1].number[i] == (double)i + .5);
        assert_int_equal(table->line[i], i + 2);
        assert_spelling(column[0], i, u, "U");
        assert_spelling(column[1], i, v, "V");
    }
    for (int j = 0; j < 2; j++) /* labels in order of first appearance */
        for (size_t i = 0, seen = 0; i < n_rows; i++) {
            assert_true(column[j]->code[i] <= (int32_t)seen);
            seen += column[j]->code[i] == (int32_t)seen;
        }
    hbl_table_free(table);
}

/* In the first batch, which takes some 13,000 of these rows, and in later ones. */
static void test_late_text(void **unused)
{
    static const size_t rows[] = {0, 1, 4096, 12000, 14000, 29999};
    enum { N = sizeof rows / sizeof *rows };
    (void)unused;

    for (size_t i = 0; i < N; i++)
        for (size_t j = i; j < N; j++)
            check_late_text(30000, rows[i], rows[j]);
    check_late_text(1000001, 1000000, 1000000);
}

/* Text after rows without a value keeps them missing, without another pass. */
static void test_text_after_missing(void **unused)
{
    enum { ROWS = BUFFER };
    char *text = malloc(ROWS * 8), *end = text;
    told t = {0};
    hbl_table *table;
    (void)unused;

    assert_non_null(text);
    end += sprintf(end, "a,b\n");
    for (int i = 0; i < ROWS - 1; i++)
        end += sprintf(end, "1,%s\n", i % 2 ? "NA" : "");
    end += sprintf(end, "1,x\n");
    scratch_write(text, (size_t)(end - text));
    free(text);
    table = read_written(&(hbl_table_options){.progress = on_progress, .progress_context = &t});
    assert_int_equal(t.passes, 1);
    for (int i = 0; i < ROWS - 1; i++)
        assert_int_equal(table->column[1].code[i], -1);
    assert_string_equal(table->column[1].label[table->column[1].code[ROWS - 1]], "x");
    hbl_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gzip),      cmocka_unit_test(test_endless_record),
        cmocka_unit_test(test_pipe),      cmocka_unit_test(test_progress),
        cmocka_unit_test(test_late_text), cmocka_unit_test(test_text_after_missing),
    };
    return cmocka_run_group_tests_name("table_passes", tests, scratch_enter, scratch_leave);
}
