/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of a simulation: rows, truth, writing. simulate.c puts them together.
 */
#ifndef HBL_SIMULATE_PARTS_H
#define HBL_SIMULATE_PARTS_H

#include <stdio.h>

#include "core/rng.h"
#include "hblogit/data.h"
#include "hblogit/model.h"

/* What a stream of random numbers is for: the sweep in its key; its index is the person. */
typedef enum {
    HBL_SIMULATE_DESIGN,     /* numbers of tasks and alternatives */
    HBL_SIMULATE_ATTRIBUTES, /* */
    HBL_SIMULATE_PERSON,     /* theta_n */
    HBL_SIMULATE_CHOICES,    /* the Gumbel errors */
} hbl_simulate_purpose;

hbl_rng hbl_simulate_stream(const hbl_spec *spec, size_t person, hbl_simulate_purpose purpose);

/* ---- rows.c ---- */

/* Rows for spec->simulate.n_persons people, as the "simulate" object describes them, choices
 * empty. */
int hbl_simulate_draw_rows(const hbl_spec *spec, hbl_table **table, hbl_error *error);

/* The column of choices. */
const char *hbl_simulate_choice_name(const hbl_spec *spec);

/* ---- truth.c ---- */

typedef struct {
    double *mu;    /* n_random */
    double *delta; /* n_random x n_covariates: E theta_n = mu + Delta'w_n */
    double *l;     /* n_random x n_random, lower: Omega = L L' */
    double *alpha; /* n_fixed, then lambda: n_scale */
} hbl_truth;

/* Matches the names of spec->simulate with the model's coefficients. HBL_ERR_INPUT: a coefficient
 * without a truth, a name that is no coefficient, a correlation that is none. */
int hbl_truth_alloc(const hbl_spec *spec, const hbl_model *model, hbl_truth **truth,
                    hbl_error *error);
void hbl_truth_free(hbl_truth *truth);

/* ---- write.c ---- */

int hbl_simulate_write_table(FILE *out, const hbl_table *table, hbl_error *error);
int hbl_simulate_write_population(FILE *out, const hbl_model *model, const hbl_truth *truth,
                                  hbl_error *error);
/* beta: n_persons x n_random. */
int hbl_simulate_write_persons(FILE *out, const hbl_model *model, const double *beta,
                               hbl_error *error);

#endif
