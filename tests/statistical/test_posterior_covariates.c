/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The posterior of an upper-level regression, theta_n ~ N(mu + Delta'w_n, Omega), on data made up
 * here: against bayesm's rhierMnlRwMixture with Z, and against the truth behind the data.
 *
 * The reference is tests/support/bayesm_covariates.R: four runs of bayesm under the prior that
 * hblogit's preset copies (nu = K + 3, V = nu I, Amu = .01, Deltabar = 0, Ad = .01 I). With
 * HBLOGIT_WRITE_DATA=file this program writes the data for it and ends.
 */
#include "support/posterior.h"

enum { PEOPLE = 300, TASKS = 10, CHOICES = 3, K = 3, Q = 2, ROWS = PEOPLE * TASKS * CHOICES };

static const double true_mu[K] = {0.8, -0.5, 0.3};
static const double true_delta[Q * K] = {0.7, 0, -0.5, -0.3, 0.6, 0.2};
static const double true_L[K * K] = {0.9, 0, 0, 0.4, 0.7, 0, -0.2, 0.3, 0.6};

typedef struct {
    hbl_panel panel;
    size_t person_task[PEOPLE + 1], task_row[PEOPLE * TASKS + 1], task_chosen[PEOPLE * TASKS];
    double x[ROWS * K], w[PEOPLE * Q];
} dataset;

static void make_survey(dataset *s)
{
    s->panel = (hbl_panel){.n_persons = PEOPLE,
                           .n_tasks = PEOPLE * TASKS,
                           .n_rows = ROWS,
                           .person_task = s->person_task,
                           .task_row = s->task_row,
                           .task_chosen = s->task_chosen};
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
        choose(&s->panel, K, s->x, n, theta);
    }
}

static hbl_model *make_model(dataset *s)
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

/* mu, Delta by rows, Omega's lower triangle. */
static const reference bayesm[] = {
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
    dataset *made = *state;
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
        char label[32];

        snprintf(label, sizeof label, "truth %6.3f", truth(i));
        agrees(label, c, &bayesm[i]);
        assert_true(c->rhat < 1.01);
        assert_true(fabs(c->mean - truth(i)) < 4.5 * c->sd);
    }
    samples_free(&s);
    hbl_hb_settings_clear(&settings);
    hbl_model_free(model);
}

int main(void)
{
    static dataset made;
    const char *path = getenv("HBLOGIT_WRITE_DATA");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(agrees_with_bayesm_and_the_truth, &made),
    };

    make_survey(&made);
    if (path)
        return write_data(path, "person,task,chosen,x1,x2,x3,w1,w2", &made.panel, K, made.x, Q,
                          made.w);
    if (getenv("HBLOGIT_VALGRIND")) {
        puts("too long under valgrind; test_geweke_people runs the same code");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
