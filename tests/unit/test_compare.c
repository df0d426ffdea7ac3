/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests of hypotheses and comparison of runs. Figures of the tests were computed by Python with
 * numpy and scipy.stats (chi2.sf); the weights of the mixture of three by the formulas in arc
 * cosines of correlations and partial correlations (Shapiro 1985).
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "compare/hypothesis.h"
#include "compare/mixture.h"
#include "hblogit/compare.h"
#include "hblogit/run.h"
#include "hblogit/test.h"
#include "unit/run_fixture.h"

static void near(double got, double wanted, double absolute)
{
    if (!(fabs(got - wanted) <= absolute))
        fail_msg("%.17g, wanted %.17g", got, wanted);
}

/* ---- hypotheses ---- */

static const char *const name[] = {"pf", "ivt:train", "(Intercept):air", "a-b", "a", "sd.pf"};
enum { N = sizeof name / sizeof *name };

static void linear_hypotheses_are_read(void **state)
{
    static const struct {
        const char *text;
        double coefficient[N], value;
    } wanted[] = {
        {"pf", {1}, 0},
        {"pf = 0", {1}, 0},
        {" 2*pf - ivt:train=.5 ", {2, -1}, 0.5},
        {"pf = ivt:train", {1, -1}, 0},
        {"-pf + 3 = 2 * pf - 1", {-3}, -4},
        {"(Intercept):air * 1e-1 = 1", {0, 0, 0.1}, 1},
        {"a-b - a = 0", {0, 0, 0, 1, -1}, 0},
        {"`a` - `sd.pf`", {0, 0, 0, 0, 1, -1}, 0},
        {"pf + pf = 2", {2}, 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        double coefficient[N], value;
        assert_int_equal(
            hbl_hypothesis_parse(wanted[i].text, name, N, coefficient, &value, NULL, NULL), HBL_OK);
        for (size_t k = 0; k < N; k++)
            near(coefficient[k], wanted[i].coefficient[k], 1e-15);
        near(value, wanted[i].value, 1e-15);
    }
}

static void what_is_no_hypothesis_is_refused(void **state)
{
    static const char *const wrong[][2] = {
        {"", "character 1: a number or the name"},
        {"pf =", "character 5: a number or the name"},
        {"pf ivt:train", "character 4: +, - or ="},
        {"pf = 1 = 2", "character 8: the end"},
        {"pf * pf", "character 6: a number"},
        {"pf < 1", "character 4: = (inequalities have a probability in runs by hb only)"},
        {"2 = 1", "says nothing of a parameter"},
        {"pf = pf", "says nothing of a parameter"},
        {"pff = 1", "character 1: the run has no parameter \"pff\"; did you mean \"pf\"?"},
        {"pf = quux", "character 6: the run has no parameter \"quux\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        double coefficient[N], value;
        hbl_error error = HBL_ERROR_INIT;
        assert_int_equal(
            hbl_hypothesis_parse(wrong[i][0], name, N, coefficient, &value, NULL, &error),
            HBL_ERR_INPUT);
        if (!strstr(error.message, wrong[i][1]))
            fail_msg("\"%s\" does not say \"%s\"", error.message, wrong[i][1]);
    }
}

/* ---- mixtures ---- */

static void weights_of_mixtures(void **state)
{
    static const double V1[] = {4}, V2[] = {4, 1.2, 1.2, 4},
                        V3[] = {1, .5, .2, .5, 1, .3, .2, .3, 1}, none[] = {1, 2, 2, 1};
    double w[4];

    (void)state;
    assert_int_equal(hbl_mixture_weights(1, V1, w, NULL), HBL_OK);
    assert_true(w[0] == 0.5 && w[1] == 0.5);
    assert_int_equal(hbl_mixture_weights(2, V2, w, NULL), HBL_OK);
    near(w[0], 0.20150665798966083, 1e-14);
    near(w[1], 0.5, 1e-15);
    near(w[0] + w[1] + w[2], 1, 1e-15);
    assert_int_equal(hbl_mixture_weights(3, V3, w, NULL), HBL_OK);
    near(w[0], 0.06224130890260399, 0.012); /* of 20,000 simulations: over 3 standard errors */
    near(w[1], 0.29306310811591996, 0.012);
    near(w[2], 0.437758691097396, 0.012);
    near(w[3], 0.20693689188408002, 0.012);
    assert_int_equal(hbl_mixture_weights(2, none, w, NULL), HBL_ERR_NUMERIC);
}

static void tails_of_mixtures(void **state)
{
    static const double half[] = {0.5, 0.5};

    (void)state;
    near(hbl_mixture_tail(2.7055, 1, 1, half), 0.050001362349988775, 1e-14);
    near(hbl_mixture_tail(5, 3, 1, half), 0.12694107146031616, 1e-14);
    near(hbl_mixture_tail(0, 1, 1, half), 1, 0);
    near(hbl_mixture_tail(-1, 1, 1, half), 1, 0);
}

/* ---- runs made by hand ---- */

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/hblogit-test-XXXXXX");
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return chdir("/") || system(command) ? -1 : 0;
}

static void put(const char *directory, const char *file, const char *text)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", directory, file);
    write_whole(path, text);
}

