/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A long table becomes a panel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/number.h"
#include "data/columns.h"
#include "data/panel_builder.h"
#include "data/persons.h"

/* ---- labels: all texts in one block, as there may be millions ---- */

typedef struct {
    size_t size, capacity;
    char *text;
    size_t *offset; /* of each label, of persons and then of tasks */
    size_t n;
} label_block;

static int add_text(label_block *block, const char *text, hbl_error *error)
{
    const size_t n = strlen(text) + 1;
    const int status =
        hbl_grow(&block->text, &block->capacity, block->size + n, 1, "labels", error);

    if (status)
        return status;
    memcpy(block->text + block->size, text, n);
    block->offset[block->n++] = block->size;
    block->size += n;
    return HBL_OK;
}

static int add_cell(label_block *block, const hbl_column *column, size_t row, hbl_error *error)
{
    char number[HBL_NUMBER_SIZE];

    if (column->type == HBL_COLUMN_TEXT)
        return add_text(block, column->code[row] < 0 ? "NA" : column->label[column->code[row]],
                        error);
    hbl_number_write(column->number[row], number);
    return add_text(block, number, error);
}

static int add_task(const panel_builder *b, label_block *block, size_t task)
{
    char number[HBL_NUMBER_SIZE];

    if (b->task)
        return add_cell(block, b->task, b->tasks.first[b->task_of[task]], b->error);
    hbl_number_write((double)b->task_of[task] + 1, number);
    return add_text(block, number, b->error);
}

static int add_person(const panel_builder *b, label_block *block, size_t person)
{
    const hbl_panel *p = b->panel;
    const size_t task = p->person_task[person];

    if (b->person)
        return add_cell(block, b->person, p->row_source[p->task_row[task]], b->error);
    return add_task(b, block, task);
}

static int fill_labels(panel_builder *b, label_block *block)
{
    hbl_panel *p = b->panel;
    int status = HBL_OK;

    block->offset = hbl_calloc(p->n_persons + p->n_tasks, sizeof(size_t), "labels", b->error);
    p->person_label = hbl_calloc(p->n_persons, sizeof(char *), "labels", b->error);
    p->task_label = hbl_calloc(p->n_tasks, sizeof(char *), "labels", b->error);
    if (!block->offset || !p->person_label || !p->task_label)
        return HBL_ERR_MEMORY;
    for (size_t n = 0; n < p->n_persons && !status; n++)
        status = add_person(b, block, n);
    for (size_t t = 0; t < p->n_tasks && !status; t++)
        status = add_task(b, block, t);
    if (status)
        return status;
    p->label_block = block->text;
    for (size_t n = 0; n < p->n_persons; n++)
        p->person_label[n] = block->text + block->offset[n];
    for (size_t t = 0; t < p->n_tasks; t++)
        p->task_label[t] = block->text + block->offset[p->n_persons + t];
    block->text = NULL;
    return HBL_OK;
}

static int label_persons_and_tasks(panel_builder *b)
{
    label_block block = {0};
    const int status = fill_labels(b, &block);

    free(block.text);
    free(block.offset);
    if (status) { /* not filled in: nothing of them to be freed one by one */
        free(b->panel->person_label);
        free(b->panel->task_label);
        b->panel->person_label = b->panel->task_label = NULL;
    }
    return status;
}

static int label_alternatives(panel_builder *b)
{
    hbl_panel *p = b->panel;

    p->alternative_label = hbl_calloc(p->n_alternatives, sizeof(char *), "alternatives", b->error);
    if (!p->alternative_label)
        return HBL_ERR_MEMORY;
    for (size_t j = 0; j < p->n_alternatives; j++) {
        p->alternative_label[j] = b->known[j];
        b->known[j] = NULL;
    }
    return HBL_OK;
}

