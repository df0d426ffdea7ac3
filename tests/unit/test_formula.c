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

/* A formula in a normal form: "choice ~ x,x:y|[i]z|w|[s]v", with what "." leaves out as "-x". */
static void normal_form(const hbl_formula *f, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "%s ~ ", f->choice.name);

    for (int p = 0; p < HBL_N_PARTS; p++) {
        const hbl_formula_part *part = &f->part[p];

        used += (size_t)snprintf(text + used, size - used, "%s%s%s", p > 0 ? "|" : "",
                                 p == HBL_PART_INDIVIDUAL && f->intercepts ? "[i]" : "",
                                 p == HBL_PART_SCALE && f->scale_intercept ? "[s]" : "");
        for (size_t i = 0; i < part->n_terms; i++) {
            used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? "," : "",
                                     part->term[i].n == 0 ? "." : "");
            for (size_t j = 0; j < part->term[i].n; j++)
                used += (size_t)snprintf(text + used, size - used, "%s%s", j > 0 ? ":" : "",
                                         part->variable[part->term[i].variable[j]].name);
        }
        for (size_t i = 0; i < part->n_removed; i++)
            used += (size_t)snprintf(text + used, size - used, "-%s",
                                     part->variable[part->removed[i].variable[0]].name);
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
    reads_as("choice ~ a", "choice ~ a|[i]||");
    reads_as("choice~a+b|0", "choice ~ a,b|||");
    reads_as("  choice ~ a + b | -1 ", "choice ~ a,b|||");
    reads_as("y ~ a | + 0", "y ~ a|||");
    reads_as("y ~ a | z + 0", "y ~ a|z||");
    reads_as("y ~ a | z - 1 | w", "y ~ a|z|w|");
    reads_as("y ~ a | 1", "y ~ a|[i]||");
    reads_as("y ~ a | 0 + 1", "y ~ a|[i]||");
    reads_as("y ~ a | z1 + z.2 | w_3 + w4", "y ~ a|[i]z1,z.2|w_3,w4|");
    reads_as("y ~ 0 | z", "y ~ |[i]z||");
    reads_as("y ~ 0 | 0 | w", "y ~ ||w|");
    reads_as("y ~ 1", "y ~ |[i]||");
    reads_as("y ~ 0 + a | 0 | 0", "y ~ a|||");
    reads_as("`the choice` ~ `price, DM` + .x + a\n\t| 0", "the choice ~ price, DM,.x,a|||");
    reads_as("y ~ pr\xC3\xA9is | 0", "y ~ pr\xC3\xA9is|||");
    reads_as("y ~ a | 0 | a", "y ~ a||a|");
}

/* mlogit: the intercepts are the second part's; the first part's where there is no second. */
static void intercepts(void **state)
{
    (void)state;
    reads_as("y ~ a - 1", "y ~ a|||");
    reads_as("y ~ 0 + a", "y ~ a|||");
    reads_as("y ~ a - 1 | z", "y ~ a|[i]z||");
    reads_as("y ~ a | z | w - 1", "y ~ a|[i]z|w|");
}

static void scale(void **state)
{
    (void)state;
    reads_as("y ~ a | 0 | 0 | v", "y ~ a|||v");
    reads_as("y ~ a | 0 | 0 | 1 + v", "y ~ a|||[s]v");
    reads_as("y ~ a | 0 | 0 | v - 1", "y ~ a|||v");
}

/* The lists of terms are those of R 4.2's terms(): attr(terms(~ ...), "term.labels"). */
static void products(void **state)
{
    (void)state;
    reads_as("y ~ a:b | 0", "y ~ a:b|||");
    reads_as("y ~ a*b | 0", "y ~ a,b,a:b|||");
    reads_as("y ~ a*b*c + d - a:b | 0", "y ~ a,b,c,d,a:c,b:c,a:b:c|||");
    reads_as("y ~ b:a + a + b + b*c | 0", "y ~ a,b,c,b:a,b:c|||");
    reads_as("y ~ b:a + a | 0", "y ~ a,b:a|||");
    reads_as("y ~ a + a + a:a + b:a | 0", "y ~ a,a:b|||");
    reads_as("y ~ a + b - a | 0", "y ~ b|||");
    reads_as("y ~ a*b:c | 0", "y ~ a,b:c,a:b:c|||");
    reads_as("y ~ 0 | z*s - s", "y ~ |[i]z,z:s||");
}

