/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "data/number.h"
#include "data/panel_builder.h"

/* ---- groups ---- */

static int group_rows(panel_builder *b)
{
    const size_t n = b->table->n_rows;
    int status;

    if (b->person && (status = hbl_grouping_make(&b->persons, b->person, n, NULL, b->error)))
        return status;
    if ((status =
             hbl_grouping_make(&b->tasks, b->task, n, b->person ? &b->persons : NULL, b->error)))
        return status;
    if (b->alternative)
        return hbl_grouping_make(&b->alternatives, b->alternative, n, NULL, b->error);
    return HBL_OK;
}

static size_t person_of_task(const panel_builder *b, size_t task)
{
    return b->person ? b->persons.group[b->tasks.first[task]] : task;
}

/* Items i = 0..n-1 sorted by bin[i], stably: bin k's are order[start[k]] .. order[start[k + 1] -
 * 1]. start has n_bins + 1 elements, zeroed. */
static void sort_into_bins(size_t n, const size_t *bin, size_t n_bins, size_t *start, size_t *order)
{
    for (size_t i = 0; i < n; i++)
        start[bin[i] + 1]++;
    for (size_t k = 0; k < n_bins; k++)
        start[k + 1] += start[k];
    for (size_t i = 0; i < n; i++)
        order[start[bin[i]]++] = i;
    for (size_t k = n_bins; k > 0; k--)
        start[k] = start[k - 1];
    start[0] = 0;
}

static int alloc_arrays(panel_builder *b)
{
    hbl_panel *p = b->panel;

    p->n_rows = b->table->n_rows;
    p->n_tasks = b->tasks.n_groups;
    p->n_persons = b->person ? b->persons.n_groups : p->n_tasks;
    p->person_task = hbl_calloc(p->n_persons + 1, sizeof(size_t), "persons", b->error);
    p->task_row = hbl_calloc(p->n_tasks + 1, sizeof(size_t), "tasks", b->error);
    p->task_chosen = hbl_calloc(p->n_tasks, sizeof(size_t), "tasks", b->error);
    p->row_source = hbl_calloc(p->n_rows, sizeof(size_t), "rows", b->error);
    p->row_alternative = hbl_calloc(p->n_rows, sizeof(int32_t), "rows", b->error);
    p->person_label = hbl_calloc(p->n_persons, sizeof(char *), "persons", b->error);
    p->task_label = hbl_calloc(p->n_tasks, sizeof(char *), "tasks", b->error);
    return p->person_task && p->task_row && p->task_chosen && p->row_source && p->row_alternative &&
                   p->person_label && p->task_label
               ? HBL_OK
               : HBL_ERR_MEMORY;
}

/* Tasks by person, then rows by task; order has room for n_tasks and rank for n_rows. */
static int arrange_in(panel_builder *b, size_t *order, size_t *bin)
{
    hbl_panel *p = b->panel;
    size_t *rank;

    for (size_t t = 0; t < p->n_tasks; t++)
        bin[t] = person_of_task(b, t);
    sort_into_bins(p->n_tasks, bin, p->n_persons, p->person_task, order);
    for (size_t t = 0; t < p->n_tasks; t++) {
        p->task_label[t] = hbl_cell_label(b->task, b->tasks.first[order[t]], b->error);
        if (!p->task_label[t])
            return HBL_ERR_MEMORY;
    }
    rank = p->task_chosen; /* free until the choices are found */
    for (size_t t = 0; t < p->n_tasks; t++)
        rank[order[t]] = t;
    for (size_t i = 0; i < p->n_rows; i++)
        bin[i] = rank[b->tasks.group[i]];
    sort_into_bins(p->n_rows, bin, p->n_tasks, p->task_row, p->row_source);
    return HBL_OK;
}

