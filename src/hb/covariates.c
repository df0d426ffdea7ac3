/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The covariates as the sampler has them: w_n by lanes, sum w w', and its principal axes, along
 * which the rows of Delta are independent of one another given theta.
 */
#include <math.h>
#include <stdlib.h>

#include "core/fail.h"
#include "core/memory.h"
#include "hb/chain.h"

enum { MOST_JACOBI_SWEEPS = 50 };

static void pack(hbl_hb *hb)
{
    const size_t Q = hb->Q;

    for (size_t at = 0; at < hb->n_blocks * HBL_LANES; at++) {
        const size_t person = hb->person[at], block = at / HBL_LANES, lane = at % HBL_LANES;
        for (size_t q = 0; q < Q && person != SIZE_MAX; q++)
            hb->w[(block * Q + q) * HBL_LANES + lane] = hb->model->w[person * Q + q];
    }
    for (size_t n = 0; n < hb->N; n++)
        for (size_t e = 0; e < Q * Q; e++)
            hb->ww[e] += hb->model->w[n * Q + e / Q] * hb->model->w[n * Q + e % Q];
}

/* a becomes J'aJ, and rows i and j of axis those of J'axis, J the rotation in the plane (i, j) that
 * takes a_ij to 0 (Golub and Van Loan, section 8.5). */
static void rotate(size_t Q, double *a, double *axis, size_t i, size_t j)
{
    const double tau = (a[j * Q + j] - a[i * Q + i]) / (2 * a[i * Q + j]);
    const double t = copysign(1, tau) / (fabs(tau) + sqrt(1 + tau * tau));
    const double c = 1 / sqrt(1 + t * t), s = t * c;

    for (size_t k = 0; k < Q; k++) {
        const double x = a[k * Q + i], y = a[k * Q + j], u = axis[i * Q + k], v = axis[j * Q + k];
        a[k * Q + i] = c * x - s * y;
        a[k * Q + j] = s * x + c * y;
        axis[i * Q + k] = c * u - s * v;
        axis[j * Q + k] = s * u + c * v;
    }
    for (size_t k = 0; k < Q; k++) {
        const double x = a[i * Q + k], y = a[j * Q + k];
        a[i * Q + k] = c * x - s * y;
        a[j * Q + k] = s * x + c * y;
    }
    a[i * Q + j] = a[j * Q + i] = 0;
}

/* ww = sum_q axis_size_q axis_q axis_q' by Jacobi's method, cyclically; it converges quadratically.
 */
static void find_axes(hbl_hb *hb, double *a)
{
    const size_t Q = hb->Q;
    bool rotated = true;

    for (size_t e = 0; e < Q * Q; e++) {
        a[e] = hb->ww[e];
        hb->axis[e] = e / Q == e % Q;
    }
    for (int sweep = 0; sweep < MOST_JACOBI_SWEEPS && rotated; sweep++) {
        rotated = false;
        for (size_t i = 0; i < Q; i++)
            for (size_t j = i + 1; j < Q; j++)
                if (fabs(a[i * Q + j]) > 1e-16 * sqrt(fabs(a[i * Q + i] * a[j * Q + j]))) {
                    rotate(Q, a, hb->axis, i, j);
                    rotated = true;
                }
    }
    for (size_t q = 0; q < Q; q++)
        hb->axis_size[q] = fmax(0, a[q * Q + q]);
}

/* Under a flat prior the covariates must be independent of one another, whatever their units: with
 * their correlations in a, no pivot of its Cholesky factor may vanish. */
static int check_rank(const hbl_hb *hb, double *a, hbl_error *error)
{
    static const double least = 1e-10;
    const size_t Q = hb->Q;

    for (size_t i = 0; i < Q; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = hb->ww[i * Q + j] / sqrt(hb->ww[i * Q + i]) / sqrt(hb->ww[j * Q + j]);
            for (size_t k = 0; k < j; k++)
                sum -= a[i * Q + k] * a[j * Q + k];
            if (i == j && !(sum > least))
                return hbl_fail(error, HBL_ERR_INPUT,
                                "the covariate %s is constant or a sum of others, and nothing "
                                "holds its coefficients under the flat prior of the mean: leave "
                                "it out, or take a conjugate or normal prior",
                                hb->model->covariate_name[i]);
            a[i * Q + j] = i == j ? sqrt(sum) : sum / a[j * Q + j];
        }
    return HBL_OK;
}

int hbl_lay_out_covariates(hbl_hb *hb, hbl_error *error)
{
    const size_t Q = hb->Q;
    double *work;
    int status = HBL_ERR_MEMORY;

    if (Q == 0)
        return HBL_OK;
    hb->w = hbl_calloc_aligned(hb->n_blocks * Q * HBL_LANES, sizeof(double), "covariates", error);
    hb->ww = hbl_calloc(Q * Q, sizeof(double), "covariates", error);
    hb->axis = hbl_calloc(Q * Q, sizeof(double), "covariates", error);
    hb->axis_size = hbl_calloc(Q, sizeof(double), "covariates", error);
    work = hbl_calloc(Q * Q, sizeof(double), "covariates", error);
    if (hb->w && hb->ww && hb->axis && hb->axis_size && work) {
        pack(hb);
        status = hb->settings.prior.mean == HBL_MEAN_FLAT ? check_rank(hb, work, error) : HBL_OK;
        find_axes(hb, work);
    }
    free(work);
    return status;
}
