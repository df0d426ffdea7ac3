/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report on a test.
 */
#include "hblogit/test.h"

#include <math.h>
#include <stdio.h>

#include "hblogit/report.h"
#include "report/figures.h"
#include "report/text.h"

static int put_lines(FILE *out, const hbl_test *test, hbl_error *error)
{
    static const char *const heading[] = {"hypothesis", "left - right", "std. error", "z"};
    hbl_grid *grid;
    int status;

    if (test->n_lines == 0)
        return HBL_OK;
    grid = hbl_grid_alloc(4, error);
    if (!grid)
        return HBL_ERR_MEMORY;
    for (size_t c = 0; c < 4; c++) {
        hbl_grid_add(grid, heading[c]);
        hbl_grid_align(grid, c, c == 0 ? HBL_ALIGN_LEFT : HBL_ALIGN_POINT);
    }
    for (size_t i = 0; i < test->n_lines; i++) {
        const hbl_test_line *line = &test->line[i];
        const int decimals = hbl_decimals(0, line->standard_error, NAN) - 1;
        hbl_grid_add(grid, line->text);
        hbl_grid_add_number(grid, line->estimate, decimals);
        hbl_grid_add_number(grid, line->standard_error, decimals);
        hbl_grid_add_number(grid, line->estimate / line->standard_error, 2);
    }
    status = hbl_grid_print(grid, out, error);
    hbl_grid_free(grid);
    return status;
}

static void put_runs(FILE *out, const hbl_test *test)
{
    if (!test->larger)
        return;
    fprintf(out, "  log-likelihood %.4f of ", test->log_likelihood_restricted);
    hbl_put_text(out, test->restricted);
    fputs(" (restricted)\n", out);
    if (isnan(test->log_likelihood_larger))
        fputs("  within the model of ", out);
    else
        fprintf(out, "  log-likelihood %.4f of ", test->log_likelihood_larger);
    hbl_put_text(out, test->larger);
    fputc('\n', out);
}

/* "0.5 chi2(0) + 0.5 chi2(1)" */
static void put_distribution(FILE *out, const hbl_test *test)
{
    if (test->n_variances == 0) {
        fprintf(out, "chi-squared with %zu degree%s of freedom", test->df,
                test->df == 1 ? "" : "s");
        return;
    }
    if (!test->weight) {
        fprintf(out, "at most half chi2(%zu), half chi2(%zu)", test->df - 1, test->df);
        return;
    }
    for (size_t j = 0; j <= test->n_variances; j++)
        fprintf(out, "%s%.4g chi2(%zu)", j ? " + " : "", test->weight[j],
                test->df - test->n_variances + j);
}

int hbl_report_test(FILE *file, const hbl_test *test, hbl_error *error)
{
    hbl_output out;
    int status = hbl_output_begin(&out, file, error);

    if (status)
        return status;
    status = put_lines(file, test, error);
    put_runs(file, test);
    fprintf(file, "%s test: %.4f, ", test->name, test->statistic);
    put_distribution(file, test);
    if (test->p > 0)
        fprintf(file, ", p = %.4g\n", test->p);
    else
        fputs(", p < 1e-300\n", file);
    if (test->n_variances > 0)
        fprintf(
            file,
            "  %zu variance%s 0 under the hypothesis, on the boundary; with the boundary ignored "
            "p would be %.4g.\n",
            test->n_variances, test->n_variances == 1 ? " is" : "s are", test->p_ignored);
    for (size_t i = 0; i < test->n_notes; i++)
        hbl_put_wrapped(file, "  note: ", test->note[i]);
    return hbl_output_end(&out, status, "the test", error);
}

int hbl_report_test_json(FILE *file, const hbl_test *test, hbl_error *error)
{
    hbl_figures t = {false};
    cJSON *root = hbl_figures_root(&t), *array;

    hbl_figures_add_string(&t, root, "test", test->name);
    hbl_figures_add_number(&t, root, "statistic", test->statistic);
    hbl_figures_add_number(&t, root, "df", (double)test->df);
    hbl_figures_add_number(&t, root, "variances", (double)test->n_variances);
    hbl_figures_add_number(&t, root, "p", test->p);
    hbl_figures_add_number(&t, root, "p_least", test->p_least);
    hbl_figures_add_number(&t, root, "p_boundary_ignored", test->p_ignored);
    if (test->larger) {
        hbl_figures_add_string(&t, root, "restricted", test->restricted);
        hbl_figures_add_string(&t, root, "larger", test->larger);
        hbl_figures_add_number(&t, root, "log_likelihood_restricted",
                               test->log_likelihood_restricted);
        hbl_figures_add_number(&t, root, "log_likelihood_larger", test->log_likelihood_larger);
    }
    array = hbl_figures_add_array(&t, root, "hypotheses");
    for (size_t i = 0; i < test->n_lines; i++) {
        cJSON *to = hbl_figures_append_object(&t, array);
        hbl_figures_add_string(&t, to, "hypothesis", test->line[i].text);
        hbl_figures_add_number(&t, to, "difference", test->line[i].estimate);
        hbl_figures_add_number(&t, to, "standard_error", test->line[i].standard_error);
    }
    array = hbl_figures_add_array(&t, root, "mixture");
    for (size_t j = 0; test->weight && j <= test->n_variances; j++) {
        cJSON *to = hbl_figures_append_object(&t, array);
        hbl_figures_add_number(&t, to, "df", (double)(test->df - test->n_variances + j));
        hbl_figures_add_number(&t, to, "weight", test->weight[j]);
    }
    array = hbl_figures_add_array(&t, root, "notes");
    for (size_t i = 0; i < test->n_notes; i++)
        hbl_figures_append_string(&t, array, test->note[i]);
    return hbl_figures_print(&t, root, file, "the test", error);
}
