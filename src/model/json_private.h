/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What json.c and json_override.c share: the insides of an hbl_json.
 */
#ifndef HBL_MODEL_JSON_PRIVATE_H
#define HBL_MODEL_JSON_PRIVATE_H

#include "model/json.h"

typedef struct {
    const cJSON *node, *parent;
    size_t key, value;    /* offsets in the text; of a list's element both are the value's */
    const char *override; /* the assignment that it came from, NULL: from the file */
} hbl_json_place;

struct hbl_json {
    char *path, *text;
    cJSON *whole;      /* of the text */
    const cJSON *root; /* the model's: whole, or a member of it */
    hbl_json_place *places;
    size_t n_places, capacity;
    char **overrides;
    size_t n_overrides, override_capacity;
};

/* Notes where a value stands. */
int hbl_json_add_place(hbl_json *json, hbl_json_place place, hbl_error *error);

#endif
