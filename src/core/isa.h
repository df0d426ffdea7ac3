/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which instruction set the vectorised code uses. Sources named *_isa.c are compiled once for each,
 * and each compilation exports one table of functions; the choice is made at run time.
 */
#ifndef HBL_CORE_ISA_H
#define HBL_CORE_ISA_H

typedef enum {
    HBL_ISA_BASELINE, /* what every machine of the architecture has: SSE2 on x86-64, NEON on arm64
                       */
    HBL_ISA_AVX2,
    HBL_ISA_AVX512,
} hbl_isa;

/* The widest set that this machine has. The environment variable HBLOGIT_ISA, one of the names
 * below, narrows it. */
hbl_isa hbl_isa_best(void);

/* "sse2" ("baseline" off x86-64), "avx2", "avx512". */
const char *hbl_isa_name(hbl_isa isa);

/* What a name_isa.c exports, a table of functions or a function: by_isa[], by hbl_isa. */
#if defined __x86_64__
#define HBL_BY_ISA(type, name)                                                                     \
    extern type name##_sse2, name##_avx2, name##_avx512;                                           \
    static type *const by_isa[] = {&name##_sse2, &name##_avx2, &name##_avx512}
#else
#define HBL_BY_ISA(type, name)                                                                     \
    extern type name##_baseline;                                                                   \
    static type *const by_isa[] = {&name##_baseline}
#endif

#endif
