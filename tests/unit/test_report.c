/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Summaries of run directories and the reports on them. The directories are written here; the
 * figures of their parameters were computed by R's posterior 1.4.0 from the same formulas:
 *
 * library(posterior)
 * s <- 1; lehmer <- function() { s <<- (16807 * s) %% 2147483647; s / 2147483647 - 0.5 }
 * x <- array(0, c(300, 4, 6))
 * for (k in 1:4) { v <- rep(0, 6)
 *   for (i in 1:300) { for (j in 1:6) v[j] <- 0.3 * v[j] + lehmer(); x[i, k, ] <- v } }
 * base <- c(-1.2, 0.8, 1, 0.2, 0.5, 3); scale <- c(.1, .1, .3, .2, .2, 1)
 * for (j in 1:6) x[, , j] <- base[j] + scale[j] * x[, , j]
 * cells <- list(x[,,1], x[,,2], x[,,3], x[,,4], x[,,5], x[,,6], sqrt(x[,,3]), sqrt(x[,,5]),
 *               x[,,4] / sqrt(x[,,3] * x[,,5]))
 * for (y in cells) cat(sprintf("%.15g", c(mean(y), mcse_mean(y), sd(y), quantile(y, c(.05, .5,
 * .95)), ess_bulk(y), ess_tail(y), rhat(y))), "\n")
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hblogit/report.h"

enum { PATH = 512, N_VALUES = 6 };

static char directory[PATH];

/* ---- a run directory ---- */

static const char with_truth[] =
    "\"simulate\": {\"persons\": 1361, \"mean\": {\"time\": 0.8, \"price\": -1.2}, \"sd\": "
    "{\"price\": 1, \"time\": "
    "0.7}, \"correlation\": [[1, 0.25], [0.25, 1]], \"fixed\": {\"a,b\": 2}},";

static FILE *create(const char *name)
{
    char path[2 * PATH];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    file = fopen(path, "w");
    assert_non_null(file);
    return file;
}

static void write_run_json(const char *simulate, const char *more)
{
    FILE *file = create("run.json");

    fprintf(file,
            "{\"program\": \"hblogit\", \"status\": \"done\", \"method\": \"hb\",\n"
            "\"machine\": {\"pass\": \"avx2 float\"},\n"
            "\"model\": {\"title\": \"Buses\", %s \"method\": \"hb\"},\n"
            "\"distributions\": [\"johnson-sb\", \"normal\"],\n"
            "\"bounds\": [[0, 2.5], null], \"above\": [null, null],\n"
            "\"coefficients\": {\"random\": [\"price\", \"time\"], \"fixed\": [\"a,b\"]},\n"
            "\"blocks\": [0, 0], \"chains\": 4, \"files\": [\"chain-1.csv\", \"chain-2.csv\",\n"
            "\"chain-3.csv\", \"chain-4.csv\"], %s\n"
            "\"counts\": {\"persons\": 1361, \"tasks\": 16332, \"rows\": 65328}}\n",
            simulate, more);
    assert_int_equal(fclose(file), 0);
}

static double lehmer(long long *s)
{
    *s = 16807 * *s % 2147483647;
    return (double)*s / 2147483647 - 0.5;
}

/* Columns as the program writes them, Omega whole and column by column. */
static void write_chains(size_t n)
{
    static const double base[N_VALUES] = {-1.2, 0.8, 1, 0.2, 0.5, 3},
                        scale[N_VALUES] = {.1, .1, .3, .2, .2, 1};
    long long s = 1;

    for (int k = 1; k <= 4; k++) {
        double v[N_VALUES] = {0}, x[N_VALUES];
        char name[32];
        FILE *file;

        snprintf(name, sizeof name, "chain-%d.csv", k);
        file = create(name);
        fprintf(file,
                "# model = hblogit\n# id = %d\nlp__,accept_stat__,loglik,mu.1,mu.2,Omega.1.1,"
                "Omega.2.1,Omega.1.2,Omega.2.2,alpha.1\n",
                k);
        for (size_t i = 0; i < n; i++) {
            for (int j = 0; j < N_VALUES; j++) {
                v[j] = 0.3 * v[j] + lehmer(&s);
                x[j] = base[j] + scale[j] * v[j];
            }
            fprintf(file, "-1,0.8,-2,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g\n", x[0], x[1], x[2],
                    x[3], x[3], x[4], x[5]);
        }
        fputs("# Elapsed Time: 1 seconds (Total)\n", file);
        assert_int_equal(fclose(file), 0);
    }
}

