/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The life of a problem.
 */
#include <stdlib.h>

#include "core/fail.h"
#include "core/memory.h"
#include "msl/internal.h"

static int prepare(hbl_msl *msl, hbl_error *error)
{
    const hbl_model *model = msl->model;
    hbl_msl_settings *settings = &msl->settings;
    int status;

    msl->sequence_name = hbl_strdup(settings->sequence, error);
    if (!msl->sequence_name)
        return HBL_ERR_MEMORY;
    settings->sequence = msl->sequence_name;
    settings->standard_errors = NULL; /* the reader's choice: all are reckoned */
    if (model->n_random == 0)
        settings->draws = 1; /* all would be the same */
    if (settings->draws < 1)
        return hbl_fail(error, HBL_ERR_INPUT, "simulated likelihood needs at least 1 draw");
    msl->kernels = hbl_msl_kernels_best();
    status = hbl_likelihood_alloc(model, HBL_PRECISION_DOUBLE, NULL, &msl->likelihood, error);
    if (!status)
        status =
            hbl_msl_draws_init(&msl->draws, msl->likelihood, model->n_random, settings,
                               model->panel->n_persons, HBL_MSL_DRAWS_LIMIT, msl->threads, error);
    if (!status)
        status = hbl_msl_parameters_init(msl, error);
    if (!status)
        status = hbl_msl_objective_init(msl, error);
    return status;
}

int hbl_msl_alloc(const hbl_model *model, const hbl_msl_settings *settings, int threads,
                  hbl_msl **msl, hbl_error *error)
{
    int status;

    *msl = hbl_calloc(1, sizeof **msl, "simulation", error);
    if (!*msl)
        return HBL_ERR_MEMORY;
    (*msl)->model = model;
    (*msl)->settings = *settings;
    (*msl)->threads = threads < 1 ? 1 : threads;
    status = prepare(*msl, error);
    if (status) {
        hbl_msl_free(*msl);
        *msl = NULL;
    }
    return status;
}

void hbl_msl_free(hbl_msl *msl)
{
    if (!msl)
        return;
    hbl_msl_objective_clear(msl);
    hbl_msl_parameters_clear(msl);
    hbl_msl_draws_clear(&msl->draws);
    hbl_likelihood_free(msl->likelihood);
    free(msl->sequence_name);
    free(msl);
}
