/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers as text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/number.h"

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

static uint64_t state = 1;

static uint64_t next_bits(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return state >> 32 | state << 32;
}

static size_t below(size_t n)
{
    return (size_t)(next_bits() % n);
}

static void assert_like_strtod(const char *text)
{
    const double expected = strtod(text, NULL);
    double value = 0;

    if (hbl_number_read(text, &value) != (bool)isfinite(expected))
        fail_msg("%s: whether it is a number", text);
    if (isfinite(expected) && memcmp(&value, &expected, sizeof value) != 0)
        fail_msg("%s reads as %.17g, not %.17g", text, value, expected);
}

/* Read as strtod reads, for numbers as programs print them. */
static void test_numbers_round_trip(void **unused)
{
    (void)unused;

    for (size_t i = 0; i < 100000; i++) {
        static const char *const formats[] = {"%.17g", "%.16g", "%.15g", "%.6g", "%.3f", "%.17e"};
        const uint64_t bits = next_bits();
        double x;
        char text[512];

        memcpy(&x, &bits, sizeof x);
        if (i % 2)
            x = (double)(int64_t)bits * 0x1p-53;
        if (!isfinite(x))
            continue;
        snprintf(text, sizeof text, formats[i % 6], x);
        if (strpbrk(text, ".e")) /* a whole number may be too long */
            assert_like_strtod(text);
    }
}

static char *put_digits(char *to, size_t n, bool zeros)
{
    for (; n > 0; n--)
        *to++ = (char)(zeros ? '0' : '0' + below(10));
    return to;
}

/* And for spellings at random: signs, leading zeros, up to 45 digits (now and then 2,000) around
 * the point, exponents beyond the range. */
static void test_random_spellings(void **unused)
{
    (void)unused;

    for (size_t i = 0; i < 200000; i++) {
        const size_t most = i % 1000 == 0 ? 1000 : 22;
        char text[4096], *end = text;

        if (below(2))
            *end++ = "+-"[below(2)];
        if (below(4) == 0)
            end = put_digits(end, below(most), true);
        end = put_digits(end, 1 + below(most), false);
        *end++ = '.';
        if (below(4) == 0)
            end = put_digits(end, below(most), true);
        end = put_digits(end, below(most), false);
        *end = '\0';
        if (below(3) == 0)
            sprintf(end, "%c%d", "eE"[below(2)], (int)below(700) - 350);
        assert_like_strtod(text);
    }
}

/* The middle between two doubles goes to the even one, and what is a little more up. */
static void test_middles(void **unused)
{
    (void)unused;

    for (int i = 0; i < 20000; i++) {
        const uint64_t odd = 2 * (UINT64_C(1) << 53) - 1 - 2 * below(1000000000);
        const int places = 1 + (int)below(10);
        char text[64];

        /* odd is 54 bits: halves of it and its multiples by powers of ten, divided again */
        snprintf(text, sizeof text, "%" PRIu64 ".0", odd);
        assert_like_strtod(text);
        snprintf(text, sizeof text, "%" PRIu64 "%c%" PRIu64, odd / 10, '.', odd % 10);
        assert_like_strtod(text);
        snprintf(text, sizeof text, "%.*f", places, ldexp((double)(odd % (1 << 28)), -places));
        assert_like_strtod(text);
    }
    assert_like_strtod("9007199254740993.0");                    /* a tie, to even */
    assert_like_strtod("9007199254740993.00");                   /* the same, 18 digits */
    assert_like_strtod("9007199254740993.001");                  /* more: up */
    assert_like_strtod("4503599627370497.5");                    /* a tie, to even */
    assert_like_strtod("4503599627370497.501");                  /* more: up */
    assert_like_strtod("9007199254740993.00000000000000000001"); /* more, late */
}

static void test_decimal_comma(void **unused)
{
    static const struct {
        const char *text;
        double value; /* NaN: none */
    } cases[] = {
        {"1,5", 1.5},
        {"-0,25", -0.25},
        {",5", 0.5},
        {"3", 3},
        {"1,5e3", 1500},
        {"1.5", NAN},
        {"1.234,5", NAN},
        {"1,234,5", NAN},
        {"1 234,5", NAN},
        {"1,2.3", NAN},
        {",", NAN},
        {"1,5x", NAN},
        {"0,30000000000000004440892098500626161694526672363281250", 0.30000000000000004},
    };
    (void)unused;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = -7;
        const bool is = hbl_number_parse(cases[i].text, strlen(cases[i].text), ',', &value);
        if (is == (bool)isnan(cases[i].value) || (is && value != cases[i].value))
            fail_msg("%s reads as %.17g", cases[i].text, value);
    }
}

/* What programs write of doubles. */
static void test_any_double(void **unused)
{
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"7", 7},
        {"-0.25", -0.25},
        {"+1.5e-3", 1.5e-3},
        {"12345678901234567", 12345678901234567.0},
        {"-9007199254740993", -9007199254740992.0}, /* a tie, to even */
        {"123456789012345678901234567890", 123456789012345678901234567890.0},
        {"1e309", INFINITY},
        {"-1e309", -INFINITY},
        {"1e-400", 0},
        {"nan", NAN},
        {"-NaN", NAN},
        {"inf", INFINITY},
        {"-inf", -INFINITY},
        {"+Inf", INFINITY},
        {"-INFINITY", -INFINITY},
    };
    static const char *const none[] = {"",     "-",     "NA",   " 1",    "1 ", "1,5",   "0x10",
                                       "infi", "nan()", "nan5", "-inff", "n",  "\316nf"};
    (void)unused;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const text = cases[i].text;
        double value = -7;
        if (!hbl_number_parse_any(text, strlen(text), &value) ||
            !(isnan(cases[i].value) ? isnan(value) : value == cases[i].value))
            fail_msg("%s reads as %.17g", text, value);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        double value = -7;
        if (hbl_number_parse_any(none[i], strlen(none[i]), &value) || value != -7)
            fail_msg("\"%s\" reads as %.17g", none[i], value);
    }
}

/* Nothing behind the text's size is looked at. */
static void test_size(void **unused)
{
    double value = 0;
    (void)unused;

    for (size_t size = 1; size <= 6; size++) {
        static const double expected[] = {1, 12, 12, 12.5, 0, 12.5e1};
        char *exact = malloc(size); /* so that a step beyond is seen */
        assert_non_null(exact);
        memcpy(exact, "12.5e1", size);
        assert_int_equal(hbl_number_parse(exact, size, '.', &value), size != 5);
        if (size != 5)
            assert_true(value == expected[size - 1]);
        free(exact);
    }
    assert_false(hbl_number_parse("1", 0, '.', &value));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_what_is_no_number),
        cmocka_unit_test(test_numbers_round_trip),
        cmocka_unit_test(test_random_spellings),
        cmocka_unit_test(test_middles),
        cmocka_unit_test(test_decimal_comma),
        cmocka_unit_test(test_any_double),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_writing_numbers),
    };
    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
