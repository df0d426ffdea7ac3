/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a prior implies for standard deviations, correlations and means, against quantiles by
 * scipy.stats (tests/support/golden_prior.py prints them): chains of the sampler, through the
 * public interface, on choices that say nothing, all attributes being 0, draw from the prior
 * itself.
 */
#include <stdio.h>

#include "support/sampling.h"

enum { K = 3, LEVELS = 5, CHOICES = 2 };

static const double levels[LEVELS] = {0.05, 0.25, 0.5, 0.75, 0.95};

typedef struct {
    const char *name;
    hbl_mean_prior mean;
    double location, precision;
    hbl_covariance_prior covariance;
    double df, scale;
    size_t block_of[K];
    double sd[LEVELS], correlation[LEVELS], mu[LEVELS]; /* correlation[0] 0: there is none */
} implied;

/* Printed by golden_prior.py. */
static const implied priors[] = {
    {"bayesm",
     HBL_MEAN_CONJUGATE,
     0,
     0.01,
     HBL_COVARIANCE_INVERSE_WISHART,
     6,
     6,
     {0},
     {0.795233173724, 1.05553325878, 1.336964114, 1.76659075541, 2.90553046617},
     {-0.729299275657, -0.347296355334, 0, 0.347296355334, 0.729299275657},
     {-26.1096841203, -9.07164954995, 0, 9.07164954995, 26.1096841203}},
    {"choicemodelr",
     HBL_MEAN_CONJUGATE,
     0,
     0.01,
     HBL_COVARIANCE_INVERSE_WISHART,
     8,
     16,
     {0},
     {1.12724872266, 1.42849817249, 1.72965463186, 2.1520937199, 3.12788131625},
     {-0.621489245124, -0.281127670421, 0, 0.281127670421, 0.621489245124},
     {-31.7320011013, -11.717676281, 0, 11.717676281, 31.7320011013}},
    {"uncorrelated",
     HBL_MEAN_NORMAL,
     0.5,
     2,
     HBL_COVARIANCE_INVERSE_WISHART,
     4,
     4,
     {0, 1, 2},
     {0.649305167386, 0.861839296846, 1.09162662791, 1.44241531169, 2.37235569141},
     {0},
     {-0.663087153677, 0.0230637237955, 0.5, 0.976936276204, 1.66308715368}},
    {"inverse-Wishart, df 5",
     HBL_MEAN_NORMAL,
     -1,
     0.5,
     HBL_COVARIANCE_INVERSE_WISHART,
     5,
     2,
     {0},
     {0.505892297707, 0.697720603835, 0.919411696757, 1.28430517246, 2.38417699256},
     {-0.80538363652, -0.4039727533, 0, 0.4039727533, 0.80538363652},
     {-3.32617430735, -1.95387255241, -1, -0.0461274475911, 1.32617430735}},
    {"Huang-Wand",
     HBL_MEAN_NORMAL,
     0,
     1,
     HBL_COVARIANCE_HUANG_WAND,
     2,
     1.5,
     {0},
     {0.106198848738, 0.547722557505, 1.22474487139, 2.40535117721, 6.45397909487},
     {-0.9, -0.5, 0, 0.5, 0.9},
     {-1.64485362695, -0.674489750196, 0, 0.674489750196, 1.64485362695}},
    {"Huang-Wand, df 4",
     HBL_MEAN_NORMAL,
     0,
     1,
     HBL_COVARIANCE_HUANG_WAND,
     4,
     10,
     {0},
     {0.667284947007, 3.41375588536, 7.40697084091, 13.4439755534, 27.764451052},
     {-0.729299275657, -0.347296355334, 0, 0.347296355334, 0.729299275657},
     {-1.64485362695, -0.674489750196, 0, 0.674489750196, 1.64485362695}},
};
enum { PRIORS = sizeof priors / sizeof *priors };

/* ---- a person who tells nothing ---- */

static hbl_model *make_model(const implied *prior, hbl_panel *panel)
{
    static size_t person_task[] = {0, 1}, task_row[] = {0, CHOICES}, task_chosen[] = {0};
    static const double x[CHOICES * K];
    static const char *const name[] = {"a", "b", "c"};
    const hbl_mixing *mixing[] = {hbl_mixings[0], hbl_mixings[0], hbl_mixings[0]};
    const hbl_model_parts parts = {
        .n_random = K, .name = name, .x = x, .mixing = mixing, .block_of = prior->block_of};
    hbl_model *model = NULL;
    hbl_error error = HBL_ERROR_INIT;

    *panel = (hbl_panel){.n_persons = 1,
                         .n_tasks = 1,
                         .n_rows = CHOICES,
                         .person_task = person_task,
                         .task_row = task_row,
                         .task_chosen = task_chosen};
    if (hbl_model_from_parts(panel, &parts, &model, &error))
        fail_msg("%s: %s", prior->name, error.message);
    return model;
}

