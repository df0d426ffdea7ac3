/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hblogit diagnose: has a run converged?
 */
#include "cli/sampling.h"
#include "hblogit/estimates.h"
#include "hblogit/report.h"

static int diagnose_draws(const char *directory)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_summary *summary = NULL;
    int status;

    if (hbl_summary_read(directory, &summary, &error))
        return cli_fail(&error);
    status = summary->converged ? CLI_DONE : CLI_NOT_CONVERGED;
    if (hbl_report_convergence(stdout, summary, &error))
        status = cli_fail(&error);
    hbl_summary_free(summary);
    return status;
}

static int diagnose_estimates(const char *directory)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_estimates *estimates = NULL;
    int status;

    if (hbl_estimates_read(directory, &estimates, &error))
        return cli_fail(&error);
    status = estimates->converged ? CLI_DONE : CLI_NOT_CONVERGED;
    if (hbl_report_optimiser(stdout, estimates, &error))
        status = cli_fail(&error);
    hbl_estimates_free(estimates);
    return status;
}

static int run(const cli_arguments *arguments)
{
    const char *directory = arguments->operand[0];
    bool draws;
    const int status = cli_run_method(directory, &draws);

    if (status)
        return status;
    return draws ? diagnose_draws(directory) : diagnose_estimates(directory);
}

static const cli_option options[] = {{NULL, NULL, NULL, NULL}};

const cli_command cli_diagnose_command = {
    .name = "diagnose",
    .operands = "DIR",
    .help = "convergence of chains or optimiser; exit 3 where it is not good enough",
    .details =
        "Of chains (hb) good enough is every R-hat at most 1.01, every bulk and tail ESS at\n"
        "least 400; of an optimiser (msl, mnl) that it has converged.\n",
    .least_operands = 1,
    .most_operands = 1,
    .options = options,
    .run = run,
};
