/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hbl_fit as a whole: what it leaves in the run directory when it is done, interrupted or fails.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

#include "hblogit/run.h"
#include "unit/run_fixture.h"

static run_fixture fixture;

static int set_up(void **state)
{
    (void)state;
    return fixture_open(&fixture, NULL, 0) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static char *file_of(const char *run, const char *name, size_t *size)
{
    char path[256], *text;

    snprintf(path, sizeof path, "%s/%s", run, name);
    text = read_whole(path, size);
    if (!text)
        fail_msg("%s cannot be read", path);
    return text;
}

static bool exists(const char *run, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", run, name);
    return access(path, F_OK) == 0;
}

static int fit_into(const char *run, int threads, bool overwrite, hbl_error *error)
{
    const hbl_fit_options options = {
        .directory = run, .threads = threads, .overwrite = overwrite, .command = "test"};
    return hbl_fit(fixture.spec, fixture.model, &options, error);
}

/* ---- what stands in files */

/* The rows of a Stan CSV file, each of which must be whole; num_samples must agree. */
static size_t count_rows(const char *run, const char *name, size_t n_columns)
{
    size_t size, rows = 0, columns;
    char *text = file_of(run, name, &size), *line = text, *count;

    assert_true(size > 0 && text[size - 1] == '\n');
    for (char *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = ' ';
        if (*line == '#' || *line == 'l')
            continue;
        columns = 1;
        for (const char *at = line; at < end; at++)
            columns += *at == ',';
        assert_int_equal(columns, n_columns);
        rows++;
    }
    count = strstr(text, "num_samples = ");
    assert_non_null(count);
    assert_int_equal(strtoul(count + strlen("num_samples = "), NULL, 10), rows);
    assert_non_null(strstr(text, "Elapsed Time"));
    free(text);
    return rows;
}

enum { COLUMNS = 3 + 2 + 4 + 1 };

static cJSON *manifest_of(const char *run)
{
    size_t size;
    char *text = file_of(run, "run.json", &size);
    cJSON *root = cJSON_Parse(text);

    assert_non_null(root);
    free(text);
    return root;
}

static void expect_status(const char *run, const char *status)
{
    cJSON *root = manifest_of(run);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(root, "status")), status);
    cJSON_Delete(root);
}

static void expect_same(const char *a, const char *b, const char *name, bool same)
{
    size_t size[2];
    char *text[2] = {file_of(a, name, &size[0]), file_of(b, name, &size[1])};

    assert_true((size[0] == size[1] && memcmp(text[0], text[1], size[0]) == 0) == same);
    free(text[0]);
    free(text[1]);
}

static void check_persons(const char *run)
{
    static const char head[] =
        "person,price.mean,price.sd,speed.mean,speed.sd,rlh,acceptance\n\"Ana \"\"A\"\", Lisbon\",";
    size_t size, lines = 0;
    char *text = file_of(run, "persons.csv", &size), *at;
    double value;
    int n = 0;

    assert_memory_equal(text, head, strlen(head));
    at = text + strlen(head) - 1;
    while (*at == ',') {
        value = strtod(at + 1, &at);
        assert_true(value == value);
        n++;
    }
    assert_int_equal(n, 6);
    assert_int_equal(*at, '\n');
    for (at = text; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 21);
    free(text);
}

/* ---- complete runs */

static void test_complete(void **state)
{
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    fixture.spec->hb.save_persons = true;
    fixture.spec->hb.save_warmup = true;
    if (fit_into(fixture.run, 2, false, &error))
        fail_msg("%s", error.message);
    expect_status(fixture.run, "done");
    for (int c = 1; c <= 3; c++) {
        char name[32];
        snprintf(name, sizeof name, "chain-%d.csv", c);
        assert_int_equal(count_rows(fixture.run, name, COLUMNS), 60);
        snprintf(name, sizeof name, "warmup-%d.csv", c);
        assert_int_equal(count_rows(fixture.run, name, COLUMNS), 40);
    }
    check_persons(fixture.run);
    assert_true(exists(fixture.run, "persons/.zmetadata"));
    assert_true(exists(fixture.run, "persons/beta/2.0.0.0"));
    assert_false(exists(fixture.run, "trace-1.jsonl"));
    assert_false(exists(fixture.run, ".lock"));
    assert_false(exists(fixture.run, "run.json.tmp"));
}

