/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every allocation made to fail in turn, those of GSL, cJSON and the C library among them: from the
 * model file over data, check, a short fit and its summary to simulated choices. Each time there
 * must be HBL_ERR_MEMORY and a sentence, nothing left allocated, and no harm to what comes after.
 */
#define _GNU_SOURCE /* RTLD_NEXT, sched_setaffinity */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "faults/own_allocator.h"

#include "hblogit/hblogit.h"
#include "unit/run_fixture.h"

#ifdef OWN_ALLOCATOR

int main(void)
{
    puts("a sanitizer's allocator cannot be stood in for");
    return 77;
}

#else

#include "faults/allocations.h"

/* Nothing here has to outlive the machine. */
int fsync(int file)
{
    (void)file;
    return 0;
}

static run_fixture fixture;
static struct {
    hbl_spec *spec;
    hbl_model *model;
} upper; /* with covariates, a scale and Huang and Wand's prior */
static hbl_spec *simulation;
static FILE *sink;

/* ---- stages: all that they allocate they free */

static int read_and_echo(const char *path, const char *const *overrides, size_t n, hbl_error *error)
{
    char *text;
    hbl_spec *spec = NULL;
    int status = hbl_spec_read(path, overrides, n, &spec, error);

    if (status)
        return status;
    text = hbl_spec_to_json(spec);
    if (!text) {
        snprintf(error->message, sizeof error->message, "no text");
        status = HBL_ERR_MEMORY;
    }
    free(text);
    hbl_spec_free(spec);
    return status;
}

static int read_model_file(hbl_error *error)
{
    const char *const overrides[] = {"hb.draws=10", "random.size=lognormal"};
    char path[128];

    snprintf(path, sizeof path, "%s/model.json", fixture.folder);
    return read_and_echo(path, overrides, 2, error);
}

static int read_every_key(hbl_error *error)
{
    const int status = read_and_echo("tests/fuzz/corpus/spec/every_key.json", NULL, 0, error);

    return status ? status
                  : read_and_echo("tests/fuzz/corpus/spec/every_key_wide.json", NULL, 0, error);
}

static int build_model(hbl_error *error)
{
    hbl_model *model = NULL;
    const int status = hbl_model_build(fixture.spec, NULL, &model, error);

    hbl_model_free(model);
    return status;
}

static int check_model(hbl_error *error)
{
    hbl_findings *findings = NULL;
    int status = hbl_model_check(fixture.model, &fixture.spec->hb.prior, &findings, error);

    if (!status)
        status = hbl_report_check(sink, fixture.spec, fixture.model, findings, error);
    hbl_findings_free(findings);
    return status;
}

static int fit_model(const hbl_spec *spec, const hbl_model *model, hbl_error *error)
{
    const hbl_fit_options options = {
        .directory = fixture.run, .overwrite = true, .threads = 1, .command = "test"};

    return hbl_fit(spec, model, &options, error);
}

static int fit(hbl_error *error)
{
    return fit_model(fixture.spec, fixture.model, error);
}

static int fit_upper(hbl_error *error)
{
    return fit_model(upper.spec, upper.model, error);
}

/* A finished run, put back as it was, is given more draws. */
static int resume(hbl_error *error)
{
    const hbl_fit_options options = {.directory = fixture.run, .threads = 1, .command = "test"};
    const char *const overrides[] = {"hb.draws=16"};
    hbl_run_status before;
    hbl_spec *spec = NULL;
    char command[400];
    int status;

    snprintf(command, sizeof command, "rm -rf %s && cp -r %s/kept %s", fixture.run, fixture.folder,
             fixture.run);
    if (system(command) != 0)
        abort();
    status = hbl_resume_read(fixture.run, overrides, 1, &spec, &before, error);
    if (!status)
        status = hbl_resume(spec, fixture.model, &options, error);
    hbl_spec_free(spec);
    return status;
}

static int summarise(hbl_error *error)
{
    hbl_summary *summary = NULL;
    int status = hbl_summary_read(fixture.run, &summary, error);

    if (!status)
        status = hbl_report_summary(sink, summary, error);
    if (!status)
        status = hbl_report_summary_csv(sink, summary, error);
    if (!status)
        status = hbl_report_summary_json(sink, summary, error);
    if (!status)
        status = hbl_report_convergence(sink, summary, error);
    hbl_summary_free(summary);
    return status;
}

static int simulate(hbl_error *error)
{
    return hbl_simulate(simulation, sink, sink, sink, error);
}

/* ---- one stage, again and again */

static uint64_t total;

/* A file that cannot be opened for want of memory is a file that cannot be opened; a stream of the
 * C library that gets no buffer, a block of the file system, does without; and a block that cannot
 * be made smaller serves as it is. */
static bool is_told(int status, const hbl_error *error)
{
    enum { BUFFER = 4096 };

    return (status == HBL_ERR_MEMORY && *error->message) ||
           (status && strstr(error->message, strerror(ENOMEM))) ||
           (!status && (allocations.size == BUFFER || allocations.shrinking));
}