#define HEAD "parameter,name,estimate,standard_error,robust_standard_error,t,p\n"

static void put_run(const char *directory, const char *method, double log_likelihood,
                    const char *hash, const char *estimates, const char *variance)
{
    char text[1024];

    mkdir(directory, 0777);
    snprintf(text, sizeof text,
             "{\"program\": \"hblogit\", \"method\": \"%s\", \"hashes\": {\"data\": {\"hash\": "
             "\"%s\"}}, \"counts\": {\"persons\": 9, \"tasks\": 90, \"rows\": 270}, "
             "\"distributions\": [\"normal\", \"normal\"], \"likelihood\": {\"log_likelihood\": "
             "%.17g}, \"optimiser\": {\"converged\": true}}",
             method, hash, log_likelihood);
    put(directory, "run.json", text);
    put(directory, "estimates.csv", estimates);
    put(directory, "vcov.csv", variance);
}

static void put_wald_run(void)
{
    put_run("run", "msl", -10, "a",
            HEAD "mu.1,x,-0.9,.2,.2,0,0\nmu.2,y,.5,.3,.3,0,0\nL.1.1,sd.x,1.2,.15,.15,0,0\n",
            "name,x,y,sd.x\nx,.04,.01,.002\ny,.01,.09,-.003\nsd.x,.002,-.003,.0225\n");
}

static void the_wald_test_is_that_of_scipy(void **state)
{
    static const char *const both[] = {"x = 2*y", "y + sd.x = 1.5"}, *const boundary[] = {"sd.x"},
                             *const twice[] = {"x = y", "2*x = 2*y"};
    hbl_estimates *e = NULL;
    hbl_test *test = NULL;
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    put_wald_run();
    assert_int_equal(hbl_estimates_read("run", &e, &error), HBL_OK);
    assert_int_equal(hbl_test_wald(e, both, 2, &test, &error), HBL_OK);
    near(test->statistic, 22.79637896825396, 1e-12);
    assert_true(test->df == 2 && test->n_variances == 0 && test->n_lines == 2);
    near(test->p, 1.1215772805902459e-05, 1e-16);
    near(test->line[0].estimate, -1.9, 1e-14);
    near(test->line[0].standard_error, 0.6, 1e-14);
    near(test->line[1].standard_error, 0.32634337744160994, 1e-8);
    hbl_test_free(test);
    e->row[2].estimate = 0.2;
    assert_int_equal(hbl_test_wald(e, boundary, 1, &test, &error), HBL_OK);
    assert_int_equal(test->n_variances, 1);
    near(test->statistic, 1.7777777777777781, 1e-13);
    near(test->p, 0.0912112197258659, 1e-13);
    near(test->p_ignored, 2 * test->p, 1e-13);
    hbl_test_free(test);
    assert_int_equal(hbl_test_wald(e, twice, 2, &test, &error), HBL_ERR_INPUT);
    assert_non_null(strstr(error.message, "follow from one another"));
    assert_null(test);
    hbl_estimates_free(e);
}

#define TWO "name,x,y\nx,1,0\ny,0,1\n"

static hbl_test *ratio(const char *a, const char *b)
{
    hbl_test *test = NULL;
    hbl_error error = HBL_ERROR_INIT;

    if (hbl_test_likelihood_ratio(a, b, &test, &error))
        fail_msg("%s", error.message);
    return test;
}

