/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The likelihood as the sampler sees it: in theta, beta = g(theta + Delta'w), and alpha.
 */
#include <string.h>

#include "hb/chain.h"

void hbl_transform(const hbl_hb *hb, size_t block, const double *theta, const double *delta,
                   hbl_workspace *w)
{
    const hbl_model *model = hb->model;

    if (hb->Q && delta) {
        memcpy(w->located, theta, hb->K * HBL_LANES * sizeof *theta);
        hb->lanes->shift(hb->Q, hb->K, hbl_at_block(hb->w, block, hb->Q), delta, 1, w->located);
        theta = w->located;
    }
    memcpy(w->beta, theta, hb->K * HBL_LANES * sizeof *theta);
    for (size_t c = 0; c < hb->n_curved; c++) {
        const size_t k = hb->curved[c], at = k * HBL_LANES;
        model->mixing[k]->transform(HBL_LANES, theta + at, model->lower[k], model->upper[k],
                                    w->beta + at, w->slope + at);
    }
}

/* The columns of the likelihood, beta_n, then alpha in every lane: theta itself where they are. */
static const double *columns_at(const hbl_hb *hb, size_t block, const double *theta,
                                const double *delta, const double *alpha, hbl_workspace *w)
{
    if (hb->F == 0 && hb->n_curved == 0 && !(hb->Q && delta))
        return theta;
    hbl_transform(hb, block, theta, delta, w);
    for (size_t f = 0; f < hb->F; f++)
        for (size_t l = 0; l < HBL_LANES; l++)
            w->beta[(hb->K + f) * HBL_LANES + l] = alpha[f];
    return w->beta;
}

static void multiply_by_slope(const hbl_workspace *w, size_t k, double *row)
{
    for (size_t l = 0; l < HBL_LANES; l++)
        row[l] *= w->slope[k * HBL_LANES + l];
}

void hbl_evaluate(const hbl_hb *hb, size_t block, const double *theta, const double *delta,
                  const double *alpha, hbl_workspace *w, double *log_likelihood, double *gradient)
{
    const double *columns = columns_at(hb, block, theta, delta, alpha, w);

    hbl_likelihood_block(hb->likelihood, block, columns, log_likelihood, gradient, w->lent);
    for (size_t c = 0; gradient && c < hb->n_curved; c++)
        multiply_by_slope(w, hb->curved[c], gradient + hb->curved[c] * HBL_LANES);
}

void hbl_evaluate_hessian(const hbl_hb *hb, size_t block, const double *theta, const double *delta,
                          const double *alpha, hbl_workspace *w)
{
    const double *columns = columns_at(hb, block, theta, delta, alpha, w);

    hbl_likelihood_block_hessian(hb->likelihood, block, columns, false, w->hessian, w->lent);
    for (size_t c = 0; c < hb->n_curved; c++) {
        const size_t k = hb->curved[c];
        for (size_t j = 0; j <= k; j++)
            multiply_by_slope(w, k, w->hessian + (HBL_TRIANGLE(k) + j) * HBL_LANES);
        for (size_t i = k; i < hb->P; i++)
            multiply_by_slope(w, k, w->hessian + (HBL_TRIANGLE(i) + k) * HBL_LANES);
    }
}

void hbl_add_slopes(const hbl_hb *hb, size_t block, const double *mu, const double *theta,
                    const double *log_likelihood, const double *gradient, hbl_workspace *w,
                    double *partial)
{
    hb->lanes->deviations(hb->K, mu, hb->valid + block * HBL_LANES, theta, w->deviation);
    hb->lanes->slopes(&hb->layout, log_likelihood, gradient, w->deviation, partial);
    if (hb->Q)
        hb->lanes->cross(&hb->layout, hbl_at_block(hb->w, block, hb->Q), gradient, hb->layout.wg,
                         partial);
}

void hbl_add_spread(const hbl_hb *hb, size_t block, const hbl_workspace *w, double *partial)
{
    hb->lanes->spread(&hb->layout, w->deviation, partial);
    if (hb->Q)
        hb->lanes->cross(&hb->layout, hbl_at_block(hb->w, block, hb->Q), w->deviation,
                         hb->layout.wd, partial);
}
