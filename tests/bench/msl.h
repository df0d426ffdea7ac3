/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Simulated likelihood on electricity, six independent normals: how fast an evaluation is, beside
 * what the machine could do; evaluations to the optimum; and how bias and spread of LL fall with
 * the draws, by sequence.
 */
#ifndef HBL_TESTS_BENCH_MSL_H
#define HBL_TESTS_BENCH_MSL_H

#include <math.h>

#include "bench/bench.h"
#include "bench/pass.h"
#include "core/isa.h"
#include "msl/internal.h"
#include "unit/msl_surveys.h"

#if defined __x86_64__
#include <immintrin.h>
#endif

/* ---- what the machine can do: fused multiply-adds and exponentials a second, one thread ---- */

/* As many chains as fit the 16 registers of AVX2. Everything here takes the shortest of many short
 * repetitions: what else the machine does can only make one longer. */
enum { PEAK_CHAINS = 12, PEAK_ROUNDS = 20000, REPETITIONS = 60 };

static inline double shortest(const double *seconds, size_t n)
{
    double least = seconds[0];

    for (size_t i = 1; i < n; i++)
        least = fmin(least, seconds[i]);
    return least;
}

#if defined __x86_64__
#define PEAK_FUNCTION(name, isa, type, set, fma, width)                                            \
    __attribute__((target(isa))) static double name(void)                                          \
    {                                                                                              \
        type x[PEAK_CHAINS];                                                                       \
        const type a = set(1 + 1e-9), b = set(1e-9);                                               \
        const double start = bench_now();                                                          \
        double first;                                                                              \
        for (int i = 0; i < PEAK_CHAINS; i++)                                                      \
            x[i] = set(i);                                                                         \
        for (long r = 0; r < PEAK_ROUNDS; r++)                                                     \
            _Pragma("GCC unroll 12") for (int i = 0; i < PEAK_CHAINS; i++) x[i] = fma(x[i], a, b); \
        for (int i = 1; i < PEAK_CHAINS; i++)                                                      \
            x[0] = fma(x[i], a, x[0]);                                                             \
        memcpy(&first, x, sizeof first);                                                           \
        if (!(first > 0))                                                                          \
            puts("");                                                                              \
        return (double)PEAK_ROUNDS * PEAK_CHAINS * (width) / (bench_now() - start);                \
    }
PEAK_FUNCTION(peak_avx512, "avx512f", __m512d, _mm512_set1_pd, _mm512_fmadd_pd, 8)
PEAK_FUNCTION(peak_avx2, "avx2,fma", __m256d, _mm256_set1_pd, _mm256_fmadd_pd, 4)
#endif

/* 0: not measured on this machine. */
static inline double peak_multiply_adds(void)
{
    double best = 0;
#if defined __x86_64__
    double (*const peak)(void) = hbl_isa_best() == HBL_ISA_AVX512 ? peak_avx512
                                 : hbl_isa_best() == HBL_ISA_AVX2 ? peak_avx2
                                                                  : NULL;
    for (int i = 0; peak && i < REPETITIONS; i++)
        best = fmax(best, peak());
#endif
    return best;
}

/* The shortest exponential of this program, AVX-512 with a table in registers, takes so many vector
 * instructions, as many as multiply-adds could be done in their place. */
enum { EXPONENTIAL = 8 };

/* ---- an evaluation ---- */

static const double msl_optimum[] = {-.9972, -.2197, 2.2902, 1.6943, -9.6752, -9.6962,
                                     .2207,  .4116,  1.7840, 1.2296, 2.2757,  1.4862};

static inline hbl_msl *msl_of(const hbl_model *model, const hbl_msl_settings *settings, int threads)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_msl *msl;

    bench_check(hbl_msl_alloc(model, settings, threads, &msl, &error), &error);
    return msl;
}

static inline double msl_seconds(hbl_msl *msl, double *gradient)
{
    double seconds[REPETITIONS], value;

    for (int i = 0; i < REPETITIONS; i++) {
        const double start = bench_now();
        hbl_msl_evaluate(msl, msl_optimum, &value, gradient, NULL, NULL, NULL);
        seconds[i] = bench_now() - start;
    }
    return shortest(seconds, REPETITIONS);
}

