/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words of `compare`: why two runs disagree. Figures in them are worked out by hand in
 * comments, or by formulas, a quadrature and sums of their own.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/explain_words.h"

/* ---- why: draws ---- */

static void runs_that_have_not_converged_are_told(void **state)
{
    static const double off[] = {0.55, 0, 0, 0, 0}, further[] = {0.8, 0, 0, 0, 0};

    (void)state;
    put_msl("a", nowhere, three, 0);
    put_msl("b", off, four, 0);
    put_msl("c", further, four, 0);
    put_item("a", "optimiser", "converged", cJSON_CreateFalse());
    SAYS(msl_runs, DISAGREE("2", "1 of the 5", "price +1.1"), "Run 1 has not converged.");
    put_item("c", "optimiser", "converged", cJSON_CreateFalse());
    SAYS(three_runs, DISAGREE("2", "1 of the 5", "price +1.1"), "Run 1 has not converged.",
         DISAGREE("3", "1 of the 5", "price +1.6"), "Run 3 has not converged.");
}

/* Autocorrelation of rho leaves about (1 - rho) / (1 + rho) of the draws: 51 of 2,000. Of two runs
 * by hb, neither the prior nor skewness explains anything. */
static void few_draws_of_chains_are_told(void **state)
{
    static const shape sticky[] = {STICKY, EVEN, EVEN, STICKY, EVEN};
    static const char *const both[] = {"hb", "even"};
    char few[256];
    double size[2];

    (void)state;
    put_hb("even", NULL, (const double[]){-2, 1, 2, 1, 1.3}, three, even);
    put_msl("b", (const double[]){1, 0, 0, 0, 0}, three, 0);
    put_hb("hb", NULL, center, (const double[]){0.4, 0.4, 0.4, 0.2, 0.4}, sticky);
    size[0] = sample_size(PRICE);
    size[1] = sample_size(SIZE);
    assert_true(size[0] > 25 && size[0] < 100 && size[1] > 1500);
    snprintf(few, sizeof few,
             "Few draws of the chains of run 1: effective sample sizes are price %.0f; more draws "
             "(hb.draws) would settle it.",
             size[0]);
    SAYS(hb_first, DISAGREE("2", "1 of the 5", "price +2.0"), "Run 1 has not converged.", few);
    SAYS(both, DISAGREE("2", "2 of the 5", "price +2.0, size +1.6"), "Run 1 has not converged.",
         few);
}

static void few_draws_of_the_simulation_are_told(void **state)
{
    static const double off[] = {0.55, 0, 0, 0, 0};
    const double exact =
        integrated_log_likelihood((const double[]){-2.45, 1, 0.5}, (const double[]){2, 1});
    double own, here;
    unsigned run, draws, comparison;
    hbl_comparison *c;

    (void)state;
    put_msl("a", nowhere, three, 0.8); /* less than 1: not worth a word */
    put_msl("b", off, four, -4);       /* flattered by its draws */
    c = compare(msl_runs, 2);
    assert_int_equal(c->n_notes, 2);
    assert_int_equal(
        sscanf(c->note[1],
               "Few draws of the simulation: the log-likelihood of run %u, %lf on its own %u draws "
               "a person, is %lf at the same estimates on the comparison's %u; other draws would",
               &run, &own, &draws, &here, &comparison),
        5);
    assert_true(run == 2 && draws == 100 && comparison == 2000);
    near(own, exact + 4, 0.0051);
    near(here, exact, 0.1);
    hbl_comparison_free(c);
}

/* Far out in the tail of a run that went astray, the comparison's own simulation is not to be
 * relied on either. */
static void the_error_of_the_simulator_is_allowed_for(void **state)
{
    static const double off[] = {-60, 0, 5, 0, 0};
    hbl_comparison *c;
    double here, error;

    (void)state;
    put_msl("a", nowhere, three, 0);
    put_msl("b", off, four, 0);
    c = compare(msl_runs, 2);
    here = c->run[1].log_likelihood;
    error = c->run[1].log_likelihood_error;
    hbl_comparison_free(c);
    assert_true(error > 0.6);
    for (int times = 2; times <= 4; times += 2) {
        put_item("b", "likelihood", "log_likelihood", cJSON_CreateNumber(here + times * error));
        c = compare(msl_runs, 2);
        assert_int_equal(!sentence(c, "Few draws of the simulation: the log-likelihood of run 2"),
                         times == 2);
        hbl_comparison_free(c);
    }
}

