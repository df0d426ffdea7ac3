/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Simulation against the probabilities that define it. Each statistical check compares a count or
 * a mean with its expectation, in standard errors of the exact distribution, at 5 of them: for a
 * correct program and a random seed a check fails with probability 6e-7, all of this file with less
 * than 1e-4. The seeds are fixed.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hblogit/hblogit.h"

#define STANDARD_ERRORS 5.0

/* ---- a model in, tables out ---- */

static char folder[] = "/tmp/hblogit-simulate-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"model.json", "data.csv", "truth.csv", "persons.csv",
                                        "rows.csv"};
    char path[256];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        remove(path);
    }
    return rmdir(folder);
}

static void write_text(const char *name, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static FILE *open_output(const char *name)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    return file;
}

static hbl_table *read_table(const char *name)
{
    char path[256];
    hbl_table *table = NULL;
    hbl_error error = HBL_ERROR_INIT;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (hbl_table_read(path, NULL, &table, &error))
        fail_msg("%s", error.message);
    return table;
}

/* Simulates the model into data.csv, truth.csv and persons.csv. */
static int simulate(const char *model, hbl_error *error)
{
    char path[256];
    hbl_spec *spec = NULL;
    int status;

    write_text("model.json", model);
    snprintf(path, sizeof path, "%s/model.json", folder);
    status = hbl_spec_read(path, NULL, 0, &spec, error);
    if (status)
        return status;
    FILE *data = open_output("data.csv"), *truth = open_output("truth.csv");
    FILE *persons = open_output("persons.csv");
    status = hbl_simulate(spec, data, truth, persons, error);
    assert_int_equal(fclose(data) | fclose(truth) | fclose(persons), 0);
    hbl_spec_free(spec);
    return status;
}

static void simulate_well(const char *model)
{
    hbl_error error = HBL_ERROR_INIT;

    if (simulate(model, &error))
        fail_msg("%s", error.message);
}

static const double *numbers(const hbl_table *table, const char *name)
{
    const hbl_column *column = hbl_table_column(table, name);

    assert_non_null(column);
    assert_int_equal(column->type, HBL_COLUMN_NUMBER);
    return column->number;
}

static void assert_within(double value, double expected, double standard_error, const char *what)
{
    if (!(fabs(value - expected) <= STANDARD_ERRORS * standard_error))
        fail_msg("%s: %g, expected %g, standard error %g", what, value, expected, standard_error);
}

/* successes of n trials of that probability */
static void assert_share(double successes, double n, double probability, const char *what)
{
    assert_true(n > 100);
    assert_within(successes / n, probability, sqrt(probability * (1 - probability) / n), what);
}

/* ---- choices ---- */

/* One fixed coefficient b, two alternatives with price 0 or 1: where the prices differ the dear one
 * is chosen with probability 1 / (1 + exp(-b)), else the first with 1/2. */
static void test_choice_probabilities(void **state)
{
    (void)state;
    simulate_well("{\"formula\": \"choice ~ price | 0\", \"simulate\": {"
                  "\"persons\": 4000, \"tasks\": 5, \"alternatives\": 2, \"seed\": 11,"
                  "\"attributes\": {\"price\": {\"levels\": [0, 1]}},"
                  "\"fixed\": {\"price\": -0.8}}}");
    hbl_table *table = read_table("data.csv");
    const double *price = numbers(table, "price"), *choice = numbers(table, "choice");
    double differ = 0, dear = 0, same = 0, first = 0, expensive = 0;

    assert_int_equal(table->n_rows, 4000 * 5 * 2);
    for (size_t i = 0; i < table->n_rows; i += 2) {
        assert_true(choice[i] + choice[i + 1] == 1);
        expensive += price[i] + price[i + 1];
        if (price[i] == price[i + 1]) {
            same++;
            first += choice[i];
        } else {
            differ++;
            dear += price[i] > price[i + 1] ? choice[i] : choice[i + 1];
        }
    }
    assert_share(dear, differ, 1 / (1 + exp(0.8)), "the dear alternative");
    assert_share(first, same, 0.5, "the first of two alike");
    assert_share(expensive, (double)table->n_rows, 0.5, "the level 1");
    hbl_table_free(table);
}

