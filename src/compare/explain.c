/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where two runs disagree by more than their errors, and why: the usual causes are the prior, few
 * draws, skewed posteriors and weak identification, and each is named only where the runs
 * themselves speak for it.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "core/memory.h"

/* Both runs are on the same data, and would be expected to agree far better than two samples do. */
static const double disagreement = 1.0; /* standard errors of the difference */
static const double skewed = 0.5;
static const double weak = 1e5; /* condition of the Hessian */

typedef struct {
    const hbl_fitted *fitted;
    hbl_comparison *comparison;
    size_t capacity;
} explaining;

static int note(explaining *e, hbl_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int note(explaining *e, hbl_error *error, const char *format, ...)
{
    hbl_comparison *c = e->comparison;
    char text[2048];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (hbl_grow(&c->note, &e->capacity, c->n_notes + 1, sizeof *c->note, "the comparison", error))
        return HBL_ERR_MEMORY;
    c->note[c->n_notes] = hbl_strdup(text, error);
    if (!c->note[c->n_notes])
        return HBL_ERR_MEMORY;
    c->n_notes++;
    return HBL_OK;
}

/* ---- causes ---- */

typedef struct {
    char text[1024];
} causes;

static void add(causes *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(causes *c, const char *format, ...)
{
    const size_t used = strlen(c->text);
    va_list arguments;

    if (used > 0)
        snprintf(c->text + used, sizeof c->text - used, "; ");
    va_start(arguments, format);
    vsnprintf(c->text + strlen(c->text), sizeof c->text - strlen(c->text), format, arguments);
    va_end(arguments);
}

/* The coefficient of a row, or SIZE_MAX. */
static size_t coefficient_of(const hbl_model *m, const char *name)
{
    for (size_t k = 0; k < m->n_random; k++) {
        const size_t length = strlen(m->name[k]);
        if (strncmp(name, m->name[k], length) == 0 &&
            (name[length] == '\0' || strcmp(name + length, " (theta)") == 0))
            return k;
    }
    return SIZE_MAX;
}

static size_t size_of_block(const hbl_model *m, size_t k)
{
    size_t n = 0;

    for (size_t i = 0; i < m->n_random; i++)
        n += m->block_of[i] == m->block_of[k];
    return n;
}

/* An inverse-Wishart IW(df, s I) holds Omega_kk as df' = df - m - 1 further people with the
 * variance s / df' would: it moves the variance towards s / df' by about df' / (N + df') of the
 * way. Named where that explains a quarter of the difference or more. */
static void blame_prior(const hbl_fitted *hb, const hbl_compared_parameter *p,
                        const hbl_compared_value *its, const hbl_compared_value *other, causes *c)
{
    const hbl_prior *prior = &hb->spec->hb.prior;
    const size_t k = p->kind == HBL_COMPARED_SD ? coefficient_of(hb->model, p->name) : SIZE_MAX;
    const double N = (double)hb->model->panel->n_persons;

    if (k == SIZE_MAX || prior->covariance != HBL_COVARIANCE_INVERSE_WISHART)
        return;
    const size_t m = size_of_block(hb->model, k);
    const double people = fmax(hbl_prior_df(prior, m) - (double)m - 1, 0);
    const double sum = hbl_prior_scale(prior, m); /* people * prior variance */
    const double variance = other->estimate * other->estimate;
    const double moved = sqrt((N * variance + sum) / (N + people));
    const double share = (moved - other->estimate) / (its->estimate - other->estimate);

    if (share > 0.25)
        add(c,
            "the prior: its inverse-Wishart weighs as %.3g people with a standard deviation of "
            "%.3g, which alone would take %.4g to about %.4g",
            people, people > 0 ? sqrt(sum / people) : INFINITY, other->estimate, moved);
}

static void blame_draws_of_chains(const hbl_compared_value *v, double difference, causes *c)
{
    if (v->ess < HBL_ESS_LIMIT || 3 * v->numerical > fabs(difference))
        add(c, "few draws of the chains: effective sample size %.0f, Monte Carlo error %.2g",
            v->ess, v->numerical);
}

/* Four times the points of the sequence: by how much the log-likelihood still moves. */
static void blame_draws_of_simulation(const explaining *e, size_t r, const hbl_compared_value *v,
                                      double difference, causes *c)
{
    const hbl_compared_run *run = &e->comparison->run[r];
    const double moved = run->log_likelihood_more - run->log_likelihood;

    if (3 * v->numerical > fabs(difference))
        add(c, "few draws of the simulation: simulation error %.2g", v->numerical);
    else if (fabs(moved) > 1)
        add(c,
            "few draws of the simulation: with four times as many the log-likelihood at the "
            "same estimates is %+.2f",
            moved);
}

static void blame_skewness(const hbl_compared_value *v, causes *c)
{
    if (fabs(v->skewness) > skewed)
        add(c, "a skewed posterior: skewness %+.2f, so that its mean lies %s its mode", v->skewness,
            v->skewness > 0 ? "above" : "below");
}

static void blame_identification(const hbl_fitted *f, const hbl_compared_value *v,
                                 const hbl_compared_value *other, causes *c)
{
    if (f->estimates && f->estimates->condition > weak)
        add(c, "weak identification: the Hessian's condition is %.2g", f->estimates->condition);
    else if (v->error > 1.5 * other->error || other->error > 1.5 * v->error)
        add(c, "weak identification: the errors, %.3g and %.3g, differ as well", other->error,
            v->error);
}

static void blame_ending(const explaining *e, size_t r, causes *c)
{
    if (!e->comparison->run[r].converged)
        add(c, "%s has not converged", e->comparison->run[r].directory);
}

/* ---- sentences ---- */

static void blame_run(const explaining *e, size_t r, size_t other, const hbl_compared_parameter *p,
                      causes *c)
{
    const hbl_compared_value *v = &p->value[r], *w = &p->value[other];
    const double difference = v->estimate - w->estimate;
    const hbl_fitted *f = &e->fitted[r];

    blame_ending(e, r, c);
    if (f->summary) {
        if (!e->fitted[other].summary)
            blame_prior(f, p, v, w, c);
        blame_draws_of_chains(v, difference, c);
        if (!e->fitted[other].summary)
            blame_skewness(v, c);
    } else if (strcmp(f->method, "msl") == 0) {
        blame_draws_of_simulation(e, r, v, difference, c);
        blame_identification(f, v, w, c);
    }
}

static const char *kind_name(hbl_compared_kind kind)
{
    return kind == HBL_COMPARED_SD            ? "standard deviation of "
           : kind == HBL_COMPARED_CORRELATION ? "correlation of "
                                              : "";
}

static bool same_model(const hbl_model *a, const hbl_model *b)
{
    bool same = a->n_random == b->n_random && a->n_coefficients == b->n_coefficients &&
                a->n_blocks == b->n_blocks;

    for (size_t k = 0; same && k < a->n_coefficients; k++)
        same = strcmp(a->name[k], b->name[k]) == 0;
    for (size_t k = 0; same && k < a->n_random; k++)
        same = a->mixing[k] == b->mixing[k];
    return same;
}

/* A multinomial logit beside a mixed one is another model: every coefficient differs, for one
 * reason, which is told once. */
static bool is_pooled(const explaining *e, size_t r)
{
    return strcmp(e->fitted[r].method, "mnl") == 0;
}

static int explain_row(explaining *e, const hbl_compared_parameter *p, size_t r, hbl_error *error)
{
    const hbl_compared_value *v = &p->value[r], *w = &p->value[0];
    const double numerical =
        hypot(isnan(v->numerical) ? 0 : v->numerical, isnan(w->numerical) ? 0 : w->numerical);
    causes c = {""};

    if (is_pooled(e, r) != is_pooled(e, 0))
        return HBL_OK;
    if (!(fabs(v->z) > disagreement) || !(fabs(v->estimate - w->estimate) > 2 * numerical))
        return HBL_OK;
    blame_run(e, 0, r, p, &c);
    blame_run(e, r, 0, p, &c);
    if (!same_model(e->fitted[0].model, e->fitted[r].model))
        add(&c, "the models differ");
    return note(
        e, error, "%s%s: %.4g and %.4g differ by %.1f standard errors of the difference. %s%s.",
        kind_name(p->kind), p->name, w->estimate, v->estimate, fabs(v->z),
        c.text[0] ? "What speaks for a cause: " : "Nothing in the runs speaks for a cause", c.text);
}

int hbl_compare_explain(const hbl_fitted *fitted, hbl_comparison *c, hbl_error *error)
{
    explaining e = {fitted, c, 0};
    int status = HBL_OK;

    for (size_t r = 1; !status && r < c->n_runs; r++) {
        const size_t before = c->n_notes;
        for (size_t i = 0; !status && i < c->n_parameters; i++)
            status = explain_row(&e, &c->parameter[i], r, error);
        if (!status && is_pooled(&e, r) != is_pooled(&e, 0))
            status = note(&e, error,
                          "%s and %s are a multinomial and a mixed logit: where tastes vary, the "
                          "coefficients of the latter are larger, as less of utility is left to "
                          "chance; they are not estimates of the same figures.",
                          c->run[0].directory, c->run[r].directory);
        else if (!status && c->n_notes == before)
            status = note(&e, error,
                          "%s agrees with %s: no parameter that both have differs by more than a "
                          "standard error of the difference.",
                          c->run[r].directory, c->run[0].directory);
    }
    return status;
}