/* ---- why: the posterior ---- */

#define PRIOR(r, people, sd, list)                                                                 \
    "The prior: the inverse-Wishart of run " r " weighs as " people " more people would, with a "  \
    "standard deviation of " sd "; that alone would take " list "."

/* By default IW(4, 4) of each variance: 4 - 1 - 1 = 2 people of variance 4 / 2. Beside 20 people of
 * 0.5^2, sqrt((20 x 0.25 + 4) / 22) = 0.63960: a third of the way to 0.9, and a sixth of that to
 * 1.3, which is not enough to be named. Of a mean, which differs
 * as much, the prior of variances says nothing. */
static void a_prior_that_lifts_variances_is_told(void **state)
{
    static const double mean[] = {-3, 1, 0.9, 1.3, 0.5}, sd[] = {0.2, 0.2, 0.2, 0.2, 0.2};
    static const double error[] = {0.15, 0.15, 0.15, 0.15, 0.15}; /* 0.25 with 0.2 */
    static const double off[] = {0, -0.5, -1.5, -0.5, 0};         /* 0.5 three times */

    (void)state;
    put_msl("b", off, error, 0);
    put_hb("hb", NULL, mean, sd, even);
    SAYS(hb_first, DISAGREE("2", "3 of the 5", "sd.speed -3.2, speed -2.0, sd.price -1.6"),
         PRIOR("1", "2", "1.41", "sd.price from 0.5 to 0.6396"));
    SAYS(hb_last, DISAGREE("2", "3 of the 5", "sd.speed +3.2, speed +2.0, sd.price +1.6"),
         PRIOR("2", "2", "1.41", "sd.price from 0.5 to 0.6396"));
    put_hb("hb", huang_wand, mean, sd, even);
    SAYS(hb_first, DISAGREE("2", "3 of the 5", "sd.speed -3.2, speed -2.0, sd.price -1.6"),
         NO_CAUSE("2"));
}

/* IW(2, 6) of each variance has no people to speak of, and IW(1, 6) one less than none: beside 20
 * of 0.5^2, sqrt((20 x 0.25 + 6) / 20) = 0.74162 and sqrt((20 x 0.25 + 6) / 19) = 0.76089. */
static void a_prior_without_people_adds_squares(void **state)
{
    static const char *const none[] = {"hb.prior.covariance.df_single=2",
                                       "hb.prior.covariance.scale_single=6", NULL};
    static const char *const less[] = {"hb.prior.covariance.df_single=1",
                                       "hb.prior.covariance.scale_single=6", NULL};
    static const double mean[] = {-3, 1, 0.9, 1.3, 0.5}, sd[] = {0.2, 0.2, 0.2, 0.2, 0.2};
    static const double error[] = {0.15, 0.15, 0.15, 0.15, 0.15};
    static const double off[] = {0, 0, -1.5, -0.5, 0};

    (void)state;
    put_msl("b", off, error, 0);
    put_hb("hb", none, mean, sd, even);
    SAYS(hb_first, DISAGREE("2", "2 of the 5", "sd.speed -3.2, sd.price -1.6"),
         "The prior: the inverse-Wishart of run 1 adds 6 to the sum of squares over people; that "
         "alone would take sd.speed from 0.5 to 0.7416, sd.price from 0.5 to 0.7416.");
    put_hb("hb", less, mean, sd, even);
    SAYS(hb_first, DISAGREE("2", "2 of the 5", "sd.speed -3.2, sd.price -1.6"),
         "The prior: the inverse-Wishart of run 1 adds 6 to the sum of squares over people; that "
         "alone would take sd.speed from 0.5 to 0.7609, sd.price from 0.5 to 0.7609.");
}

/* IW(6, 2): 4 people of variance 2 / 4. Beside 20 people of 1.5^2,
 * sqrt((20 x 2.25 + 2) / 24) = 1.39940. Of price, on the scale of theta as it is lognormal. */
