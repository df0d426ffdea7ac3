/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each task looked at, in the order of the panel: rows and tasks that are to be left out are, and
 * what stays is moved together. In a task, in turn: rows of alternatives that are not listed or not
 * offered, the choice, missing cells, and what a task must be.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "data/columns.h"
#include "data/panel_builder.h"

typedef enum { KEEP, DROP_TASK, DROP_PERSON } fate;

/* Where the task at hand is, and what was found in it. */
typedef struct {
    size_t t, begin, end; /* the task and its rows, all of them */
    size_t stay;          /* rows begin .. stay - 1 stay */
    size_t n_chosen;      /* rows that are chosen, of all */
    size_t chosen, second;
    size_t missing;           /* the row with the first missing cell, or SIZE_MAX */
    const hbl_column *column; /* of that cell */
    bool chose_other;
} task_view;

/* Room for what is kept: persons, tasks, rows. */
typedef struct {
    size_t n_persons, n_tasks, n_rows;
    size_t *seen; /* n_known: 1 + the last task that offered it */
} settled;

/* Tasks of several persons taken for one have too many of everything. */
static const char merged_hint[] = " (where tasks are numbered anew for each person, data.person "
                                  "must name the column of persons)";

int hbl_panel_fail_task(const panel_builder *b, uint32_t group, size_t source, const char *what,
                        const char *hint)
{
    char *person = b->person ? hbl_cell_label(b->person, source, b->error) : NULL;
    char *task = b->task ? hbl_cell_label(b->task, source, b->error) : NULL;
    char number[32];

    snprintf(number, sizeof number, "%" PRIu32, group + 1);
    if ((b->person && !person) || (b->task && !task))
        hbl_fail_memory(b->error, "a message");
    else
        hbl_fail(b->error, HBL_ERR_INPUT, "%s:%" PRIu64 ": %s%.200s%stask %.200s %s%s",
                 b->table->path, b->table->line[source], person ? "person " : "",
                 person ? person : "", person ? ", " : "", task ? task : number, what,
                 b->person ? "" : hint);
    free(person);
    free(task);
    return b->error && b->error->status ? (int)b->error->status : HBL_ERR_INPUT;
}

static int fail(const panel_builder *b, const task_view *v, size_t row, const char *what,
                const char *hint)
{
    return hbl_panel_fail_task(b, b->task_of[v->t], b->panel->row_source[row], what, hint);
}

/* ---- rows ---- */

static void swap_rows(hbl_panel *p, size_t i, size_t k)
{
    const size_t source = p->row_source[i];
    const int32_t alternative = p->row_alternative[i];

    p->row_source[i] = p->row_source[k];
    p->row_alternative[i] = p->row_alternative[k];
    p->row_source[k] = source;
    p->row_alternative[k] = alternative;
}

static int read_offer(const panel_builder *b, size_t row, bool *offered)
{
    const size_t source = b->panel->row_source[row];
    const hbl_column *column = b->offered[b->panel->row_alternative[row]];
    const int value = column ? hbl_columns_read_logical(column, source) : 1;

    *offered = value == 1;
    if (value >= 0)
        return HBL_OK;
    return hbl_fail(b->error, HBL_ERR_INPUT,
                    "%s:%" PRIu64 ": column \"%s\" (data.available) must be 1 or TRUE where the "
                    "alternative is offered, 0 or FALSE elsewhere",
                    b->table->path, b->table->line[source], column->name);
}

/* Whether the row is chosen; of a choice by name, row by row too. */
static int read_chosen(const panel_builder *b, size_t row, bool *chosen)
{
    const size_t source = b->panel->row_source[row];
    int32_t j;

    *chosen = false;
    if (b->extras->without_choices || hbl_columns_is_missing(b->choice, source))
        return HBL_OK;
    if (!b->choice_by_name) {
        *chosen = hbl_columns_read_logical(b->choice, source) == 1;
        return HBL_OK;
    }
    j = hbl_panel_named_choice(b, source);
    if (j < 0)
        return hbl_panel_fail_choice(b, source);
    *chosen = j == b->panel->row_alternative[row];
    return HBL_OK;
}

static int read_row(panel_builder *b, task_view *v, size_t row)
{
    bool chosen, offered;
    int status = read_chosen(b, row, &chosen);

    if (status)
        return status;
    if (chosen && v->n_chosen++ > 0)
        v->second = b->panel->row_source[row];
    else if (chosen)
        v->chosen = b->panel->row_source[row];
    if ((size_t)b->panel->row_alternative[row] >= b->panel->n_alternatives) {
        v->chose_other |= chosen;
        return HBL_OK;
    }
    status = read_offer(b, row, &offered);
    if (!status && chosen && !offered && !v->chose_other) {
        char what[300];
        snprintf(what, sizeof what, "chose alternative %.200s, which is not available",
                 b->known[b->panel->row_alternative[row]]);
        return fail(b, v, row, what, "");
    }
    if (!status && offered) { /* rows that stay come first, in their order */
        for (size_t k = row; k > v->stay; k--)
            swap_rows(b->panel, k, k - 1);
        v->stay++;
    }
    return status;
}

