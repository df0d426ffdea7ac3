/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of point estimates: what follows from the parameters by the delta method, the files,
 * their reader, and the reports. Figures of the delta method were computed by Python: derivatives
 * by complex steps in numpy, moments by scipy.integrate.quad.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hblogit/estimates.h"
#include "hblogit/report.h"
#include "hblogit/run.h"
#include "run/derived.h"
#include "run/estimates.h"
#include "unit/run_fixture.h"

static void near(double got, double wanted, double relative)
{
    if (!(fabs(got - wanted) <= relative * fabs(wanted)))
        fail_msg("%.17g, wanted %.17g", got, wanted);
}

/* ---- a model of one task, for what depends on its names and distributions only ---- */

static size_t person_task[] = {0, 1}, task_row[] = {0, 2}, task_chosen[] = {0}, source[] = {0, 1};
static int32_t alternative[] = {0, 1};
static char one[] = "1", two[] = "2", *person_label[] = {one}, *task_label[] = {one},
            *alternative_label[] = {one, two};
static const double x[] = {1, 0, 0, 1};

static hbl_model *model_of(const char *first, const char *second, const double *lower,
                           const double *upper, const size_t *block_of, const size_t *base)
{
    static hbl_panel panel;
    static const char *const name[] = {"price", "speed"};
    const hbl_mixing *mixing[] = {hbl_mixing_find(first), hbl_mixing_find(second)};
    const hbl_model_parts parts = {.n_random = 2,
                                   .name = name,
                                   .x = x,
                                   .mixing = mixing,
                                   .lower = lower,
                                   .upper = upper,
                                   .block_of = block_of,
                                   .base = base};
    hbl_model *model = NULL;
    hbl_error error = HBL_ERROR_INIT;

    panel = (hbl_panel){.n_persons = 1,
                        .n_tasks = 1,
                        .n_rows = 2,
                        .n_alternatives = 2,
                        .person_task = person_task,
                        .task_row = task_row,
                        .task_chosen = task_chosen,
                        .row_source = source,
                        .row_alternative = alternative,
                        .person_label = person_label,
                        .task_label = task_label,
                        .alternative_label = alternative_label};
    if (hbl_model_from_parts(&panel, &parts, &model, &error))
        fail_msg("%s", error.message);
    return model;
}

/* ---- the delta method ---- */

static char mu1[] = "price", mu2[] = "speed", l11[] = "chol.price:price",
            l21[] = "chol.speed:price", l22[] = "chol.speed:speed";
static const hbl_msl_parameter parameters[] = {{HBL_MSL_MEAN, 0, 0, mu1},
                                               {HBL_MSL_MEAN, 1, 0, mu2},
                                               {HBL_MSL_FACTOR, 0, 0, l11},
                                               {HBL_MSL_FACTOR, 1, 0, l21},
                                               {HBL_MSL_FACTOR, 1, 1, l22}};
static double estimate[] = {0.3, -0.5, 0.8, 0.4, 0.6};
static double variance[] = {0.01,   0.002,  -0.003, 0.001,  0.004,  0.002,  0.0148, 0.0006, 0.0026,
                            -.0004, -0.003, 0.0006, 0.0074, 0.0023, 0.0003, 0.001,  0.0026, 0.0023,
                            0.0095, 0.0017, 0.004,  -.0004, 0.0003, 0.0017, 0.0071};

static void the_delta_method_gives_what_python_gives(void **state)
{
    static const struct {
        const char *parameter, *name;
        double estimate, error;
    } wanted[] = {
        {"Omega.1.1", "Omega.price:price", 0.64, 0.13763720427268203},
        {"Omega.2.1", "Omega.speed:price", 0.32, 0.09346657156438339},
        {"Omega.2.2", "Omega.speed:speed", 0.52, 0.1398856676003657},
        {"sd.1", "sd.price", 0.8, 0.08602325267042626},
        {"sd.2", "sd.speed", 0.7211102550927979, 0.09699325908377503},
        {"correlation.2.1", "correlation.speed:price", 0.5547001962252291, 0.0978547780055535},
        {"beta_mean.1", "beta_mean.price", 1.8589280418463423, 0.1852969923821808},
        {"beta_sd.1", "beta_sd.price", 1.7600827814135545, 0.35645111277631103},
    };
    enum { N = sizeof wanted / sizeof *wanted };
    const hbl_msl_fit fit = {.n_parameters = 5,
                             .estimate = estimate,
                             .variance_hessian = variance,
                             .variance_robust = variance,
                             .variance_opg = variance};
    hbl_model *model = model_of("lognormal", "normal", NULL, NULL, NULL, NULL);
    hbl_estimate_table *table = NULL;

    (void)state;
    assert_int_equal(hbl_estimate_table_msl(model, parameters, &fit, "robust", &table, NULL),
                     HBL_OK);
    assert_int_equal(table->n_parameters, 5);
    assert_int_equal(table->n_rows, 5 + N);
    assert_string_equal(table->row[3].parameter, "L.2.1");
    for (size_t i = 0; i < N; i++) {
        const hbl_table_row *row = &table->row[5 + i];
        assert_string_equal(row->parameter, wanted[i].parameter);
        assert_string_equal(row->name, wanted[i].name);
        near(row->estimate, wanted[i].estimate, 1e-12);
        near(row->standard_error, wanted[i].error, 1e-9);
        near(row->robust_standard_error, wanted[i].error, 1e-9);
    }
    hbl_estimate_table_free(table);
    hbl_model_free(model);
}

