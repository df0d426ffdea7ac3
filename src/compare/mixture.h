/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The distribution of a statistic where variances are on the boundary (Self and Liang 1987): a
 * mixture of chi-squared distributions.
 */
#ifndef HBL_COMPARE_MIXTURE_H
#define HBL_COMPARE_MIXTURE_H

#include <stddef.h>

#include "hblogit/error.h"

/* P(chi-squared_df > x); df 0 is a mass at 0. */
double hbl_chi_squared_tail(double x, size_t df);

/* Weights of a chi-bar-squared: weight[j] is the probability that the projection of N(0, V) on the
 * positive orthant, in the metric of V^-1, has j of n coordinates above 0. Exact for n <= 2 (the
 * angle between the axes), else by simulation with fixed random numbers. V: n x n, positive
 * definite.
 * HBL_ERR_NUMERIC: it is not. */
int hbl_mixture_weights(size_t n, const double *V, double *weight, hbl_error *error);

/* The squared distance, in the metric A, of z from the nearest x >= 0, and that x. */
double hbl_mixture_distance(size_t n, const double *A, const double *z, double *x);

/* sum_j weight[j] P(chi-squared_(df - n + j) > x) */
double hbl_mixture_tail(double x, size_t df, size_t n, const double *weight);

#endif
