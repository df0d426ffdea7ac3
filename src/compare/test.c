/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/test.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "compare/mixture.h"
#include "core/memory.h"

int hbl_test_alloc(const char *name, hbl_test **test, hbl_error *error)
{
    *test = hbl_calloc(1, sizeof **test, "a test", error);
    if (!*test)
        return HBL_ERR_MEMORY;
    (*test)->name = name;
    return HBL_OK;
}

int hbl_test_note(hbl_test *test, hbl_error *error, const char *format, ...)
{
    char text[1024];
    char **longer = hbl_calloc(test->n_notes + 1, sizeof *longer, "a test", error);
    va_list arguments;

    if (!longer)
        return HBL_ERR_MEMORY;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (size_t i = 0; i < test->n_notes; i++)
        longer[i] = test->note[i];
    free(test->note);
    test->note = longer;
    longer[test->n_notes] = hbl_strdup(text, error);
    if (!longer[test->n_notes])
        return HBL_ERR_MEMORY;
    test->n_notes++;
    return HBL_OK;
}

/* One variance, whatever comes with it: half and half (Self and Liang 1987, case 6; Stram and Lee
 * 1994). Several without covariances: chi-bar-squared. Several with: bounds of Kodde and Palm. */
int hbl_test_weigh(hbl_test *test, const double *V, hbl_error *error)
{
    const double x = test->statistic;
    const size_t df = test->df, n = test->n_variances;
    const double one[] = {1};
    int status;

    test->p_ignored = test->p = test->p_least = hbl_chi_squared_tail(x, df);
    if (n == 0)
        return HBL_OK;
    if (n > 1 && !V) {
        test->p = (hbl_chi_squared_tail(x, df - 1) + hbl_chi_squared_tail(x, df)) / 2;
        test->p_least = (hbl_chi_squared_tail(x, 0) + hbl_chi_squared_tail(x, 1)) / 2;
        return HBL_OK;
    }
    test->weight = hbl_calloc(n + 1, sizeof(double), "a test", error);
    if (!test->weight)
        return HBL_ERR_MEMORY;
    status = hbl_mixture_weights(n, n == 1 ? one : V, test->weight, error);
    test->p = test->p_least = hbl_mixture_tail(x, df, n, test->weight);
    return status;
}

void hbl_test_free(hbl_test *test)
{
    if (!test)
        return;
    for (size_t i = 0; i < test->n_lines; i++)
        free(test->line[i].text);
    for (size_t i = 0; i < test->n_notes; i++)
        free(test->note[i]);
    free(test->line);
    free(test->note);
    free(test->weight);
    free(test->restricted);
    free(test->larger);
    free(test);
}
