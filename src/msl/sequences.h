/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Points of the unit cube for simulation: a descriptor for each kind of sequence. A new one is a
 * descriptor, a line in the registry of sequences.c and one in hbl_sequences there.
 */
#ifndef HBL_MSL_SEQUENCES_H
#define HBL_MSL_SEQUENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hblogit/error.h"

typedef struct hbl_sequence hbl_sequence;

/* What is asked for, and what the sequence keeps. Read-only once allocated. */
typedef struct {
    const hbl_sequence *kind;
    size_t dimensions, points; /* points: a person's */
    size_t n_persons, drop;    /* drop: Halton's points left out at the start */
    uint64_t seed;
    bool scramble;
    uint64_t *table; /* Halton: primes; Sobol: direction numbers */
    double *digit;   /* Halton: what each digit adds, by dimension and place */
    size_t *offset;  /* Halton: where a dimension's begin */
} hbl_points;

struct hbl_sequence {
    const char *name;
    size_t most_dimensions;
    int (*prepare)(hbl_points *points, hbl_error *error); /* may be NULL */
    /* u[r * dimensions + k] in (0, 1), r < points->points, of that person. */
    void (*person)(const hbl_points *points, size_t person, double *u);
};

extern const hbl_sequence hbl_sequence_halton, hbl_sequence_sobol, hbl_sequence_mlhs,
    hbl_sequence_pseudo;

/* The descriptor of that name, or NULL with an error that names the nearest. */
const hbl_sequence *hbl_sequence_find(const char *name, hbl_error *error);

/* Fills in what `kind` needs to the members above table. HBL_ERR_INPUT: more dimensions than the
 * sequence serves. After a failure, too, hbl_points_clear may be called. */
int hbl_points_prepare(hbl_points *points, hbl_error *error);
void hbl_points_clear(hbl_points *points);

/* Standard normals of a person, z[r * dimensions + k], r < draws: the quantiles of the points, with
 * `antithetic` each point followed by its mirror image. u: room for draws * dimensions. */
void hbl_points_normals(const hbl_points *points, size_t person, size_t draws, bool antithetic,
                        double *u, double *z);

/* Points a person needs for so many draws. */
size_t hbl_points_needed(size_t draws, bool antithetic);

#endif
