/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Command lines: getopt_long, fed from a command's table of options.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

/* getopt_long reports option i as FIRST + i, so that it is no letter. */
enum { FIRST = 256 };

static size_t count_options(const cli_option *options)
{
    size_t n = 0;
    while (options[n].name)
        n++;
    return n;
}

static int unknown_option(const cli_command *command, const char *text)
{
    const char *names[CLI_MAX_OPTIONS + 1];
    const size_t n = count_options(command->options);
    char word[64];

    for (size_t i = 0; i < n; i++)
        names[i] = command->options[i].name;
    names[n] = "help";
    snprintf(word, sizeof word, "%.*s", (int)strcspn(text, "="), text);
    while (word[0] == '-')
        memmove(word, word + 1, strlen(word));
    const char *nearest = hbl_nearest(word, names, n + 1);
    if (nearest)
        cli_error("hblogit %s has no option \"%s\"; did you mean \"--%s\"?", command->name, text,
                  nearest);
    else
        cli_error("hblogit %s has no option \"%s\"; see hblogit help %s", command->name, text,
                  command->name);
    return CLI_USAGE;
}

/* Appends "name=value", or value alone where name is NULL. */
static int add_setting(cli_arguments *arguments, const char *name, const char *value)
{
    const size_t size = (name ? strlen(name) + 1 : 0) + strlen(value) + 1;
    char **longer = realloc(arguments->setting, (arguments->n_settings + 1) * sizeof *longer);
    char *text = malloc(size);

    if (longer)
        arguments->setting = longer;
    if (!longer || !text) {
        free(text);
        cli_error("out of memory for the command line");
        return CLI_FAILED;
    }
    if (name)
        snprintf(text, size, "%s=%s", name, value);
    else
        snprintf(text, size, "%s", value);
    arguments->setting[arguments->n_settings++] = text;
    return CLI_DONE;
}

static int take_option(cli_arguments *arguments, size_t i, const char *value)
{
    const cli_option *option = &arguments->options[i];

    arguments->value[i] = value ? value : "";
    if (option->setting)
        return add_setting(arguments, option->setting, value);
    if (strcmp(option->name, "set") == 0 || strcmp(option->name, "hypothesis") == 0)
        return add_setting(arguments, NULL, value);
    return CLI_DONE;
}

/* The letter where a short option is wrong, else the word of the command line. */
static int refuse(const cli_command *command, char **argv, int code)
{
    char letter[3] = {'-', (char)optopt, '\0'};

    if (optopt < FIRST)
        return unknown_option(command, optopt ? letter : argv[optind - 1]);
    const cli_option *option = &command->options[optopt - FIRST];
    if (code == ':')
        cli_error("--%s needs a value: --%s %s", option->name, option->name, option->argument);
    else
        cli_error("--%s takes no value", option->name);
    return CLI_USAGE;
}

static int check_operands(const cli_command *command, size_t n, char *const *operand)
{
    if (n < command->least_operands) {
        cli_error("hblogit %s needs %s; see hblogit help %s", command->name, command->operands,
                  command->name);
        return CLI_USAGE;
    }
    if (n > command->most_operands) {
        cli_error("hblogit %s does not take a further argument \"%s\"", command->name,
                  operand[command->most_operands]);
        return CLI_USAGE;
    }
    return CLI_DONE;
}

/* Before getopt_long moves the words about. */
static void keep_line(cli_arguments *arguments, int argc, char **argv)
{
    size_t n = 0;

    for (int i = 0; i < argc && n < sizeof arguments->line; i++)
        n += (size_t)snprintf(arguments->line + n, sizeof arguments->line - n, "%s%s", i ? " " : "",
                              argv[i]);
}

int cli_arguments_parse(const cli_command *command, int argc, char **argv, cli_arguments *arguments)
{
    struct option longs[CLI_MAX_OPTIONS + 1] = {{NULL, 0, NULL, 0}};
    const size_t n = count_options(command->options);
    int code;

    memset(arguments, 0, sizeof *arguments);
    arguments->options = command->options;
    keep_line(arguments, argc, argv);
    for (size_t i = 0; i < n; i++) {
        longs[i].name = command->options[i].name;
        longs[i].has_arg = command->options[i].argument ? required_argument : no_argument;
        longs[i].val = FIRST + (int)i;
    }
    opterr = 0;
    while ((code = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
        if (code == '?' || code == ':')
            return refuse(command, argv, code);
        const int status = take_option(arguments, (size_t)(code - FIRST), optarg);
        if (status)
            return status;
    }
    arguments->operand = argv + optind;
    arguments->n_operands = (size_t)(argc - optind);
    return check_operands(command, arguments->n_operands, arguments->operand);
}

void cli_arguments_free(cli_arguments *arguments)
{
    for (size_t i = 0; i < arguments->n_settings; i++)
        free(arguments->setting[i]);
    free(arguments->setting);
}

const char *cli_option_value(const cli_arguments *arguments, const char *name)
{
    for (size_t i = 0; arguments->options[i].name; i++)
        if (strcmp(arguments->options[i].name, name) == 0)
            return arguments->value[i];
    return NULL;
}

bool cli_option_given(const cli_arguments *arguments, const char *name)
{
    return cli_option_value(arguments, name) != NULL;
}
