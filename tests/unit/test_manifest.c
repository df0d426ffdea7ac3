/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * run.json: what it says of program, model and data, and how it is replaced.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "run/manifest.h"
#include "unit/run_fixture.h"

static run_fixture fixture;
static hbl_manifest *manifest;

static int set_up(void **state)
{
    static const hbl_fit_options options = {.command = "hblogit fit \"x y\".json"};
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    if (!fixture_open(&fixture, NULL, 0))
        return -1;
    fixture.spec->hb.seed = UINT64_MAX; /* more than a double holds */
    return hbl_manifest_alloc(fixture.spec, fixture.model, &options, 2, &manifest, &error);
}

static int tear_down(void **state)
{
    (void)state;
    hbl_manifest_free(manifest);
    fixture_close(&fixture);
    return 0;
}

static char *written(size_t *size)
{
    char path[128], *text;

    snprintf(path, sizeof path, "%s/run.json", fixture.folder);
    text = read_whole(path, size);
    assert_non_null(text);
    return text;
}

static cJSON *written_json(void)
{
    size_t size;
    char *text = written(&size);
    cJSON *root = cJSON_Parse(text);

    assert_non_null(root);
    assert_int_equal(text[size - 1], '\n');
    free(text);
    return root;
}

/* The JSON text of the item at a path of keys. */
static void expect(const cJSON *root, const char *first, const char *second, const char *text)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, first);
    cJSON *should_be = cJSON_Parse(text);

    if (second)
        item = cJSON_GetObjectItemCaseSensitive(item, second);
    assert_non_null(should_be);
    if (!cJSON_Compare(item, should_be, 1)) {
        char *is = cJSON_PrintUnformatted(item);
        fail_msg("%s %s is %s, not %s", first, second ? second : "", is ? is : "absent", text);
    }
    cJSON_Delete(should_be);
}

static void check_time(const cJSON *root, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(root, key));
    int year, month, day, hour, minute, second, length = 0;

    assert_non_null(text);
    assert_int_equal(sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &year, &month, &day, &hour, &minute,
                            &second, &length),
                     6);
    assert_int_equal(length, 20);
    assert_int_equal(strlen(text), 20);
    const time_t now = time(NULL);
    struct tm parts;
    assert_non_null(gmtime_r(&now, &parts));
    assert_in_range(parts.tm_year + 1900 - year, 0, 1);
}

static void test_start(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    cJSON *root;

    (void)state;
    assert_int_equal(hbl_manifest_write_start(manifest, fixture.folder, &error), HBL_OK);
    assert_true(hbl_manifest_is_ours(fixture.folder));
    root = written_json();
    expect(root, "program", NULL, "\"hblogit\"");
    expect(root, "version", NULL, "\"" HBL_VERSION "\"");
    expect(root, "command", NULL, "\"hblogit fit \\\"x y\\\".json\"");
    expect(root, "status", NULL, "\"running\"");
    expect(root, "finished", NULL, "null");
    expect(root, "method", NULL, "\"hb\"");
    expect(root, "threads", NULL, "2");
    expect(root, "coefficients", NULL,
           "{\"random\": [\"price\", \"speed\"], \"fixed\": [\"size\"]}");
    expect(root, "blocks", NULL, "[0, 0]");
    expect(root, "distributions", NULL, "[\"normal\", \"normal\"]");
    expect(root, "counts", NULL,
           "{\"persons\": 20, \"tasks\": 100, \"rows\": 300, \"alternatives\": 3}");
    expect(root, "model", "title", "\"Test\"");
    expect(root, "model", "formula", "\"choice ~ price + speed + size | 0\"");
    check_time(root, "started");
    cJSON_Delete(root);
}

static void test_seed_is_exact(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    size_t size;
    char *text, *first;

    (void)state;
    assert_int_equal(hbl_manifest_write_start(manifest, fixture.folder, &error), HBL_OK);
    text = written(&size);
    first = strstr(text, "18446744073709551615");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "18446744073709551615")); /* in the model, too */
    free(text);
}

