/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Setting errors, from inside the library.
 */
#ifndef HBL_CORE_FAIL_H
#define HBL_CORE_FAIL_H

#include <stddef.h>

#include "hblogit/error.h"

/* Records status and a printf message unless error already holds one; returns status. */
int hbl_fail(hbl_error *error, hbl_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* hbl_fail for a failed allocation of what. */
int hbl_fail_memory(hbl_error *error, const char *what);

#endif
