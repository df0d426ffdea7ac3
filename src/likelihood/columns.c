/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the model's coefficients (b, lambda) to those of the columns of x, which the pass takes, and
 * back. With s_n = exp(v_n'lambda), held coefficients c and a = (b, c), the pass sees
 *
 *     u = s a,   du_k/db_k = s,   du/dlambda_q = v_q u,   d2u/dlambda_q dlambda_r = v_q v_r u
 *
 * and gives ll, its gradient g and H = -d2ll/dudu'. By the chain rule
 *
 *     dll/db = s g,   dll/dlambda_q = v_q u'g,
 *     -d2ll/dbdb' = s^2 H,   -d2ll/db dlambda_q = v_q s (H u - g),
 *     -d2ll/dlambda_q dlambda_r = v_q v_r u'(H u - g).
 *
 * Without the terms in g this is J'HJ for the Jacobian J of u, which is never indefinite.
 */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "likelihood/internal.h"

/* ---- v in the order of packing ---- */

int hbl_columns_init(hbl_likelihood *likelihood, hbl_error *error)
{
    const hbl_model *model = likelihood->model;
    const size_t n = model->n_scale;

    if (n == 0)
        return HBL_OK;
    likelihood->v = hbl_calloc_aligned(likelihood->packing.n_blocks * n * HBL_LANES, sizeof(double),
                                       "packed data", error);
    if (!likelihood->v)
        return HBL_ERR_MEMORY;
    for (size_t block = 0; block < likelihood->packing.n_blocks; block++)
        for (size_t l = 0; l < HBL_LANES; l++) {
            const size_t person = hbl_likelihood_person(likelihood, block, l);
            for (size_t q = 0; q < n && person != SIZE_MAX; q++)
                likelihood->v[(block * n + q) * HBL_LANES + l] = model->v[person * n + q];
        }
    return HBL_OK;
}

/* ---- scratch ---- */

/* [column][lane], but s [lane] and the triangle of hessian. */
typedef struct {
    double *s, *u, *gradient, *hessian_u, *hessian;
} room;

static bool direct(const hbl_model *model)
{
    return model->n_scale == 0 && model->n_held == 0;
}

static size_t triangle(size_t n)
{
    return n * (n + 1) / 2;
}

size_t hbl_likelihood_scratch(const hbl_likelihood *likelihood)
{
    const size_t n = likelihood->model->n_columns;

    return direct(likelihood->model) ? 0 : (1 + 3 * n + triangle(n)) * HBL_LANES;
}

static room room_in(const hbl_model *model, double *scratch)
{
    const size_t n = model->n_columns * HBL_LANES;
    double *const u = scratch + HBL_LANES;

    return (room){scratch, u, u + n, u + 2 * n, u + 3 * n};
}

/* ---- there ---- */

/* What is not finite in lambda must not be lost in exp, whose limit at -infinity is 0. */
static void scale_of(const hbl_model *model, const double *v, const double *lambda, double *s)
{
    for (size_t l = 0; l < HBL_LANES; l++) {
        double sum = 0;
        for (size_t q = 0; q < model->n_scale; q++)
            sum += v[q * HBL_LANES + l] * lambda[q * HBL_LANES + l];
        s[l] = exp(sum) + 0 * sum;
    }
}

static const double *v_of(const hbl_likelihood *likelihood, size_t block)
{
    return likelihood->v ? likelihood->v + block * likelihood->model->n_scale * HBL_LANES : NULL;
}

static void fill_columns(const hbl_likelihood *likelihood, size_t block, const double *beta,
                         const room *r)
{
    const hbl_model *model = likelihood->model;
    const size_t n_free = model->n_columns - model->n_held;
    double *const held = r->u + n_free * HBL_LANES;

    scale_of(model, v_of(likelihood, block), beta + n_free * HBL_LANES, r->s);
    for (size_t k = 0; k < n_free; k++)
        for (size_t l = 0; l < HBL_LANES; l++)
            r->u[k * HBL_LANES + l] = r->s[l] * beta[k * HBL_LANES + l];
    for (size_t h = 0; h < model->n_held; h++)
        for (size_t l = 0; l < HBL_LANES; l++)
            held[h * HBL_LANES + l] = r->s[l] * model->held[h];
}

/* ---- and back ---- */

/* out = x'y, lane by lane. */
static void dot(size_t n, const double *x, const double *y, double *out)
{
    for (size_t l = 0; l < HBL_LANES; l++)
        out[l] = 0;
    for (size_t i = 0; i < n * HBL_LANES; i += HBL_LANES)
        for (size_t l = 0; l < HBL_LANES; l++)
            out[l] += x[i + l] * y[i + l];
}

/* Lanes of padding, where s need not be finite. */
static void clear_padding(const hbl_likelihood *likelihood, size_t block, size_t n, double *array)
{
    for (size_t l = 0; l < HBL_LANES; l++)
        for (size_t i = 0; i < n && hbl_likelihood_person(likelihood, block, l) == SIZE_MAX; i++)
            array[i * HBL_LANES + l] = 0;
}

static void write_gradient(const hbl_likelihood *likelihood, size_t block, const room *r,
                           double *gradient)
{
    const hbl_model *model = likelihood->model;
    const size_t n_free = model->n_columns - model->n_held;
    const double *const v = v_of(likelihood, block);
    double slope[HBL_LANES], *const by_lambda = gradient + n_free * HBL_LANES;

    for (size_t k = 0; k < n_free; k++)
        for (size_t l = 0; l < HBL_LANES; l++)
            gradient[k * HBL_LANES + l] = r->s[l] * r->gradient[k * HBL_LANES + l];
    dot(model->n_columns, r->u, r->gradient, slope);
    for (size_t q = 0; q < model->n_scale; q++)
        for (size_t l = 0; l < HBL_LANES; l++)
            by_lambda[q * HBL_LANES + l] = v[q * HBL_LANES + l] * slope[l];
    clear_padding(likelihood, block, n_free + model->n_scale, gradient);
}

/* out = H u for the triangle H. */
static void hessian_times(size_t n, const double *hessian, const double *u, double *out)
{
    memset(out, 0, n * HBL_LANES * sizeof *out);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++, hessian += HBL_LANES)
            for (size_t l = 0; l < HBL_LANES; l++) {
                out[i * HBL_LANES + l] += hessian[l] * u[j * HBL_LANES + l];
                out[j * HBL_LANES + l] += i == j ? 0 : hessian[l] * u[i * HBL_LANES + l];
            }
}

