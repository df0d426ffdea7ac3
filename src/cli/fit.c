/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hblogit fit: estimate a model into a run directory, and show what came out.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "hblogit/report.h"
#include "hblogit/run.h"

enum { PATH_SIZE = 4096 };

/* ---- what was asked for ---- */

static int check_method(const char *method)
{
    static const char *const known[] = {"hb", "msl", "mnl"};

    if (strcmp(method, "hb") == 0)
        return CLI_DONE;
    if (strcmp(method, "msl") == 0 || strcmp(method, "mnl") == 0) {
        cli_error("method \"%s\" is not available in this version (%s); use \"hb\"", method,
                  hbl_version());
        return CLI_USAGE;
    }
    return cli_unknown("method", method, known, sizeof known / sizeof *known);
}

/* --threads: a whole number from 1; 0, one a processor, where it was not given. */
static int read_threads(const cli_arguments *arguments, int *threads)
{
    const char *text = cli_option_value(arguments, "threads");
    char *end;

    *threads = 0;
    if (!text)
        return CLI_DONE;
    errno = 0;
    const long value = strtol(text, &end, 10);
    if (end == text || *end || errno || value < 1 || value > 1024) {
        cli_error("--threads needs a whole number from 1 to 1024, not \"%s\"", text);
        return CLI_USAGE;
    }
    *threads = (int)value;
    return CLI_DONE;
}

/* --output, or the model file's name with .run for .json, in the working directory. */
static int name_directory(const cli_arguments *arguments, char directory[PATH_SIZE])
{
    const char *output = cli_option_value(arguments, "output");
    const char *model = arguments->operand[0];
    const char *slash = strrchr(model, '/'), *name = slash ? slash + 1 : model;
    const size_t length = strlen(name);
    const size_t stem = length > 5 && strcmp(name + length - 5, ".json") == 0 ? length - 5 : length;
    int written;

    if (output)
        written = snprintf(directory, PATH_SIZE, "%s", output);
    else
        written = snprintf(directory, PATH_SIZE, "%.*s.run", (int)stem, name);
    if (written > 0 && written < PATH_SIZE - 32)
        return CLI_DONE;
    cli_error("the name of the run directory is %s", written > 0 ? "too long" : "empty");
    return CLI_USAGE;
}

/* ---- before ---- */

/* Warnings to standard error; ERROR findings end the command. */
static int tell_findings(const hbl_spec *spec, const hbl_model *model)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_findings *findings = NULL;
    int status = CLI_DONE;

    if (hbl_model_check(model, &spec->hb.prior, &findings, &error))
        return cli_fail(&error);
    for (size_t i = 0; i < findings->n_findings; i++) {
        const hbl_finding *finding = &findings->finding[i];
        if (finding->severity == HBL_FINDING_WARNING)
            cli_warning("%s", finding->text);
        if (finding->severity == HBL_FINDING_ERROR) {
            cli_error("%s", finding->text);
            status = CLI_USAGE;
        }
    }
    hbl_findings_free(findings);
    return status;
}

/* ---- after ---- */

typedef int report_function(FILE *out, const hbl_summary *summary, hbl_error *error);

static int write_report(const char *directory, const char *name, report_function *report,
                        const hbl_summary *summary)
{
    char path[PATH_SIZE];
    hbl_error error = HBL_ERROR_INIT;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *out = fopen(path, "w");
    int failed = !out || report(out, summary, &error);
    if (out && fclose(out))
        failed = 1;
    if (!failed)
        return CLI_DONE;
    if (error.status != HBL_OK && error.status != HBL_ERR_WRITE)
        return cli_fail(&error);
    cli_error("%s could not be written: %s", path, strerror(errno));
    return CLI_NOT_WRITTEN;
}

static int show(const cli_arguments *arguments, const char *directory, const hbl_summary *summary)
{
    hbl_error error = HBL_ERROR_INIT;
    int status = write_report(directory, "summary.csv", hbl_report_summary_csv, summary);

    if (!status)
        status = write_report(directory, "diagnostics.json", hbl_report_summary_json, summary);
    if (status)
        return status;
    if (hbl_report_summary(stdout, summary, &error))
        return cli_fail(&error);
    status = cli_finish(CLI_DONE);
    if (status || summary->converged)
        return status;
    cli_warning("not converged: worst R-hat %.3f, least bulk ESS %.0f, least tail ESS %.0f; "
                "see hblogit diagnose %s",
                ceil(1000 * summary->worst_rhat) / 1000, floor(summary->least_ess_bulk),
                floor(summary->least_ess_tail), directory); /* rounded as in the table above */
    return cli_option_given(arguments, "strict") ? CLI_NOT_CONVERGED : CLI_DONE;
}

