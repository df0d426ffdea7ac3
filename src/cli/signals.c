/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/signals.h"

#include <unistd.h>

#include "cli/cli.h"

volatile sig_atomic_t cli_stop;

static void on_signal(int number)
{
    (void)number;
    /* other threads read it: an atomic store, which a handler may make as it is lock-free */
    if (__atomic_exchange_n(&cli_stop, 1, __ATOMIC_RELAXED))
        _exit(CLI_INTERRUPTED);
}

static void set_handler(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

/* Under nohup a hang-up is ignored, and stays so. */
static bool ignores(int number)
{
    struct sigaction before;
    return sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN;
}

static void set_handlers(void (*handler)(int))
{
    set_handler(SIGINT, handler);
    set_handler(SIGTERM, handler);
    if (!ignores(SIGHUP))
        set_handler(SIGHUP, handler);
}

void cli_signals_ignore(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

void cli_signals_catch(void)
{
    set_handlers(on_signal);
}

void cli_signals_restore(void)
{
    set_handlers(SIG_DFL);
}
