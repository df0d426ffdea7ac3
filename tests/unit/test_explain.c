/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words of `compare`: where two runs disagree. Each test puts runs into one of the situations
 * that the words tell apart and looks at all of them, so that it notices a cause that is named
 * without reason too. Figures in them are worked out by hand in comments. What the words give as
 * the cause is looked at by test_explain_causes.c.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/explain_words.h"

/* ---- where ---- */

static void runs_agree_within_a_standard_error(void **state)
{
    static const double off[] = {0.45, -0.45, 0.49, 0, -0.49}; /* up to 0.98 of 0.5 */

    (void)state;
    put_msl("a", nowhere, three, 0);
    put_msl("b", off, four, 0);
    SAYS(msl_runs, AGREE("2"));
}

static void disagreements_are_listed_the_worst_first(void **state)
{
    static const double off[] = {0.51, 0.49, 1.25, -0.8, 0}; /* 1.02, 0.98, 2.5, -1.6 of 0.5 */

    (void)state;
    put_msl("a", nowhere, three, 0);
    put_msl("b", off, four, 0);
    SAYS(msl_runs, DISAGREE("2", "3 of the 5", "sd.price +2.5, sd.speed -1.6, price +1.0"),
         NO_CAUSE("2"));
    put_msl("c", nowhere, four, 0);
    SAYS(((const char *[]){"a", "c", "b"}), AGREE("2"),
         DISAGREE("3", "3 of the 5", "sd.price +2.5, sd.speed -1.6, price +1.0"), NO_CAUSE("3"));
}

/* What differs by no more than two simulation errors is not held against the runs. */
static void simulation_error_excuses_a_difference(void **state)
{
    static const double off[] = {0.55, 0, 1.25, 0, 0};
    static const double spread[] = {0.2, 0.2, 0.2, 0.2, 0.2};

    (void)state;
    put_msl("a", nowhere, three, 0);
    put_msl("b", off, four, 0);
    put_spread("a", spread); /* 2 x 0.2 < 0.55 < 3 x 0.2 */
    SAYS(msl_runs, DISAGREE("2", "2 of the 5", "sd.price +2.5, price +1.1"),
         "Few draws of the simulation: estimates of run 1 vary over sequences by price 0.2.");
    put_spread("b", spread); /* 0.55 < 2 x sqrt(0.2^2 + 0.2^2) = 0.566 */
    SAYS(msl_runs, DISAGREE("2", "1 of the 5", "sd.price +2.5"), NO_CAUSE("2"));
}

/* Three random coefficients, correlated: nine figures, of which eight are named. The second run is
 * off by 0.5 times 2, 2.5, ..., 6. */
static void a_long_list_is_cut(void **state)
{
    static const char *const full[] = {"correlation=full", NULL};
    estimated row[] = {
        {"mu.1", "price", -3, 0.3},
        {"mu.2", "speed", 1, 0.3},
        {"mu.3", "size", 0.5, 0.3},
        {"L.1.1", "chol.price:price", 1, 0.3},
        {"L.2.1", "chol.speed:price", 0, 0.3},
        {"L.3.1", "chol.size:price", 0, 0.3},
        {"L.2.2", "chol.speed:speed", 1, 0.3},
        {"L.3.2", "chol.size:speed", 0, 0.3},
        {"L.3.3", "chol.size:size", 1, 0.3},
        {"sd.1", "sd.price", 1, 0.3},
        {"sd.2", "sd.speed", 1, 0.3},
        {"sd.3", "sd.size", 1, 0.3},
        {"correlation.2.1", "correlation.speed:price", -0.9, 0.3},
        {"correlation.3.1", "correlation.size:price", -0.9, 0.3},
        {"correlation.3.2", "correlation.size:speed", -0.9, 0.3},
    };
    enum { N_PARAMETERS = 9, N_ROWS = sizeof row / sizeof *row };
    static const double times[N_ROWS] = {2, -2.5, 3, 0, 0, 0, 0, 0, 0, 3.5, -4, 4.5, 5, 5.5, 6};
    hbl_comparison *c;

    (void)state;
    for (size_t r = 0; r < 2; r++) {
        fit_run(msl_runs[r], "msl", TWO_RANDOM ", \"size\": \"normal\"", full);
        for (size_t i = 0; i < N_ROWS && r == 1; i++) {
            row[i].estimate += 0.5 * times[i];
            row[i].error = 0.4;
        }
        put_estimates(msl_runs[r], row, N_PARAMETERS, N_ROWS);
    }
    c = compare(msl_runs, 2);
    assert_string_equal(c->note[0],
                        DISAGREE("2", "9 of the 9",
                                 "correlation.size:speed +6.0, correlation.size:price +5.5, "
                                 "correlation.speed:price +5.0, sd.size +4.5, sd.speed -4.0, "
                                 "sd.price +3.5, size +3.0, speed -2.5 and 1 more"));
    hbl_comparison_free(c);
}

