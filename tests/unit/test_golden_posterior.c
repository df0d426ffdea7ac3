/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Posteriors of a small survey, made up here, against those of a Stan program run by rstan:
 * tests/support/golden_posterior.stan and golden_posterior.R, which prints the figures. Two random
 * coefficients and a fixed one, under the default prior, Huang and Wand's with a lognormal
 * coefficient, and with a covariate and no correlation.
 *
 * With HBLOGIT_WRITE_DATA=file this program writes the data for it and ends.
 */
#include "support/posterior.h"

enum {
    PEOPLE = 60,
    TASKS = 8,
    CHOICES = 3,
    K = 2,
    P = K + 1,
    N_TASKS = PEOPLE * TASKS,
    ROWS = N_TASKS * CHOICES
};

static struct {
    hbl_panel panel;
    size_t person_task[PEOPLE + 1], task_row[N_TASKS + 1], task_chosen[N_TASKS];
    double x[ROWS * P], w[PEOPLE];
} made;

/* ---- the data ---- */

static void make_survey(void)
{
    made.panel = (hbl_panel){.n_persons = PEOPLE,
                             .n_tasks = N_TASKS,
                             .n_rows = ROWS,
                             .person_task = made.person_task,
                             .task_row = made.task_row,
                             .task_chosen = made.task_chosen};
    for (size_t n = 0; n < PEOPLE; n++) {
        const double z[K] = {normal(), normal()};
        double beta[P] = {0, 0, 0.7};
        made.w[n] = eighths(normal());
        beta[0] = 0.8 + 0.5 * made.w[n] + z[0];
        beta[1] = 0.6 - 0.6 * z[0] + z[1];
        choose(&made.panel, P, made.x, n, beta);
    }
}

/* ---- the posteriors ---- */

typedef enum { MU, OMEGA, ALPHA, DELTA } parameter_kind;

typedef struct {
    parameter_kind kind;
    size_t row, column;
    reference rstan;
} figure;

enum { MOST_FIGURES = 8 };

typedef struct {
    const char *name;
    hbl_mean_prior mean;
    double precision;
    hbl_covariance_prior covariance;
    double df, scale;
    size_t block_of[K], n_covariates;
    const char *second; /* distribution of the second coefficient */
    int64_t draws;      /* a chain */
    size_t n_figures;
    figure figure[MOST_FIGURES];
} posterior;

static const posterior posteriors[] = {
    {"bayesm",
     HBL_MEAN_CONJUGATE,
     0.01,
     HBL_COVARIANCE_INVERSE_WISHART,
     5,
     5,
     {0, 0},
     0,
     "normal",
     5000,
     6,
     {{MU, 0, 0, {0.728590, 0.178988, 0.002507, 0.001446}},
      {MU, 1, 0, {0.731651, 0.204223, 0.002693, 0.001674}},
      {OMEGA, 0, 0, {1.278281, 0.405354, 0.005079, 0.004202}},
      {OMEGA, 1, 0, {-0.763122, 0.337762, 0.005580, 0.004310}},
      {OMEGA, 1, 1, {1.768682, 0.538241, 0.007158, 0.005963}},
      {ALPHA, 0, 0, {0.680322, 0.084886, 0.000642, 0.000619}}}},
    {"Huang-Wand",
     HBL_MEAN_NORMAL,
     0.25,
     HBL_COVARIANCE_HUANG_WAND,
     2,
     1,
     {0, 0},
     0,
     "normal",
     5000,
     6,
     {{MU, 0, 0, {0.728584, 0.182518, 0.002600, 0.001632}},
      {MU, 1, 0, {0.724718, 0.211059, 0.002724, 0.001906}},
      {OMEGA, 0, 0, {1.297200, 0.451102, 0.005948, 0.004431}},
      {OMEGA, 1, 0, {-0.847156, 0.360285, 0.005760, 0.003605}},
      {OMEGA, 1, 1, {1.887067, 0.601462, 0.008251, 0.006198}},
      {ALPHA, 0, 0, {0.682243, 0.087288, 0.000705, 0.000684}}}},
    {"covariate, lognormal",
     HBL_MEAN_CONJUGATE,
     0.01,
     HBL_COVARIANCE_INVERSE_WISHART,
     4,
     4,
     {0, 1},
     1,
     "lognormal",
     5000,
     7,
     {{MU, 0, 0, {0.664386, 0.158568, 0.001974, 0.001255}},
      {MU, 1, 0, {-1.059211, 0.389066, 0.005035, 0.004740}},
      {OMEGA, 0, 0, {0.861214, 0.290823, 0.003375, 0.002758}},
      {OMEGA, 1, 1, {3.043718, 1.376572, 0.018504, 0.023588}},
      {ALPHA, 0, 0, {0.616996, 0.081415, 0.000574, 0.000661}},
      {DELTA, 0, 0, {0.427837, 0.155998, 0.001924, 0.001249}},
      {DELTA, 0, 1, {-0.518452, 0.330038, 0.004306, 0.003278}}}},
};
enum { POSTERIORS = sizeof posteriors / sizeof *posteriors };