static void a_prior_that_lowers_variances_is_told(void **state)
{
    static const char *const pulling[] = {"hb.prior.covariance.df_single=6",
                                          "hb.prior.covariance.scale_single=2", NULL};
    static const double mean[] = {-3, 1, 1.3, 1, 0.5}, sd[] = {0.12, 0.12, 0.12, 0.12, 0.12};
    static const double error[] = {0.09, 0.09, 0.09, 0.09, 0.09}; /* 0.15 with 0.12 */
    hbl_comparison *c;

    (void)state;
    put_msl("b", (const double[]){0, 0, -0.5, 0, 0}, error, 0);
    put_hb("hb", pulling, mean, sd, even);
    SAYS(hb_first, DISAGREE("2", "1 of the 5", "sd.price +1.3"),
         PRIOR("1", "4", "0.707", "sd.price from 1.5 to 1.399"));
    fit_run("b", "msl", "\"price\": \"lognormal\", \"speed\": \"normal\"", NULL);
    put_figures("b", (const double[]){-3, 1, 1.5, 1, 0.5}, error);
    fit_run("hb", "hb", "\"price\": \"lognormal\", \"speed\": \"normal\"", pulling);
    put_draws("hb", mean, sd, even);
    c = compare(hb_first, 2);
    assert_string_equal(c->note[0], DISAGREE("2", "1 of the 5", "sd.price (theta) +1.3"));
    assert_string_equal(c->note[1], PRIOR("1", "4", "0.707", "sd.price (theta) from 1.5 to 1.399"));
    hbl_comparison_free(c);
}

/* A skewed figure on which the runs agree is no cause; a negative deviation turns the skewness. */
static void skewed_posteriors_are_told(void **state)
{
    static const shape form[] = {SKEWED, SKEWED, SKEWED, EVEN, EVEN};
    static const double sd[] = {-0.4, 0.4, 0.4, 0.2, 0.4};
    char text[256];

    (void)state;
    put_msl("b", (const double[]){1, 0, -0.75, 0, 0.55}, three, 0);
    put_hb("hb", huang_wand, center, sd, form);
    assert_true(skewness_of(PRICE) < -1.5 && skewness_of(SD_PRICE) > 1.5);
    snprintf(text, sizeof text,
             "A skewed posterior in run 1, whose mean is not where its mode is: skewness price "
             "%+.1f, sd.price %+.1f.",
             skewness_of(PRICE), skewness_of(SD_PRICE));
    SAYS(hb_first, DISAGREE("2", "3 of the 5", "price +2.0, sd.price -1.5, size +1.1"), text);
}

/* Under one prior, and both of them means: neither it nor skewness sets the one off the other. */
static void two_posteriors_are_not_told_of_priors_and_skewness(void **state)
{
    static const char *const both[] = {"hb", "other"};
    static const shape form[] = {SKEWED, EVEN, SKEWED, EVEN, EVEN};
    static const double sd[] = {0.15, 0.15, 0.15, 0.15, 0.15};

    (void)state;
    put_hb("hb", NULL, (const double[]){-3, 1, 0.9, 1, 0.5}, sd, form);
    put_hb("other", NULL, (const double[]){-3, 1, 0.5, 1, 0.5},
           (const double[]){0.2, 0.2, 0.1, 0.1, 0.2}, even);
    SAYS(both, DISAGREE("2", "1 of the 5", "sd.price -2.2"), NO_CAUSE("2")); /* 0.4 / 0.1803 */
}

/* ---- why: identification ---- */

/* 0.5 is more than 0.3 and a half, 0.44 is not; of two runs by msl, it is said once. */
static void weak_identification_is_told(void **state)
{
    static const double off[] = {0.8, -0.85, 0, 0, 0};
    static const double error[] = {0.5, 0.44, 0.5, 0.4, 0.4};

    (void)state;
    put_msl("a", nowhere, three, 0);
    put_msl("b", off, error, 0); /* 0.8 / sqrt(0.34) = 1.37, 0.85 / sqrt(0.2836) = 1.60 */
    SAYS(msl_runs, DISAGREE("2", "2 of the 5", "speed -1.6, price +1.4"),
         "Weak identification may play a part: the errors differ by half as well, of price.");
    put_msl("b", off, four, 0);
    put_item("b", "optimiser", "condition", cJSON_CreateNumber(2.5e6));
    SAYS(msl_runs, DISAGREE("2", "2 of the 5", "speed -1.7, price +1.6"),
         "Weak identification: the Hessian of run 2 has condition 2.5e+06; hblogit diagnose names "
         "what the data hardly tell apart.");
}

/* ---- as fitted ---- */

