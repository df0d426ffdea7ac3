/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ancillarity-sufficiency interweaving (Yu and Meng 2011): with z_n = L^-1 (theta_n - Delta'w_n -
 * mu) held, the population parameters v = (mu, L, Delta, alpha) enter the utilities directly,
 * theta_n = mu + Delta'w_n + L z_n, and are moved by a Langevin proposal shaped by the pooled
 * Hessian. With R R' = that Hessian, G the gradient of ln p(choices | v, z) + ln p(v) and e ~ N(0,
 * I),
 *
 *     v' = v + R^-T (s R^-1 G(v) + sqrt(s (2 - s)) e),
 *
 * which is exact for a normal target, and is corrected by Metropolis-Hastings for any other:
 * ln q(v | v') - ln q(v' | v) = |e|^2 / 2 - |s R^-1 (G + G') + sqrt(s (2 - s)) e|^2 / (2 s (2 -
 * s)). Where the hierarchy is not moved, v is alpha alone: the block move of the fixed
 * coefficients.
 */
#include <math.h>

#include "core/linalg.h"
#include "hb/proposal.h"

static double *entry_of(const hbl_hb *hb, size_t e, const hbl_point *at)
{
    const hbl_entry *entry = &hb->entry[e];

    switch (entry->kind) {
    case HBL_ENTRY_MEAN:
        return &at->mu[entry->row];
    case HBL_ENTRY_FACTOR:
        return &at->L[entry->row * hb->K + entry->column];
    case HBL_ENTRY_SLOPE:
        return &at->delta[entry->column * hb->K + entry->row];
    default:
        return &at->alpha[entry->row];
    }
}

/* ln p(choices, v | z), z standard normal whatever v is, and its gradient:
 * by mu_k, sum_n g_nk; by L_ij, sum_n g_ni z_nj = (sum g d' L^-T)_ij; by Delta_qk, sum_n w_nq g_nk;
 * by alpha, sum_n g_n,alpha. */
static double log_density(const hbl_chain *chain, const hbl_point *at, const hbl_sums *sums,
                          double *gradient)
{
    const hbl_hb *hb = chain->hb;
    const size_t K = hb->K;
    const double *g = sums->moment + hb->layout.g, *gd = sums->moment + hb->layout.gd;
    const double *wg = sums->moment + hb->layout.wg;
    const double log_prior =
        hbl_log_prior_factor(hb, at->mu, at->delta, at->L, at->L_inverse, at->alpha, chain->lambda,
                             chain->scratch, gradient);

    for (size_t e = 0; e < hb->n_entries; e++) {
        const size_t i = hb->entry[e].row, j = hb->entry[e].column;
        switch (hb->entry[e].kind) {
        case HBL_ENTRY_MEAN:
            gradient[e] += g[i];
            break;
        case HBL_ENTRY_FACTOR:
            for (size_t k = 0; k <= j; k++)
                gradient[e] += gd[HBL_TRIANGLE(i) + k] * at->L_inverse[j * K + k];
            break;
        case HBL_ENTRY_SLOPE:
            gradient[e] += wg[j * K + i];
            break;
        case HBL_ENTRY_FIXED:
            gradient[e] += g[K + i];
            break;
        }
    }
    return log_prior + sums->log_likelihood;
}

/* v' from v into p->to. false where it leaves the space: an L_ii that is not positive. */
static bool propose(const hbl_chain *chain, double s, hbl_rng *rng, hbl_proposal *p)
{
    const hbl_hb *hb = chain->hb;
    const size_t K = hb->K, d = hb->n_entries;
    const double *R = chain->tuning.pooled_factor;

    hbl_rng_normals(rng, d, p->noise);
    hbl_lower_solve(d, R, p->gradient, p->increment);
    for (size_t e = 0; e < d; e++)
        p->increment[e] = s * p->increment[e] + sqrt(s * (2 - s)) * p->noise[e];
    hbl_lower_transpose_solve(d, R, p->increment, p->increment);
    for (size_t e = 0; e < d; e++)
        *entry_of(hb, e, &p->to) += p->increment[e];

    if (!hb->moves_hierarchy)
        return true;
    for (size_t k = 0; k < K; k++)
        if (!(p->to.L[k * K + k] > 0))
            return false;
    hbl_proposal_factor(chain, p);
    return true;
}