static void test_thinning_and_trace(void **state)
{
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    fixture.spec->hb.thin = 3;
    fixture.spec->hb.draws = 7;
    fixture.spec->hb.warmup = 0;
    fixture.spec->hb.trace = true;
    assert_int_equal(fit_into(fixture.run, 1, false, &error), HBL_OK);
    assert_int_equal(count_rows(fixture.run, "chain-3.csv", COLUMNS), 7);
    assert_true(exists(fixture.run, "trace-3.jsonl"));
}

static void test_threads(void **state)
{
    static const int threads[] = {1, 2, 3, 8};
    static const char *const name[] = {"chain-1.csv", "chain-2.csv", "chain-3.csv", "persons.csv"};
    hbl_error error = HBL_ERROR_INIT;
    char run[4][128];

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        snprintf(run[i], sizeof run[i], "%s/deep/run-%d", fixture.folder, threads[i]);
        assert_int_equal(fit_into(run[i], threads[i], false, &error), HBL_OK);
        for (size_t f = 0; f < 4; f++)
            expect_same(run[0], run[i], name[f], true);
    }
    fixture.spec->hb.seed++;
    assert_int_equal(fit_into(fixture.run, 1, false, &error), HBL_OK);
    for (size_t f = 0; f < 4; f++)
        expect_same(run[0], fixture.run, name[f], false);
}

/* ---- ends before the end */

static volatile sig_atomic_t stop;

typedef struct {
    hbl_phase stop_at;
    uint64_t last[3];
    int done;
} watcher;

static void watch(void *context, const hbl_progress *progress)
{
    watcher *w = context;

    assert_in_range(progress->chain, 1, 3);
    assert_int_equal(progress->n_chains, 3);
    assert_int_equal(progress->n_sweeps, 100);
    assert_true(progress->sweep > w->last[progress->chain - 1]);
    assert_true(progress->sweep <= 100 && progress->seconds_left >= 0);
    assert_true(progress->acceptance >= 0 && progress->acceptance <= 1);
    assert_true((progress->phase == HBL_PHASE_DONE) == (progress->sweep == 100));
    assert_true((progress->phase == HBL_PHASE_WARMUP) == (progress->sweep < 40));
    w->last[progress->chain - 1] = progress->sweep;
    w->done += progress->phase == HBL_PHASE_DONE;
    if (progress->phase >= w->stop_at)
        stop = 1;
}

static int fit_watched(watcher *w, hbl_error *error)
{
    const hbl_fit_options options = {
        .directory = fixture.run, .threads = 1, .progress = watch, .context = w, .stop = &stop};
    return hbl_fit(fixture.spec, fixture.model, &options, error);
}

static void test_progress(void **state)
{
    watcher w = {.stop_at = HBL_PHASE_DONE + 1};
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    stop = 0;
    assert_int_equal(fit_watched(&w, &error), HBL_OK);
    assert_int_equal(w.done, 3);
}

static void test_interrupted(void **state)
{
    watcher w = {.stop_at = HBL_PHASE_SAMPLING};
    hbl_error error = HBL_ERROR_INIT;
    cJSON *root, *draws;
    size_t total = 0;

    (void)state;
    stop = 0;
    fixture.spec->hb.save_persons = true;
    assert_int_equal(fit_watched(&w, &error), HBL_ERR_INTERRUPTED);
    assert_non_null(strstr(error.message, "of 100 sweeps"));
    expect_status(fixture.run, "interrupted");
    root = manifest_of(fixture.run);
    draws = cJSON_GetObjectItem(root, "draws_written");
    assert_int_equal(cJSON_GetArraySize(draws), 3);
    for (int c = 0; c < 3; c++) {
        char name[32];
        snprintf(name, sizeof name, "chain-%d.csv", c + 1);
        const size_t rows = count_rows(fixture.run, name, COLUMNS);
        assert_int_equal(cJSON_GetArrayItem(draws, c)->valuedouble, rows);
        total += rows;
    }
    assert_true(total < 180);
    cJSON_Delete(root);
}

