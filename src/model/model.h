/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of this folder know of a model beyond hblogit/model.h.
 */
#ifndef HBL_MODEL_MODEL_H
#define HBL_MODEL_MODEL_H

#include "hblogit/model.h"

/* A model with what is the library's own. What a caller sees comes first, so that a pointer to the
 * one is a pointer to the other. */
typedef struct {
    hbl_model model;
    double *x, *v, *w;        /* model.x, v and w, to be filled */
    size_t *base_first;       /* n_random: every coefficient after its base */
    hbl_panel *panel;         /* owned, NULL where the caller owns it */
    hbl_data_account account; /* of the data, where they were read */
    bool has_account;
    char **remark;
    size_t n_remarks;
} hbl_model_store;

/* A model with zeroed parts, of the numbers that size gives. */
int hbl_model_alloc(const hbl_panel *panel, const hbl_model_parts *size, hbl_model_store **store,
                    hbl_error *error);

/* Last steps, once everything is filled in: numbers of blocks, bounds and orders checked, w
 * centred. */
int hbl_model_complete(hbl_model_store *store, hbl_error *error);

/* Adds a sentence of printf text to hbl_model_remarks. */
int hbl_model_remark(hbl_model_store *store, hbl_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* hbl_model_build on data in memory, not spec->data.file (simulate draws its rows itself). The
 * model takes data->panel over where it succeeds; the rest of data may be freed afterwards. */
int hbl_model_build_on(const hbl_spec *spec, hbl_data *data, hbl_model **model, hbl_error *error);

#endif