/* ln q(v | v') - ln q(v' | v); leaves R^-1 (G + G') in increment. */
static double log_hastings(const hbl_chain *chain, double s, hbl_proposal *p)
{
    const size_t d = chain->hb->n_entries;
    double forward = 0, backward = 0;

    for (size_t e = 0; e < d; e++)
        p->increment[e] = p->gradient[e] + p->gradient_to[e];
    hbl_lower_solve(d, chain->tuning.pooled_factor, p->increment, p->increment);
    for (size_t e = 0; e < d; e++) {
        const double back = s * p->increment[e] + sqrt(s * (2 - s)) * p->noise[e];
        forward += p->noise[e] * p->noise[e];
        backward += back * back;
    }
    return 0.5 * forward - 0.5 * backward / (s * (2 - s));
}

static void trace_step(const hbl_chain *chain, const hbl_proposal *p, double s, double log_ratio,
                       double uniform, double accepted)
{
    const hbl_hb *hb = chain->hb;
    const size_t d = hb->n_entries;
    const hbl_trace_field field[] = {
        {"v", p->v, d, 1},
        {"gradient", p->gradient, d, 1},
        {"gradient_proposal", p->gradient_to, d, 1},
        {"normals", p->noise, d, 1},
        {"factor", chain->tuning.pooled_factor, d * d, 1},
        {"step_size", &s, 1, 1},
        {"mu_proposal", p->to.mu, hb->K, 1},
        {"L_proposal", p->to.L, hb->K * hb->K, 1},
        {"delta_proposal", p->to.delta, hb->Q * hb->K, 1},
        {"alpha_proposal", p->to.alpha, hb->F, 1},
        {"loglik", &chain->sums.log_likelihood, 1, 1},
        {"loglik_proposal", &chain->sums_other.log_likelihood, 1, 1},
        {"log_ratio", &log_ratio, 1, 1},
        {"uniform", &uniform, 1, 1},
        {"accepted", &accepted, 1, 1},
    };
    hbl_trace(chain, "interweave", -1, field, sizeof field / sizeof *field);
}

void hbl_interweave_step(hbl_chain *chain)
{
    const hbl_hb *hb = chain->hb;
    const hbl_point from = hbl_point_of(chain);
    const double s = chain->tuning.interweave_step;
    hbl_rng rng =
        hbl_rng_stream(hb->settings.seed, chain->number, HBL_STREAM_INTERWEAVE, 0, chain->sweep);
    hbl_proposal p;
    double log_ratio = -INFINITY, uniform, density;
    bool accepted = false;

    if (hb->n_entries == 0)
        return;
    p = hbl_proposal_begin(chain);
    for (size_t e = 0; e < hb->n_entries; e++)
        p.v[e] = *entry_of(hb, e, &from);
    density = log_density(chain, &from, &chain->sums, p.gradient);
    if (propose(chain, s, &rng, &p)) {
        hbl_proposal_evaluate(chain, &p);
        log_ratio = log_density(chain, &p.to, &chain->sums_other, p.gradient_to) - density;
        log_ratio += log_hastings(chain, s, &p);
        if (isnan(log_ratio))
            chain->interweave_count.non_finite++;
    }
    uniform = hbl_rng_uniform(&rng);
    accepted = log(uniform) < log_ratio;
    if (chain->trace)
        trace_step(chain, &p, s, log_ratio, uniform, accepted);
    if (accepted)
        hbl_proposal_accept(chain, &p);
    chain->interweave_count.tried++;
    chain->interweave_count.accepted += accepted;
    if (chain->sweep < (uint64_t)hb->settings.warmup)
        hbl_adapt_interweave(chain, isnan(log_ratio) ? 0 : fmin(1, exp(log_ratio)));
}