/* Mean and standard deviation over people, by forms in closed form and by quadrature. */
static void moments_of_transformed_coefficients(void **state)
{
    static const double lower[] = {-1, 0}, upper[] = {3, 1}, mu[] = {0.4, 0.4},
                        omega[] = {1.69, 0, 0, 1.69};
    static const size_t apart[] = {0, 1};
    hbl_model *model = model_of("johnson-sb", "censored-normal", lower, upper, apart, NULL);
    hbl_derived *list = NULL;
    double value[8];
    size_t n;

    (void)state;
    assert_int_equal(hbl_derived_list(model, true, &list, &n, NULL), HBL_OK);
    assert_int_equal(n, 2 + 4); /* Omega; no sd of a block of one, which is a parameter */
    hbl_derived_evaluate(model, list, n, mu, omega, value);
    near(value[2], 1.2992659676155371, 1e-9);
    near(value[3], 0.9778845120257061, 1e-9);
    near(value[4], 0.7429833863870083, 1e-12);
    near(value[5], 0.8912864982585463, 1e-12);
    free(list);
    hbl_model_free(model);
}

/* beta_2 = beta_1 + exp(theta_2), theta bivariate normal: E = mu_1 + E_2, and the variance has the
 * covariance Omega_21 E_2 (Stein). */
static void levels_of_an_order(void **state)
{
    static const double mu[] = {0.3, -0.5}, omega[] = {0.64, 0.32, 0.32, 0.52};
    static const size_t base[] = {SIZE_MAX, 0};
    hbl_model *model = model_of("normal", "lognormal", NULL, NULL, NULL, base);
    hbl_derived *list = NULL;
    double value[16];
    size_t n;

    (void)state;
    assert_int_equal(hbl_derived_list(model, true, &list, &n, NULL), HBL_OK);
    hbl_derived_evaluate(model, list, n, mu, omega, value);
    near(value[n - 2], 1.0866278610665534, 1e-12);
    near(value[n - 1], 1.251187121684379, 1e-9);
    free(list);
    assert_int_equal(hbl_derived_list(model, false, &list, &n, NULL), HBL_OK);
    assert_int_equal(n, 1);
    hbl_derived_evaluate(model, list, n, mu, NULL, value);
    near(value[0], -0.2, 1e-15);
    free(list);
    hbl_model_free(model);
}

/* ---- a run of its own: what is written is what is read ---- */

static run_fixture fixture;

