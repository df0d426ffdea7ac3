/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"

#include <omp.h>

void hbl_parallel_for(int threads, size_t n, void (*body)(void *context, size_t i, int thread),
                      void *context)
{
    if (threads <= 1 || n <= 1) {
        for (size_t i = 0; i < n; i++)
            body(context, i, 0);
        return;
    }
    if (omp_get_max_active_levels() < 2)
        omp_set_max_active_levels(2);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (size_t i = 0; i < n; i++)
        body(context, i, omp_get_thread_num());
}

int hbl_processors(void)
{
    return omp_get_num_procs();
}
