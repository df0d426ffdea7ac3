/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The writer of Stan CSV: its bytes, its count of rows, and what becomes of it on a full disk.
 */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "run/format.h"
#include "run/stan_csv.h"

static char directory[] = "/tmp/hblogit-stan-csv-XXXXXX", path[64];

static int make_directory(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/chain-1.csv", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

/* The file's contents, closed with NUL; the caller frees them. */
static char *contents(const char *name, size_t *size)
{
    FILE *file = fopen(name, "rb");
    char *text;

    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    text = malloc(*size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, *size, file), *size);
    text[*size] = '\0';
    fclose(file);
    return text;
}

/* ---- numbers */

static uint64_t next_bits(void)
{
    static uint64_t x = 88172645463325252u;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return x;
}

static void check_number(double x)
{
    char ours[HBL_FORMAT_LONGEST + 1] = "", theirs[64];
    const size_t length = hbl_format_double(x, ours);

    assert_true(length <= HBL_FORMAT_LONGEST);
    ours[length] = '\0';
    snprintf(theirs, sizeof theirs, "%.17g", x);
    assert_string_equal(ours, isnan(x) ? "nan" : theirs);
}

/* Against the C library, at places where rounding, ties, carries and changes of form lie. */
static void test_numbers(void **state)
{
    static const double special[] = {0.0,
                                     -0.0,
                                     INFINITY,
                                     -INFINITY,
                                     5e-324,
                                     -1.7976931348623157e308,
                                     9.9999999999999995e-5,
                                     1e-4,
                                     1e-5,
                                     99999999999999984.0,
                                     1e17};
    (void)state;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        check_number(special[i]);
    check_number(NAN);
    for (int e = -20; e < 20; e++) {
        const double power = pow(10, e);
        for (int digit = 1; digit < 100; digit++)
            check_number(digit * power);
        check_number(nextafter(power, 0));
        check_number(-nextafter(power, 1e300));
    }
    for (int e = -1074; e < 1024; e++) {
        check_number(ldexp(1, e));
        check_number(ldexp(5, e));
    }
    for (int i = 0; i < 100000; i++) {
        const uint64_t bits = next_bits();
        double x;
        memcpy(&x, &bits, sizeof x);
        check_number(x);
        check_number(((double)(next_bits() >> 11) * 0x1p-53 - 0.5) * 16);
        check_number((double)(int64_t)(next_bits() % 2000001 - 1000000) / (1 << next_bits() % 20));
        check_number((double)(next_bits() >> next_bits() % 64));
    }
}

/* ---- files */

/* n_random = 2, n_fixed = 1: mu, Omega (whose upper triangle is not to be read), alpha. */
static const double mu[2] = {0.5, -1.25}, omega[4] = {2, 99, 0.1, 3}, alpha[1] = {1e-7};
static const hbl_stan_csv_layout layout = {
    .chain = 1, .seed = UINT64_MAX, .n_warmup = 500, .n_random = 2, .n_fixed = 1};
static const hbl_draw draw = {.mu = mu,
                              .omega = omega,
                              .alpha = alpha,
                              .log_likelihood = -100.5,
                              .log_posterior = -123456.789,
                              .acceptance = 0.8};

#define HEAD(count)                                                                                \
    "# stan_version_major = 2\n"                                                                   \
    "# stan_version_minor = 36\n"                                                                  \
    "# stan_version_patch = 0\n"                                                                   \
    "# model = hblogit_model\n"                                                                    \
    "# method = sample\n"                                                                          \
    "#   sample\n"                                                                                 \
    "#     num_samples = " count "\n"                                                              \
    "#     num_warmup = 500\n"                                                                     \
    "#     save_warmup = 0\n"                                                                      \
    "#     thin = 1\n"                                                                             \
    "#     algorithm = fixed_param\n"                                                              \
    "#     metric = unit_e\n"                                                                      \
    "# id = 1\n"                                                                                   \
    "# random\n"                                                                                   \
    "#   seed = 18446744073709551615\n"                                                            \
    "lp__,accept_stat__,loglik,mu.1,mu.2,Omega.1.1,Omega.2.1,Omega.1.2,Omega.2.2,alpha.1\n"
#define ROW                                                                                        \
    "-123456.789,0.80000000000000004,-100.5,0.5,-1.25,2,0.10000000000000001,0.10000000000000001,"  \
    "3,9.9999999999999995e-08\n"
