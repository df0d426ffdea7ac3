/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run by mnl or msl leaves: run.json, a zero byte, estimates.csv, a zero byte, vcov.csv;
 * reports of them. And hypotheses over such estimates, one a line.
 */
#ifndef HBL_TESTS_FUZZ_ESTIMATES_H
#define HBL_TESTS_FUZZ_ESTIMATES_H

#include "fuzz/data.h"

static inline void fuzz_estimates(const uint8_t *data, size_t size)
{
    static const char *const name[] = {"run.json", "estimates.csv", "vcov.csv"};
    hbl_error error = HBL_ERROR_INIT;
    hbl_estimates *estimates = NULL;
    const uint8_t *part;

    for (int i = 0; i < 3; i++) {
        const size_t n = fuzz_part(&data, &size, &part);
        fuzz_put(fuzz_folder(), name[i], part, n);
    }
    if (!hbl_estimates_read(fuzz_folder(), &estimates, &error) &&
        !hbl_report_estimates(fuzz_sink(), estimates, &error) &&
        !hbl_report_estimates_csv(fuzz_sink(), estimates, &error) &&
        !hbl_report_estimates_json(fuzz_sink(), estimates, &error))
        hbl_report_optimiser(fuzz_sink(), estimates, &error);
    fuzz_told(error.status, &error);
    hbl_estimates_free(estimates);
}

static inline const hbl_estimates *fuzz_small_estimates(void)
{
    static char text[][20] = {"mu.1", "mu.2",      "L.1.1", "alpha.1",
                              "pf",   "cl:income", "sd.pf", "(Intercept):air"};
    static hbl_estimate row[] = {
        {.parameter = text[0], .name = text[4], .estimate = -1, .standard_error = 0.1},
        {.parameter = text[1], .name = text[5], .estimate = 0, .standard_error = 0.2},
        {.parameter = text[2], .name = text[6], .estimate = 1e-9, .standard_error = 0.3},
        {.parameter = text[3], .name = text[7], .estimate = 5, .standard_error = 1e5},
    };
    static double variance[] = {0.01, 0.001, 0, 0, 0.001, 0.04, 0, 0, 0, 0, 0.09, 0, 0, 0, 0, 1e10};
    static char none[] = "", msl[] = "msl", done[] = "done", hessian[] = "hessian";
    static hbl_estimates e = {.directory = none,
                              .title = none,
                              .method = msl,
                              .status = done,
                              .n_persons = 9,
                              .n_parameters = 4,
                              .n_rows_of_table = 4,
                              .row = row,
                              .variance = variance,
                              .standard_errors = hessian,
                              .sequence = none};

    return &e;
}

static inline void fuzz_hypothesis(const uint8_t *data, size_t size)
{
    enum { MOST = 6 };
    hbl_error error = HBL_ERROR_INIT;
    hbl_test *test = NULL;
    char *text = fuzz_text(data, size), *at = text;
    const char *hypothesis[MOST];
    size_t n = 0;

    while (n < MOST && at) {
        char *end = strchr(at, '\n');
        if (end)
            *end++ = '\0';
        hypothesis[n++] = at;
        at = end;
    }
    if (!hbl_test_wald(fuzz_small_estimates(), hypothesis, n, &test, &error) &&
        !hbl_report_test(fuzz_sink(), test, &error))
        hbl_report_test_json(fuzz_sink(), test, &error);
    fuzz_told(error.status, &error);
    hbl_test_free(test);
    free(text);
}

#endif
