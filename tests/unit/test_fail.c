/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors, the nearest word, memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"

static void test_first_failure_wins(void **unused)
{
    hbl_error error = HBL_ERROR_INIT;
    (void)unused;

    assert_int_equal(hbl_fail(&error, HBL_ERR_INPUT, "%s:%d: bad", "a.csv", 3), HBL_ERR_INPUT);
    assert_int_equal(error.status, HBL_ERR_INPUT);
    assert_string_equal(error.message, "a.csv:3: bad");
    assert_int_equal(hbl_fail(&error, HBL_ERR_WRITE, "later"), HBL_ERR_WRITE);
    assert_int_equal(hbl_fail_memory(&error, "later"), HBL_ERR_MEMORY);
    assert_int_equal(error.status, HBL_ERR_INPUT);
    assert_string_equal(error.message, "a.csv:3: bad");
}

static void test_without_error(void **unused)
{
    (void)unused;
    assert_int_equal(hbl_fail(NULL, HBL_ERR_NUMERIC, "%d", 1), HBL_ERR_NUMERIC);
    assert_int_equal(hbl_fail_memory(NULL, "x"), HBL_ERR_MEMORY);
}

static void test_long_message_is_cut(void **unused)
{
    hbl_error error = HBL_ERROR_INIT;
    char text[3000];
    (void)unused;

    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    hbl_fail(&error, HBL_ERR_INPUT, "%s", text);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
}

static void test_out_of_memory_message(void **unused)
{
    hbl_error error = HBL_ERROR_INIT;
    (void)unused;

    hbl_fail_memory(&error, "draws");
    assert_int_equal(error.status, HBL_ERR_MEMORY);
    assert_string_equal(error.message, "out of memory for draws");
}

static void test_nearest(void **unused)
{
    static const char *const words[] = {"normal", "lognormal", "negative-lognormal", "johnson-sb",
                                        "censored-normal"};
    const size_t n = sizeof words / sizeof *words;
    (void)unused;

    assert_string_equal(hbl_nearest("lognormal", words, n), "lognormal");
    assert_string_equal(hbl_nearest("lognorml", words, n), "lognormal");   /* one dropped */
    assert_string_equal(hbl_nearest("loggnormal", words, n), "lognormal"); /* one too many */
    assert_string_equal(hbl_nearest("lagnormal", words, n), "lognormal");  /* one other */
    assert_string_equal(hbl_nearest("Normal", words, n), "normal");
    assert_string_equal(hbl_nearest("NORMAL", words, n), "normal");
    assert_string_equal(hbl_nearest("nromal", words, n), "normal");
    assert_string_equal(hbl_nearest("johnsonsb", words, n), "johnson-sb");
    assert_null(hbl_nearest("triangular", words, n));
    assert_null(hbl_nearest("xyz", words, n));
    assert_null(hbl_nearest("", words, n));
    assert_null(hbl_nearest("normal", words, 0));
}

static void test_nearest_of_long_words(void **unused)
{
    char word[200], other[200];
    const char *words[1] = {other};
    (void)unused;

    memset(word, 'a', sizeof word);
    memset(other, 'b', sizeof other);
    word[150] = other[199] = '\0';
    assert_null(hbl_nearest(word, words, 1));
    word[63] = other[10] = '\0';
    assert_null(hbl_nearest(word, words, 1));
}

static void test_zeroed(void **unused)
{
    unsigned char *bytes = hbl_calloc(1000, 3, "bytes", NULL);
    (void)unused;

    assert_non_null(bytes);
    for (int i = 0; i < 3000; i++)
        assert_int_equal(bytes[i], 0);
    free(bytes);
    bytes = hbl_calloc(0, 8, "nothing", NULL);
    assert_non_null(bytes);
    free(bytes);
}

static void test_aligned(void **unused)
{
    hbl_error error = HBL_ERROR_INIT;
    (void)unused;

    for (size_t count = 0; count < 200; count += 7) {
        unsigned char *bytes = hbl_calloc_aligned(count, 1, "bytes", &error);
        assert_non_null(bytes);
        assert_int_equal((uintptr_t)bytes % 64, 0);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(bytes[i], 0);
        free(bytes);
    }
    assert_int_equal(error.status, HBL_OK);
    assert_null(hbl_calloc_aligned(SIZE_MAX / 4, 8, "too much", &error));
    assert_string_equal(error.message, "out of memory for too much");
}

static void test_grow(void **unused)
{
    double *x = NULL;
    size_t capacity = 0;
    (void)unused;

    for (size_t n = 0; n < 1000; n++) {
        assert_int_equal(hbl_grow(&x, &capacity, n + 1, sizeof *x, "numbers", NULL), HBL_OK);
        assert_true(capacity > n);
        x[n] = (double)n;
    }
    for (size_t n = 0; n < 1000; n++)
        assert_true(x[n] == (double)n);
    assert_int_equal(hbl_grow(&x, &capacity, SIZE_MAX / 8, 64, "numbers", NULL), HBL_ERR_MEMORY);
    assert_true(x[999] == 999); /* what was there stays */
    free(x);
}

static void test_strdup(void **unused)
{
    const char text[] = "price";
    char *copy = hbl_strdup(text, NULL);
    (void)unused;

    assert_non_null(copy);
    assert_ptr_not_equal(copy, text);
    assert_string_equal(copy, text);
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_failure_wins),
        cmocka_unit_test(test_without_error),
        cmocka_unit_test(test_long_message_is_cut),
        cmocka_unit_test(test_out_of_memory_message),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_nearest_of_long_words),
        cmocka_unit_test(test_zeroed),
        cmocka_unit_test(test_aligned),
        cmocka_unit_test(test_grow),
        cmocka_unit_test(test_strdup),
    };
    return cmocka_run_group_tests_name("fail", tests, NULL, NULL);
}
