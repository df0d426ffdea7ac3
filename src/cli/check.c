/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hblogit check: describe model and data, and what cannot be estimated.
 */
#include "cli/cli.h"
#include "hblogit/report.h"

static int report(const hbl_spec *spec, const hbl_model *model)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_findings *findings = NULL;
    int status = CLI_DONE;

    if (hbl_model_check(model, &spec->hb.prior, &findings, &error))
        return cli_fail(&error);
    for (size_t i = 0; i < findings->n_findings; i++)
        if (findings->finding[i].severity == HBL_FINDING_ERROR)
            status = CLI_USAGE;
    if (hbl_report_check(stdout, spec, model, findings, &error))
        status = cli_fail(&error);
    hbl_findings_free(findings);
    return status;
}

static int run(const cli_arguments *arguments)
{
    hbl_spec *spec = NULL;
    hbl_model *model = NULL;
    int status = cli_spec_read(arguments, &spec);

    if (!status)
        status = cli_model_build(spec, &model);
    if (!status)
        status = report(spec, model);
    hbl_model_free(model);
    hbl_spec_free(spec);
    return status;
}

static const cli_option options[] = {CLI_MODEL_OPTIONS, {NULL, NULL, NULL, NULL}};

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
