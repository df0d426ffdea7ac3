/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sweeps a second, and the least bulk and tail effective sample size a second over mu and the lower
 * triangle of Omega, of each kernel with and without interweaving; one chain, one thread, warm-up
 * not counted. The reference is random-walk without interweaving and without over-relaxation.
 */
#ifndef HBL_TESTS_BENCH_SAMPLER_H
#define HBL_TESTS_BENCH_SAMPLER_H

#include "bench/bench.h"
#include "core/parallel.h"

enum { SAMPLER_MOST_REPEATS = 5 };

typedef struct {
    const char *kernel;
    bool interweave;
    double over_relaxation;
    hbl_precision precision;
    size_t warmup, sweeps, thin; /* thin: every so manieth draw enters the diagnostics */
} sampler_setting;

typedef struct {
    double sweeps_per_second, bulk_per_second, tail_per_second;
} sampler_figures;

static inline hbl_hb *sampler_problem(const bench_case *data, const sampler_setting *setting)
{
    hbl_hb_settings settings;
    hbl_error error = HBL_ERROR_INIT;
    hbl_hb *hb;

    bench_check(hbl_hb_settings_default(&settings, &error), &error);
    free(settings.kernel);
    settings.kernel = strdup(setting->kernel);
    settings.interweave = setting->interweave;
    settings.over_relaxation = setting->over_relaxation;
    settings.precision = setting->precision;
    settings.warmup = (int64_t)setting->warmup;
    bench_check(hbl_hb_alloc(data->model, &settings, 1, &hb, &error), &error);
    hbl_hb_settings_clear(&settings);
    return hb;
}

/* Seconds of sampling; values[p][draw], p over mu and the lower triangle of Omega. */
static inline double sample_chain(const hbl_hb *hb, const sampler_setting *setting, size_t K,
                                  uint32_t number, double *const *values)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_chain *chain;
    hbl_draw draw;
    double start;

    bench_check(hbl_chain_alloc(hb, number, 1, &chain, &error), &error);
    bench_check(hbl_chain_start(chain, &error), &error);
    for (size_t s = 0; s < setting->warmup; s++)
        bench_check(hbl_chain_sweep(chain, &error), &error);
    start = bench_now();
    for (size_t s = 0; s < setting->sweeps; s++) {
        bench_check(hbl_chain_sweep(chain, &error), &error);
        if (!values || s % setting->thin)
            continue;
        hbl_chain_draw(chain, &draw);
        for (size_t i = 0, p = 0; i < K; i++) {
            values[p++][s / setting->thin] = draw.mu[i];
            for (size_t j = 0; j <= i; j++)
                values[p++][s / setting->thin] = draw.omega[i * K + j];
        }
    }
    start = bench_now() - start;
    hbl_chain_free(chain);
    return start;
}

static inline sampler_figures run_sampler(const bench_case *data, const sampler_setting *setting,
                                          uint32_t number)
{
    const size_t K = data->model->n_random, n_parameters = K + K * (K + 1) / 2;
    const size_t n_draws = setting->sweeps / setting->thin;
    hbl_hb *hb = sampler_problem(data, setting);
    double **values = survey_allocate(n_parameters, sizeof *values), seconds;
    double bulk = INFINITY, tail = INFINITY;
    hbl_error error = HBL_ERROR_INIT;

    for (size_t p = 0; p < n_parameters; p++)
        values[p] = survey_allocate(n_draws, sizeof(double));
    seconds = sample_chain(hb, setting, K, number, values);
    for (size_t p = 0; p < n_parameters; p++) {
        hbl_convergence c;
        bench_check(hbl_convergence_compute(values[p], n_draws, 1, &c, &error), &error);
        bulk = c.ess_bulk < bulk ? c.ess_bulk : bulk;
        tail = c.ess_tail < tail ? c.ess_tail : tail;
        free(values[p]);
    }
    free(values);
    hbl_hb_free(hb);
    return (sampler_figures){(double)setting->sweeps / seconds, bulk / seconds, tail / seconds};
}

/* The medians of the figures over chains. */
static inline sampler_figures repeat_sampler(const bench_case *data, const sampler_setting *setting,
                                             int repeats)
{
    double sweeps[SAMPLER_MOST_REPEATS], bulk[SAMPLER_MOST_REPEATS], tail[SAMPLER_MOST_REPEATS];

    for (int r = 0; r < repeats; r++) {
        const sampler_figures f = run_sampler(data, setting, (uint32_t)r + 1);
        sweeps[r] = f.sweeps_per_second;
        bulk[r] = f.bulk_per_second;
        tail[r] = f.tail_per_second;
    }
    return (sampler_figures){bench_median(sweeps, (size_t)repeats),
                             bench_median(bulk, (size_t)repeats),
                             bench_median(tail, (size_t)repeats)};
}

static inline const char *precision_name(hbl_precision precision)
{
    return precision == HBL_PRECISION_DOUBLE  ? "double"
           : precision == HBL_PRECISION_MIXED ? "mixed"
                                              : "float";
}