static int make_directory(void **state)
{
    const char *parent = getenv("TMPDIR");

    (void)state;
    snprintf(directory, sizeof directory, "%.400s/hblogit-report-XXXXXX", parent ? parent : "/tmp");
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
    static const char *const names[] = {"run.json",    "chain-1.csv", "chain-2.csv",
                                        "chain-3.csv", "chain-4.csv", "out"};
    char path[2 * PATH];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        if (unlink(path) && errno != ENOENT)
            return -1;
    }
    return rmdir(directory);
}

static hbl_summary *summary_of_run(void)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_summary *summary = NULL;

    if (hbl_summary_read(directory, &summary, &error))
        fail_msg("%s", error.message);
    return summary;
}

/* ---- what a report prints ---- */

typedef int report(FILE *out, const hbl_summary *summary, hbl_error *error);

static char *printed(report *f, const hbl_summary *summary)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    assert_int_equal(f(out, summary, NULL), HBL_OK);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void is_text(const char *text, const char *want)
{
    if (strcmp(text, want) != 0) {
        fprintf(stderr, "printed:\n%s", text); /* cmocka's messages are cut at 1 KB */
        fail();
    }
}

static void prints(report *f, const hbl_summary *summary, const char *want)
{
    char *text = printed(f, summary);

    is_text(text, want);
    free(text);
}

/* ---- summaries ---- */

typedef struct {
    const char *column, *name;
    double figure[9]; /* mean, mcse, sd, q5, median, q95, bulk, tail, R-hat */
    double truth;
} golden_parameter;

static const golden_parameter golden[] = {
    {"mu.1",
     "mu.price",
     {-1.20035738326874, 0.00116023073892385, 0.0297751156334863, -1.24655642261918,
      -1.20097033594585, -1.15310296173933, 620.218488022674, 874.194862160163, 1.00079665021272},
     -1.2},
    {"mu.2",
     "mu.time",
     {0.797626431887827, 0.00108008323883841, 0.0299523431677639, 0.750956689657366,
      0.797041300281113, 0.845313013561507, 713.357470846378, 865.82887557165, 1.00094740495101},
     0.8},
    {"Omega.1.1",
     "Omega.price.price",
     {1.00060425347145, 0.00333125326953862, 0.0909631440267666, 0.853000735966716,
      1.00288178628153, 1.14551332727189, 722.787710880631, 871.756945039632, 1.00783447915295},
     1},
    {"Omega.2.1",
     "Omega.time.price",
     {0.201554786257967, 0.00250824996740908, 0.0592644589125264, 0.107550608236604,
      0.202176471363858, 0.295021121174253, 515.885711134893, 623.504933432337, 1.00344834213872},
     0.175},
    {"Omega.2.2",
     "Omega.time.time",
     {0.501199697861467, 0.00225458966127956, 0.0591757473294862, 0.406117369982961,
      0.502326937178387, 0.595636110298636, 676.539761393593, 785.498194483609, 1.00228602907766},
     0.49},
    {"alpha.1",
     "alpha.a,b",
     {3.01254823476826, 0.0115285033660178, 0.304123260652323, 2.53528103411171, 3.01546049941373,
      3.48702506252262, 664.137541077919, 763.23133840736, 1.00600879512411},
     2},
    {NULL,
     "sd.price",
     {0.999262399033923, 0.00167065076108034, 0.0456140901414835, 0.923580388238569,
      1.00143985641845, 1.07028656313082, 722.787710880631, 871.756945039632, 1.00783447915295},
     1},
    {NULL,
     "sd.time",
     {0.706709063315351, 0.00161017098404463, 0.0419936572049259, 0.637273386330345,
      0.708750264184327, 0.77177464327254, 676.539761393593, 785.498194483609, 1.00228602907766},
     0.7},
    {NULL,
     "correlation.time.price",
     {0.286930234233874, 0.00383738110520212, 0.0870580711709968, 0.152294355282337,
      0.285995012308499, 0.430767516611717, 489.587617489995, 636.240784497523, 1.00418256117992},
     0.25},
};

