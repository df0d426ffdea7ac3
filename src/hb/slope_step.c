/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Delta | theta_1..N, mu, Omega: a regression of theta_n - mu on w_n for all coefficients at once.
 *
 * Its elements are N(0, 1 / p), p = 0 under a flat prior. With sum w w' = sum_q s_q e_q e_q',
 * gamma_q = Delta'e_q and b_q = sum_n (e_q'w_n) (theta_n - mu) the gamma_q are independent of one
 * another, given theta:
 *
 *     gamma_q ~ N(m, C^-1),  C = s_q Omega^-1 + p I,  C m = Omega^-1 b_q,
 *
 * over-relaxed as the draws of mu and Omega are. theta_n is held, so that its residual form moves
 * by
 * -(Delta' - Delta)'w_n and neither likelihood nor gradients change.
 */
#include <math.h>
#include <string.h>

#include "core/fail.h"
#include "core/linalg.h"
#include "hb/chain.h"

/* Room in the chain's scratch space; the draw leaves Delta's change in `change`. */
typedef struct {
    double *change, *gamma, *b; /* Q x K */
    double *factor;             /* K x K */
    double *mean, *z;           /* K */
    hbl_rng rng;
    double rho;
    double *drawn; /* the normals, for the trace; NULL: none */
    size_t n_drawn;
} slope_draw;

static slope_draw slope_draw_in(hbl_chain *chain)
{
    const hbl_hb *hb = chain->hb;
    slope_draw d;

    d.change = chain->scratch;
    d.gamma = d.change + hb->Q * hb->K;
    d.b = d.gamma + hb->Q * hb->K;
    d.factor = d.b + hb->Q * hb->K;
    d.mean = d.factor + hb->K * hb->K;
    d.z = d.mean + hb->K;
    d.rng =
        hbl_rng_stream(hb->settings.seed, chain->number, HBL_STREAM_POPULATION, 1, chain->sweep);
    d.rho = hbl_relaxation(chain);
    d.drawn = chain->trace ? chain->drawn : NULL;
    d.n_drawn = 0;
    return d;
}

/* z' = -rho z + sqrt(1 - rho^2) e */
static void relax(slope_draw *d, size_t K)
{
    for (size_t k = 0; k < K; k++) {
        const double e = hbl_rng_normal(&d->rng);
        if (d->drawn)
            d->drawn[d->n_drawn++] = e;
        d->z[k] = d->rho > 0 ? -d->rho * d->z[k] + sqrt(1 - d->rho * d->rho) * e : e;
    }
}

/* gamma and b along the axes; theta's deviations in the sums are less what Delta adds now. */
static void rotate(const hbl_chain *chain, slope_draw *d)
{
    const hbl_hb *hb = chain->hb;
    const size_t K = hb->K, Q = hb->Q;
    const double *wd = chain->sums.moment + hb->layout.wd;

    for (size_t q = 0; q < Q; q++)
        for (size_t k = 0; k < K; k++) {
            double gamma = 0, b = 0;
            for (size_t r = 0; r < Q; r++) {
                gamma += hb->axis[q * Q + r] * chain->delta[r * K + k];
                b += hb->axis[q * Q + r] * wd[r * K + k];
            }
            d->gamma[q * K + k] = gamma;
            d->b[q * K + k] = b + hb->axis_size[q] * gamma;
        }
}

/* With R R' = C the innovation is z = R'(gamma - m). */
static int draw_row(const hbl_chain *chain, size_t q, slope_draw *d, hbl_error *error)
{
    const hbl_hb *hb = chain->hb;
    const double p = hbl_prior_slope_precision(hb);
    const size_t K = hb->K;
    double *gamma = d->gamma + q * K;

    for (size_t i = 0; i < K; i++) {
        d->mean[i] = 0;
        for (size_t j = 0; j < K; j++) {
            const double precision = chain->precision[i * K + j];
            d->factor[i * K + j] = hb->axis_size[q] * precision + (i == j ? p : 0);
            d->mean[i] += precision * d->b[q * K + j];
        }
    }
    if (!hbl_cholesky(K, d->factor, d->factor))
        return hbl_fail(error, HBL_ERR_NUMERIC,
                        "chain %u, sweep %llu: the precision of the covariates' coefficients is "
                        "not positive definite",
                        chain->number, (unsigned long long)chain->sweep);
    hbl_lower_solve(K, d->factor, d->mean, d->mean);
    hbl_lower_transpose_solve(K, d->factor, d->mean, d->mean);
    for (size_t k = 0; k < K; k++)
        d->z[k] = gamma[k] - d->mean[k];
    hbl_lower_transpose_times(K, d->factor, d->z, d->z);
    relax(d, K);
    hbl_lower_transpose_solve(K, d->factor, d->z, d->z);
    for (size_t k = 0; k < K; k++)
        gamma[k] = d->mean[k] + d->z[k];
    return HBL_OK;
}

/* Back from the axes: Delta, and its change. */
static void take(hbl_chain *chain, slope_draw *d)
{
    const hbl_hb *hb = chain->hb;
    const size_t K = hb->K, Q = hb->Q;

    for (size_t r = 0; r < Q; r++)
        for (size_t k = 0; k < K; k++) {
            double value = 0;
            for (size_t q = 0; q < Q; q++)
                value += hb->axis[q * Q + r] * d->gamma[q * K + k];
            d->change[r * K + k] = value - chain->delta[r * K + k];
            chain->delta[r * K + k] = value;
        }
}

static void shift_part(hbl_chain *chain, size_t part, size_t first, size_t end, hbl_workspace *w)
{
    const hbl_hb *hb = chain->hb;

    (void)part;
    (void)w;
    for (size_t block = first; block < end; block++)
        hb->lanes->shift(hb->Q, hb->K, hbl_at_block(hb->w, block, hb->Q), chain->scratch, -1,
                         hbl_at_block(chain->theta, block, hb->K));
}

/* The sums of d - C'w, C the change of Delta: sum w d' - (sum w w') C; sum g d' - (sum w g')'C; and
 * sum d d' - C'X - X_new'C with X = sum w d', X_new what it becomes. sum d stays: sum w = 0. */
static void shift_sums(hbl_chain *chain, const slope_draw *d)
{
    const hbl_hb *hb = chain->hb;
    const size_t K = hb->K, Q = hb->Q;
    const double *c = d->change;
    double *moment = chain->sums.moment, *wd = moment + hb->layout.wd;
    double *dd = moment + hb->layout.dd, *gd = moment + hb->layout.gd;
    const double *wg = moment + hb->layout.wg;
    double *old = d->gamma; /* done with */

    memcpy(old, wd, Q * K * sizeof *old);
    for (size_t q = 0; q < Q; q++)
        for (size_t k = 0; k < K; k++)
            for (size_t r = 0; r < Q; r++)
                wd[q * K + k] -= hb->ww[q * Q + r] * c[r * K + k];
    chain->sum_z2 = 0;
    for (size_t i = 0, e = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++, e++) {
            for (size_t q = 0; q < Q; q++) {
                dd[e] -= c[q * K + i] * old[q * K + j] + wd[q * K + i] * c[q * K + j];
                gd[e] -= wg[q * K + i] * c[q * K + j];
            }
            chain->sum_z2 += (i == j ? 1 : 2) * chain->precision[i * K + j] * dd[e];
        }
}

static void trace_step(const hbl_chain *chain, const slope_draw *d)
{
    const hbl_trace_field field[] = {
        {"over_relaxation", &d->rho, 1, 1},
        {"drawn", d->drawn, d->n_drawn, 1},
        {"delta", chain->delta, chain->hb->Q * chain->hb->K, 1},
    };
    hbl_trace(chain, "slopes", -1, field, sizeof field / sizeof *field);
}

int hbl_slope_step(hbl_chain *chain, hbl_error *error)
{
    const hbl_hb *hb = chain->hb;
    slope_draw d = slope_draw_in(chain);
    int status = HBL_OK;

    if (hb->Q == 0)
        return HBL_OK;
    rotate(chain, &d);
    for (size_t q = 0; q < hb->Q && !status; q++)
        status = draw_row(chain, q, &d, error);
    if (status)
        return status;
    take(chain, &d);
    hbl_for_parts(chain, hb->n_chunks, shift_part);
    shift_sums(chain, &d);
    if (chain->trace)
        trace_step(chain, &d);
    return HBL_OK;
}
