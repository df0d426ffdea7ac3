/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Yogurt by simulated likelihood has many local optima. Published are -1247.199 with 1,000 Halton
 * draws and the random coefficients in the order feat, yoplait, hiland, weight, and -1291.218,
 * where the same program stops in the order feat, hiland, weight, yoplait. One start, and so
 * several, come out above the first in either order; ten starts find the published optimum as well.
 * No chance is involved.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/msl_surveys.h"

static void several_starts(const msl_survey_plan *plan, double published)
{
    hbl_msl_settings settings = survey_settings(1000);
    msl_survey survey;
    hbl_msl *msl = NULL;
    hbl_msl_fit *fit = NULL;
    hbl_error error = HBL_ERROR_INIT;
    bool found = false;

    settings.starts = 10;
    if (!survey_read(plan, &survey))
        skip();
    if (hbl_msl_alloc(survey.model, &settings, 2, &msl, &error) ||
        hbl_msl_estimate(msl, NULL, NULL, &fit, &error))
        fail_msg("%s", error.message);
    assert_true(fit->n_optima > 1);
    assert_true(fit->log_likelihood > -1246.5);
    for (size_t i = 0; i < fit->n_optima; i++)
        found = found || fabs(fit->optimum[i].log_likelihood - published) < 5e-4;
    assert_true(found || published == 0);
    hbl_msl_fit_free(fit);
    hbl_msl_free(msl);
    survey_clear(&survey);
}

static void published_order(void **state)
{
    (void)state;
    several_starts(&yogurt_plan, -1247.199);
}

static void other_order(void **state)
{
    (void)state;
    several_starts(&yogurt_other_plan, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(published_order),
                                       cmocka_unit_test(other_order)};
    FILE *data = fopen("../shared/data/yogurt.csv", "r");

    if (!data) {
        puts("skipped: no ../shared/data");
        return 77;
    }
    fclose(data);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
