/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hblogit simulate: choices drawn from the truth that a model file states.
 */
#include "hblogit/simulate.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

enum { PATH_SIZE = 4096, N_OUTPUTS = 3 };

/* An output is written beside its place and moved there when it is whole. */
typedef struct {
    char path[PATH_SIZE];
    char unfinished[PATH_SIZE]; /* where it is written first */
    FILE *file;
} output;

static int not_written(const char *path)
{
    cli_error("%s could not be written: %s", path, strerror(errno));
    return CLI_NOT_WRITTEN;
}

static bool name_output(output *o, int length, const char *stem, const char *ending)
{
    const int n = snprintf(o->path, PATH_SIZE, "%.*s%s", length, stem, ending);
    const int m = snprintf(o->unfinished, PATH_SIZE, "%.*s%s.part", length, stem, ending);

    o->file = NULL;
    return n < PATH_SIZE && m < PATH_SIZE;
}

/* FILE.csv, FILE.truth.csv, FILE.persons.csv. */
static int name_outputs(const char *file, output *outputs)
{
    static const char *const ending[N_OUTPUTS] = {".csv", ".truth.csv", ".persons.csv"};
    const size_t length = strlen(file);
    const bool csv = length > 4 && strcmp(file + length - 4, ".csv") == 0;
    const int stem = (int)(csv ? length - 4 : length);

    for (size_t i = 0; i < N_OUTPUTS; i++)
        if (length == 0 || length >= PATH_SIZE ||
            !name_output(&outputs[i], stem, file, i > 0 || csv ? ending[i] : "")) {
            cli_error("the name of the output is %s", length ? "too long" : "empty");
            return CLI_USAGE;
        }
    return CLI_DONE;
}

static int open_outputs(output *outputs, bool force)
{
    for (size_t i = 0; i < N_OUTPUTS; i++)
        if (!force && access(outputs[i].path, F_OK) == 0) {
            cli_error("%s is there already; --force overwrites it", outputs[i].path);
            return CLI_USAGE;
        }
    for (size_t i = 0; i < N_OUTPUTS; i++) {
        outputs[i].file = fopen(outputs[i].unfinished, "w");
        if (!outputs[i].file)
            return not_written(outputs[i].path);
    }
    return CLI_DONE;
}

/* Closes what is open and, where all went well, moves it into place. */
static int close_outputs(output *outputs, int status)
{
    for (size_t i = 0; i < N_OUTPUTS; i++)
        if (outputs[i].file && fclose(outputs[i].file) && !status)
            status = not_written(outputs[i].path);
    for (size_t i = 0; i < N_OUTPUTS; i++) {
        if (!status && rename(outputs[i].unfinished, outputs[i].path))
            status = not_written(outputs[i].path);
        if (status && outputs[i].file)
            remove(outputs[i].unfinished);
    }
    return status;
}

static int simulate_files(const hbl_spec *spec, const char *file, bool force)
{
    hbl_error error = HBL_ERROR_INIT;
    output outputs[N_OUTPUTS];
    int status = name_outputs(file, outputs);

    if (status)
        return status;
    status = open_outputs(outputs, force);
    if (!status && hbl_simulate(spec, outputs[0].file, outputs[1].file, outputs[2].file, &error))
        status = cli_fail(&error);
    return close_outputs(outputs, status);
}

static int run(const cli_arguments *arguments)
{
    const char *file = cli_option_value(arguments, "output");
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;
    int status = cli_spec_read(arguments, &spec);

    if (!status && file)
        status = simulate_files(spec, file, cli_option_given(arguments, "force"));
    else if (!status && hbl_simulate(spec, stdout, NULL, NULL, &error))
        status = cli_fail(&error);
    hbl_spec_free(spec);
    return status;
}

static const cli_option options[] = {
    {"output", "FILE.csv", "write FILE.csv, with FILE.truth.csv and FILE.persons.csv beside it",
     NULL},
    {"force", NULL, "overwrite files that are there already", NULL},
    {"seed", "N", "short for --set simulate.seed=N", "simulate.seed"},
    CLI_MODEL_OPTIONS,
    {NULL, NULL, NULL, NULL},
};

const cli_command cli_simulate_command = {
    .name = "simulate",
    .operands = "MODEL.json",
    .help = "choices drawn from the truth stated in the model file, as CSV",
    .details =
        "Without --output the choices go to standard output. Where \"simulate\" states people and\n"
        "tasks the rows are drawn too; otherwise choices are drawn on the rows of data.file.\n",
    .least_operands = 1,
    .most_operands = 1,
    .options = options,
    .run = run,
};
