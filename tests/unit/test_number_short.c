/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Short numbers, read side by side, against the reader of any number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>
#include <string.h>

#include "core/number.h"
#include "core/number_short.h"

/* The text, followed by characters that are not its own. */
static bool parse(const char *text, size_t size, char mark, double *value)
{
    char ahead[32 + HBL_NUMBER_SHORT_AHEAD];

    memset(ahead, '1', sizeof ahead);
    memcpy(ahead, text, size);
    return hbl_number_parse_short(ahead, size, mark, value);
}

static void test_which_are_read(void **unused)
{
    static const struct {
        const char *text;
        double value;
    } read[] = {
        {"0", 0},
        {"7", 7},
        {"-3", -3},
        {"12", 12},
        {"0.96", 0.96},
        {"-0.23", -0.23},
        {".5", 0.5},
        {"-.5", -0.5},
        {"5.", 5},
        {"-5.", -5},
        {"00.10", 0.1},
        {"12345678", 12345678},
        {"1.", 1},
        {"1.234567", 1.234567},
        {"-98765432", -98765432},
        {".0000001", 1e-7},
    };
    static const char *const others[] = {"",      "-",     ".",   "-.",        "+1",        "--1",
                                         "1.2.3", "1..",   "1e5", "123456789", "1.2345678", "1,5",
                                         "0x1",   "1 000", "NA",  "1:",        "1/",        "\xb1"};
    (void)unused;

    for (size_t i = 0; i < sizeof read / sizeof *read; i++) {
        double value = 77;
        if (!parse(read[i].text, strlen(read[i].text), '.', &value) || value != read[i].value)
            fail_msg("%s reads as %.17g", read[i].text, value);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        double value = 77;
        if (parse(others[i], strlen(others[i]), '.', &value) || value != 77)
            fail_msg("%s reads as %.17g", others[i], value);
    }
}

/* What is read is a number, and the same one to the last bit, -0 included. */
static void test_against_any(void **unused)
{
    static const char alphabet[] = "0123456789012345678901234567890123456789..,,-+eE \xb1:/\n";
    uint64_t bits = 5;
    size_t n_read = 0;
    (void)unused;

    for (int trial = 0; trial < 1000000; trial++) {
        const char mark = trial % 2 ? '.' : ',';
        double value = 77, expected = 77;
        char text[12];
        size_t size;

        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size = (bits >> 40) % 11;
        for (size_t i = 0; i < size; i++) {
            bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            text[i] = alphabet[(bits >> 40) % (sizeof alphabet - 1)];
        }
        if (size > 0 && trial % 3 == 0)
            text[0] = '-';
        if (!parse(text, size, mark, &value))
            continue;
        n_read++;
        if (!hbl_number_parse(text, size, mark, &expected) ||
            memcmp(&value, &expected, sizeof value) != 0)
            fail_msg("%.*s reads as %.17g", (int)size, text, value);
    }
    assert_in_range(n_read, 200000, 600000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_are_read),
        cmocka_unit_test(test_against_any),
    };
    return cmocka_run_group_tests_name("number_short", tests, NULL, NULL);
}