static void dot(void **state)
{
    hbl_formula *f = NULL;
    size_t position;

    (void)state;
    reads_as("y ~ .", "y ~ .|[i]||");
    reads_as("y ~ . - a + b:c | 0", "y ~ .,b:c-a|||");
    reads_as("y ~ a | . - 1", "y ~ a|.||");
    assert_int_equal(hbl_formula_parse("y ~ . - a + b:c | z", &f, &position, NULL), HBL_OK);
    assert_int_equal(hbl_formula_dot(f), HBL_PART_GENERIC);
    assert_true(hbl_formula_dot_holds(f, HBL_PART_GENERIC, "b"));
    assert_true(hbl_formula_dot_holds(f, HBL_PART_GENERIC, "q"));
    assert_false(hbl_formula_dot_holds(f, HBL_PART_GENERIC, "a"));
    assert_false(hbl_formula_dot_holds(f, HBL_PART_GENERIC, "y"));
    assert_false(hbl_formula_dot_holds(f, HBL_PART_GENERIC, "z"));
    hbl_formula_free(f);
}

static void positions(void **state)
{
    hbl_formula *f = NULL;
    size_t position;

    (void)state;
    assert_int_equal(hbl_formula_parse("y ~ a + `b c`:d | z", &f, &position, NULL), HBL_OK);
    assert_int_equal(f->choice.position, 0);
    assert_int_equal(f->part[HBL_PART_GENERIC].variable[0].position, 4);
    assert_int_equal(f->part[HBL_PART_GENERIC].variable[1].position, 9);
    assert_int_equal(f->part[HBL_PART_GENERIC].term[1].position, 9);
    assert_int_equal(f->part[HBL_PART_INDIVIDUAL].variable[0].position, 18);
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
        {"y ~ a - b", "nothing to take out: this is none of the terms before it in this part", 8},
        {"y ~ a + 2", "expected a name, 0 or 1, found \"2\"", 8},
        {"y ~ a + 10", "the only numbers in a formula are 0 and 1, for no intercepts or some", 8},
        {"y ~ a | b | b",
         "this is in the second part already, with a coefficient for each alternative but the "
         "reference",
         12},
        {"y ~ a | b:c | c:b",
         "this is in the second part already, with a coefficient for each alternative but the "
         "reference",
         14},
        {"y ~ `a", "this backtick is not closed", 4},
        {"y ~ ``", "no name between backticks", 4},
        {"y ~ a:.", "\".\" stands alone for all columns; it cannot be part of a product", 6},
        {"y ~ a - .", "\".\" cannot be taken out", 8},
        {"y ~ . | .", "\".\" is possible in one part only", 8},
        {"y ~ a | 0 | 0 | .", "\".\" is not possible in the fourth part; name its columns", 16},
        {"y ~ log(a)",
         "a formula has no functions such as log(); compute a column under \"derived\" of "
         "\"data\" and name it here",
         4},
        {"y ~ (a + b)", "a formula has no parentheses; write its terms out", 4},
        {"y ~ a:", "expected a name, found the end", 6},
        {"y ~ a * + b", "expected a name, found \"+\"", 8},
        {"y ~ a^2",
         "\"^\" has no place here; compute a column under \"derived\" of \"data\" and name it in "
         "the formula",
         5},
        {"y ~ a:b:c:d:e:f:g", "a product of more than 6 columns", 16},
        {"y ~ a | 0 | 0 | v | u", "a fifth part; a formula has at most four: x | z | w | v", 19},
        {"y ~ 0", "no coefficient is left to estimate", 5},
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
        cmocka_unit_test(good),     cmocka_unit_test(intercepts), cmocka_unit_test(scale),
        cmocka_unit_test(products), cmocka_unit_test(dot),        cmocka_unit_test(positions),
        cmocka_unit_test(bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