/* Intercepts alone: shares are exp(a_j) / sum. They are named as the formula's coefficients are. */
static void test_intercepts(void **state)
{
    const double utility[3] = {0, 0.7, -0.4};
    double count[3] = {0}, sum = 0;

    (void)state;
    simulate_well("{\"formula\": \"choice ~ 0 | 1\", \"simulate\": {"
                  "\"persons\": 8000, \"tasks\": 1, \"alternatives\": 3, \"seed\": 2,"
                  "\"attributes\": {},"
                  "\"fixed\": {\"(Intercept):2\": 0.7, \"(Intercept):3\": -0.4}}}");
    hbl_table *table = read_table("data.csv");
    const double *choice = numbers(table, "choice"), *alternative = numbers(table, "alternative");

    for (size_t i = 0; i < table->n_rows; i++)
        count[(size_t)alternative[i] - 1] += choice[i];
    for (size_t j = 0; j < 3; j++)
        sum += exp(utility[j]);
    for (size_t j = 0; j < 3; j++)
        assert_share(count[j], 8000, exp(utility[j]) / sum, "a share");
    hbl_table_free(table);
}

/* ---- people ---- */

/* The truth by name, in another order than the formula's: means, variances and covariances of
 * theta. beta is theta for normal, exp(theta) for lognormal, max(theta, 0) for censored normal. */
static void test_population(void **state)
{
    enum { N = 20000, K = 3 };
    const double mu[K] = {1, -0.5, 0.25}, sd[K] = {2, 0.5, 1};
    const double r[K][K] = {{1, -0.6, 0.3}, {-0.6, 1, 0.2}, {0.3, 0.2, 1}};
    double mean[K] = {0}, square[K][K] = {{0}}, zero = 0;

    (void)state;
    simulate_well("{\"formula\": \"choice ~ a + b + c | 0\","
                  "\"random\": {\"c\": \"normal\", \"b\": \"lognormal\", \"a\": \"normal\"},"
                  "\"simulate\": {\"persons\": 20000, \"tasks\": 1, \"alternatives\": 2,"
                  "\"seed\": 4, \"attributes\": {\"a\": {\"uniform\": [0, 1]},"
                  "\"b\": {\"normal\": [0, 1]}, \"c\": {\"levels\": [0, 1]}},"
                  "\"mean\": {\"c\": 0.25, \"a\": 1, \"b\": -0.5},"
                  "\"sd\": {\"b\": 0.5, \"a\": 2, \"c\": 1},"
                  "\"correlation\": [[1, 0.3, 0.2], [0.3, 1, -0.6], [0.2, -0.6, 1]]}}");
    hbl_table *table = read_table("persons.csv");
    const double *beta[K] = {numbers(table, "a"), numbers(table, "b"), numbers(table, "c")};

    assert_int_equal(table->n_rows, N);
    for (size_t n = 0; n < N; n++) {
        const double e[K] = {beta[0][n] - mu[0], log(beta[1][n]) - mu[1], beta[2][n] - mu[2]};
        for (size_t i = 0; i < K; i++) {
            mean[i] += e[i] / N;
            for (size_t j = 0; j < K; j++)
                square[i][j] += e[i] * e[j] / N;
        }
        zero += beta[2][n] < 0;
    }
    for (size_t i = 0; i < K; i++) {
        assert_within(mean[i], 0, sd[i] / sqrt(N), "a mean");
        for (size_t j = 0; j <= i; j++) { /* var of a mean of products: W_ii W_jj + W_ij^2 */
            const double scale = sd[i] * sd[j];
            assert_within(square[i][j], r[i][j] * scale, scale * sqrt((1 + r[i][j] * r[i][j]) / N),
                          "a covariance");
        }
    }
    assert_share(zero, N, 0.5 * erfc(0.25 / sqrt(2)), "people below 0");
    hbl_table_free(table);
}

/* The random coefficient is the person's in every task: with a huge sd and no mean a person takes
 * the dear alternative always or never. */
static void test_persons_keep_their_coefficients(void **state)
{
    (void)state;
    simulate_well("{\"formula\": \"choice ~ x | 0\", \"random\": {\"x\": \"normal\"},"
                  "\"simulate\": {\"persons\": 2000, \"tasks\": 6, \"alternatives\": 2,"
                  "\"seed\": 3, \"attributes\": {\"x\": {\"levels\": [0, 1]}},"
                  "\"mean\": {\"x\": 0}, \"sd\": {\"x\": 1e6}}}");
    hbl_table *table = read_table("data.csv"), *people = read_table("persons.csv");
    const double *x = numbers(table, "x"), *choice = numbers(table, "choice");
    const double *person = numbers(table, "person"), *beta = numbers(people, "x");
    double positive = 0;

    for (size_t i = 0; i < table->n_rows; i += 2) {
        const double b = beta[(size_t)person[i] - 1];
        if (fabs(b) < 100 || x[i] == x[i + 1])
            continue;
        assert_true((choice[i] == 1) == (b * x[i] > b * x[i + 1]));
    }
    for (size_t n = 0; n < people->n_rows; n++)
        positive += beta[n] > 0;
    assert_share(positive, 2000, 0.5, "positive coefficients");
    hbl_table_free(table);
    hbl_table_free(people);
}

