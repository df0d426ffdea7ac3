/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables read from bytes, in tests. To be included after cmocka.h.
 */
#ifndef TESTS_UNIT_TABLE_FIXTURE_H
#define TESTS_UNIT_TABLE_FIXTURE_H

#include <math.h>
#include <stdint.h>

#include "hblogit/data.h"
#include "unit/scratch.h"

/* t.csv, which has been written, by these options. */
static inline hbl_table *read_written(const hbl_table_options *options)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_table *table = NULL;

    if (hbl_table_read("t.csv", options, &table, &error))
        fail_msg("%s", error.message);
    assert_int_equal(error.status, HBL_OK);
    assert_string_equal(table->path, "t.csv");
    return table;
}

static inline hbl_table *read_bytes(const char *bytes, size_t size)
{
    scratch_write(bytes, size);
    return read_written(NULL);
}

static inline hbl_table *read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

/* The numbers of a column; NaN where missing. */
static inline void assert_numbers(const hbl_table *table, const char *name, const double *expected)
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
static inline void assert_texts(const hbl_table *table, const char *name,
                                const char *const *expected)
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

static inline void assert_lines(const hbl_table *table, const uint64_t *line, size_t n)
{
    assert_int_equal(table->n_rows, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(table->line[i], line[i]);
}

/* t.csv is refused with that message, and without an error to fill. */
static inline void assert_written_refused(const hbl_table_options *options, const char *message)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_table *table = (hbl_table *)&error;

    assert_int_equal(hbl_table_read("t.csv", options, &table, &error), HBL_ERR_INPUT);
    assert_null(table);
    assert_int_equal(error.status, HBL_ERR_INPUT);
    assert_string_equal(error.message, message);
    assert_int_equal(hbl_table_read("t.csv", options, &table, NULL), HBL_ERR_INPUT);
}

static inline void assert_refused(const char *bytes, size_t size, const char *message)
{
    scratch_write(bytes, size);
    assert_written_refused(NULL, message);
}

#endif
