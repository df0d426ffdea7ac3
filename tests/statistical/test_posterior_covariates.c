/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The posterior of an upper-level regression, theta_n ~ N(mu + Delta'w_n, Omega), on data made up
 * here: against bayesm's rhierMnlRwMixture with Z, and against the truth behind the data.
 *
 * The reference is tests/support/bayesm_covariates.R: four runs of bayesm under the prior that
 * hblogit's preset copies (nu = K + 3, V = nu I, Amu = .01, Deltabar = 0, Ad = .01 I). With
 * HBLOGIT_WRITE_DATA=file this program writes the data for it and ends. Attributes and covariates
 * are multiples of 1/8, so that the data are the same on every machine.
 */
#include <stdio.h>

#include "support/sampling.h"

enum { PEOPLE = 300, TASKS = 10, CHOICES = 3, K = 3, Q = 2, ROWS = PEOPLE * TASKS * CHOICES };

static const double true_mu[K] = {0.8, -0.5, 0.3};
static const double true_delta[Q * K] = {0.7, 0, -0.5, -0.3, 0.6, 0.2};
static const double true_L[K * K] = {0.9, 0, 0, 0.4, 0.7, 0, -0.2, 0.3, 0.6};

typedef struct {
    hbl_panel panel;
    size_t person_task[PEOPLE + 1], task_row[PEOPLE * TASKS + 1], task_chosen[PEOPLE * TASKS];
    double x[ROWS * K], w[PEOPLE * Q];
} survey;

static uint64_t generator;

static double uniform(void)
{
    generator = generator * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return ((double)(generator >> 33) + 0.5) / 2147483648.0;
}

static double normal(void)
{
    const double radius = sqrt(-2 * log(uniform()));
    return radius * cos(6.283185307179586 * uniform());
}

static double eighths(double x)
{
    return round(8 * x) / 8;
}

/* A person's tasks: the greatest x'theta + Gumbel. */
static void choose(survey *s, size_t n, const double *theta)
{
    for (size_t t = n * TASKS; t < (n + 1) * TASKS; t++) {
        double greatest = -INFINITY;
        for (size_t r = t * CHOICES; r < (t + 1) * CHOICES; r++) {
            double u = -log(-log(uniform()));
            for (size_t k = 0; k < K; k++) {
                s->x[r * K + k] = eighths(normal());
                u += s->x[r * K + k] * theta[k];
            }
            if (u > greatest) {
                greatest = u;
                s->task_chosen[t] = r;
            }
        }
        s->task_row[t + 1] = (t + 1) * CHOICES;
    }
    s->person_task[n + 1] = (n + 1) * TASKS;
}

static void make_survey(survey *s)
{
    generator = 1;
    memset(s, 0, sizeof *s);
    for (size_t n = 0; n < PEOPLE; n++) { /* two covariates, correlated, about .75 and .5 */
        s->w[n * Q] = 0.75 + eighths(normal());
        s->w[n * Q + 1] = (uniform() < 0.5) + eighths(0.3 * s->w[n * Q]);
    }
    for (size_t n = 0; n < PEOPLE; n++) {
        double theta[K], z[K];
        for (size_t k = 0; k < K; k++)
            z[k] = normal();
        for (size_t k = 0; k < K; k++) {
            theta[k] = true_mu[k] + true_delta[k] * (s->w[n * Q] - 0.75) +
                       true_delta[K + k] * (s->w[n * Q + 1] - 0.725);
            for (size_t j = 0; j <= k; j++)
                theta[k] += true_L[k * K + j] * z[j];
        }
        choose(s, n, theta);
    }
    s->panel = (hbl_panel){.n_persons = PEOPLE,
                           .n_tasks = PEOPLE * TASKS,
                           .n_rows = ROWS,
                           .person_task = s->person_task,
                           .task_row = s->task_row,
                           .task_chosen = s->task_chosen};
}

static int write_data(const survey *s, const char *path)
{
    FILE *out = fopen(path, "w");

    if (!out)
        return EXIT_FAILURE;
    fputs("person,task,chosen,x1,x2,x3,w1,w2\n", out);
    for (size_t r = 0; r < ROWS; r++) {
        const size_t t = r / CHOICES, n = t / TASKS;
        fprintf(out, "%zu,%zu,%d,%g,%g,%g,%g,%g\n", n + 1, t + 1, s->task_chosen[t] == r,
                s->x[r * K], s->x[r * K + 1], s->x[r * K + 2], s->w[n * Q], s->w[n * Q + 1]);
    }
    return fclose(out) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static hbl_model *make_model(survey *s)
{
    static const char *const name[] = {"a", "b", "c"}, *const covariate[] = {"income", "urban"};
    const hbl_mixing *mixing[] = {hbl_mixings[0], hbl_mixings[0], hbl_mixings[0]};
    const hbl_model_parts parts = {.n_random = K,
                                   .n_covariates = Q,
                                   .name = name,
                                   .x = s->x,
                                   .mixing = mixing,
                                   .covariate_name = covariate,
                                   .w = s->w};
    hbl_model *model = NULL;
    hbl_error error = HBL_ERROR_INIT;

    if (hbl_model_from_parts(&s->panel, &parts, &model, &error))
        fail_msg("%s", error.message);
    return model;
}

/* mean, sd, and their Monte Carlo standard errors: mu, Delta by rows, Omega's lower triangle. */
static const double bayesm[][4] = {
    {0.826623, 0.069547, 0.000613, 0.000288},  {-0.540702, 0.058779, 0.000513, 0.000243},
    {0.367267, 0.052736, 0.000441, 0.000215},  {0.836963, 0.080400, 0.000686, 0.000328},
    {0.092266, 0.067121, 0.000543, 0.000275},  {-0.560468, 0.063180, 0.000583, 0.000286},
    {-0.702168, 0.133789, 0.000969, 0.000515}, {0.385693, 0.116239, 0.000902, 0.000460},
    {0.269453, 0.104784, 0.000828, 0.000411},  {0.855208, 0.123204, 0.001513, 0.000718},
    {0.246967, 0.072355, 0.000742, 0.000391},  {0.600128, 0.088620, 0.001062, 0.000528},
    {0.004519, 0.061673, 0.000673, 0.000329},  {0.211740, 0.054514, 0.000563, 0.000281},
    {0.445066, 0.070217, 0.000914, 0.000448},
};
enum { FIGURES = K + Q * K + K * (K + 1) / 2 };

static size_t parameter(const samples *s, size_t i)
{
    if (i < K)
        return samples_mean(s, i);
    if (i < K + Q * K)
        return samples_slope(s, 0, i - K);
    return samples_covariance(s, 0, 0) + i - K - Q * K;
}

static double truth(size_t i)
{
    size_t row = 0, column = 0;
    double sum = 0;

    if (i < K + Q * K)
        return i < K ? true_mu[i] : true_delta[i - K];
    for (size_t e = i - K - Q * K; e > 0; e--)
        column < row ? column++ : (row++, column = 0);
    for (size_t j = 0; j <= column; j++)
        sum += true_L[row * K + j] * true_L[column * K + j];
    return sum;
}

/* Thirty comparisons within 4.5 standard errors and fifteen within 4.5 posterior standard
 * deviations: a false alarm for another seed has probability 45 * 7e-6 = 3e-4. */
static void agrees_with_bayesm_and_the_truth(void **state)
{
    survey *made = *state;
    hbl_model *model = make_model(made);
    hbl_hb_settings settings;
    samples s;

    assert_int_equal(sizeof bayesm / sizeof *bayesm, FIGURES);
    assert_int_equal(hbl_hb_settings_default(&settings, NULL), HBL_OK);
    settings.chains = 2;
    settings.warmup = 600;
    settings.draws = 4000;
    s = samples_take(model, &settings);
    for (size_t i = 0; i < FIGURES; i++) {
        const hbl_convergence *c = &s.convergence[parameter(&s, i)];
        const double error = hypot(c->mcse_mean, bayesm[i][2]);
        const double sd_error = hypot(c->mcse_sd, bayesm[i][3]);

        print_message("    truth %6.3f mean %7.4f (%.4f) bayesm %7.4f (%.4f), off by %5.2f (%5.2f) "
                      "errors of %.2f sd; ess %.0f\n",
                      truth(i), c->mean, c->sd, bayesm[i][0], bayesm[i][1],
                      (c->mean - bayesm[i][0]) / error, (c->sd - bayesm[i][1]) / sd_error,
                      error / c->sd, c->ess_bulk);
        assert_true(c->rhat < 1.01 && c->ess_bulk > 400);
        assert_true(fabs(c->mean - bayesm[i][0]) <= 4.5 * error);
        assert_true(fabs(c->sd - bayesm[i][1]) <= 4.5 * sd_error);
        assert_true(fabs(c->mean - truth(i)) < 4.5 * c->sd);
    }
    samples_free(&s);
    hbl_hb_settings_clear(&settings);
    hbl_model_free(model);
}

int main(void)
{
    static survey made;
    const char *path = getenv("HBLOGIT_WRITE_DATA");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(agrees_with_bayesm_and_the_truth, &made),
    };

    make_survey(&made);
    if (path)
        return write_data(&made, path);
    if (getenv("HBLOGIT_VALGRIND")) {
        puts("too long under valgrind; test_geweke_people runs the same code");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
