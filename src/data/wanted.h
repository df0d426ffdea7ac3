/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The columns of a file that are wanted, and how the name of a wide table's column splits into
 * attribute and alternative.
 */
#ifndef HBL_DATA_WANTED_H
#define HBL_DATA_WANTED_H

#include <stdbool.h>

#include "hblogit/data.h"

typedef struct {
    const hbl_data_spec *spec;
    bool everything;
    char **name; /* n of them, owned: of the long table's columns */
    size_t n, capacity;
} hbl_wanted;

/* From needs, what spec names, and what its expressions use. */
int hbl_wanted_collect(hbl_wanted *wanted, const hbl_data_spec *spec, const hbl_data_needs *needs,
                       hbl_error *error);
void hbl_wanted_release(hbl_wanted *wanted);

/* Whether needs lists the column, or every one. */
bool hbl_needs_column(const hbl_data_needs *needs, const char *name);

/* Whether the long table's column of that name is wanted. */
bool hbl_wanted_name(const hbl_wanted *wanted, const char *name);

/* hbl_table_options.wanted, with an hbl_wanted for context: of the file's columns, also those by
 * any separator that may be it. */
bool hbl_wanted_column(const void *context, const char *name);

/* How a file is read by spec: every column, without progress. */
hbl_table_options hbl_wanted_options(const hbl_data_spec *spec);

/* The same of the table of persons. */
bool hbl_wanted_of_person(const void *context, const char *name);

bool hbl_is_wide(const hbl_data_spec *spec);

/* Those tried in turn where the spec names none; the last is followed by NULL. */
extern const char *const hbl_separators[];

/* That of the spec, or the first of those to try. */
const char *hbl_separator(const hbl_data_spec *spec);

/* Whether name is attribute, separator and an alternative, which begins at *alternative: one that
 * data.alternatives lists, or a text without separator (digits, where the separator is empty). */
bool hbl_split_after(const hbl_data_spec *spec, const char *name, const char *attribute,
                     const char **alternative);

/* The same without the attribute being known: the number of bytes of it, 0 where name does not
 * split. */
size_t hbl_split(const hbl_data_spec *spec, const char *name, const char **alternative);

#endif