static void find_missing(const panel_builder *b, task_view *v)
{
    v->missing = SIZE_MAX;
    for (size_t i = v->begin; i < v->stay; i++)
        for (size_t c = 0; c < b->n_needed; c++)
            if (hbl_columns_is_missing(b->needed[c], b->panel->row_source[i])) {
                v->missing = i;
                v->column = b->needed[c];
                return;
            }
}

/* ---- choice by name: the same on every row, and offered ---- */

static int check_named(const panel_builder *b, const task_view *v)
{
    const size_t *source = b->panel->row_source;
    const int32_t j = hbl_panel_named_choice(b, source[v->begin]);
    char what[400];

    for (size_t i = v->begin + 1; i < v->end; i++) {
        const int32_t other = hbl_panel_named_choice(b, source[i]);
        if (other >= 0 && j >= 0 && other != j) {
            snprintf(what, sizeof what,
                     "chose %.100s on line %" PRIu64 " and %.100s here; its rows must agree%s",
                     b->known[j], b->table->line[source[v->begin]], b->known[other],
                     b->choice->type == HBL_COLUMN_NUMBER
                         ? ", or hold 1 where the alternative is chosen and 0 elsewhere"
                         : "");
            return fail(b, v, i, what, merged_hint);
        }
    }
    if (v->n_chosen > 0 || j < 0)
        return HBL_OK;
    snprintf(what, sizeof what, "chose alternative %.200s, which it does not offer", b->known[j]);
    return fail(b, v, v->begin, what, "");
}

/* ---- the task ---- */

static bool is_selected(const panel_builder *b)
{
    return b->spec->filter || b->spec->available || b->spec->n_available > 0 ||
           b->spec->n_alternatives > 0;
}

static bool is_derived(const hbl_data_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->n_derived; i++)
        if (strcmp(spec->derived[i].name, name) == 0)
            return true;
    return false;
}

static int fail_missing(const panel_builder *b, const task_view *v)
{
    const uint64_t line = b->table->line[b->panel->row_source[v->missing]];
    const char *cure = "; data.missing can be \"drop-task\" or \"drop-person\"";

    if (v->column == b->choice)
        return hbl_fail(b->error, HBL_ERR_INPUT,
                        "%s:%" PRIu64 ": the choice is missing (column \"%s\")%s", b->table->path,
                        line, v->column->name, cure);
    return hbl_fail(b->error, HBL_ERR_INPUT, "%s:%" PRIu64 ": column \"%s\" is missing%s here%s",
                    b->table->path, line, v->column->name,
                    is_derived(b->spec, v->column->name) ? " or not finite (data.derived)" : "",
                    cure);
}

static int judge_missing(panel_builder *b, const task_view *v, fate *verdict)
{
    switch (b->spec->missing) {
    case HBL_MISSING_DROP_TASK:
        *verdict = DROP_TASK;
        b->account.tasks_missing++;
        return HBL_OK;
    case HBL_MISSING_DROP_PERSON:
        *verdict = DROP_PERSON;
        return HBL_OK;
    default:
        return fail_missing(b, v);
    }
}

/* What remains must offer two alternatives or more, each once, one of them chosen. */
static int check_task(const panel_builder *b, const task_view *v, settled *s)
{
    const hbl_panel *p = b->panel;
    char what[300];

    for (size_t i = v->begin; i < v->stay; i++) {
        const int32_t j = p->row_alternative[i];
        if (s->seen[j] == v->t + 1) {
            snprintf(what, sizeof what, "offers alternative %.200s twice; each has one row",
                     b->known[j]);
            return fail(b, v, i, what, merged_hint);
        }
        s->seen[j] = v->t + 1;
    }
    if (v->stay - v->begin < 2)
        return fail(b, v, v->begin, "offers one alternative only; a choice needs two", "");
    if (b->extras->without_choices || v->n_chosen == 1)
        return HBL_OK;
    if (v->n_chosen == 0)
        return fail(b, v, v->begin,
                    b->spec->filter ? "has no alternative chosen; it must be one (the filter may "
                                      "have left it out)"
                                    : "has no alternative chosen; it must be one",
                    "");
    return hbl_panel_fail_task(b, b->task_of[v->t], v->second,
                               "has two alternatives chosen; it must be one", merged_hint);
}