static void compare(const hbl_parameter *p, const golden_parameter *want)
{
    const hbl_convergence *c = &p->convergence;
    const double got[9] = {c->mean, c->mcse_mean, c->sd,       c->q5,  c->median,
                           c->q95,  c->ess_bulk,  c->ess_tail, c->rhat};

    assert_string_equal(p->name, want->name);
    if (want->column)
        assert_string_equal(p->column, want->column);
    else
        assert_null(p->column);
    for (size_t j = 0; j < 9; j++)
        if (!(fabs(got[j] / want->figure[j] - 1) < 1e-9))
            fail_msg("%s, figure %zu: %.16g instead of %.16g", p->name, j, got[j], want->figure[j]);
    assert_true(fabs(p->truth / want->truth - 1) < 1e-12);
}

static void summary_has_the_figures_of_r(void **state)
{
    hbl_summary *s;

    (void)state;
    write_run_json(with_truth, "");
    write_chains(300);
    s = summary_of_run();
    assert_int_equal(s->n_parameters, 6);
    assert_int_equal(s->n_derived, 3);
    for (size_t i = 0; i < 6; i++)
        compare(&s->parameter[i], &golden[i]);
    for (size_t i = 0; i < 3; i++)
        compare(&s->derived[i], &golden[6 + i]);
    assert_int_equal(s->n_chains, 4);
    assert_int_equal(s->n_draws, 300);
    assert_int_equal(s->stride, 1);
    assert_int_equal(s->n_persons, 1361);
    assert_string_equal(s->distribution[0], "johnson-sb(0, 2.5)");
    assert_string_equal(s->distribution[1], "normal");
    assert_true(s->converged ==
                (s->worst_rhat <= 1.01 && s->least_ess_bulk >= 400 && s->least_ess_tail >= 400));
    hbl_summary_free(s);
}

/* More than 2^17 draws in all: mean and sd are of every draw, the rest of every second. */
static void long_runs_are_thinned(void **state)
{
    double sum = 0, squares = 0, v = 0;
    long long seed = 1;
    hbl_summary *s;
    enum { N = 32800 };

    (void)state;
    write_run_json("", "");
    write_chains(N);
    s = summary_of_run();
    assert_int_equal(s->stride, 2);
    for (int k = 0; k < 4; k++) {
        v = 0;
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N_VALUES; j++) {
                const double u = lehmer(&seed);
                if (j == 1) {
                    v = 0.3 * v + u;
                    sum += v;
                    squares += v * v;
                }
            }
    }
    const double mean = sum / (4.0 * N);
    assert_true(fabs(s->parameter[1].convergence.mean - (0.8 + 0.1 * mean)) < 1e-12);
    assert_true(
        fabs(s->parameter[1].convergence.sd / (0.1 * sqrt((squares - sum * mean) / (4.0 * N - 1))) -
             1) < 1e-9);
    assert_true(s->converged);
    assert_true(s->least_ess_bulk < 4.0 * N / 2 * log10(4.0 * N / 2));
    assert_true(isnan(s->parameter[0].truth));
    hbl_summary_free(s);
}

/* ---- reports ---- */

