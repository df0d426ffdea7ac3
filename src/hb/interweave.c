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
#include <string.h>

#include "core/linalg.h"
#include "hb/chain.h"

/* A point v with what its density and gradient need. */
typedef struct {
    double *mu, *L, *L_inverse, *delta, *alpha;
} point;

/* The chain's room for the proposal: mu, L, L^-1, Delta, alpha, and t = L' L^-1. */
typedef struct {
    point to;
    double *t;
    double *v, *gradient, *gradient_to, *noise, *increment;
} proposal;

static proposal proposal_in(const hbl_chain *chain)
{
    const size_t K = chain->hb->K, F = chain->hb->F, d = chain->hb->n_entries;
    proposal p;

    p.to.mu = chain->interweave;
    p.to.alpha = p.to.mu + K;
    p.to.delta = p.to.alpha + F;
    p.to.L = p.to.delta + chain->hb->Q * K;
    p.to.L_inverse = p.to.L + K * K;
    p.t = p.to.L_inverse + K * K;
    p.v = p.t + K * K;
    p.gradient = p.v + d;
    p.gradient_to = p.gradient + d;
    p.noise = p.gradient_to + d;
    p.increment = p.noise + d;
    return p;
}

static double *entry_of(const hbl_hb *hb, size_t e, const point *at)
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
static double log_density(const hbl_chain *chain, const point *at, const hbl_sums *sums,
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

static void copy_point(const hbl_hb *hb, const point *from, point *to)
{
    const size_t K = hb->K;

    memcpy(to->mu, from->mu, K * sizeof(double));
    memcpy(to->L, from->L, K * K * sizeof(double));
    memcpy(to->L_inverse, from->L_inverse, K * K * sizeof(double));
    memcpy(to->delta, from->delta, hb->Q * K * sizeof(double));
    memcpy(to->alpha, from->alpha, hb->F * sizeof(double));
}

/* What derives from the proposed L. */
static void take_factor(const hbl_chain *chain, proposal *p)
{
    const size_t K = chain->hb->K;

    hbl_lower_inverse(K, p->to.L, p->to.L_inverse);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++) {
            p->t[i * K + j] = 0;
            for (size_t k = j; k <= i; k++)
                p->t[i * K + j] += p->to.L[i * K + k] * chain->L_inverse[k * K + j];
        }
}

/* v' from v into p->to. false where it leaves the space: an L_ii that is not positive. */
static bool propose(const hbl_chain *chain, double s, hbl_rng *rng, const point *from, proposal *p)
{
    const hbl_hb *hb = chain->hb;
    const size_t K = hb->K, d = hb->n_entries;
    const double *R = chain->tuning.pooled_factor;

    copy_point(hb, from, &p->to);
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
    take_factor(chain, p);
    return true;
}

/* theta'_n = mu' + L' L^-1 (theta_n - mu), less Delta'w_n both, its log-likelihood and gradient,
 * for every person. */
static void evaluate_chunk(hbl_chain *chain, size_t chunk, size_t first, size_t end,
                           hbl_workspace *workspace)
{
    const hbl_hb *hb = chain->hb;
    const proposal p = proposal_in(chain);
    double *sums = chain->chunk_moment + chunk * hb->layout.n * hb->lanes->fold;
    double total = 0;

    memset(sums, 0, hb->layout.n * hb->lanes->fold * sizeof *sums);
    for (size_t block = first; block < end; block++) {
        const double *theta = hbl_at_block(chain->theta, block, hb->K);
        double *other = hbl_at_block(chain->theta_other, block, hb->K);
        double *log_likelihood = hbl_at_block(chain->log_likelihood_other, block, 1);
        double *gradient = hbl_at_block(chain->gradient_other, block, hb->P);

        if (hb->moves_hierarchy)
            hb->lanes->affine(hb->K, p.t, chain->mu, p.to.mu, theta, other);
        else
            memcpy(other, theta, hb->K * HBL_LANES * sizeof *theta);
        hbl_evaluate(hb, block, other, p.to.delta, p.to.alpha, workspace, log_likelihood, gradient);
        for (size_t l = 0; l < HBL_LANES; l++)
            total += log_likelihood[l];
        hbl_add_moments(hb, block, p.to.mu, other, gradient, sums);
    }
    chain->chunk_likelihood[chunk] = total;
}

/* ln q(v | v') - ln q(v' | v); leaves R^-1 (G + G') in increment. */
static double log_hastings(const hbl_chain *chain, double s, proposal *p)
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

static void swap(double **a, double **b)
{
    double *kept = *a;
    *a = *b;
    *b = kept;
}

/* The proposal becomes the state. */
static void take(hbl_chain *chain, const proposal *p)
{
    const hbl_hb *hb = chain->hb;
    const hbl_sums kept = chain->sums;

    memcpy(chain->mu, p->to.mu, hb->K * sizeof(double));
    memcpy(chain->alpha, p->to.alpha, hb->F * sizeof(double));
    if (hb->moves_hierarchy) {
        memcpy(chain->L, p->to.L, hb->K * hb->K * sizeof(double));
        memcpy(chain->delta, p->to.delta, hb->Q * hb->K * sizeof(double));
        hbl_derive_from_factor(chain);
        swap(&chain->theta, &chain->theta_other);
    }
    swap(&chain->log_likelihood, &chain->log_likelihood_other);
    swap(&chain->gradient, &chain->gradient_other);
    chain->sums = chain->sums_other;
    chain->sums_other = kept;
}

