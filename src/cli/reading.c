/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/reading.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/terminal.h"

enum { WIDEST_BAR = 30, REST_OF_LINE = 56 };
/* Seconds: before a small file is told of, between redrawings, between plain lines. */
#define QUIET_FOR      0.5
#define BETWEEN_FRAMES 0.1
#define BETWEEN_LINES  10.0
/* Bytes: a file that is told of from the start, where there is a terminal. */
#define LARGE 32e6

void cli_reading_open(cli_reading *reading, const char *path)
{
    const char *slash = strrchr(path, '/');

    *reading = (cli_reading){.path = slash ? slash + 1 : path,
                             .in_place = cli_terminal_in_place(),
                             .begun = cli_clock()};
    reading->told = reading->begun;
}

void cli_reading_close(cli_reading *reading)
{
    if (reading->drawn)
        fprintf(stderr, "\r\033[K");
    reading->drawn = false;
}

static void draw_bar(double share)
{
    char bar[WIDEST_BAR + 1];
    int length = cli_terminal_width() - REST_OF_LINE;

    length = length > WIDEST_BAR ? WIDEST_BAR : length < 0 ? 0 : length;
    for (int i = 0; i < length; i++)
        bar[i] = i < (int)(share * length + 0.5) ? '#' : '.';
    bar[length] = '\0';
    fprintf(stderr, " %s", bar);
}

static void tell(cli_reading *reading, uint64_t bytes, uint64_t size, double now)
{
    const double share = (double)bytes / (double)size;
    const double rate = (double)bytes / (now - reading->begun);
    char left[32];

    cli_terminal_time(((double)size - (double)bytes) / rate, left, sizeof left);
    fprintf(stderr, "%sreading %.20s", reading->in_place ? "\r\033[K" : "", reading->path);
    if (reading->in_place)
        draw_bar(share);
    fprintf(stderr, " %.0f %% of %.0f MB, %.0f MB/s, %s left%s", 100.0 * share, (double)size / 1e6,
            rate / 1e6, left, reading->in_place ? "" : "\n");
    reading->drawn = reading->in_place;
    fflush(stderr);
}

static bool is_due(const cli_reading *reading, uint64_t size, double now)
{
    if (!reading->in_place)
        return now - reading->told >= BETWEEN_LINES;
    if (!reading->drawn)
        return (double)size >= LARGE || now - reading->begun >= QUIET_FOR;
    return now - reading->told >= BETWEEN_FRAMES;
}

void cli_reading_progress(void *context, uint64_t bytes, uint64_t size)
{
    cli_reading *reading = context;
    const double now = cli_clock();

    if (bytes < reading->last) /* read again, for a column that turned to text */
        reading->begun = now;
    reading->last = bytes;
    if (size == 0 || bytes == 0 || !is_due(reading, size, now))
        return;
    reading->told = now;
    tell(reading, bytes, size, now);
}
