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
static const double weak = 1e5;  /* condition of the Hessian */
static const double moved = 1.0; /* log-likelihood on other draws than the run's own */
enum { MOST_NAMED = 8 };         /* parameters, in a sentence */

typedef struct {
    const hbl_fitted *fitted;
    hbl_comparison *comparison;
    size_t capacity;
    size_t other;   /* the run that is held against the first */
    size_t *listed; /* parameters on which they disagree, the worst first */
    size_t n_listed;
    size_t n_told; /* sentences, those that had been told with another run included */
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
    e->n_told++;
    for (size_t i = 0; i < c->n_notes; i++)
        if (strcmp(c->note[i], text) == 0) /* of the first run, told with another one */
            return HBL_OK;
    if (hbl_grow(&c->note, &e->capacity, c->n_notes + 1, sizeof *c->note, "the comparison", error))
        return HBL_ERR_MEMORY;
    c->note[c->n_notes] = hbl_strdup(text, error);
    if (!c->note[c->n_notes])
        return HBL_ERR_MEMORY;
    c->n_notes++;
    return HBL_OK;
}

/* ---- lists: "sd.pf 1.4, cl 1.1 and 3 more" ---- */

typedef struct {
    char text[1024];
    size_t n;
} list;

static void add(list *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(list *l, const char *format, ...)
{
    const size_t used = strlen(l->text), room = sizeof l->text - used;
    va_list arguments;

    if (l->n++ >= MOST_NAMED)
        return;
    if (used > 0)
        snprintf(l->text + used, room, ", ");
    va_start(arguments, format);
    vsnprintf(l->text + strlen(l->text), sizeof l->text - strlen(l->text), format, arguments);
    va_end(arguments);
}

static void end_list(list *l)
{
    const size_t used = strlen(l->text);

    if (l->n > MOST_NAMED)
        snprintf(l->text + used, sizeof l->text - used, " and %zu more", l->n - MOST_NAMED);
}

static const char *prefix(const hbl_compared_parameter *p)
{
    return p->kind == HBL_COMPARED_SD            ? "sd."
           : p->kind == HBL_COMPARED_CORRELATION ? "correlation."
                                                 : "";
}

/* ---- where they disagree ---- */

static double size_of(const explaining *e, size_t parameter)
{
    return fabs(e->comparison->parameter[parameter].value[e->other].z);
}

static double numerical_error(const hbl_compared_value *a, const hbl_compared_value *b)
{
    return hypot(isnan(a->numerical) ? 0 : a->numerical, isnan(b->numerical) ? 0 : b->numerical);
}

/* Returns the number of parameters that both have. */
static size_t list_disagreements(explaining *e)
{
    size_t common = 0;

    e->n_listed = 0;
    for (size_t i = 0; i < e->comparison->n_parameters; i++) {
        const hbl_compared_value *v = e->comparison->parameter[i].value, *w = &v[e->other];
        size_t at;
        common += !isnan(w->z);
        if (!(fabs(w->z) > disagreement) ||
            !(fabs(w->estimate - v->estimate) > 2 * numerical_error(v, w)))
            continue;
        for (at = e->n_listed++; at > 0 && size_of(e, e->listed[at - 1]) < size_of(e, i); at--)
            e->listed[at] = e->listed[at - 1];
        e->listed[at] = i;
    }
    return common;
}

static int tell_disagreements(explaining *e, size_t common, hbl_error *error)
{
    list l = {"", 0};

    for (size_t i = 0; i < e->n_listed; i++) {
        const hbl_compared_parameter *p = &e->comparison->parameter[e->listed[i]];
        add(&l, "%s%s %+.1f", prefix(p), p->name, p->value[e->other].z);
    }
    end_list(&l);
    return note(e, error,
                "Runs 1 and %zu disagree on %zu of the %zu parameters that both have, by more than "
                "a standard error of the difference: %s.",
                e->other + 1, e->n_listed, common, l.text);
}

/* ---- causes, of run r of the two ---- */

static size_t opposite(const explaining *e, size_t r)
{
    return r == 0 ? e->other : 0;
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

/* Of the covariance block of coefficient k. */
static size_t size_of_block(const hbl_model *m, size_t k)
{
    size_t n = 0;

    for (size_t i = 0; i < m->n_random; i++)
        n += m->block_of[i] == m->block_of[k];
    return n;
}

/* An inverse-Wishart IW(df, s I) of a block of m holds Omega_kk as people = df - m - 1 further
 * persons of variance s / people would: it takes the other run's variance v to (N v + s) / (N +
 * people). Named where that explains a quarter of the difference or more. */
static int blame_prior_of_blocks(explaining *e, size_t r, size_t m, hbl_error *error)
{
    const hbl_fitted *hb = &e->fitted[r];
    const double N = (double)hb->model->panel->n_persons;
    const double people = hbl_prior_df(&hb->spec->hb.prior, m) - (double)m - 1;
    const double scale = hbl_prior_scale(&hb->spec->hb.prior, m);
    list l = {"", 0};

    for (size_t i = 0; i < e->n_listed; i++) {
        const hbl_compared_parameter *p = &e->comparison->parameter[e->listed[i]];
        const size_t k = p->kind == HBL_COMPARED_SD ? coefficient_of(hb->model, p->name) : SIZE_MAX;
        const double its = p->value[r].estimate, other = p->value[opposite(e, r)].estimate;
        const double to = sqrt((N * other * other + scale) / (N + people));
        if (k != SIZE_MAX && size_of_block(hb->model, k) == m &&
            (to - other) / (its - other) > 0.25)
            add(&l, "sd.%s from %.4g to %.4g", p->name, other, to);
    }
    end_list(&l);
    if (l.n == 0)
        return HBL_OK;
    if (people > 0)
        return note(e, error,
                    "The prior: the inverse-Wishart of run %zu weighs as %.3g more people would, "
                    "with a standard deviation of %.3g; that alone would take %s.",
                    r + 1, people, sqrt(scale / people), l.text);
    return note(e, error,
                "The prior: the inverse-Wishart of run %zu adds %.3g to the sum of squares over "
                "people; that alone would take %s.",
                r + 1, scale, l.text);
}

static int blame_prior(explaining *e, size_t r, hbl_error *error)
{
    const hbl_fitted *hb = &e->fitted[r];
    int status = HBL_OK;

    if (hb->spec->hb.prior.covariance != HBL_COVARIANCE_INVERSE_WISHART)
        return HBL_OK;
    for (size_t m = 1; !status && m <= hb->model->n_random; m++)
        status = blame_prior_of_blocks(e, r, m, error);
    return status;
}

static int blame_draws_of_chains(explaining *e, size_t r, hbl_error *error)
{
    list l = {"", 0};

    for (size_t i = 0; i < e->n_listed; i++) {
        const hbl_compared_parameter *p = &e->comparison->parameter[e->listed[i]];
        const hbl_compared_value *v = &p->value[r];
        const double difference = v->estimate - p->value[opposite(e, r)].estimate;
        if (v->ess < HBL_ESS_LIMIT || 3 * v->numerical > fabs(difference))
            add(&l, "%s%s %.0f", prefix(p), p->name, v->ess);
    }
    end_list(&l);
    if (l.n == 0)
        return HBL_OK;
    return note(e, error,
                "Few draws of the chains of run %zu: effective sample sizes are %s; more draws "
                "(hb.draws) would settle it.",
                r + 1, l.text);
}

static int blame_draws_of_simulation(explaining *e, size_t r, hbl_error *error)
{
    const hbl_compared_run *run = &e->comparison->run[r];
    const double change = run->log_likelihood - run->log_likelihood_own;
    list l = {"", 0};
    int status = HBL_OK;

    if (fabs(change) > moved && fabs(change) > 3 * run->log_likelihood_error)
        status = note(e, error,
                      "Few draws of the simulation: the log-likelihood of run %zu, %.2f on its own "
                      "%zu draws a person, is %.2f at the same estimates on the comparison's %zu; "
                      "other draws would give other estimates (more of them with msl.draws, their "
                      "spread with msl.repeats).",
                      r + 1, run->log_likelihood_own, e->fitted[r].estimates->n_draws,
                      run->log_likelihood, e->comparison->n_draws);
    for (size_t i = 0; i < e->n_listed; i++) {
        const hbl_compared_parameter *p = &e->comparison->parameter[e->listed[i]];
        const hbl_compared_value *v = &p->value[r], *w = &p->value[opposite(e, r)];
        if (3 * v->numerical > fabs(v->estimate - w->estimate))
            add(&l, "%s%s %.2g", prefix(p), p->name, v->numerical);
    }
    end_list(&l);
    if (!status && l.n > 0)
        status = note(e, error,
                      "Few draws of the simulation: estimates of run %zu vary over sequences by "
                      "%s.",
                      r + 1, l.text);
    return status;
}

static int blame_skewness(explaining *e, size_t r, hbl_error *error)
{
    list l = {"", 0};

    for (size_t i = 0; i < e->n_listed; i++) {
        const hbl_compared_parameter *p = &e->comparison->parameter[e->listed[i]];
        if (fabs(p->value[r].skewness) > skewed)
            add(&l, "%s%s %+.1f", prefix(p), p->name, p->value[r].skewness);
    }
    end_list(&l);
    if (l.n == 0)
        return HBL_OK;
    return note(e, error,
                "A skewed posterior in run %zu, whose mean is not where its mode is: skewness %s.",
                r + 1, l.text);
}

static int blame_identification(explaining *e, size_t r, hbl_error *error)
{
    const hbl_estimates *its = e->fitted[r].estimates;
    list l = {"", 0};

    if (its->condition > weak)
        return note(e, error,
                    "Weak identification: the Hessian of run %zu has condition %.2g; hblogit "
                    "diagnose names what the data hardly tell apart.",
                    r + 1, its->condition);
    for (size_t i = 0; i < e->n_listed; i++) {
        const hbl_compared_parameter *p = &e->comparison->parameter[e->listed[i]];
        const double a = p->value[r].error, b = p->value[opposite(e, r)].error;
        if (fmax(a, b) > 1.5 * fmin(a, b))
            add(&l, "%s%s", prefix(p), p->name);
    }
    end_list(&l);
    if (l.n == 0)
        return HBL_OK;
    return note(e, error,
                "Weak identification may play a part: the errors differ by half as well, of %s.",
                l.text);
}

static int blame_run(explaining *e, size_t r, hbl_error *error)
{
    const bool against_estimates = e->fitted[opposite(e, r)].estimates;
    int status = HBL_OK;

    if (!e->comparison->run[r].converged)
        status = note(e, error, "Run %zu has not converged.", r + 1);
    if (e->fitted[r].summary) {
        if (!status)
            status = blame_draws_of_chains(e, r, error);
        if (!status && against_estimates)
            status = blame_prior(e, r, error);
        if (!status && against_estimates)
            status = blame_skewness(e, r, error);
    } else if (strcmp(e->fitted[r].method, "msl") == 0) {
        if (!status)
            status = blame_draws_of_simulation(e, r, error);
        if (!status)
            status = blame_identification(e, r, error);
    }
    return status;
}

/* ---- two runs ---- */

static bool same_model(const hbl_model *a, const hbl_model *b)
{
    bool same = a->n_random == b->n_random && a->n_coefficients == b->n_coefficients &&
                a->n_blocks == b->n_blocks && a->n_held == b->n_held &&
                a->n_covariates == b->n_covariates;

    for (size_t k = 0; same && k < a->n_coefficients; k++)
        same = strcmp(a->name[k], b->name[k]) == 0;
    for (size_t k = 0; same && k < a->n_random; k++)
        same = a->mixing[k] == b->mixing[k] && a->lower[k] == b->lower[k] &&
               a->upper[k] == b->upper[k] && a->base[k] == b->base[k];
    for (size_t k = 0; same && k < a->n_held; k++)
        same = strcmp(a->held_name[k], b->held_name[k]) == 0 && a->held[k] == b->held[k];
    return same;
}

static bool is_pooled(const explaining *e, size_t r)
{
    return strcmp(e->fitted[r].method, "mnl") == 0;
}

/* A multinomial logit beside a mixed one is another model: every coefficient differs, for one
 * reason. */
static int tell_pooled(explaining *e, hbl_error *error)
{
    const size_t pooled = is_pooled(e, 0) ? 0 : e->other;

    return note(e, error,
                "Run %zu is a multinomial logit and run %zu a mixed one: where tastes vary, the "
                "coefficients of the mixed logit are larger, as less of utility is left to chance. "
                "The two do not estimate the same figures.",
                pooled + 1, opposite(e, pooled) + 1);
}

static int explain(explaining *e, hbl_error *error)
{
    const size_t common = list_disagreements(e), before = e->n_told;
    int status;

    if (is_pooled(e, 0) != is_pooled(e, e->other))
        return tell_pooled(e, error);
    if (common == 0)
        return note(e, error, "Runs 1 and %zu have no parameter in common.", e->other + 1);
    if (e->n_listed == 0)
        return note(e, error,
                    "Runs 1 and %zu agree: none of the %zu parameters that both have differs by "
                    "more than a standard error of the difference.",
                    e->other + 1, common);
    status = tell_disagreements(e, common, error);
    if (!status && !same_model(e->fitted[0].model, e->fitted[e->other].model))
        status = note(e, error, "The models of runs 1 and %zu differ.", e->other + 1);
    if (!status)
        status = blame_run(e, 0, error);
    if (!status)
        status = blame_run(e, e->other, error);
    if (!status && e->n_told == before + 1)
        status = note(e, error, "Nothing in runs 1 and %zu speaks for a cause.", e->other + 1);
    return status;
}

int hbl_compare_explain(const hbl_fitted *fitted, hbl_comparison *c, hbl_error *error)
{
    explaining e = {.fitted = fitted, .comparison = c};
    int status = HBL_OK;

    e.listed = hbl_calloc(c->n_parameters, sizeof *e.listed, "the comparison", error);
    if (!e.listed)
        return HBL_ERR_MEMORY;
    for (e.other = 1; !status && e.other < c->n_runs; e.other++)
        status = explain(&e, error);
    free(e.listed);
    return status;
}