static void table_of_estimates(void **state)
{
    hbl_summary *s;

    (void)state;
    write_run_json(with_truth, "");
    write_chains(300);
    s = summary_of_run();
    prints(hbl_report_summary, s,
           "Buses\n"
           "Hierarchical Bayes: 1,361 people, 16,332 tasks; 4 chains of 300 draws (avx2 float)\n"
           "\n"
           "Population means mu, on the scale of theta (the coefficient is beta = g(theta), theta "
           "normal)\n"
           "         distribution         truth    mean     sd     5 %    95 %  R-hat  bulk ESS  "
           "tail ESS\n"
           "  price  johnson-sb(0, 2.5)  -1.200  -1.200  0.030  -1.247  -1.153  1.001       620    "
           "   874\n"
           "  time   normal               0.800   0.798  0.030   0.751   0.845  1.001       713    "
           "   865\n"
           "\n"
           "Standard deviations over people, on the scale of theta\n"
           "         truth   mean     sd    5 %   95 %  R-hat  bulk ESS  tail ESS\n"
           "  price  1.000  0.999  0.046  0.924  1.070  1.008       722       871\n"
           "  time   0.700  0.707  0.042  0.637  0.772  1.002       676       785\n"
           "\n"
           "Correlations of the random coefficients\n"
           "                truth   mean     sd    5 %   95 %  R-hat  bulk ESS  tail ESS\n"
           "  time ~ price  0.250  0.287  0.087  0.152  0.431  1.004       489       636\n"
           "\n"
           "Fixed coefficients\n"
           "       truth  mean    sd   5 %  95 %  R-hat  bulk ESS  tail ESS\n"
           "  a,b   2.00  3.01  0.30  2.54  3.49  1.006       664       763\n"
           "\n"
           "The 90 % intervals of mu, Omega and alpha cover the truth for 5 of 6 parameters.\n"
           "Converged: worst R-hat 1.008 (Omega.price.price),\n"
           "  least bulk ESS 515 (Omega.time.price), least tail ESS 623 (Omega.time.price).\n");
    hbl_summary_free(s);

    write_run_json("", "");
    write_chains(40);
    s = summary_of_run();
    prints(hbl_report_summary, s,
           "Buses\n"
           "Hierarchical Bayes: 1,361 people, 16,332 tasks; 4 chains of 40 draws (avx2 float)\n"
           "\n"
           "Population means mu, on the scale of theta (the coefficient is beta = g(theta), theta "
           "normal)\n"
           "         distribution          mean     sd     5 %    95 %  R-hat  bulk ESS  tail ESS\n"
           "  price  johnson-sb(0, 2.5)  -1.199  0.028  -1.243  -1.154  1.008       107       110\n"
           "  time   normal               0.799  0.030   0.754   0.845  1.015       121       140\n"
           "\n"
           "Standard deviations over people, on the scale of theta\n"
           "          mean     sd    5 %   95 %  R-hat  bulk ESS  tail ESS\n"
           "  price  0.995  0.044  0.923  1.060  1.002       106       121\n"
           "  time   0.706  0.040  0.641  0.770  1.022        95       136\n"
           "\n"
           "Correlations of the random coefficients (posterior means; * where the 90 % interval "
           "excludes 0)\n"
           "        price\n"
           "  time  0.28*\n"
           "\n"
           "Fixed coefficients\n"
           "       mean    sd   5 %  95 %  R-hat  bulk ESS  tail ESS\n"
           "  a,b  3.00  0.29  2.54  3.48  1.004       107       199\n"
           "\n"
           "NOT converged: worst R-hat 1.072 (Omega.time.price),\n"
           "  least bulk ESS 61 (Omega.time.price), least tail ESS 91 (Omega.time.price).\n"
           "  Run more draws: hblogit resume DIR --draws 360 would give about 560 bulk and 830 "
           "tail ESS.\n");
    hbl_summary_free(s);
}

static void report_on_convergence(void **state)
{
    hbl_summary *s;

    (void)state;
    write_run_json("", "\"kernels\": [[{\"name\": \"person: hmc\", \"acceptance\": 0.8, \"step\": "
                       "0.87, \"non_finite\": 0}, {\"name\": \"population\", \"acceptance\": null, "
                       "\"step\": 0.5, \"non_finite\": 0}], [{\"name\": \"person: hmc\", "
                       "\"acceptance\": 0.78, \"step\": 0.89, \"non_finite\": 3}]],");
    write_chains(60);
    s = summary_of_run();
    prints(hbl_report_convergence, s,
           "Buses\n"
           "Hierarchical Bayes: 1,361 people, 16,332 tasks; 4 chains of 60 draws (avx2 float)\n"
           "\n"
           "Parameters, the least certain first\n"
           "                     R-hat  bulk ESS  tail ESS    mean    MCSE  % of sd  misses\n"
           "  Omega.price.price  1.029        97       139   1.005  0.0089      9.4  R-hat, bulk "
           "ESS, tail ESS\n"
           "  Omega.time.price   1.037       128       153   0.194  0.0049      8.5  R-hat, bulk "
           "ESS, tail ESS\n"
           "  Omega.time.time    0.996       119       177   0.500  0.0052      9.0  bulk ESS, "
           "tail ESS\n"
           "  mu.time            1.006       166       154   0.800  0.0023      7.4  bulk ESS, "
           "tail ESS\n"
           "  alpha.a,b          1.005       161       290   2.99   0.023       7.9  bulk ESS, "
           "tail ESS\n"
           "  mu.price           1.001       179       172  -1.200  0.0020      7.2  bulk ESS, "
           "tail ESS\n"
           "\n"
           "Acceptance of the kernels, over chains\n"
           "               mean  least  most   step  not finite\n"
           "  person: hmc  0.79   0.78  0.80  0.880           3\n"
           "  population   -      -     -     0.500           0\n"
           "\n"
           "NOT converged: worst R-hat 1.037 (Omega.time.price),\n"
           "  least bulk ESS 97 (Omega.price.price), least tail ESS 139 (Omega.price.price).\n"
           "  Good enough is R-hat at most 1.01 and bulk and tail ESS at least 400.\n"
           "  Run more draws: hblogit resume DIR --draws 310 would give about 510 bulk and 720 "
           "tail ESS.\n");
    assert_false(s->converged);
    hbl_summary_free(s);
}

