/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pass over a strip for one floating-point type and one kind of stream: part of pass_isa.c,
 * which includes it for float and double, with HBL_UNITS 0 where the stream is of that type and 1
 * where it is in units.
 *
 *     ll = -sum_t ln d_t,   d_t = 1 + sum_j exp(D_tj' beta),   -dll/dbeta = sum_t sum_j D_tj e_tj /
 * d_t
 *
 * Functions are inlined with the number of columns, and of rows up to CHUNK, constant: then the
 * accumulators live in registers and the loops over columns and rows are straight code. Rows of a
 * chunk go side by side, which hides the latency of the polynomial; so do tasks of one row.
 */
#undef OF_STREAM
#if HBL_UNITS
#define OF_STREAM(name) OF_TYPE(name##_units)
#else
#define OF_STREAM(name) OF_TYPE(name)
#endif

#define stored          OF_STREAM(stored)
#define workspace       OF_STREAM(workspace)
#define to_reals        OF_STREAM(to_reals)
#define unit_of         OF_STREAM(unit_of)
#define clear           OF_STREAM(clear)
#define row_of          OF_STREAM(row_of)
#define exp_utilities   OF_STREAM(exp_utilities)
#define add_differences OF_STREAM(add_differences)
#define short_shares    OF_STREAM(short_shares)
#define short_tasks     OF_STREAM(short_tasks)
#define add_chunk       OF_STREAM(add_chunk)
#define long_task       OF_STREAM(long_task)
#define pass            OF_STREAM(pass)
#define load_beta       OF_STREAM(load_beta)
#define fetch_ahead     OF_STREAM(fetch_ahead)

/* Whether the number of columns is constant here. Where not, sums over rows go through memory, the
 * less the more rows go side by side. */
#define WRITTEN_OUT __builtin_constant_p(n_columns)

/* ---- the stream ---- */

#if HBL_UNITS

/* A vector of the stream has as many lanes as float has; double reads one half of each. */
typedef int16_t stored __attribute__((vector_size(VECTOR_BYTES / 2), may_alias, aligned(2)));

INLINE vreal to_reals(const stored *from)
{
    return load_shorts(from);
}

INLINE double unit_of(const hbl_pass_strip *strip, size_t k)
{
    return strip->unit[k];
}

#else

typedef vreal stored;

INLINE vreal to_reals(const stored *from)
{
    return *from;
}

INLINE double unit_of(const hbl_pass_strip *strip, size_t k)
{
    (void)strip, (void)k;
    return 1;
}

#endif

/* Asks for the cache lines that lie where this task's do, in the next strip: from memory they take
 * about as long as the arithmetic of a strip. */
INLINE void fetch_ahead(const stored *task, size_t vectors, size_t ahead)
{
    enum { LINE = 64, SECOND_LEVEL = 2 };

    UNROLLED (line, vectors * sizeof *task / LINE)
        __builtin_prefetch((const char *)task + ahead + line * LINE, 0, SECOND_LEVEL);
}

/* ---- one task ---- */

/* What a pass works in, n_columns vectors each. */
typedef struct {
    vreal *beta, *gradient, *row_sum;
} workspace;

INLINE void clear(size_t n, vreal *vector)
{
    UNROLLED (k, n)
        vector[k] = (vreal){0};
}

/* Row r of tasks of so many rows that lie side by side, from the first one's; between tasks lies an
 * init. */
INLINE const stored *row_of(const stored *first, size_t r, size_t rows, size_t n_columns)
{
    return first + r * n_columns + r / rows;
}

/* e[r] = exp(D_r' beta) of all rows of some tasks. */
INLINE void exp_utilities(const stored *first, size_t tasks, size_t rows, size_t n_columns,
                          const vreal *beta, vreal *e)
{
    UNROLLED (r, tasks * rows)
        e[r] = to_reals(row_of(first, r, rows, n_columns)) * beta[0];
    UNROLLED (k, n_columns - 1)
        UNROLLED (r, tasks * rows)
            e[r] += to_reals(row_of(first, r, rows, n_columns) + k + 1) * beta[k + 1];
    UNROLLED (r, tasks * rows)
        e[r] = exp2_vector(e[r]);
}

/* sum += weight_r D_r over all rows of some tasks. */
INLINE void add_differences(const stored *first, size_t tasks, size_t rows, size_t n_columns,
                            const vreal *weight, vreal *sum)
{
    UNROLLED (k, n_columns)
        UNROLLED (r, tasks * rows)
            sum[k] += weight[r] * to_reals(row_of(first, r, rows, n_columns) + k);
}

/* p[r], the probabilities of some tasks, at most CHUNK rows together. */
INLINE void short_shares(const stored *task, size_t tasks, size_t rows, size_t n_columns,
                         bool want_value, const vreal *beta, product *denominators, vreal *p)
{
    exp_utilities(task + 1, tasks, rows, n_columns, beta, p);
    UNROLLED (t, tasks) {
        vreal denominator = to_reals(task + t * (1 + rows * n_columns)), inverse;
        UNROLLED (r, rows)
            denominator += p[t * rows + r];
        times_product(denominators, denominator, want_value);
        inverse = 1 / denominator;
        UNROLLED (r, rows)
            p[t * rows + r] *= inverse;
    }
}

/* Some tasks, at most CHUNK rows together. */
INLINE void short_tasks(const stored *task, size_t tasks, size_t rows, size_t n_columns,
                        bool want_value, bool want_gradient, product *denominators,
                        const workspace *work)
{
    vreal p[CHUNK];

    short_shares(task, tasks, rows, n_columns, want_value, work->beta, denominators, p);
    if (want_gradient)
        add_differences(task + 1, tasks, rows, n_columns, p, work->gradient);
}

/* At most CHUNK rows of a long task: exponentials to the denominator, and rows weighted by them. */
INLINE void add_chunk(const stored *first, size_t rows, size_t n_columns, bool want_gradient,
                      const workspace *work, vreal *denominator)
{
    vreal e[CHUNK] = {{0}};

    exp_utilities(first, 1, rows, n_columns, work->beta, e);
    *denominator += (e[0] + e[1]) + (e[2] + e[3]);
    if (want_gradient)
        add_differences(first, 1, rows, n_columns, e, work->row_sum);
}

/* A task of any number of rows, in chunks. The denominator is known only at the end, so the
 * gradient's sum over rows is divided by it then. */
INLINE void long_task(const stored *task, size_t rows, size_t n_columns, bool want_value,
                      bool want_gradient, product *denominators, const workspace *work)
{
    const stored *d = task + 1;
    vreal denominator = to_reals(task);

    if (want_gradient)
        clear(n_columns, work->row_sum);
    for (; rows >= CHUNK; rows -= CHUNK, d += CHUNK * n_columns)
        add_chunk(d, CHUNK, n_columns, want_gradient, work, &denominator);
    if (!WRITTEN_OUT && rows == 3)
        add_chunk(d, 3, n_columns, want_gradient, work, &denominator), rows = 0;
    if (rows >= 2) {
        add_chunk(d, 2, n_columns, want_gradient, work, &denominator);
        rows -= 2;
        d += 2 * n_columns;
    }
    if (rows == 1)
        add_chunk(d, 1, n_columns, want_gradient, work, &denominator);
    times_product(denominators, denominator, want_value);
    if (want_gradient) {
        const vreal inverse = 1 / denominator;
        UNROLLED (k, n_columns)
            work->gradient[k] += work->row_sum[k] * inverse;
    }
}

/* ---- a strip ---- */

/* beta log2(e) for a column's unit, or what sets off the alarm where it is not finite. */
INLINE void load_beta(const hbl_pass_strip *strip, const double *from, size_t n_columns,
                      vreal *beta, product *denominators)
{
    const double log2_e = 1.44269504088896340736;
    vreal one = splat(1);

    UNROLLED (k, n_columns) {
        beta[k] = load_doubles(from + k * HBL_LANES, log2_e * unit_of(strip, k));
        one += beta[k] - beta[k];
    }
    watch(denominators, one);
}

INLINE bool pass(const hbl_pass_strip *strip, size_t n_columns, const double *from,
                 double *log_likelihood, double *gradient_to, bool want_value, bool want_gradient,
                 workspace work)
{
    product denominators = {.mantissa = splat(1)};
    const stored *task = strip->stream;
    const size_t ahead = want_gradient ? strip->ahead : 0;

    load_beta(strip, from, n_columns, work.beta, &denominators);
    if (want_gradient)
        clear(n_columns, work.gradient);
    for (const hbl_pass_run *run = strip->run; run < strip->run + strip->n_runs; run++) {
        const size_t vectors = 1 + run->rows * n_columns;
        size_t left = run->tasks;
#define FOR_TASKS(n, work_on_them)                                                                 \
    for (; left >= (n); left -= (n), task += (n)*vectors) {                                        \
        if (ahead)                                                                                 \
            fetch_ahead(task, (n)*vectors, ahead);                                                 \
        work_on_them;                                                                              \
    }
#define SHORT_TASKS(n, rows)                                                                       \
    FOR_TASKS(                                                                                     \
        n, short_tasks(task, n, rows, n_columns, want_value, want_gradient, &denominators, &work))
        switch (run->rows) {
        case 1:
            SHORT_TASKS(4, 1)
            SHORT_TASKS(1, 1)
            break;
        case 2:
            if (!WRITTEN_OUT)
                SHORT_TASKS(2, 2)
            SHORT_TASKS(1, 2)
            break;
        case 3:
            SHORT_TASKS(1, 3)
            break;
        case 4:
            SHORT_TASKS(1, 4)
            break;
        default:
            FOR_TASKS(1, long_task(task, run->rows, n_columns, want_value, want_gradient,
                                   &denominators, &work))
        }
        if (want_value)
            settle_product(&denominators, run->tasks);
    }
    if (want_value && log_likelihood)
        product_log(&denominators, log_likelihood);
    if (want_gradient)
        UNROLLED (k, n_columns)
            store_doubles(gradient_to + k * HBL_LANES, -work.gradient[k], unit_of(strip, k));
    return product_sound(&denominators);
}

#if HBL_DOUBLE
#include "likelihood/pass_hessian.h"
#endif

/* ---- a function for each number of columns ---- */

#define KERNEL(kind, n, want_value, want_gradient)                                                 \
    static bool OF_STREAM(kind##_##n)(const hbl_pass_strip *strip, size_t n_columns,               \
                                      const double *beta, double *log_likelihood,                  \
                                      double *gradient)                                            \
    {                                                                                              \
        vreal b[n], g[n], s[n];                                                                    \
        (void)n_columns;                                                                           \
        return pass(strip, n, beta, log_likelihood, gradient, want_value, want_gradient,           \
                    (workspace){b, g, s});                                                         \
    }
#define KERNEL_ANY(kind, want_value, want_gradient)                                                \
    static bool OF_STREAM(kind##_any)(const hbl_pass_strip *strip, size_t n, const double *beta,   \
                                      double *log_likelihood, double *gradient)                    \
    {                                                                                              \
        vreal *const b = __builtin_alloca_with_align(3 * n * sizeof *b, 512);                      \
        return pass(strip, n, beta, log_likelihood, gradient, want_value, want_gradient,           \
                    (workspace){b, b + n, b + 2 * n});                                             \
    }
#define TABLE_ANY(kind)                                                                            \
    {                                                                                              \
        OF_STREAM(kind##_any)                                                                      \
    }
#if defined ANY_NUMBER_ONLY
#define KERNELS_OF(kind, want_value, want_gradient) KERNEL_ANY(kind, want_value, want_gradient)
#define TABLE(kind)                                 TABLE_ANY(kind)
#else
#define KERNELS_OF(kind, want_value, want_gradient)                                                \
    KERNEL_ANY(kind, want_value, want_gradient)                                                    \
    KERNEL(kind, 1, want_value, want_gradient)                                                     \
    KERNEL(kind, 2, want_value, want_gradient)                                                     \
    KERNEL(kind, 3, want_value, want_gradient)                                                     \
    KERNEL(kind, 4, want_value, want_gradient)                                                     \
    KERNEL(kind, 5, want_value, want_gradient)                                                     \
    KERNEL(kind, 6, want_value, want_gradient)                                                     \
    KERNEL(kind, 7, want_value, want_gradient)                                                     \
    KERNEL(kind, 8, want_value, want_gradient)                                                     \
    KERNEL(kind, 9, want_value, want_gradient)                                                     \
    KERNEL(kind, 10, want_value, want_gradient)                                                    \
    KERNEL(kind, 11, want_value, want_gradient)                                                    \
    KERNEL(kind, 12, want_value, want_gradient)                                                    \
    KERNEL(kind, 13, want_value, want_gradient)                                                    \
    KERNEL(kind, 14, want_value, want_gradient)                                                    \
    KERNEL(kind, 15, want_value, want_gradient)                                                    \
    KERNEL(kind, 16, want_value, want_gradient)

#define TABLE(kind)                                                                                \
    {                                                                                              \
        OF_STREAM(kind##_any), OF_STREAM(kind##_1), OF_STREAM(kind##_2), OF_STREAM(kind##_3),      \
            OF_STREAM(kind##_4), OF_STREAM(kind##_5), OF_STREAM(kind##_6), OF_STREAM(kind##_7),    \
            OF_STREAM(kind##_8), OF_STREAM(kind##_9), OF_STREAM(kind##_10), OF_STREAM(kind##_11),  \
            OF_STREAM(kind##_12), OF_STREAM(kind##_13), OF_STREAM(kind##_14),                      \
            OF_STREAM(kind##_15), OF_STREAM(kind##_16)                                             \
    }
#endif

/* In units, which is for data that come from memory slower than they are computed with, only what
 * the sampler asks for all the time, and one kernel for gradients with and without the value. */
#if HBL_UNITS
KERNEL_ANY(value, true, false)
#if HBL_DOUBLE
KERNEL_ANY(both, true, true)
#define TABLE_OF_GRADIENTS TABLE_ANY
#else
KERNELS_OF(both, true, true)
#define TABLE_OF_GRADIENTS TABLE
#endif
static const hbl_pass_kernels OF_STREAM(kernels) = {
    .lanes = LANES,
    .value = TABLE_ANY(value),
    .gradient = TABLE_OF_GRADIENTS(both),
    .both = TABLE_OF_GRADIENTS(both),
#undef TABLE_OF_GRADIENTS
#else
KERNELS_OF(value, true, false)
KERNELS_OF(gradient, false, true)
KERNELS_OF(both, true, true)
static const hbl_pass_kernels OF_STREAM(kernels) = {
    .lanes = LANES,
    .value = TABLE(value),
    .gradient = TABLE(gradient),
    .both = TABLE(both),
#endif
#if HBL_DOUBLE
    .hessian = pass_hessian,
#endif
};
