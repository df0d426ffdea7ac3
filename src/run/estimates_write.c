/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * estimates.csv and vcov.csv.
 */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>

#include "core/csv.h"
#include "run/csv.h"
#include "run/estimates.h"
#include "run/file.h"

int hbl_estimate_table_write(const char *path, const hbl_estimate_table *table, hbl_error *error)
{
    FILE *file = fopen(path, "w");

    if (!file)
        return hbl_file_fail(path, error);
    fputs("parameter,name,estimate,standard_error,robust_standard_error,t,p\n", file);
    for (size_t i = 0; i < table->n_rows && !ferror(file); i++) {
        const hbl_table_row *row = &table->row[i];
        const double t = row->estimate / row->standard_error;
        fputs(row->parameter, file);
        fputc(',', file);
        hbl_csv_put_text(file, row->name);
        hbl_csv_put_number(file, row->estimate);
        hbl_csv_put_number(file, row->standard_error);
        hbl_csv_put_number(file, row->robust_standard_error);
        hbl_csv_put_number(file, t);
        hbl_csv_put_number(file, 2 * gsl_cdf_ugaussian_Q(fabs(t)));
        fputc('\n', file);
    }
    return hbl_stream_close(file, path, true, error);
}

int hbl_estimate_table_write_variance(const char *path, const hbl_estimate_table *table,
                                      hbl_error *error)
{
    const size_t n = table->n_parameters;
    FILE *file = fopen(path, "w");

    if (!file)
        return hbl_file_fail(path, error);
    fputs("name", file);
    for (size_t i = 0; i < n; i++) {
        fputc(',', file);
        hbl_csv_put_text(file, table->row[i].name);
    }
    fputc('\n', file);
    for (size_t i = 0; i < n && !ferror(file); i++) {
        hbl_csv_put_text(file, table->row[i].name);
        for (size_t j = 0; j < n; j++)
            hbl_csv_put_number(file, table->variance[i * n + j]);
        fputc('\n', file);
    }
    return hbl_stream_close(file, path, true, error);
}
