/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Posteriors of simulated data: the maximum-likelihood limit, and recovery of a truth.
 */
#include <stdio.h>

#include "support/sampling.h"
#include "support/tiny.h"

/* ---- all coefficients fixed, flat prior ---- */

enum { HOUSES = 900, SYSTEMS = 5, HEATING_P = 6 };

/* 900 houses choose one of five heating systems by installation and operating cost (in hundreds)
 * and four intercepts, as in the well-known Californian survey. */
static hbl_model *make_heating(hbl_panel *panel)
{
    static size_t person_task[HOUSES + 1], task_row[HOUSES + 1], task_chosen[HOUSES];
    static double x[HOUSES * SYSTEMS * HEATING_P];
    static const char *const name[] = {"ic", "oc", "gc", "gr", "ec", "er"};
    static const double truth[HEATING_P] = {-0.15, -0.70, 1.7, 0.3, 1.6, 1.8};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    hbl_model *model = NULL;

    gsl_rng_set(rng, 12);
    for (size_t t = 0; t < HOUSES; t++) {
        double greatest = -INFINITY;
        for (size_t j = 0; j < SYSTEMS; j++) {
            const size_t row = t * SYSTEMS + j;
            double *at = x + row * HEATING_P;
            double u = -log(-log(gsl_rng_uniform_pos(rng)));
            at[0] = 4 + 8 * gsl_rng_uniform(rng);
            at[1] = 0.8 + 3.2 * gsl_rng_uniform(rng);
            if (j)
                at[1 + j] = 1;
            for (size_t p = 0; p < HEATING_P; p++)
                u += truth[p] * at[p];
            if (u > greatest) {
                greatest = u;
                task_chosen[t] = row;
            }
        }
        person_task[t + 1] = t + 1;
        task_row[t + 1] = (t + 1) * SYSTEMS;
    }
    gsl_rng_free(rng);
    *panel = (hbl_panel){.n_persons = HOUSES,
                         .n_tasks = HOUSES,
                         .n_rows = HOUSES * SYSTEMS,
                         .person_task = person_task,
                         .task_row = task_row,
                         .task_chosen = task_chosen};
    assert_int_equal(
        hbl_model_from_parts(panel, &(hbl_model_parts){.n_fixed = HEATING_P, .name = name, .x = x},
                             &model, NULL),
        HBL_OK);
    return model;
}

/* Twelve comparisons within 4.5 standard errors: a false alarm for another seed has probability
 * 12 * 7e-6 = 8e-5. */
static void fixed_coefficients_have_the_posterior_of_maximum_likelihood(void **state)
{
    hbl_panel panel;
    hbl_model *model = make_heating(&panel);

    (void)state;
    assert_fixed_posterior(model, 8000, 4.5, 0.1, 0.04);
    hbl_model_free(model);
}

/* ---- recovery of a truth ---- */

enum { PEOPLE = 400, TASKS = 10, CHOICES = 3, COLUMNS = 3 };

/* Two random coefficients, the second normal, and a fixed one. */
typedef struct {
    const char *mixing;
    unsigned long seed;
    double mu[2], L[4], alpha;
    double most_sd; /* posterior sd of mu_1 at most: the data do speak */
} truth;

static double utility(const truth *t, const double *x, const double *theta)
{
    return x[0] * tiny_transform(t->mixing, theta[0]) + x[1] * theta[1] + x[2] * t->alpha;
}

