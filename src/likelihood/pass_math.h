/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Vector arithmetic for one floating-point type: part of pass_isa.c, which includes it twice.
 * Names without a suffix stand for that type's (vreal is vreal_float or vreal_double).
 */
#undef OF_TYPE
#undef real
#undef whole
#undef integer
#undef ROOT_HALF
#undef MANTISSA_BITS
#undef BIAS
#undef LARGEST_EXPONENT
#undef GUARD_EXPONENT
#undef VECTOR_OP

#if HBL_DOUBLE
#define OF_TYPE(name)    name##_double
#define real             double
#define whole            uint64_t
#define integer          int64_t
#define ROOT_HALF        0x3fe6a09e667f3bcd /* the bits of sqrt(1/2) */
#define MANTISSA_BITS    52
#define BIAS             1023
#define LARGEST_EXPONENT 1020 /* of a single exp2 */
#define GUARD_EXPONENT   900  /* of a denominator, leaving room for D times it */
#define VECTOR_OP(op)    INTRINSIC(op##_pd)
#else
#define OF_TYPE(name)    name##_float
#define real             float
#define whole            uint32_t
#define integer          int32_t
#define ROOT_HALF        0x3f3504f3
#define MANTISSA_BITS    23
#define BIAS             127
#define LARGEST_EXPONENT 124
#define GUARD_EXPONENT   90
#define VECTOR_OP(op)    INTRINSIC(op##_ps)
#endif

/* The same words for both types. */
#define LANES           (VECTOR_BYTES / sizeof(real))
#define ONE             ((whole)BIAS << MANTISSA_BITS)
#define MANTISSA        (((whole)1 << MANTISSA_BITS) - 1)
#define GUARD           ((whole)(BIAS + GUARD_EXPONENT) << MANTISSA_BITS)
#define SIGN            (~((whole)-1 >> 1))
#define vreal           OF_TYPE(vreal)
#define vwhole          OF_TYPE(vwhole)
#define vinteger        OF_TYPE(vinteger)
#define vwide           OF_TYPE(vwide)
#define splat           OF_TYPE(splat)
#define within_bounds   OF_TYPE(within_bounds)
#define exp2_polynomial OF_TYPE(exp2_polynomial)
#define exp2_vector     OF_TYPE(exp2_vector)
#define log2_vector     OF_TYPE(log2_vector)
#define load_doubles    OF_TYPE(load_doubles)
#define store_doubles   OF_TYPE(store_doubles)
#define load_shorts     OF_TYPE(load_shorts)

typedef real vreal __attribute__((vector_size(VECTOR_BYTES), may_alias));
typedef whole vwhole __attribute__((vector_size(VECTOR_BYTES), may_alias));
typedef integer vinteger __attribute__((vector_size(VECTOR_BYTES), may_alias));
typedef double vwide __attribute__((vector_size(VECTOR_BYTES / sizeof(real) * sizeof(double))));

INLINE vreal splat(real x)
{
    return x - (vreal){0};
}

/* 2^v = 2^n 2^r with n the number nearest to v among the multiples of 1/STEPS. Adding a shift of
 * 1.5 2^MANTISSA_BITS / STEPS rounds v to one and leaves n STEPS in the lowest bits.
 *
 * 2^r = 1 + r q(r), |r| <= 1 / (2 STEPS), where q is minimax for the relative error of 2^r; so 2^0
 * is exactly 1. AVX-512 looks up the fraction of n in a table that fits two registers, which leaves
 * a shorter polynomial; others take whole n only. Errors: 5.3e-8 and 5.5e-15 with the table, 9.1e-8
 * and 1.5e-14 without, rounding aside. */
#if defined __AVX512F__
#if HBL_DOUBLE
#define STEPS 16
static const double OF_TYPE(exp2_coefficients)[] = {0x1.62e42fefa3981p-1, 0x1.ebfbdff5ffc01p-3,
                                                    0x1.c6b08d771db2bp-5, 0x1.3b2c78bd33b0dp-7,
                                                    0x1.5d862c10ee005p-10};
