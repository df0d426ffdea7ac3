/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reader of Stan CSV files: comment lines that begin with '#', a line of column names, a line a
 * draw, more comments. Opening reads a file through once to find where rows begin and how many
 * there are; reading goes over it again, row by row, so that memory does not grow with the draws.
 */
#include "diagnose/draws.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"

static int set_names(hbl_draws *draws, const hbl_reader *r, hbl_error *error)
{
    size_t n = 1, c = 0;

    if (strlen(r->text) != r->length)
        return hbl_fail(error, HBL_ERR_INPUT, "%s:%zu: a zero byte among the column names", r->path,
                        r->number);
    draws->names = hbl_strdup(r->text, error);
    if (!draws->names)
        return HBL_ERR_MEMORY;
    for (const char *s = draws->names; *s; s++)
        n += *s == ',';
    draws->name = hbl_calloc(n, sizeof *draws->name, "column names", error);
    if (!draws->name)
        return HBL_ERR_MEMORY;
    draws->n_columns = n;
    for (char *s = draws->names; s;) {
        char *comma = strchr(s, ',');
        if (comma)
            *comma++ = '\0';
        draws->name[c++] = s;
        s = comma;
    }
    return HBL_OK;
}

/* Every chain must have the columns of the first. */
static int compare_names(const hbl_draws *draws, const hbl_reader *r, hbl_error *error)
{
    const char *s = r->text;

    for (size_t c = 0; c < draws->n_columns; c++) {
        const size_t length = strlen(draws->name[c]);
        const char end = c + 1 < draws->n_columns ? ',' : '\0';
        if (strncmp(s, draws->name[c], length) != 0 || s[length] != end)
            return hbl_fail(error, HBL_ERR_INPUT,
                            "%s:%zu: column %zu is not \"%s\" as in %s; the files are not chains "
                            "of one run",
                            r->path, r->number, c + 1, draws->name[c], draws->chain[0].path);
        s += length + 1;
    }
    return HBL_OK;
}

static int read_column_line(hbl_draws *draws, hbl_reader *r, hbl_chain_file *chain,
                            hbl_error *error)
{
    int status = HBL_OK;

    while (hbl_reader_next(r, &status, error)) {
        if (!hbl_reader_is_row(r))
            continue;
        if (!r->ended)
            break;
        chain->header_line = r->number;
        chain->first_row = ftell(r->file);
        if (chain->first_row < 0)
            return hbl_fail(error, HBL_ERR_INPUT, "%s: cannot be read again from the middle: %s",
                            r->path, strerror(errno));
        return draws->name ? compare_names(draws, r, error) : set_names(draws, r, error);
    }
    return status ? status
                  : hbl_fail(error, HBL_ERR_INPUT,
                             "%s:%zu: the file ends before its line of column names", r->path,
                             r->number ? r->number : 1);
}

/* Counts the lines that hold draws, by blocks: this pass need not look at the cells. */
static int count_rows(hbl_reader *r, hbl_chain_file *chain, hbl_error *error)
{
    char block[1 << 15];
    size_t got, line = chain->header_line + 1;
    bool at_start = true, row = false;

    while ((got = fread(block, 1, sizeof block, r->file)) > 0) {
        for (const char *s = block, *end = block + got; s < end;) {
            const char *newline = memchr(s, '\n', (size_t)(end - s));
            if (at_start)
                row = *s != '#' && *s != '\n' && *s != '\r';
            at_start = newline != NULL;
            if (!newline)
                break;
            chain->n_rows += row;
            line++;
            s = newline + 1;
        }
    }
    if (ferror(r->file))
        return hbl_fail(error, HBL_ERR_INPUT, "%s:%zu: cannot be read: %s", r->path, line,
                        strerror(errno));
    if (!at_start && row)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s:%zu: the last line is cut short; remove it to use the %zu draws before",
                        r->path, line, chain->n_rows);
    return HBL_OK;
}

static int open_chain(hbl_draws *draws, const char *path, hbl_chain_file *chain, hbl_error *error)
{
    hbl_reader r;
    int status;

    chain->path = hbl_strdup(path, error);
    if (!chain->path)
        return HBL_ERR_MEMORY;
    status = hbl_reader_open(&r, path, error);
    if (!status)
        status = read_column_line(draws, &r, chain, error);
    if (!status)
        status = count_rows(&r, chain, error);
    hbl_reader_close(&r);
    return status;
}

int hbl_draws_open(const char *const *paths, size_t n_chains, hbl_draws **draws, hbl_error *error)
{
    hbl_draws *d = NULL;
    int status = HBL_OK;

    *draws = NULL;
    if (n_chains == 0)
        return hbl_fail(error, HBL_ERR_INPUT, "no chain files to read");
    d = hbl_calloc(1, sizeof *d, "draws", error);
    if (!d)
        return HBL_ERR_MEMORY;
    d->chain = hbl_calloc(n_chains, sizeof *d->chain, "draws", error);
    status = d->chain ? HBL_OK : HBL_ERR_MEMORY;
    for (size_t c = 0; !status && c < n_chains; c++) {
        d->n_chains = c + 1;
        status = open_chain(d, paths[c], &d->chain[c], error);
        if (c == 0 || d->chain[c].n_rows < d->n_draws)
            d->n_draws = d->chain[c].n_rows;
    }
    if (status) {
        hbl_draws_close(d);
        return status;
    }
    *draws = d;
    return HBL_OK;
}

void hbl_draws_close(hbl_draws *draws)
{
    if (!draws)
        return;
    for (size_t c = 0; c < draws->n_chains; c++)
        free(draws->chain[c].path);
    free(draws->chain);
    free(draws->names);
    free(draws->name);
    free(draws);
}

size_t hbl_draws_n_chains(const hbl_draws *draws)
{
    return draws->n_chains;
}

size_t hbl_draws_n_draws(const hbl_draws *draws)
{
    return draws->n_draws;
}

size_t hbl_draws_n_columns(const hbl_draws *draws)
{
    return draws->n_columns;
}

const char *hbl_draws_column_name(const hbl_draws *draws, size_t column)
{
    return draws->name[column];
}

const char *hbl_draws_path(const hbl_draws *draws, size_t chain)
{
    return draws->chain[chain].path;
}

size_t hbl_draws_find(const hbl_draws *draws, const char *name, size_t start)
{
    for (size_t i = 0; i < draws->n_columns; i++) {
        const size_t c = (start + i) % draws->n_columns;
        if (strcmp(draws->name[c], name) == 0)
            return c;
    }
    return SIZE_MAX;
}