static int find_reference(panel_builder *b)
{
    hbl_panel *p = b->panel;
    const char *const *labels = (const char *const *)p->alternative_label;
    const char *name = b->spec->reference, *nearest;
    char list[HBL_COLUMNS_LIST];

    if (!name)
        return HBL_OK;
    for (size_t j = 0; j < p->n_alternatives; j++) {
        if (strcmp(labels[j], name) == 0) {
            p->reference = (int32_t)j;
            return HBL_OK;
        }
    }
    nearest = hbl_nearest(name, labels, p->n_alternatives);
    hbl_columns_list(labels, p->n_alternatives, list);
    return hbl_fail(b->error, HBL_ERR_INPUT, "data.reference: no alternative \"%s\" in %s; %s%s%s",
                    name, b->table->path,
                    nearest ? "did you mean \"" : "there are: ", nearest ? nearest : list,
                    nearest ? "\"?" : "");
}

/* ---- the panel ---- */

static int build(panel_builder *b)
{
    int status;

    if ((status = hbl_panel_read_columns(b)) || (status = hbl_panel_group(b)) ||
        (status = hbl_panel_prepare_choice(b)) || (status = hbl_panel_prepare_offers(b)) ||
        (status = hbl_panel_settle_tasks(b)) || (status = label_alternatives(b)) ||
        (status = find_reference(b)) || (status = label_persons_and_tasks(b)))
        return status;
    if (b->extras->weights_elsewhere)
        return HBL_OK;
    return hbl_persons_weigh(b->table, b->spec, NULL, NULL, b->panel, b->error);
}

static void release(panel_builder *b)
{
    hbl_grouping_release(&b->tasks);
    for (size_t j = 0; j < b->n_known; j++)
        free(b->known[j]);
    free(b->known);
    free(b->known_of_code);
    free(b->number_of_known);
    free(b->offered);
    free(b->needed);
    free(b->left_out);
    free(b->task_of);
}

int hbl_panel_build_with(const hbl_table *table, const hbl_data_spec *spec,
                         const hbl_panel_extras *extras, hbl_panel **panel,
                         hbl_data_account *account, hbl_error *error)
{
    panel_builder b = {.table = table, .spec = spec, .extras = extras, .error = error};
    int status;

    *panel = b.panel = hbl_calloc(1, sizeof **panel, "a panel", error);
    if (!b.panel)
        return HBL_ERR_MEMORY;
    b.account.rows_read = table->n_rows;
    status = build(&b);
    release(&b);
    if (account)
        *account = b.account;
    if (status) {
        hbl_panel_free(b.panel);
        *panel = NULL;
    }
    return status;
}

int hbl_panel_build(const hbl_table *table, const hbl_data_spec *spec, hbl_panel **panel,
                    hbl_data_account *account, hbl_error *error)
{
    const hbl_panel_extras none = {0};

    if (spec->shape && strcmp(spec->shape, "long") != 0) {
        *panel = NULL;
        return hbl_fail(error, HBL_ERR_INPUT,
                        "data.shape is \"%s\"; a table in memory must be long, or be handed to "
                        "hbl_data_from_table",
                        spec->shape);
    }
    return hbl_panel_build_with(table, spec, &none, panel, account, error);
}

static void free_labels(char **label, size_t n)
{
    for (size_t i = 0; label && i < n; i++)
        free(label[i]);
}

void hbl_panel_free(hbl_panel *panel)
{
    if (!panel)
        return;
    if (!panel->label_block) {
        free_labels(panel->person_label, panel->n_persons);
        free_labels(panel->task_label, panel->n_tasks);
    }
    free_labels(panel->alternative_label, panel->n_alternatives);
    free(panel->label_block);
    free(panel->person_label);
    free(panel->task_label);
    free(panel->alternative_label);
    free(panel->person_task);
    free(panel->task_row);
    free(panel->task_chosen);
    free(panel->row_source);
    free(panel->row_alternative);
    free(panel->weight);
    free(panel);
}