static void summary_csv(void **state)
{
    hbl_summary *s;
    static const char start[] = "parameter,name,mean,mcse,sd,q5,median,q95,ess_bulk,ess_tail,rhat\n"
                                "mu.1,mu.price,-1.";
    char *text, *line;
    double figure[9];

    (void)state;
    write_run_json(with_truth, "");
    write_chains(300);
    s = summary_of_run();
    text = printed(hbl_report_summary_csv, s);
    assert_int_equal(strncmp(text, start, strlen(start)), 0);
    line = strstr(text, "\nalpha.1,\"alpha.a,b\",");
    assert_non_null(line);
    assert_int_equal(sscanf(line, "\nalpha.1,\"alpha.a,b\",%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf\n",
                            &figure[0], &figure[1], &figure[2], &figure[3], &figure[4], &figure[5],
                            &figure[6], &figure[7], &figure[8]),
                     9);
    assert_true(figure[0] == s->parameter[5].convergence.mean); /* 17 digits lose nothing */
    assert_true(figure[8] == s->parameter[5].convergence.rhat);
    free(text);

    s->parameter[5].convergence.rhat = -NAN;
    text = printed(hbl_report_summary_csv, s);
    assert_string_equal(text + strlen(text) - 5, ",NaN\n");
    free(text);
    hbl_summary_free(s);
}

static void diagnostics_json(void **state)
{
    hbl_summary *s;
    char *text;

    (void)state;
    write_run_json(with_truth, "\"kernels\": [{\"name\": \"person: hmc\", \"acceptance\": 0.8, "
                               "\"step\": 0.5, \"non_finite\": 2, \"chain\": 3}],");
    write_chains(300);
    s = summary_of_run();
    s->parameter[2].convergence.rhat = NAN;
    s->parameter[3].convergence.rhat = INFINITY;
    text = printed(hbl_report_summary_json, s);
    assert_non_null(strstr(text, "\"program\":\t\"hblogit\""));
    assert_non_null(strstr(text, "\"thresholds\":\t{\n\t\t\"rhat\":\t1.01,\n\t\t\"ess\":\t400\n"));
    assert_non_null(strstr(text, "\"name\":\t\"person: hmc\",\n\t\t\t\"chain\":\t3,"));
    assert_non_null(strstr(text, "\"name\":\t\"Omega.time.price\",\n\t\t\t\"truth\":\t0.175"));
    assert_non_null(strstr(text, "\"rhat\":\tnull"));
    assert_non_null(strstr(text, "\"rhat\":\t\"Inf\""));
    assert_non_null(strstr(text, "\"name\":\t\"correlation.time.price\""));
    free(text);
    hbl_summary_free(s);
}

static void a_full_disk_is_an_error(void **state)
{
    static report *const reports[] = {hbl_report_summary, hbl_report_convergence,
                                      hbl_report_summary_csv, hbl_report_summary_json};
    FILE *full = fopen("/dev/full", "w");
    hbl_summary *s;

    (void)state;
    if (!full)
        skip();
    write_run_json("", "");
    write_chains(20);
    s = summary_of_run();
    for (size_t i = 0; i < 4; i++) {
        hbl_error error = HBL_ERROR_INIT;
        assert_int_equal(reports[i](full, s, &error), HBL_ERR_WRITE);
        assert_non_null(strstr(error.message, "could not be written whole"));
        clearerr(full);
    }
    fclose(full);
    hbl_summary_free(s);
}

/* ---- verdicts ---- */

