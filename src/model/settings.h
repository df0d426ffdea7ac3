/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables of settings, a section of the model file each.
 */
#ifndef HBL_MODEL_SETTINGS_H
#define HBL_MODEL_SETTINGS_H

#include "core/options.h"
#include "hblogit/model.h"

#define HBL_COUNT(table) (sizeof(table) / sizeof((table)[0]))

typedef struct {
    const char *name; /* of the object in the model file; "" for the file itself */
    const hbl_option *option;
    size_t n;
} hbl_section;

extern const hbl_section hbl_section_top;        /* an hbl_spec */
extern const hbl_section hbl_section_data;       /* an hbl_data_spec */
extern const hbl_section hbl_section_hb;         /* an hbl_hb_settings */
extern const hbl_section hbl_section_msl;        /* an hbl_msl_settings */
extern const hbl_section hbl_section_simulation; /* an hbl_simulation_spec */

#endif
