/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The formula's grammar, and each of its complaints with the character that it points at.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "model/formula.h"

/* A formula in a normal form: "choice ~ x,x | [i] z,z | w". */
static void normal_form(const hbl_formula *f, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "%s ~ ", f->choice.name);

    for (int part = 0; part < HBL_N_PARTS; part++) {
        if (part > 0)
            used += (size_t)snprintf(text + used, size - used, "|");
        if (part == HBL_PART_INDIVIDUAL && f->intercepts)
            used += (size_t)snprintf(text + used, size - used, "[i]");
        for (size_t i = 0; i < f->n_terms[part]; i++)
            used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? "," : "",
                                     f->term[part][i].name);
    }
}

static void reads_as(const char *formula, const char *wanted)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_formula *f = NULL;
    size_t position;
    char text[256];

    if (hbl_formula_parse(formula, &f, &position, &error))
        fail_msg("%s: %s", formula, error.message);
    normal_form(f, text, sizeof text);
    hbl_formula_free(f);
    assert_string_equal(text, wanted);
}

static void good(void **state)
{
    (void)state;
    reads_as("choice ~ a", "choice ~ a|[i]|");
    reads_as("choice~a+b|0", "choice ~ a,b||");
    reads_as("  choice ~ a + b | -1 ", "choice ~ a,b||");
    reads_as("y ~ a | + 0", "y ~ a||");
    reads_as("y ~ a | z + 0", "y ~ a|z|");
    reads_as("y ~ a | z - 1 | w", "y ~ a|z|w");
    reads_as("y ~ a | 1", "y ~ a|[i]|");
    reads_as("y ~ a | 0 + 1", "y ~ a|[i]|");
    reads_as("y ~ a | z1 + z.2 | w_3 + w4", "y ~ a|[i]z1,z.2|w_3,w4");
    reads_as("y ~ 0 | z", "y ~ |[i]z|");
    reads_as("y ~ 0 | 0 | w", "y ~ ||w");
    reads_as("y ~ 1", "y ~ |[i]|");
    reads_as("y ~ 0 + a | 0 | 0", "y ~ a||");
    reads_as("`the choice` ~ `price, DM` + .x + a\n\t| 0", "the choice ~ price, DM,.x,a||");
    reads_as("y ~ pr\xC3\xA9is | 0", "y ~ pr\xC3\xA9is||");
    reads_as("y ~ a | 0 | a", "y ~ a||a");
}

static void positions(void **state)
{
    hbl_formula *f = NULL;
    size_t position;

    (void)state;
    assert_int_equal(hbl_formula_parse("y ~ a + `b c` | z", &f, &position, NULL), HBL_OK);
    assert_int_equal(f->choice.position, 0);
    assert_int_equal(f->term[HBL_PART_GENERIC][0].position, 4);
    assert_int_equal(f->term[HBL_PART_GENERIC][1].position, 9);
    assert_int_equal(f->term[HBL_PART_INDIVIDUAL][0].position, 16);
    hbl_formula_free(f);
}

static void bad(void **state)
{
    static const struct {
        const char *formula, *message;
        size_t position;
    } cases[] = {
        {"", "expected the column of choices, found the end", 0},
        {"~ a", "expected the column of choices, found \"~\"", 0},
        {"y", "expected \"~\" after the column of choices, as in \"choice ~ price\"", 1},
        {"y = a", "expected \"~\" after the column of choices, as in \"choice ~ price\"", 2},
        {"y ~", "this part is empty; write 0 for no terms", 3},
        {"y ~ a |", "this part is empty; write 0 for no terms", 7},
        {"y ~ | z", "this part is empty; write 0 for no terms", 4},
        {"y ~ a +", "expected a name, 0 or 1, found the end", 7},
        {"y ~ a + + b", "expected a name, 0 or 1, found \"+\"", 8},
        {"y ~ a b", "expected +, | or the end, found \"b\"", 6},
        {"y ~ a & b", "expected +, | or the end, found \"&\"", 6},
        {"y ~ a - b", "only \"- 1\" is possible after a minus; leave other terms out instead", 8},
        {"y ~ a + 2", "expected a name, 0 or 1, found \"2\"", 8},
        {"y ~ a + 10", "the only numbers in a formula are 0 and 1, for no intercepts or some", 8},
        {"y ~ a + a", "\"a\" is given twice in this part", 8},
        {"y ~ a | b | b",
         "\"b\" is in the second part already, with a coefficient for each alternative but the "
         "reference",
         12},
        {"y ~ `a", "this backtick is not closed", 4},
        {"y ~ ``", "no name between backticks", 4},
        {"y ~ .", "\".\" for all columns is not available in this version; name them", 4},
        {"y ~ log(a)",
         "functions such as log() are not available in this version; put the result into a column "
         "of the data",
         4},
        {"y ~ a:b",
         "interactions and operators such as \":\" are not available in this version; put the "
         "result into a column of the data",
         5},
        {"y ~ a * b",
         "interactions and operators such as \"*\" are not available in this version; put the "
         "result into a column of the data",
         6},
        {"y ~ a | 0 | 0 | v", "a fourth part is not available in this version", 15},
        {"y ~ 0 | 0", "no coefficient is left to estimate", 9},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hbl_error error = HBL_ERROR_INIT;
        hbl_formula *f = NULL;
        size_t position = 99;

        assert_int_equal(hbl_formula_parse(cases[i].formula, &f, &position, &error), HBL_ERR_INPUT);
        assert_string_equal(error.message, cases[i].message);
        if (position != cases[i].position)
            fail_msg("%s: position %zu, not %zu", cases[i].formula, position, cases[i].position);
        assert_null(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),
        cmocka_unit_test(positions),
        cmocka_unit_test(bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