/* ---- comparisons ---- */

typedef enum { MU, SD, CORRELATION } quantity;

static double draw_of(const samples *s, quantity what, size_t i, size_t j, size_t at)
{
    const size_t n = s->n_chains * s->n_draws;
    const double x = s->draw[samples_covariance(s, i, j) * n + at];

    if (what == MU)
        return s->draw[samples_mean(s, i) * n + at];
    if (what == SD)
        return sqrt(x);
    return x / sqrt(s->draw[samples_covariance(s, i, i) * n + at] *
                    s->draw[samples_covariance(s, j, j) * n + at]);
}

/* The share of draws up to each quantile, by the Monte Carlo error of a mean of zeros and ones. */
static void compare(const samples *s, const char *name, quantity what, size_t i, size_t j,
                    const double *quantile)
{
    const size_t n = s->n_chains * s->n_draws;
    double *below = calloc(n, sizeof *below);
    double z[LEVELS], ess = INFINITY;
    hbl_convergence c;

    assert_non_null(below);
    for (size_t l = 0; l < LEVELS; l++) {
        for (size_t at = 0; at < n; at++)
            below[at] = draw_of(s, what, i, j, at) <= quantile[l];
        assert_int_equal(hbl_convergence_compute(below, s->n_draws, s->n_chains, &c, NULL), HBL_OK);
        z[l] = (c.mean - levels[l]) / c.mcse_mean;
        ess = fmin(ess, c.mean * (1 - c.mean) / (c.mcse_mean * c.mcse_mean));
    }
    free(below);
    print_message("    %-11s %zu %zu  z %5.2f %5.2f %5.2f %5.2f %5.2f  ESS %.0f\n",
                  what == MU   ? "mu"
                  : what == SD ? "sd"
                               : "correlation",
                  i, j, z[0], z[1], z[2], z[3], z[4], ess);
    for (size_t l = 0; l < LEVELS; l++)
        if (!(fabs(z[l]) < 4.8))
            fail_msg("%s: %.2f errors from the %g point", name, z[l], levels[l]);
    assert_true(ess > 200);
}

/* 255 comparisons within 4.8 standard errors: a false alarm for another seed has probability
 * 255 * 1.6e-6 = 4e-4. */
static void implies(void **state)
{
    const implied *prior = *state;
    hbl_hb_settings settings;
    hbl_panel panel;
    hbl_model *model = make_model(prior, &panel);
    samples s;

    assert_int_equal(hbl_hb_settings_default(&settings, NULL), HBL_OK);
    settings.warmup = 500;
    settings.draws = 8000;
    settings.thin = 5;
    settings.prior.mean = prior->mean;
    settings.prior.mean_location = prior->location;
    settings.prior.mean_precision = prior->precision;
    settings.prior.covariance = prior->covariance;
    settings.prior.df = settings.prior.df_single = (hbl_linear_in_k){prior->df, 0};
    settings.prior.scale = settings.prior.scale_single = (hbl_linear_in_k){prior->scale, 0};
    s = samples_take(model, &settings);
    for (size_t i = 0; i < K; i++) {
        compare(&s, prior->name, MU, i, i, prior->mu);
        compare(&s, prior->name, SD, i, i, prior->sd);
        for (size_t j = 0; j < i && prior->correlation[0] < 0; j++)
            compare(&s, prior->name, CORRELATION, i, j, prior->correlation);
    }
    samples_free(&s);
    hbl_hb_settings_clear(&settings);
    hbl_model_free(model);
}

int main(void)
{
    struct CMUnitTest tests[PRIORS];

    if (getenv("HBLOGIT_VALGRIND")) {
        puts("too long under valgrind; test_geweke_priors runs the same code");
        return 77;
    }
    for (size_t i = 0; i < PRIORS; i++)
        tests[i] =
            (struct CMUnitTest){priors[i].name, implies, NULL, NULL, (void *)(uintptr_t)&priors[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
