/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hblogit diagnose: has a run converged?
 */
#include "cli/cli.h"
#include "hblogit/report.h"

static int run(const cli_arguments *arguments)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_summary *summary = NULL;
    int status;

    if (hbl_summary_read(arguments->operand[0], &summary, &error))
        return cli_fail(&error);
    status = summary->converged ? CLI_DONE : CLI_NOT_CONVERGED;
    if (hbl_report_convergence(stdout, summary, &error))
        status = cli_fail(&error);
    hbl_summary_free(summary);
    return status;
}

static const cli_option options[] = {{NULL, NULL, NULL, NULL}};

const cli_command cli_diagnose_command = {
    .name = "diagnose",
    .operands = "DIR",
    .help = "convergence: R-hat, ESS, MCSE; exit 3 where it is not good enough",
    .details = "Good enough is every R-hat at most 1.01, every bulk and tail ESS at least 400.\n",
    .least_operands = 1,
    .most_operands = 1,
    .options = options,
    .run = run,
};
