/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of this folder know of a model beyond hblogit/model.h.
 */
#ifndef HBL_MODEL_MODEL_H
#define HBL_MODEL_MODEL_H

#include "hblogit/model.h"

/* A model with zeroed parts; *x is its design matrix, to be filled. */
int hbl_model_alloc(const hbl_panel *panel, const hbl_model_parts *size, hbl_model **model,
                    double **x, hbl_error *error);

/* The model frees panel with itself from now on. */
void hbl_model_own_panel(hbl_model *model, hbl_panel *panel);

/* hbl_model_build on data in memory, not spec->data.file (simulate draws its rows itself). The model
 * takes data->panel over where it succeeds; the rest of data may be freed afterwards. */
int hbl_model_build_on(const hbl_spec *spec, hbl_data *data, hbl_model **model, hbl_error *error);

#endif
