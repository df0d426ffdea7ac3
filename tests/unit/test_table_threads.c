/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of several batches, read by one thread and by more: the tables and the errors are the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

#include "unit/table_fixture.h"

enum { BUFFER = 1 << 18, ROWS = 60000 }; /* BUFFER: of batch.h; a file of ROWS takes some seven */

static const int some_threads[] = {2, 3, 8};
enum { N_THREADS = sizeof some_threads / sizeof *some_threads };

/* ---- files */

/* How the rows of a file are written; ends: of lines. */
typedef struct {
    const char *ends;
    char delimiter, mark;
} spelling;

static const spelling plain = {"\n", ',', '.'};

static size_t put_line(char *to, const spelling *s, const char *const cell[4])
{
    char *end = to;

    for (int j = 0; j < 4; j++)
        end += sprintf(end, "%s%.*s", cell[j], j < 3, &s->delimiter);
    return (size_t)(end - to) + (size_t)sprintf(end, "%s", s->ends);
}

/* Columns id, name, x and y: names old and new all along, some over two lines; numbers short and
 * long in x; missing cells and numbers in y. */
static size_t put_row(char *to, const spelling *s, int i)
{
    static char id[16], name[32], x[32], y[16];

    sprintf(id, "%d", i);
    sprintf(name, i % 7 ? "n %d" : "\"n %d, \"\"again\"\"\n\"", i % 5 ? i % 100 : i / 3);
    sprintf(x, i % 3 ? "%d%c%d" : "-%d%c%012d", i % 11, s->mark, i);
    sprintf(y, i % 4 ? "%d" : "NA", i % 2);
    return put_line(to, s, (const char *const[]){id, name, x, y});
}

/* What is put in before row `at` of the ROWS. */
typedef struct {
    int at;
    const char *bytes;
} insertion;

static size_t write_file(char *text, const spelling *s, size_t n, const insertion *inserted)
{
    size_t size = put_line(text, s, (const char *const[]){"id", "name", "x", "y"});

    for (int i = 0; i < ROWS; i++) {
        for (size_t k = 0; k < n; k++)
            if (inserted[k].at == i)
                size += (size_t)sprintf(text + size, "%s%s", inserted[k].bytes, s->ends);
        size += put_row(text + size, s, i);
    }
    assert_in_range(size, 5 * BUFFER, 10 * BUFFER);
    return size;
}

static char *room_for_file(void)
{
    char *text = malloc((size_t)ROWS * 64);

    assert_non_null(text);
    return text;
}

/* ---- comparisons */

static void assert_same_column(const hbl_column *a, const hbl_column *b, size_t n_rows)
{
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->complete, b->complete);
    assert_int_equal(a->n_labels, b->n_labels);
    if (a->type == HBL_COLUMN_NUMBER)
        assert_memory_equal(a->number, b->number, n_rows * sizeof *a->number);
    else
        assert_memory_equal(a->code, b->code, n_rows * sizeof *a->code);
    for (int32_t k = 0; k < a->n_labels; k++)
        assert_string_equal(a->label[k], b->label[k]);
}

static void assert_same_table(const hbl_table *a, const hbl_table *b)
{
    assert_int_equal(a->n_rows, b->n_rows);
    assert_int_equal(a->n_columns, b->n_columns);
    assert_memory_equal(a->line, b->line, a->n_rows * sizeof *a->line);
    for (size_t j = 0; j < a->n_columns; j++)
        assert_same_column(&a->column[j], &b->column[j], a->n_rows);
}

/* The table that t.csv is read as, whatever the number of threads. */
static hbl_table *read_by_all(hbl_table_options options)
{
    hbl_table *one, *other;

    options.threads = 1;
    one = read_written(&options);
    for (int t = 0; t < N_THREADS; t++) {
        options.threads = some_threads[t];
        other = read_written(&options);
        assert_same_table(one, other);
        hbl_table_free(other);
    }
    return one;
}

static void assert_refused_by_all(const char *message)
{
    hbl_table_options options = {.threads = 1};

    assert_written_refused(&options, message);
    for (int t = 0; t < N_THREADS; t++) {
        options.threads = some_threads[t];
        assert_written_refused(&options, message);
    }
}

