/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * persons/: the metadata as the Zarr v2 specification words it, and every chunk unpacked by zlib
 * and compared with what was handed in.
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

#include <cjson/cJSON.h>
#include <zlib.h>

#include "core/parallel.h"
#include "run/zarr.h"

static char directory[] = "/tmp/hblogit-zarr-XXXXXX", group[64];

static int make_directory(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(group, sizeof group, "%s/persons", directory);
    return 0;
}

static int remove_directory(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

static int remove_group(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", group);
    return system(command);
}

static void *contents(const char *name, size_t *size)
{
    char path[256], *data;
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", group, name);
    file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    data = malloc(*size + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *size, file), *size);
    data[*size] = '\0';
    fclose(file);
    return data;
}

/* A chunk unpacked; it must have exactly that size. */
static void *unpacked(const char *name, size_t expected)
{
    uLongf n = expected + 1;
    size_t size;
    void *packed = contents(name, &size), *data = malloc(n);

    assert_non_null(data);
    assert_int_equal(uncompress(data, &n, packed, size), Z_OK);
    assert_int_equal(n, expected);
    free(packed);
    return data;
}

static void expect_json(const char *name, const char *expected)
{
    size_t size;
    char *text = contents(name, &size);
    cJSON *is = cJSON_Parse(text), *should_be = cJSON_Parse(expected);

    assert_non_null(is);
    assert_non_null(should_be);
    if (!cJSON_Compare(is, should_be, 1))
        fail_msg("%s is\n%s", name, text);
    cJSON_Delete(is);
    cJSON_Delete(should_be);
    free(text);
}

/* A value that tells where it belongs. */
static double value_at(size_t chain, size_t draw, size_t person, size_t coefficient)
{
    return (double)chain * 1e9 + (double)draw * 1e5 + (double)person + (double)coefficient / 8;
}

static void put_draws(hbl_zarr *zarr, const hbl_zarr_layout *layout, size_t chain, size_t from,
                      size_t to)
{
    hbl_error error = HBL_ERROR_INIT;

    for (size_t d = from; d < to; d++) {
        double *slot = hbl_zarr_slot(zarr, chain);
        for (size_t n = 0; n < layout->n_persons; n++)
            for (size_t k = 0; k < layout->n_coefficients; k++)
                slot[n * layout->n_coefficients + k] = value_at(chain, d, n, k);
        assert_int_equal(hbl_zarr_commit(zarr, chain, &error), HBL_OK);
    }
}

/* Compares all chunks of a chain that has n_draws draws. */
static void check_chain(const hbl_zarr_layout *layout, size_t chain, size_t n_draws, size_t draws,
                        size_t persons)
{
    const size_t n_k = layout->n_coefficients, size = draws * persons * n_k;

    for (size_t d0 = 0; d0 < n_draws; d0 += draws) {
        for (size_t n0 = 0; n0 < layout->n_persons; n0 += persons) {
            char name[64];
            snprintf(name, sizeof name, "beta/%zu.%zu.%zu.0", chain, d0 / draws, n0 / persons);
            double *x = unpacked(name, size * sizeof *x);
            for (size_t i = 0; i < size; i++) {
                const size_t k = i % n_k, n = n0 + i / n_k % persons, d = d0 + i / n_k / persons;
                if (n < layout->n_persons && d < n_draws)
                    assert_true(x[i] == value_at(chain, d, n, k));
                else
                    assert_true(isnan(x[i]));
            }
            free(x);
        }
    }
}

static char ana[] = "Ana", zoe[] = "Zo\xc3\xab",
            bad[] = "\xff"
                    "1\xf0\x9f\x98\x80",
            price[] = "price", icept[] = "(Intercept):air";
static char *three_persons[] = {ana, zoe, bad}, *two_coefficients[] = {price, icept};
static const hbl_zarr_layout small = {.n_chains = 2,
                                      .n_draws = 150,
                                      .n_persons = 3,
                                      .n_coefficients = 2,
                                      .person = three_persons,
                                      .coefficient = two_coefficients};

#define BETA(draws)                                                                                \
    "{\"chunks\": [1, 64, 3, 2], \"compressor\": {\"id\": \"zlib\", \"level\": 0},"                \
    " \"dtype\": \"<f8\", \"fill_value\": \"NaN\", \"filters\": null, \"order\": \"C\","           \
    " \"shape\": [2, " draws ", 3, 2], \"zarr_format\": 2}"
#define LABELS(n, width)                                                                           \
    "{\"chunks\": [" n "], \"compressor\": {\"id\": \"zlib\", \"level\": 0},"                      \
    " \"dtype\": \"<U" width "\", \"fill_value\": null, \"filters\": null, \"order\": \"C\","      \
    " \"shape\": [" n "], \"zarr_format\": 2}"
#define BETA_DIMENSIONS                                                                            \
    "{\"_ARRAY_DIMENSIONS\": [\"chain\", \"draw\", \"person\", \"coefficient\"]}"

static void expect_metadata(const char *beta, const char *all)
{
    expect_json(".zgroup", "{\"zarr_format\": 2}");
    expect_json("beta/.zarray", beta);
    expect_json("beta/.zattrs", BETA_DIMENSIONS);
    expect_json("person/.zarray", LABELS("3", "3"));
    expect_json("person/.zattrs", "{\"_ARRAY_DIMENSIONS\": [\"person\"]}");
    expect_json("coefficient/.zarray", LABELS("2", "15"));
    expect_json("coefficient/.zattrs", "{\"_ARRAY_DIMENSIONS\": [\"coefficient\"]}");
    expect_json(".zmetadata", all);
}

