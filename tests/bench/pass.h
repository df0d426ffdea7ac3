/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nanoseconds a row (person x task x alternative, the chosen one counted) of the likelihood pass,
 * beside a plain scalar one: persons one after the other, exp of libm, no differences taken.
 */
#ifndef HBL_TESTS_BENCH_PASS_H
#define HBL_TESTS_BENCH_PASS_H

#include "bench/bench.h"
#include "core/isa.h"
#include "likelihood/likelihood.h"

/* ---- the reference ---- */

static inline double plain_pass(const hbl_model *model, size_t n, const double *beta,
                                double *gradient)
{
    const hbl_panel *panel = model->panel;
    const size_t P = model->n_columns;
    double total = 0, v[64];

    for (size_t k = 0; gradient && k < P; k++)
        gradient[k] = 0;
    for (size_t t = panel->person_task[n]; t < panel->person_task[n + 1]; t++) {
        const size_t first = panel->task_row[t], J = panel->task_row[t + 1] - first;
        const double *x = model->x + first * P;
        const size_t chosen = panel->task_chosen[t] - first;
        double greatest = -INFINITY, sum = 0;

        for (size_t j = 0; j < J; j++) {
            v[j] = 0;
            for (size_t k = 0; k < P; k++)
                v[j] += x[j * P + k] * beta[k];
            greatest = v[j] > greatest ? v[j] : greatest;
        }
        total += v[chosen] - greatest;
        for (size_t j = 0; j < J; j++)
            sum += v[j] = exp(v[j] - greatest);
        total -= log(sum);
        for (size_t j = 0; gradient && j < J; j++) {
            const double weight = (double)(j == chosen) - v[j] / sum;
            for (size_t k = 0; k < P; k++)
                gradient[k] += weight * x[j * P + k];
        }
    }
    return total;
}

/* ---- timing ---- */

enum { PASS_MOST_REPEATS = 15 };

/* One go over all persons. */
typedef struct {
    const hbl_model *model;           /* for the plain one */
    const hbl_likelihood *likelihood; /* or NULL */
    const double *beta;               /* [block][column][lane], or [person][column] */
    double *log_likelihood, *gradient;
    bool with_gradient;
} pass_work;

static inline double pass_once(const pass_work *work)
{
    const size_t P = work->model->n_columns;
    double *gradient = work->with_gradient ? work->gradient : NULL, total = 0;

    if (!work->likelihood) {
        for (size_t n = 0; n < work->model->panel->n_persons; n++)
            total += plain_pass(work->model, n, work->beta + n * P, gradient);
        return total;
    }
    for (size_t b = 0; b < hbl_likelihood_n_blocks(work->likelihood); b++) {
        hbl_likelihood_block(work->likelihood, b, work->beta + b * P * HBL_LANES,
                             work->log_likelihood, gradient, NULL);
        total += work->log_likelihood[0];
    }
    return total;
}

/* Nanoseconds a row: the median over repetitions of a few milliseconds each. */
static inline double pass_nanoseconds(const pass_work *work, int repeats)
{
    double seconds[PASS_MOST_REPEATS], start, first, keep = 0;
    size_t rounds;

    keep += pass_once(work); /* warms the caches */
    start = bench_now();
    keep += pass_once(work);
    first = bench_now() - start;
    rounds = first > 5e-3 ? 1 : (size_t)(5e-3 / (first + 1e-9)) + 1;
    for (int r = 0; r < repeats; r++) {
        start = bench_now();
        for (size_t i = 0; i < rounds; i++)
            keep += pass_once(work);
        seconds[r] = (bench_now() - start) / (double)rounds;
    }
    if (!(keep <= 0)) /* so that nothing is left out by the compiler */
        printf("log-likelihood %g\n", keep);
    return 1e9 * bench_median(seconds, (size_t)repeats) / (double)work->model->panel->n_rows;
}

static inline double *pass_array(size_t n)
{
    double *array = aligned_alloc(64, (n * sizeof(double) + 63) / 64 * 64);
    if (!array)
        abort();
    return array;
}

/* value and value with gradient of one kind of pass */
static inline void time_pass(pass_work *work, int repeats, double nanoseconds[2])
{
    for (int with = 0; with < 2; with++) {
        work->with_gradient = with;
        nanoseconds[with] = pass_nanoseconds(work, repeats);
    }
}

static inline void print_pass(const bench_case *data, const char *name, const double ns[2],
                              const double reference[2], double bytes)
{
    char stored[16] = "";

    if (bytes > 0)
        snprintf(stored, sizeof stored, "%.1f", bytes);
    printf("%-16s %-16s %8.3f %7.1f %8.3f %7.1f %8s\n", data->name, name, ns[0],
           reference[0] / ns[0], ns[1], reference[1] / ns[1], stored);
}

static inline void bench_pass(const bench_options *options, const bench_case *data)
{
    static const char *const isas[] = {"sse2", "avx2", "avx512", "baseline"};
    static const hbl_precision precisions[] = {HBL_PRECISION_DOUBLE, HBL_PRECISION_FLOAT};
    const size_t P = data->model->n_columns, N = data->model->panel->n_persons + HBL_LANES;
    const int repeats = options->quick ? 5 : PASS_MOST_REPEATS;
    double *beta = pass_array(N * P), *gradient = pass_array(P * HBL_LANES);
    double *log_likelihood = pass_array(HBL_LANES), reference[2], ns[2];
    pass_work work = {data->model, NULL, beta, log_likelihood, gradient, false};
    uint64_t generator = 1;

    for (size_t i = 0; i < N * P; i++)
        beta[i] = 0.3 * survey_normal(&generator);
    time_pass(&work, repeats, reference);
    print_pass(data, "plain double", reference, reference, (double)(P * sizeof(double)));
    for (size_t i = 0; i < 4; i++)
        for (size_t p = 0; p < 2; p++) {
            hbl_likelihood *likelihood;
            hbl_error error = HBL_ERROR_INIT;
            if (hbl_likelihood_alloc(data->model, precisions[p], isas[i], &likelihood, &error))
                continue; /* not on this machine */
            work.likelihood = likelihood;
            time_pass(&work, repeats, ns);
            print_pass(data, hbl_likelihood_name(likelihood), ns, reference,
                       (double)hbl_likelihood_bytes(likelihood) /
                           (double)hbl_likelihood_n_rows(likelihood));
            hbl_likelihood_free(likelihood);
        }
    free(beta), free(gradient), free(log_likelihood);
}

#endif