static int summarise(const cli_arguments *arguments, const char *directory)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_summary *summary = NULL;

    if (hbl_summary_read(directory, &summary, &error))
        return cli_fail(&error);
    const int status = show(arguments, directory, summary);
    hbl_summary_free(summary);
    return status;
}

/* ---- the job ---- */

static int sample(const cli_arguments *arguments, const hbl_spec *spec, const hbl_model *model,
                  hbl_fit_options *options)
{
    hbl_error error = HBL_ERROR_INIT;
    cli_terminal terminal;

    if (!cli_terminal_open(&terminal, (size_t)spec->hb.chains)) {
        cli_error("out of memory for the progress lines");
        return CLI_FAILED;
    }
    if (!cli_option_given(arguments, "quiet")) {
        options->progress = cli_terminal_progress;
        options->context = &terminal;
    }
    options->stop = &cli_stop;
    cli_signals_catch();
    const int status = hbl_fit(spec, model, options, &error);
    cli_signals_restore();
    cli_terminal_close(&terminal);
    return status ? cli_fail(&error) : CLI_DONE;
}

static int fit_spec(const cli_arguments *arguments, const hbl_spec *spec)
{
    char directory[PATH_SIZE];
    hbl_fit_options options = {.directory = directory,
                               .overwrite = cli_option_given(arguments, "force"),
                               .command = arguments->line};
    hbl_model *model = NULL;
    int status = check_method(spec->method);

    if (!status)
        status = name_directory(arguments, directory);
    if (!status)
        status = read_threads(arguments, &options.threads);
    if (!status)
        status = cli_model_build(spec, &model);
    if (!status)
        status = tell_findings(spec, model);
    if (!status)
        status = sample(arguments, spec, model, &options);
    hbl_model_free(model);
    return status ? status : summarise(arguments, directory);
}

static int run(const cli_arguments *arguments)
{
    const double start = cli_clock();
    const char *method = cli_option_value(arguments, "method");
    hbl_spec *spec = NULL;
    int status = method ? check_method(method) : CLI_DONE;

    if (!status)
        status = cli_spec_read(arguments, &spec);
    if (!status)
        status = fit_spec(arguments, spec);
    hbl_spec_free(spec);
    if ((status == CLI_DONE || status == CLI_NOT_CONVERGED) &&
        !cli_option_given(arguments, "quiet"))
        cli_closing_line(arguments->line, cli_clock() - start);
    return status;
}

static const cli_option options[] = {
    {"output", "DIR", "the run directory (MODEL.run in the working directory)", NULL},
    {"force", NULL, "overwrite a run that is there already", NULL},
    {"method", "NAME", "hb, whatever the model file says (msl and mnl come later)", "method"},
    CLI_MODEL_OPTIONS,
    {"seed", "N", "short for --set hb.seed=N", "hb.seed"},
    {"chains", "N", "short for --set hb.chains=N", "hb.chains"},
    {"warmup", "N", "short for --set hb.warmup=N", "hb.warmup"},
    {"draws", "N", "short for --set hb.draws=N: draws kept, a chain", "hb.draws"},
    {"threads", "N", "threads to use (one a processor); the draws do not depend on it", NULL},
    {"strict", NULL, "exit with 3 where the chains have not converged", NULL},
    {"quiet", NULL, "no progress and no closing line", NULL},
    {NULL, NULL, NULL, NULL},
};

const cli_command cli_fit_command = {
    .name = "fit",
    .operands = "MODEL.json",
    .help = "estimate a model into a run directory",
    .details =
        "Progress goes to standard error, the table of estimates to standard output.\n"
        "The first interrupt stops between two sweeps and leaves readable files, the second\n"
        "leaves at once.\n",
    .least_operands = 1,
    .most_operands = 1,
    .options = options,
    .run = run,
};
