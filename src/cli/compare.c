/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hblogit compare: fitted runs side by side; of a model file, Bayes and simulated likelihood.
 */
#include "hblogit/compare.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/sampling.h"
#include "hblogit/report.h"

enum { PATH_SIZE = CLI_PATH_SIZE, N_METHODS = 2 };
static const char *const methods[N_METHODS] = {"hb", "msl"};

/* ---- the report ---- */

static int show(const cli_arguments *arguments, const char *const *directory, size_t n)
{
    hbl_compare_options options = {.data = cli_option_value(arguments, "data")};
    hbl_error error = HBL_ERROR_INIT;
    hbl_comparison *comparison = NULL;
    int status = cli_threads_read(arguments, &options.threads);

    if (status)
        return status;
    if (hbl_compare(directory, n, &options, &comparison, &error))
        return cli_fail(&error);
    if (cli_option_given(arguments, "json"))
        status = hbl_report_comparison_json(stdout, comparison, &error);
    else if (cli_option_given(arguments, "csv"))
        status = hbl_report_comparison_csv(stdout, comparison, &error);
    else
        status = hbl_report_comparison(stdout, comparison, &error);
    hbl_comparison_free(comparison);
    return status ? cli_fail(&error) : CLI_DONE;
}

/* ---- of a model file: the fits come first ---- */

static int fit(const cli_arguments *arguments, const char *model_file, const char *method,
               const char *directory)
{
    const size_t n = arguments->n_settings;
    const char **setting = malloc((n + 1) * sizeof *setting);
    hbl_fit_options options = {.directory = directory,
                               .overwrite = cli_option_given(arguments, "force"),
                               .command = arguments->line};
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;
    hbl_model *model = NULL;
    char by_method[16];
    int status;

    if (!setting) {
        cli_error("out of memory for the command line");
        return CLI_FAILED;
    }
    for (size_t i = 0; i < n; i++)
        setting[i] = arguments->setting[i];
    snprintf(by_method, sizeof by_method, "method=%s", method);
    setting[n] = by_method;
    status = hbl_spec_read(model_file, setting, n + 1, &spec, &error) ? cli_fail(&error) : CLI_DONE;
    if (!status)
        status = cli_threads_read(arguments, &options.threads);
    if (!status)
        status = cli_model_build(arguments, spec, &model);
    if (!status)
        status = cli_sample(arguments, hbl_fit, spec, model, &options);
    if (!status)
        status = cli_summary_write(arguments, spec, model, &options);
    hbl_model_free(model);
    hbl_spec_free(spec);
    free(setting);
    return status;
}

/* --output, or the model file's name without .json, in the working directory. */
static int name_directories(const cli_arguments *arguments, char directory[N_METHODS][PATH_SIZE])
{
    const char *output = cli_option_value(arguments, "output"), *model = arguments->operand[0];
    const char *slash = strrchr(model, '/'), *name = output ? output : slash ? slash + 1 : model;
    const size_t length = strlen(name);
    const bool json = !output && length > 5 && strcmp(name + length - 5, ".json") == 0;

    for (size_t m = 0; m < N_METHODS; m++) {
        const int written = snprintf(directory[m], PATH_SIZE, "%.*s.%s.run",
                                     (int)(json ? length - 5 : length), name, methods[m]);
        if (written < 0 || written >= PATH_SIZE - 32) {
            cli_error("the name of the run directory is too long");
            return CLI_USAGE;
        }
    }
    return CLI_DONE;
}

static int fit_both(const cli_arguments *arguments)
{
    char directory[N_METHODS][PATH_SIZE];
    const char *const list[N_METHODS] = {directory[0], directory[1]};
    int status = name_directories(arguments, directory);

    for (size_t m = 0; !status && m < N_METHODS; m++)
        status = fit(arguments, arguments->operand[0], methods[m], directory[m]);
    return status ? status : show(arguments, list, N_METHODS);
}

static bool is_file(const char *path)
{
    struct stat it;
    return stat(path, &it) == 0 && S_ISREG(it.st_mode);
}

static int run(const cli_arguments *arguments)
{
    if (cli_option_given(arguments, "json") && cli_option_given(arguments, "csv")) {
        cli_error("--json and --csv exclude each other; give one of them");
        return CLI_USAGE;
    }
    if (arguments->n_operands == 1 && is_file(arguments->operand[0]))
        return fit_both(arguments);
    if (arguments->n_operands == 1) {
        cli_error("hblogit compare needs two run directories or more, or a model file; \"%s\" is "
                  "no file",
                  arguments->operand[0]);
        return CLI_USAGE;
    }
    return show(arguments, (const char *const *)arguments->operand, arguments->n_operands);
}

static const cli_option options[] = {
    {"json", NULL, "as JSON", NULL},
    {"csv", NULL, "as CSV, a row a parameter and run", NULL},
    {"output", "STEM", "of a model file: fit into STEM.hb.run and STEM.msl.run", NULL},
    {"force", NULL, "of a model file: overwrite runs that are there already", NULL},
    CLI_MODEL_OPTIONS,
    {"threads", "N", "threads to use (one a processor); the results do not depend on it", NULL},
    {"quiet", NULL, "no progress", NULL},
    {NULL, NULL, NULL, NULL},
};

const cli_command cli_compare_command = {
    .name = "compare",
    .operands = "DIR DIR...",
    .help = "fitted runs side by side; of a MODEL.json, hb and msl",
    .details =
        "Coefficient by coefficient, standard deviations and correlations, persons' means,\n"
        "log-likelihoods on one simulator, root likelihood and hit rate; and in words where\n"
        "runs disagree by more than their errors, with what the runs give as the cause.\n"
        "Takes runs by any method on the same data. Given a model file it first fits it by\n"
        "hierarchical Bayes and by simulated likelihood.\n",
    .least_operands = 1,
    .most_operands = 16,
    .options = options,
    .run = run,
};