static int set_up(void **state)
{
    static const char *const setting[] = {"method=mnl"};

    (void)state;
    return fixture_open(&fixture, setting, 1) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static void fit(void)
{
    const hbl_fit_options options = {.directory = fixture.run, .threads = 1, .overwrite = true};
    hbl_error error = HBL_ERROR_INIT;

    if (hbl_fit(fixture.spec, fixture.model, &options, &error))
        fail_msg("%s", error.message);
}

static hbl_estimates *read_run(void)
{
    hbl_estimates *e = NULL;
    hbl_error error = HBL_ERROR_INIT;

    if (hbl_estimates_read(fixture.run, &e, &error))
        fail_msg("%s", error.message);
    return e;
}

static void a_fit_is_read_as_it_was(void **state)
{
    hbl_mnl *mnl = NULL;
    hbl_estimates *e;
    char *method = NULL;

    (void)state;
    fit();
    assert_int_equal(hbl_mnl_estimate(fixture.model, 1, &mnl, NULL), HBL_OK);
    e = read_run();
    assert_int_equal(e->n_parameters, 3);
    assert_int_equal(e->n_rows_of_table, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(e->row[i].estimate == mnl->estimate[i]);
        near(e->row[i].standard_error, mnl->standard_error[i], 1e-12);
        near(e->variance[4 * i], mnl->standard_error[i] * mnl->standard_error[i], 1e-12);
        assert_string_equal(e->row[i].name, fixture.model->name[i]);
        assert_true(isnan(e->simulation[i]));
    }
    near(e->row[0].t, mnl->estimate[0] / mnl->standard_error[0], 1e-12);
    near(e->row[0].p, erfc(fabs(e->row[0].t) / sqrt(2)), 1e-9);
    assert_true(e->log_likelihood == mnl->log_likelihood);
    near(e->log_likelihood_zero, -100 * log(3), 1e-14);
    near(e->aic, 6 - 2 * mnl->log_likelihood, 1e-14);
    near(e->bic, 3 * log(20) - 2 * mnl->log_likelihood, 1e-14);
    near(e->mcfadden, 1 - e->log_likelihood / e->log_likelihood_shares, 1e-14);
    assert_true(e->converged && !e->singular && e->condition >= 1 && isfinite(e->condition));
    assert_int_equal(e->n_alternatives, 3);
    near(e->observed_share[0] + e->observed_share[1] + e->observed_share[2], 1, 1e-12);
    near(e->fitted_share[0] + e->fitted_share[1] + e->fitted_share[2], 1, 1e-12);
    assert_int_equal(e->n_notes, 1); /* random coefficients are the same for everyone */
    hbl_estimates_free(e);
    hbl_mnl_free(mnl);
    assert_int_equal(hbl_run_method(fixture.run, &method, NULL), HBL_OK);
    assert_string_equal(method, "mnl");
    free(method);
}

static void resuming_is_refused(void **state)
{
    const hbl_fit_options options = {.directory = fixture.run, .threads = 1};
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    fit();
    assert_int_equal(hbl_resume(fixture.spec, fixture.model, &options, &error), HBL_ERR_INPUT);
    assert_non_null(strstr(error.message, "has nothing to resume"));
}

/* ---- damaged files ---- */

static void put_file(const char *name, const char *text)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", fixture.run, name);
    write_whole(path, text);
}

static void refuse(const char *what)
{
    hbl_estimates *e = NULL;
    hbl_error error = HBL_ERROR_INIT;

    assert_int_equal(hbl_estimates_read(fixture.run, &e, &error), HBL_ERR_INPUT);
    assert_null(e);
    if (!strstr(error.message, what))
        fail_msg("\"%s\" does not say \"%s\"", error.message, what);
}

#define HEAD "parameter,name,estimate,standard_error,robust_standard_error,t,p\n"

static void damaged_files_are_refused_by_line(void **state)
{
    (void)state;
    fit();
    put_file("estimates.csv", HEAD "beta.1,price,1,2,3,4\n");
    refuse("estimates.csv:2: 6 cells under 7 names");
    put_file("estimates.csv", HEAD "beta.1,price,1,x,3,4,5\n");
    refuse("estimates.csv:2: \"x\" in column standard_error is not a number");
    put_file("estimates.csv", HEAD "beta.1,\"price,1,2,3,4,5\n");
    refuse("a quote is not closed");
    put_file("estimates.csv", "parameter,name\n");
    refuse("estimates.csv:1: column 1 is not \"parameter\"");
    put_file("estimates.csv", "");
    refuse("estimates.csv: is empty");
    put_file("estimates.csv", HEAD "beta.1,price,1,2,3,4,5\n");
    refuse("vcov.csv:4: 3 rows of 3 columns are no variance of the 1 estimates");
    put_file("vcov.csv", "name,speed\nspeed,1\n");
    refuse("vcov.csv:2: is of \"speed\", and estimates.csv has \"price\" there");
    put_file("run.json", "{\"program\": \"hblogit\", \"method\": \"mnl\", \"status\": \"failed\"}");
    refuse("has no estimates: its status is \"failed\"");
    put_file("run.json", "{\"files\": [\"chain-1.csv\"], \"method\": \"hb\"}");
    refuse("a run by \"hb\", which leaves draws and no estimates");
}

/* ---- reports, word by word ---- */

static char *printed(int report(FILE *, const hbl_estimates *, hbl_error *), const hbl_estimates *e)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    assert_int_equal(report(out, e, NULL), HBL_OK);
    fclose(out);
    return text;
}

static void same(const char *got, const char *wanted)
{
    if (strcmp(got, wanted) != 0)
        fail_msg("got\n%s\nwanted\n%s", got, wanted);
}

