/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diagnose/workspace.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>

#include "core/fail.h"
#include "core/memory.h"

enum { HISTOGRAM = 6 * 2048 }; /* digits times buckets of the radix sort in ranks.c */

static void set_sizes(hbl_diagnose_workspace *w, size_t n_draws, size_t n_chains)
{
    w->n_draws = n_draws;
    w->n_chains = n_chains;
    w->n_total = n_draws * n_chains;
    w->half = n_draws / 2;
    w->n_split = 2 * n_chains;
    w->n_series = w->half * w->n_split;
    w->stride = w->half + HBL_DIRECT_LAGS + HBL_LAGS_AT_ONCE;
    for (w->n_fft = 1; w->n_fft < 2 * w->half;)
        w->n_fft *= 2;
}

size_t hbl_diagnose_workspace_bytes(size_t n_draws, size_t n_chains)
{
    hbl_diagnose_workspace w;

    set_sizes(&w, n_draws, n_chains);
    return w.n_total * (3 * sizeof(uint32_t) + 3 * sizeof(double) + 2 * sizeof(hbl_sort_entry)) +
           (w.stride * w.n_split + 2 * w.half) * sizeof(double) + w.n_fft * 7 * sizeof(double) +
           HISTOGRAM * sizeof(uint32_t);
}

static int alloc_arrays(hbl_diagnose_workspace *w, hbl_error *error)
{
    const size_t n = w->n_total;
    const char *what = "the diagnostics";

    if (!(w->place = hbl_calloc(n, sizeof *w->place, what, error)) ||
        !(w->sorted = hbl_calloc(n, sizeof *w->sorted, what, error)) ||
        !(w->order = hbl_calloc(n, sizeof *w->order, what, error)) ||
        !(w->folded = hbl_calloc(n, sizeof *w->folded, what, error)) ||
        !(w->folded_order = hbl_calloc(n, sizeof *w->folded_order, what, error)) ||
        !(w->entry = hbl_calloc(n, sizeof *w->entry, what, error)) ||
        !(w->entry_other = hbl_calloc(n, sizeof *w->entry_other, what, error)) ||
        !(w->histogram = hbl_calloc(HISTOGRAM, sizeof *w->histogram, what, error)) ||
        !(w->normal_score = hbl_calloc(w->n_series + 1, sizeof *w->normal_score, what, error)) ||
        !(w->series = hbl_calloc(w->n_split * w->stride, sizeof *w->series, what, error)) ||
        !(w->chain_mean = hbl_calloc(w->n_split, sizeof *w->chain_mean, what, error)) ||
        !(w->autocovariance = hbl_calloc(w->half, sizeof *w->autocovariance, what, error)) ||
        !(w->rho = hbl_calloc(w->half + 2, sizeof *w->rho, what, error)))
        return HBL_ERR_MEMORY;
    return HBL_OK;
}

static int alloc_fft(hbl_diagnose_workspace *w, hbl_error *error)
{
    if (w->half <= HBL_DIRECT_LAGS) /* never needed */
        return HBL_OK;
    gsl_set_error_handler_off();
    w->wavetable = gsl_fft_complex_wavetable_alloc(w->n_fft);
    w->scratch = gsl_fft_complex_workspace_alloc(w->n_fft);
    if (!w->wavetable || !w->scratch)
        return hbl_fail_memory(error, "the diagnostics");
    if (!(w->fft = hbl_calloc(2 * w->n_fft, sizeof *w->fft, "the diagnostics", error)) ||
        !(w->power = hbl_calloc(w->n_fft, sizeof *w->power, "the diagnostics", error)))
        return HBL_ERR_MEMORY;
    return HBL_OK;
}

static void fill_places(hbl_diagnose_workspace *w)
{
    for (size_t c = 0; c < w->n_chains; c++)
        for (size_t i = 0; i < w->n_draws; i++) {
            size_t place = HBL_NO_PLACE;
            if (i < w->half)
                place = 2 * c * w->stride + i;
            else if (i >= w->n_draws - w->half)
                place = (2 * c + 1) * w->stride + i - (w->n_draws - w->half);
            w->place[c * w->n_draws + i] = (uint32_t)place;
        }
}

int hbl_diagnose_workspace_alloc(size_t n_draws, size_t n_chains,
                                 hbl_diagnose_workspace **workspace, hbl_error *error)
{
    hbl_diagnose_workspace *w;
    size_t total, padded;

    *workspace = NULL;
    if (n_draws == 0 || n_chains == 0)
        return hbl_fail(error, HBL_ERR_INPUT, "no draws to diagnose");
    if (__builtin_mul_overflow(n_draws, n_chains, &total) ||
        __builtin_mul_overflow(2 * n_chains, n_draws / 2 + HBL_DIRECT_LAGS + HBL_LAGS_AT_ONCE,
                               &padded) ||
        total >= HBL_NO_PLACE || padded >= HBL_NO_PLACE)
        return hbl_fail(error, HBL_ERR_INPUT, "%zu chains of %zu draws: too many to diagnose",
                        n_chains, n_draws);
    w = hbl_calloc(1, sizeof *w, "the diagnostics", error);
    if (!w)
        return HBL_ERR_MEMORY;
    set_sizes(w, n_draws, n_chains);
    if (alloc_arrays(w, error) || alloc_fft(w, error)) {
        hbl_diagnose_workspace_free(w);
        return HBL_ERR_MEMORY;
    }
    fill_places(w);
    w->add_lags = hbl_add_lags_best();
    *workspace = w;
    return HBL_OK;
}

void hbl_diagnose_workspace_free(hbl_diagnose_workspace *w)
{
    if (!w)
        return;
    free(w->place);
    free(w->sorted);
    free(w->order);
    free(w->folded);
    free(w->folded_order);
    free(w->entry);
    free(w->entry_other);
    free(w->histogram);
    free(w->normal_score);
    free(w->series);
    free(w->chain_mean);
    free(w->autocovariance);
    free(w->rho);
    free(w->fft);
    free(w->power);
    if (w->wavetable)
        gsl_fft_complex_wavetable_free(w->wavetable);
    if (w->scratch)
        gsl_fft_complex_workspace_free(w->scratch);
    free(w);
}
