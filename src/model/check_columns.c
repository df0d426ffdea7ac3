/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Columns that say nothing or say it twice. Choices depend on x only through differences within a
 * task, the scale and the means of coefficients on what describes persons through differences
 * between them.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/dependence.h"
#include "model/findings.h"

/* Columns whose differences within a task are farther from 1 than this deserve other units. */
#define UNLIKE 100.0

typedef struct {
    hbl_check *check;
    hbl_dependence d;
    size_t *column;    /* d.n: intercepts first, so that they explain others */
    char *const *name; /* by column */
    double *b;
} columns;

static void release(columns *c)
{
    hbl_dependence_release(&c->d);
    free(c->column);
    free(c->b);
}

static int reserve(columns *c, hbl_check *check, size_t n, char *const *name, hbl_error *error)
{
    size_t used = 0;

    *c = (columns){.check = check, .name = name};
    c->column = hbl_calloc(n, sizeof *c->column, "columns", error);
    c->b = hbl_calloc(n, sizeof *c->b, "columns", error);
    if (c->column == NULL || c->b == NULL || hbl_dependence_reserve(&c->d, n, error))
        return HBL_ERR_MEMORY;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < n; i++) {
            if (hbl_check_is_intercept(name[i], NULL) == (pass == 0))
                c->column[used++] = i;
        }
    }
    return HBL_OK;
}

/* The columns that explain column i, as a list; whether they are all intercepts. */
static bool list_explaining(const columns *c, size_t i, double weight, char *list, size_t size)
{
    bool intercepts = true;

    list[0] = '\0';
    for (size_t j = 0; j < i; j++) {
        const char *name = c->name[c->column[j]];

        if (!(fabs(c->b[j]) > weight))
            continue;
        hbl_findings_list(list, size, name);
        intercepts = intercepts && hbl_check_is_intercept(name, NULL);
    }
    return intercepts && list[0] != '\0';
}

/* ---- the design matrix */

/* The same in every row, or only within each task. */
static int report_constant(const columns *c, size_t i, hbl_error *error)
{
    const hbl_model *model = c->check->model;
    const size_t column = c->column[i], stride = model->n_columns;
    size_t r = 0;

    while (r < model->panel->n_rows && model->x[r * stride + column] == model->x[column])
        r++;
    if (r == model->panel->n_rows)
        return hbl_findings_add(c->check->findings, error, HBL_FINDING_ERROR,
                                "\"%s\" is the same everywhere, so that no choice depends on it; "
                                "take it out",
                                c->name[column]);
    return hbl_findings_add(
        c->check->findings, error, HBL_FINDING_ERROR,
        "\"%s\" is the same for all alternatives of every task, so that no choice depends on it; "
        "take it out, or put it into the formula's second part for a coefficient by alternative "
        "(choice ~ x | %s)",
        c->name[column], c->name[column]);
}

static int report_dependent(const columns *c, size_t i, double left, hbl_error *error)
{
    const bool exact = left < HBL_DEPENDENCE_EXACT;
    const char *name = c->name[c->column[i]];
    char list[400];
    const bool absorbed = list_explaining(c, i, exact ? 1e-6 : 1e-3, list, sizeof list);

    if (exact && absorbed && !hbl_check_is_intercept(name, NULL))
        return hbl_findings_add(
            c->check->findings, error, HBL_FINDING_ERROR,
            "\"%s\" differs between alternatives but never within one, so that the intercepts "
            "absorb it: %s say the same and more; take the intercepts out (\"| 0\" for the "
            "formula's second part) or leave \"%s\" out",
            name, list, name);
    if (exact)
        return hbl_findings_add(c->check->findings, error, HBL_FINDING_ERROR,
                                "\"%s\" is, within tasks, a linear combination of %s: their "
                                "coefficients cannot be told apart; leave one of them out",
                                name, list);
    return hbl_findings_add(c->check->findings, error, HBL_FINDING_WARNING,
                            "\"%s\" is, within tasks, almost a linear combination of %s: their "
                            "coefficients will be uncertain and correlated",
                            name, list);
}

static int find_dependent(columns *c, hbl_error *error)
{
    int status = HBL_OK;

    for (size_t i = 0; !status && i < c->d.n; i++) {
        const double left = hbl_dependence_factor(&c->d, i, c->b);

        c->check->usable[c->column[i]] = c->d.independent[i];
        if (!c->d.varies[i])
            status = report_constant(c, i, error);
        else if (left < HBL_DEPENDENCE_NEAR)
            status = report_dependent(c, i, left, error);
    }
    return status;
}

/* ---- units */

/* Where the name is a column's, or begins with one ("income:car"). */
static void write_remedy(const char *name, double power, char *text, size_t size)
{
    const int length = (int)strcspn(name, ":");
    const double by = power > 1.0 ? power : 1.0 / power;

    snprintf(
        text, size,
        "%s %.*s by %.0f: \"derived\": {\"%.*s_scaled\": \"%.*s %c %.0f\"} under \"data\", and "
        "that name in the formula",
        power > 1.0 ? "divide" : "multiply", length, name, by, length, name, length, name,
        power > 1.0 ? '/' : '*', by);
}

/* Small differences of a column of which most rows are 0 are no matter of units. */
static bool is_small(const hbl_model *model, size_t k)
{
    for (size_t r = 0; r < model->panel->n_rows; r++) {
        if (fabs(model->x[r * model->n_columns + k]) > 10.0 / UNLIKE)
            return false;
    }
    return true;
}