static void fail_in_turn(const char *name, int (*stage)(hbl_error *error))
{
    hbl_error error = HBL_ERROR_INIT;
    int64_t live;
    uint64_t n, wrong = 0;

    if (stage(&error)) /* once for what the C library keeps */
        fail_msg("%s: %s", name, error.message);
    live = allocations.live;
    allocations_begin(0);
    assert_int_equal(stage(&error), HBL_OK);
    n = allocations.n;
    assert_int_equal(allocations.live, live);
    if (n == 0)
        skip(); /* another program, such as valgrind, has taken them over */
    for (uint64_t k = 1; k <= n; k++) {
        int status;

        error = (hbl_error)HBL_ERROR_INIT;
        allocations_begin(k);
        status = stage(&error);
        if (!allocations_end())
            continue;
        if (!is_told(status, &error) || allocations.live != live) {
            print_error("%s, allocation %llu of %llu, %zu bytes, failed: status %d, \"%s\", %lld "
                        "blocks left\n",
                        name, (unsigned long long)k, (unsigned long long)n, allocations.size,
                        status, error.message, (long long)(allocations.live - live));
            live = allocations.live;
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
    error = (hbl_error)HBL_ERROR_INIT;
    assert_int_equal(stage(&error), HBL_OK);
    total += n;
    print_message("    %-11s %6llu allocations made to fail\n", name, (unsigned long long)n);
}

static void test_model_file(void **state)
{
    (void)state;
    fail_in_turn("model file", read_model_file);
    fail_in_turn("every key", read_every_key);
}

static void test_data(void **state)
{
    (void)state;
    fail_in_turn("data", build_model);
}

static void test_check(void **state)
{
    (void)state;
    fail_in_turn("check", check_model);
}

static void test_fit(void **state)
{
    (void)state;
    fail_in_turn("fit", fit);
}

static void test_covariates(void **state)
{
    (void)state;
    fail_in_turn("covariates", fit_upper);
}

static void test_resume(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    char command[400];

    (void)state;
    assert_int_equal(fit(&error), HBL_OK);
    snprintf(command, sizeof command, "mv %s %s/kept", fixture.run, fixture.folder);
    assert_int_equal(system(command), 0);
    fail_in_turn("resume", resume);
}

static void test_summary(void **state)
{
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    assert_int_equal(fit(&error), HBL_OK);
    fail_in_turn("summary", summarise);
}

static void test_simulation(void **state)
{
    (void)state;
    fail_in_turn("simulation", simulate);
}

/* ---- */

/* People drawn into a file of the fixture's folder, and the model on them. */
static int open_upper(hbl_error *error)
{
    char path[128], file[160];
    const char *const overrides[] = {file, "hb.chains=1", "hb.warmup=8", "hb.draws=12",
                                     "hb.prior.covariance.type=huang-wand"};
    FILE *data;
    int status = hbl_spec_read("models/simulated_covariates.json", overrides + 1,
                               sizeof overrides / sizeof *overrides - 1, &upper.spec, error);

    snprintf(path, sizeof path, "%s/covariates.csv", fixture.folder);
    snprintf(file, sizeof file, "data.file=%s", path);
    data = status ? NULL : fopen(path, "wb");
    if (!data)
        return -1;
    upper.spec->simulate.n_persons = 20;
    status = hbl_simulate(upper.spec, data, NULL, NULL, error);
    fclose(data);
    hbl_spec_free(upper.spec);
    upper.spec = NULL;
    if (!status)
        status = hbl_spec_read("models/simulated_covariates.json", overrides,
                               sizeof overrides / sizeof *overrides, &upper.spec, error);
    return status ? status : hbl_model_build(upper.spec, NULL, &upper.model, error);
}

static int set_up(void **state)
{
    static const char *const overrides[] = {
        "hb.chains=2",          "hb.warmup=8",   "hb.draws=12",     "hb.save_warmup=true",
        "hb.save_persons=true", "hb.trace=true", "correlation=full"};
    hbl_error error = HBL_ERROR_INIT;
    cpu_set_t one;

    (void)state;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one); /* one processor, one thread: then allocations have an order */
    sink = fopen("/dev/null", "w");
    if (!sink || sched_setaffinity(0, sizeof one, &one) ||
        !fixture_open(&fixture, overrides, sizeof overrides / sizeof *overrides))
        return -1;
    if (hbl_spec_read("models/simulated.json", NULL, 0, &simulation, &error)) {
        print_error("%s\n", error.message);
        return -1;
    }
    simulation->simulate.n_persons = 20;
    if (open_upper(&error)) {
        print_error("%s\n", error.message);
        return -1;
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hbl_model_free(upper.model);
    hbl_spec_free(upper.spec);
    fixture_close(&fixture);
    hbl_spec_free(simulation);
    fclose(sink);
    print_message("    together    %6llu\n", (unsigned long long)total);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_model_file), cmocka_unit_test(test_data),
        cmocka_unit_test(test_check),      cmocka_unit_test(test_fit),
        cmocka_unit_test(test_covariates), cmocka_unit_test(test_resume),
        cmocka_unit_test(test_summary),    cmocka_unit_test(test_simulation),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

#endif