/* Whatever the figures, a limit that is missed must show. */
static void verdicts_never_look_better(void **state)
{
    hbl_summary *s;
    char *text;

    (void)state;
    write_run_json("", "");
    write_chains(300);
    s = summary_of_run();
    s->converged = false;
    s->worst_rhat = 1.01001;
    s->least_ess_bulk = 399.9;
    text = printed(hbl_report_summary, s);
    assert_non_null(strstr(text, "NOT converged: worst R-hat 1.011 ("));
    assert_non_null(strstr(text, "least bulk ESS 399 ("));
    free(text);
    hbl_summary_free(s);
}

static void constant_draws_do_not_converge(void **state)
{
    hbl_summary *s;
    char *text;

    (void)state;
    write_run_json("", "");
    for (int k = 1; k <= 4; k++) {
        char name[32];
        FILE *file;

        snprintf(name, sizeof name, "chain-%d.csv", k);
        file = create(name);
        fputs("mu.1,mu.2,Omega.1.1,Omega.2.1,Omega.1.2,Omega.2.2,alpha.1\n", file);
        for (int i = 0; i < 10; i++)
            fputs("1,2,1,0.5,0.5,1,3\n", file);
        fclose(file);
    }
    s = summary_of_run();
    assert_int_equal(s->n_undefined, 6);
    assert_false(s->converged);
    assert_true(isnan(s->worst_rhat));
    text = printed(hbl_report_summary, s);
    assert_non_null(strstr(text, "6 of 6 parameters have no figures"));
    assert_non_null(strstr(text, "NOT converged: worst R-hat -,"));
    free(text);
    hbl_summary_free(s);
}

/* ---- wrong directories ---- */

static void fails(const char *want)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_summary *summary = NULL;

    assert_int_equal(hbl_summary_read(directory, &summary, &error), HBL_ERR_INPUT);
    assert_null(summary);
    if (!strstr(error.message, want))
        fail_msg("says: %s", error.message);
}

static void put_run_json(const char *text)
{
    FILE *file = create("run.json");

    fputs(text, file);
    fclose(file);
}

static void wrong_runs_are_errors(void **state)
{
    char path[2 * PATH];

    (void)state;
    remove_directory(NULL);
    assert_int_equal(make_directory(NULL), 0);
    fails("holds no run of hblogit");
    put_run_json("{\"program\": \"hblogit\",\n\n\"model");
    fails("run.json:3: not JSON; was the run cut off?");
    put_run_json("{}");
    fails("run.json: \"files\" does not list the chain files");
    put_run_json("{\"files\": [1]}");
    fails("run.json: files[0] is not a name");
    put_run_json("{\"files\": [\"chain-1.csv\"], \"method\": \"msl\"}");
    fails("run.json: a run by \"msl\", which leaves no draws");
    put_run_json("{\"files\": [\"chain-1.csv\"]}");
    fails("run.json: \"coefficients\" does not list the random and the fixed ones");
    put_run_json("{\"files\": [\"x\"], \"coefficients\": {\"random\": [\"a\"], \"fixed\": [2]}}");
    fails("run.json: coefficients.fixed[0] is not a name");
    put_run_json("{\"files\": [\"x\"], \"coefficients\": {\"random\": [\"a\"], \"fixed\": []}}");
    fails("run.json: \"blocks\" does not give a block for each of 1 random coefficients");
    write_run_json("", "");
    fails("chain-1.csv: cannot be read: No such file or directory");
    write_chains(0);
    fails("a chain without draws; the run's status is \"done\"");
    write_chains(10);
    snprintf(path, sizeof path, "%s/chain-2.csv", directory);
    assert_int_equal(truncate(path, 500), 0);
    fails("chain-2.csv:");
}