static int arrange(panel_builder *b)
{
    size_t *order = hbl_calloc(b->panel->n_tasks, sizeof *order, "tasks", b->error);
    size_t *bin = hbl_calloc(b->panel->n_rows, sizeof *bin, "rows", b->error);
    const int status = order && bin ? arrange_in(b, order, bin) : HBL_ERR_MEMORY;

    free(order);
    free(bin);
    return status;
}

/* ---- labels ---- */

static int label_persons(panel_builder *b)
{
    hbl_panel *p = b->panel;

    for (size_t n = 0; n < p->n_persons; n++) {
        p->person_label[n] = b->person ? hbl_cell_label(b->person, b->persons.first[n], b->error)
                                       : hbl_strdup(p->task_label[n], b->error);
        if (!p->person_label[n])
            return HBL_ERR_MEMORY;
    }
    return HBL_OK;
}

/* Alternatives without a column are numbered within each task, in the order of the rows. */
static size_t number_alternatives(panel_builder *b)
{
    hbl_panel *p = b->panel;
    size_t most = 0;

    for (size_t t = 0; t < p->n_tasks; t++) {
        const size_t start = p->task_row[t], n = p->task_row[t + 1] - start;
        for (size_t j = 0; j < n; j++)
            p->row_alternative[start + j] = (int32_t)j;
        most = n > most ? n : most;
    }
    return most;
}

static size_t look_up_alternatives(panel_builder *b)
{
    hbl_panel *p = b->panel;

    for (size_t i = 0; i < p->n_rows; i++)
        p->row_alternative[i] = (int32_t)b->alternatives.group[p->row_source[i]];
    return b->alternatives.n_groups;
}

static int label_alternatives(panel_builder *b)
{
    hbl_panel *p = b->panel;
    const size_t n = b->alternative ? look_up_alternatives(b) : number_alternatives(b);
    char number[HBL_NUMBER_SIZE];

    p->alternative_label = hbl_calloc(n, sizeof(char *), "alternatives", b->error);
    if (!p->alternative_label)
        return HBL_ERR_MEMORY;
    p->n_alternatives = n;
    for (size_t j = 0; j < n; j++) {
        hbl_number_write((double)(j + 1), number);
        p->alternative_label[j] =
            b->alternative ? hbl_cell_label(b->alternative, b->alternatives.first[j], b->error)
                           : hbl_strdup(number, b->error);
        if (!p->alternative_label[j])
            return HBL_ERR_MEMORY;
    }
    return HBL_OK;
}

static int find_reference(panel_builder *b)
{
    hbl_panel *p = b->panel;
    const char *const *labels = (const char *const *)p->alternative_label;
    const char *name = b->spec->reference, *nearest;
    char list[HBL_LIST_SIZE];

    if (!name)
        return HBL_OK;
    for (size_t j = 0; j < p->n_alternatives; j++) {
        if (strcmp(labels[j], name) == 0) {
            p->reference = (int32_t)j;
            return HBL_OK;
        }
    }
    nearest = hbl_nearest(name, labels, p->n_alternatives);
    hbl_panel_list(labels, p->n_alternatives, list);
    return hbl_fail(b->error, HBL_ERR_INPUT, "data.reference: no alternative \"%s\" in %s; %s%s%s",
                    name, b->table->path,
                    nearest ? "did you mean \"" : "there are: ", nearest ? nearest : list,
                    nearest ? "\"?" : "");
}

/* ---- tasks ---- */

/* Fails with the place of a panel row, its person and its task, and what is wrong with it. hint
 * follows where no column of persons is named. */
static int fail_task(const panel_builder *b, size_t task, size_t row, const char *what,
                     const char *hint)
{
    const hbl_panel *p = b->panel;
    const size_t source = p->row_source[row];
    char person[300] = "";

    if (b->person)
        snprintf(person, sizeof person, "person %.200s, ",
                 p->person_label[b->persons.group[source]]);
    return hbl_fail(b->error, HBL_ERR_INPUT, "%s:%" PRIu64 ": %stask %.200s %s%s", b->table->path,
                    b->table->line[source], person, p->task_label[task], what,
                    b->person ? "" : hint);
}