static void test_stopped_at_once(void **state)
{
    watcher w = {.stop_at = HBL_PHASE_WARMUP};
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    stop = 1;
    fixture.spec->hb.save_persons = true;
    assert_int_equal(fit_watched(&w, &error), HBL_ERR_INTERRUPTED);
    expect_status(fixture.run, "interrupted");
    assert_int_equal(count_rows(fixture.run, "chain-2.csv", COLUMNS), 0);
    assert_false(exists(fixture.run, "persons.csv"));
}

/* ---- failures */

static void test_full_disk(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    struct rlimit before;
    cJSON *root;
    int status;

    (void)state;
    fixture.spec->hb.draws = 2000;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    const struct rlimit lowered = {50000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &lowered);
    status = fit_into(fixture.run, 2, false, &error);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(status, HBL_ERR_WRITE);
    assert_int_equal(error.status, HBL_ERR_WRITE);
    assert_non_null(strstr(error.message, ".csv: File too large"));
    expect_status(fixture.run, "failed");
    root = manifest_of(fixture.run);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(root, "error")), error.message);
    cJSON_Delete(root);
}

static void test_existing_run(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    char note[128];

    (void)state;
    assert_int_equal(fit_into(fixture.run, 1, false, &error), HBL_OK);
    assert_int_equal(fit_into(fixture.run, 1, false, &error), HBL_ERR_INPUT);
    assert_non_null(strstr(error.message, "/run: holds a run already"));
    snprintf(note, sizeof note, "%s/note.txt", fixture.run);
    write_whole(note, "mine");
    fixture.spec->hb.chains = 2;
    error.status = HBL_OK;
    assert_int_equal(fit_into(fixture.run, 1, true, &error), HBL_OK);
    assert_true(exists(fixture.run, "chain-2.csv"));
    assert_false(exists(fixture.run, "chain-3.csv"));
    assert_true(exists(fixture.run, "note.txt"));
}

/* Nothing is done to an old run before the new one can begin. */
static void test_refused_settings(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    char *kernel = fixture.spec->hb.kernel;
    char nonsense[] = "nonsense";

    (void)state;
    fixture.spec->hb.kernel = nonsense;
    assert_int_equal(fit_into(fixture.run, 1, false, &error), HBL_ERR_INPUT);
    assert_int_equal(access(fixture.run, F_OK), -1);
    fixture.spec->hb.kernel = kernel;
    error = (hbl_error)HBL_ERROR_INIT;
    assert_int_equal(fit_into(fixture.run, 1, false, &error), HBL_OK);
    fixture.spec->hb.kernel = nonsense;
    assert_int_equal(fit_into(fixture.run, 1, true, &error), HBL_ERR_INPUT);
    fixture.spec->hb.kernel = kernel;
    expect_status(fixture.run, "done");
    assert_true(exists(fixture.run, "chain-1.csv"));
}

static void test_unknown_method(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    char *method = fixture.spec->method;
    char guess[] = "guess";

    (void)state;
    fixture.spec->method = guess;
    assert_int_equal(fit_into(fixture.run, 1, false, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message, "method \"guess\" is none that can be fitted");
    fixture.spec->method = method;
    assert_int_equal(access(fixture.run, F_OK), -1);
}

static void test_no_error_wanted(void **state)
{
    (void)state;
    assert_int_equal(fit_into("/dev/null", 1, false, NULL), HBL_ERR_INPUT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_complete),       TEST(test_thinning_and_trace), TEST(test_threads),
        TEST(test_progress),       TEST(test_interrupted),        TEST(test_stopped_at_once),
        TEST(test_full_disk),      TEST(test_existing_run),       TEST(test_refused_settings),
        TEST(test_unknown_method), TEST(test_no_error_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
