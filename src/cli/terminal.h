/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Progress of a fit on standard error: on a terminal one line a chain, redrawn in place; elsewhere
 * a plain line now and then. Of an optimiser a line an iteration.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "hblogit/run.h"

typedef struct {
    hbl_progress now;  /* as last told; n_sweeps 0: nothing yet */
    unsigned quarters; /* told of in plain lines */
    double told;       /* when the last plain line was, seconds */
} cli_chain_line;

typedef struct {
    bool in_place, colour;
    size_t n_chains, n_drawn; /* lines on the terminal now */
    cli_chain_line *line;     /* n_chains */
} cli_terminal;

/* Whether lines on standard error can be redrawn: it is a terminal that can. */
bool cli_terminal_in_place(void);

/* Its width in characters; 80 where not known. */
int cli_terminal_width(void);

/* "1:05", "2:03:20", "-" where not known. */
void cli_terminal_time(double seconds, char *text, size_t size);

/* Looks at standard error, TERM and NO_COLOR. false: out of memory. */
bool cli_terminal_open(cli_terminal *terminal, size_t n_chains);
void cli_terminal_close(cli_terminal *terminal);

/* An hbl_fit_options.progress whose context is a cli_terminal. */
void cli_terminal_progress(void *terminal, const hbl_progress *progress);

/* An hbl_fit_options.iteration with the same context. */
void cli_terminal_iteration(void *terminal, const hbl_msl_progress *progress);

#endif
