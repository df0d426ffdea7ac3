/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model file as JSON that remembers where each value stands, so that every complaint can name the
 * line and the path ("model.json:7: hb.draws: ...").
 */
#ifndef HBL_MODEL_JSON_H
#define HBL_MODEL_JSON_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "model/settings.h"

typedef struct hbl_json hbl_json;

/* HBL_ERR_INPUT: no such file, too large, not JSON (path:line:column), a key given twice. */
int hbl_json_read(const char *path, hbl_json **json, hbl_error *error);

/* The same of text at hand, which path names in messages; of its object `member`, where not NULL.
 */
int hbl_json_from_text(const char *path, const char *text, const char *member, hbl_json **json,
                       hbl_error *error);
void hbl_json_free(hbl_json *json);

/* The object that is the whole file. */
const cJSON *hbl_json_root(const hbl_json *json);

/* Puts "a.b.c=value" in, as if it stood in the file. Not after values have been read. */
int hbl_json_override(hbl_json *json, const char *assignment, hbl_error *error);

/* The text of the override that node came from, without the key; NULL: it stands in the file. */
const char *hbl_json_overridden(const hbl_json *json, const cJSON *node);

/* Fails with "path:line: a.b.c: message". */
int hbl_json_fail(const hbl_json *json, const cJSON *node, hbl_error *error, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

/* The same for a character of a string value, counted from 0: "path:line:column: a.b.c: message".
 */
int hbl_json_fail_within(const hbl_json *json, const cJSON *node, size_t character,
                         hbl_error *error, const char *message);

/* The line only: "path:line: message". */
int hbl_json_fail_at(const hbl_json *json, const cJSON *node, hbl_error *error,
                     const char *message);

/* Fails with "must be <wanted>, not <what node is>". */
int hbl_json_fail_type(const hbl_json *json, const cJSON *node, const char *wanted,
                       hbl_error *error);

/* ---- values */

const cJSON *hbl_json_member(const cJSON *object, const char *key);
int hbl_json_object(const hbl_json *json, const cJSON *node, hbl_error *error);

/* *array: a zeroed element of that size for each member of the object; NULL where node is. */
int hbl_json_members(const hbl_json *json, const cJSON *node, size_t size, const char *what,
                     void *array, hbl_error *error);

/* A finite number. */
int hbl_json_number(const hbl_json *json, const cJSON *node, double *value, hbl_error *error);

/* Text, which lives as long as json. A command line's --set may give a number here. */
int hbl_json_string(const hbl_json *json, const cJSON *node, const char **value, hbl_error *error);

/* A list of n >= least finite numbers, allocated. */
int hbl_json_numbers(const hbl_json *json, const cJSON *node, size_t least, double **value,
                     size_t *n, hbl_error *error);

/* A name, allocated: text that is not empty, or a number as text. */
int hbl_json_name(const hbl_json *json, const cJSON *node, char **name, hbl_error *error);

/* A list of names, allocated, *n of them, also where it fails; wanted describes it. */
int hbl_json_names(const hbl_json *json, const cJSON *node, const char *wanted, char ***names,
                   size_t *n, hbl_error *error);

/* Fails where the list node, which held these names, holds one of them twice. */
int hbl_json_unique(const hbl_json *json, const cJSON *node, char *const *names, size_t n,
                    hbl_error *error);
void hbl_json_names_free(char **names, size_t n);

/* Fails on a key of object that is neither a setting of section under prefix ("" or "prior.") nor
 * in others (NULL-terminated; may be NULL), with the nearest right one. */
int hbl_json_check_keys(const hbl_json *json, const cJSON *object, const hbl_section *section,
                        const char *prefix, const char *const *others, hbl_error *error);

/* Sets what object gives of the section's settings, in the table's order. Unknown keys are errors.
 */
int hbl_json_settings(const hbl_json *json, const cJSON *object, const hbl_section *section,
                      const char *const *others, void *target, hbl_error *error);

#endif
