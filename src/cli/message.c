/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "cli/cli.h"
#include "hblogit/run.h"

void cli_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("hblogit: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void cli_warning(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("hblogit: warning: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void cli_note(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("hblogit: note: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

int cli_fail(const hbl_error *error)
{
    cli_error("%s", error->message);
    switch (error->status) {
    case HBL_OK:
        return CLI_DONE;
    case HBL_ERR_INPUT:
        return CLI_USAGE;
    case HBL_ERR_WRITE:
        return CLI_NOT_WRITTEN;
    case HBL_ERR_INTERRUPTED:
        return CLI_INTERRUPTED;
    case HBL_ERR_MEMORY:
    case HBL_ERR_NUMERIC:
        break;
    }
    return CLI_FAILED;
}

int cli_unknown(const char *kind, const char *word, const char *const *candidates, size_t n)
{
    const char *nearest = hbl_nearest(word, candidates, n);

    if (nearest)
        cli_error("there is no %s \"%s\"; did you mean \"%s\"?", kind, word, nearest);
    else
        cli_error("there is no %s \"%s\"; see hblogit --help", kind, word);
    return CLI_USAGE;
}

int cli_finish(int status)
{
    if (status == CLI_NOT_WRITTEN || (fflush(stdout) == 0 && !ferror(stdout)))
        return status;
    cli_error("standard output could not be written: %s", errno ? strerror(errno) : "write error");
    return CLI_NOT_WRITTEN;
}

double cli_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

void cli_closing_line(const char *command, double seconds)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    fprintf(stderr, "hblogit %s: %s: %.2f s, CPU %.2f s, peak memory %.1f MB\n", hbl_version(),
            command, seconds, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
            (double)usage.ru_maxrss / 1024.0);
}
