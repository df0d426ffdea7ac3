/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Minus the second derivatives over a strip, in double only: part of pass_body.h.
 *
 *     H = sum_t (sum_j p_tj D_tj D_tj' - s_t s_t'),   s_t = sum_j p_tj D_tj
 */
#define add_squares   OF_STREAM(add_squares)
#define hessian_short OF_STREAM(hessian_short)
#define hessian_long  OF_STREAM(hessian_long)
#define times_units   OF_STREAM(times_units)
#define pass_hessian  OF_STREAM(pass_hessian)

/* hessian += sum_r weight_r D_r D_r' - less less', the lower triangle by rows, over some rows; less
 * NULL: 0. */
INLINE void add_squares(const stored *d, size_t rows, size_t n_columns, const vreal *weight,
                        const vreal *less, double *hessian)
{
    for (size_t i = 0; i < n_columns; i++) {
        vreal scaled[CHUNK];
        UNROLLED (r, rows)
            scaled[r] = weight[r] * to_reals(d + r * n_columns + i);
        for (size_t j = 0; j <= i; j++, hessian += HBL_LANES) {
            vreal sum = load_doubles(hessian, 1);
            if (less)
                sum -= less[i] * less[j];
            UNROLLED (r, rows)
                sum += scaled[r] * to_reals(d + r * n_columns + j);
            store_doubles(hessian, sum, 1);
        }
    }
}

/* A task of at most CHUNK rows. */
INLINE void hessian_short(const stored *task, size_t rows, size_t n_columns, product *denominators,
                          const workspace *work, double *hessian)
{
    vreal p[CHUNK];

    short_shares(task, 1, rows, n_columns, false, work->beta, denominators, p);
    clear(n_columns, work->row_sum);
    add_differences(task + 1, 1, rows, n_columns, p, work->row_sum);
    add_squares(task + 1, rows, n_columns, p, work->row_sum, hessian);
}

/* A task of any number of rows; the exponentials are formed again when the denominator is known. */
INLINE void hessian_long(const stored *task, size_t rows, size_t n_columns, product *denominators,
                         const workspace *work, double *hessian)
{
    const stored *const d = task + 1;
    vreal e, inverse, denominator = to_reals(task);

    clear(n_columns, work->row_sum);
    for (size_t r = 0; r < rows; r++)
        add_chunk(d + r * n_columns, 1, n_columns, true, work, &denominator);
    watch(denominators, denominator);
    inverse = 1 / denominator;
    for (size_t k = 0; k < n_columns; k++)
        work->row_sum[k] *= inverse;
    for (size_t r = 0; r < rows; r++) {
        exp_utilities(d + r * n_columns, 1, 1, n_columns, work->beta, &e);
        e *= inverse;
        add_squares(d + r * n_columns, 1, n_columns, &e, r == 0 ? work->row_sum : NULL, hessian);
    }
}

/* From a stream in units: its differences are multiples of them. */
INLINE void times_units(const hbl_pass_strip *strip, size_t n_columns, double *hessian)
{
    for (size_t i = 0; i < n_columns; i++)
        for (size_t j = 0; j <= i; j++, hessian += HBL_LANES)
            store_doubles(hessian, load_doubles(hessian, unit_of(strip, i) * unit_of(strip, j)), 1);
}

static bool pass_hessian(const hbl_pass_strip *strip, size_t n_columns, const double *from,
                         double *hessian)
{
    product denominators = {.mantissa = splat(1)};
    const stored *task = strip->stream;
    vreal *const beta = __builtin_alloca_with_align(2 * n_columns * sizeof *beta, 512);
    const workspace work = {beta, NULL, beta + n_columns};

    load_beta(strip, from, n_columns, beta, &denominators);
    for (size_t i = 0; i < n_columns * (n_columns + 1) / 2; i++)
        store_doubles(hessian + i * HBL_LANES, (vreal){0}, 1);
    for (const hbl_pass_run *run = strip->run; run < strip->run + strip->n_runs; run++) {
        const size_t vectors = 1 + run->rows * n_columns;
#define SHORT_HESSIANS(rows)                                                                       \
    case rows:                                                                                     \
        for (size_t t = 0; t < run->tasks; t++, task += vectors)                                   \
            hessian_short(task, rows, n_columns, &denominators, &work, hessian);                   \
        break;
        switch (run->rows) {
            SHORT_HESSIANS(1)
            SHORT_HESSIANS(2)
            SHORT_HESSIANS(3)
            SHORT_HESSIANS(4)
        default:
            for (size_t t = 0; t < run->tasks; t++, task += vectors)
                hessian_long(task, run->rows, n_columns, &denominators, &work, hessian);
        }
    }
    if (HBL_UNITS)
        times_units(strip, n_columns, hessian);
    return product_sound(&denominators);
}
