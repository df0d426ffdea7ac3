/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hblogit: the table of commands, and the way from a command line to one of them.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/signals.h"
#include "hblogit/run.h"

const cli_command *const cli_commands[] = {
    &cli_fit_command,     &cli_check_command,
    &cli_summary_command, &cli_diagnose_command,
    &cli_compare_command, &cli_test_command,
    &cli_resume_command,  &cli_simulate_command,
    &cli_help_command,    NULL,
};

/* Commands that later versions bring, so that asking for one gets an honest answer. */
static const char *const later[] = {"predict", "elasticities", "wtp", "report", "export"};
enum { N_LATER = sizeof later / sizeof *later };

const cli_command *cli_command_find(const char *name)
{
    for (size_t i = 0; cli_commands[i]; i++)
        if (strcmp(cli_commands[i]->name, name) == 0)
            return cli_commands[i];
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[32];
    size_t n = 0;

    for (size_t i = 0; i < N_LATER; i++)
        if (strcmp(later[i], name) == 0) {
            cli_error("%s is not available in this version (%s)", name, hbl_version());
            return CLI_USAGE;
        }
    for (; cli_commands[n]; n++)
        names[n] = cli_commands[n]->name;
    return cli_unknown("command", name, names, n);
}

/* --help among the arguments wins over everything else that may be wrong with them. */
static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int run_command(const cli_command *command, int argc, char **argv)
{
    cli_arguments arguments;
    int status;

    if (asks_for_help(argc, argv)) {
        cli_help_command_page(stdout, command);
        return CLI_DONE;
    }
    status = cli_arguments_parse(command, argc, argv, &arguments);
    if (status == CLI_DONE)
        status = command->run(&arguments);
    cli_arguments_free(&arguments);
    return status;
}

/* Where a standard stream is closed, the next file opened would take its number, and a table meant
 * for the screen would land in a chain file. Fill the gap with something that refuses. */
static void fill_closed_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            _exit(CLI_FAILED);
}

int main(int argc, char **argv)
{
    const cli_command *command;

    fill_closed_streams();
    cli_signals_ignore();
    if (argc < 2) {
        cli_help_overview(stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("hblogit %s\n", hbl_version());
        return cli_finish(CLI_DONE);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        cli_help_overview(stdout);
        return cli_finish(CLI_DONE);
    }
    if (argv[1][0] == '-') {
        cli_error("there is no option \"%s\" before the command; see hblogit --help", argv[1]);
        return CLI_USAGE;
    }
    command = cli_command_find(argv[1]);
    if (!command)
        return unknown_command(argv[1]);
    return cli_finish(run_command(command, argc - 1, argv + 1));
}
