/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text for people: numbers with as many digits as mean something, aligned tables, and the closing
 * check that a stream took all of it.
 */
#ifndef HBL_REPORT_TEXT_H
#define HBL_REPORT_TEXT_H

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "hblogit/error.h"

enum { HBL_LINE_WIDTH = 100, HBL_NUMBER_SIZE = 64 };

/* ---- streams ---- */

/* A report under way: decimal points are points until it ends, whatever the locale. */
typedef struct {
    FILE *file;
    locale_t c_locale, before;
} hbl_output;

int hbl_output_begin(hbl_output *out, FILE *file, hbl_error *error);

/* Flushes; HBL_ERR_WRITE where the stream did not take everything. Passes on a status that is not
 * 0. what: "the table of estimates". */
int hbl_output_end(hbl_output *out, int status, const char *what, hbl_error *error);

/* Prints a name or title with control characters made visible as '?'. */
void hbl_put_text(FILE *file, const char *text);

/* Prints text in lines of at most HBL_LINE_WIDTH; first starts the first line, and the others are
 * indented by as much. */
void hbl_put_wrapped(FILE *file, const char *first, const char *text);

/* ---- numbers ---- */

/* Decimals worth printing of an estimate: down to the digit of its Monte Carlo error, and two
 * digits of its standard deviation; four significant ones in all where mcse is NaN. */
int hbl_decimals(double mean, double sd, double mcse);

/* x with so many decimals; "-" for NaN; short scientific form where that would be very long. */
void hbl_format_decimals(double x, int decimals, char text[HBL_NUMBER_SIZE]);

/* 1240.7 as "1,240"; "-" for NaN. */
void hbl_format_count(double x, char text[HBL_NUMBER_SIZE]);

/* R-hat with three decimals, rounded up where it is above the limit, so that it never looks met. */
void hbl_format_rhat(double x, char text[HBL_NUMBER_SIZE]);

/* ---- tables ---- */

typedef enum { HBL_ALIGN_LEFT, HBL_ALIGN_RIGHT, HBL_ALIGN_POINT } hbl_alignment;

/* Cells in rows of n_columns, the first row being the heading. A failed allocation is remembered
 * and comes back from hbl_grid_print. */
typedef struct hbl_grid hbl_grid;
hbl_grid *hbl_grid_alloc(size_t n_columns, hbl_error *error);
void hbl_grid_free(hbl_grid *grid);
void hbl_grid_align(hbl_grid *grid, size_t column, hbl_alignment alignment);

/* Appends the next cell, row by row. */
void hbl_grid_add(hbl_grid *grid, const char *text);
void hbl_grid_add_number(hbl_grid *grid, double x, int decimals);
void hbl_grid_add_count(hbl_grid *grid, double x);
void hbl_grid_add_rhat(hbl_grid *grid, double x);

int hbl_grid_print(const hbl_grid *grid, FILE *file, hbl_error *error);

#endif
