/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Building JSON with cJSON, whose functions answer NULL where memory runs out and then do nothing,
 * so that a tree may lack a part and nobody knows. Here the failure is remembered until somebody
 * asks, for each thread, and what could not be put anywhere is freed.
 */
#ifndef HBL_RUN_TREE_H
#define HBL_RUN_TREE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

/* Puts item, made by one of cJSON's creating functions or NULL where that failed, under key, in
 * place of what is there. Returns item, or NULL. */
cJSON *hbl_tree_put(cJSON *object, const char *key, cJSON *item);

/* The same at the end of array. */
cJSON *hbl_tree_append(cJSON *array, cJSON *item);

/* A copy, NULL of NULL. */
cJSON *hbl_tree_copy(const cJSON *item);

/* Whether something could not be put since the last time this was asked. */
bool hbl_tree_failed(void);

#endif
