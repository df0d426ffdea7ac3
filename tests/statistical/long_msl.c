/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Yogurt by simulated likelihood has many local optima. A published one, -1247.199 with 1,000
 * Halton draws and the random coefficients in the order feat, yoplait, hiland, weight, and another
 * where the same program stops in the order feat, hiland, weight, yoplait, -1291.218: several
 * starts come out at least as well as the first in either order. No chance is involved.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/msl_surveys.h"

static double best_of(const msl_survey_plan *plan, int64_t starts, size_t *n_optima)
{
    hbl_msl_settings settings = survey_settings(1000);
    msl_survey survey;
    hbl_msl *msl;
    hbl_msl_fit *fit;
    hbl_error error = HBL_ERROR_INIT;
    double best;

    settings.starts = starts;
    if (!survey_read(plan, &survey))
        skip();
    if (hbl_msl_alloc(survey.model, &settings, 2, &msl, &error) ||
        hbl_msl_estimate(msl, NULL, NULL, &fit, &error))
        fail_msg("%s", error.message);
    best = fit->log_likelihood;
    *n_optima = fit->n_optima;
    hbl_msl_fit_free(fit);
    hbl_msl_free(msl);
    survey_clear(&survey);
    return best;
}

static void several_starts_escape(void **state)
{
    size_t n_optima;

    (void)state;
    assert_true(best_of(&yogurt_plan, 1, &n_optima) < -1250);
    assert_true(best_of(&yogurt_plan, 12, &n_optima) >= -1247.1995);
    assert_true(n_optima > 1);
    assert_true(best_of(&yogurt_other_plan, 12, &n_optima) > -1248);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(several_starts_escape)};
    FILE *data = fopen("../shared/data/yogurt.csv", "r");

    if (!data) {
        puts("skipped: no ../shared/data");
        return 77;
    }
    fclose(data);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