static void trace_step(const hbl_chain *chain, const proposal *p, double s, double log_ratio,
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
    const point from = {chain->mu, chain->L, chain->L_inverse, chain->delta, chain->alpha};
    const double s = chain->tuning.interweave_step;
    hbl_rng rng =
        hbl_rng_stream(hb->settings.seed, chain->number, HBL_STREAM_INTERWEAVE, 0, chain->sweep);
    proposal p = proposal_in(chain);
    double log_ratio = -INFINITY, uniform, density;
    bool accepted = false;

    if (hb->n_entries == 0)
        return;
    for (size_t e = 0; e < hb->n_entries; e++)
        p.v[e] = *entry_of(hb, e, &from);
    density = log_density(chain, &from, &chain->sums, p.gradient);
    if (propose(chain, s, &rng, &from, &p)) {
        hbl_for_parts(chain, hb->n_chunks, evaluate_chunk);
        hbl_sum_chunks(chain, p.to.mu, &chain->sums_other);
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
        take(chain, &p);
    chain->interweave_count.tried++;
    chain->interweave_count.accepted += accepted;
    if (chain->sweep < (uint64_t)hb->settings.warmup)
        hbl_adapt_interweave(chain, isnan(log_ratio) ? 0 : fmin(1, exp(log_ratio)));
}

/* ---- scales under Huang and Wand's prior ----
 *
 * (row k of L, lambda_k) -> (e^u row k, e^2u lambda_k) for every k at once with z_n held, u ~
 * N(0, size^2), of a size drawn anew each time: to and from Omega near 0, where L and lambda, each
 * given the other, move by little steps only. The Jacobian is e^u for each of the i + 1 elements of
 * the row, i its place in the covariance block, and e^2u for lambda_k. */

static double log_density_of_lambda(const hbl_hb *hb, const double *lambda)
{
    double sum = 0;

    for (size_t k = 0; k < hb->K; k++) {
        const hbl_covariance *c = &hb->covariance[hb->covariance_of[k]];
        const double A = hbl_prior_scale(&hb->settings.prior, c->size);
        sum += (0.5 * hbl_prior_df_of(hb, c) - 0.5) * log(lambda[k]) - lambda[k] / (A * A);
    }
    return sum;
}

static double log_density_at(const hbl_chain *chain, const point *at, const double *lambda)
{
    return hbl_log_prior_factor(chain->hb, at->mu, at->delta, at->L, at->L_inverse, at->alpha,
                                lambda, chain->scratch, NULL) +
           log_density_of_lambda(chain->hb, lambda);
}

static void trace_scales(const hbl_chain *chain, const double *lambda, double size,
                         const double *normals, double log_ratio, double uniform, double accepted)
{
    const size_t K = chain->hb->K;
    const hbl_trace_field field[] = {
        {"size", &size, 1, 1},
        {"normals", normals, K, 1},
        {"lambda_proposal", lambda, K, 1},
        {"loglik", &chain->sums.log_likelihood, 1, 1},
        {"loglik_proposal", &chain->sums_other.log_likelihood, 1, 1},
        {"log_ratio", &log_ratio, 1, 1},
        {"uniform", &uniform, 1, 1},
        {"accepted", &accepted, 1, 1},
    };
    hbl_trace(chain, "scales", -1, field, sizeof field / sizeof *field);
}

void hbl_scale_step(hbl_chain *chain)
{
    static const double sizes[] = {0.2, 0.7, 2.5};
    const hbl_hb *hb = chain->hb;
    const point from = {chain->mu, chain->L, chain->L_inverse, chain->delta, chain->alpha};
    const size_t K = hb->K;
    hbl_rng rng =
        hbl_rng_stream(hb->settings.seed, chain->number, HBL_STREAM_INTERWEAVE, 1, chain->sweep);
    proposal p = proposal_in(chain);
    double *lambda = chain->scratch + 2 * (K * K + K); /* beyond what the density takes */
    double size, log_ratio, uniform;
    bool accepted;

    if (hb->settings.prior.covariance != HBL_COVARIANCE_HUANG_WAND || !hb->moves_hierarchy)
        return;
    size = sizes[(size_t)(3 * hbl_rng_uniform(&rng))];
    hbl_rng_normals(&rng, K, p.noise);
    copy_point(hb, &from, &p.to);
    log_ratio = -log_density_at(chain, &from, chain->lambda) - chain->sums.log_likelihood;
    for (size_t k = 0; k < K; k++) {
        const double u = size * p.noise[k];
        for (size_t j = 0; j <= k; j++)
            p.to.L[k * K + j] *= exp(u);
        lambda[k] = chain->lambda[k] * exp(2 * u);
        log_ratio += u * (double)(hb->position[k] + 3);
    }
    take_factor(chain, &p);
    hbl_for_parts(chain, hb->n_chunks, evaluate_chunk);
    hbl_sum_chunks(chain, p.to.mu, &chain->sums_other);
    log_ratio += log_density_at(chain, &p.to, lambda) + chain->sums_other.log_likelihood;
    uniform = hbl_rng_uniform(&rng);
    accepted = log(uniform) < log_ratio;
    if (chain->trace)
        trace_scales(chain, lambda, size, p.noise, log_ratio, uniform, accepted);
    chain->scale_count.tried++;
    chain->scale_count.accepted += accepted;
    chain->scale_count.non_finite += isnan(log_ratio);
    if (accepted) {
        take(chain, &p);
        memcpy(chain->lambda, lambda, K * sizeof *lambda);
    }
}
