/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kernels of the pass, one table for each instruction set, and the data as they read them.
 *
 * A strip is as many persons as a vector register has lanes. Its data are one stream of vectors,
 * task after task:
 *
 *     init, then rows x columns differences D = x_j - x_chosen, the columns of a row side by side
 *
 * with a row for each alternative but the chosen one. Lanes with fewer rows or tasks than the rest
 * are padded with D = 0; such a row adds exp(0) = 1 exactly to the denominator, and init = 1 -
 * (rows of padding in this lane) takes it out again. So the loops have no masks: a wholly padded
 * task has denominator 1, log 0 and gradient 0.
 *
 * A stream is of floats or of doubles, or in units: then init and D are whole numbers of 16 bits, D
 * multiples of each column's unit. Kernels for float and for double both read that one.
 */
#ifndef HBL_LIKELIHOOD_PASS_H
#define HBL_LIKELIHOOD_PASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HBL_PASS_SPECIALISED = 16, /* up to so many columns there is a kernel for each number */
    HBL_PASS_RUN = 64,         /* longest run: mantissas below 2 whose product cannot overflow */
};

/* Tasks in a row that have the same number of rows. */
typedef struct {
    uint32_t tasks, rows;
} hbl_pass_run;

typedef struct {
    const void *stream;
    const double *unit; /* a column; NULL: the stream is not in units */
    const hbl_pass_run *run;
    size_t n_runs;
    size_t ahead; /* bytes to the same place in the next strip, which is fetched meanwhile; 0: the
                     data are in the caches */
} hbl_pass_strip;

/* beta and gradient are [column][HBL_LANES], log_likelihood [lane], each beginning at the strip's
 * first lane. False where the guard tripped: a denominator near overflow or not a number, and what
 * was written is of no use. */
typedef bool hbl_pass_function(const hbl_pass_strip *strip, size_t n_columns, const double *beta,
                               double *log_likelihood, double *gradient);

typedef bool hbl_pass_hessian_function(const hbl_pass_strip *strip, size_t n_columns,
                                       const double *beta, double *hessian);

/* Functions by number of columns; [0] takes any number, others may be NULL. */
typedef struct {
    size_t lanes;
    hbl_pass_function *value[HBL_PASS_SPECIALISED + 1];
    hbl_pass_function *gradient[HBL_PASS_SPECIALISED + 1];
    hbl_pass_function *both[HBL_PASS_SPECIALISED + 1];
    hbl_pass_hessian_function *hessian;
} hbl_pass_kernels;

/* Kernels for a stream of the type computed in, and for one in units. */
typedef struct {
    const char *isa;
    const hbl_pass_kernels *in_float[2], *in_double[2];
} hbl_pass;

#endif