static void the_likelihood_ratio_counts_what_is_new(void **state)
{
    hbl_test *test;

    (void)state;
    put_run("one", "mnl", -12.5, "a", HEAD "beta.1,x,1,1,1,1,1\n", "name,x\nx,1\n");
    put_run("two", "mnl", -10, "a", HEAD "beta.1,x,1,1,1,1,1\nbeta.2,y,1,1,1,1,1\n", TWO);
    /* y random besides: one variance, no more */
    put_run("sd", "msl", -9, "a",
            HEAD "mu.1,y,1,1,1,1,1\nL.1.1,sd.y,1,1,1,1,1\nalpha.1,x,1,1,1,1,1\n",
            "name,y,sd.y,x\ny,1,0,0\nsd.y,0,1,0\nx,0,0,1\n");
    /* both random and correlated: two variances and a covariance */
    put_run("full", "msl", -7, "a",
            HEAD "mu.1,x,1,1,1,1,1\nmu.2,y,1,1,1,1,1\nL.1.1,chol.x:x,1,1,1,1,1\n"
                 "L.2.1,chol.y:x,1,1,1,1,1\nL.2.2,chol.y:y,1,1,1,1,1\n",
            "name,x,y,chol.x:x,chol.y:x,chol.y:y\nx,1,0,0,0,0\ny,0,1,0,0,0\nchol.x:x,0,0,1,0,0\n"
            "chol.y:x,0,0,0,1,0\nchol.y:y,0,0,0,0,1\n");
    test = ratio("one", "two");
    near(test->statistic, 5, 1e-14);
    assert_true(test->df == 1 && test->n_variances == 0);
    near(test->p, erfc(sqrt(2.5)), 1e-14); /* chi-squared with 1 */
    hbl_test_free(test);
    test = ratio("sd", "two"); /* the order does not matter */
    assert_true(test->df == 1 && test->n_variances == 1);
    assert_string_equal(test->restricted, "two");
    near(test->p, erfc(1) / 2, 1e-14);
    hbl_test_free(test);
    test = ratio("sd", "full"); /* a variance with a covariance: half chi2(1), half chi2(2) */
    assert_true(test->df == 2 && test->n_variances == 1);
    near(test->p, (erfc(sqrt(2)) + exp(-2)) / 2, 1e-14);
    hbl_test_free(test);
    test = ratio("two", "full"); /* two variances and a covariance: bounds */
    assert_true(test->df == 3 && test->n_variances == 2 && !test->weight);
    near(test->p, (exp(-3) + erfc(sqrt(3)) + sqrt(12 / acos(-1)) * exp(-3)) / 2, 1e-12);
    near(test->p_least, erfc(sqrt(3)) / 2, 1e-14);
    assert_int_equal(test->n_notes, 1);
    hbl_test_free(test);
}

static void runs_that_are_not_nested_are_refused(void **state)
{
    static const char *const wrong[][3] = {
        {"x", "y", "neither of x and y is within the other"},
        {"x", "x", "neither of x and x is within the other"},
        {"x", "other", "are not of the same choices"},
        {"x", "none", "none"},
    };

    (void)state;
    put_run("x", "mnl", -12, "a", HEAD "beta.1,x,1,1,1,1,1\n", "name,x\nx,1\n");
    put_run("y", "mnl", -11, "a", HEAD "beta.1,y,1,1,1,1,1\n", "name,y\ny,1\n");
    put_run("other", "mnl", -11, "b", HEAD "beta.1,x,1,1,1,1,1\nbeta.2,y,1,1,1,1,1\n", TWO);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        hbl_test *test = NULL;
        hbl_error error = HBL_ERROR_INIT;
        assert_int_equal(hbl_test_likelihood_ratio(wrong[i][0], wrong[i][1], &test, &error),
                         HBL_ERR_INPUT);
        assert_null(test);
        if (!strstr(error.message, wrong[i][2]))
            fail_msg("\"%s\" does not say \"%s\"", error.message, wrong[i][2]);
    }
}

/* ---- the score test ---- */

/* 60 persons of nine sorts of taste, 6 tasks, 3 alternatives. */
static void write_varied_survey(const char *path)
{
    FILE *file = fopen(path, "wb");
    uint32_t x = 12345;

    assert_non_null(file);
    fputs("who,task,choice,price,speed,size\n", file);
    for (int task = 0; task < 360; task++) {
        const int n = task / 6;
        double attribute[3][3], best = 1e9;
        int chosen = 0;
        for (int j = 0; j < 3; j++) {
            for (int k = 0; k < 4; k++) {
                x = x * 1664525u + 1013904223u;
                if (k < 3)
                    attribute[j][k] = (x >> 16) / 65536.0;
            }
            const double cost = (1 + 1.5 * (n % 3 - 1)) * attribute[j][0] -
                                (1 + 0.8 * (n / 3 % 3 - 1)) * attribute[j][1] +
                                1.5 * ((x >> 16) / 65536.0);
            if (cost < best) {
                best = cost;
                chosen = j;
            }
        }
        for (int j = 0; j < 3; j++)
            fprintf(file, "%d,%d,%d,%g,%g,%g\n", n, task, j == chosen, attribute[j][0],
                    attribute[j][1], attribute[j][2]);
    }
    fclose(file);
}

