/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text of a chain file: its head and its rows.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/stan_csv_parts.h"

/* ---- the head */

void hbl_stan_csv_format_count(uint64_t count, char field[HBL_COUNT_WIDTH + 1])
{
    snprintf(field, HBL_COUNT_WIDTH + 1, "%-*" PRIu64, HBL_COUNT_WIDTH, count);
}

void hbl_stan_csv_append(hbl_stan_csv *csv, const char *text)
{
    const size_t length = strlen(text);
    memcpy(csv->buffer + csv->used, text, length);
    csv->used += length;
}

static void append_number(hbl_stan_csv *csv, const char *before, uint64_t number)
{
    char text[32];
    hbl_stan_csv_append(csv, before);
    snprintf(text, sizeof text, "%" PRIu64, number);
    hbl_stan_csv_append(csv, text);
}

static void append_comments(hbl_stan_csv *csv)
{
    const hbl_stan_csv_layout *layout = &csv->layout;
    char count[HBL_COUNT_WIDTH + 1];

    hbl_stan_csv_append(csv, "# stan_version_major = 2\n"
                             "# stan_version_minor = 36\n"
                             "# stan_version_patch = 0\n"
                             "# model = hblogit_model\n"
                             "# method = sample\n"
                             "#   sample\n"
                             "#     num_samples = ");
    csv->count_offset = csv->used;
    hbl_stan_csv_format_count(0, count);
    hbl_stan_csv_append(csv, count);
    append_number(csv, "\n#     num_warmup = ", layout->n_warmup);
    /* thin is 1 whatever the sampler's thinning: readers expect num_samples / thin rows */
    hbl_stan_csv_append(csv, "\n#     save_warmup = 0\n"
                             "#     thin = 1\n"
                             "#     algorithm = fixed_param\n"
                             "#     metric = unit_e\n");
    append_number(csv, "# id = ", layout->chain);
    append_number(csv, "\n# random\n#   seed = ", layout->seed);
    hbl_stan_csv_append(csv, "\n");
}

static void append_column_names(hbl_stan_csv *csv)
{
    hbl_stan_csv_append(csv, "lp__,accept_stat__,loglik");
    for (size_t i = 1; i <= csv->layout.n_random; i++)
        append_number(csv, ",mu.", i);
    for (size_t j = 1; j <= csv->layout.n_random; j++) {
        for (size_t i = 1; i <= csv->layout.n_random; i++) {
            append_number(csv, ",Omega.", i);
            append_number(csv, ".", j);
        }
    }
    for (size_t k = 1; k <= csv->layout.n_random; k++) {
        for (size_t q = 1; q <= csv->layout.n_covariates; q++) {
            append_number(csv, ",Delta.", q);
            append_number(csv, ".", k);
        }
    }
    for (size_t i = 1; i <= csv->layout.n_fixed; i++)
        append_number(csv, ",alpha.", i);
    hbl_stan_csv_append(csv, "\n");
}

void hbl_stan_csv_append_head(hbl_stan_csv *csv)
{
    append_comments(csv);
    append_column_names(csv);
}

/* ---- rows */

static char *put(char *at, double x)
{
    at += hbl_format_double(x, at);
    *at++ = ',';
    return at;
}

/* Column-major. Column j of the upper triangle is row j of the lower one, whose text stands further
 * to the left in the same row. */
static char *put_omega(hbl_stan_csv *csv, const double *omega, char *row, char *at)
{
    const size_t n = csv->layout.n_random;

    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < j; i++) {
            const hbl_csv_cell *text = &csv->lower[j * n + i];
            memcpy(at, row + text->begin, text->length);
            at += text->length;
        }
        for (size_t i = j; i < n; i++) {
            hbl_csv_cell *text = &csv->lower[i * n + j];
            text->begin = (size_t)(at - row);
            at = put(at, omega[i * n + j]);
            text->length = (size_t)(at - row) - text->begin;
        }
    }
    return at;
}

size_t hbl_stan_csv_put_row(hbl_stan_csv *csv, const hbl_draw *draw, char *row)
{
    char *at = put(row, draw->log_posterior);

    at = put(at, draw->acceptance);
    at = put(at, draw->log_likelihood);
    for (size_t i = 0; i < csv->layout.n_random; i++)
        at = put(at, draw->mu[i]);
    at = put_omega(csv, draw->omega, row, at);
    for (size_t k = 0; k < csv->layout.n_random; k++)
        for (size_t q = 0; q < csv->layout.n_covariates; q++)
            at = put(at, draw->delta[q * csv->layout.n_random + k]);
    for (size_t i = 0; i < csv->layout.n_fixed; i++)
        at = put(at, draw->alpha[i]);
    at[-1] = '\n';
    return (size_t)(at - row);
}
