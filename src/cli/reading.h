/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Progress of the reading of a large file on standard error: on a terminal one line with a bar,
 * taken away at the end; elsewhere a plain line now and then. A file that is read within a second
 * or so is not told of.
 */
#ifndef CLI_READING_H
#define CLI_READING_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    const char *path;
    bool in_place;
    bool drawn;         /* there is a line on the terminal */
    double begun, told; /* seconds */
    uint64_t last;      /* bytes read when last told */
} cli_reading;

/* path is kept by reference. */
void cli_reading_open(cli_reading *reading, const char *path);

/* Takes the line away. */
void cli_reading_close(cli_reading *reading);

/* An hbl_data_needs.progress whose context is a cli_reading. */
void cli_reading_progress(void *reading, uint64_t bytes, uint64_t size);

#endif
