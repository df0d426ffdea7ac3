/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files that read a spec share, and how later stages point back into the model file.
 */
#ifndef HBL_MODEL_SPEC_H
#define HBL_MODEL_SPEC_H

#include "model/json.h"

/* ---- parts of hbl_spec_read; node may be NULL where the file has no such key */

int hbl_spec_read_random(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error);
int hbl_spec_read_correlation(const hbl_json *json, const cJSON *node, hbl_spec *spec,
                              hbl_error *error);
int hbl_spec_read_simulation(const hbl_json *json, const cJSON *node, hbl_spec *spec,
                             hbl_error *error);

/* ---- failures of later stages */

/* Points at a character of the formula, from 0, in the model file. */
int hbl_spec_fail_formula(const hbl_spec *spec, size_t position, hbl_error *error,
                          const char *message);

/* Points at member key (NULL: none) of a section of the model file. */
int hbl_spec_fail_member(const hbl_spec *spec, const char *section, const char *key,
                         hbl_error *error, const char *message);

#endif
