/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hblogit fit: estimate a model into a run directory, and show what came out.
 */
#include <string.h>

#include "cli/cli.h"
#include "cli/sampling.h"

enum { PATH_SIZE = CLI_PATH_SIZE };

/* ---- what was asked for ---- */

static int check_method(const char *method)
{
    static const char *const known[] = {"hb", "msl", "mnl"};
    enum { N_KNOWN = sizeof known / sizeof *known };

    for (size_t i = 0; i < N_KNOWN; i++)
        if (strcmp(method, known[i]) == 0)
            return CLI_DONE;
    return cli_unknown("method", method, known, N_KNOWN);
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
    const hbl_prior *prior = strcmp(spec->method, "hb") == 0 ? &spec->hb.prior : NULL;
    int status = CLI_DONE;

    if (hbl_model_check(model, prior, &findings, &error))
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

/* What was inferred or chosen for the user: the reference alternative, base levels, indexes. */
static void tell_remarks(const hbl_model *model)
{
    size_t n = 0;
    const char *const *remark = hbl_model_remarks(model, &n);

    for (size_t i = 0; i < n; i++)
        cli_note("%s", remark[i]);
}

/* ---- the job ---- */

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
        status = cli_threads_read(arguments, &options.threads);
    if (!status)
        status = cli_model_build(arguments, spec, &model);
    if (!status)
        status = tell_findings(spec, model);
    if (!status && !cli_option_given(arguments, "quiet"))
        tell_remarks(model);
    if (!status)
        status = cli_sample(arguments, hbl_fit, spec, model, &options);
    if (!status)
        status = cli_conclude(arguments, spec, model, &options);
    hbl_model_free(model);
    return status;
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
    {"method", "NAME", "hb, msl or mnl, whatever the model file says", "method"},
    CLI_MODEL_OPTIONS,
    {"seed", "N", "short for --set hb.seed=N, or msl.seed", "*.seed"},
    {"chains", "N", "short for --set hb.chains=N", "*.chains"},
    {"warmup", "N", "short for --set hb.warmup=N", "*.warmup"},
    {"draws", "N", "short for --set hb.draws=N (kept, a chain), or msl.draws (a person)",
     "*.draws"},
    {"threads", "N", "threads to use (one a processor); the results do not depend on it", NULL},
    {"strict", NULL, "exit with 3 where chains or optimiser have not converged", NULL},
    {"quiet", NULL, "no progress and no closing line", NULL},
    {NULL, NULL, NULL, NULL},
};

const cli_command cli_fit_command = {
    .name = "fit",
    .operands = "MODEL.json",
    .help = "estimate a model into a run directory",
    .details =
        "Methods: hb, hierarchical Bayes; msl, maximum simulated likelihood; mnl, the\n"
        "multinomial logit, every coefficient the same for everyone.\n\n"
        "By hb, where neither warmup, draws nor thin is set, chains that have not converged are\n"
        "made anew, longer, up to hb.lengthen times as long; --set hb.lengthen=1 does without.\n\n"
        "Progress goes to standard error, the table of estimates to standard output.\n"
        "The first interrupt stops between two sweeps or iterations and leaves readable files,\n"
        "from which hblogit resume goes on (by hb), or the best estimates so far (by msl); the\n"
        "second leaves at once.\n",
    .least_operands = 1,
    .most_operands = 1,
    .options = options,
    .run = run,
};
