/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Expressions: values (those with missing cells as R computes them) and messages.
 */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/expression.h"

/* One row: a = 3, b = -2, m missing, my.x = 0.5, "größe" = 7, "a b" = 11, mode = "train", n text
 * missing, flag = TRUE, id = 12. */
static double number[] = {3, -2, NAN, 0.5, 7, 11, 12};
static int32_t code[] = {1, -1, 0};
static char words[][8] = {"bus", "train", "TRUE", "FALSE"};
static char *modes[] = {words[0], words[1]}, *flags[] = {words[2], words[3]};

static char *word(const char *text)
{
    char *changeable;
    memcpy(&changeable, &text, sizeof text);
    return changeable;
}

static hbl_table *make_table(void)
{
    static const char *const names[] = {"a",   "b",  "m",    "my.x", "größe",
                                        "a b", "id", "mode", "n",    "flag"};
    static hbl_column columns[10];
    static uint64_t line[] = {2};
    static hbl_table table = {.n_rows = 1, .n_columns = 10, .column = columns, .line = line};

    table.path = word("t.csv");
    for (size_t j = 0; j < 10; j++) {
        columns[j] = (hbl_column){.name = word(names[j])};
        if (j < 7) {
            columns[j].number = &number[j];
        } else {
            columns[j].type = HBL_COLUMN_TEXT;
            columns[j].code = &code[j - 7];
            columns[j].label = j == 9 ? flags : modes;
            columns[j].n_labels = 2;
        }
    }
    return &table;
}

static double value_of(const char *text)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_expression *expression = NULL;
    double value = 0;

    if (hbl_expression_compile("data.filter", text, make_table(), &expression, &error) ||
        hbl_expression_evaluate(expression, 0, 1, &value, &error))
        fail_msg("%s", error.message);
    hbl_expression_free(expression);
    return value;
}

static void test_values(void **unused)
{
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"1", 1},
        {".5 + 1e2", 100.5},
        {"a + b * a", -3},
        {"(a + b) * a", 3},
        {"a - b - a", 2},
        {"12 / a / 2", 2},
        {"-a ^ 2", -9},
        {"2 ^ a ^ 2", 512},
        {"a ^ -1", 1.0 / 3},
        {"- - a", 3},
        {"a * -b", 6},
        {"-a * 2.20371 / 100", -3 * 2.20371 / 100},
        {"my.x + größe", 7.5},
        {"`a b` + `a`", 14},
        {"a == 3", 1},
        {"a != 3", 0},
        {"a <= 3 && b >= -2", 1},
        {"a < 3 | b > -3", 1},
        {"a > 3 || b < -2", 0},
        {"a > 3 & b < 0 | 1", 1},
        {"1 | a > 3 & b > 0", 1},
        {"!a == 3", 0},
        {"!(a == 4) && b < 0", 1},
        {"!a == 4 & b < 0", 1},
        {"1 + !0", 2},
        {"TRUE + TRUE - FALSE", 2},
        {"a > 2 ? b : a", -2},
        {"a > 5 ? 1 : a > 2 ? 2 : 3", 2},
        {"a > 2 ? b > 0 ? 1 : 2 : 3", 2},
        {"1 + (a > 2 ? 10 : 20)", 11},
        {"ifelse(a > 2, b, a)", -2},
        {"log(exp(a))", 3},
        {"log10(1000) + log2(8)", 6},
        {"sqrt(16) + abs(b)", 6},
        {"min(a, b, 7) + max(a)", 1},
        {"max(a, b, (7))", 7},
        {"round(2.5) + round(3.5)", 6},
        {"round(2.345, 1)", 2.3},
        {"floor(-1.5) + ceiling(-1.5) + sign(b)", -4},
        {"mode == \"train\"", 1},
        {"\"bus\" == mode", 0},
        {"mode != 'bus' && a == 3", 1},
        {"!mode == 'bus'", 1},
        {"(mode == 'train') * a", 3},
        {"mode == 'bus' ? 1 : 2", 2},
        {"id == '12'", 1},
        {"flag", 1},
        {"flag == TRUE && !flag == 0", 1},
        {"flag == \"TRUE\"", 1},
        {"is.na(m) + is.na(a) + is.na(n == 'bus')", 2},
        /* with a missing cell, as R */
        {"m == 1 & FALSE", 0},
        {"TRUE | m", 1},
        {"ifelse(is.na(m), 5, m)", 5},
        {"a == 3 ? a : m", 3},
        {"\t a\n", 3},
    };
    (void)unused;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double value = value_of(cases[i].text);
        if (!(fabs(value - cases[i].value) < 1e-14 * (1 + fabs(cases[i].value))))
            fail_msg("%s: %.17g, expected %.17g", cases[i].text, value, cases[i].value);
    }
}

