/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rng.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>

#include "core/rng_key.h"
#include "core/ziggurat_tables.h"

/* ---- streams ---- */

HBL_KEY_DEFINE_MIX(uint64_t)

static inline hbl_u128 join(uint64_t high, uint64_t low)
{
    return (hbl_u128)high << 64 | low;
}

/* The words of the key are mixed side by side, which is what makes this quick. Two independent sums
 * of the four are 128 bits of hash: keys that differ in one word never collide in either sum,
 * others with probability 2^-128. State and increment are each a bijection of that hash, mixed once
 * more. */
hbl_rng hbl_rng_stream(uint64_t seed, uint64_t chain, hbl_stream purpose, uint64_t index,
                       uint64_t sweep)
{
    const uint64_t a = mix(seed ^ HBL_KEY_SEED);
    const uint64_t b = mix((chain ^ (uint64_t)purpose << 56) + HBL_KEY_CHAIN);
    const uint64_t c = mix(index ^ HBL_KEY_INDEX);
    const uint64_t d = mix(sweep + HBL_KEY_SWEEP);
    const uint64_t s = a + b + c + d;
    const uint64_t t = a ^ HBL_KEY_ROTATE(b, 17) ^ HBL_KEY_ROTATE(c, 31) ^ HBL_KEY_ROTATE(d, 47);
    hbl_rng rng;

    rng.state = join(mix(s), mix(t));
    rng.increment = join(mix(t + HBL_KEY_INCREMENT), mix(s + HBL_KEY_INCREMENT_LOW)) | 1;
    return rng;
}

/* ---- normal ---- */

/* Beyond r: x = r + e / r with e exponential, kept with probability exp(-(x - r)^2 / 2)
 * (Marsaglia 1964). */
static double tail(hbl_rng *rng)
{
    const double r = ziggurat_x[1];
    double e, x;

    do {
        x = -log(hbl_rng_uniform(rng)) / r;
        e = -log(hbl_rng_uniform(rng));
    } while (2 * e <= x * x);
    return r + x;
}

/* What is left of layer after its rectangle within the density: the wedge between f and the
 * rectangle, where a point is kept when it lies under f; below layer 0, the tail. */
static bool outside(hbl_rng *rng, unsigned layer, double *x)
{
    const double *f = ziggurat_f;

    if (layer == 0) {
        *x = copysign(tail(rng), *x);
        return true;
    }
    return f[layer] + hbl_rng_uniform(rng) * (f[layer + 1] - f[layer]) < exp(-0.5 * *x * *x);
}

/* Bits 0-7 of a draw choose the layer, bits 11-63 the signed place in it: none serves twice. */
static inline double normal(hbl_rng *rng)
{
    for (;;) {
        const uint64_t bits = hbl_rng_next(rng);
        const unsigned layer = bits & 255;
        const double place = ((double)((int64_t)bits >> 11) + 0.5) * 0x1p-52;
        double x = place * ziggurat_x[layer];

        if (__builtin_expect(fabs(x) < ziggurat_x[layer + 1], 1))
            return x;
        if (outside(rng, layer, &x))
            return x;
    }
}

double hbl_rng_normal(hbl_rng *rng)
{
    return normal(rng);
}

void hbl_rng_normals(hbl_rng *rng, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = normal(rng);
}

/* ---- through GSL ---- */

static unsigned long gsl_get(void *state)
{
    return (unsigned long)(hbl_rng_next(state) >> (64 - sizeof(unsigned long) * CHAR_BIT));
}

static double gsl_get_double(void *state)
{
    return hbl_rng_uniform(state);
}

/* For its distributions, which neither seed nor copy it. */
static const gsl_rng_type type = {
    .name = "pcg64-dxsm",
    .max = ULONG_MAX,
    .min = 0,
    .size = sizeof(hbl_rng),
    .get = gsl_get,
    .get_double = gsl_get_double,
};

double hbl_rng_chi_squared(hbl_rng *rng, double df)
{
    const gsl_rng generator = {.type = &type, .state = rng};
    return gsl_ran_chisq(&generator, df);
}

double hbl_rng_gamma(hbl_rng *rng, double shape, double rate)
{
    const gsl_rng generator = {.type = &type, .state = rng};
    return gsl_ran_gamma(&generator, shape, 1 / rate);
}