static int judge(panel_builder *b, task_view *v, settled *s, fate *verdict)
{
    const size_t n_rows = v->end - v->begin;
    int status = HBL_OK;

    for (size_t i = v->begin; i < v->end && !status; i++)
        status = read_row(b, v, i);
    if (!status && b->choice_by_name)
        status = check_named(b, v);
    if (status)
        return status;
    *verdict = DROP_TASK;
    if (v->chose_other && v->n_chosen == 1) {
        b->account.tasks_chose_other++;
        return HBL_OK;
    }
    for (size_t i = v->stay; i < v->end; i++)
        ++*((size_t)b->panel->row_alternative[i] >= b->panel->n_alternatives
                ? &b->account.rows_of_other_alternatives
                : &b->account.rows_not_offered);
    if (v->stay - v->begin < 2 && (v->stay - v->begin < n_rows || is_selected(b))) {
        b->account.tasks_single++;
        return HBL_OK;
    }
    find_missing(b, v);
    if (v->missing != SIZE_MAX)
        return judge_missing(b, v, verdict);
    *verdict = KEEP;
    return check_task(b, v, s);
}

/* Moves the rows that stay behind those kept before. */
static void keep(panel_builder *b, const task_view *v, settled *s)
{
    hbl_panel *p = b->panel;

    for (size_t i = v->begin; i < v->stay; i++, s->n_rows++) {
        p->row_source[s->n_rows] = p->row_source[i];
        p->row_alternative[s->n_rows] = p->row_alternative[i];
        if (p->row_source[s->n_rows] == v->chosen || (b->extras->without_choices && i == v->begin))
            p->task_chosen[s->n_tasks] = s->n_rows;
    }
    b->task_of[s->n_tasks++] = b->task_of[v->t];
    p->task_row[s->n_tasks] = s->n_rows;
}

/* The tasks begin .. end - 1 of one person. */
static int settle_person(panel_builder *b, settled *s, size_t begin, size_t end, size_t *row)
{
    hbl_panel *p = b->panel;
    const settled before = *s;
    bool dropped = false, missing = false;

    for (size_t t = begin; t < end; t++) {
        /* task_row[t + 1] is still as it was: what is kept never overtakes what is read */
        task_view v = {
            .t = t, .begin = *row, .end = p->task_row[t + 1], .stay = *row, .chosen = SIZE_MAX};
        const size_t n_missing = b->account.tasks_missing;
        fate verdict = KEEP;
        int status;

        *row = v.end;
        if (dropped)
            continue;
        status = judge(b, &v, s, &verdict);
        if (status)
            return status;
        if (verdict == KEEP)
            keep(b, &v, s);
        missing |= b->account.tasks_missing > n_missing;
        dropped = verdict == DROP_PERSON;
    }
    if (dropped) {
        *s = before;
        b->account.tasks_missing += end - begin;
    }
    if (dropped || (missing && s->n_tasks == before.n_tasks))
        b->account.persons_missing++;
    if (s->n_tasks > before.n_tasks)
        p->person_task[++s->n_persons] = s->n_tasks;
    return HBL_OK;
}

static int fail_empty(const panel_builder *b)
{
    const hbl_data_account *a = &b->account;

    return hbl_fail(b->error, HBL_ERR_INPUT,
                    "%s: no task is left: %zu chose an alternative that data.alternatives does not "
                    "list, %zu had one alternative left, %zu had missing cells",
                    b->table->path, a->tasks_chose_other, a->tasks_single, a->tasks_missing);
}

/* Gives memory back; where that fails the longer array serves as well. */
static void shorten(void *array, size_t n, size_t size)
{
    void *old, *shorter;

    memcpy(&old, array, sizeof old);
    shorter = realloc(old, (n ? n : 1) * size);
    if (shorter)
        memcpy(array, &shorter, sizeof shorter);
}

int hbl_panel_settle_tasks(panel_builder *b)
{
    hbl_panel *p = b->panel;
    settled s = {.seen = hbl_calloc(b->n_known, sizeof *s.seen, "alternatives", b->error)};
    size_t row = 0, task = 0;
    int status = s.seen ? HBL_OK : HBL_ERR_MEMORY;

    for (size_t n = 0; n < p->n_persons && !status; n++) {
        const size_t end = p->person_task[n + 1];
        status = settle_person(b, &s, task, end, &row);
        task = end;
    }
    free(s.seen);
    if (status)
        return status;
    if (s.n_tasks == 0)
        return fail_empty(b);
    if (s.n_rows < p->n_rows) {
        shorten(&p->row_source, s.n_rows, sizeof *p->row_source);
        shorten(&p->row_alternative, s.n_rows, sizeof *p->row_alternative);
    }
    p->n_persons = s.n_persons;
    p->n_tasks = s.n_tasks;
    p->n_rows = s.n_rows;
    return HBL_OK;
}