static void put_model(const char *path, const char *random)
{
    char text[512];

    snprintf(text, sizeof text,
             "{ \"data\": { \"file\": \"varied.csv\", \"person\": \"who\", \"task\": \"task\", "
             "\"choice\": \"choice\" }, \"formula\": \"choice ~ price + speed + size | 0\", "
             "\"random\": { %s }, \"correlation\": \"none\", \"msl\": { \"draws\": 20000 } }",
             random);
    write_whole(path, text);
}

static hbl_test *score(const char *random)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_test *test = NULL;

    put_model("large.json", random);
    if (hbl_test_score("varied", "large.json", NULL, 0, 1, &test, &error))
        fail_msg("%s", error.message);
    return test;
}

/* Wanted by numpy in closed form: of a variance the score of person n at 0 is (f'' + f'^2) / 2 with
 * f the log-likelihood of their choices under the multinomial logit (Chesher 1984); draws have a
 * variance of nearly 1, so that the program's simulated ones agree to some digits. */
static void the_score_test_is_that_of_numpy(void **state)
{
    const hbl_fit_options options = {.directory = "varied", .threads = 1};
    static const char *const by_mnl[] = {"method=mnl"};
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;
    hbl_model *model = NULL;
    hbl_test *test;

    (void)state;
    write_varied_survey("varied.csv");
    put_model("small.json", "");
    if (hbl_spec_read("small.json", by_mnl, 1, &spec, &error) ||
        hbl_model_build(spec, NULL, &model, &error) || hbl_fit(spec, model, &options, &error))
        fail_msg("%s", error.message);
    hbl_model_free(model);
    hbl_spec_free(spec);
    test = score("\"price\": \"normal\", \"speed\": \"normal\"");
    near(test->statistic, 19.337614034569558, 0.02);
    near(test->log_likelihood_restricted, -324.3375157965344, 1e-6);
    near(test->weight[0], 0.24161815253208, 1e-4);
    near(test->p / 2.1812622508558523e-05, 1, 0.01);
    assert_true(test->df == 2 && test->n_variances == 2);
    hbl_test_free(test);
    test = score("\"price\": \"normal\"");
    near(test->statistic, 16.756286929012372, 0.02);
    hbl_test_free(test);
    test = score("\"speed\": \"normal\"");
    near(test->statistic, 1.9291625150711802, 0.005);
    near(test->p, 0.08242504953879853, 0.0005);
    hbl_test_free(test);
}

/* ---- probabilities ---- */

