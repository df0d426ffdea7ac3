/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "likelihood/pack.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "likelihood/likelihood.h"

/* ---- order ---- */

/* Something to sort, descending by two keys; equal ones stay in the panel's order. */
typedef struct {
    size_t first_key, second_key, index;
} sortable;

static int compare(const void *left, const void *right)
{
    const sortable *a = left, *b = right;

    if (a->first_key != b->first_key)
        return a->first_key > b->first_key ? -1 : 1;
    if (a->second_key != b->second_key)
        return a->second_key > b->second_key ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static size_t n_tasks_of(const hbl_panel *panel, size_t person)
{
    return panel->person_task[person + 1] - panel->person_task[person];
}

/* Rows of a task in the stream: the alternatives but the chosen one. */
static size_t n_rows_of(const hbl_panel *panel, size_t task)
{
    return panel->task_row[task + 1] - panel->task_row[task] - 1;
}

static void order_persons(const hbl_panel *panel, sortable *work, hbl_packing *packing)
{
    for (size_t n = 0; n < panel->n_persons; n++) {
        const size_t first = panel->person_task[n], end = panel->person_task[n + 1];
        work[n] = (sortable){end - first, panel->task_row[end] - panel->task_row[first], n};
    }
    qsort(work, panel->n_persons, sizeof *work, compare);
    for (size_t i = 0; i < packing->n_blocks * HBL_LANES; i++)
        packing->person[i] = i < panel->n_persons ? work[i].index : SIZE_MAX;
}

static void order_tasks(const hbl_panel *panel, sortable *work, hbl_packing *packing)
{
    for (size_t t = 0; t < panel->n_tasks; t++)
        work[t] = (sortable){n_rows_of(panel, t), 0, t};
    for (size_t n = 0; n < panel->n_persons; n++)
        qsort(work + panel->person_task[n], n_tasks_of(panel, n), sizeof *work, compare);
    for (size_t t = 0; t < panel->n_tasks; t++)
        packing->task[t] = work[t].index;
}

int hbl_packing_init(hbl_packing *packing, const hbl_panel *panel, hbl_error *error)
{
    const size_t longer = panel->n_persons > panel->n_tasks ? panel->n_persons : panel->n_tasks;
    sortable *work = hbl_calloc(longer, sizeof *work, "the order of packing", error);

    packing->n_blocks = (panel->n_persons + HBL_LANES - 1) / HBL_LANES;
    packing->person = hbl_calloc(packing->n_blocks * HBL_LANES, sizeof *packing->person,
                                 "the order of persons", error);
    packing->task = hbl_calloc(panel->n_tasks, sizeof *packing->task, "the order of tasks", error);
    if (!work || !packing->person || !packing->task) {
        free(work);
        return HBL_ERR_MEMORY;
    }
    order_persons(panel, work, packing);
    order_tasks(panel, work, packing);
    free(work);
    return HBL_OK;
}

void hbl_packing_clear(hbl_packing *packing)
{
    free(packing->person);
    free(packing->task);
    *packing = (hbl_packing){0};
}

/* ---- layout ---- */

/* The packed task at a place in a lane, or SIZE_MAX where the lane is padded there. */
static size_t task_at(const hbl_packing *packing, const hbl_panel *panel, size_t lane, size_t place)
{
    const size_t person = packing->person[lane];

    if (person == SIZE_MAX || place >= n_tasks_of(panel, person))
        return SIZE_MAX;
    return packing->task[panel->person_task[person] + place];
}

/* The most rows at a place over a strip's lanes; 0 beyond the last task. */
static size_t widest_task(const hbl_packing *packing, const hbl_panel *panel, size_t first_lane,
                          size_t lanes, size_t place)
{
    size_t widest = 0;

    for (size_t l = 0; l < lanes; l++) {
        const size_t task = task_at(packing, panel, first_lane + l, place);
        const size_t rows = task == SIZE_MAX ? 0 : n_rows_of(panel, task);
        widest = rows > widest ? rows : widest;
    }
    return widest;
}

typedef struct {
    size_t runs, vectors;
} extent;

/* Runs of one strip, written where run is not NULL, and what they take. */
static extent lay_strip(const hbl_packing *packing, const hbl_model *model, size_t first_lane,
                        size_t lanes, hbl_pass_run *run)
{
    extent total = {0, 0};
    size_t length = 0, previous = 0, rows;

    for (size_t place = 0;
         (rows = widest_task(packing, model->panel, first_lane, lanes, place)) > 0; place++) {
        if (rows != previous || length == HBL_PASS_RUN) {
            total.runs++;
            length = 0;
        }
        previous = rows;
        length++;
        total.vectors += 1 + rows * model->n_columns;
        if (run)
            run[total.runs - 1] = (hbl_pass_run){(uint32_t)length, (uint32_t)rows};
    }
    return total;
}

static extent lay_strips(const hbl_packing *packing, const hbl_model *model, size_t lanes)
{
    extent total = {0, 0};

    for (size_t lane = 0; lane < packing->n_blocks * HBL_LANES; lane += lanes) {
        const extent size = lay_strip(packing, model, lane, lanes, NULL);
        total.runs += size.runs;
        total.vectors += size.vectors;
    }
    return total;
}

static size_t element_size(hbl_pack_kind kind)
{
    static const size_t size[] = {sizeof(float), sizeof(double), sizeof(int16_t)};

    return size[kind];
}

size_t hbl_pack_size(const hbl_packing *packing, const hbl_model *model, size_t lanes,
                     hbl_pack_kind kind)
{
    return lay_strips(packing, model, lanes).vectors * lanes * element_size(kind);
}

static void point_strips(hbl_pack *pack, const hbl_packing *packing, const hbl_model *model,
                         size_t cached)
{
    hbl_pass_run *run = pack->run;
    char *stream = pack->stream;

    for (size_t s = 0; s < pack->n_strips; s++) {
        const extent size = lay_strip(packing, model, s * pack->lanes, pack->lanes, run);
        const size_t bytes = size.vectors * pack->lanes * element_size(pack->kind);
        pack->strip[s] =
            (hbl_pass_strip){stream, pack->unit, run, size.runs, pack->bytes > cached ? bytes : 0};
        run += size.runs;
        stream += bytes;
    }
}

int hbl_pack_init(hbl_pack *pack, const hbl_packing *packing, const hbl_model *model, size_t lanes,
                  hbl_pack_kind kind, const double *unit, size_t cached, hbl_error *error)
{
    const extent total = lay_strips(packing, model, lanes);
    const size_t vector_size = lanes * element_size(kind);

    pack->kind = kind;
    pack->lanes = lanes;
    pack->n_strips = packing->n_blocks * HBL_LANES / lanes;
    pack->bytes = total.vectors * vector_size;
    pack->strip = hbl_calloc(pack->n_strips, sizeof *pack->strip, "packed data", error);
    pack->run = hbl_calloc(total.runs, sizeof *pack->run, "packed data", error);
    pack->stream = hbl_calloc_aligned(total.vectors, vector_size, "packed data", error);
    if (unit)
        pack->unit = hbl_calloc(model->n_columns, sizeof *pack->unit, "packed data", error);
    if (!pack->strip || !pack->run || !pack->stream || (unit && !pack->unit))
        return HBL_ERR_MEMORY;
    if (unit)
        memcpy(pack->unit, unit, model->n_columns * sizeof *unit);
    point_strips(pack, packing, model, cached);
    return HBL_OK;
}

void hbl_pack_clear(hbl_pack *pack)
{
    free(pack->strip);
    free(pack->run);
    free(pack->unit);
    free(pack->stream);
    *pack = (hbl_pack){0};
}

/* ---- data ---- */

static void put(const hbl_pack *pack, char *vector, size_t lane, double value)
{
    switch (pack->kind) {
    case HBL_PACK_FLOAT:
        ((float *)(void *)vector)[lane] = (float)value;
        break;
    case HBL_PACK_DOUBLE:
        ((double *)(void *)vector)[lane] = value;
        break;
    case HBL_PACK_UNITS:
        ((int16_t *)(void *)vector)[lane] = (int16_t)lrint(value);
        break;
    }
}

/* One lane of one task; its padding is zero from the start. */
static void fill_task(const hbl_pack *pack, char *vector, size_t lane, size_t rows_laid,
                      const hbl_model *model, size_t task, const size_t *task_chosen)
{
    const size_t vector_size = pack->lanes * element_size(pack->kind);
    const size_t rows = task == SIZE_MAX ? 0 : n_rows_of(model->panel, task);

    put(pack, vector, lane, 1 - (double)(rows_laid - rows));
    if (task == SIZE_MAX)
        return;
    vector += vector_size;
    for (size_t row = model->panel->task_row[task]; row < model->panel->task_row[task + 1]; row++) {
        const double *x = model->x + row * model->n_columns;
        const double *chosen = model->x + task_chosen[task] * model->n_columns;
        if (row == task_chosen[task])
            continue;
        for (size_t k = 0; k < model->n_columns; k++, vector += vector_size)
            put(pack, vector, lane,
                pack->unit ? (x[k] - chosen[k]) / pack->unit[k] : x[k] - chosen[k]);
    }
}

void hbl_pack_fill(hbl_pack *pack, const hbl_packing *packing, const hbl_model *model,
                   const size_t *task_chosen)
{
    char *vector = pack->stream;

    for (size_t s = 0; s < pack->n_strips; s++) {
        const hbl_pass_strip *strip = &pack->strip[s];
        size_t place = 0;
        for (size_t i = 0; i < strip->n_runs; i++) {
            const size_t rows = strip->run[i].rows;
            for (size_t t = 0; t < strip->run[i].tasks; t++, place++) {
                for (size_t l = 0; l < pack->lanes; l++)
                    fill_task(pack, vector, l, rows, model,
                              task_at(packing, model->panel, s * pack->lanes + l, place),
                              task_chosen);
                vector += (1 + rows * model->n_columns) * pack->lanes * element_size(pack->kind);
            }
        }
    }
}