static const double OF_TYPE(exp2_table)[] = {
    0x1.0000000000000p+0, 0x1.0b5586cf9890fp+0, 0x1.172b83c7d517bp+0, 0x1.2387a6e756238p+0,
    0x1.306fe0a31b715p+0, 0x1.3dea64c123422p+0, 0x1.4bfdad5362a27p+0, 0x1.5ab07dd485429p+0,
    0x1.6a09e667f3bcdp+0, 0x1.7a11473eb0187p+0, 0x1.8ace5422aa0dbp+0, 0x1.9c49182a3f090p+0,
    0x1.ae89f995ad3adp+0, 0x1.c199bdd85529cp+0, 0x1.d5818dcfba487p+0, 0x1.ea4afa2a490dap+0,
};
#else
#define STEPS 32
static const float OF_TYPE(exp2_coefficients)[] = {0x1.62e584p-1F, 0x1.ebfbdep-3F};
static const float OF_TYPE(exp2_table)[] = {
    0x1p+0F,        0x1.059b0ep+0F, 0x1.0b5586p+0F, 0x1.11301ep+0F, 0x1.172b84p+0F, 0x1.1d4874p+0F,
    0x1.2387a6p+0F, 0x1.29e9ep+0F,  0x1.306fep+0F,  0x1.371a74p+0F, 0x1.3dea64p+0F, 0x1.44e086p+0F,
    0x1.4bfdaep+0F, 0x1.5342b6p+0F, 0x1.5ab07ep+0F, 0x1.6247ecp+0F, 0x1.6a09e6p+0F, 0x1.71f75ep+0F,
    0x1.7a1148p+0F, 0x1.82589ap+0F, 0x1.8ace54p+0F, 0x1.93737cp+0F, 0x1.9c4918p+0F, 0x1.a5503cp+0F,
    0x1.ae89fap+0F, 0x1.b7f77p+0F,  0x1.c199bep+0F, 0x1.cb720ep+0F, 0x1.d5818ep+0F, 0x1.dfc974p+0F,
    0x1.ea4afap+0F, 0x1.f50766p+0F,
};
#endif
#else
#define STEPS 1
#if HBL_DOUBLE
static const double OF_TYPE(exp2_coefficients)[] = {
    0x1.62e42fefa37d1p-1,  0x1.ebfbdff81be07p-3,  0x1.c6b08d70c881bp-5,
    0x1.3b2ab72412005p-7,  0x1.5d87fd9386742p-10, 0x1.430897f36c610p-13,
    0x1.ffce2fc769f13p-17, 0x1.63e6962a61238p-20, 0x1.b3de2ab8e5211p-24};
#else
static const float OF_TYPE(exp2_coefficients)[] = {0x1.62e42ap-1F, 0x1.ebf9bcp-3F, 0x1.c6b752p-5F,
                                                   0x1.3cea88p-7F, 0x1.5bba18p-10F};
#endif
#endif

/* q(r) */
INLINE vreal exp2_polynomial(vreal r)
{
    const real *const c = OF_TYPE(exp2_coefficients);
    enum { TERMS = sizeof OF_TYPE(exp2_coefficients) / sizeof(real) };
    vreal q = splat(c[TERMS - 1]);
    UNROLLED (i, TERMS - 1)
        q = q * r + c[TERMS - 2 - i];
    return q;
}

/* Where v is out of range the result is as good as 0, or large enough to trip the guard; not a
 * number stays so. */
#if defined __AVX512F__

INLINE vreal exp2_vector(vreal v)
{
    const real shift = (real)1.5 * (real)((whole)1 << MANTISSA_BITS) / STEPS;
    const vreal shifted = v + shift, n = shifted - shift, r = v - n;
    const vreal low = VECTOR_OP(loadu)(OF_TYPE(exp2_table));
    const vreal high = VECTOR_OP(loadu)(OF_TYPE(exp2_table) + LANES);
    const vreal fraction = VECTOR_OP(permutex2var)(low, (__m512i)shifted, high);

    /* scalef(x, n) is x 2^floor(n), saturated. */
    return VECTOR_OP(scalef)(fraction + fraction * r * exp2_polynomial(r), n);
}

