/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Choices that one coefficient explains without error: its likelihood rises for ever.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/findings.h"

static const char *what_holds(const hbl_check *check)
{
    return check->prior != NULL ? "only the prior holds" : "nothing holds";
}

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

/* The intercept that is about an alternative; all of them about the reference. */
static bool is_about(const hbl_model *model, size_t c, int32_t alternative)
{
    const char *label = model->panel->alternative_label[alternative];

    return hbl_check_is_intercept(model->name[c],
                                  alternative == model->panel->reference ? NULL : label);
}

static int report_never_chosen(hbl_check *check, int32_t alternative, hbl_error *error)
{
    const hbl_model *model = check->model;
    const char *label = model->panel->alternative_label[alternative];
    bool *marked = hbl_calloc(check->n, sizeof *marked, "columns", error);
    size_t n = 0;
    int status;

    if (marked == NULL)
        return HBL_ERR_MEMORY;
    for (size_t c = 0; c < check->n; c++) {
        marked[c] = is_about(model, c, alternative);
        n += marked[c];
        check->usable[c] = check->usable[c] && !marked[c];
    }
    if (n > 0)
        status = hbl_findings_add(
            check->findings, error, hbl_check_unbounded(check, marked),
            "alternative \"%s\" is never chosen: the larger the intercepts against it, the better, "
            "without end, and %s them; leave the alternative or the intercepts out%s",
            label, what_holds(check),
            check->prior != NULL ? ", or give fixed coefficients a prior (hb.prior.fixed.precision)"
                                 : "");
    else
        status = hbl_findings_add(check->findings, error, HBL_FINDING_NOTE,
                                  "alternative \"%s\" is never chosen", label);
    free(marked);
    return status;
}

static int find_never_chosen(hbl_check *check, hbl_error *error)
{
    const hbl_panel *panel = check->model->panel;
    size_t *chosen = NULL;
    int status = count_choices(panel, &chosen, error);

    for (size_t j = 0; !status && j < panel->n_alternatives; j++) {
        if (chosen[j] == 0)
            status = report_never_chosen(check, (int32_t)j, error);
    }
    free(chosen);
    return status;
}

/* ---- separation, column by column */

typedef struct {
    bool more, less; /* somewhere the chosen alternative has more, less, than another */
} signs;

static void see_task(const hbl_check *check, size_t t, signs *seen)
{
    const hbl_model *model = check->model;
    const hbl_panel *panel = model->panel;
    const size_t stride = model->n_columns;
    const double *chosen = model->x + panel->task_chosen[t] * stride;

    for (size_t r = panel->task_row[t]; r < panel->task_row[t + 1]; r++) {
        const double *other = model->x + r * stride;

        for (size_t c = 0; c < check->n; c++) {
            seen[c].more = seen[c].more || chosen[c] > other[c];
            seen[c].less = seen[c].less || chosen[c] < other[c];
        }
    }
}

static int report_separation(hbl_check *check, size_t c, bool more, hbl_error *error)
{
    bool *marked = hbl_calloc(check->n, sizeof *marked, "columns", error);
    int status;

    if (marked == NULL)
        return HBL_ERR_MEMORY;
    marked[c] = true;
    check->usable[c] = false;
    status = hbl_findings_add(
        check->findings, error, hbl_check_unbounded(check, marked),
        "\"%s\" separates the choices: the chosen alternative never has %s of it than another; its "
        "coefficient has no maximum of the likelihood, and %s it%s",
        check->model->name[c], more ? "less" : "more", what_holds(check),
        check->prior == NULL         ? "; leave it out"
        : c < check->model->n_random ? ""
                                     : "; give fixed coefficients a prior "
                                       "(hb.prior.fixed.precision) or leave it out");
    free(marked);
    return status;
}

static int find_separation(hbl_check *check, hbl_error *error)
{
    signs *seen = hbl_calloc(check->n, sizeof *seen, "choices", error);
    int status = seen == NULL ? HBL_ERR_MEMORY : HBL_OK;

    for (size_t t = 0; !status && t < check->model->panel->n_tasks; t++)
        see_task(check, t, seen);
    for (size_t c = 0; !status && c < check->n; c++) {
        /* what does not vary, depends on others or is about an alternative has been told */
        if (seen[c].more != seen[c].less && check->usable[c])
            status = report_separation(check, c, seen[c].more, error);
    }
    free(seen);
    return status;
}

/* ---- one alternative by two names */

/* Whether the names are the same but for blanks and upper and lower case. */
static bool is_spelling_of(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (isspace((unsigned char)*a))
            a++;
        while (isspace((unsigned char)*b))
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (*a == '\0')
            return true;
    }
}

static int find_spellings(const hbl_check *check, hbl_error *error)
{
    const hbl_panel *panel = check->model->panel;
    int status = HBL_OK;

    for (size_t j = 1; j < panel->n_alternatives; j++) {
        for (size_t i = 0; !status && i < j; i++) {
            if (is_spelling_of(panel->alternative_label[i], panel->alternative_label[j]))
                status = hbl_findings_add(check->findings, error, HBL_FINDING_WARNING,
                                          "alternatives \"%s\" and \"%s\" differ in blanks or in "
                                          "upper and lower case only; if they are one, correct "
                                          "the data",
                                          panel->alternative_label[i], panel->alternative_label[j]);
        }
    }
    return status;
}

int hbl_check_choices(hbl_check *check, hbl_error *error)
{
    int status = find_spellings(check, error);

    if (!status)
        status = find_never_chosen(check, error);

    return status ? status : find_separation(check, error);
}
