/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files that write a spec as JSON share. Every function is false where memory ran out, and
 * takes the NULL objects and lists that this leaves behind.
 */
#ifndef HBL_MODEL_SPEC_ECHO_H
#define HBL_MODEL_SPEC_ECHO_H

#include "model/spec.h"

/* ---- the model file's parts, each under its key in root */

bool hbl_echo_data(cJSON *root, const hbl_spec *spec);
bool hbl_echo_coefficients(cJSON *root, const hbl_spec *spec);
bool hbl_echo_simulation(cJSON *root, const hbl_simulation_spec *simulation);

/* ---- values */

/* The settings of a table. */
bool hbl_echo_section(cJSON *object, const hbl_section *section, const void *values);

/* Exactly: cJSON's own way may lose the last digit. */
bool hbl_echo_number(cJSON *object, const char *key, double value);
bool hbl_echo_numbers(cJSON *object, const char *key, const double *value, size_t n);
bool hbl_echo_values(cJSON *object, const char *key, const hbl_named_value *value, size_t n);

/* NULL names are the number 0. */
cJSON *hbl_echo_list(char *const *names, size_t n);
cJSON *hbl_echo_row(const double *value, size_t n);

/* cJSON_AddItemToArray and ...ToObject, which free nothing where they fail. */
bool hbl_echo_append(cJSON *array, cJSON *item);
bool hbl_echo_put(cJSON *object, const char *key, cJSON *item);

#endif
