/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Persons left out of a panel for cells of the table of persons that are missing.
 */
#include <string.h>

#include "core/fail.h"
#include "data/columns.h"
#include "data/persons.h"
#include "data/wanted.h"

static bool is_needed(const hbl_data_spec *spec, const hbl_data_needs *needs, const char *name)
{
    return (spec->weight && strcmp(spec->weight, name) == 0) || hbl_needs_column(needs, name);
}

static bool is_complete(const hbl_data *data, const hbl_data_spec *spec,
                        const hbl_data_needs *needs, size_t person)
{
    const hbl_table *persons = data->persons;

    for (size_t j = 0; j < persons->n_columns; j++)
        if (hbl_columns_is_missing(&persons->column[j], data->person_row[person]) &&
            is_needed(spec, needs, persons->column[j].name))
            return false;
    return true;
}

/* How much of the panel is kept. */
typedef struct {
    size_t n_persons, n_tasks, n_rows;
} kept;

/* Moves the rows begin .. end - 1, a task, behind those kept. */
static void keep_task(hbl_panel *p, kept *k, size_t task, size_t begin, size_t end)
{
    const size_t chosen = p->task_chosen[task] - begin;

    p->task_chosen[k->n_tasks] = k->n_rows + chosen;
    p->task_label[k->n_tasks] = p->task_label[task];
    for (size_t i = begin; i < end; i++, k->n_rows++) {
        p->row_source[k->n_rows] = p->row_source[i];
        p->row_alternative[k->n_rows] = p->row_alternative[i];
    }
    p->task_row[++k->n_tasks] = k->n_rows;
}

/* Labels are texts in one block: those of who is dropped stay there. */
static void keep_person(hbl_data *data, kept *k, size_t person)
{
    data->person_row[k->n_persons] = data->person_row[person];
    data->first_row[k->n_persons] = data->first_row[person];
    data->panel->person_label[k->n_persons] = data->panel->person_label[person];
    data->panel->person_task[++k->n_persons] = k->n_tasks;
}

int hbl_persons_drop_missing(hbl_data *data, const hbl_data_spec *spec, const hbl_data_needs *needs,
                             hbl_error *error)
{
    hbl_panel *p = data->panel;
    kept k = {0, 0, 0};
    size_t task = 0, row = 0;

    for (size_t n = 0; n < p->n_persons; n++) {
        /* what is kept never overtakes what is read, so that these ends are as they were */
        const size_t last = p->person_task[n + 1];
        const bool stays = is_complete(data, spec, needs, n);

        data->account.persons_missing += !stays;
        data->account.tasks_missing += stays ? 0 : last - task;
        for (; task < last; task++) {
            const size_t end = p->task_row[task + 1];
            if (stays)
                keep_task(p, &k, task, row, end);
            row = end;
        }
        if (stays)
            keep_person(data, &k, n);
    }
    if (k.n_persons == 0)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: no person is left: each has a cell missing that the model needs",
                        data->persons->path);
    p->n_persons = k.n_persons;
    p->n_tasks = k.n_tasks;
    p->n_rows = k.n_rows;
    return HBL_OK;
}
