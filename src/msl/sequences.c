/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The registry of sequences, the two that are random (pseudo, MLHS), and the way from points to
 * standard normals. The normal quantile is GSL's (Wichura 1988, AS 241: about 1e-16 relative).
 */
#include "msl/sequences.h"

#include <gsl/gsl_cdf.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/rng.h"
#include "hblogit/msl.h"

const hbl_sequence_name hbl_sequences[] = {
    {"halton", "Halton points, a prime a random coefficient, running on from person to person"},
    {"sobol", "Sobol points (up to 40 random coefficients), best with draws a power of 2"},
    {"mlhs", "modified Latin hypercube: each person's points shifted and shuffled anew"},
    {"pseudo", "pseudo-random points"},
    {NULL, NULL},
};

static const hbl_sequence *const kinds[] = {&hbl_sequence_halton, &hbl_sequence_sobol,
                                            &hbl_sequence_mlhs, &hbl_sequence_pseudo};
enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

const hbl_sequence *hbl_sequence_find(const char *name, hbl_error *error)
{
    const char *names[N_KINDS], *nearest;

    for (size_t i = 0; i < N_KINDS; i++) {
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
        names[i] = kinds[i]->name;
    }
    nearest = hbl_nearest(name, names, N_KINDS);
    hbl_fail(error, HBL_ERR_INPUT, "\"%s\" is no sequence of draws; %s%s%s", name,
             nearest ? "did you mean \"" : "choose from halton, sobol, mlhs, pseudo",
             nearest ? nearest : "", nearest ? "\"?" : "");
    return NULL;
}

int hbl_points_prepare(hbl_points *points, hbl_error *error)
{
    const hbl_sequence *kind = points->kind;

    if (points->dimensions > kind->most_dimensions)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "the sequence \"%s\" serves up to %zu random coefficients, and the model "
                        "has %zu; mlhs and pseudo serve any number",
                        kind->name, kind->most_dimensions, points->dimensions);
    return kind->prepare ? kind->prepare(points, error) : HBL_OK;
}

void hbl_points_clear(hbl_points *points)
{
    free(points->table);
    free(points->digit);
    free(points->offset);
    points->table = NULL;
    points->digit = NULL;
    points->offset = NULL;
}

size_t hbl_points_needed(size_t draws, bool antithetic)
{
    return antithetic ? (draws + 1) / 2 : draws;
}

void hbl_points_normals(const hbl_points *points, size_t person, size_t draws, bool antithetic,
                        double *u, double *z)
{
    const size_t K = points->dimensions;

    points->kind->person(points, person, u);
    for (size_t r = 0; r < draws; r++)
        for (size_t k = 0; k < K; k++) {
            if (antithetic && r % 2)
                z[r * K + k] = -z[(r - 1) * K + k];
            else
                z[r * K + k] = gsl_cdf_ugaussian_Pinv(u[(antithetic ? r / 2 : r) * K + k]);
        }
}

/* ---- pseudo-random ---- */

static void pseudo_person(const hbl_points *points, size_t person, double *u)
{
    hbl_rng rng = hbl_rng_stream(points->seed, 0, HBL_STREAM_SEQUENCE, person, 0);

    for (size_t i = 0; i < points->points * points->dimensions; i++)
        u[i] = hbl_rng_uniform(&rng);
}

const hbl_sequence hbl_sequence_pseudo = {
    .name = "pseudo", .most_dimensions = SIZE_MAX, .person = pseudo_person};

/* ---- modified Latin hypercube (Hess, Train and Polak 2006) ----
 *
 * In each dimension the R points (i + xi) / R, one xi for all of them, in random order. */

static void mlhs_person(const hbl_points *points, size_t person, double *u)
{
    const size_t R = points->points, K = points->dimensions;
    hbl_rng rng = hbl_rng_stream(points->seed, 0, HBL_STREAM_SEQUENCE, person, 0);

    for (size_t k = 0; k < K; k++) {
        const double xi = hbl_rng_uniform(&rng);

        for (size_t r = 0; r < R; r++) { /* a shuffle that places points as it goes */
            const size_t other = (size_t)(hbl_rng_uniform(&rng) * (double)(r + 1));
            u[r * K + k] = u[other * K + k];
            u[other * K + k] = ((double)r + xi) / (double)R;
        }
    }
}

const hbl_sequence hbl_sequence_mlhs = {
    .name = "mlhs", .most_dimensions = SIZE_MAX, .person = mlhs_person};
