/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hblogit test: hypotheses on a run: tests by maximum likelihood, simulated or not; posterior
 * probabilities by Bayes.
 */
#include "hblogit/test.h"

#include <stdlib.h>
#include <string.h>

#include "cli/sampling.h"
#include "hblogit/report.h"

static int show(const cli_arguments *arguments, const hbl_test *test)
{
    hbl_error error = HBL_ERROR_INIT;
    const int status = cli_option_given(arguments, "json")
                           ? hbl_report_test_json(stdout, test, &error)
                           : hbl_report_test(stdout, test, &error);

    return status ? cli_fail(&error) : CLI_DONE;
}

/* Those given as --hypothesis, then the operands. */
static const char **list_hypotheses(const cli_arguments *arguments, size_t *n)
{
    const char **list = malloc((arguments->n_settings + arguments->n_operands) * sizeof *list);

    *n = 0;
    for (size_t i = 0; list && i < arguments->n_settings; i++)
        list[(*n)++] = arguments->setting[i];
    for (size_t i = 1; list && i < arguments->n_operands; i++)
        list[(*n)++] = arguments->operand[i];
    if (!list)
        cli_error("out of memory for the command line");
    return list;
}

static int test_estimates(const cli_arguments *arguments, const char *const *hypothesis, size_t n)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_estimates *estimates = NULL;
    hbl_test *test = NULL;
    int status = CLI_DONE;

    if (hbl_estimates_read(arguments->operand[0], &estimates, &error) ||
        hbl_test_wald(estimates, hypothesis, n, &test, &error))
        status = cli_fail(&error);
    if (!status)
        status = show(arguments, test);
    hbl_test_free(test);
    hbl_estimates_free(estimates);
    return status;
}

static int test_draws(const cli_arguments *arguments, const char *const *hypothesis, size_t n)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_posterior *posterior = NULL;
    int status = hbl_posterior_test(arguments->operand[0], hypothesis, n, &posterior, &error);

    if (!status)
        status = cli_option_given(arguments, "json")
                     ? hbl_report_posterior_json(stdout, posterior, &error)
                     : hbl_report_posterior(stdout, posterior, &error);
    hbl_posterior_free(posterior);
    return status ? cli_fail(&error) : CLI_DONE;
}

static int test_hypotheses(const cli_arguments *arguments)
{
    hbl_error error = HBL_ERROR_INIT;
    size_t n;
    const char **hypothesis = list_hypotheses(arguments, &n);
    char *method = NULL;
    int status = hypothesis ? CLI_DONE : CLI_FAILED;

    if (!status && hbl_run_method(arguments->operand[0], &method, &error))
        status = cli_fail(&error);
    if (!status)
        status = strcmp(method, "hb") == 0 ? test_draws(arguments, hypothesis, n)
                                           : test_estimates(arguments, hypothesis, n);
    free(method);
    free(hypothesis);
    return status;
}

static int test_against(const cli_arguments *arguments, const char *other)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_test *test = NULL;
    int status;

    if (hbl_test_likelihood_ratio(arguments->operand[0], other, &test, &error))
        return cli_fail(&error);
    status = show(arguments, test);
    hbl_test_free(test);
    return status;
}

static int test_within(const cli_arguments *arguments, const char *model_file)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_test *test = NULL;
    int threads, status = cli_threads_read(arguments, &threads);

    if (status)
        return status;
    if (hbl_test_score(arguments->operand[0], model_file, NULL, 0, threads, &test, &error))
        return cli_fail(&error);
    status = show(arguments, test);
    hbl_test_free(test);
    return status;
}

static int run(const cli_arguments *arguments)
{
    const char *against = cli_option_value(arguments, "against");
    const char *within = cli_option_value(arguments, "within");
    const bool hypotheses = arguments->n_operands > 1 || arguments->n_settings > 0;

    if ((against != NULL) + (within != NULL) + hypotheses > 1) {
        cli_error("hypotheses, --against and --within are different tests; give one of them");
        return CLI_USAGE;
    }
    if (against)
        return test_against(arguments, against);
    if (within)
        return test_within(arguments, within);
    if (hypotheses)
        return test_hypotheses(arguments);
    cli_error("hblogit test needs a hypothesis, as in: hblogit test %s \"pf = cl\"; or --against "
              "DIR, or --within MODEL.json",
              arguments->operand[0]);
    return CLI_USAGE;
}

static const cli_option options[] = {
    {"hypothesis", "TEXT", "a linear hypothesis, also as an argument; may be given several times",
     NULL},
    {"against", "DIR", "the likelihood-ratio test of two runs, one within the other", NULL},
    {"within", "MODEL.json", "the score test of the run within a larger model, not fitted", NULL},
    {"threads", "N", "threads to use (one a processor)", NULL},
    {"json", NULL, "as JSON", NULL},
    {NULL, NULL, NULL, NULL},
};

const cli_command cli_test_command = {
    .name = "test",
    .operands = "DIR HYPOTHESIS...",
    .help = "Wald, likelihood-ratio and score tests; of a run by hb, probabilities",
    .details =
        "A hypothesis is linear in the parameters, by their names: \"pf = cl\",\n"
        "\"2*pf - cl = 0.5\", \"sd.pf = 0\"; a name that holds blanks goes in backquotes. Several\n"
        "are tested together, by Wald's test. Of a run by hb their posterior probabilities are\n"
        "told, also of inequalities: \"pf < cl\", \"correlation.cl:pf > 0\".\n"
        "Names are those of estimates.csv: sd.pf where pf is uncorrelated, otherwise chol.cl:pf\n"
        "of the Cholesky factor.\n"
        "--against tests two runs by msl or mnl on the same data by their log-likelihoods;\n"
        "--within tests such a run within a larger model, which need not be fitted, by the\n"
        "scores of its people. Where variances are 0 under the hypothesis, on the boundary, p\n"
        "comes from the mixture of chi-squared distributions that belongs to it.\n",
    .least_operands = 1,
    .most_operands = 64,
    .options = options,
    .run = run,
};
