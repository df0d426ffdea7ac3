/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Registry of the distributions of random coefficients. A new one is a file mixing_<name>.c, a line
 * in mixing.h and a line here; the model file, help and the conformance test take it from here.
 */
#include "model/mixing.h"

#include <string.h>

const hbl_mixing *const hbl_mixings[] = {
    &hbl_mixing_normal,          &hbl_mixing_lognormal,        &hbl_mixing_negative_lognormal,
    &hbl_mixing_censored_normal, &hbl_mixing_positive_normal,  &hbl_mixing_negative_normal,
    &hbl_mixing_johnson_sb,      &hbl_mixing_truncated_normal, &hbl_mixing_uniform,
    &hbl_mixing_triangular,      &hbl_mixing_exponential,      NULL,
};

const hbl_mixing *hbl_mixing_find(const char *name)
{
    for (size_t i = 0; hbl_mixings[i] != NULL; i++) {
        if (strcmp(hbl_mixings[i]->name, name) == 0)
            return hbl_mixings[i];
    }
    return NULL;
}

void hbl_mixing_mirror(const hbl_mixing *of, size_t n, const double *theta, double lower,
                       double upper, double *beta, double *slope)
{
    of->transform(n, theta, lower, upper, beta, slope);
    for (size_t i = 0; i < n; i++) {
        beta[i] = -beta[i];
        slope[i] = -slope[i];
    }
}