#else

/* v, but no further from 0 than the exponents reach; not a number stays so. */
INLINE vreal within_bounds(vreal v)
{
#if defined INTRINSIC /* max(a, b) and min(a, b) are b where either is not a number */
    v = VECTOR_OP(max)(splat(-LARGEST_EXPONENT), v);
    return VECTOR_OP(min)(splat(LARGEST_EXPONENT), v);
#else
    for (size_t l = 0; l < LANES; l++) {
        v[l] = v[l] < -LARGEST_EXPONENT ? -LARGEST_EXPONENT : v[l];
        v[l] = v[l] > LARGEST_EXPONENT ? LARGEST_EXPONENT : v[l];
    }
    return v;
#endif
}

INLINE vreal exp2_vector(vreal v)
{
    const real shift = (real)1.5 * (real)((whole)1 << MANTISSA_BITS);
    const vreal bounded = within_bounds(v), shifted = bounded + shift;
    const vreal r = bounded - (shifted - shift), power = 1 + r * exp2_polynomial(r);

    return (vreal)((vwhole)power + ((vwhole)shifted << MANTISSA_BITS));
}

#endif
#undef STEPS

/* log2(m) for sqrt(1/2) <= m < sqrt(2), exactly 0 at 1: with s = (m - 1) / (m + 1),
 * ln m = 2 (s + s^3/3 + s^5/5 + ...), |s| < 0.172. */
INLINE vreal log2_vector(vreal m)
{
    enum { TERMS = HBL_DOUBLE ? 10 : 5 };
    const vreal s = (m - 1) / (m + 1), s2 = s * s;
    vreal series = splat((real)1 / (2 * TERMS - 1));
    UNROLLED (i, TERMS - 1)
        series = series * s2 + (real)1 / (real)(2 * (TERMS - i) - 3);
    return series * s * (real)2.88539008177792681472; /* 2 / ln 2 */
}

/* factor x from a vector's worth of doubles; arrays of doubles need not be aligned. */
INLINE vreal load_doubles(const double *from, double factor)
{
    vwide wide;
    memcpy(&wide, from, sizeof wide);
    wide *= factor;
    return __builtin_convertvector(wide, vreal);
}

/* factor v */
INLINE void store_doubles(double *to, vreal v, double factor)
{
    const vwide wide = factor * __builtin_convertvector(v, vwide);
    memcpy(to, &wide, sizeof wide);
}

/* From numbers of 16 bits. Compilers take conversions between widths apart, where there is an
 * instruction for the whole. */
INLINE vreal load_shorts(const void *from)
{
#if defined __AVX512F__ && HBL_DOUBLE
    return _mm512_cvtepi32_pd(_mm256_cvtepi16_epi32(_mm_loadu_si128(from)));
#elif defined __AVX512F__
    return _mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(_mm256_loadu_si256(from)));
#elif defined __AVX2__ && HBL_DOUBLE
    return _mm256_cvtepi32_pd(_mm_cvtepi16_epi32(_mm_loadl_epi64(from)));
#elif defined __AVX2__
    return _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm_loadu_si128(from)));
#elif defined __SSE2__
    const __m128i s = HBL_DOUBLE ? _mm_loadu_si32(from) : _mm_loadl_epi64(from);
    return VECTOR_OP(cvtepi32)(_mm_srai_epi32(_mm_unpacklo_epi16(s, s), 16));
#elif defined __ARM_NEON && !HBL_DOUBLE
    return vcvtq_f32_s32(vmovl_s16(vld1_s16(from)));
#else
    typedef int16_t shorts __attribute__((vector_size(LANES * sizeof(int16_t))));
    typedef int32_t words __attribute__((vector_size(LANES * sizeof(int32_t))));
    shorts s;
    memcpy(&s, from, sizeof s);
    return __builtin_convertvector(__builtin_convertvector(s, words), vreal);
#endif
}
