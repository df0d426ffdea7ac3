/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory for C++ libraries where there is none left. Their allocations fail by an exception, which
 * must not pass through C. Meanwhile a block is held in reserve: when an allocation fails it is
 * given back, the allocation tried again, and the caller told at the end.
 */
#ifndef HBL_DATA_OUT_OF_MEMORY_H
#define HBL_DATA_OUT_OF_MEMORY_H

#include "hblogit/error.h"

typedef struct {
    void *block;
    void (*before)(void);
} hbl_memory_reserve;

int hbl_memory_reserve_set(hbl_memory_reserve *reserve, hbl_error *error);

/* HBL_ERR_MEMORY where the reserve had to be given back. */
int hbl_memory_reserve_end(hbl_memory_reserve *reserve, hbl_error *error);

#endif