/* ---- rows ---- */

/* Numbers of tasks and of alternatives are uniform on their ranges; attributes follow theirs. */
static void test_design(void **state)
{
    double tasks[3] = {0}, alternatives[3] = {0}, n_tasks = 0, level = 0, u = 0, z = 0, zz = 0;

    (void)state;
    simulate_well("{\"formula\": \"choice ~ l + u + z | 0\", \"simulate\": {"
                  "\"persons\": 3000, \"tasks\": [4, 6], \"alternatives\": [2, 4], \"seed\": 8,"
                  "\"attributes\": {\"l\": {\"levels\": [0.1, 2, 30]},"
                  "\"u\": {\"uniform\": [-1, 3]}, \"z\": {\"normal\": [10, 2]}},"
                  "\"fixed\": {\"l\": 0, \"u\": 0, \"z\": 0}}}");
    hbl_table *table = read_table("data.csv");
    const double *person = numbers(table, "person"), *task = numbers(table, "task");
    const double *alternative = numbers(table, "alternative");
    const double n = (double)table->n_rows;

    for (size_t i = 0; i < table->n_rows; i++) {
        const int last = i + 1 == table->n_rows;
        const double x = numbers(table, "l")[i], y = numbers(table, "u")[i];
        const double e = (numbers(table, "z")[i] - 10) / 2;
        if (last || task[i + 1] != task[i] || person[i + 1] != person[i]) {
            alternatives[(size_t)alternative[i] - 2]++;
            n_tasks++;
        }
        if (last || person[i + 1] != person[i])
            tasks[(size_t)task[i] - 4]++;
        assert_true(x == 0.1 || x == 2 || x == 30);
        assert_true(y > -1 && y < 3);
        level += x == 2;
        u += y / n;
        z += e / n;
        zz += e * e / n;
    }
    for (size_t i = 0; i < 3; i++) {
        assert_share(tasks[i], 3000, 1.0 / 3, "a number of tasks");
        assert_share(alternatives[i], n_tasks, 1.0 / 3, "a number of alternatives");
    }
    assert_share(level, n, 1.0 / 3, "a level");
    assert_within(u, 1, 4 / sqrt(12 * n), "the mean of a uniform attribute");
    assert_within(z, 0, 1 / sqrt(n), "the mean of a normal attribute");
    assert_within(zz, 1, sqrt(2 / n), "the variance of a normal attribute");
    hbl_table_free(table);
}

/* On the rows of a file every other cell stays, whatever the order of the rows, and a column of
 * choices is made where there is none. */
static void test_rows_of_a_file(void **state)
{
    (void)state;
    write_text("rows.csv", "note,id,t,alt,x\n"
                           "\"a, \"\"b\"\"\",p2,1,car,0.1\n"
                           ",p1,1,car,1e-300\n"
                           "c,p2,1,bus,123456789.123\n"
                           "d,p1,1,bus,0.30000000000000004\n");
    simulate_well("{\"data\": {\"file\": \"rows.csv\", \"person\": \"id\", \"task\": \"t\","
                  "\"alternative\": \"alt\"}, \"formula\": \"choice ~ x | 0\","
                  "\"simulate\": {\"seed\": 1, \"fixed\": {\"x\": -1}}}");
    hbl_table *before = read_table("rows.csv"), *after = read_table("data.csv");
    const double *choice = numbers(after, "choice");

    assert_int_equal(after->n_columns, 6);
    assert_string_equal(after->column[5].name, "choice");
    assert_memory_equal(numbers(before, "x"), numbers(after, "x"), 4 * sizeof(double));
    assert_string_equal(after->column[0].label[0], "a, \"b\"");
    assert_int_equal(after->column[0].code[1], -1);
    assert_true(choice[0] == 1 && choice[2] == 0); /* utilities -0.1 and -1e8 */
    assert_true(choice[1] + choice[3] == 1);
    hbl_table_free(before);
    hbl_table_free(after);
}

