/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hblogit check: describe model and data, and what cannot be estimated.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "hblogit/report.h"

static int report(const hbl_spec *spec, const hbl_model *model)
{
    const bool hb = strcmp(spec->method, "hb") == 0;
    hbl_error error = HBL_ERROR_INIT;
    hbl_findings *findings = NULL;
    int status = CLI_DONE;

    if (hbl_model_check(model, hb ? &spec->hb.prior : NULL, &findings, &error))
        return cli_fail(&error);
    for (size_t i = 0; i < findings->n_findings; i++)
        if (findings->finding[i].severity == HBL_FINDING_ERROR)
            status = CLI_USAGE;
    if (hbl_report_check(stdout, spec, model, findings, &error))
        status = cli_fail(&error);
    hbl_findings_free(findings);
    return status;
}

/* ---- --design FILE: written beside its place, and moved there when it is whole ---- */

static int not_written(const char *path)
{
    cli_error("%s could not be written: %s", path, strerror(errno));
    return CLI_NOT_WRITTEN;
}

static int write_whole(const hbl_model *model, const char *path, const char *unfinished)
{
    FILE *file = fopen(unfinished, "w");
    int status = CLI_DONE;

    if (!file)
        return not_written(path);
    if (hbl_model_write_design(model, file, NULL))
        status = not_written(path);
    if (fclose(file) && !status)
        status = not_written(path);
    if (!status && rename(unfinished, path))
        status = not_written(path);
    if (status)
        remove(unfinished);
    return status;
}

static int write_design(const hbl_model *model, const char *path, bool force)
{
    char unfinished[4096];
    const int length = snprintf(unfinished, sizeof unfinished, "%s.part", path);

    if (!path[0] || length < 0 || length >= (int)sizeof unfinished) {
        cli_error("the name of the design's file is %s", path[0] ? "too long" : "empty");
        return CLI_USAGE;
    }
    if (!force && access(path, F_OK) == 0) {
        cli_error("%s is there already; --force overwrites it", path);
        return CLI_USAGE;
    }
    return write_whole(model, path, unfinished);
}

static int run(const cli_arguments *arguments)
{
    const char *design = cli_option_value(arguments, "design");
    hbl_spec *spec = NULL;
    hbl_model *model = NULL;
    int status = cli_spec_read(arguments, &spec);

    if (!status)
        status = cli_model_build(arguments, spec, &model);
    if (!status && design)
        status = write_design(model, design, cli_option_given(arguments, "force"));
    if (!status)
        status = report(spec, model);
    hbl_model_free(model);
    hbl_spec_free(spec);
    return status;
}

static const cli_option options[] = {
    {"design", "FILE.csv", "write the design matrix to FILE.csv", NULL},
    {"force", NULL, "overwrite FILE.csv if it is there already", NULL},
    {"method", "NAME", "short for --set method=NAME: hb, msl or mnl", "method"},
    CLI_MODEL_OPTIONS,
    {NULL, NULL, NULL, NULL},
};

const cli_command cli_check_command = {
    .name = "check",
    .operands = "MODEL.json",
    .help = "describe model and data, and what cannot be estimated",
    .details = "Nothing is fitted. Exits with 2 where a fit would be meaningless.\n",
    .least_operands = 1,
    .most_operands = 1,
    .options = options,
    .run = run,
};
