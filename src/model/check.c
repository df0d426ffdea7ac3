/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What cannot be estimated, or only with trouble: the list of findings.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/findings.h"

int hbl_findings_add(hbl_findings *findings, hbl_error *error, hbl_severity severity,
                     const char *format, ...)
{
    const size_t n = findings->n_findings;
    hbl_finding *longer = realloc(findings->finding, (n + 1) * sizeof *longer);
    char text[1024];
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

bool hbl_findings_list(char *list, size_t size, const char *name)
{
    const size_t used = strlen(list);

    if (used + 64 > size)
        return false;
    if (used + 128 > size)
        snprintf(list + used, size - used, ", ...");
    else
        snprintf(list + used, size - used, "%s\"%.50s\"", used > 0 ? ", " : "", name);
    return used + 128 <= size;
}

bool hbl_check_is_intercept(const char *name, const char *label)
{
    static const char start[] = "(Intercept):";

    if (strncmp(name, start, sizeof start - 1) != 0)
        return false;
    return label == NULL || strcmp(name + sizeof start - 1, label) == 0;
}

hbl_severity hbl_check_unbounded(const hbl_check *check, const bool *marked)
{
    if (check->prior == NULL)
        return HBL_FINDING_ERROR;
    for (size_t c = 0; c < check->n; c++) {
        if (marked[c] && (c < check->model->n_random || check->prior->fixed_precision > 0))
            return HBL_FINDING_WARNING;
    }
    return HBL_FINDING_ERROR;
}

static int check_all(hbl_check *check, hbl_error *error)
{
    int status;

    check->scale = hbl_calloc(check->n, sizeof *check->scale, "columns", error);
    check->usable = hbl_calloc(check->n, sizeof *check->usable, "columns", error);
    if (check->scale == NULL || check->usable == NULL)
        return HBL_ERR_MEMORY;
    status = hbl_check_missing(check, error);
    if (!status)
        status = hbl_check_columns(check, error);
    if (!status)
        status = hbl_check_choices(check, error);
    if (!status)
        status = hbl_check_separation(check, error);
    return status ? status : hbl_check_persons(check, error);
}

int hbl_model_check(const hbl_model *model, const hbl_prior *prior, hbl_findings **findings,
                    hbl_error *error)
{
    hbl_check check = {.model = model,
                       .prior = prior,
                       .findings = hbl_calloc(1, sizeof **findings, "findings", error),
                       .n = model->n_random + model->n_fixed};
    int status = check.findings == NULL ? HBL_ERR_MEMORY : check_all(&check, error);

    free(check.scale);
    free(check.usable);
    if (status)
        hbl_findings_free(check.findings);
    else
        *findings = check.findings;
    return status;
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