static void test_missing(void **unused)
{
    static const char *const cases[] = {
        "m",          "m + a",     "0 * m",     "m ^ 0",          "m == m",        "m != 1",
        "m < 1",      "m >= 1",    "!m",        "m & TRUE",       "m | FALSE",     "m ? 1 : 2",
        "NA",         "min(a, m)", "max(m, a)", "round(m)",       "ifelse(m,1,1)", "n == 'bus'",
        "n != 'bus'", "log(0)",    "log(-1)",   "1 / 0",          "sqrt(b)",       "exp(1000)",
        "abs(m)",     "sign(m)",   "-m",        "a == 3 ? m : a",
    };
    (void)unused;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!isnan(value_of(cases[i])))
            fail_msg("%s: %g", cases[i], value_of(cases[i]));
}

static void test_messages(void **unused)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"a + moed", "character 5: no column \"moed\" in t.csv; did you mean \"mode\"?"},
        {"größe + zzzzzz", "character 9: no column \"zzzzzz\" in t.csv; there are: a, b, m, my.x, "
                           "größe, a b, id, mode, n, flag"},
        {"a b", "character 3: an operator is missing here, such as + or =="},
        {"a +", "character 4: a number or the name of a column is missing here"},
        {"* a", "character 1: a number or the name of a column is missing here"},
        {"", "character 1: a number or the name of a column is missing here"},
        {"()", "character 2: a number or the name of a column is missing here"},
        {"(a", "character 1: this ( has no )"},
        {"a)", "character 2: this ) closes nothing, or a ? before it has no :"},
        {"a ? b", "character 3: this ? has no :"},
        {"a : b", "character 3: this : has no ? before it"},
        {"(a ? b) : a", "character 7: this ) closes nothing, or a ? before it has no :"},
        {"a = 3", "character 3: = is no comparison; write =="},
        {"a @ 3", "character 3: '@' means nothing in an expression"},
        {"a, b", "character 2: commas stand between the arguments of a function only; a decimal "
                 "point is ."},
        {"1,5 * a", "character 2: commas stand between the arguments of a function only; a decimal "
                    "point is ."},
        {"1 < a < 3", "character 7: comparisons make no chains; write a < b && b < c"},
        {"lgo(a)", "character 1: no function \"lgo\"; did you mean \"log\"?"},
        {"log(a, b)", "character 1: log takes 1 argument, not 2"},
        {"ifelse(a, b)", "character 1: ifelse takes 3 arguments, not 2"},
        {"min()", "character 5: a number or the name of a column is missing here"},
        {"min(a,)", "character 7: a number or the name of a column is missing here"},
        {"2a", "character 1: \"2a\" is no number; a name like that goes in backticks"},
        {"1.2.3", "character 1: \"1.2.3\" is no number; a name like that goes in backticks"},
        {"`a", "character 1: the ` has no end"},
        {"mode == \"train", "character 9: the \" has no end"},
        {"mode + 1", "character 1: column \"mode\" holds text, such as \"bus\"; compare it with a "
                     "quoted text, by == or !="},
        {"mode == n", "character 1: column \"mode\" holds text, such as \"bus\"; compare it with a "
                      "quoted text, by == or !="},
        {"mode == 'trian'",
         "character 9: column \"mode\" never holds \"trian\"; did you mean \"train\"?"},
        {"a == 'x'", "character 6: column \"a\" holds numbers; \"x\" is none"},
        {"'x'", "character 1: a text can be compared, by == or !=, with a column of text; nothing "
                "else"},
        {"mode < 'bus'",
         "character 1: column \"mode\" holds text, such as \"bus\"; compare it with "
         "a quoted text, by == or !="},
        {"2 * mode == 'bus'",
         "character 5: column \"mode\" holds text, such as \"bus\"; compare it "
         "with a quoted text, by == or !="},
    };
    (void)unused;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hbl_error error = HBL_ERROR_INIT;
        hbl_expression *expression;
        char message[1024];

        assert_int_equal(
            hbl_expression_compile("data.filter", cases[i].text, make_table(), &expression, &error),
            HBL_ERR_INPUT);
        assert_null(expression);
        snprintf(message, sizeof message, "data.filter \"%s\", %s", cases[i].text,
                 cases[i].message);
        assert_string_equal(error.message, message);
    }
}

