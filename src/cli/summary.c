/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hblogit summary: the table of estimates of a run, again.
 */
#include "cli/cli.h"
#include "hblogit/report.h"

static int run(const cli_arguments *arguments)
{
    const bool json = cli_option_given(arguments, "json"), csv = cli_option_given(arguments, "csv");
    hbl_error error = HBL_ERROR_INIT;
    hbl_summary *summary = NULL;
    int status;

    if (json && csv) {
        cli_error("--json and --csv exclude each other; give one of them");
        return CLI_USAGE;
    }
    if (hbl_summary_read(arguments->operand[0], &summary, &error))
        return cli_fail(&error);
    if (json)
        status = hbl_report_summary_json(stdout, summary, &error);
    else if (csv)
        status = hbl_report_summary_csv(stdout, summary, &error);
    else
        status = hbl_report_summary(stdout, summary, &error);
    hbl_summary_free(summary);
    return status ? cli_fail(&error) : CLI_DONE;
}

static const cli_option options[] = {
    {"json", NULL, "as JSON, like diagnostics.json", NULL},
    {"csv", NULL, "as CSV, like summary.csv", NULL},
    {NULL, NULL, NULL, NULL},
};

const cli_command cli_summary_command = {
    .name = "summary",
    .operands = "DIR",
    .help = "the table of estimates of a run again",
    .least_operands = 1,
    .most_operands = 1,
    .options = options,
    .run = run,
};
