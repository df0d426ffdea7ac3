/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiled once for each instruction set. The lags go side by side through the vector units: each
 * has a sum of its own, the same however many go at once.
 */
#include <string.h>

#include "core/vectors.h"
#include "diagnose/workspace.h"

enum { VECTORS = HBL_LAGS_AT_ONCE / WIDTH };

hbl_lags_function PASTE(hbl_add_lags_, HBL_ISA);
void PASTE(hbl_add_lags_, HBL_ISA)(const double *x, size_t n, size_t first, double *sum)
{
    vec total[VECTORS], ahead;

    memcpy(total, sum, sizeof total);
    for (size_t i = 0; i + first < n; i++)
        for (size_t v = 0; v < VECTORS; v++) {
            memcpy(&ahead, x + i + first + v * WIDTH, sizeof ahead);
            total[v] += x[i] * ahead;
        }
    memcpy(sum, total, sizeof total);
}