/* The number after a name in a sentence. */
static double number_after(const char *text, const char *name)
{
    const char *at = text ? strstr(text, name) : NULL;

    if (!at)
        fail_msg("\"%s\" does not name %s", text ? text : "", name);
    return strtod(at + strlen(name), NULL);
}

/* A prior of 1 + 60 - 1 - 1 = 59 people with a standard deviation of sqrt(6 / 59) = 0.319, on
 * tastes that vary by 2. */
static void a_strong_prior_is_told_of_fitted_runs(void **state)
{
    static const char *const strong[] = {"hb.prior.covariance.df_single=K+60",
                                         "hb.prior.covariance.scale_single=6", "hb.draws=1000",
                                         "hb.warmup=200", NULL};
    hbl_estimates *e = NULL;
    hbl_summary *s = NULL;
    hbl_comparison *c;
    const char *text;
    double sd, error;

    (void)state;
    fit_run("hb", "hb", TWO_RANDOM, strong);
    fit_run("b", "msl", TWO_RANDOM, NULL);
    assert_int_equal(hbl_estimates_read("b", &e, NULL), HBL_OK);
    assert_int_equal(hbl_summary_read("hb", &s, NULL), HBL_OK);
    assert_string_equal(e->row[2].name, "sd.price");
    assert_string_equal(s->derived[0].name, "sd.price");
    sd = e->row[2].estimate;
    error = hypot(e->row[2].standard_error, s->derived[0].convergence.sd);
    c = compare(hb_first, 2);
    text = sentence(c, "Runs 1 and 2 disagree on ");
    near(number_after(text, "sd.price "), (sd - s->derived[0].convergence.mean) / error, 0.0501);
    text = sentence(c, "The prior: the inverse-Wishart of run 1 weighs as 59 more people would, "
                       "with a standard deviation of 0.319; that alone would take ");
    near(number_after(text, "sd.price from "), sd, 0.00051);
    near(number_after(strstr(text, "sd.price"), " to "), sqrt((20 * sd * sd + 6) / 79), 0.00051);
    hbl_summary_free(s);
    hbl_estimates_free(e);
    hbl_comparison_free(c);
}

/* On two draws a person the log-likelihood is not what it is by integration, nor do the estimates
 * stay where they are on a thousand. */
static void few_draws_are_told_of_fitted_runs(void **state)
{
    static const char *const few[] = {"msl.draws=2", "msl.sequence=pseudo", "msl.seed=2", NULL};
    static const char *const many[] = {"msl.draws=1000", NULL};
    hbl_estimates *e = NULL;
    hbl_comparison *c;
    const char *text;

    (void)state;
    fit_run("a", "msl", TWO_RANDOM, many);
    fit_run("b", "msl", TWO_RANDOM, few);
    assert_int_equal(hbl_estimates_read("b", &e, NULL), HBL_OK);
    c = compare(msl_runs, 2);
    text = sentence(c, "Few draws of the simulation: the log-likelihood of run 2, ");
    near(number_after(text, "of run 2, "), e->log_likelihood, 0.0051);
    near(number_after(text, " on its own "), 2, 0);
    near(number_after(text, " is "),
         integrated_log_likelihood(
             (const double[]){e->row[0].estimate, e->row[1].estimate, e->row[4].estimate},
             (const double[]){e->row[2].estimate, e->row[3].estimate}),
         0.1);
    assert_null(sentence(c, "Few draws of the simulation: the log-likelihood of run 1"));
    hbl_estimates_free(e);
    hbl_comparison_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_that_have_not_converged_are_told),
        cmocka_unit_test(few_draws_of_chains_are_told),
        cmocka_unit_test(few_draws_of_the_simulation_are_told),
        cmocka_unit_test(the_error_of_the_simulator_is_allowed_for),
        cmocka_unit_test(a_prior_that_lifts_variances_is_told),
        cmocka_unit_test(a_prior_without_people_adds_squares),
        cmocka_unit_test(a_prior_that_lowers_variances_is_told),
        cmocka_unit_test(skewed_posteriors_are_told),
        cmocka_unit_test(two_posteriors_are_not_told_of_priors_and_skewness),
        cmocka_unit_test(weak_identification_is_told),
        cmocka_unit_test(a_strong_prior_is_told_of_fitted_runs),
        cmocka_unit_test(few_draws_are_told_of_fitted_runs),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