static inline void bench_sampler(const bench_options *options, const bench_case *data)
{
    const size_t warmup = options->quick ? 500 : 2000, scale = options->quick ? 1 : 5;
    const sampler_setting settings[] = {
        {"random-walk", false, 0, HBL_PRECISION_DOUBLE, warmup, 40000 * scale, 10},
        {"random-walk", true, 0.9, HBL_PRECISION_DOUBLE, warmup, 10000 * scale, 5},
        {"hessian", false, 0, HBL_PRECISION_DOUBLE, warmup, 10000 * scale, 5},
        {"hessian", true, 0.9, HBL_PRECISION_DOUBLE, warmup, 10000 * scale, 5},
        {"hmc", false, 0, HBL_PRECISION_DOUBLE, warmup, 4000 * scale, 1},
        {"hmc", true, 0, HBL_PRECISION_DOUBLE, warmup, 4000 * scale, 1},
        {"hmc", true, 0.9, HBL_PRECISION_DOUBLE, warmup, 4000 * scale, 1},
        {"hmc", true, 0.9, HBL_PRECISION_MIXED, warmup, 4000 * scale, 1},
        {"hmc", true, 0.9, HBL_PRECISION_FLOAT, warmup, 4000 * scale, 1},
    };
    double reference = NAN;

    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const sampler_setting *s = &settings[i];
        const sampler_figures f = repeat_sampler(data, s, options->quick ? 1 : 3);
        if (i == 0)
            reference = f.bulk_per_second;
        printf("%-16s %-12s %-4s %5.2f %-7s %9.0f %9.1f %9.1f %9.1f\n", data->name, s->kernel,
               s->interweave ? "yes" : "no", s->over_relaxation, precision_name(s->precision),
               f.sweeps_per_second, f.bulk_per_second, f.tail_per_second,
               f.bulk_per_second / reference);
        fflush(stdout);
        if (options->csv)
            fprintf(options->csv, "%s,%s,%d,%g,%s,%.17g,%.17g,%.17g\n", data->name, s->kernel,
                    s->interweave, s->over_relaxation, precision_name(s->precision),
                    f.sweeps_per_second, f.bulk_per_second, f.tail_per_second);
    }
}

/* ---- threads ---- */

enum { THREADS_CHAINS = 4 };

typedef struct {
    hbl_chain *chain[THREADS_CHAINS];
    size_t sweeps;
} chains_work;

static inline void sweep_chain(void *context, size_t i, int thread)
{
    const chains_work *work = context;
    hbl_error error = HBL_ERROR_INIT;

    (void)thread;
    for (size_t s = 0; s < work->sweeps; s++)
        bench_check(hbl_chain_sweep(work->chain[i], &error), &error);
}

static inline double chains_seconds(int threads, chains_work *work)
{
    const double start = bench_now();

    hbl_parallel_for(threads, THREADS_CHAINS, sweep_chain, work);
    return bench_now() - start;
}

/* Four chains past their warm-up, on one thread against two, in turns. */
static inline void bench_threads(const bench_options *options, const bench_case *data)
{
    const sampler_setting setting = {"hmc", true, 0.9, HBL_PRECISION_FLOAT, 100, 0, 1};
    const int repeats = options->quick ? 1 : SAMPLER_MOST_REPEATS;
    hbl_hb *hb = sampler_problem(data, &setting);
    double ratio[SAMPLER_MOST_REPEATS], rate[SAMPLER_MOST_REPEATS];
    chains_work work = {.sweeps = setting.warmup};
    hbl_error error = HBL_ERROR_INIT;

    for (uint32_t c = 0; c < THREADS_CHAINS; c++) {
        bench_check(hbl_chain_alloc(hb, c + 1, 1, &work.chain[c], &error), &error);
        bench_check(hbl_chain_start(work.chain[c], &error), &error);
    }
    chains_seconds(2, &work);
    work.sweeps = options->quick ? 500 : 4000;
    for (int r = 0; r < repeats; r++) {
        const double one = chains_seconds(1, &work), two = chains_seconds(2, &work);
        ratio[r] = one / two;
        rate[r] = THREADS_CHAINS * (double)work.sweeps / two;
    }
    printf("%-16s four chains on two threads: %.2f times as fast as on one, %.0f sweeps a second "
           "(%d processors)\n",
           data->name, bench_median(ratio, (size_t)repeats), bench_median(rate, (size_t)repeats),
           hbl_processors());
    for (size_t c = 0; c < THREADS_CHAINS; c++)
        hbl_chain_free(work.chain[c]);
    hbl_hb_free(hb);
}

/* ---- what comes before the first sweep ---- */

static inline void bench_before(const bench_case *data)
{
    const sampler_setting setting = {"hmc", true, 0.9, HBL_PRECISION_DOUBLE, 100, 0, 1};
    hbl_error error = HBL_ERROR_INIT;
    double start = bench_now(), problem, begin;
    hbl_hb *hb = sampler_problem(data, &setting);
    hbl_chain *chain;

    problem = bench_now() - start;
    bench_check(hbl_chain_alloc(hb, 1, 1, &chain, &error), &error);
    start = bench_now();
    bench_check(hbl_chain_start(chain, &error), &error);
    begin = bench_now() - start;
    printf("%-16s %9zu %9.4f %9.4f %9.4f\n", data->name, data->model->panel->n_rows,
           data->read_seconds, problem, begin);
    hbl_chain_free(chain);
    hbl_hb_free(hb);
}

#endif