/* Tasks of several persons taken for one have too many of everything. */
static const char merged_hint[] = " (where tasks are numbered anew for each person, data.person "
                                  "must name the column of persons)";

/* seen[j] is 1 + the last task that offered alternative j. */
static int check_alternatives(const panel_builder *b, size_t task, size_t *seen)
{
    const hbl_panel *p = b->panel;
    const size_t start = p->task_row[task], end = p->task_row[task + 1];
    char what[300];

    for (size_t i = start; i < end; i++) {
        const int32_t j = p->row_alternative[i];
        if (seen[j] == task + 1) {
            snprintf(what, sizeof what, "offers alternative %.200s twice", p->alternative_label[j]);
            return fail_task(b, task, i, what, merged_hint);
        }
        seen[j] = task + 1;
    }
    if (end - start < 2)
        return fail_task(b, task, start, "offers one alternative only; a choice needs two", "");
    return HBL_OK;
}

static int find_chosen(const panel_builder *b, size_t task)
{
    hbl_panel *p = b->panel;
    const size_t start = p->task_row[task], end = p->task_row[task + 1];
    size_t n_chosen = 0;

    for (size_t i = start; i < end; i++) {
        if (!b->chosen[p->row_source[i]])
            continue;
        if (n_chosen++ > 0)
            return fail_task(b, task, i, "has two alternatives chosen; it must be one",
                             merged_hint);
        p->task_chosen[task] = i;
    }
    if (n_chosen == 0)
        return fail_task(b, task, start, "has no alternative chosen; it must be one", "");
    return HBL_OK;
}

static int check_tasks(panel_builder *b)
{
    const size_t n_tasks = b->panel->n_tasks;
    size_t *seen = hbl_calloc(b->panel->n_alternatives, sizeof *seen, "alternatives", b->error);
    int status = seen ? HBL_OK : HBL_ERR_MEMORY;

    for (size_t t = 0; t < n_tasks && !status; t++) {
        status = check_alternatives(b, t, seen);
        if (!status)
            status = find_chosen(b, t);
    }
    free(seen);
    return status;
}

/* ---- the panel ---- */

static int build(panel_builder *b)
{
    int status;

    if ((status = hbl_panel_read_columns(b)) || (status = group_rows(b)) ||
        (status = alloc_arrays(b)) || (status = arrange(b)) || (status = label_persons(b)) ||
        (status = label_alternatives(b)) || (status = find_reference(b)))
        return status;
    return check_tasks(b);
}

int hbl_panel_build(const hbl_table *table, const hbl_data_spec *spec, hbl_panel **panel,
                    hbl_data_account *account, hbl_error *error)
{
    (void)account;
    panel_builder b = {.table = table, .spec = spec, .error = error};
    int status;

    *panel = b.panel = hbl_calloc(1, sizeof **panel, "a panel", error);
    if (!b.panel)
        return HBL_ERR_MEMORY;
    status = build(&b);
    hbl_grouping_release(&b.persons);
    hbl_grouping_release(&b.tasks);
    hbl_grouping_release(&b.alternatives);
    free(b.chosen);
    if (status) {
        hbl_panel_free(b.panel);
        *panel = NULL;
    }
    return status;
}

static void free_labels(char **label, size_t n)
{
    for (size_t i = 0; label && i < n; i++)
        free(label[i]);
    free(label);
}

void hbl_panel_free(hbl_panel *panel)
{
    if (!panel)
        return;
    free_labels(panel->person_label, panel->n_persons);
    free_labels(panel->task_label, panel->n_tasks);
    free_labels(panel->alternative_label, panel->n_alternatives);
    free(panel->person_task);
    free(panel->task_row);
    free(panel->task_chosen);
    free(panel->row_source);
    free(panel->row_alternative);
    free(panel->weight);
    free(panel);
}
