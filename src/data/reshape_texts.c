/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An attribute of texts made long: the labels of all its columns become one list.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "data/grouping.h"
#include "data/reshape.h"

typedef struct {
    char *text;
    size_t at; /* place among all labels of the columns, one column after the other */
} label_place;

static int compare_texts(const void *a, const void *b)
{
    const label_place *x = a, *y = b;
    const int order = strcmp(x->text, y->text);

    return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* code_of[at] = the code of label at in the list of different ones, in order of the text. */
static int merge_labels(label_place *place, size_t n, hbl_column *to, int32_t *code_of,
                        hbl_error *error)
{
    qsort(place, n, sizeof *place, compare_texts);
    to->label = hbl_calloc(n, sizeof *to->label, "labels", error);
    if (!to->label)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(place[i].text, place[i - 1].text) != 0) {
            to->label[to->n_labels] = hbl_strdup(place[i].text, error);
            if (!to->label[to->n_labels])
                return HBL_ERR_MEMORY;
            to->n_labels++;
        }
        code_of[place[i].at] = to->n_labels - 1;
    }
    return HBL_OK;
}

/* A column of numbers among texts: its different numbers are labels. */
static int turn_to_text(hbl_column *column, size_t n_rows, hbl_error *error)
{
    hbl_grouping groups = {0};
    int status = hbl_grouping_make(&groups, column, n_rows, NULL, NULL, error);

    if (!status) {
        column->code = hbl_calloc(n_rows, sizeof *column->code, "texts", error);
        column->label = hbl_calloc(groups.n_groups, sizeof *column->label, "labels", error);
        status = column->code && column->label ? HBL_OK : HBL_ERR_MEMORY;
    }
    for (size_t g = 0; g < groups.n_groups && !status; g++) {
        column->label[g] = hbl_cell_label(column, groups.first[g], error);
        status = column->label[g] ? HBL_OK : HBL_ERR_MEMORY;
        column->n_labels += !status;
    }
    for (size_t i = 0; i < n_rows && !status; i++)
        column->code[i] = isnan(column->number[i]) ? -1 : (int32_t)groups.group[i];
    hbl_grouping_release(&groups);
    if (status)
        return status;
    free(column->number);
    column->number = NULL;
    column->type = HBL_COLUMN_TEXT;
    return HBL_OK;
}

/* The column of the attribute for alternative j; NULL: none. */
static hbl_column *column_of(hbl_table *wide, const hbl_attribute_plan *a, size_t j)
{
    return a->column[j] == SIZE_MAX ? NULL : &wide->column[a->column[j]];
}

/* start[j] = where the labels of alternative j's column begin among those of all; start[n] ends
 * them. */
static int count_labels(hbl_table *wide, const hbl_attribute_plan *a, size_t n, size_t *start,
                        hbl_error *error)
{
    int status = HBL_OK;

    for (size_t j = 0; j < n && !status; j++) {
        hbl_column *column = column_of(wide, a, j);

        if (column && column->type == HBL_COLUMN_NUMBER)
            status = turn_to_text(column, wide->n_rows, error);
        start[j + 1] = start[j] + (column ? (size_t)column->n_labels : 0);
    }
    return status;
}

static int fill(hbl_table *wide, const hbl_attribute_plan *a, size_t n, const size_t *start,
                hbl_column *to, hbl_error *error)
{
    const size_t total = start[n];
    label_place *place = hbl_calloc(total, sizeof *place, "labels", error);
    int32_t *code_of = hbl_calloc(total, sizeof *code_of, "labels", error);
    int status = place && code_of ? HBL_OK : HBL_ERR_MEMORY;

    for (size_t j = 0; j < n && !status; j++)
        for (size_t k = start[j]; k < start[j + 1]; k++)
            place[k] = (label_place){column_of(wide, a, j)->label[k - start[j]], k};
    if (!status)
        status = merge_labels(place, total, to, code_of, error);
    for (size_t j = 0; j < n && !status; j++) {
        const hbl_column *column = column_of(wide, a, j);

        for (size_t i = 0; i < wide->n_rows; i++) {
            const int32_t code = column ? column->code[i] : -1;
            to->code[i * n + j] = code < 0 ? -1 : code_of[start[j] + (size_t)code];
        }
    }
    free(place);
    free(code_of);
    return status;
}

int hbl_reshape_texts(hbl_table *wide, const hbl_attribute_plan *attribute, size_t n,
                      hbl_column *to, hbl_error *error)
{
    size_t *start = hbl_calloc(n + 1, sizeof *start, "labels", error);
    int status = HBL_ERR_MEMORY;

    to->type = HBL_COLUMN_TEXT;
    to->code = hbl_calloc(wide->n_rows * n, sizeof *to->code, "a long table", error);
    if (start && to->code)
        status = count_labels(wide, attribute, n, start, error);
    if (!status)
        status = fill(wide, attribute, n, start, to, error);
    free(start);
    return status;
}
