/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The product of a strip's denominators for one floating-point type, which takes one logarithm a
 * person in place of one a task: part of pass_type.h, by way of pass_body.h.
 */
#define product        OF_TYPE(product)
#define watch          OF_TYPE(watch)
#define times_product  OF_TYPE(times_product)
#define settle_product OF_TYPE(settle_product)
#define product_log    OF_TYPE(product_log)
#define product_sound  OF_TYPE(product_sound)

typedef struct {
    vreal mantissa;   /* product of mantissas in [1, 2) */
    vwhole exponents; /* sum of biased exponents */
    vwhole alarm;     /* sign bit: a denominator above 2^GUARD_EXPONENT, or not a number */
    size_t factors;   /* in exponents */
} product;

/* Sets off the alarm for a denominator that is too large, or not a number. */
INLINE void watch(product *p, vreal d)
{
    const vwhole bits = (vwhole)d;

    p->alarm |= (GUARD - bits) | bits;
}

/* want_value: whether more than the alarm is wanted. */
INLINE void times_product(product *p, vreal d, bool want_value)
{
    const vwhole bits = (vwhole)d;

    watch(p, d);
    if (want_value) {
        p->exponents += bits >> MANTISSA_BITS;
        p->mantissa *= (vreal)((bits & MANTISSA) | ONE);
    }
}

/* Moves the exponent of the mantissas' product over to the exponents. */
INLINE void settle_product(product *p, size_t factors)
{
    const vwhole bits = (vwhole)p->mantissa;

    p->exponents += bits >> MANTISSA_BITS;
    p->mantissa = (vreal)((bits & MANTISSA) | ONE);
    p->factors += factors + 1;
}

INLINE bool product_sound(const product *p)
{
    whole alarm = 0;
    for (size_t l = 0; l < LANES; l++)
        alarm |= p->alarm[l];
    return !(alarm & SIGN);
}

/* -ln of the product. The mantissa is first brought to [sqrt(1/2), sqrt(2)). */
INLINE void product_log(const product *p, double *log_likelihood)
{
    const double ln2 = 0.693147180559945309417;
    const vwhole bits = (vwhole)p->mantissa - ROOT_HALF;
    const vwhole exponents = p->exponents + (bits >> MANTISSA_BITS) - (whole)(BIAS * p->factors);
    const vreal log2_mantissa = log2_vector((vreal)((bits & MANTISSA) + ROOT_HALF));
    const vwide log2_product = __builtin_convertvector((vinteger)exponents, vwide) +
                               __builtin_convertvector(log2_mantissa, vwide);
    const vwide result = -ln2 * log2_product;

    memcpy(log_likelihood, &result, sizeof result);
}
