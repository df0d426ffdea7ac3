/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the program share. The program is a user of the library: it includes
 * "hblogit/..." and "cli/..." headers only, and its own names begin with cli_.
 *
 * A command is one file that ends in its descriptor, and one line in the table of main.c.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "hblogit/error.h"
#include "hblogit/model.h"

/* Exit codes. */
enum {
    CLI_DONE = 0,
    CLI_FAILED = 1,
    CLI_USAGE = 2,         /* wrong usage, model or data */
    CLI_NOT_CONVERGED = 3, /* finished, but the diagnostics say not converged */
    CLI_NOT_WRITTEN = 4,
    CLI_INTERRUPTED = 130,
};

/* ---- options ---- */

/* One option of a command; parsing and help both come from it. */
typedef struct {
    const char *name;     /* "output" for --output */
    const char *argument; /* "DIR"; NULL where the option takes none */
    const char *help;
    const char *setting; /* "hb.draws" where --draws N means --set hb.draws=N; "*.draws" where it is
                            that of the method in use; else NULL */
} cli_option;

enum { CLI_MAX_OPTIONS = 24, CLI_LINE_SIZE = 1024 };

/* A command line, parsed. */
typedef struct {
    const cli_option *options;
    const char *value[CLI_MAX_OPTIONS]; /* as options: NULL not given, "" for a flag */
    char *const *operand;
    size_t n_operands;
    char **setting; /* "section.key=value", from --set and its shorthands, or
                        hypotheses from --hypothesis, in order */
    size_t n_settings;
    char line[CLI_LINE_SIZE]; /* the command line as it was given: "fit model.json --seed 2" */
} cli_arguments;

typedef struct {
    const char *name, *operands, *help;
    const char *details; /* further lines of help; may be NULL */
    size_t least_operands, most_operands;
    const cli_option *options; /* ends with a name of NULL; --help comes by itself */
    int (*run)(const cli_arguments *arguments);
} cli_command;

extern const cli_command *const cli_commands[]; /* NULL-terminated, in the order of the help */
extern const cli_command cli_check_command, cli_compare_command, cli_diagnose_command,
    cli_fit_command, cli_help_command, cli_resume_command, cli_simulate_command,
    cli_summary_command, cli_test_command;

const cli_command *cli_command_find(const char *name);

/* CLI_DONE, or CLI_USAGE after saying what is wrong. argv[0] is the name of the command. */
int cli_arguments_parse(const cli_command *command, int argc, char **argv,
                        cli_arguments *arguments);
void cli_arguments_free(cli_arguments *arguments);

/* The value of --name, NULL where it was not given. */
const char *cli_option_value(const cli_arguments *arguments, const char *name);
bool cli_option_given(const cli_arguments *arguments, const char *name);

/* ---- help (help.c) ---- */

void cli_help_overview(FILE *out);
void cli_help_command_page(FILE *out, const cli_command *command);

/* ---- messages and endings (message.c) ---- */

/* "hblogit: ..." on standard error. */
void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void cli_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void cli_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Tells the error of a failed library call; returns the exit code for it. */
int cli_fail(const hbl_error *error);

/* Says that there is no word of that kind, and which comes nearest; returns CLI_USAGE. */
int cli_unknown(const char *kind, const char *word, const char *const *candidates, size_t n);

/* Flushes standard output: status, or CLI_NOT_WRITTEN after saying why; where status is that
 * already, it has been told. */
int cli_finish(int status);

/* One line with version, command, time and memory: how a long job ends. */
void cli_closing_line(const char *command, double seconds);

/* Seconds on a clock that only goes forward. */
double cli_clock(void);

/* ---- model files (spec.c) ---- */

/* The options of every command that reads a model file. */
#define CLI_MODEL_OPTIONS                                                                          \
    {"data", "FILE", "read FILE instead of the model file's data.file", "data.file"},              \
    {                                                                                              \
        "set", "KEY=VALUE", "change any setting of the model file: --set hb.draws=5000", NULL      \
    }

/* Reads the model file that is the first operand, with --data, --set and the shorthands applied,
 * those of "*" to the method in use; returns an exit code, after saying what is wrong. */
int cli_spec_read(const cli_arguments *arguments, hbl_spec **spec);

/* Reads data and resolves names, with progress unless --quiet was given; says "simulate first"
 * where the data are still to be made. */
int cli_model_build(const cli_arguments *arguments, const hbl_spec *spec, hbl_model **model);

#endif
