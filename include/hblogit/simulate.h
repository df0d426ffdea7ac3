/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Simulation of choices from a stated truth (the "simulate" object of a model file).
 */
#ifndef HBLOGIT_SIMULATE_H
#define HBLOGIT_SIMULATE_H

#include <stdio.h>

#include "hblogit/error.h"
#include "hblogit/model.h"

/* Draws theta_n ~ N(mu, Omega) and choices by P(j) = softmax(V). With people and tasks stated in
 * spec->simulate the rows are drawn too; otherwise choices are drawn on the rows of spec->data.file
 * (whose choice column, if there is one, is replaced) and every other column is copied.
 * data receives a long-format CSV; population (may be NULL) "parameter,name,value" with the names
 * of summary.csv; persons (may be NULL) a row a person with the true beta_n. The same seed gives
 * the same bytes. HBL_ERR_INPUT: no "simulate" object, a coefficient of the formula without a
 * truth, a truth that no coefficient has, a correlation matrix that is none, and what reading the
 * rows finds wrong. */
int hbl_simulate(const hbl_spec *spec, FILE *data, FILE *population, FILE *persons,
                 hbl_error *error);

#endif
