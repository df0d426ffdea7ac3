/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Allocation, zeroed and, where asked, aligned for vectors. Everything is released by free().
 */
#ifndef HBL_CORE_MEMORY_H
#define HBL_CORE_MEMORY_H

#include <stddef.h>

#include "hblogit/error.h"

/* count zeroed elements; NULL with an error when there is no memory or the size overflows. A count
 * of 0 gives a pointer that may be freed and must not be read. */
void *hbl_calloc(size_t count, size_t size, const char *what, hbl_error *error);

/* The same, aligned to 64 bytes. */
void *hbl_calloc_aligned(size_t count, size_t size, const char *what, hbl_error *error);

char *hbl_strdup(const char *text, hbl_error *error);

/* Grows *array (of elements of that size) so that it holds at least needed of them; doubles. */
int hbl_grow(void *array, size_t *capacity, size_t needed, size_t size, const char *what,
             hbl_error *error);

#endif
