/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Choices that a coefficient explains without error: its likelihood rises for ever.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/findings.h"

/* ---- alternatives never chosen */

static int count_choices(const hbl_panel *panel, size_t **chosen, hbl_error *error)
{
    *chosen = hbl_calloc(panel->n_alternatives, sizeof **chosen, "choices", error);
    if (*chosen == NULL)
        return HBL_ERR_MEMORY;
    for (size_t t = 0; t < panel->n_tasks; t++)
        (*chosen)[panel->row_alternative[panel->task_chosen[t]]]++;
    return HBL_OK;
}

static bool is_intercept(const char *name, const char *label)
{
    static const char start[] = "(Intercept):";

    if (strncmp(name, start, sizeof start - 1) != 0)
        return false;
    return label == NULL || strcmp(name + sizeof start - 1, label) == 0;
}

/* A model with intercepts has one for the alternative, or for all others where it is the
 * reference. */
static bool has_intercept(const hbl_model *model, int32_t alternative)
{
    const char *label = model->panel->alternative_label[alternative];

    for (size_t c = 0; c < model->n_columns; c++) {
        if (is_intercept(model->name[c], alternative == model->panel->reference ? NULL : label))
            return true;
    }
    return false;
}

/* Whether nothing holds the coefficient back where the likelihood does not. */
static bool is_flat(const hbl_model *model, const hbl_prior *prior, size_t c)
{
    return prior && c >= model->n_random && !(prior->fixed_precision > 0);
}

static bool has_flat_intercept(const hbl_model *model, const hbl_prior *prior)
{
    for (size_t c = model->n_random; c < model->n_columns; c++)
        if (is_intercept(model->name[c], NULL) && is_flat(model, prior, c))
            return true;
    return false;
}

static int find_never_chosen(const hbl_model *model, const hbl_prior *prior, hbl_findings *findings,
                             hbl_error *error)
{
    const hbl_panel *panel = model->panel;
    size_t *chosen = NULL;
    int status = count_choices(panel, &chosen, error);

    for (size_t j = 0; !status && j < panel->n_alternatives; j++) {
        if (chosen[j] > 0)
            continue;
        if (has_intercept(model, (int32_t)j))
            status = hbl_findings_add(
                findings, error,
                has_flat_intercept(model, prior) ? HBL_FINDING_ERROR : HBL_FINDING_WARNING,
                "alternative \"%s\" is never chosen: the larger the intercepts against it, the "
                "better, without end, and only the prior holds them; leave the alternative or the "
                "intercepts out, or give fixed coefficients a prior (hb.prior.fixed.precision)",
                panel->alternative_label[j]);
        else
            status =
                hbl_findings_add(findings, error, HBL_FINDING_NOTE,
                                 "alternative \"%s\" is never chosen", panel->alternative_label[j]);
    }
    free(chosen);
    return status;
}

/* ---- separation, column by column */

typedef struct {
    bool more, less; /* somewhere the chosen alternative has more, less, than another */
} signs;

static void see_task(const hbl_model *model, size_t t, signs *seen)
{
    const hbl_panel *panel = model->panel;
    const size_t n = model->n_columns;
    const double *chosen = model->x + panel->task_chosen[t] * n;

    for (size_t r = panel->task_row[t]; r < panel->task_row[t + 1]; r++) {
        const double *other = model->x + r * n;

        for (size_t c = 0; c < n; c++) {
            seen[c].more = seen[c].more || chosen[c] > other[c];
            seen[c].less = seen[c].less || chosen[c] < other[c];
        }
    }
}

/* The column of a never chosen alternative's intercept has its own message. */
static bool is_reported(const hbl_model *model, size_t c, const signs *seen)
{
    return is_intercept(model->name[c], NULL) && seen->less;
}

static int find_separation(const hbl_model *model, const hbl_prior *prior, hbl_findings *findings,
                           hbl_error *error)
{
    signs *seen = hbl_calloc(model->n_columns, sizeof *seen, "choices", error);
    int status = seen == NULL ? HBL_ERR_MEMORY : HBL_OK;

    for (size_t t = 0; !status && t < model->panel->n_tasks; t++)
        see_task(model, t, seen);
    for (size_t c = 0; !status && c < model->n_columns; c++) {
        if (seen[c].more == seen[c].less || is_reported(model, c, &seen[c]))
            continue;
        status = hbl_findings_add(
            findings, error, is_flat(model, prior, c) ? HBL_FINDING_ERROR : HBL_FINDING_WARNING,
            "\"%s\" separates the choices: the chosen alternative never has %s of it than another; "
            "its coefficient has no maximum of the likelihood, and only the prior holds it%s",
            model->name[c], seen[c].more ? "less" : "more",
            c < model->n_random ? ""
                                : "; give fixed coefficients a prior (hb.prior.fixed.precision) or "
                                  "leave it out");
    }
    free(seen);
    return status;
}

int hbl_check_choices(const hbl_model *model, const hbl_prior *prior, hbl_findings *findings,
                      hbl_error *error)
{
    const int status = find_never_chosen(model, prior, findings, error);

    return status ? status : find_separation(model, prior, findings, error);
}
