/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report of a check on a model read from files: what was left out, what was decided for the
 * user, held coefficients, the scale of utility and covariates.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "hblogit/report.h"
#include "unit/scratch_files.h"

static int write_files(void **state)
{
    const int status = scratch_enter(state);

    if (status == 0) {
        scratch_write("d.csv", "id,t,alt,choice,price,brand,income\n"
                               "1,1,a,1,1,x,10\n1,1,b,0,2,y,10\n1,1,c,0,2,y,10\n"
                               "1,2,a,0,3,y,10\n1,2,b,1,1,x,10\n1,2,c,0,1,x,10\n"
                               "2,1,a,0,2,x,30\n2,1,b,1,1,y,30\n2,1,c,0,0,y,30\n"
                               "2,2,a,1,1,y,30\n2,2,b,0,4,x,30\n2,2,c,0,9,x,30\n"
                               "2,3,a,0,1,y,30\n2,3,b,0,4,x,30\n2,3,c,1,9,x,30\n"
                               "3,1,a,1,0,y,0\n3,1,b,0,0,x,0\n3,1,c,0,0,x,0\n");
        scratch_write("m.json",
                      "{\"data\": {\"file\": \"d.csv\", \"person\": \"id\", \"task\": \"t\", "
                      "\"alternative\": \"alt\", \"alternatives\": [\"a\", \"b\"], "
                      "\"filter\": \"income > 0\"}, \"formula\": \"choice ~ price + brand | 1 | 0 "
                      "| income\", \"random\": {\"br*\": \"normal\"}, \"held\": {\"price\": -2}, "
                      "\"covariates\": [\"income\"]}");
    }
    return status;
}

static void holds(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("not in the report: %s\n%s", part, text);
}

static void report(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;
    hbl_model *model = NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    assert_non_null(out);
    if (hbl_spec_read("m.json", NULL, 0, &spec, &error) ||
        hbl_model_build(spec, NULL, &model, &error) ||
        hbl_report_check(out, spec, model, NULL, &error))
        fail_msg("%s", error.message);
    fclose(out);
    holds(text, "  people                2   2 tasks each\n");
    holds(text, "  left out            3 rows: data.filter is not true\n");
    holds(text, "  left out            1 task: chose none of data.alternatives\n");
    holds(text, "\n  reference alternative: a (data.reference names another)\n"
                "  brand has 2 levels, dummy coded, base level x\n"
                "  random \"br*\": brandy\n");
    holds(text, "\n  brandy         normal ");
    holds(text, "\n  (Intercept):b  fixed ");
    holds(text, "\n  price          held at -2 ");
    holds(text, "\n  income        means of coefficients  10.00  20.00  30.00\n"
                "  scale:income  scale of utility       10.00  20.00  30.00\n");
    holds(text,
          "\nParameters estimated: 5 (means 1, effects of covariates on them 1, variances and "
          "covariances 1, fixed 1, scale 1)\n"
          "Latent values, the coefficients of each person: 2\n");
    free(text);
    hbl_model_free(model);
    hbl_spec_free(spec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(report)};

    return cmocka_run_group_tests(tests, write_files, scratch_leave);
}
