/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sampling.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/signals.h"
#include "cli/terminal.h"
#include "hblogit/estimates.h"
#include "hblogit/report.h"

int cli_threads_read(const cli_arguments *arguments, int *threads)
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

/* ---- the job ---- */

/* Whether or not the progress is wanted. */
static void tell_notice(void *context, const char *message)
{
    (void)context;
    cli_warning("%s", message);
}

int cli_sample(const cli_arguments *arguments, cli_estimator *estimate, const hbl_spec *spec,
               const hbl_model *model, hbl_fit_options *options)
{
    hbl_error error = HBL_ERROR_INIT;
    cli_terminal terminal;

    if (!cli_terminal_open(&terminal, (size_t)spec->hb.chains)) {
        cli_error("out of memory for the progress lines");
        return CLI_FAILED;
    }
    if (!cli_option_given(arguments, "quiet")) {
        options->progress = cli_terminal_progress;
        options->iteration = cli_terminal_iteration;
        options->context = &terminal;
    }
    options->notice = tell_notice;
    options->stop = &cli_stop;
    cli_signals_catch();
    const int status = estimate(spec, model, options, &error);
    cli_signals_restore();
    cli_terminal_close(&terminal);
    return status ? cli_fail(&error) : CLI_DONE;
}

/* ---- after ---- */

typedef int report_function(FILE *out, const hbl_summary *summary, hbl_error *error);

static int write_report(const char *directory, const char *name, report_function *report,
                        const hbl_summary *summary)
{
    char path[CLI_PATH_SIZE];
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

static int write_reports(const char *directory, const hbl_summary *summary)
{
    const int status = write_report(directory, "summary.csv", hbl_report_summary_csv, summary);

    return status ? status
                  : write_report(directory, "diagnostics.json", hbl_report_summary_json, summary);
}

enum { FIGURES_SIZE = 160 };

/* Rounded as in the table: what falls short of a limit never looks as if it met it. */
static const char *write_figures(const hbl_summary *summary, char text[FIGURES_SIZE])
{
    snprintf(text, FIGURES_SIZE, "worst R-hat %.3f, least bulk ESS %.0f, least tail ESS %.0f",
             ceil(1000 * summary->worst_rhat) / 1000, floor(summary->least_ess_bulk),
             floor(summary->least_ess_tail));
    return text;
}

static int show(const cli_arguments *arguments, const char *directory, const hbl_summary *summary)
{
    hbl_error error = HBL_ERROR_INIT;
    char figures[FIGURES_SIZE];
    int status;

    if (hbl_report_summary(stdout, summary, &error))
        return cli_fail(&error);
    status = cli_finish(CLI_DONE);
    if (status || summary->converged)
        return status;
    cli_warning("not converged: %s; see hblogit diagnose %s", write_figures(summary, figures),
                directory);
    return cli_option_given(arguments, "strict") ? CLI_NOT_CONVERGED : CLI_DONE;
}

/* All that there is to write stands in the directory already. */
static int show_estimates(const cli_arguments *arguments, const char *directory)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_estimates *estimates = NULL;
    int status = CLI_DONE;

    if (hbl_estimates_read(directory, &estimates, &error))
        return cli_fail(&error);
    if (hbl_report_estimates(stdout, estimates, &error))
        status = cli_fail(&error);
    if (!status)
        status = cli_finish(CLI_DONE);
    if (!status && !estimates->converged) {
        cli_warning("not converged; see hblogit diagnose %s", directory);
        status = cli_option_given(arguments, "strict") ? CLI_NOT_CONVERGED : CLI_DONE;
    }
    hbl_estimates_free(estimates);
    return status;
}

int cli_run_method(const char *directory, bool *draws)
{
    hbl_error error = HBL_ERROR_INIT;
    char *method = NULL;

    if (hbl_run_method(directory, &method, &error))
        return cli_fail(&error);
    *draws = strcmp(method, "hb") == 0;
    free(method);
    return CLI_DONE;
}

/* The summary of a run of draws, its files written; *summary is NULL of one of point estimates. */
static int summarise(const char *directory, hbl_summary **summary)
{
    hbl_error error = HBL_ERROR_INIT;
    bool draws = false;
    const int status = cli_run_method(directory, &draws);

    *summary = NULL;
    if (status || !draws)
        return status;
    if (hbl_summary_read(directory, summary, &error))
        return cli_fail(&error);
    return write_reports(directory, *summary);
}

/* ---- until the chains have converged ---- */

/* Sweeps times rows of all chains: some minutes on two cores. Longer fits are for the user to ask
 * for; and what comes out does not depend on how fast the machine is. */
static const double most_work = 2e11;

/* How many times as long the chains should be: a power of two, at most 8 at once, as the figures of
 * chains that have not converged are rough. 1: leave them as they are. */
static int64_t next_factor(const hbl_summary *summary, const hbl_spec *spec, const hbl_model *model)
{
    const double least = fmin(summary->least_ess_bulk, summary->least_ess_tail);
    const double wanted = 1.3 * HBL_ESS_LIMIT / fmax(least, 1);
    const double work = (double)(spec->hb.warmup + spec->hb.draws * spec->hb.thin) *
                        (double)spec->hb.chains * (double)model->panel->n_rows;
    int64_t factor = 2;

    if (summary->converged || summary->n_undefined > 0)
        return 1;
    while (factor < 8 && (double)factor < wanted)
        factor *= 2;
    while (factor > 1 && (factor > spec->hb.lengthen || (double)factor * work > most_work))
        factor /= 2;
    return factor;
}

static void tell_longer(const hbl_summary *summary, const hbl_spec *spec)
{
    char figures[FIGURES_SIZE];

    cli_note("not converged yet (%s): anew, with %lld sweeps of warm-up and every %lldth draw kept",
             write_figures(summary, figures), (long long)spec->hb.warmup, (long long)spec->hb.thin);
}

/* The summary of the run in options->directory, its files written, after fits anew for as long as
 * the chains have not converged and spec->hb.lengthen allows it. */
static int summarise_at_length(const cli_arguments *arguments, const hbl_spec *spec,
                               const hbl_model *model, hbl_fit_options *options,
                               hbl_summary **summary)
{
    hbl_spec longer = *spec;
    int status;

    while (!(status = summarise(options->directory, summary)) && *summary) {
        const int64_t factor = next_factor(*summary, &longer, model);
        if (factor == 1)
            break;
        longer.hb.warmup *= factor;
        longer.hb.thin *= factor;
        longer.hb.lengthen /= factor;
        if (!cli_option_given(arguments, "quiet"))
            tell_longer(*summary, &longer);
        hbl_summary_free(*summary);
        *summary = NULL;
        options->overwrite = true;
        status = cli_sample(arguments, hbl_fit, &longer, model, options);
        if (status)
            break;
    }
    return status;
}

int cli_summary_write(const cli_arguments *arguments, const hbl_spec *spec, const hbl_model *model,
                      hbl_fit_options *options)
{
    hbl_summary *summary;
    const int status = summarise_at_length(arguments, spec, model, options, &summary);

    hbl_summary_free(summary);
    return status;
}

int cli_conclude(const cli_arguments *arguments, const hbl_spec *spec, const hbl_model *model,
                 hbl_fit_options *options)
{
    hbl_summary *summary;
    int status = summarise_at_length(arguments, spec, model, options, &summary);

    if (!status)
        status = summary ? show(arguments, options->directory, summary)
                         : show_estimates(arguments, options->directory);
    hbl_summary_free(summary);
    return status;
}