/* Blocks: no covariance, and no correlation, between them. */
static void zeros_between_blocks_are_no_parameters(void **state)
{
    hbl_summary *s;
    FILE *file;
    char *text;

    (void)state;
    put_run_json("{\"files\": [\"chain-1.csv\"], \"coefficients\": {\"random\": [\"a\", \"b\", "
                 "\"c\"], \"fixed\": []}, \"blocks\": [0, 1, 0], \"distributions\": [\"normal\", "
                 "\"normal\", \"lognormal\"], \"above\": [null, null, \"b\"]}");
    file = create("chain-1.csv");
    fputs("mu.1,mu.2,mu.3,Omega.1.1,Omega.2.1,Omega.3.1,Omega.1.2,Omega.2.2,Omega.3.2,Omega.1.3,"
          "Omega.2.3,Omega.3.3\n",
          file);
    for (int i = 0; i < 20; i++)
        fprintf(file, "%d,%d,%d,4,0,%d,0,9,0,%d,0,%d\n", i, i * i % 7, i * i % 5, 3 + i % 3,
                3 + i % 3, 4 + i % 2);
    fclose(file);
    s = summary_of_run();
    assert_int_equal(s->n_parameters, 3 + 4);
    assert_string_equal(s->parameter[4].name, "Omega.c.a");
    assert_string_equal(s->parameter[5].column, "Omega.2.2");
    assert_int_equal(s->n_derived, 3 + 1);
    assert_true(s->derived[1].convergence.mean == 3);
    text = printed(hbl_report_summary, s);
    if (!strstr(text, "         a  b\n  b  0\n  c  0.93*  0\n\n") ||
        !strstr(text, "\n  c  b + lognormal "))
        is_text(text, "");
    free(text);
    hbl_summary_free(s);
}

/* Covariates, more of them than coefficients: Delta's rows, truth and table. */
static void covariates_have_rows_of_their_own(void **state)
{
    static const char *const truth =
        "\"model\": {\"simulate\": {\"persons\": 9, \"mean\": {\"a\": 1}, \"sd\": {\"a\": 2}, "
        "\"slope\": {\"a:age\": -0.5}, \"fixed\": {\"scale:age\": 3}}}, ";
    static const char *const name[] = {"mu.a", "Omega.a.a", "a:income", "a:age", "alpha.scale:age"};
    static const char *const column[] = {"mu.1", "Omega.1.1", "Delta.1.1", "Delta.2.1", "alpha.1"};
    static const double mean[] = {0.5, 4, 9.5, 2, 3}, value[] = {1, 4, 0, -0.5, 3};
    char json[1000];
    hbl_summary *s;
    FILE *file;
    char *text;

    (void)state;
    snprintf(json, sizeof json,
             "{%s\"files\": [\"chain-1.csv\"], \"coefficients\": {\"random\": [\"a\"], \"fixed\": "
             "[\"scale:age\"], \"covariates\": [\"income\", \"age\"]}, \"blocks\": [0]}",
             truth);
    put_run_json(json);
    file = create("chain-1.csv");
    fputs("mu.1,Omega.1.1,Delta.1.1,Delta.2.1,alpha.1\n", file);
    for (int i = 0; i < 20; i++)
        fprintf(file, "%d,%d,%d,%d,%d\n", i % 2, 3 + i % 3 + (i == 18), i, 1 + i * 7 % 20 / 7, 3);
    fclose(file);
    s = summary_of_run();
    assert_int_equal(s->n_parameters, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(s->parameter[i].name, name[i]);
        assert_string_equal(s->parameter[i].column, column[i]);
        assert_true(fabs(s->parameter[i].convergence.mean - mean[i]) < 0.2);
        assert_true(s->parameter[i].truth == value[i]);
    }
    assert_int_equal(s->parameter[3].kind, HBL_PARAMETER_SLOPE);
    text = printed(hbl_report_summary, s);
    if (!strstr(text, "\nWhat covariates add to the means\n") || !strstr(text, "\n  a:age ") ||
        !strstr(text, "of mu, Delta, Omega and alpha cover"))
        is_text(text, "");
    free(text);
    hbl_summary_free(s);
    put_run_json("{\"files\": [\"x\"], \"coefficients\": {\"random\": [\"a\"], \"fixed\": [], "
                 "\"covariates\": [1]}, \"blocks\": [0]}");
    fails("run.json: coefficients.covariates[0] is not a name");
}

/* ---- check ---- */

static double zero_slope(double beta, double lower, double upper)
{
    return beta + 0 * (lower + upper);
}

static void identity(size_t n, const double *theta, double lower, double upper, double *beta,
                     double *slope)
{
    (void)lower;
    (void)upper;
    for (size_t i = 0; i < n; i++) {
        beta[i] = theta[i];
        slope[i] = 1;
    }
}

