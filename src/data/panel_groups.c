/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows sorted into tasks and tasks into persons; alternatives numbered.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/number.h"
#include "data/columns.h"
#include "data/panel_builder.h"

/* ---- tasks ---- */

/* Where no column tells tasks apart, alternatives repeat in order: n of them make a task. */
static int group_blocks(panel_builder *b, const hbl_grouping *persons, size_t n)
{
    const size_t n_rows = b->table->n_rows;
    size_t n_last;
    int status = hbl_grouping_blocks(&b->tasks, n_rows, b->left_out, n, &n_last, b->error);

    if (status)
        return status;
    if (n_last != n)
        return hbl_fail(b->error, HBL_ERR_INPUT,
                        "%s:%" PRIu64 ": the last task has %zu rows, and there are %zu alternatives"
                        "; where tasks offer different numbers of them, data.task must name the "
                        "column of tasks",
                        b->table->path, b->table->line[b->tasks.first[b->tasks.n_groups - 1]],
                        n_last, n);
    for (size_t i = 0; persons && i < n_rows; i++) {
        const uint32_t g = b->tasks.group[i];
        if (g != HBL_GROUP_NONE && persons->group[i] != persons->group[b->tasks.first[g]])
            return hbl_fail(b->error, HBL_ERR_INPUT,
                            "%s:%" PRIu64 ": another person within the task that begins on line "
                            "%" PRIu64 ", as every %zu rows are taken for one; data.task must name "
                            "the column of tasks",
                            b->table->path, b->table->line[i], b->table->line[b->tasks.first[g]],
                            n);
    }
    return HBL_OK;
}

static int group_tasks(panel_builder *b, const hbl_grouping *persons, size_t n_alternatives)
{
    if (b->task)
        return hbl_grouping_make(&b->tasks, b->task, b->table->n_rows, b->left_out, persons,
                                 b->error);
    return group_blocks(b, persons, n_alternatives);
}

/* ---- order ---- */

static int alloc_arrays(panel_builder *b, size_t n_rows, size_t n_persons)
{
    hbl_panel *p = b->panel;

    p->n_rows = n_rows;
    p->n_tasks = b->tasks.n_groups;
    p->n_persons = n_persons;
    p->person_task = hbl_calloc(p->n_persons + 1, sizeof(size_t), "persons", b->error);
    p->task_row = hbl_calloc(p->n_tasks + 1, sizeof(size_t), "tasks", b->error);
    p->task_chosen = hbl_calloc(p->n_tasks, sizeof(size_t), "tasks", b->error);
    p->row_source = hbl_calloc(p->n_rows, sizeof(size_t), "rows", b->error);
    p->row_alternative = hbl_calloc(p->n_rows, sizeof(int32_t), "rows", b->error);
    b->task_of = hbl_calloc(p->n_tasks, sizeof *b->task_of, "tasks", b->error);
    return p->person_task && p->task_row && p->task_chosen && p->row_source && p->row_alternative &&
                   b->task_of
               ? HBL_OK
               : HBL_ERR_MEMORY;
}

/* start[k] counts what is in bin k: becomes where bin k begins, start[n_bins] where the last ends.
 */
static void accumulate(size_t *start, size_t n_bins)
{
    size_t sum = 0;

    for (size_t k = 0; k <= n_bins; k++) {
        const size_t n = k < n_bins ? start[k] : 0;
        start[k] = sum;
        sum += n;
    }
}

/* Puts right what filling the bins did to start: each has moved to where the next one begins. */
static void move_back(size_t *start, size_t n_bins)
{
    for (size_t k = n_bins; k > 0; k--)
        start[k] = start[k - 1];
    start[0] = 0;
}