/* A row a task in the file: the long table is written, in which the choices stand. */
static void test_rows_of_a_wide_file(void **state)
{
    static const double x[] = {0, 1e8, 1e8, 0, 0, 1e8}, choice[] = {1, 0, 0, 1, 1, 0};

    (void)state;
    write_text("rows.csv", "id,income,x.bus,x.car,note\n"
                           "1,10,0,1e8,\"a, b\"\n1,10,1e8,0,\n2,20,0,1e8,c\n");
    simulate_well("{\"data\": {\"file\": \"rows.csv\", \"shape\": \"wide\", \"separator\": \".\","
                  "\"person\": \"id\"}, \"formula\": \"choice ~ x | 0\","
                  "\"simulate\": {\"seed\": 1, \"fixed\": {\"x\": -1}}}");
    hbl_table *table = read_table("data.csv");
    const hbl_column *alternative = hbl_table_column(table, "alternative");

    assert_int_equal(table->n_rows, 6);
    assert_non_null(alternative);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(alternative->label[alternative->code[i]], i % 2 ? "car" : "bus");
        assert_true(numbers(table, "task")[i] == (double)(i / 2 + 1));
        assert_true(numbers(table, "id")[i] == (i < 4 ? 1 : 2));
        assert_true(numbers(table, "income")[i] == (i < 4 ? 10 : 20));
        assert_true(numbers(table, "x")[i] == x[i]);
        assert_true(numbers(table, "choice")[i] == choice[i]);
    }
    hbl_table_free(table);
}

/* ---- all parts of utility ---- */

/* V = exp(s log 2) (x beta + k), beta = 0.5 + (s - 1/2): half of the people, s = 0, have 0 x + k,
 * the others 2 (x + k). Among pairs that differ in x alone, or in k alone, the larger one is chosen
 * with probability 1 / (1 + exp(-difference)). */
static void test_scale_held_and_covariates(void **state)
{
    double n[2][2] = {{0}}, larger[2][2] = {{0}};
    const double difference[2][2] = {{0, 1}, {2, 2}};

    (void)state;
    simulate_well("{\"data\": {\"person\": \"id\", \"derived\": {\"s\": \"id > 2000\"}},"
                  "\"formula\": \"choice ~ x + k | 0 | 0 | s\", \"random\": {\"x\": \"normal\"},"
                  "\"held\": {\"k\": 1}, \"covariates\": [\"s\"],"
                  "\"simulate\": {\"persons\": 4000, \"tasks\": 6, \"alternatives\": 2,"
                  "\"seed\": 5, \"attributes\": {\"x\": {\"levels\": [0, 1]},"
                  "\"k\": {\"levels\": [0, 1]}}, \"mean\": {\"x\": 0.5}, \"sd\": {\"x\": 0},"
                  "\"slope\": {\"x:s\": 1}, \"fixed\": {\"scale:s\": 0.6931471805599453}}}");
    hbl_table *table = read_table("data.csv"), *truth = read_table("truth.csv");
    const double *x = numbers(table, "x"), *k = numbers(table, "k"), *s = numbers(table, "s");
    const double *choice = numbers(table, "choice");

    for (size_t i = 0; i < table->n_rows; i += 2) {
        const double *differs = x[i] == x[i + 1] ? k : x;
        if ((x[i] == x[i + 1]) == (k[i] == k[i + 1]))
            continue;
        n[s[i] > 0][differs == k]++;
        larger[s[i] > 0][differs == k] += choice[differs[i] > differs[i + 1] ? i : i + 1];
    }
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++)
            assert_share(larger[i][j], n[i][j], 1 / (1 + exp(-difference[i][j])), "the larger");
    assert_int_equal(truth->n_rows, 4);
    assert_string_equal(hbl_table_column(truth, "parameter")->label[2], "Delta.1.1");
    assert_string_equal(hbl_table_column(truth, "name")->label[3], "alpha.scale:s");
    assert_true(numbers(truth, "value")[2] == 1);
    hbl_table_free(table);
    hbl_table_free(truth);
}

/* A distribution with a form of its own, and ordered coefficients, of which the people's table has
 * what users call beta: b = a + exp(theta). */
