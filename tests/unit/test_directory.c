/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Run directories: what is refused, what is removed, and the lock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "run/directory.h"

static char folder[64], run[96];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/hblogit-directory-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(run, sizeof run, "%s/a/b", folder);
    return 0;
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static const char *within(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", run, name);
    return path;
}

static bool exists(const char *name)
{
    struct stat about;
    return lstat(within(name), &about) == 0;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(within(name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void make_run(void)
{
    char parent[128];
    snprintf(parent, sizeof parent, "%s/a", folder);
    mkdir(parent, 0777);
    assert_int_equal(mkdir(run, 0777), 0);
    put("run.json", "{\"program\": \"hblogit\"}");
}

static void expect_refusal(bool overwrite, const char *words)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_directory *directory;

    assert_int_equal(hbl_directory_open(run, overwrite, &directory, &error), HBL_ERR_INPUT);
    assert_null(directory);
    assert_memory_equal(error.message, run, strlen(run));
    if (!strstr(error.message, words))
        fail_msg("\"%s\" does not say \"%s\"", error.message, words);
    assert_false(exists(".lock"));
}

static hbl_directory *open_run(bool overwrite)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_directory *directory;

    if (hbl_directory_open(run, overwrite, &directory, &error))
        fail_msg("%s", error.message);
    return directory;
}

static void test_new(void **state)
{
    hbl_directory *directory = open_run(false);

    (void)state;
    assert_string_equal(hbl_directory_path(directory), run);
    assert_true(exists(".lock"));
    hbl_directory_close(directory);
    assert_int_equal(access(run, F_OK), -1); /* nothing was put into it */
    directory = open_run(false);
    put("run.json", "");
    hbl_directory_close(directory);
    assert_true(exists("run.json"));
    assert_false(exists(".lock"));
}

static void test_leftovers_are_no_obstacle(void **state)
{
    (void)state;
    make_run();
    unlink(within("run.json"));
    put(".lock", "");
    put("run.json.tmp", "");
    hbl_directory_close(open_run(false));
    assert_false(exists(".lock"));
}

static void test_refusals(void **state)
{
    (void)state;
    make_run();
    expect_refusal(false, "holds a run already; name another directory, or use --force");
    put("run.json", "{\"program\": \"npm\"}");
    expect_refusal(true, "holds a run.json that this program did not write");
    put("run.json", "{\"program\": ");
    expect_refusal(true, "holds a run.json that this program did not write");
    unlink(within("run.json"));
    put("thesis.tex", "");
    expect_refusal(false, "holds files but no run (thesis.tex)");
    expect_refusal(true, "holds files but no run (thesis.tex)");
    unlink(within("thesis.tex"));
    rmdir(run);
    FILE *file = fopen(run, "w");
    assert_non_null(file);
    fclose(file);
    expect_refusal(true, "Not a directory");
}

static void test_lock(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    static hbl_directory *directory; /* static: in the child, too, it is seen not to be lost */
    hbl_directory *second;
    int status = -1;

    (void)state;
    directory = open_run(false);
    assert_int_equal(hbl_directory_open(run, true, &second, &error), HBL_ERR_INPUT);
    assert_non_null(strstr(error.message, "another process is writing a run into it"));
    assert_true(exists(".lock")); /* the refused one has not removed it */
    const pid_t child = fork();
    if (child == 0)
        _exit(hbl_directory_open(run, true, &second, NULL));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == HBL_ERR_INPUT);
    hbl_directory_close(directory);
    hbl_directory_close(open_run(false));
}

/* Everything a run leaves goes, and nothing else, not even by way of a link. */
static void test_clear(void **state)
{
    static const char *const ours[] = {"chain-1.csv",      "chain-12.csv", "warmup-3.csv",
                                       "trace-1.jsonl",    "persons.csv",  "summary.csv",
                                       "diagnostics.json", "run.json",     "persons/beta/0.0.0.0",
                                       "persons/.zgroup",  "persons/beta", "persons/link",
                                       "persons"};
    static const char *const others[] = {"chain-1.csv.bak", "chain-.csv",  "chain-1a.csv",
                                         "notes",           "trace-1.csv", "kept/file"};
    hbl_error error = HBL_ERROR_INIT;
    hbl_directory *directory;

    (void)state;
    make_run();
    mkdir(within("persons"), 0777);
    mkdir(within("persons/beta"), 0777);
    mkdir(within("kept"), 0777);
    for (size_t i = 0; i < 10; i++)
        if (strcmp(ours[i], "run.json") != 0)
            put(ours[i], "");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        put(others[i], "");
    assert_int_equal(symlink("../kept", within("persons/link")), 0);
    directory = open_run(true);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        assert_true(exists(ours[i])); /* opening alone changes nothing */
    assert_int_equal(hbl_directory_clear(directory, &error), HBL_OK);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        assert_false(exists(ours[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_true(exists(others[i]));
    hbl_directory_close(directory);
}

static void test_no_place(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_directory *directory;

    (void)state;
    assert_int_equal(hbl_directory_open("/dev/null/run", false, &directory, &error), HBL_ERR_WRITE);
    assert_string_equal(error.message, "cannot create /dev/null/run: Not a directory");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_new),      TEST(test_leftovers_are_no_obstacle),
        TEST(test_refusals), TEST(test_lock),
        TEST(test_clear),    TEST(test_no_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