/* ---- models ---- */

/* A run of which no more is known than an estimate for price. */
static void put_price(const char *run, const char *random, const char *const *setting,
                      const char *parameter, double price, double error)
{
    const estimated row = {parameter, "price", price, error};

    fit_run(run, "msl", random, setting);
    put_estimates(run, &row, 1, 1);
}

/* Which coefficients there are, which of them are random and how, and correlations between them. */
static void models_that_differ_are_told(void **state)
{
    static const char *const full[] = {"correlation=full", NULL}, *const none[] = {NULL},
                             *const held[] = {"correlation=full", "held={\"size\": 0.5}", NULL};
    static const struct {
        const char *random, *const *setting;
        const char *parameter;
        bool same;
    } model[] = {
        {TWO_RANDOM, full, "mu.1", true},
        {TWO_RANDOM, none, "mu.1", false},
        {TWO_RANDOM, held, "mu.1", false},
        {"\"price\": \"normal\"", full, "mu.1", false},
        {"\"price\": \"normal\", \"size\": \"normal\"", full, "mu.1", false},
        {"\"speed\": \"normal\", \"size\": \"normal\"", full, "alpha.1", false},
        {"\"price\": \"normal\", \"speed\": \"lognormal\"", full, "mu.1", false},
    };

    (void)state;
    put_price("a", TWO_RANDOM, full, "mu.1", -3, 0.3);
    for (size_t i = 0; i < sizeof model / sizeof *model; i++) {
        hbl_comparison *c;
        put_price("b", model[i].random, model[i].setting, model[i].parameter, -5, 0.4);
        c = compare(msl_runs, 2);
        assert_string_equal(c->note[0], DISAGREE("2", "1 of the 1", "price -4.0"));
        if (!sentence(c, "The models of runs 1 and 2 differ.") != model[i].same)
            fail_msg("model %zu", i);
        hbl_comparison_free(c);
    }
}

/* A normal price beside a lognormal one: they have no mean of price in common, nor its standard
 * deviation. */
static void distributions_that_differ_are_told(void **state)
{
    static const double off[] = {0, 0, 0, 0.8, 0};
    hbl_comparison *c;

    (void)state;
    put_msl("a", nowhere, three, 0);
    put_msl("b", off, four, 0);
    fit_run("c", "msl", "\"price\": \"lognormal\", \"speed\": \"normal\"", NULL);
    put_figures("c", (const double[]){-3, 1, 2, 1.8, 0.5}, four);
    c = compare((const char *const[]){"a", "c"}, 2);
    assert_string_equal(c->note[0], DISAGREE("2", "1 of the 3", "sd.speed +1.6"));
    assert_string_equal(c->note[1], "The models of runs 1 and 2 differ.");
    hbl_comparison_free(c);
}

#define POOLED(a, b)                                                                               \
    "Run " a " is a multinomial logit and run " b " a mixed one: where tastes vary, the "          \
    "coefficients of the mixed logit are larger, as less of utility is left to chance. The two "   \
    "do not estimate the same figures."

static void put_mnl(const char *run, double price, double error, const char *const *setting)
{
    const estimated row[] = {{"beta.1", "price", price, error},
                             {"beta.2", "speed", 1, error},
                             {"beta.3", "size", 0.5, error}};

    fit_run(run, "mnl", TWO_RANDOM, setting);
    put_estimates(run, row, 3, 3);
}

/* Whatever their figures. Two multinomial logits are held against one another as others are. */
static void a_multinomial_logit_is_another_model(void **state)
{
    static const char *const pooled_first[] = {"mnl", "b"}, *const pooled_last[] = {"b", "mnl"},
                             *const pooled_both[] = {"mnl", "other"};

    (void)state;
    put_msl("b", nowhere, four, 0);
    put_mnl("mnl", -3, 0.3, NULL);
    put_mnl("other", -2, 0.4, NULL);
    SAYS(pooled_first, POOLED("1", "2"));
    SAYS(pooled_last, POOLED("2", "1"));
    SAYS(pooled_both, DISAGREE("2", "1 of the 3", "price +2.0"), NO_CAUSE("2"));
    put_item("other", "optimiser", "converged", cJSON_CreateFalse());
    SAYS(pooled_both, DISAGREE("2", "1 of the 3", "price +2.0"), "Run 2 has not converged.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_agree_within_a_standard_error),
        cmocka_unit_test(disagreements_are_listed_the_worst_first),
        cmocka_unit_test(simulation_error_excuses_a_difference),
        cmocka_unit_test(a_long_list_is_cut),
        cmocka_unit_test(models_that_differ_are_told),
        cmocka_unit_test(distributions_that_differ_are_told),
        cmocka_unit_test(a_multinomial_logit_is_another_model),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