static void test_other_distributions(void **state)
{
    enum { N = 20000 };
    double mean = 0, square = 0, step = 0;

    (void)state;
    simulate_well("{\"method\": \"msl\", \"data\": {\"person\": \"id\"},"
                  "\"formula\": \"choice ~ a + b + c | 0\","
                  "\"random\": {\"a\": \"normal\", \"b\": \"normal\", \"c\": \"triangular\"},"
                  "\"order\": [[\"a\", \"b\"]], \"correlation\": [[\"a\", \"b\"]],"
                  "\"simulate\": {\"persons\": 20000, \"tasks\": 1, \"alternatives\": 2,"
                  "\"seed\": 6, \"attributes\": {\"a\": {\"levels\": [0, 1]},"
                  "\"b\": {\"levels\": [0, 1]}, \"c\": {\"levels\": [0, 1]}},"
                  "\"mean\": {\"a\": 1, \"b\": -1, \"c\": 3}, "
                  "\"sd\": {\"a\": 1, \"b\": 0.5, \"c\": 2}}}");
    hbl_table *table = read_table("persons.csv");
    const double *a = numbers(table, "a"), *b = numbers(table, "b"), *c = numbers(table, "c");

    for (size_t n = 0; n < N; n++) {
        assert_true(b[n] > a[n]);
        step += log(b[n] - a[n]) / N;
        mean += c[n] / N;
        square += (c[n] - 3) * (c[n] - 3) / N;
        assert_true(c[n] > 1 && c[n] < 5);
    }
    assert_within(step, -1, 0.5 / sqrt(N), "the mean of a step");
    /* triangular on 3 - 2 .. 3 + 2: variance 4 / 6, fourth moment 16 / 15 */
    assert_within(mean, 3, sqrt(4.0 / 6 / N), "the mean of a triangular coefficient");
    assert_within(square, 4.0 / 6, sqrt((16.0 / 15 - 16.0 / 36) / N), "its variance");
    hbl_table_free(table);
}

/* ---- wrong truths ---- */

static void refused(const char *simulation, const char *message)
{
    char model[1024];
    hbl_error error = HBL_ERROR_INIT;

    snprintf(model, sizeof model,
             "{\"formula\": \"choice ~ price + time | 0\", \"random\": {\"price\": \"normal\"}%s}",
             simulation);
    assert_int_equal(simulate(model, &error), HBL_ERR_INPUT);
    if (!strstr(error.message, message))
        fail_msg("\"%s\" does not say \"%s\"", error.message, message);
}

#define ROWS                                                                                       \
    ", \"simulate\": {\"persons\": 5, \"tasks\": 2, \"alternatives\": 2, \"attributes\": "         \
    "{\"price\": {\"levels\": [1, 2]}, \"time\": {\"levels\": [1, 2]}}"

static void test_wrong_truths(void **state)
{
    (void)state;
    refused(ROWS ", \"mean\": {\"price\": 1}, \"sd\": {\"price\": 1}}",
            "simulate.fixed: coefficient \"time\" of the formula has no value");
    refused(ROWS ", \"mean\": {\"prize\": 1}, \"sd\": {\"price\": 1}, \"fixed\": {\"time\": 1}}",
            "did you mean \"price\"?");
    refused(ROWS ", \"mean\": {\"price\": 1, \"time\": 1}, \"sd\": {\"price\": 1, \"time\": 1}}",
            "\"time\" is a fixed coefficient");
    refused(ROWS ", \"mean\": {\"price\": 1}, \"sd\": {\"price\": -1}, \"fixed\": {\"time\": 1}}",
            "sd");
    refused(ROWS ", \"mean\": {\"price\": 1}, \"sd\": {\"price\": 1}, \"fixed\": {\"time\": 1},"
                 "\"correlation\": [[2]]}",
            "correlation");
    refused(ROWS ", \"mean\": {\"price\": 1}, \"sd\": {\"price\": 1}, \"fixed\": {\"time\": 1},"
                 "\"slope\": {\"price:age\": 2}}",
            "slope");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice_probabilities),
        cmocka_unit_test(test_intercepts),
        cmocka_unit_test(test_population),
        cmocka_unit_test(test_persons_keep_their_coefficients),
        cmocka_unit_test(test_design),
        cmocka_unit_test(test_rows_of_a_file),
        cmocka_unit_test(test_rows_of_a_wide_file),
        cmocka_unit_test(test_scale_held_and_covariates),
        cmocka_unit_test(test_other_distributions),
        cmocka_unit_test(test_wrong_truths),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