#define TAIL                                                                                       \
    "# \n"                                                                                         \
    "#  Elapsed Time: 0 seconds (Warm-up)\n"                                                       \
    "#                0 seconds (Sampling)\n"                                                      \
    "#                0 seconds (Total)\n"                                                         \
    "# \n"

static void expect_contents(const char *expected)
{
    size_t size;
    char *text = contents(path, &size);
    assert_string_equal(text, expected);
    free(text);
}

static void test_bytes(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_stan_csv *csv;

    (void)state;
    assert_int_equal(hbl_stan_csv_open(path, &layout, &csv, &error), HBL_OK);
    expect_contents(HEAD("0                   "));
    assert_int_equal(hbl_stan_csv_row(csv, &draw, &error), HBL_OK);
    expect_contents(HEAD("0                   "));
    /* the count agrees with the rows after every flush, whenever the program is killed then */
    assert_int_equal(hbl_stan_csv_flush(csv, &error), HBL_OK);
    expect_contents(HEAD("1                   ") ROW);
    assert_int_equal(hbl_stan_csv_row(csv, &draw, &error), HBL_OK);
    assert_int_equal(hbl_stan_csv_n_rows(csv), 2);
    assert_int_equal(hbl_stan_csv_close(csv, &error), HBL_OK);
    expect_contents(HEAD("2                   ") ROW ROW TAIL);
    assert_string_equal(error.message, "");
}

static void test_no_rows(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_stan_csv *csv;

    (void)state;
    assert_int_equal(hbl_stan_csv_open(path, &layout, &csv, &error), HBL_OK);
    assert_int_equal(hbl_stan_csv_close(csv, &error), HBL_OK);
    expect_contents(HEAD("0                   ") TAIL);
}

/* Many chunks, where rows are longer and shorter, against fprintf. */
static void test_long_file(void **state)
{
    enum { N = 20000 };
    hbl_error error = HBL_ERROR_INIT;
    hbl_stan_csv *csv;
    char *text, *at, line[256];
    size_t size;

    (void)state;
    assert_int_equal(hbl_stan_csv_open(path, &layout, &csv, &error), HBL_OK);
    for (int i = 0; i < N; i++) {
        hbl_draw now = draw;
        now.log_likelihood = i / 7.0;
        now.log_posterior = i;
        assert_int_equal(hbl_stan_csv_row(csv, &now, &error), HBL_OK);
    }
    assert_int_equal(hbl_stan_csv_close(csv, &error), HBL_OK);
    text = contents(path, &size);
    assert_memory_equal(text, HEAD("20000               "), strlen(HEAD("20000               ")));
    at = text + strlen(HEAD("20000               "));
    for (int i = 0; i < N; i++) {
        const int length =
            snprintf(line, sizeof line, "%d,0.80000000000000004,%.17g,0.5,-1.25,", i, i / 7.0);
        assert_memory_equal(at, line, (size_t)length);
        at = strchr(at, '\n') + 1;
    }
    assert_string_equal(at, TAIL);
    free(text);
}

static void test_other_shapes(void **state)
{
    static const hbl_stan_csv_layout fixed_only = {.chain = 3, .seed = 1, .n_fixed = 1};
    hbl_error error = HBL_ERROR_INIT;
    hbl_stan_csv *csv;
    size_t size;
    char *text;

    (void)state;
    assert_int_equal(hbl_stan_csv_open(path, &fixed_only, &csv, &error), HBL_OK);
    assert_int_equal(hbl_stan_csv_row(csv, &draw, &error), HBL_OK);
    assert_int_equal(hbl_stan_csv_close(csv, &error), HBL_OK);
    text = contents(path, &size);
    assert_non_null(strstr(text,
                           "# id = 3\n# random\n#   seed = 1\nlp__,accept_stat__,loglik,alpha.1\n"
                           "-123456.789,0.80000000000000004,-100.5,9.9999999999999995e-08\n# "));
    free(text);
}

