/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `compare` says of runs, and runs whose figures are known beforehand. To be included after
 * cmocka.h.
 */
#ifndef HBL_TESTS_EXPLAIN_WORDS_H
#define HBL_TESTS_EXPLAIN_WORDS_H

#include "hblogit/estimates.h"
#include "unit/explain_runs.h"

static char folder[64];

static inline int enter(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/hblogit-test-XXXXXX");
    if (!mkdtemp(folder) || chdir(folder))
        return -1;
    draw_survey("survey.csv");
    return 0;
}

static inline int leave(void **state)
{
    char command[96];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return chdir("/") || system(command) ? -1 : 0;
}

/* ---- what is said ---- */

static inline hbl_comparison *compare(const char *const *run, size_t n)
{
    const hbl_compare_options options = {.threads = 1};
    hbl_error error = HBL_ERROR_INIT;
    hbl_comparison *c = NULL;

    if (hbl_compare(run, n, &options, &c, &error))
        fail_msg("%s", error.message);
    return c;
}

/* These sentences, up to NULL, and no other. */
static inline void says(const char *const *run, size_t n, const char *const *wanted)
{
    hbl_comparison *c = compare(run, n);
    size_t i = 0;

    while (i < c->n_notes && wanted[i]) {
        assert_string_equal(c->note[i], wanted[i]);
        i++;
    }
    if (i < c->n_notes)
        fail_msg("\"%s\" is said", c->note[i]);
    if (wanted[i])
        fail_msg("\"%s\" is not said", wanted[i]);
    hbl_comparison_free(c);
}

#define SAYS(run, ...)                                                                             \
    says(run, sizeof(run) / sizeof *(run), (const char *const[]){__VA_ARGS__, NULL})

#define AGREE(r)                                                                                   \
    "Runs 1 and " r " agree: none of the 5 parameters that both have differs by more than a "      \
    "standard error of the difference."
#define DISAGREE(r, n, list)                                                                       \
    "Runs 1 and " r " disagree on " n " parameters that both have, by more than a standard error " \
    "of the difference: " list "."
#define NO_CAUSE(r) "Nothing in runs 1 and " r " speaks for a cause."

/* The sentence that begins so, or NULL. */
static inline const char *sentence(const hbl_comparison *c, const char *beginning)
{
    for (size_t i = 0; i < c->n_notes; i++)
        if (strncmp(c->note[i], beginning, strlen(beginning)) == 0)
            return c->note[i];
    return NULL;
}

static inline void near(double got, double wanted, double absolute)
{
    if (!(fabs(got - wanted) <= absolute))
        fail_msg("%.17g, wanted %.17g", got, wanted);
}

/* ---- runs whose figures are known ---- */

/* Errors of 0.3 beside 0.4: those of differences are 0.5, and no error is half as large again as
 * the other. */
static const double center[FIGURES] = {-3, 1, 2, 1, 0.5};
static const double three[FIGURES] = {0.3, 0.3, 0.3, 0.3, 0.3};
static const double four[FIGURES] = {0.4, 0.4, 0.4, 0.4, 0.4};
static const shape even[FIGURES] = {EVEN, EVEN, EVEN, EVEN, EVEN};

/* A run by msl whose estimates are off the center by so much; its log-likelihood is short of what
 * it would be without simulation error. */
static inline void put_msl(const char *run, const double *off, const double *error,
                           double shortfall)
{
    double x[FIGURES];

    fit_run(run, "msl", TWO_RANDOM, NULL);
    for (size_t i = 0; i < FIGURES; i++)
        x[i] = center[i] + off[i];
    put_figures(run, x, error);
    put_item(
        run, "likelihood", "log_likelihood",
        cJSON_CreateNumber(integrated_log_likelihood((const double[]){x[PRICE], x[SPEED], x[SIZE]},
                                                     (const double[]){x[SD_PRICE], x[SD_SPEED]}) -
                           shortfall));
    put_item(run, "optimiser", "condition", cJSON_CreateNumber(9.9e4));
    put_item(run, "optimiser", "converged", cJSON_CreateTrue());
}

static inline void put_hb(const char *run, const char *const *setting, const double *mean,
                          const double *sd, const shape *form)
{
    fit_run(run, "hb", TWO_RANDOM, setting);
    put_draws(run, mean, sd, form);
}

static const double nowhere[FIGURES] = {0};
static const char *const huang_wand[] = {"hb.prior.covariance.type=huang-wand", NULL};
static const char *const msl_runs[] = {"a", "b"}, *const hb_first[] = {"hb", "b"},
                         *const hb_last[] = {"b", "hb"}, *const three_runs[] = {"a", "b", "c"};

#endif