/* Whether a column before this one needs the same remedy. */
static bool is_told(const columns *c, const bool *unlike, size_t k)
{
    const size_t length = strcspn(c->name[k], ":");

    for (size_t j = 0; j < k; j++) {
        if (unlike[j] && strcspn(c->name[j], ":") == length &&
            memcmp(c->name[j], c->name[k], length) == 0)
            return true;
    }
    return false;
}

static bool is_unlike(const hbl_check *check, size_t k)
{
    const double sd = check->scale[k];

    if (!check->usable[k] || (sd < UNLIKE && sd > 1.0 / UNLIKE))
        return false;
    return sd > 1.0 || is_small(check->model, k);
}

/* Maximum likelihood does not mind the units; a prior does. */
static int report_unlike(const columns *c, size_t k, hbl_error *error)
{
    const hbl_check *check = c->check;
    const double sd = check->scale[k];
    char remedy[400];

    if (!isfinite(sd))
        return hbl_findings_add(check->findings, error, HBL_FINDING_ERROR,
                                "\"%s\" has values so large that their squares are infinite; "
                                "correct the data",
                                c->name[k]);
    write_remedy(c->name[k], pow(10.0, round(log10(sd))), remedy, sizeof remedy);
    return hbl_findings_add(
        check->findings, error, check->prior != NULL ? HBL_FINDING_WARNING : HBL_FINDING_NOTE,
        "\"%s\" differs by about %.2g within a task, so that its coefficient is far from 1 and %s; "
        "%s",
        c->name[k], sd,
        check->prior != NULL && k < check->model->n_random
            ? "a prior on the scale of 1 does not suit it"
            : "hard to read and to compute beside others",
        remedy);
}

static int find_unlike(const columns *c, hbl_error *error)
{
    bool *unlike = hbl_calloc(c->check->n, sizeof *unlike, "columns", error);
    int status = unlike == NULL ? HBL_ERR_MEMORY : HBL_OK;

    for (size_t k = 0; !status && k < c->check->n; k++) {
        unlike[k] = is_unlike(c->check, k);
        if (unlike[k] && !is_told(c, unlike, k))
            status = report_unlike(c, k, error);
    }
    free(unlike);
    return status;
}

static int check_design(hbl_check *check, hbl_error *error)
{
    const hbl_model *model = check->model;
    const hbl_panel *panel = model->panel;
    const double freedom = (double)(panel->n_rows - panel->n_tasks);
    columns c;
    int status = reserve(&c, check, check->n, model->name, error);

    for (size_t t = 0; !status && t < panel->n_tasks; t++)
        hbl_dependence_add(&c.d, model->x + panel->task_row[t] * model->n_columns,
                           panel->task_row[t + 1] - panel->task_row[t], model->n_columns, c.column);
    if (!status) {
        hbl_dependence_finish(&c.d);
        for (size_t i = 0; i < c.d.n; i++)
            check->scale[c.column[i]] = c.d.scale[i] / sqrt(freedom);
        status = find_dependent(&c, error);
    }
    if (!status)
        status = find_unlike(&c, error);
    release(&c);
    return status;
}

/* ---- what describes persons */

static int report_same(const columns *c, size_t i, bool tied, hbl_error *error)
{
    const char *name = c->name[c->column[i]];

    if (strcmp(name, "scale:(Intercept)") == 0 && tied)
        return HBL_OK;
    if (strcmp(name, "scale:(Intercept)") == 0)
        return hbl_findings_add(
            c->check->findings, error, HBL_FINDING_ERROR,
            "the constant of the scale multiplies all coefficients alike, so that it cannot be "
            "told "
            "from them: take \"1\" out of the formula's fourth part, or hold one coefficient "
            "(\"held\": {\"price\": -1})");
    return hbl_findings_add(c->check->findings, error, HBL_FINDING_ERROR,
                            "\"%s\" is the same for all persons, so that nothing depends on it; "
                            "take it out",
                            name);
}

/* Of v, whose columns tied coefficients can tell from each other, and of w. */
static int check_describing(hbl_check *check, const double *x, size_t n, char *const *name,
                            hbl_error *error)
{
    columns c;
    int status = reserve(&c, check, n, name, error);

    if (!status) {
        hbl_dependence_add(&c.d, x, check->model->panel->n_persons, n, c.column);
        hbl_dependence_finish(&c.d);
    }
    for (size_t i = 0; !status && i < n; i++) {
        const double left = hbl_dependence_factor(&c.d, i, c.b);
        char list[400];

        if (!c.d.varies[i])
            status = report_same(&c, i, check->model->n_held > 0, error);
        else if (left < HBL_DEPENDENCE_EXACT) {
            list_explaining(&c, i, 1e-6, list, sizeof list);
            status = hbl_findings_add(check->findings, error, HBL_FINDING_ERROR,
                                      "\"%s\" is, over persons, a linear combination of %s: their "
                                      "effects cannot be told apart; leave one of them out",
                                      name[c.column[i]], list);
        }
    }
    release(&c);
    return status;
}

int hbl_check_columns(hbl_check *check, hbl_error *error)
{
    const hbl_model *model = check->model;
    int status = check_design(check, error);

    if (!status && model->n_scale > 0)
        status = check_describing(check, model->v, model->n_scale, model->name + check->n, error);
    if (!status && model->n_covariates > 0)
        status =
            check_describing(check, model->w, model->n_covariates, model->covariate_name, error);
    return status;
}