/* ---- tables */

static void check_rows(const hbl_table *table)
{
    uint64_t line = 2;

    assert_int_equal(table->n_rows, ROWS);
    for (int i = 0; i < ROWS; i++) {
        char name[32];

        assert_int_equal(table->line[i], line);
        line += i % 7 ? 1 : 2;
        assert_true(table->column[0].number[i] == i);
        snprintf(name, sizeof name, i % 7 ? "n %d" : "n %d, \"again\"\n", i % 5 ? i % 100 : i / 3);
        assert_string_equal(table->column[1].label[table->column[1].code[i]], name);
        assert_int_equal(isnan(table->column[3].number[i]), i % 4 == 0);
    }
    assert_true(table->column[0].complete && table->column[1].complete);
    assert_true(table->column[2].complete && !table->column[3].complete);
}

static void test_spellings(void **unused)
{
    static const spelling spellings[] = {{"\n", ',', '.'}, {"\r\n", ',', '.'}, {"\n", ';', ','}};
    char *text = room_for_file();
    (void)unused;

    for (size_t k = 0; k < sizeof spellings / sizeof *spellings; k++) {
        const spelling *s = &spellings[k];
        const size_t size = write_file(text, s, 0, NULL);
        const hbl_table_options options = {.delimiter = s->delimiter, .decimal = s->mark};
        hbl_table *whole, *cut;

        scratch_write(text, size);
        whole = read_by_all(options);
        check_rows(whole);
        scratch_write(text, size - strlen(s->ends)); /* the last line without its end */
        cut = read_by_all(options);
        assert_same_table(whole, cut);
        hbl_table_free(whole);
        hbl_table_free(cut);
    }
    free(text);
}

static void test_compressed(void **unused)
{
    char *text = room_for_file();
    const size_t size = write_file(text, &plain, 0, NULL);
    gzFile file = gzopen("t.csv", "wb1");
    hbl_table *table;
    (void)unused;

    assert_non_null(file);
    assert_int_equal(gzwrite(file, text, (unsigned)size), size);
    assert_int_equal(gzclose(file), Z_OK);
    table = read_by_all((hbl_table_options){0});
    check_rows(table);
    hbl_table_free(table);
    free(text);
}

static bool is_id(const void *unused, const char *name)
{
    (void)unused;
    return strcmp(name, "id") == 0;
}

static bool is_none(const void *unused, const char *name)
{
    (void)unused, (void)name;
    return false;
}

static void test_fewer_columns(void **unused)
{
    char *text = room_for_file();
    hbl_table *table;
    (void)unused;

    scratch_write(text, write_file(text, &plain, 0, NULL));
    free(text);
    table = read_by_all((hbl_table_options){.wanted = is_id});
    assert_int_equal(table->n_columns, 1);
    assert_true(table->column[0].number[ROWS - 1] == ROWS - 1);
    hbl_table_free(table);
    table = read_by_all((hbl_table_options){.wanted = is_none});
    assert_int_equal(table->n_columns, 0);
    assert_int_equal(table->n_rows, ROWS);
    hbl_table_free(table);
}

/* Text after numbers, in one column early and in another late: the file is read again, twice. */
static void test_late_text(void **unused)
{
    const insertion texts[] = {{100, "1,one,1.50,none"}, {ROWS - 5, "ten,ten,10,1"}};
    char *text = room_for_file();
    hbl_table *table;
    (void)unused;

    scratch_write(text, write_file(text, &plain, 2, texts));
    free(text);
    table = read_by_all((hbl_table_options){0});
    assert_int_equal(table->n_rows, ROWS + 2);
    assert_int_equal(table->column[0].type, HBL_COLUMN_TEXT);
    assert_int_equal(table->column[0].n_labels, ROWS + 1);
    assert_string_equal(table->column[0].label[ROWS - 5], "ten");
    assert_int_equal(table->column[2].type, HBL_COLUMN_NUMBER);
    assert_int_equal(table->column[3].n_labels, 3);
    assert_string_equal(table->column[3].label[2], "none");
    hbl_table_free(table);
}

