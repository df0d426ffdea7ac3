/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The column of choices: 1 or TRUE where an alternative is chosen and 0 or FALSE elsewhere; or, on
 * every row of a task, the name or the number of the one chosen. And the columns that tell which
 * alternatives are offered.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/number.h"
#include "data/columns.h"
#include "data/panel_builder.h"

/* ---- names ---- */

static int32_t find_known(const panel_builder *b, const char *name)
{
    for (size_t j = 0; j < b->n_known; j++)
        if (strcmp(b->known[j], name) == 0)
            return (int32_t)j;
    return -1;
}

/* The alternative of that number: one whose name it is; or else, where no name is a number, its
 * place in the order of data.alternatives, or of first appearance. A place says nothing where
 * data.alternatives lists some of them only. */
static int32_t find_number(const panel_builder *b, double x)
{
    for (size_t j = 0; j < b->n_known; j++)
        if (b->number_of_known[j] == x)
            return (int32_t)j;
    if (b->any_number_known || b->n_known != b->panel->n_alternatives || x != floor(x) || x < 1 ||
        x > (double)b->n_known)
        return -1;
    return (int32_t)x - 1;
}

static int32_t find_text(const panel_builder *b, const char *text)
{
    const int32_t j = find_known(b, text);
    double x;

    return j < 0 && hbl_number_read(text, &x) ? find_number(b, x) : j;
}

int32_t hbl_panel_named_choice(const panel_builder *b, size_t source)
{
    const hbl_column *choice = b->choice;

    if (hbl_columns_is_missing(choice, source))
        return HBL_CHOICE_MISSING;
    return choice->type == HBL_COLUMN_TEXT ? b->known_of_code[choice->code[source]]
                                           : find_number(b, choice->number[source]);
}

static int read_names(panel_builder *b)
{
    b->number_of_known =
        hbl_calloc(b->n_known, sizeof *b->number_of_known, "alternatives", b->error);
    b->known_of_code =
        hbl_calloc((size_t)b->choice->n_labels, sizeof(int32_t), "choices", b->error);
    if (!b->number_of_known || !b->known_of_code)
        return HBL_ERR_MEMORY;
    for (size_t j = 0; j < b->n_known; j++) {
        b->number_of_known[j] = NAN;
        b->any_number_known |= hbl_number_read(b->known[j], &b->number_of_known[j]);
    }
    for (int32_t code = 0; code < b->choice->n_labels; code++)
        b->known_of_code[code] = find_text(b, b->choice->label[code]);
    return HBL_OK;
}

/* ---- which of the forms it is ---- */

int hbl_panel_fail_choice(const panel_builder *b, size_t source)
{
    char *label = hbl_cell_label(b->choice, source, b->error);
    char list[HBL_COLUMNS_LIST];

    hbl_columns_list((const char *const *)b->known, b->n_known, list);
    if (label && b->choice_by_name)
        hbl_fail(b->error, HBL_ERR_INPUT,
                 "%s:%" PRIu64 ": choice (column \"%s\") is \"%s\", which is no alternative; there "
                 "are: %s",
                 b->table->path, b->table->line[source], b->choice->name, label, list);
    else if (label && strcmp(label, b->choice->name) == 0)
        hbl_fail(b->error, HBL_ERR_INPUT,
                 "%s:%" PRIu64 ": the names of the columns a second time; delete the line",
                 b->table->path, b->table->line[source]);
    else if (label)
        hbl_fail(b->error, HBL_ERR_INPUT,
                 "%s:%" PRIu64 ": choice (column \"%s\") is \"%s\"; it must be 1 or TRUE where the "
                 "alternative is chosen, 0 or FALSE elsewhere, or on every row of a task the name "
                 "of the one chosen (%s)",
                 b->table->path, b->table->line[source], b->choice->name, label, list);
    free(label);
    return label ? HBL_ERR_INPUT : HBL_ERR_MEMORY;
}

/* 1 and 0 only: where alternatives are chosen; otherwise names, if the first that is neither 1 nor
 * 0 is one and no cell is 0. */
static int find_form(panel_builder *b)
{
    const hbl_panel *p = b->panel;
    size_t odd = p->n_rows;
    bool any_zero = false;

    for (size_t i = 0; i < p->n_rows; i++) {
        const size_t source = p->row_source[i];
        if (hbl_columns_is_missing(b->choice, source))
            continue;
        const int value = hbl_columns_read_logical(b->choice, source);
        any_zero |= value == 0;
        if (value < 0 && (odd == p->n_rows || source < p->row_source[odd]))
            odd = i;
    }
    if (odd == p->n_rows)
        return HBL_OK;
    b->choice_by_name = hbl_panel_named_choice(b, p->row_source[odd]) >= 0 &&
                        (!any_zero || find_known(b, "0") >= 0);
    return b->choice_by_name ? HBL_OK : hbl_panel_fail_choice(b, p->row_source[odd]);
}

int hbl_panel_prepare_choice(panel_builder *b)
{
    int status;

    if (b->extras->without_choices)
        return HBL_OK;
    b->choice_by_name = b->extras->choice_is_name;
    status = read_names(b);
    if (!status && !b->choice_by_name)
        status = find_form(b);
    return status;
}

/* ---- alternatives offered ---- */

int hbl_panel_prepare_offers(panel_builder *b)
{
    const hbl_data_spec *spec = b->spec;
    const hbl_column *all = NULL;
    int status = HBL_OK;

    b->offered = hbl_calloc(b->n_known, sizeof *b->offered, "alternatives", b->error);
    if (!b->offered)
        return HBL_ERR_MEMORY;
    if (spec->available)
        status = hbl_columns_find(b->table, "available", spec->available, &all, b->error);
    for (size_t j = 0; j < b->n_known && !status; j++)
        b->offered[j] = all;
    for (size_t i = 0; i < spec->n_available && !status; i++) {
        const int32_t j = find_known(b, spec->available_of[i].alternative);
        char list[HBL_COLUMNS_LIST];

        hbl_columns_list((const char *const *)b->known, b->n_known, list);
        if (j < 0)
            return hbl_fail(b->error, HBL_ERR_INPUT,
                            "data.available: no alternative \"%s\" in %s; there are: %s",
                            spec->available_of[i].alternative, b->table->path, list);
        status = hbl_columns_find(b->table, "available", spec->available_of[i].column,
                                  &b->offered[j], b->error);
    }
    return status;
}
