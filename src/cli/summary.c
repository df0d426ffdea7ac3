/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hblogit summary: the table of estimates of a run, again.
 */
#include "cli/sampling.h"
#include "hblogit/estimates.h"
#include "hblogit/report.h"

typedef enum { AS_TABLE, AS_JSON, AS_CSV } form;

static int show_draws(const char *directory, form as)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_summary *summary = NULL;
    int status;

    if (hbl_summary_read(directory, &summary, &error))
        return cli_fail(&error);
    if (as == AS_JSON)
        status = hbl_report_summary_json(stdout, summary, &error);
    else if (as == AS_CSV)
        status = hbl_report_summary_csv(stdout, summary, &error);
    else
        status = hbl_report_summary(stdout, summary, &error);
    hbl_summary_free(summary);
    return status ? cli_fail(&error) : CLI_DONE;
}

static int show_estimates(const char *directory, form as)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_estimates *estimates = NULL;
    int status;

    if (hbl_estimates_read(directory, &estimates, &error))
        return cli_fail(&error);
    if (as == AS_JSON)
        status = hbl_report_estimates_json(stdout, estimates, &error);
    else if (as == AS_CSV)
        status = hbl_report_estimates_csv(stdout, estimates, &error);
    else
        status = hbl_report_estimates(stdout, estimates, &error);
    hbl_estimates_free(estimates);
    return status ? cli_fail(&error) : CLI_DONE;
}

static int run(const cli_arguments *arguments)
{
    const bool json = cli_option_given(arguments, "json"), csv = cli_option_given(arguments, "csv");
    const char *directory = arguments->operand[0];
    const form as = json ? AS_JSON : csv ? AS_CSV : AS_TABLE;
    bool draws;
    int status;

    if (json && csv) {
        cli_error("--json and --csv exclude each other; give one of them");
        return CLI_USAGE;
    }
    status = cli_run_method(directory, &draws);
    if (status)
        return status;
    return draws ? show_draws(directory, as) : show_estimates(directory, as);
}

static const cli_option options[] = {
    {"json", NULL, "as JSON, of draws like diagnostics.json", NULL},
    {"csv", NULL, "as CSV, like summary.csv or estimates.csv", NULL},
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
