/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A libFuzzer program: built by `make fuzz`, once with each of the targets as TARGET.
 */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz/targets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing here has to outlive the machine. */
int fsync(int file)
{
    (void)file;
    return 0;
}

static unsigned long long runs, bytes;

static void report(void)
{
    fprintf(stderr, "runs %llu bytes %llu\n", runs, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (runs++ == 0 && atexit(report))
        abort();
    bytes += size;
    for (size_t t = 0; t < FUZZ_TARGETS; t++)
        if (strcmp(fuzz_targets[t].name, TARGET) == 0)
            fuzz_targets[t].run(data, size);
    return 0;
}