/* Rows but the chosen one have K multiply-adds for the utility, K for the gradient, one exp. */
static inline void msl_line(const hbl_model *model, int64_t draws, int threads, double peak)
{
    const hbl_msl_settings settings = survey_settings(draws);
    hbl_msl *msl = msl_of(model, &settings, threads);
    const hbl_panel *panel = model->panel;
    const double K = (double)model->n_columns, rows = (double)panel->n_rows * (double)draws;
    const double others = rows * (1 - (double)panel->n_tasks / (double)panel->n_rows);
    double gradient[12];

    for (int with = 0; with < 2; with++) {
        const double seconds = msl_seconds(msl, with ? gradient : NULL);
        const double least = others * ((double)(1 + with) * K + EXPONENTIAL) / peak / threads;
        printf("%6d %8d %-20s %8.3f %8.3f", (int)draws, threads,
               with ? "value and gradient" : "value", 1e3 * seconds, 1e9 * seconds / rows);
        if (peak > 0)
            printf(" %7.0f%%", 100 * least / seconds);
        puts("");
    }
    hbl_msl_free(msl);
}

static inline void msl_to_convergence(const hbl_model *model, int threads)
{
    const hbl_msl_settings settings = survey_settings(600);
    hbl_error error = HBL_ERROR_INIT;
    const double start = bench_now();
    hbl_msl *msl = msl_of(model, &settings, threads);
    hbl_msl_fit *fit;

    bench_check(hbl_msl_estimate(msl, NULL, NULL, &fit, &error), &error);
    printf("R = 600, %d threads: LL %.6f after %d iterations; %d evaluations with the Hessian and "
           "all;\n%.3f seconds, %.3f with the draws\n",
           threads, fit->log_likelihood, fit->iterations, fit->evaluations, fit->seconds,
           bench_now() - start);
    hbl_msl_fit_free(fit);
    hbl_msl_free(msl);
}

/* ---- bias and spread ---- */

enum { MSL_SEEDS = 32 };

static inline double msl_value(const hbl_model *model, const hbl_msl_settings *settings)
{
    hbl_msl *msl = msl_of(model, settings, 2);
    double value;

    hbl_msl_evaluate(msl, msl_optimum, &value, NULL, NULL, NULL, NULL);
    hbl_msl_free(msl);
    return value;
}

static inline void msl_sequence(const hbl_model *model, const char *name, double exact)
{
    char sequence[16];
    hbl_msl_settings settings = survey_settings(0);

    snprintf(sequence, sizeof sequence, "%s", name);
    settings.sequence = sequence;
    settings.scramble = true;
    for (settings.draws = 64; settings.draws <= 1024; settings.draws *= 4) {
        double value[MSL_SEEDS], mean = 0, square = 0;
        for (int i = 0; i < MSL_SEEDS; i++) {
            settings.seed = (uint64_t)i + 1;
            value[i] = msl_value(model, &settings);
            mean += value[i] / MSL_SEEDS;
        }
        for (int i = 0; i < MSL_SEEDS; i++)
            square += (value[i] - mean) * (value[i] - mean) / (MSL_SEEDS - 1);
        printf("%-8s %6d %8.2f (%5.2f) %10.0f %8.2f %10.0f %10.0f\n", name, (int)settings.draws,
               mean - exact, sqrt(square / MSL_SEEDS), (mean - exact) * (double)settings.draws,
               sqrt(square), sqrt(square * (double)settings.draws),
               sqrt(square) * (double)settings.draws);
    }
}

static inline void bench_msl(void)
{
    const double peak = peak_multiply_adds();
    hbl_msl_settings many = survey_settings(8192);
    char sobol[] = "sobol";
    msl_survey real;
    double exact;

    if (!survey_read(&electricity_plan, &real)) {
        puts("left out: no ../shared/data/electricity.csv");
        return;
    }
    printf(
        "Simulated likelihood, electricity, six independent normals. Peak of a thread: %.1f fused "
        "multiply-adds\na nanosecond\n",
        1e-9 * peak);
    printf("%6s %8s %-20s %8s %8s %8s\n", "draws", "threads", "", "ms", "ns", "of peak");
    for (int64_t draws = 100; draws <= 2000; draws = draws == 100   ? 600
                                                     : draws == 600 ? 2000
                                                                    : 9999)
        for (int threads = 1; threads <= 2; threads++)
            msl_line(real.model, draws, threads, peak);
    puts("(ns: a row and draw)\n\nTo the optimum");
    msl_to_convergence(real.model, 1);
    msl_to_convergence(real.model, 2);
    many.sequence = sobol;
    many.scramble = true;
    exact = msl_value(real.model, &many);
    printf("\nLL at the optimum of R = 600 less that with 8,192 draws (%.3f): mean and spread over "
           "%d seeds\n%-8s %6s %8s %-7s %10s %8s %10s %10s\n",
           exact, MSL_SEEDS, "", "draws", "bias", "(error)", "bias x R", "sd", "x sqrt R", "x R");
    for (size_t i = 0; hbl_sequences[i].name; i++)
        msl_sequence(real.model, hbl_sequences[i].name, exact);
    survey_clear(&real);
}

#endif
