/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the benchmark share: a clock, medians, and the data that are measured on.
 */
#ifndef HBL_TESTS_BENCH_H
#define HBL_TESTS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hblogit/hblogit.h"
#include "trace/survey.h"

typedef struct {
    const char *name;
    const hbl_model *model;
    double read_seconds; /* model file and data; 0: made up in memory */
} bench_case;

typedef struct {
    bool quick;
    FILE *csv; /* the sampler's figures, for bayesm.R; may be NULL */
} bench_options;

static inline double bench_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline int bench_ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts x. */
static inline double bench_median(double *x, size_t n)
{
    qsort(x, n, sizeof *x, bench_ascending);
    return n % 2 ? x[n / 2] : 0.5 * (x[n / 2 - 1] + x[n / 2]);
}

static inline void bench_check(int status, const hbl_error *error)
{
    if (!status)
        return;
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

#endif
