/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arithmetic of the simulated likelihood on a block of HBL_LANES persons and a few draws at once.
 * Arrays are [draw][row][lane], aligned to 64 bytes; the number of rows differs.
 */
#ifndef HBL_MSL_KERNELS_H
#define HBL_MSL_KERNELS_H

#include <stddef.h>

#include "likelihood/likelihood.h"

/* The elements of L: L_{row,column} = value. Row by row. */
typedef struct {
    size_t n;
    const size_t *row, *column;
    const double *value;
} hbl_msl_factor;

/* What the sums run over: rows of gradient, then products gradient[row] z[column] of the factor. */
typedef struct {
    size_t n_rows, n_random;
    size_t n_products;
    const size_t *row, *column;
} hbl_msl_terms;

typedef struct {
    /* theta[d][k] = mean[k] + sum of L_{k,j} z[d][j]; theta has `rows` rows a draw, z n_random. */
    void (*theta)(size_t draws, size_t n_random, size_t rows, const hbl_msl_factor *factor,
                  const double *mean, const double *z, double *theta);
    /* Weights exp(ll - reference) of the draws, in place of ll; adds them and their squares to
     * sum[2][lane]. ll - reference is at most 700. */
    void (*weigh)(size_t draws, const double *reference, double *ll, double *sum);
    /* sum[n_rows + n_products][lane] += weight x term over draws; gradient is spoilt. */
    void (*add)(size_t draws, const hbl_msl_terms *terms, const double *weight, double *gradient,
                const double *z, double *sum);
} hbl_msl_kernels;

/* The table for the widest instruction set of this machine (see core/isa.h). */
const hbl_msl_kernels *hbl_msl_kernels_best(void);

#endif