/* The rows of lambda: slope = H u, or H u - g. */
static void write_scale_rows(const hbl_model *model, const double *v, const room *r,
                             const double *slope, double *row)
{
    const size_t n_free = model->n_columns - model->n_held;
    double along[HBL_LANES];

    dot(model->n_columns, r->u, slope, along);
    for (size_t q = 0; q < model->n_scale; q++) {
        const double *const v_q = v + q * HBL_LANES;
        for (size_t k = 0; k < n_free; k++, row += HBL_LANES)
            for (size_t l = 0; l < HBL_LANES; l++)
                row[l] = v_q[l] * r->s[l] * slope[k * HBL_LANES + l];
        for (size_t p = 0; p <= q; p++, row += HBL_LANES)
            for (size_t l = 0; l < HBL_LANES; l++)
                row[l] = v_q[l] * v[p * HBL_LANES + l] * along[l];
    }
}

static void write_hessian(const hbl_likelihood *likelihood, size_t block, bool exact, const room *r,
                          double *hessian)
{
    const hbl_model *model = likelihood->model;
    const size_t n = model->n_columns, n_free = n - model->n_held;

    /* The triangle of b is the first part of that of (b, c). */
    for (size_t i = 0; i < triangle(n_free) * HBL_LANES; i += HBL_LANES)
        for (size_t l = 0; l < HBL_LANES; l++)
            hessian[i + l] = r->s[l] * r->s[l] * r->hessian[i + l];
    if (model->n_scale > 0) {
        hessian_times(n, r->hessian, r->u, r->hessian_u);
        for (size_t i = 0; exact && i < n * HBL_LANES; i++)
            r->hessian_u[i] -= r->gradient[i];
        write_scale_rows(model, v_of(likelihood, block), r, r->hessian_u,
                         hessian + triangle(n_free) * HBL_LANES);
    }
    clear_padding(likelihood, block, triangle(n_free + model->n_scale), hessian);
}

/* ---- the functions of likelihood.h ---- */

void hbl_likelihood_block_in(const hbl_likelihood *likelihood, hbl_precision precision,
                             size_t block, const double *beta, double *log_likelihood,
                             double *gradient, double *scratch)
{
    if (direct(likelihood->model)) {
        hbl_likelihood_pass(likelihood, precision, block, beta, log_likelihood, gradient);
        return;
    }
    const room r = room_in(likelihood->model, scratch);
    fill_columns(likelihood, block, beta, &r);
    hbl_likelihood_pass(likelihood, precision, block, r.u, log_likelihood,
                        gradient ? r.gradient : NULL);
    if (gradient)
        write_gradient(likelihood, block, &r, gradient);
}

void hbl_likelihood_block(const hbl_likelihood *likelihood, size_t block, const double *beta,
                          double *log_likelihood, double *gradient, double *scratch)
{
    hbl_likelihood_block_in(likelihood, likelihood->precision, block, beta, log_likelihood,
                            gradient, scratch);
}

void hbl_likelihood_block_hessian(const hbl_likelihood *likelihood, size_t block,
                                  const double *beta, bool exact, double *hessian, double *scratch)
{
    const hbl_model *model = likelihood->model;

    if (direct(model)) {
        hbl_likelihood_pass_hessian(likelihood, block, beta, hessian);
        return;
    }
    const room r = room_in(model, scratch);
    fill_columns(likelihood, block, beta, &r);
    hbl_likelihood_pass_hessian(likelihood, block, r.u, r.hessian);
    if (exact && model->n_scale > 0)
        hbl_likelihood_pass(likelihood, HBL_PRECISION_DOUBLE, block, r.u, NULL, r.gradient);
    write_hessian(likelihood, block, exact, &r, hessian);
}
