/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether there are persons enough, tasks enough of each, and what weights are for.
 */
#include "model/findings.h"

static int check_block_sizes(const hbl_check *check, hbl_error *error)
{
    const hbl_model *model = check->model;
    const size_t n_persons = model->panel->n_persons;
    int status = HBL_OK;

    for (size_t b = 0; !status && b < model->n_blocks; b++) {
        size_t m = 0;

        for (size_t i = 0; i < model->n_random; i++)
            m += model->block_of[i] == b;
        if (m * (m + 1) / 2 > n_persons)
            status = hbl_findings_add(
                check->findings, error, HBL_FINDING_WARNING,
                "the covariance of %zu random coefficients has %zu parameters, but there are only "
                "%zu persons: %s; use \"correlation\": \"none\" or smaller blocks",
                m, m * (m + 1) / 2, n_persons,
                check->prior != NULL ? "the prior will decide most of it"
                                     : "they cannot be told apart");
    }
    return status;
}

static size_t count_single(const hbl_panel *panel)
{
    size_t single = 0;

    for (size_t n = 0; n < panel->n_persons; n++)
        single += panel->person_task[n + 1] - panel->person_task[n] == 1;
    return single;
}

/* An intercept that varies over persons and one that varies over tasks differ only where a person
 * has several: otherwise it is much like the error term. */
static int check_intercepts(const hbl_check *check, size_t single, hbl_error *error)
{
    const hbl_model *model = check->model;
    char list[400] = "";

    for (size_t k = 0; k < model->n_random; k++) {
        if (hbl_check_is_intercept(model->name[k], NULL) &&
            !hbl_findings_list(list, sizeof list, model->name[k]))
            break;
    }
    if (list[0] == '\0')
        return HBL_OK;
    return hbl_findings_add(
        check->findings, error, HBL_FINDING_WARNING,
        "%zu of %zu persons have one task only, where the random intercepts %s are hardly told "
        "from the error term: leave them fixed, or give data.person the column that joins a "
        "person's tasks",
        single, model->panel->n_persons, list);
}

static int check_tasks(const hbl_check *check, hbl_error *error)
{
    const size_t single = count_single(check->model->panel),
                 n_persons = check->model->panel->n_persons;
    int status = HBL_OK;

    if (single == n_persons)
        status = hbl_findings_add(
            check->findings, error, HBL_FINDING_WARNING,
            "every person has one task only, which says next to nothing of how persons differ: "
            "variances of random coefficients %s; is \"person\" missing in \"data\"?",
            check->prior != NULL ? "will follow the prior" : "will be uncertain");
    else if (2 * single > n_persons)
        status = hbl_findings_add(
            check->findings, error, HBL_FINDING_NOTE,
            "%zu of %zu persons have one task only; they say little of how persons differ", single,
            n_persons);
    if (!status && 2 * single > n_persons)
        status = check_intercepts(check, single, error);
    return status;
}

int hbl_check_persons(const hbl_check *check, hbl_error *error)
{
    int status = HBL_OK;

    if (check->model->n_random > 0) {
        status = check_block_sizes(check, error);
        if (!status)
            status = check_tasks(check, error);
    }
    if (!status && check->prior != NULL && check->model->panel->weight != NULL)
        status = hbl_findings_add(check->findings, error, HBL_FINDING_ERROR,
                                  "hierarchical Bayes does not use the weights of persons; leave "
                                  "data.weight out, or estimate with \"method\": \"msl\"");
    return status;
}