static hbl_model *model_of(const posterior *p)
{
    static const char *const name[] = {"a", "b", "c"}, *const covariate[] = {"w"};
    const hbl_mixing *mixing[K] = {hbl_mixings[0], NULL};
    const hbl_model_parts parts = {.n_random = K,
                                   .n_fixed = 1,
                                   .n_covariates = p->n_covariates,
                                   .name = name,
                                   .x = made.x,
                                   .mixing = mixing,
                                   .block_of = p->block_of,
                                   .covariate_name = covariate,
                                   .w = made.w};
    hbl_model *model = NULL;
    hbl_error error = HBL_ERROR_INIT;

    assert_string_equal(mixing[0]->name, "normal");
    for (size_t i = 0; hbl_mixings[i]; i++)
        if (strcmp(hbl_mixings[i]->name, p->second) == 0)
            mixing[1] = hbl_mixings[i];
    assert_non_null(mixing[1]);
    if (hbl_model_from_parts(&made.panel, &parts, &model, &error))
        fail_msg("%s: %s", p->name, error.message);
    return model;
}

static size_t place_of(const samples *s, const figure *f)
{
    switch (f->kind) {
    case MU:
        return samples_mean(s, f->row);
    case OMEGA:
        return samples_covariance(s, f->row, f->column);
    case ALPHA:
        return samples_fixed(s, f->row);
    case DELTA:
        return samples_slope(s, f->row, f->column);
    }
    return 0;
}

static void compare(const posterior *p, const samples *s)
{
    static const char *const kind[] = {"mu", "Omega", "alpha", "Delta"};

    for (size_t i = 0; i < p->n_figures; i++) {
        const figure *f = &p->figure[i];
        char name[16];
        snprintf(name, sizeof name, "%s %zu %zu", kind[f->kind], f->row, f->column);
        agrees(name, &s->convergence[place_of(s, f)], &f->rstan);
    }
}

/* Nineteen parameters, mean and standard deviation within 4.5 standard errors of the difference: a
 * false alarm for another seed has probability 38 * 7e-6 = 3e-4. */
static void agrees_with_rstan(void **state)
{
    const posterior *p = *state;
    hbl_model *model = model_of(p);
    hbl_hb_settings settings;
    samples s;

    assert_int_equal(hbl_hb_settings_default(&settings, NULL), HBL_OK);
    settings.chains = 4;
    settings.draws = p->draws;
    settings.thin = 4;
    settings.prior.mean = p->mean;
    settings.prior.mean_precision = p->precision;
    settings.prior.covariance = p->covariance;
    settings.prior.df = settings.prior.df_single = (hbl_linear_in_k){p->df, 0};
    settings.prior.scale = settings.prior.scale_single = (hbl_linear_in_k){p->scale, 0};
    settings.prior.fixed_precision = 1;
    s = samples_take(model, &settings);
    compare(p, &s);
    samples_free(&s);
    hbl_hb_settings_clear(&settings);
    hbl_model_free(model);
}

int main(void)
{
    const char *path = getenv("HBLOGIT_WRITE_DATA");
    struct CMUnitTest tests[POSTERIORS];

    make_survey();
    if (path)
        return write_data(path, "person,task,chosen,x1,x2,z,w", &made.panel, P, made.x, 1, made.w);
    if (getenv("HBLOGIT_VALGRIND")) {
        puts("too long under valgrind; test_geweke_priors runs the same code");
        return 77;
    }
    for (size_t i = 0; i < POSTERIORS; i++)
        tests[i] = (struct CMUnitTest){posteriors[i].name, agrees_with_rstan, NULL, NULL,
                                       (void *)(uintptr_t)&posteriors[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
