/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hblogit resume: go on with a run that was cut off, or add draws to one that was not.
 */
#include <string.h>

#include "cli/sampling.h"

/* A finished run lacks nothing, but perhaps the tables, which come last, and the fit that was to
 * follow where its chains have not converged. */
static int resume_spec(const cli_arguments *arguments, const char *directory, const hbl_spec *spec,
                       bool finished)
{
    hbl_fit_options options = {.directory = directory, .command = arguments->line};
    hbl_model *model = NULL;
    int status = cli_threads_read(arguments, &options.threads);

    if (!status)
        status = cli_model_build(arguments, spec, &model);
    if (!status && !finished)
        status = cli_sample(arguments, hbl_resume, spec, model, &options);
    if (!status)
        status = cli_conclude(arguments, spec, model, &options);
    hbl_model_free(model);
    return status;
}

static int resume(const cli_arguments *arguments, const char *directory)
{
    hbl_error error = HBL_ERROR_INIT;
    const bool more = cli_option_given(arguments, "draws");
    hbl_run_status before;
    hbl_spec *spec = NULL;
    bool draws;
    int status = cli_run_method(directory, &draws);

    if (!status && !draws) {
        cli_error(
            "%s: a run by point estimation has nothing to resume; run hblogit fit again, with "
            "--force",
            directory);
        status = CLI_USAGE;
    }
    if (status)
        return status;
    if (hbl_resume_read(directory, (const char *const *)arguments->setting, arguments->n_settings,
                        &spec, &before, &error))
        return cli_fail(&error);
    if (more)
        spec->hb.lengthen = 1;
    else if (before == HBL_RUN_DONE)
        cli_warning("%s is finished; --draws N would add draws to it", directory);
    status = resume_spec(arguments, directory, spec, before == HBL_RUN_DONE && !more);
    hbl_spec_free(spec);
    return status;
}

static int run(const cli_arguments *arguments)
{
    const double start = cli_clock();
    const char *directory = arguments->operand[0];
    int status;

    if (strlen(directory) >= CLI_PATH_SIZE - 32) {
        cli_error("the name of the run directory is too long");
        return CLI_USAGE;
    }
    status = resume(arguments, directory);
    if ((status == CLI_DONE || status == CLI_NOT_CONVERGED) &&
        !cli_option_given(arguments, "quiet"))
        cli_closing_line(arguments->line, cli_clock() - start);
    return status;
}

static const cli_option options[] = {
    {"draws", "N", "draws a chain in the end: adds to a run that has fewer", "hb.draws"},
    {"data", "FILE", "where the data are now, if they were moved; they must be the same",
     "data.file"},
    {"threads", "N", "threads to use (one a processor); the draws do not depend on it", NULL},
    {"strict", NULL, "exit with 3 where the chains have not converged", NULL},
    {"quiet", NULL, "no progress and no closing line", NULL},
    {NULL, NULL, NULL, NULL},
};

const cli_command cli_resume_command = {
    .name = "resume",
    .operands = "DIR",
    .help = "go on with an interrupted run, or add draws to a finished one",
    .details =
        "Goes on from the last checkpoint of the run and ends as if it had never stopped, with\n"
        "the same bytes in the chain files. A run without a checkpoint yet starts over.\n",
    .least_operands = 1,
    .most_operands = 1,
    .options = options,
    .run = run,
};
