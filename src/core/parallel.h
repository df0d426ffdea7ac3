/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole threading of the library: a parallel for. Results must not depend on the number of
 * threads: an iteration writes only what is its own, and sums over iterations are taken afterwards,
 * in order, by one thread.
 */
#ifndef HBL_CORE_PARALLEL_H
#define HBL_CORE_PARALLEL_H

#include <stddef.h>

/* Calls body(context, i, thread) for i = 0..n-1, in any order, on at most threads threads;
 * 0 <= thread < threads tells workspaces apart. Returns when all are done. May be nested. */
void hbl_parallel_for(int threads, size_t n, void (*body)(void *context, size_t i, int thread),
                      void *context);

/* Processors this process may use. */
int hbl_processors(void);

#endif
