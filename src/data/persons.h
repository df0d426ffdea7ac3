/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What describes persons: columns of the table of persons, or columns of the long table that are
 * constant within each person.
 */
#ifndef HBL_DATA_PERSONS_H
#define HBL_DATA_PERSONS_H

#include <stddef.h>

#include "hblogit/data.h"

/* *column = the column of that name, of the table of persons where it has one, otherwise of the
 * long table; (*row)[n] = the row of that column to read for person n of the panel. Both belong to
 * data. To be asked before the model takes the panel over.
 * HBL_ERR_INPUT: no such column (with the nearest name); a cell missing, or, in the long table,
 * different within a person (with the person and the lines). */
int hbl_data_person_rows(const hbl_data *data, const char *name, const hbl_column **column,
                         const size_t **row, hbl_error *error);

/* ---- for the files of this folder ---- */

/* data->first_row, and data->person_row where there is a table of persons. */
int hbl_persons_join(hbl_data *data, const hbl_data_spec *spec, hbl_error *error);

/* Drops persons of whom a cell is missing in a column of the table of persons that needs or the
 * weight names, and counts them. */
int hbl_persons_drop_missing(hbl_data *data, const hbl_data_spec *spec, const hbl_data_needs *needs,
                             hbl_error *error);

/* panel->weight by spec->weight, a column of persons (may be NULL), whose rows are person_row, or
 * of the table. */
int hbl_persons_weigh(const hbl_table *table, const hbl_data_spec *spec, const hbl_table *persons,
                      const size_t *person_row, hbl_panel *panel, hbl_error *error);

#endif
