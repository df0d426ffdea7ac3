/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/signals.h"

#include <unistd.h>

#include "cli/cli.h"

volatile sig_atomic_t cli_stop;

static void on_signal(int number)
{
    (void)number;
    if (cli_stop)
        _exit(CLI_INTERRUPTED);
    cli_stop = 1;
}

static void set_handler(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void cli_signals_catch(void)
{
    set_handler(on_signal);
}

void cli_signals_restore(void)
{
    set_handler(SIG_DFL);
}
