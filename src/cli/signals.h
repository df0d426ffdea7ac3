/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Interruption: the first SIGINT, SIGTERM or SIGHUP asks for a stop between two sweeps, the second
 * leaves at once with exit code 130.
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <signal.h>

/* Becomes nonzero at the first signal. */
extern volatile sig_atomic_t cli_stop;

/* A write beyond a limit, or into a pipe that nobody reads, shall fail and not kill. */
void cli_signals_ignore(void);

void cli_signals_catch(void);
void cli_signals_restore(void);

#endif
