/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which coefficients of the design are random, fixed or held, and what the model file says of them
 * by name: blocks and orders.
 */
#ifndef HBL_MODEL_ROLES_H
#define HBL_MODEL_ROLES_H

#include "model/design.h"
#include "model/model.h"

typedef struct {
    const hbl_spec *spec;
    const hbl_design *design;
    size_t n_random, n_fixed, n_held;
    size_t *random, *fixed, *held; /* indices into design->utility, in its order */
} hbl_roles;

/* HBL_ERR_INPUT: a name under "random" or "held" that is no coefficient, with the nearest; a
 * pattern that none matches. */
int hbl_roles_assign(const hbl_spec *spec, const hbl_design *design, hbl_roles *roles,
                     hbl_error *error);
void hbl_roles_clear(hbl_roles *roles);

/* Fails on a name under section that is no coefficient, with the nearest. */
int hbl_roles_fail(const hbl_roles *roles, const char *section, const char *key, const char *name,
                   hbl_error *error);
bool hbl_roles_know(const hbl_roles *roles, const char *name);

/* Ordered coefficients become increments: columns, distributions, base. HBL_ERR_INPUT: a member
 * that is no random coefficient, or stands in two orders. */
int hbl_roles_order(const hbl_roles *roles, hbl_model_store *store, hbl_error *error);

/* Covariance blocks; distributions are known. HBL_ERR_INPUT: a member that is no random
 * coefficient, stands in two blocks, or cannot be correlated. */
int hbl_roles_block(const hbl_roles *roles, hbl_model_store *store, hbl_error *error);

#endif
