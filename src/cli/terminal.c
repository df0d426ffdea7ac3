/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/terminal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"

enum { WIDEST_BAR = 30, REST_OF_LINE = 66, LINE_SIZE = 256 };
/* Seconds between plain lines of a chain: a quarter done is told once the least are over, and
 * something is told when the most are. The end always is. */
#define LEAST_BETWEEN 1.0
#define MOST_BETWEEN  30.0

static const char *phase_name(hbl_phase phase)
{
    switch (phase) {
    case HBL_PHASE_WARMUP:
        return "warm-up";
    case HBL_PHASE_SAMPLING:
        return "sampling";
    case HBL_PHASE_DONE:
        return "done";
    }
    return "";
}

static const char *phase_colour(hbl_phase phase)
{
    return phase == HBL_PHASE_WARMUP ? "\033[33m" : "\033[32m";
}

bool cli_terminal_in_place(void)
{
    const char *term = getenv("TERM");

    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

bool cli_terminal_open(cli_terminal *terminal, size_t n_chains)
{
    const char *no_color = getenv("NO_COLOR");

    memset(terminal, 0, sizeof *terminal);
    terminal->in_place = cli_terminal_in_place();
    terminal->colour = terminal->in_place && !(no_color && *no_color);
    terminal->n_chains = n_chains;
    terminal->line = calloc(n_chains, sizeof *terminal->line);
    return terminal->line != NULL;
}

void cli_terminal_close(cli_terminal *terminal)
{
    free(terminal->line);
    terminal->line = NULL;
}

int cli_terminal_width(void)
{
    struct winsize size;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

static double share_done(const hbl_progress *now)
{
    return now->n_sweeps ? (double)now->sweep / (double)now->n_sweeps : 0.0;
}

void cli_terminal_time(double seconds, char *text, size_t size)
{
    if (!(seconds >= 0) || seconds > 1e8) {
        snprintf(text, size, "-");
        return;
    }
    const long s = lround(ceil(seconds));
    if (s < 3600)
        snprintf(text, size, "%ld:%02ld", s / 60, s % 60);
    else
        snprintf(text, size, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

/* ---- on a terminal ---- */

static void draw_line(const cli_terminal *terminal, size_t chain, int width)
{
    const hbl_progress *now = &terminal->line[chain].now;
    char bar[WIDEST_BAR + 1], left[32];
    int length = width - REST_OF_LINE;

    length = length > WIDEST_BAR ? WIDEST_BAR : length < 0 ? 0 : length;
    const int filled = (int)(share_done(now) * length + 0.5);
    for (int i = 0; i < length; i++)
        bar[i] = i < filled ? '#' : '.';
    bar[length] = '\0';
    cli_terminal_time(now->phase == HBL_PHASE_DONE ? 0.0 : now->seconds_left, left, sizeof left);
    fprintf(stderr, "\r\033[Kchain %zu %s%s%s %-8s %3.0f %% %8.0f sweeps/s accept %.2f %7s left\n",
            chain + 1, terminal->colour ? phase_colour(now->phase) : "", bar,
            terminal->colour ? "\033[0m" : "", phase_name(now->phase), 100.0 * share_done(now),
            now->sweeps_per_second, now->acceptance, left);
}

static void redraw(cli_terminal *terminal)
{
    const int width = cli_terminal_width();

    if (terminal->n_drawn)
        fprintf(stderr, "\033[%zuA", terminal->n_drawn);
    for (size_t chain = 0; chain < terminal->n_chains; chain++) {
        if (terminal->line[chain].now.n_sweeps)
            draw_line(terminal, chain, width);
        else
            fprintf(stderr, "\r\033[Kchain %zu\n", chain + 1);
    }
    terminal->n_drawn = terminal->n_chains;
    fflush(stderr);
}

/* ---- elsewhere ---- */

static void tell(cli_chain_line *line)
{
    const hbl_progress *now = &line->now;
    const unsigned quarters = (unsigned)(4.0 * share_done(now));
    const double time = cli_clock();
    char left[32];

    if (line->told == 0.0)
        line->told = time;
    const double waited = time - line->told;
    const bool quarter = quarters > line->quarters && waited >= LEAST_BETWEEN;
    if (now->phase != HBL_PHASE_DONE && !quarter && waited < MOST_BETWEEN)
        return;
    line->quarters = quarters;
    line->told = time;
    cli_terminal_time(now->phase == HBL_PHASE_DONE ? 0.0 : now->seconds_left, left, sizeof left);
    fprintf(stderr,
            "chain %zu of %zu: %s, %.0f %% of %llu sweeps, %.0f sweeps/s, acceptance %.2f, "
            "%s left\n",
            now->chain, now->n_chains, phase_name(now->phase), 100.0 * share_done(now),
            (unsigned long long)now->n_sweeps, now->sweeps_per_second, now->acceptance, left);
}

void cli_terminal_progress(void *context, const hbl_progress *progress)
{
    cli_terminal *terminal = context;

    if (progress->chain < 1 || progress->chain > terminal->n_chains)
        return;
    terminal->line[progress->chain - 1].now = *progress;
    if (terminal->in_place)
        redraw(terminal);
    else
        tell(&terminal->line[progress->chain - 1]);
}

/* ---- an optimiser ---- */

void cli_terminal_iteration(void *context, const hbl_msl_progress *now)
{
    (void)context;
    if (now->start > now->n_starts)
        fprintf(stderr, "repeat %d, ", now->start - now->n_starts);
    else if (now->n_starts > 1)
        fprintf(stderr, "start %d of %d, ", now->start, now->n_starts);
    fprintf(stderr, "iteration %3d: log-likelihood %.4f, g'H^-1 g %8.2e, step %8.2e, %.1f s\n",
            now->iteration, now->log_likelihood, now->decrement, now->step, now->seconds);
}
