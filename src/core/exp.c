/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/exp.h"

#include <stdatomic.h>

#include "core/isa.h"

typedef void exp_function(size_t n, const double *x, double *y);

HBL_BY_ISA(exp_function, hbl_exp);

/* Which one is found out once; whoever is first, all find the same. */
void hbl_exp(size_t n, const double *x, double *y)
{
    static _Atomic(exp_function *) chosen;
    exp_function *function = atomic_load_explicit(&chosen, memory_order_relaxed);

    if (!function) {
        function = by_isa[hbl_isa_best()];
        atomic_store_explicit(&chosen, function, memory_order_relaxed);
    }
    function(n, x, y);
}
