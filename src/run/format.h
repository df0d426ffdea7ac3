/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers as text, fast enough for the hot path of a run.
 */
#ifndef HBL_RUN_FORMAT_H
#define HBL_RUN_FORMAT_H

#include <stddef.h>
#include <stdint.h>

/* No number takes more bytes than this: "-1.2345678901234567e-308". */
enum { HBL_FORMAT_LONGEST = 24 };

/* The text of printf("%.17g", x) in the C locale, byte for byte ("nan" whatever the sign of a NaN),
 * without a closing NUL; returns its length. out has room for HBL_FORMAT_LONGEST bytes. */
size_t hbl_format_double(double x, char *out);

#endif
