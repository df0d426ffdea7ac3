/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiled once for each instruction set; walks the block one machine vector of persons at a time.
 */
#include <math.h>

#include "core/rng_key.h"
#include "core/rng_lanes.h"
#include "core/vectors.h"

enum { VECTORS = HBL_RNG_LANES / WIDTH };

#define ONE       UINT64_C(0x3ff0000000000000) /* the bits of 1.0 */
#define ROOT_HALF UINT64_C(0x3fe6a09e667f3bcd) /* of sqrt(1/2) */
#define TWO_52    UINT64_C(0x4330000000000000) /* of 2^52 */
#define MANTISSA  ((UINT64_C(1) << 52) - 1)
#define SIGN      (UINT64_C(1) << 63)

/* ---- streams ---- */

typedef struct {
    bits state, increment; /* increment is odd */
} streams;

HBL_KEY_DEFINE_MIX(bits)

/* The upper halves of the state and of the increment of hbl_rng_stream, the latter made odd. */
static inline streams streams_of(const hbl_rng_shared *shared, const size_t *person)
{
    bits c, twist;
    streams to;

    for (int l = 0; l < WIDTH; l++)
        c[l] = person[l];
    c = mix(c ^ HBL_KEY_INDEX);
    twist = HBL_KEY_ROTATE(c, 31) ^ shared->twist;
    to.state = mix(c + shared->sum);
    to.increment = mix(twist + HBL_KEY_INCREMENT) | 1;
    return to;
}

/* The next 64 bits: RXS-M-XS of the state before the step, with the constants of O'Neill. Sets
 * without AVX2 shift and multiply 64 bits quicker one by one. */
#define OUTPUT     UINT64_C(12605985483714917081)
#define MULTIPLIER UINT64_C(6364136223846793005)
#ifdef __AVX2__
static inline bits next(streams *from)
{
    const bits state = from->state, word = ((state >> ((state >> 59) + 5)) ^ state) * OUTPUT;

    from->state = state * MULTIPLIER + from->increment;
    return word >> 43 ^ word;
}
#else
static inline bits next(streams *from)
{
    bits to;

    for (int l = 0; l < WIDTH; l++) {
        const uint64_t state = from->state[l];
        const uint64_t word = ((state >> ((state >> 59) + 5)) ^ state) * OUTPUT;

        from->state[l] = state * MULTIPLIER + from->increment[l];
        to[l] = word >> 43 ^ word;
    }
    return to;
}
#endif

/* ---- Box and Muller ---- */

static inline vec polynomial(vec z, const double *coefficient, int terms)
{
    vec p = z * coefficient[terms - 1] + coefficient[terms - 2];

    for (int i = terms - 3; i >= 0; i--)
        p = p * z + coefficient[i];
    return p;
}

/* The centre of one of 2^52 cells of (0, 1), chosen by bits 12-63; exact. */
static inline vec uniform_of(bits x)
{
    return (vec)(x >> 12 | ONE) - (1 - 0x1p-53);
}

static inline vec square_root(vec x)
{
    for (int l = 0; l < WIDTH; l++)
        x[l] = sqrt(x[l]);
    return x;
}

/* sqrt(-2 ln u) for 2^-53 <= u < 1. With u = 2^n m, sqrt(1/2) <= m < sqrt(2), and s = (m - 1) /
 * (m + 1), ln m = 2 artanh s; -4 artanh(s) / s is minimax in s^2, to 1.2e-18 relatively. */
static inline vec radius_of(vec u)
{
    static const double artanh[] = {
        -0x1.0000000000000p+2, -0x1.55555555555aep+0, -0x1.999999997ac3dp-1, -0x1.2492494532e5ep-1,
        -0x1.c71c4fe8d6473p-2, -0x1.74669de18dc0fp-2, -0x1.39994e5d78de9p-2, -0x1.2f51d2268edf1p-2};
    const double minus_2_ln_2 = -1.38629436111989061883;
    const bits from_root = (bits)u + (ONE - ROOT_HALF);
    const vec n = (vec)(from_root >> 52 | TWO_52) - (0x1p52 + 1023);
    const vec m = (vec)((from_root & MANTISSA) + ROOT_HALF), s = (m - 1) / (m + 1);

    return square_root(n * minus_2_ln_2 + s * polynomial(s * s, artanh, 8));
}

/* The point at that radius and a uniform angle. Bits 13-63 of x choose an angle v pi / 2, |v| <
 * 1/2, among the centres of 2^51 cells, exactly; bit 1 turns its cosine's sign, bit 0 exchanges the
 * two. Sine and cosine are minimax in v^2, to 3.4e-18 and 6.1e-17 relatively. */
static inline void point_of(vec radius, bits x, vec *first, vec *second)
{
    static const double sine[] = {
        0x1.921fb54442d18p+0,  -0x1.4abbce625be41p-1,  0x1.466bc67758700p-4, -0x1.32d2cce2d5387p-8,
        0x1.50782fca3b169p-13, -0x1.e30063a252650p-19, 0x1.e3eed68ad07ccp-25};
    static const double cosine[] = {1,
                                    -0x1.3bd3cc9be459dp+0,
                                    0x1.03c1f081b0e27p-2,
                                    -0x1.55d3c7dc3dcd5p-6,
                                    0x1.e1f4fb8436b01p-11,
                                    -0x1.a6c9ca4aae780p-16,
                                    0x1.f3dcedda509c2p-22};
    const vec v = (vec)(x >> 12 | ONE | 1) - 1.5, z = v * v;
    const bits a = (bits)(radius * polynomial(z, cosine, 7)) ^ (x << 62 & SIGN);
    const bits b = (bits)(radius * (v * polynomial(z, sine, 7)));
    const bits exchange = (a ^ b) & -(x & 1);

    *first = (vec)(a ^ exchange);
    *second = (vec)(b ^ exchange);
}

static void draw(const hbl_rng_shared *shared, const size_t *person, size_t K,
                 double *restrict normals, double *restrict uniform)
{
    streams from[VECTORS];
    vec *to = (vec *)normals, unused;

    for (size_t v = 0; v < VECTORS; v++) {
        from[v] = streams_of(shared, person + v * WIDTH);
        ((vec *)uniform)[v] = uniform_of(next(&from[v]));
    }
    for (size_t k = 0; k < K; k += 2, to += 2 * VECTORS)
        for (size_t v = 0; v < VECTORS; v++) {
            const vec radius = radius_of(uniform_of(next(&from[v])));
            point_of(radius, next(&from[v]), to + v, k + 1 < K ? to + VECTORS + v : &unused);
        }
}

extern const hbl_rng_lanes PASTE(hbl_rng_lanes_, HBL_ISA);
const hbl_rng_lanes PASTE(hbl_rng_lanes_, HBL_ISA) = {.draw = draw};
