/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A directory of its own for a test program that writes files. The program works in it, so that
 * messages name files as "t.csv". To be included after cmocka.h.
 */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char scratch_path[512];

static int scratch_enter(void **unused)
{
    const char *parent = getenv("TMPDIR");
    (void)unused;

    snprintf(scratch_path, sizeof scratch_path, "%s/hblogit-test-XXXXXX", parent ? parent : "/tmp");
    return mkdtemp(scratch_path) && chdir(scratch_path) == 0 ? 0 : -1;
}

static int scratch_leave(void **unused)
{
    (void)unused;
    remove("t.csv");
    return chdir("/") == 0 && rmdir(scratch_path) == 0 ? 0 : -1;
}

/* t.csv, with these bytes. */
static void scratch_write(const char *bytes, size_t size)
{
    FILE *file = fopen("t.csv", "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

#endif