/* Two chains of four draws of mu = (0, 1, 2, 3) and (4, 5, 6, 7), Omega = 4, alpha = 3.5. */
static void put_draws(void)
{
    static const char *const file[] = {"hb/chain-1.csv", "hb/chain-2.csv"};

    mkdir("hb", 0777);
    put("hb", "run.json",
        "{\"program\": \"hblogit\", \"method\": \"hb\", \"status\": \"done\", \"coefficients\": "
        "{\"random\": [\"x\"], \"fixed\": [\"y\"]}, \"distributions\": [\"normal\"], "
        "\"blocks\": [1], \"files\": [\"chain-1.csv\", \"chain-2.csv\"]}");
    for (int chain = 0; chain < 2; chain++) {
        char text[1024] = "mu.1,Omega.1.1,alpha.1\n";
        for (int i = 0; i < 4; i++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%d,4,3.5\n", 4 * chain + i);
        write_whole(file[chain], text);
    }
}

static void probabilities_are_shares_of_draws(void **state)
{
    static const char *const hypothesis[] = {"x > y", "x < 6.5", "sd.x = x", "2*y - x > 10"};
    hbl_posterior *p = NULL;
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    put_draws();
    if (hbl_posterior_test("hb", hypothesis, 4, &p, &error))
        fail_msg("%s", error.message);
    assert_true(p->n_draws == 8 && p->n_lines == 4);
    near(p->line[0].probability, 4 / 8.0, 1e-15);
    near(p->line[0].mean, 0, 1e-15);
    near(p->line[0].sd, sqrt(6), 1e-14); /* of 0..7 */
    near(p->line[1].probability, 7 / 8.0, 1e-15);
    near(p->line[2].probability, 2 / 8.0, 1e-15); /* sd 2, above 0 and 1 */
    near(p->line[3].probability, 0, 0);
    near(p->joint.probability, 0, 0);
    hbl_posterior_free(p);
    if (hbl_posterior_test("hb", hypothesis, 2, &p, &error))
        fail_msg("%s", error.message);
    near(p->joint.probability, 3 / 8.0, 1e-15); /* 4, 5, 6 */
    hbl_posterior_free(p);
    assert_int_equal(hbl_posterior_test("hb", (const char *const[]){"z > 0"}, 1, &p, &error),
                     HBL_ERR_INPUT);
    assert_null(p);
    assert_non_null(strstr(error.message, "no parameter \"z\""));
}

/* ---- comparison ---- */

static void fit_by(const char *method, run_fixture *fixture, const char *run)
{
    char by[32];
    const char *const setting[] = {by, "msl.draws=200", "correlation=none"};
    const hbl_fit_options options = {.directory = run, .threads = 1};
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;

    snprintf(by, sizeof by, "method=%s", method);
    if (hbl_spec_read(fixture->spec->path, setting, 3, &spec, &error) ||
        hbl_fit(spec, fixture->model, &options, &error))
        fail_msg("%s", error.message);
    hbl_spec_free(spec);
}

/* The root likelihood of a multinomial logit is exp(LL / T), and that of a run beside itself has
 * nothing to differ by; more draws move the log-likelihood of a run by msl a little. */
static void a_run_agrees_with_itself(void **state)
{
    static const char *const setting[] = {"correlation=none"};
    const hbl_compare_options options = {.threads = 1};
    const char *run[] = {"msl", "msl", "mnl"};
    run_fixture fixture;
    hbl_comparison *c = NULL;
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    assert_true(fixture_open(&fixture, setting, 1));
    fit_by("msl", &fixture, "msl");
    fit_by("mnl", &fixture, "mnl");
    if (hbl_compare(run, 3, &options, &c, &error))
        fail_msg("%s", error.message);
    assert_int_equal(c->n_draws, 2000);
    near(c->run[0].log_likelihood, c->run[0].log_likelihood_own, 1);
    near(c->run[0].log_likelihood_error, 0, 0.1);
    near(c->run[2].log_likelihood, c->run[2].log_likelihood_own, 0);
    near(c->run[2].rlh, exp(c->run[2].log_likelihood / 100), 1e-12);
    assert_true(c->run[0].rlh > c->run[2].rlh && c->run[0].hit_rate > 1.0 / 3);
    assert_int_equal(c->n_parameters, 5); /* three coefficients, two standard deviations */
    for (size_t i = 0; i < c->n_parameters; i++)
        near(c->parameter[i].value[1].z, 0, 0);
    for (size_t i = 0; i < c->n_parameters; i++)
        assert_int_equal(isnan(c->parameter[i].value[2].estimate),
                         c->parameter[i].kind == HBL_COMPARED_SD);
    assert_int_equal(c->n_persons, 2);
    for (size_t i = 0; i < 2; i++) {
        near(c->persons[i].root_mean_square, 0, 0);
        near(c->persons[i].correlation, 1, 1e-12);
    }
    assert_int_equal(c->n_notes, 2);
    assert_non_null(strstr(c->note[0], "Runs 1 and 2 agree: none of the 5 parameters"));
    assert_non_null(strstr(c->note[1], "Run 3 is a multinomial logit and run 1 a mixed one"));
    hbl_comparison_free(c);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_hypotheses_are_read),
        cmocka_unit_test(what_is_no_hypothesis_is_refused),
        cmocka_unit_test(weights_of_mixtures),
        cmocka_unit_test(tails_of_mixtures),
        cmocka_unit_test(the_wald_test_is_that_of_scipy),
        cmocka_unit_test(the_likelihood_ratio_counts_what_is_new),
        cmocka_unit_test(runs_that_are_not_nested_are_refused),
        cmocka_unit_test(the_score_test_is_that_of_numpy),
        cmocka_unit_test(probabilities_are_shares_of_draws),
        cmocka_unit_test(a_run_agrees_with_itself),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
