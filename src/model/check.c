/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What cannot be estimated, or only with trouble: the list of findings, and what concerns persons.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/findings.h"

int hbl_findings_add(hbl_findings *findings, hbl_error *error, hbl_severity severity,
                     const char *format, ...)
{
    const size_t n = findings->n_findings;
    hbl_finding *longer = realloc(findings->finding, (n + 1) * sizeof *longer);
    char text[768];
    va_list arguments;

    if (longer == NULL)
        return hbl_fail_memory(error, "findings");
    findings->finding = longer;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    longer[n].severity = severity;
    longer[n].text = hbl_strdup(text, error);
    if (longer[n].text == NULL)
        return HBL_ERR_MEMORY;
    findings->n_findings++;
    return HBL_OK;
}

/* ---- persons */

static int check_block_sizes(const hbl_model *model, hbl_findings *findings, hbl_error *error)
{
    const size_t n_persons = model->panel->n_persons;

    for (size_t b = 0; b < model->n_blocks; b++) {
        size_t m = 0;

        for (size_t i = 0; i < model->n_random; i++)
            m += model->block_of[i] == b;
        if (m * (m + 1) / 2 <= n_persons)
            continue;
        const int status = hbl_findings_add(
            findings, error, HBL_FINDING_WARNING,
            "the covariance of %zu random coefficients has %zu parameters, but there are only %zu "
            "persons: the prior will decide most of it; use \"correlation\": \"none\" or smaller "
            "blocks",
            m, m * (m + 1) / 2, n_persons);

        if (status)
            return status;
    }
    return HBL_OK;
}

int hbl_check_persons(const hbl_model *model, hbl_findings *findings, hbl_error *error)
{
    const hbl_panel *panel = model->panel;
    size_t single = 0;
    int status;

    if (model->n_random == 0)
        return HBL_OK;
    status = check_block_sizes(model, findings, error);
    for (size_t n = 0; n < panel->n_persons; n++)
        single += panel->person_task[n + 1] - panel->person_task[n] == 1;
    if (!status && single == panel->n_persons)
        status = hbl_findings_add(
            findings, error, HBL_FINDING_WARNING,
            "every person has one task only, which says next to nothing of how persons differ: "
            "variances of random coefficients, of intercepts above all, will follow the prior; is "
            "\"person\" missing in \"data\"?");
    else if (!status && 2 * single > panel->n_persons)
        status = hbl_findings_add(
            findings, error, HBL_FINDING_NOTE,
            "%zu of %zu persons have one task only; they say little of how persons differ", single,
            panel->n_persons);
    return status;
}

/* ---- all */

int hbl_model_check(const hbl_model *model, const hbl_prior *prior, hbl_findings **findings,
                    hbl_error *error)
{
    hbl_findings *f = hbl_calloc(1, sizeof *f, "findings", error);
    int status;

    if (f == NULL)
        return HBL_ERR_MEMORY;
    status = hbl_check_columns(model, f, error);
    if (!status)
        status = hbl_check_choices(model, prior, f, error);
    if (!status)
        status = hbl_check_persons(model, f, error);
    if (status) {
        hbl_findings_free(f);
        return status;
    }
    *findings = f;
    return HBL_OK;
}

void hbl_findings_free(hbl_findings *findings)
{
    if (findings == NULL)
        return;
    for (size_t i = 0; i < findings->n_findings; i++)
        free(findings->finding[i].text);
    free(findings->finding);
    free(findings);
}