/* CRC-32 of "123456789" is cbf43926, the check value of the catalogue of CRC algorithms. */
static void test_hashes(void **state)
{
    const hbl_fit_options options = {.command = NULL};
    hbl_error error = HBL_ERROR_INIT;
    hbl_manifest *other;
    char path[128], expected[256];
    cJSON *root;

    (void)state;
    snprintf(path, sizeof path, "%s/model.json", fixture.folder);
    write_whole(path, "123456789");
    unlink(fixture.spec->data.file);
    assert_int_equal(hbl_manifest_alloc(fixture.spec, fixture.model, &options, 1, &other, &error),
                     HBL_OK);
    assert_int_equal(hbl_manifest_write_start(other, fixture.folder, &error), HBL_OK);
    hbl_manifest_free(other);
    root = written_json();
    snprintf(expected, sizeof expected, "{\"path\": \"%s\", \"bytes\": 9, \"hash\": \"cbf43926\"}",
             path);
    expect(root, "hashes", "algorithm", "\"crc32\"");
    expect(root, "hashes", "model", expected);
    expect(root, "hashes", "data", "null");
    expect(root, "command", NULL, "null");
    cJSON_Delete(root);
}

static void test_pooled(void **state)
{
    double estimate[3] = {-1.5, 0.1, 1e-9}, error_of[3] = {0.5, 0.25, NAN};
    const hbl_mnl mnl = {.n_coefficients = 3,
                         .estimate = estimate,
                         .standard_error = error_of,
                         .log_likelihood = -100.25,
                         .log_likelihood_zero = -110,
                         .converged = true};
    hbl_error error = HBL_ERROR_INIT;
    cJSON *root;

    (void)state;
    hbl_manifest_set_pooled(manifest, fixture.model, &mnl);
    assert_int_equal(hbl_manifest_write_start(manifest, fixture.folder, &error), HBL_OK);
    root = written_json();
    expect(root, "pooled", "log_likelihood", "-100.25");
    expect(root, "pooled", "estimates", "{\"price\": -1.5, \"speed\": 0.1, \"size\": 1e-09}");
    expect(root, "pooled", "standard_errors", "{\"price\": 0.5, \"speed\": 0.25, \"size\": null}");
    expect(root, "pooled", "converged", "true");
    cJSON_Delete(root);
}

static void test_end(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    cJSON *root;

    (void)state;
    assert_int_equal(hbl_manifest_write_start(manifest, fixture.folder, &error), HBL_OK);
    assert_int_equal(
        hbl_manifest_write_end(manifest, fixture.folder, HBL_ERR_INTERRUPTED, "", &error), HBL_OK);
    root = written_json();
    expect(root, "status", NULL, "\"interrupted\"");
    assert_null(cJSON_GetObjectItem(root, "error"));
    check_time(root, "finished");
    cJSON_Delete(root);
    assert_int_equal(
        hbl_manifest_write_end(manifest, fixture.folder, HBL_ERR_NUMERIC, "why \"so\"", &error),
        HBL_OK);
    root = written_json();
    expect(root, "status", NULL, "\"failed\"");
    expect(root, "error", NULL, "\"why \\\"so\\\"\"");
    cJSON_Delete(root);
    assert_int_equal(hbl_manifest_write_end(manifest, fixture.folder, HBL_OK, "", &error), HBL_OK);
    root = written_json();
    expect(root, "status", NULL, "\"done\"");
    cJSON_Delete(root);
}

static void test_failures(void **state)
{
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    assert_int_equal(hbl_manifest_write_start(manifest, "/nonexistent", &error), HBL_ERR_WRITE);
    assert_string_equal(error.message,
                        "cannot write /nonexistent/run.json: No such file or directory");
    assert_false(hbl_manifest_is_ours("/nonexistent"));
    error = (hbl_error)HBL_ERROR_INIT;
    hbl_manifest_set(manifest, "lost", NULL); /* as after an allocation that failed */
    assert_int_equal(hbl_manifest_write_start(manifest, fixture.folder, &error), HBL_ERR_MEMORY);
    assert_false(hbl_manifest_is_ours(fixture.folder));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_start),  TEST(test_seed_is_exact), TEST(test_hashes),
        TEST(test_pooled), TEST(test_end),           TEST(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
