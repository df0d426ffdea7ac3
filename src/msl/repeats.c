/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Simulation error: the fit again from its optimum, over sequences randomised by seeds of their own
 * (scrambled Halton, shifted Sobol); their spread is what the choice of draws adds to the sampling
 * error.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/rng.h"
#include "msl/fit.h"

/* Running means and sums of squares about them (Welford 1962), of the parameters and then of LL. */
typedef struct {
    size_t n, count;
    double *mean, *square;
} spread;

static void add(spread *s, const double *parameter, double log_likelihood)
{
    s->count++;
    for (size_t i = 0; i <= s->n; i++) {
        const double x = i < s->n ? parameter[i] : log_likelihood, far = x - s->mean[i];
        s->mean[i] += far / (double)s->count;
        s->square[i] += far * (x - s->mean[i]);
    }
}

static int one_repeat(const hbl_msl *msl, uint64_t number, const hbl_msl_audience *audience,
                      const hbl_msl_fit *f, hbl_msl_search *search, spread *s, bool *interrupted,
                      hbl_error *error)
{
    const size_t n = msl->n_parameters;
    hbl_rng rng = hbl_rng_stream(msl->settings.seed, 0, HBL_STREAM_SEARCH, number, 1);
    hbl_msl_settings settings = msl->settings;
    hbl_msl *other;
    int status;

    settings.scramble = true;
    settings.seed = hbl_rng_next(&rng);
    status = hbl_msl_alloc(msl->model, &settings, msl->threads, &other, error);
    if (status)
        return status;
    memcpy(search->parameter, f->estimate, n * sizeof *search->parameter);
    status = hbl_msl_maximise(other, search, audience, error);
    for (size_t k = 0; !status && k < msl->model->n_random; k++) {
        double *diagonal = &search->parameter[hbl_msl_diagonal(msl, k)];
        *diagonal = fabs(*diagonal); /* one that is 0 may end on either side */
    }
    if (!status)
        add(s, search->parameter, search->log_likelihood);
    *interrupted = search->interrupted;
    hbl_msl_free(other);
    return status;
}

int hbl_msl_fit_repeat(hbl_msl *msl, const hbl_msl_audience *audience, hbl_msl_fit *f,
                       hbl_error *error)
{
    const size_t n = msl->n_parameters, repeats = (size_t)fmax(0, (double)msl->settings.repeats);
    double *memory = hbl_calloc(2 * (n + 1), sizeof *memory, "the repeats", error);
    spread s = {.n = n, .mean = memory, .square = memory ? memory + n + 1 : NULL};
    hbl_msl_audience told = *audience;
    hbl_msl_search search = {0};
    int status = memory ? hbl_msl_search_init(&search, n, error) : HBL_ERR_MEMORY;

    for (size_t i = 0; !status && !f->interrupted && i < repeats; i++) {
        told.start = told.n_starts + 1 + (int)i;
        status = one_repeat(msl, i, &told, f, &search, &s, &f->interrupted, error);
    }
    f->n_repeats = s.count;
    for (size_t i = 0; !status && i < n; i++)
        f->repeat_sd[i] = s.count > 1 ? sqrt(s.square[i] / (double)(s.count - 1)) : NAN;
    if (!status)
        f->repeat_log_likelihood_sd = s.count > 1 ? sqrt(s.square[n] / (double)(s.count - 1)) : NAN;
    hbl_msl_search_clear(&search);
    free(memory);
    return status;
}
