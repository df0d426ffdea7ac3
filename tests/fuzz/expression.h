/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Expressions over the columns of a small table: of numbers, of texts, of truths, with a name that
 * needs backticks, with missing cells.
 */
#ifndef HBL_TESTS_FUZZ_EXPRESSION_H
#define HBL_TESTS_FUZZ_EXPRESSION_H

#include <math.h>

#include "data/expression.h"

enum { FUZZ_ROWS = 4 };

static inline const hbl_table *fuzz_small_table(void)
{
    static double a[FUZZ_ROWS] = {1, 2, NAN, -3.5}, b[FUZZ_ROWS] = {0, 1, 0, 1};
    static double odd[FUZZ_ROWS] = {1e300, -1e-300, 0, 7};
    static int32_t t[FUZZ_ROWS] = {0, 1, -1, 0}, f[FUZZ_ROWS] = {0, 1, 1, -1};
    static char name[][8] = {"a", "b", "odd one", "t", "f", "x", "don't", "TRUE", "FALSE"};
    static char *of_t[] = {name[5], name[6]}, *of_f[] = {name[7], name[8]};
    static hbl_column column[] = {
        {.name = name[0], .number = a},
        {.name = name[1], .number = b},
        {.name = name[2], .number = odd},
        {.name = name[3], .type = HBL_COLUMN_TEXT, .code = t, .label = of_t, .n_labels = 2},
        {.name = name[4], .type = HBL_COLUMN_TEXT, .code = f, .label = of_f, .n_labels = 2},
    };
    static hbl_table table = {
        .path = name[0], .n_rows = FUZZ_ROWS, .n_columns = 5, .column = column};

    return &table;
}

/* The same row by row as all at once, and never infinite. */
static inline void fuzz_evaluate(hbl_expression *expression)
{
    double all[FUZZ_ROWS], one;
    hbl_error error = HBL_ERROR_INIT;
    const int status = hbl_expression_evaluate(expression, 0, FUZZ_ROWS, all, &error);

    fuzz_told(status, &error);
    for (size_t i = 0; !status && i < FUZZ_ROWS; i++)
        if (hbl_expression_evaluate(expression, i, 1, &one, &error) || isinf(one) ||
            (one != all[i] && !(isnan(one) && isnan(all[i]))))
            abort();
}

/* Every name must be one of a column, or there is no expression. */
static inline int fuzz_take_name(void *context, const char *name, hbl_error *error)
{
    (void)error;
    if (!hbl_table_column(fuzz_small_table(), name))
        *(bool *)context = true;
    return 0;
}

static inline void fuzz_expression(const uint8_t *data, size_t size)
{
    hbl_error error = HBL_ERROR_INIT, of_names = HBL_ERROR_INIT;
    hbl_expression *expression = NULL;
    bool unknown = false;
    char *text = fuzz_text(data, size);
    const int status =
        hbl_expression_compile("data.filter", text, fuzz_small_table(), &expression, &error);
    const int named =
        hbl_expression_names("data.filter", text, fuzz_take_name, &unknown, &of_names);

    fuzz_told(status, &error);
    fuzz_told(named, &of_names);
    if (!status && (named || unknown))
        abort();
    if (!status)
        fuzz_evaluate(expression);
    hbl_expression_free(expression);
    free(text);
}

#endif