/* Tasks by person, then rows by task, both in order of appearance. rank has room for n_tasks. */
static void arrange(panel_builder *b, const hbl_grouping *persons, uint32_t *rank)
{
    hbl_panel *p = b->panel;
    const size_t n = b->table->n_rows;
    const uint32_t *task = b->tasks.group;

    for (size_t t = 0; t < p->n_tasks; t++)
        p->person_task[persons ? persons->group[b->tasks.first[t]] : t]++;
    accumulate(p->person_task, p->n_persons);
    for (size_t t = 0; t < p->n_tasks; t++) {
        const size_t person = persons ? persons->group[b->tasks.first[t]] : t;
        rank[t] = (uint32_t)p->person_task[person]++;
        b->task_of[rank[t]] = (uint32_t)t;
    }
    move_back(p->person_task, p->n_persons);
    for (size_t i = 0; i < n; i++)
        if (task[i] != HBL_GROUP_NONE)
            p->task_row[rank[task[i]]]++;
    accumulate(p->task_row, p->n_tasks);
    for (size_t i = 0; i < n; i++)
        if (task[i] != HBL_GROUP_NONE)
            p->row_source[p->task_row[rank[task[i]]]++] = i;
    move_back(p->task_row, p->n_tasks);
}

static size_t count_rows(const panel_builder *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->table->n_rows; i++)
        n += !(b->left_out && b->left_out[i]);
    return n;
}

/* Persons, then their tasks; the groups of rows are given up as soon as they have served. */
static int arrange_rows(panel_builder *b, size_t n_alternatives)
{
    hbl_grouping persons = {0};
    uint32_t *rank = NULL;
    int status = HBL_OK;

    if (b->person)
        status =
            hbl_grouping_make(&persons, b->person, b->table->n_rows, b->left_out, NULL, b->error);
    if (!status)
        status = group_tasks(b, b->person ? &persons : NULL, n_alternatives);
    if (!status)
        status = alloc_arrays(b, count_rows(b), b->person ? persons.n_groups : b->tasks.n_groups);
    if (!status) {
        rank = hbl_calloc(b->tasks.n_groups, sizeof *rank, "tasks", b->error);
        status = rank ? HBL_OK : HBL_ERR_MEMORY;
    }
    if (!status)
        arrange(b, b->person ? &persons : NULL, rank);
    free(rank);
    hbl_grouping_release(&persons);
    free(b->tasks.group);
    b->tasks.group = NULL;
    return status;
}

/* ---- alternatives ---- */

static int alloc_known(panel_builder *b, size_t n)
{
    b->known = hbl_calloc(n, sizeof *b->known, "alternatives", b->error);
    if (!b->known)
        return HBL_ERR_MEMORY;
    b->n_known = n;
    return HBL_OK;
}

static size_t find_label(char *const *label, size_t n, const char *name)
{
    size_t i = 0;

    while (i < n && strcmp(label[i], name) != 0)
        i++;
    return i;
}

/* The alternatives of data.alternatives, then the others of the column; known_of[g] is that of
 * group g, which has that label. */
static int order_known(panel_builder *b, char **label, size_t n, int32_t *known_of)
{
    const hbl_data_spec *spec = b->spec;
    size_t next = spec->n_alternatives;

    for (size_t j = 0; j < spec->n_alternatives; j++) {
        if (find_label(spec->alternatives, j, spec->alternatives[j]) < j)
            return hbl_fail(b->error, HBL_ERR_INPUT, "data.alternatives lists \"%s\" twice",
                            spec->alternatives[j]);
        if (find_label(label, n, spec->alternatives[j]) == n) {
            const char *nearest = hbl_nearest(spec->alternatives[j], (const char *const *)label, n);
            char list[HBL_COLUMNS_LIST];

            hbl_columns_list((const char *const *)label, n, list);
            return hbl_fail(b->error, HBL_ERR_INPUT,
                            "data.alternatives: no alternative \"%s\" in %s; %s%s%s",
                            spec->alternatives[j], b->table->path,
                            nearest ? "did you mean \"" : "there are: ", nearest ? nearest : list,
                            nearest ? "\"?" : "");
        }
    }
    for (size_t g = 0; g < n; g++) {
        size_t j = find_label(spec->alternatives, spec->n_alternatives, label[g]);
        if (j == spec->n_alternatives)
            j = next++;
        b->known[j] = label[g];
        label[g] = NULL;
        known_of[g] = (int32_t)j;
    }
    return HBL_OK;
}