/* A record that takes several batches' room, and whatever comes behind it. */
static void test_huge_line(void **unused)
{
    char *text = room_for_file(), *name = malloc(3 * BUFFER);
    insertion huge = {ROWS / 2, name};
    hbl_table *table;
    size_t size;
    (void)unused;

    assert_non_null(name);
    strcpy(name, "7,\"");
    memset(name + 3, 'x', 2 * BUFFER);
    strcpy(name + 3 + 2 * BUFFER, "\n\",0.5,1");
    text = realloc(text, (size_t)ROWS * 64 + 3 * BUFFER);
    assert_non_null(text);
    size = write_file(text, &plain, 1, &huge);
    scratch_write(text, size);
    table = read_by_all((hbl_table_options){0});
    assert_int_equal(table->n_rows, ROWS + 1);
    assert_int_equal(table->line[ROWS / 2 + 1], table->line[ROWS / 2] + 2);
    assert_true(table->column[0].number[ROWS] == ROWS - 1);
    hbl_table_free(table);
    free(name);
    free(text);
}

/* ---- errors */

static void refuse(size_t n, const insertion *inserted, const char *message)
{
    char *text = room_for_file();

    scratch_write(text, write_file(text, &plain, n, inserted));
    free(text);
    assert_refused_by_all(message);
}

/* The first one is told, with its line: before row i there are i + i / 7 lines, rounded up, and
 * that of the names. */
static void test_errors(void **unused)
{
    const insertion twice[] = {{49000, "1,2"}, {49001, "1,2,3,4,5"}};
    const insertion apart[] = {{35000, "1,2,3,4,5"}, {58000, "1,2"}};
    const insertion quote[] = {{56000, "1,a\"b,3,4"}, {14, "text,2,3,4"}};
    const insertion open[] = {{56000, "1,\"a,3,4"}};
    (void)unused;

    refuse(2, twice,
           "t.csv:56002: 2 cells where 4 columns are named; is the line cut short, or an empty "
           "cell without its delimiter?");
    refuse(2, apart,
           "t.csv:40002: 5 cells where 4 columns are named; a cell that has \",\" in it must stand "
           "in quotes");
    refuse(2, quote,
           "t.csv:64003: a quote amid a cell; put the whole cell in quotes and double those within "
           "it");
    refuse(1, open,
           "t.csv:64002: a quote amid a cell; put the whole cell in quotes and double those within "
           "it");
}

/* What is wrong in the part that can be read is told before that the rest is missing. */
static void test_cut_short(void **unused)
{
    char stored[200];
    gzFile file = gzopen("t.csv", "wb");
    size_t size;
    FILE *whole;
    (void)unused;

    assert_non_null(file);
    assert_int_equal(gzwrite(file, "a,b\n1,2\n3\n4,5\n", 15), 15);
    assert_int_equal(gzclose(file), Z_OK);
    whole = fopen("t.csv", "rb");
    assert_non_null(whole);
    size = fread(stored, 1, sizeof stored, whole);
    fclose(whole);
    scratch_write(stored, size - 4);
    assert_refused_by_all("t.csv:3: 1 cell where 2 columns are named; is the line cut short, or an "
                          "empty cell without its delimiter?");
}

static void test_no_rows(void **unused)
{
    (void)unused;
    scratch_write("", 0);
    assert_refused_by_all("t.csv:1: the file is empty; its first line must name the columns");
    scratch_write("a,b\n\n", 5);
    assert_refused_by_all("t.csv:1: no rows after the names of the columns");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings),     cmocka_unit_test(test_compressed),
        cmocka_unit_test(test_fewer_columns), cmocka_unit_test(test_late_text),
        cmocka_unit_test(test_huge_line),     cmocka_unit_test(test_errors),
        cmocka_unit_test(test_cut_short),     cmocka_unit_test(test_no_rows),
    };
    return cmocka_run_group_tests_name("table_threads", tests, scratch_enter, scratch_leave);
}
