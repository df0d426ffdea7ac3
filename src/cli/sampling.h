/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the commands on runs share.
 */
#ifndef CLI_SAMPLING_H
#define CLI_SAMPLING_H

#include "cli/cli.h"
#include "hblogit/run.h"

enum { CLI_PATH_SIZE = 4096 };

/* --threads: a whole number from 1; 0, one a processor, where it was not given. */
int cli_threads_read(const cli_arguments *arguments, int *threads);

/* hbl_fit or hbl_resume */
typedef int cli_estimator(const hbl_spec *spec, const hbl_model *model,
                          const hbl_fit_options *options, hbl_error *error);

/* Runs it with progress, notices and interruption; returns an exit code. */
int cli_sample(const cli_arguments *arguments, cli_estimator *estimate, const hbl_spec *spec,
               const hbl_model *model, hbl_fit_options *options);

/* Whether the run in directory is one of draws (hb), or of point estimates (msl, mnl); returns an
 * exit code. */
int cli_run_method(const char *directory, bool *draws);

/* After a fit: writes summary.csv and diagnostics.json of a run of draws, nothing of one of point
 * estimates. Where its chains have not converged and spec->hb.lengthen allows it, the run is fitted
 * anew before, longer: warm-up and thinning times 2, 4 or 8, as the effective sample sizes ask for,
 * until they have. What is left in the end is a plain run of that length. */
int cli_summary_write(const cli_arguments *arguments, const hbl_spec *spec, const hbl_model *model,
                      hbl_fit_options *options);

/* The same, and shows the table of the run. */
int cli_conclude(const cli_arguments *arguments, const hbl_spec *spec, const hbl_model *model,
                 hbl_fit_options *options);

#endif