static int label_groups(panel_builder *b, const hbl_grouping *groups, char **label)
{
    for (size_t g = 0; g < groups->n_groups; g++) {
        label[g] = hbl_cell_label(b->alternative, groups->first[g], b->error);
        if (!label[g])
            return HBL_ERR_MEMORY;
    }
    return HBL_OK;
}

/* Alternatives of a column: the rows' groups into panel->row_alternative. */
static int look_up(panel_builder *b, const hbl_grouping *groups)
{
    const size_t n = groups->n_groups;
    char **label = hbl_calloc(n, sizeof *label, "alternatives", b->error);
    int32_t *known_of = hbl_calloc(n, sizeof *known_of, "alternatives", b->error);
    int status = label && known_of ? alloc_known(b, n) : HBL_ERR_MEMORY;

    if (!status)
        status = label_groups(b, groups, label);
    if (!status)
        status = order_known(b, label, n, known_of);
    for (size_t i = 0; !status && i < b->panel->n_rows; i++)
        b->panel->row_alternative[i] = known_of[groups->group[b->panel->row_source[i]]];
    for (size_t g = 0; label && g < n; g++)
        free(label[g]);
    free(label);
    free(known_of);
    return status;
}

/* Alternatives without a column are numbered within each task, in the order of the rows. */
static int number_them(panel_builder *b)
{
    const hbl_panel *p = b->panel;
    const hbl_data_spec *spec = b->spec;
    size_t most = spec->n_alternatives;
    char number[HBL_NUMBER_SIZE];

    for (size_t t = 0; t < p->n_tasks; t++) {
        const size_t start = p->task_row[t], n = p->task_row[t + 1] - start;
        for (size_t j = 0; j < n; j++)
            p->row_alternative[start + j] = (int32_t)j;
        if (spec->n_alternatives > 0 && n != spec->n_alternatives) {
            char what[300];
            snprintf(what, sizeof what,
                     "has %zu row%s, and data.alternatives lists %zu; where tasks offer different "
                     "ones, data.alternative must name the column of alternatives",
                     n, n == 1 ? "" : "s", spec->n_alternatives);
            return hbl_panel_fail_task(b, b->task_of[t], p->row_source[start], what, "");
        }
        most = n > most ? n : most;
    }
    if (alloc_known(b, most))
        return HBL_ERR_MEMORY;
    for (size_t j = 0; j < most; j++) {
        hbl_number_write((double)(j + 1), number);
        b->known[j] =
            hbl_strdup(spec->n_alternatives > 0 ? spec->alternatives[j] : number, b->error);
        if (!b->known[j])
            return HBL_ERR_MEMORY;
    }
    return HBL_OK;
}

static int group_alternatives(panel_builder *b, hbl_grouping *groups)
{
    return hbl_grouping_make(groups, b->alternative, b->table->n_rows, b->left_out, NULL, b->error);
}

int hbl_panel_group(panel_builder *b)
{
    hbl_grouping alternatives = {0};
    int status = HBL_OK;

    /* their number is needed first only where no column tells tasks apart: one grouping less in
     * memory while persons and tasks are sorted */
    if (b->alternative && !b->task)
        status = group_alternatives(b, &alternatives);
    if (!status)
        status = arrange_rows(b, b->alternative ? alternatives.n_groups : b->spec->n_alternatives);
    if (!status && b->alternative && b->task)
        status = group_alternatives(b, &alternatives);
    if (!status)
        status = b->alternative ? look_up(b, &alternatives) : number_them(b);
    hbl_grouping_release(&alternatives);
    if (!status)
        b->panel->n_alternatives =
            b->spec->n_alternatives > 0 ? b->spec->n_alternatives : b->n_known;
    return status;
}
