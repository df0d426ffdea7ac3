/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small files for tests, in a folder of their own that is the working directory meanwhile, so that
 * the paths in messages are short and the same everywhere.
 */
#ifndef TESTS_UNIT_SCRATCH_FILES_H
#define TESTS_UNIT_SCRATCH_FILES_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char scratch_folder[512], scratch_home[4096];

static inline int scratch_enter(void **state)
{
    const char *parent = getenv("TMPDIR");

    (void)state;
    snprintf(scratch_folder, sizeof scratch_folder, "%s/hblogit-test-XXXXXX",
             parent != NULL ? parent : "/tmp");
    if (getcwd(scratch_home, sizeof scratch_home) == NULL || mkdtemp(scratch_folder) == NULL)
        return -1;
    return chdir(scratch_folder);
}

static inline int scratch_leave(void **state)
{
    char command[544];

    (void)state;
    if (chdir(scratch_home) != 0)
        return -1;
    snprintf(command, sizeof command, "rm -r '%s'", scratch_folder);
    return system(command);
}

static inline void scratch_write(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");

    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
        abort();
}

#endif
