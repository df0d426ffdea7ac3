/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run as a point of a larger model, for the score test.
 */
#ifndef HBL_COMPARE_SCORE_H
#define HBL_COMPARE_SCORE_H

#include "compare/nested.h"
#include "hblogit/msl.h"

typedef struct {
    hbl_tested small, large; /* large: the names of what the model would estimate */
    hbl_spec *spec;
    hbl_model *model;
    hbl_msl *msl;
    size_t P, N;
    hbl_excess excess;
    double *p, *L;              /* the run's estimates as the larger model's parameters; their L */
    double *scores;             /* N x P */
    double *person, *up, *down; /* N: ln P_n */
    double *g, *B, *l, *inverse;
} hbl_score;

/* Reads the run and builds the model. HBL_ERR_INPUT: other data; the run is not within the model,
 * or the score of what is new there is not defined. */
int hbl_score_prepare(hbl_score *score, const char *directory, const char *model_file,
                      const char *const *overrides, size_t n_overrides, int threads,
                      hbl_error *error);
void hbl_score_clear(hbl_score *score);

/* Sets p from the run's estimates; what is new is 0. */
void hbl_score_embed(hbl_score *score);

#endif