/* Omega column by column, the upper triangle from the lower one. */
static void test_omega(void **state)
{
    static const hbl_stan_csv_layout three = {.chain = 1, .seed = 1, .n_random = 3};
    static const double location[3] = {1, 2, 3}, lower[9] = {11, 99, 99, 21, 22, 99, 31, 32, 33};
    const hbl_draw row = {.mu = location, .omega = lower};
    hbl_error error = HBL_ERROR_INIT;
    hbl_stan_csv *csv;
    size_t size;
    char *text;

    (void)state;
    assert_int_equal(hbl_stan_csv_open(path, &three, &csv, &error), HBL_OK);
    assert_int_equal(hbl_stan_csv_row(csv, &row, &error), HBL_OK);
    assert_int_equal(hbl_stan_csv_close(csv, &error), HBL_OK);
    text = contents(path, &size);
    assert_non_null(strstr(text, "Omega.1.1,Omega.2.1,Omega.3.1,Omega.1.2,Omega.2.2,Omega.3.2,"
                                 "Omega.1.3,Omega.2.3,Omega.3.3\n"
                                 "0,0,0,1,2,3,11,21,31,21,22,32,31,32,33\n"));
    free(text);
}

/* Delta, covariates by coefficients, column by column after Omega. */
static void test_delta(void **state)
{
    static const hbl_stan_csv_layout two = {
        .chain = 1, .seed = 1, .n_random = 2, .n_covariates = 3, .n_fixed = 1};
    static const double location[2] = {1, 2}, lower[4] = {11, 99, 21, 22}, fixed[1] = {7};
    static const double slopes[6] = {31, 32, 41, 42, 51, 52};
    const hbl_draw row = {.mu = location, .omega = lower, .delta = slopes, .alpha = fixed};
    hbl_error error = HBL_ERROR_INIT;
    hbl_stan_csv *csv;
    size_t size;
    char *text;

    (void)state;
    assert_int_equal(hbl_stan_csv_open(path, &two, &csv, &error), HBL_OK);
    assert_int_equal(hbl_stan_csv_row(csv, &row, &error), HBL_OK);
    assert_int_equal(hbl_stan_csv_close(csv, &error), HBL_OK);
    text = contents(path, &size);
    assert_non_null(strstr(text, "Omega.2.2,Delta.1.1,Delta.2.1,Delta.3.1,Delta.1.2,Delta.2.2,"
                                 "Delta.3.2,alpha.1\n"
                                 "0,0,0,1,2,11,21,21,22,31,41,51,32,42,52,7\n"));
    free(text);
}

/* ---- failures */

static void test_full_device(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_stan_csv *csv;

    (void)state;
    if (access("/dev/full", W_OK))
        skip();
    assert_int_equal(hbl_stan_csv_open("/dev/full", &layout, &csv, &error), HBL_ERR_WRITE);
    assert_null(csv);
    assert_string_equal(error.message, "cannot write /dev/full: No space left on device");
}

static void test_no_folder(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_stan_csv *csv;

    (void)state;
    assert_int_equal(hbl_stan_csv_open("/nonexistent/chain-1.csv", &layout, &csv, &error),
                     HBL_ERR_WRITE);
    assert_string_equal(error.message,
                        "cannot write /nonexistent/chain-1.csv: No such file or directory");
}

/* The disk is full in the middle of a row: what stays are whole rows, and their number. */
static void test_limit(void **state)
{
    enum { N = 100000 };
    const rlim_t most = 300000;
    hbl_error error = HBL_ERROR_INIT;
    struct rlimit before;
    hbl_stan_csv *csv;
    char *text, *at, count[64];
    int status = HBL_OK, closed;
    size_t size, rows = 0;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(hbl_stan_csv_open(path, &layout, &csv, &error), HBL_OK);
    getrlimit(RLIMIT_FSIZE, &before);
    const struct rlimit lowered = {most, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &lowered), 0);
    for (int i = 0; !status && i < N; i++)
        status = hbl_stan_csv_row(csv, &draw, &error);
    closed = hbl_stan_csv_close(csv, &error);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(status, HBL_ERR_WRITE);
    assert_int_equal(closed, HBL_ERR_WRITE);
    assert_non_null(strstr(error.message, "chain-1.csv: File too large"));
    text = contents(path, &size);
    at = strstr(text, "alpha.1\n") + strlen("alpha.1\n");
    assert_true(size > 100000 && size <= most);
    for (; *at; at += strlen(ROW), rows++)
        assert_memory_equal(at, ROW, strlen(ROW));
    snprintf(count, sizeof count, "num_samples = %zu ", rows);
    assert_non_null(strstr(text, count));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),      cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_no_rows),      cmocka_unit_test(test_long_file),
        cmocka_unit_test(test_other_shapes), cmocka_unit_test(test_full_device),
        cmocka_unit_test(test_no_folder),    cmocka_unit_test(test_limit),
        cmocka_unit_test(test_omega),        cmocka_unit_test(test_delta),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
