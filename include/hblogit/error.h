/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors. Every function that can fail returns an hbl_status and takes, last, an error that the
 * caller owns. The first failure fills it with one sentence that says what is wrong, where, and
 * what would be right; later failures on the way up leave that sentence alone.
 *
 *     hbl_error error = HBL_ERROR_INIT;
 *     if (hbl_spec_read("model.json", NULL, 0, &spec, &error))
 *         fprintf(stderr, "%s\n", error.message);
 *
 * The library never prints and never exits. A NULL error is allowed: only the status comes back.
 */
#ifndef HBLOGIT_ERROR_H
#define HBLOGIT_ERROR_H

#include <stddef.h>

typedef enum {
    HBL_OK = 0,
    HBL_ERR_INPUT,       /* wrong usage, model or data: the caller's files or arguments */
    HBL_ERR_MEMORY,      /* an allocation failed */
    HBL_ERR_WRITE,       /* an output could not be written whole */
    HBL_ERR_NUMERIC,     /* the mathematics broke down (a covariance not positive definite, ...) */
    HBL_ERR_INTERRUPTED, /* asked to stop, and stopped between two sweeps or iterations */
} hbl_status;

typedef struct {
    hbl_status status;
    char message[1024]; /* one line, no full stop needed by the reader to understand it */
} hbl_error;

#define HBL_ERROR_INIT                                                                             \
    {                                                                                              \
        HBL_OK, ""                                                                                 \
    }

/* The word of candidates nearest to name by edit distance, or NULL where none is near enough to be
 * what was meant. For messages: did you mean "lognormal"? */
const char *hbl_nearest(const char *name, const char *const *candidates, size_t n);

#endif