static hbl_model *make_truth(const truth *t, unsigned long seed, hbl_panel *panel)
{
    static size_t person_task[PEOPLE + 1], task_row[PEOPLE * TASKS + 1];
    static size_t task_chosen[PEOPLE * TASKS];
    static double x[PEOPLE * TASKS * CHOICES * COLUMNS];
    static const char *const name[] = {"a", "b", "c"};
    const hbl_mixing *mixing[] = {hbl_mixing_find(t->mixing), hbl_mixing_find("normal")};
    const double lower[] = {tiny_lower, tiny_lower}, upper[] = {tiny_upper, tiny_upper};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    hbl_model *model = NULL;

    gsl_rng_set(rng, seed);
    for (size_t n = 0; n < PEOPLE; n++) {
        double theta[2];
        tiny_draw_normal(2, t->mu, t->L, 1, rng, theta);
        for (size_t task = n * TASKS; task < (n + 1) * TASKS; task++) {
            double greatest = -INFINITY;
            for (size_t r = task * CHOICES; r < (task + 1) * CHOICES; r++) {
                double u;
                for (size_t c = 0; c < COLUMNS; c++)
                    x[r * COLUMNS + c] = gsl_ran_ugaussian(rng);
                u = utility(t, x + r * COLUMNS, theta) - log(-log(gsl_rng_uniform_pos(rng)));
                if (u > greatest) {
                    greatest = u;
                    task_chosen[task] = r;
                }
            }
            task_row[task + 1] = (task + 1) * CHOICES;
        }
        person_task[n + 1] = (n + 1) * TASKS;
    }
    gsl_rng_free(rng);
    *panel = (hbl_panel){.n_persons = PEOPLE,
                         .n_tasks = PEOPLE * TASKS,
                         .n_rows = PEOPLE * TASKS * CHOICES,
                         .person_task = person_task,
                         .task_row = task_row,
                         .task_chosen = task_chosen};
    assert_int_equal(hbl_model_from_parts(panel,
                                          &(hbl_model_parts){.n_random = 2,
                                                             .n_fixed = 1,
                                                             .name = name,
                                                             .x = x,
                                                             .mixing = mixing,
                                                             .lower = lower,
                                                             .upper = upper},
                                          &model, NULL),
                     HBL_OK);
    return model;
}

static void assert_recovered(const samples *s, size_t parameter, const char *name, double value)
{
    const hbl_convergence *c = &s->convergence[parameter];

    print_message("    %-9s truth %6.3f posterior %6.3f (%.3f) rhat %.3f ess %.0f\n", name, value,
                  c->mean, c->sd, c->rhat, c->ess_bulk);
    assert_true(c->rhat < 1.03);
    assert_true(fabs(c->mean - value) < 4.5 * c->sd);
}

/* The truth within 4.5 posterior standard deviations of the mean, for six parameters of each of
 * five distributions: a false alarm for other seeds has probability about 30 * 7e-6 = 2e-4. */
static void truth_is_recovered(void **state)
{
    const truth *t = *state;
    char kernel[] = "hmc";
    hbl_hb_settings settings = {.chains = 2,
                                .warmup = 600,
                                .draws = 1000,
                                .thin = 1,
                                .seed = 3,
                                .kernel = kernel,
                                .interweave = true,
                                .over_relaxation = 0.85,
                                .persistence = 0.4};
    hbl_panel panel;
    hbl_model *model = make_truth(t, t->seed, &panel);
    samples s;

    hbl_prior_preset(&settings.prior, HBL_PRESET_BAYESM);
    s = samples_take(model, &settings);
    assert_recovered(&s, samples_mean(&s, 0), "mu.a", t->mu[0]);
    assert_recovered(&s, samples_mean(&s, 1), "mu.b", t->mu[1]);
    assert_recovered(&s, samples_covariance(&s, 0, 0), "Omega.a.a", t->L[0] * t->L[0]);
    assert_recovered(&s, samples_covariance(&s, 1, 0), "Omega.b.a", t->L[0] * t->L[2]);
    assert_recovered(&s, samples_covariance(&s, 1, 1), "Omega.b.b",
                     t->L[2] * t->L[2] + t->L[3] * t->L[3]);
    assert_recovered(&s, samples_fixed(&s, 0), "alpha.c", t->alpha);
    assert_true(s.convergence[samples_mean(&s, 0)].sd < t->most_sd);
    samples_free(&s);
    hbl_model_free(model);
}

static const truth truths[] = {
    {"normal", 5, {0.8, -0.5}, {1.0, 0, 0.4, 0.8}, 0.7, 0.2},
    {"lognormal", 6, {0.1, -0.5}, {0.7, 0, 0.4, 0.8}, 0.7, 0.2},
    {"negative-lognormal", 7, {0.1, -0.5}, {0.7, 0, -0.4, 0.8}, 0.7, 0.2},
    {"censored-normal", 8, {0.6, -0.5}, {1.2, 0, 0.4, 0.8}, 0.7, 0.25},
    {"johnson-sb", 9, {0.3, -0.5}, {1.2, 0, 0.4, 0.8}, 0.7, 0.25},
};

#define RECOVER(i)                                                                                 \
    {                                                                                              \
        "truth_is_recovered: " #i, truth_is_recovered, NULL, NULL, (void *)&truths[i]              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_coefficients_have_the_posterior_of_maximum_likelihood),
        RECOVER(0),
        RECOVER(1),
        RECOVER(2),
        RECOVER(3),
        RECOVER(4),
    };

    if (getenv("HBLOGIT_VALGRIND")) {
        puts("too long under valgrind; test_geweke_priors runs the same code");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
