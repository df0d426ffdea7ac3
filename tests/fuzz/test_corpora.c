/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every file of tests/fuzz/corpus/TARGET, and every file cut short, through its target: what the
 * fuzzers have found stays found. "test_corpora TARGET FILE" runs one.
 */
#define _GNU_SOURCE /* memfd_create */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fuzz/targets.h"

/* Nothing here has to outlive the machine. */
int fsync(int file)
{
    (void)file;
    return 0;
}

static size_t n_runs;

static void run_bytes(const fuzz_target *target, const char *bytes, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1); /* so that a step beyond is seen */

    assert_non_null(exact);
    memcpy(exact, bytes, size);
    target->run(exact, size);
    free(exact);
    n_runs++;
}

static void run_file(const fuzz_target *target, const char *path)
{
    enum { CUTS = 8 };
    size_t size = 0;
    char *bytes = read_whole(path, &size);

    if (!bytes)
        fail_msg("%s cannot be read", path);
    run_bytes(target, bytes, size);
    for (size_t cut = 1; cut < CUTS && size > CUTS; cut++)
        run_bytes(target, bytes, size * cut / CUTS);
    free(bytes);
}

static void test_target(void **state)
{
    const fuzz_target *target = *state;
    char path[512];
    DIR *folder;
    size_t n = 0;

    snprintf(path, sizeof path, "tests/fuzz/corpus/%s", target->name);
    folder = opendir(path);
    if (!folder)
        fail_msg("%s is not there", path);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "tests/fuzz/corpus/%s/%.200s", target->name, entry->d_name);
        run_file(target, path);
        n++;
    }
    closedir(folder);
    assert_true(n > 0);
    print_message("    %-10s %zu files\n", target->name, n);
}

static int run_one(const char *name, const char *path)
{
    for (size_t t = 0; t < FUZZ_TARGETS; t++)
        if (strcmp(fuzz_targets[t].name, name) == 0)
            run_file(&fuzz_targets[t], path);
    return n_runs > 0 ? 0 : 2;
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[FUZZ_TARGETS] = {{0}};

    if (argc == 3)
        return run_one(argv[1], argv[2]);
    for (size_t t = 0; t < FUZZ_TARGETS; t++) {
        static fuzz_target target[FUZZ_TARGETS];
        target[t] = fuzz_targets[t];
        tests[t] = (struct CMUnitTest){target[t].name, test_target, NULL, NULL, &target[t]};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
