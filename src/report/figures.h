/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reports as JSON. cJSON's adding functions take null for a failed allocation, so a tree is checked
 * for completeness by one flag. Figures that are not defined are null.
 */
#ifndef HBL_REPORT_FIGURES_H
#define HBL_REPORT_FIGURES_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>

#include "hblogit/error.h"

typedef struct {
    bool incomplete;
} hbl_figures;

cJSON *hbl_figures_add_object(hbl_figures *tree, cJSON *to, const char *key);
cJSON *hbl_figures_add_array(hbl_figures *tree, cJSON *to, const char *key);
cJSON *hbl_figures_append_object(hbl_figures *tree, cJSON *array);
void hbl_figures_append_string(hbl_figures *tree, cJSON *array, const char *text);
void hbl_figures_add_number(hbl_figures *tree, cJSON *to, const char *key, double x);
void hbl_figures_add_string(hbl_figures *tree, cJSON *to, const char *key, const char *text);
void hbl_figures_add_bool(hbl_figures *tree, cJSON *to, const char *key, bool value);

/* program and version, which every report begins with. */
cJSON *hbl_figures_root(hbl_figures *tree);

/* Prints the tree, which is freed; what: "diagnostics.json". */
int hbl_figures_print(hbl_figures *tree, cJSON *root, FILE *file, const char *what,
                      hbl_error *error);

#endif
