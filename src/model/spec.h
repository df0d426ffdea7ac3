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
int hbl_spec_read_orders(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error);
int hbl_spec_read_held(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error);
int hbl_spec_read_covariates(const hbl_json *json, const cJSON *node, hbl_spec *spec,
                             hbl_error *error);
extern const char *const hbl_attribute_owners[]; /* by hbl_attribute_owner, NULL-terminated */
int hbl_spec_read_simulation(const hbl_json *json, const cJSON *node, hbl_spec *spec,
                             hbl_error *error);

/* The "data" object; the formula and simulate have been read. */
int hbl_spec_read_data(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error);

/* { "price": -1, ... }: *values, *n of them, also where it fails. */
int hbl_spec_read_values(const hbl_json *json, const cJSON *node, const char *what,
                         hbl_named_value **values, size_t *n, hbl_error *error);

/* What the settings say together: estimator, distributions, orders and names that do not go with
 * each other. */
int hbl_spec_check(const hbl_json *json, const hbl_spec *spec, hbl_error *error);

/* What "data" says together, and its paths made relative to the model file's folder. */
int hbl_spec_check_data(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error);

/* The length of the folder in path, with its last slash; 0 where path names none. */
size_t hbl_spec_folder_length(const char *path);

/* ---- patterns */

/* Whether name is pattern, in which * stands for any text and ? for one character. */
bool hbl_pattern_matches(const char *pattern, const char *name);
bool hbl_is_pattern(const char *name);

/* The entry of spec->random that holds for the coefficient: the one of that very name, otherwise
 * the first whose pattern matches; NULL: none. */
const hbl_random_spec *hbl_spec_random_of(const hbl_spec *spec, const char *coefficient);

/* ---- failures of later stages */

/* Points at a character of the formula, from 0, in the model file. */
int hbl_spec_fail_formula(const hbl_spec *spec, size_t position, hbl_error *error,
                          const char *message);

/* Where error tells of a key of the model file, as "data.filter ...", puts the place before it. */
void hbl_spec_place(const hbl_spec *spec, hbl_error *error);

/* Points at member key (NULL: none) of a section of the model file. */
int hbl_spec_fail_member(const hbl_spec *spec, const char *section, const char *key,
                         hbl_error *error, const char *message);

#endif