/* Absurd depth and length end in a message; what is merely long is computed. */
static void test_extremes(void **unused)
{
    static const char *const bits[][3] = {{"(", "a", ")"},
                                          {"!", "a", ""},
                                          {"a ? a : ", "a", ""},
                                          {"abs(", "a", ")"},
                                          {"a ? ", "a", " : b"}};
    enum { MANY = 20000 };
    char *text = malloc(20 * MANY);
    hbl_error error = HBL_ERROR_INIT;
    hbl_expression *expression;
    (void)unused;

    assert_non_null(text);
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        for (int n = 90; n <= MANY; n += MANY - 90) {
            char *end = text;
            for (int k = 0; k < n; k++)
                end += sprintf(end, "%s", bits[i][0]);
            end += sprintf(end, "%s", bits[i][1]);
            for (int k = 0; k < n; k++)
                end += sprintf(end, "%s", bits[i][2]);
            error = (hbl_error)HBL_ERROR_INIT;
            if (n == 90) {
                value_of(text);
            } else {
                assert_int_equal(
                    hbl_expression_compile("data.filter", text, make_table(), &expression, &error),
                    HBL_ERR_INPUT);
                assert_true(strstr(error.message, "too deeply") ||
                            strstr(error.message, "too long"));
            }
        }
    strcpy(text, "a");
    for (int k = 0; k < 1000; k++)
        strcat(text, "+1");
    assert_true(value_of(text) == 1003);
    for (int k = 0; k < 3000; k++)
        strcat(text, "+1");
    error = (hbl_error)HBL_ERROR_INIT;
    assert_int_equal(hbl_expression_compile("data.filter", text, make_table(), &expression, &error),
                     HBL_ERR_INPUT);
    assert_non_null(strstr(error.message, "too long"));
    free(text);
}

static int count_name(void *context, const char *name, hbl_error *error)
{
    (void)error;
    strcat(context, name);
    strcat(context, ";");
    return 0;
}

static void test_names(void **unused)
{
    char names[100] = "";
    (void)unused;

    assert_int_equal(hbl_expression_names("k", "log(a) + `log` * (b.c > 2) + TRUE + `x y`(1)",
                                          count_name, names, NULL),
                     0);
    assert_string_equal(names, "a;log;b.c;x y;");
}

static void test_locale(void **unused)
{
    (void)unused;
    if (!setlocale(LC_ALL, "de_DE.UTF-8"))
        setlocale(LC_ALL, "C.UTF-8");
    assert_true(value_of("1.5 + my.x") == 2);
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),   cmocka_unit_test(test_missing),
        cmocka_unit_test(test_messages), cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_names),    cmocka_unit_test(test_locale),
    };

    return cmocka_run_group_tests_name("expression", tests, NULL, NULL);
}