#define RUN                                                                                        \
    "{\"program\": \"hblogit\", \"method\": \"msl\", \"status\": \"interrupted\","                 \
    " \"model\": {\"title\": \"Golden\"},"                                                         \
    " \"counts\": {\"persons\": 50, \"tasks\": 1200, \"rows\": 3600},"                             \
    " \"likelihood\": {\"log_likelihood\": -800, \"zero\": -1000, \"shares\": -900},"              \
    " \"optimiser\": {\"iterations\": 1, \"evaluations\": 7, \"decrement\": 2e-3,"                 \
    "   \"gradient_norm\": 0.5, \"condition\": 2e7, \"converged\": false},"                        \
    " \"simulation\": {\"draws\": 1000, \"sequence\": \"halton\", \"sd\": [0.001, 0.02]},"         \
    " \"boundary\": [\"sd.price\"], \"seconds\": {\"total\": 1.5},"                                \
    " \"notes\": [\"Something to know.\"]}"

static const char table[] = "Golden\n"
                            "Mixed logit by maximum simulated likelihood: 50 people, 1,200 tasks; "
                            "1,000 draws a person (halton)\n"
                            "The run is not complete: its status is \"interrupted\".\n"
                            "\n"
                            "Population means of the random coefficients\n"
                            "         estimate  std. error  robust       t       p  simulation\n"
                            "  price   -1.0000      0.0500  0.0600  -20.00  <.0001      0.0010\n"
                            "\n"
                            "Standard deviations of the random coefficients over people\n"
                            "         estimate  std. error  robust     t       p  simulation\n"
                            "  price    0.5000      0.2000       -  2.50  0.0124      0.0200\n"
                            "\n"
                            "Fit\n"
                            "  log-likelihood             -800.0000\n"
                            "    at the shares            -900.0000\n"
                            "    at zero                  -1000.0000\n"
                            "  McFadden's R2              0.11111 (adjusted 0.10889), against the "
                            "shares\n"
                            "    against zero             0.20000\n"
                            "  AIC                        1604.00\n"
                            "  BIC                        1607.82 (by the number of people)\n"
                            "\n"
                            "Standard errors are by the Hessian; robust ones by person.\n"
                            "NOT converged: 1 iteration, 7 evaluations, 1.50 s; g'H^-1 g = 0.002.\n"
                            "  note: Something to know.\n";

static const char optimiser[] =
    "Golden\n"
    "Mixed logit by maximum simulated likelihood: 50 people, 1,200 tasks; 1,000 draws a person "
    "(halton)\n"
    "The run is not complete: its status is \"interrupted\".\n"
    "\n"
    "  norm of the gradient               0.5\n"
    "  g'H^-1 g                           0.002\n"
    "  condition of the Hessian (scaled)  2e+07\n"
    "  The Hessian is close to singular: some combination of the parameters is hardly identified.\n"
    "  on the boundary, at 0: sd.price\n"
    "\n"
    "Estimates that the data hardly tell apart\n"
    "                   correlation\n"
    "  sd.price  price        0.970\n"
    "\n"
    "NOT converged: 1 iteration, 7 evaluations, 1.50 s; g'H^-1 g = 0.002.\n"
    "  note: Something to know.\n";

static void reports_say_this(void **state)
{
    hbl_estimates *e;
    char *text;

    (void)state;
    fit();
    put_file("run.json", RUN);
    put_file("estimates.csv", HEAD "mu.1,price,-1,0.05,0.06,-20,1e-50\n"
                                   "L.1.1,sd.price,0.5,0.2,nan,2.5,0.0124\n");
    put_file("vcov.csv", "name,price,sd.price\nprice,0.0025,0.0097\nsd.price,0.0097,0.04\n");
    e = read_run();
    text = printed(hbl_report_estimates, e);
    same(text, table);
    free(text);
    text = printed(hbl_report_optimiser, e);
    same(text, optimiser);
    free(text);
    text = printed(hbl_report_estimates_csv, e);
    same(text, HEAD "mu.1,price,-1,0.050000000000000003,0.059999999999999998,-20,"
                    "1e-50\n"
                    "L.1.1,sd.price,0.5,0.20000000000000001,NaN,2.5,0.0124\n");
    free(text);
    text = printed(hbl_report_estimates_json, e);
    assert_non_null(strstr(text, "\"simulation_error\":\t0.02"));
    assert_non_null(strstr(text, "\"robust_standard_error\":\tnull"));
    free(text);
    hbl_estimates_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_delta_method_gives_what_python_gives),
        cmocka_unit_test(moments_of_transformed_coefficients),
        cmocka_unit_test(levels_of_an_order),
        cmocka_unit_test_setup_teardown(a_fit_is_read_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resuming_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_files_are_refused_by_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reports_say_this, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