#define METADATA(draws)                                                                            \
    "{\"zarr_consolidated_format\": 1, \"metadata\": {\".zgroup\": {\"zarr_format\": 2},"          \
    " \".zattrs\": {\"program\": \"hblogit\", \"version\": \"" HBL_VERSION "\"},"                  \
    " \"beta/.zarray\": " BETA(                                                                    \
        draws) ", \"beta/.zattrs\": " BETA_DIMENSIONS ","                                          \
               " \"person/.zarray\": " LABELS(                                                     \
                   "3", "3") ","                                                                   \
                             " \"person/.zattrs\": {\"_ARRAY_DIMENSIONS\": [\"person\"]},"         \
                             " \"coefficient/.zarray\": " LABELS(                                  \
                                 "2", "15") ","                                                    \
                                            " \"coefficient/.zattrs\": {\"_ARRAY_DIMENSIONS\": "   \
                                            "[\"coefficient\"]}}}"

static void test_complete(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_zarr *zarr;

    (void)state;
    assert_int_equal(hbl_zarr_open(group, &small, &zarr, &error), HBL_OK);
    put_draws(zarr, &small, 0, 0, 100);
    put_draws(zarr, &small, 1, 0, 150);
    put_draws(zarr, &small, 0, 100, 150);
    assert_int_equal(hbl_zarr_close(zarr, &error), HBL_OK);
    expect_metadata(BETA("150"), METADATA("150"));
    check_chain(&small, 0, 150, 64, 3);
    check_chain(&small, 1, 150, 64, 3);
    assert_string_equal(error.message, "");
}

/* Three characters each at most: "Zo", e with diaeresis; a byte that is no UTF-8, "1", a smiley. */
static void test_labels(void **state)
{
    static const uint32_t expected[9] = {'A', 'n', 'a', 'Z', 'o', 0xeb, 0xfffd, '1', 0x1f600};
    hbl_error error = HBL_ERROR_INIT;
    hbl_zarr *zarr;
    uint32_t *label;

    (void)state;
    assert_int_equal(hbl_zarr_open(group, &small, &zarr, &error), HBL_OK);
    assert_int_equal(hbl_zarr_close(zarr, &error), HBL_OK);
    label = unpacked("person/0", sizeof expected);
    assert_memory_equal(label, expected, sizeof expected);
    free(label);
    label = unpacked("coefficient/0", 2 * 15 * sizeof *label);
    for (size_t i = 0; i < 15; i++) {
        assert_int_equal(label[i], i < strlen(price) ? price[i] : 0);
        assert_int_equal(label[15 + i], icept[i]);
    }
    free(label);
}

/* An interrupted run: the shape is that of the longest chain, the rest of the other one NaN. */
static void test_cut_short(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_zarr *zarr;
    char path[128];

    (void)state;
    assert_int_equal(hbl_zarr_open(group, &small, &zarr, &error), HBL_OK);
    expect_json("beta/.zarray", BETA("150"));
    put_draws(zarr, &small, 0, 0, 70);
    put_draws(zarr, &small, 1, 0, 3);
    assert_int_equal(hbl_zarr_close(zarr, &error), HBL_OK);
    expect_metadata(BETA("70"), METADATA("70"));
    check_chain(&small, 0, 70, 64, 3);
    check_chain(&small, 1, 3, 64, 3);
    snprintf(path, sizeof path, "%s/beta/1.1.0.0", group);
    assert_int_equal(access(path, F_OK), -1);
}

/* ---- more persons than a chunk takes, and chains by threads of their own */

enum { MANY = 30000, CHAINS = 2, MANY_DRAWS = 45 };
static char *many_persons[MANY];
static const hbl_zarr_layout large = {.n_chains = CHAINS,
                                      .n_draws = MANY_DRAWS,
                                      .n_persons = MANY,
                                      .n_coefficients = 1,
                                      .person = many_persons,
                                      .coefficient = two_coefficients};

static void put_chain(void *context, size_t chain, int thread)
{
    (void)thread;
    put_draws(context, &large, chain, 0, MANY_DRAWS);
}

static void test_many_persons(void **state)
{
    /* 8 MiB / (30000 x 8 bytes) = 34 draws are gathered, 4 MiB / (34 x 8) = 15420 persons a chunk
     */
    enum { DRAWS = 34, PERSONS = 15420 };
    hbl_error error = HBL_ERROR_INIT;
    hbl_zarr *zarr;

    (void)state;
    for (size_t n = 0; n < MANY; n++)
        many_persons[n] = ana;
    assert_int_equal(hbl_zarr_open(group, &large, &zarr, &error), HBL_OK);
    hbl_parallel_for(2, CHAINS, put_chain, zarr);
    assert_int_equal(hbl_zarr_close(zarr, &error), HBL_OK);
    for (size_t c = 0; c < CHAINS; c++)
        check_chain(&large, c, MANY_DRAWS, DRAWS, PERSONS);
}

static void test_no_folder(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_zarr *zarr;

    (void)state;
    assert_int_equal(hbl_zarr_open("/nonexistent/persons", &small, &zarr, &error), HBL_ERR_WRITE);
    assert_null(zarr);
    assert_non_null(strstr(error.message, "cannot write /nonexistent/persons"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_complete, remove_group),
        cmocka_unit_test_teardown(test_labels, remove_group),
        cmocka_unit_test_teardown(test_cut_short, remove_group),
        cmocka_unit_test_teardown(test_many_persons, remove_group),
        cmocka_unit_test(test_no_folder),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