static void report_on_model_and_data(void **state)
{
    static const hbl_mixing normal = {.name = "normal",
                                      .help = "",
                                      .has_bounds = false,
                                      .transform = identity,
                                      .inverse = zero_slope},
                            bounded = {.name = "johnson-sb",
                                       .help = "",
                                       .has_bounds = true,
                                       .transform = identity,
                                       .inverse = zero_slope};
    static const hbl_mixing *const mixing[] = {&normal, &bounded};
    static char bus[] = "bus", train[] = "train", car[] = "voiture particuli\303\250re";
    static char title[] = "Getting\tto work", file[] = "work.csv";
    static char well[] = "all is well";
    static char constant[] = "the column \"time\" does not vary within any task, so that its "
                             "coefficient cannot be told apart from nothing; leave it out";
    static char *alternatives[] = {bus, train, car};
    static const char *const names[] = {"cost", "time", "(Intercept):train"};
    static size_t person_task[] = {0, 1, 3}, task_row[] = {0, 3, 5, 7}, chosen[] = {0, 4, 6};
    static int32_t alternative[] = {0, 1, 2, 0, 1, 1, 2};
    static const double x[] = {1.5, 10, 0, 2, 20,  1, 2.5, 30,   0, 1, 10,
                               0,   1,  5, 1, 2.5, 5, 1,   99.5, 5, 0};
    static const double lower[] = {0, -1}, upper[] = {1, 2.5};
    static hbl_finding found[] = {{HBL_FINDING_NOTE, well}, {HBL_FINDING_ERROR, constant}};
    const hbl_panel panel = {.n_persons = 2,
                             .n_tasks = 3,
                             .n_rows = 7,
                             .n_alternatives = 3,
                             .person_task = person_task,
                             .task_row = task_row,
                             .task_chosen = chosen,
                             .row_alternative = alternative,
                             .alternative_label = alternatives,
                             .reference = 0};
    const hbl_spec spec = {.title = title, .data = {.file = file}};
    const hbl_findings findings = {2, found};
    char *text = NULL;
    size_t size = 0;
    hbl_model *model = NULL;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    assert_non_null(out);
    assert_int_equal(hbl_model_from_parts(&panel,
                                          &(hbl_model_parts){.n_random = 2,
                                                             .n_fixed = 1,
                                                             .name = names,
                                                             .x = x,
                                                             .mixing = mixing,
                                                             .lower = lower,
                                                             .upper = upper},
                                          &model, NULL),
                     HBL_OK);
    assert_int_equal(hbl_report_check(out, &spec, model, &findings, NULL), HBL_OK);
    fclose(out);
    is_text(text,
            "Getting?to work\n"
            "\n"
            "Data: work.csv\n"
            "  people                2   1 to 2 tasks each, 1.5 on average\n"
            "  tasks                 3   2 to 3 alternatives each, 2.3 on average\n"
            "  rows                  7\n"
            "\n"
            "Alternatives\n"
            "                        offered %  chosen %  when offered %\n"
            "  bus                        66.7      33.3            50.0  reference\n"
            "  train                     100.0      33.3            33.3\n"
            "  voiture particuli\303\250re       66.7      33.3            50.0\n"
            "\n"
            "Coefficients and their attributes\n"
            "                     distribution         block    min    mean     max  varies in % "
            "of tasks\n"
            "  cost               normal                   1  1.00   15.71   99.50                 "
            "  66.7\n"
            "  time               johnson-sb(-1, 2.5)      1  5.00   12.14   30.00                 "
            "  66.7\n"
            "  (Intercept):train  fixed                       0.000   0.429   1.000                "
            " 100.0\n"
            "\n"
            "Parameters estimated: 6 (means 2, variances and covariances 3, fixed 1)\n"
            "Latent values, the coefficients of each person: 4\n"
            "\n"
            "error:   the column \"time\" does not vary within any task, so that its coefficient "
            "cannot be told\n"
            "         apart from nothing; leave it out\n"
            "note:    all is well\n");
    hbl_model_free(model);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summary_has_the_figures_of_r),
        cmocka_unit_test(long_runs_are_thinned),
        cmocka_unit_test(table_of_estimates),
        cmocka_unit_test(report_on_convergence),
        cmocka_unit_test(summary_csv),
        cmocka_unit_test(diagnostics_json),
        cmocka_unit_test(a_full_disk_is_an_error),
        cmocka_unit_test(verdicts_never_look_better),
        cmocka_unit_test(constant_draws_do_not_converge),
        cmocka_unit_test(wrong_runs_are_errors),
        cmocka_unit_test(zeros_between_blocks_are_no_parameters),
        cmocka_unit_test(covariates_have_rows_of_their_own),
        cmocka_unit_test(report_on_model_and_data),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
