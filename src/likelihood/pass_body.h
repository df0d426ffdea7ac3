/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pass over a strip for one floating-point type: part of pass_isa.c, which includes it twice.
 *
 *     ll = -sum_t ln d_t,   d_t = 1 + sum_j exp(D_tj' beta),   -dll/dbeta = sum_t sum_j D_tj e_tj /
 * d_t
 *
 * Functions are inlined with the number of columns, and of rows up to CHUNK, constant: then the
 * accumulators live in registers and the loops over columns and rows are straight code. Rows of a
 * chunk go side by side, which hides the latency of the polynomial.
 */
#include "likelihood/pass_math.h"

#define product         OF_TYPE(product)
#define times_product   OF_TYPE(times_product)
#define settle_product  OF_TYPE(settle_product)
#define product_log     OF_TYPE(product_log)
#define product_sound   OF_TYPE(product_sound)
#define clear           OF_TYPE(clear)
#define exp_utilities   OF_TYPE(exp_utilities)
#define add_differences OF_TYPE(add_differences)
#define short_shares    OF_TYPE(short_shares)
#define short_task      OF_TYPE(short_task)
#define long_task       OF_TYPE(long_task)
#define pass            OF_TYPE(pass)
#define load_beta       OF_TYPE(load_beta)
#define fetch_ahead     OF_TYPE(fetch_ahead)

/* ---- the product of denominators: one logarithm a person in place of one a task ---- */

typedef struct {
    vreal mantissa;   /* product of mantissas in [1, 2) */
    vwhole exponents; /* sum of biased exponents */
    vwhole alarm;     /* sign bit: a denominator above 2^GUARD_EXPONENT, or not a number */
    size_t factors;   /* in exponents */
} product;

INLINE void times_product(product *p, vreal d, bool want_value)
{
    const vwhole bits = (vwhole)d;

    p->alarm |= (GUARD - bits) | bits;
    if (want_value) {
        p->exponents += bits >> MANTISSA_BITS;
        p->mantissa *= (vreal)((bits & MANTISSA) | ONE);
    }
}

/* Moves the exponent of the mantissas' product over to the exponents. */
INLINE void settle_product(product *p, size_t factors)
{
    const vwhole bits = (vwhole)p->mantissa;

    p->exponents += bits >> MANTISSA_BITS;
    p->mantissa = (vreal)((bits & MANTISSA) | ONE);
    p->factors += factors + 1;
}

INLINE bool product_sound(const product *p)
{
    whole alarm = 0;
    for (size_t l = 0; l < LANES; l++)
        alarm |= p->alarm[l];
    return !(alarm & SIGN);
}

/* -ln of the product. The mantissa is first brought to [sqrt(1/2), sqrt(2)). */
INLINE void product_log(const product *p, double *log_likelihood)
{
    const double ln2 = 0.693147180559945309417;
    const vwhole bits = (vwhole)p->mantissa - ROOT_HALF;
    const vwhole exponents = p->exponents + (bits >> MANTISSA_BITS) - (whole)(BIAS * p->factors);
    const vreal log2_mantissa = log2_vector((vreal)((bits & MANTISSA) + ROOT_HALF));
    const vwide log2_product = __builtin_convertvector((vinteger)exponents, vwide) +
                               __builtin_convertvector(log2_mantissa, vwide);
    const vwide result = -ln2 * log2_product;

    memcpy(log_likelihood, &result, sizeof result);
}

/* ---- one task ---- */

INLINE void clear(size_t n, vreal *vector)
{
    UNROLLED (k, n)
        vector[k] = (vreal){0};
}

/* e[r] = exp(D_r' beta) of some rows. */
INLINE void exp_utilities(const vreal *d, size_t rows, size_t n_columns, const vreal *beta,
                          vreal *e)
{
    UNROLLED (r, rows)
        e[r] = d[r * n_columns] * beta[0];
    UNROLLED (k, n_columns - 1)
        UNROLLED (r, rows)
            e[r] += d[r * n_columns + k + 1] * beta[k + 1];
    UNROLLED (r, rows)
        e[r] = exp2_vector(e[r]);
}

/* sum += weight_r D_r over some rows. */
INLINE void add_differences(const vreal *d, size_t rows, size_t n_columns, const vreal *weight,
                            vreal *sum)
{
    UNROLLED (k, n_columns)
        UNROLLED (r, rows)
            sum[k] += weight[r] * d[r * n_columns + k];
}

/* Asks for the cache lines that lie where this task's do, in the next strip: from memory they take
 * about as long as the arithmetic of a strip. */
INLINE void fetch_ahead(const vreal *task, size_t vectors, size_t ahead)
{
    enum { LINE = 64, SECOND_LEVEL = 2 };

    UNROLLED (line, vectors * sizeof *task / LINE)
        __builtin_prefetch((const char *)task + ahead + line * LINE, 0, SECOND_LEVEL);
}

/* p[r], the probabilities of a task of at most CHUNK rows. */
INLINE void short_shares(const vreal *task, size_t rows, size_t n_columns, bool want_value,
                         const vreal *beta, product *denominators, vreal *p)
{
    vreal denominator = task[0], inverse;

    exp_utilities(task + 1, rows, n_columns, beta, p);
    UNROLLED (r, rows)
        denominator += p[r];
    times_product(denominators, denominator, want_value);
    inverse = 1 / denominator;
    UNROLLED (r, rows)
        p[r] *= inverse;
}

/* A task of at most CHUNK rows. */
INLINE void short_task(const vreal *task, size_t rows, size_t n_columns, size_t ahead,
                       bool want_value, bool want_gradient, const vreal *beta,
                       product *denominators, vreal *gradient)
{
    vreal p[CHUNK];

    if (want_gradient && ahead)
        fetch_ahead(task, 1 + rows * n_columns, ahead);
    short_shares(task, rows, n_columns, want_value, beta, denominators, p);
    if (want_gradient)
        add_differences(task + 1, rows, n_columns, p, gradient);
}

/* A task of any number of rows, in chunks. The denominator is known only at the end, so the
 * gradient's sum over rows is divided by it then. */
INLINE void long_task(const vreal *task, size_t rows, size_t n_columns, size_t ahead,
                      bool want_value, bool want_gradient, const vreal *beta, product *denominators,
                      vreal *gradient, vreal *row_sum)
{
    const vreal *d = task + 1;
    vreal e[CHUNK], denominator = task[0];

    if (want_gradient && ahead)
        fetch_ahead(task, 1 + rows * n_columns, ahead);
    if (want_gradient)
        clear(n_columns, row_sum);
    for (; rows >= CHUNK; rows -= CHUNK, d += CHUNK * n_columns) {
        exp_utilities(d, CHUNK, n_columns, beta, e);
        denominator += (e[0] + e[1]) + (e[2] + e[3]);
        if (want_gradient)
            add_differences(d, CHUNK, n_columns, e, row_sum);
    }
    for (; rows > 0; rows--, d += n_columns) {
        exp_utilities(d, 1, n_columns, beta, e);
        denominator += e[0];
        if (want_gradient)
            add_differences(d, 1, n_columns, e, row_sum);
    }
    times_product(denominators, denominator, want_value);
    if (want_gradient) {
        const vreal inverse = 1 / denominator;
        UNROLLED (k, n_columns)
            gradient[k] += row_sum[k] * inverse;
    }
}

/* ---- a strip ---- */

/* beta log2(e), or what sets off the alarm where it is not finite. */
INLINE void load_beta(const double *from, size_t n_columns, vreal *beta, product *denominators)
{
    const double log2_e = 1.44269504088896340736;
    vreal one = splat(1);

    UNROLLED (k, n_columns) {
        beta[k] = load_doubles(from + k * HBL_LANES, log2_e);
        one += beta[k] - beta[k];
    }
    times_product(denominators, one, false);
}

INLINE bool pass(const hbl_pass_strip *strip, size_t n_columns, const double *from,
                 double *log_likelihood, double *gradient_to, bool want_value, bool want_gradient,
                 vreal *beta, vreal *gradient, vreal *row_sum)
{
    product denominators = {.mantissa = splat(1)};
    const vreal *task = strip->stream;

    load_beta(from, n_columns, beta, &denominators);
    if (want_gradient)
        clear(n_columns, gradient);
    for (const hbl_pass_run *run = strip->run; run < strip->run + strip->n_runs; run++) {
        const size_t stride = 1 + run->rows * n_columns;
#define SHORT_TASKS(rows)                                                                          \
    case rows:                                                                                     \
        for (size_t t = 0; t < run->tasks; t++, task += 1 + (rows)*n_columns)                      \
            short_task(task, rows, n_columns, strip->ahead, want_value, want_gradient, beta,       \
                       &denominators, gradient);                                                   \
        break;
        switch (run->rows) {
            SHORT_TASKS(1)
            SHORT_TASKS(2)
            SHORT_TASKS(3)
            SHORT_TASKS(4)
        default:
            for (size_t t = 0; t < run->tasks; t++, task += stride)
                long_task(task, run->rows, n_columns, strip->ahead, want_value, want_gradient, beta,
                          &denominators, gradient, row_sum);
        }
        if (want_value)
            settle_product(&denominators, run->tasks);
    }
    if (want_value)
        product_log(&denominators, log_likelihood);
    if (want_gradient)
        UNROLLED (k, n_columns)
            store_doubles(gradient_to + k * HBL_LANES, -gradient[k]);
    return product_sound(&denominators);
}

/* ---- minus the second derivatives, in double only ----
 *
 *     H = sum_t (sum_j p_tj D_tj D_tj' - s_t s_t'),   s_t = sum_j p_tj D_tj
 */
#if HBL_DOUBLE

/* hessian += sum_r weight_r D_r D_r' - less less', the lower triangle by rows, over some rows; less
 * NULL: 0. */
INLINE void add_squares(const vreal *d, size_t rows, size_t n_columns, const vreal *weight,
                        const vreal *less, double *hessian)
{
    for (size_t i = 0; i < n_columns; i++) {
        vreal scaled[CHUNK];
        UNROLLED (r, rows)
            scaled[r] = weight[r] * d[r * n_columns + i];
        for (size_t j = 0; j <= i; j++, hessian += HBL_LANES) {
            vreal sum = load_doubles(hessian, 1);
            if (less)
                sum -= less[i] * less[j];
            UNROLLED (r, rows)
                sum += scaled[r] * d[r * n_columns + j];
            store_doubles(hessian, sum);
        }
    }
}

/* A task of at most CHUNK rows. */
INLINE void hessian_short(const vreal *task, size_t rows, size_t n_columns, const vreal *beta,
                          product *denominators, vreal *row_sum, double *hessian)
{
    vreal p[CHUNK];

    short_shares(task, rows, n_columns, false, beta, denominators, p);
    clear(n_columns, row_sum);
    add_differences(task + 1, rows, n_columns, p, row_sum);
    add_squares(task + 1, rows, n_columns, p, row_sum, hessian);
}

/* A task of any number of rows; the exponentials are formed again when the denominator is known. */
INLINE void hessian_long(const vreal *task, size_t rows, size_t n_columns, const vreal *beta,
                         product *denominators, vreal *row_sum, double *hessian)
{
    const vreal *const d = task + 1;
    vreal e, inverse, denominator = task[0];

    clear(n_columns, row_sum);
    for (size_t r = 0; r < rows; r++) {
        exp_utilities(d + r * n_columns, 1, n_columns, beta, &e);
        denominator += e;
        add_differences(d + r * n_columns, 1, n_columns, &e, row_sum);
    }
    times_product(denominators, denominator, false);
    inverse = 1 / denominator;
    for (size_t k = 0; k < n_columns; k++)
        row_sum[k] *= inverse;
    for (size_t r = 0; r < rows; r++) {
        exp_utilities(d + r * n_columns, 1, n_columns, beta, &e);
        e *= inverse;
        add_squares(d + r * n_columns, 1, n_columns, &e, r == 0 ? row_sum : NULL, hessian);
    }
}

static bool pass_hessian(const hbl_pass_strip *strip, size_t n_columns, const double *from,
                         double *hessian)
{
    product denominators = {.mantissa = splat(1)};
    const vreal *task = strip->stream;
    vreal *const beta = __builtin_alloca_with_align(2 * n_columns * sizeof *beta, 512);
    vreal *const row_sum = beta + n_columns;

    load_beta(from, n_columns, beta, &denominators);
    for (size_t i = 0; i < n_columns * (n_columns + 1) / 2; i++)
        store_doubles(hessian + i * HBL_LANES, (vreal){0});
    for (const hbl_pass_run *run = strip->run; run < strip->run + strip->n_runs; run++) {
        const size_t stride = 1 + run->rows * n_columns;
#define SHORT_HESSIANS(rows)                                                                       \
    case rows:                                                                                     \
        for (size_t t = 0; t < run->tasks; t++, task += stride)                                    \
            hessian_short(task, rows, n_columns, beta, &denominators, row_sum, hessian);           \
        break;
        switch (run->rows) {
            SHORT_HESSIANS(1)
            SHORT_HESSIANS(2)
            SHORT_HESSIANS(3)
            SHORT_HESSIANS(4)
        default:
            for (size_t t = 0; t < run->tasks; t++, task += stride)
                hessian_long(task, run->rows, n_columns, beta, &denominators, row_sum, hessian);
        }
    }
    return product_sound(&denominators);
}

#endif

/* ---- a function for each number of columns ---- */

#define KERNEL(kind, n, want_value, want_gradient)                                                 \
    static bool OF_TYPE(kind##_##n)(const hbl_pass_strip *strip, size_t n_columns,                 \
                                    const double *beta, double *log_likelihood, double *gradient)  \
    {                                                                                              \
        vreal b[n], g[n], s[n];                                                                    \
        (void)n_columns;                                                                           \
        return pass(strip, n, beta, log_likelihood, gradient, want_value, want_gradient, b, g, s); \
    }
#define KERNEL_ANY(kind, want_value, want_gradient)                                                \
    static bool OF_TYPE(kind##_any)(const hbl_pass_strip *strip, size_t n, const double *beta,     \
                                    double *log_likelihood, double *gradient)                      \
    {                                                                                              \
        vreal *const work = __builtin_alloca_with_align(3 * n * sizeof *work, 512);                \
        return pass(strip, n, beta, log_likelihood, gradient, want_value, want_gradient, work,     \
                    work + n, work + 2 * n);                                                       \
    }
#if defined ANY_NUMBER_ONLY
#define KERNELS_OF(kind, want_value, want_gradient) KERNEL_ANY(kind, want_value, want_gradient)
#define TABLE(kind)                                                                                \
    {                                                                                              \
        OF_TYPE(kind##_any)                                                                        \
    }
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
        OF_TYPE(kind##_any), OF_TYPE(kind##_1), OF_TYPE(kind##_2), OF_TYPE(kind##_3),              \
            OF_TYPE(kind##_4), OF_TYPE(kind##_5), OF_TYPE(kind##_6), OF_TYPE(kind##_7),            \
            OF_TYPE(kind##_8), OF_TYPE(kind##_9), OF_TYPE(kind##_10), OF_TYPE(kind##_11),          \
            OF_TYPE(kind##_12), OF_TYPE(kind##_13), OF_TYPE(kind##_14), OF_TYPE(kind##_15),        \
            OF_TYPE(kind##_16)                                                                     \
    }
#endif

KERNELS_OF(value, true, false)
KERNELS_OF(gradient, false, true)
KERNELS_OF(both, true, true)

static const hbl_pass_kernels OF_TYPE(kernels) = {
    .lanes = LANES,
    .value = TABLE(value),
    .gradient = TABLE(gradient),
    .both = TABLE(both),
#if HBL_DOUBLE
    .hessian = pass_hessian,
#endif
};
