/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/rows.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "data/columns.h"

bool hbl_rows_again(const hbl_rows *rows)
{
    for (size_t j = 0; j < rows->table->n_columns; j++)
        if (rows->builder[j].again)
            return true;
    return false;
}

static int fail_count(const hbl_rows *rows, const hbl_batch *batch, hbl_error *error)
{
    const size_t n = batch->odd_cells, n_named = rows->table->n_names;
    const char *mark = hbl_columns_overlooked_delimiter(rows->table);
    char cure[100] = "is the line cut short, or an empty cell without its delimiter?";

    if (mark)
        snprintf(cure, sizeof cure, "give \"delimiter\": \"%s\" under \"data\"", mark);
    else if (n > n_named)
        snprintf(cure, sizeof cure, "a cell that has \"%c\" in it must stand in quotes",
                 rows->cells.options.delimiter);
    return hbl_fail(error, HBL_ERR_INPUT, "%s:%" PRIu64 ": %zu cell%s where %zu column%s named; %s",
                    rows->table->path, batch->odd_line, n, n == 1 ? "" : "s", n_named,
                    n_named == 1 ? " is" : "s are", cure);
}

/* ---- the work and where it stands, all of it under the lock */

/* A batch that has been cut. */
typedef struct {
    hbl_batch *batch;
    size_t first_row; /* in the table */
    size_t n_takers;  /* lanes that have yet to take it */
} load;

/* A column that is being filled. */
typedef struct {
    hbl_column_builder *builder;
    size_t n_taken; /* batches */
} lane;

typedef struct {
    hbl_rows *rows;
    int threads;
    pthread_mutex_t lock;
    pthread_cond_t changed;

    size_t n_rows, n_cut, n_finished; /* batches; finished: taken by every lane */
    load under_way[HBL_ROWS_BATCHES]; /* batch k at k modulo their number */
    size_t n_idle;
    hbl_batch *idle[HBL_ROWS_BATCHES]; /* n_idle; the last one is the warmest */
    bool cutting, to_end;              /* a thread is; there is nothing left to be cut */
    bool again;                        /* the first batch shows that a column is to be filled so */

    size_t n_lanes, n_queued, head;
    lane *lane;    /* n_lanes */
    size_t *queue; /* lanes that no thread is at and that have a batch to take: n_queued of them
                      from head on, in a ring of n_lanes */

    bool stopped; /* nothing more is to be begun */
    int status;   /* of the first failure, in the order of the file, which is: */
    size_t at_batch, at_lane;
    hbl_error error;
} work;

static void enqueue(work *w, size_t j)
{
    w->queue[(w->head + w->n_queued++) % w->n_lanes] = j;
}

static size_t dequeue(work *w)
{
    const size_t j = w->queue[w->head];

    w->head = (w->head + 1) % w->n_lanes;
    w->n_queued--;
    return j;
}

static void note_failure(work *w, size_t batch, size_t j, int status, const hbl_error *error)
{
    if (!w->status || batch < w->at_batch || (batch == w->at_batch && j < w->at_lane)) {
        w->status = status;
        w->at_batch = batch;
        w->at_lane = j;
        w->error = *error;
    }
    w->stopped = true;
}

/* ---- cutting the next batch */

static int add_lines(const work *w, const hbl_batch *batch, hbl_error *error)
{
    hbl_table *table = w->rows->table;
    const int status = hbl_grow(&table->line, &w->rows->line_capacity, w->n_rows + batch->n_records,
                                sizeof *table->line, "the table", error);

    if (!status)
        memcpy(table->line + w->n_rows, batch->line, batch->n_records * sizeof *batch->line);
    return status;
}

/* How many rows the file seems to have, if this is all that it had so far. A compressed file does
 * not tell. */
static size_t expect_rows(const hbl_bytes *bytes, size_t n_records)
{
    const uint64_t read = hbl_bytes_consumed(bytes);

    return read > 0 && hbl_bytes_plain(bytes)
               ? (size_t)((double)n_records * (double)bytes->size / (double)read)
               : 0;
}

static load *load_of(work *w, size_t k)
{
    return &w->under_way[k % HBL_ROWS_BATCHES];
}

static void finish(work *w, const load *l)
{
    w->idle[w->n_idle++] = l->batch;
    if (w->n_finished++ == 0 && w->again)
        w->stopped = true;
}

/* To every lane; those that have a batch to take before it, or a thread at them, get to it. */
static void hand_out(work *w, hbl_batch *batch)
{
    load *l = load_of(w, w->n_cut);

    for (size_t j = 0; w->n_cut == 0 && j < w->n_lanes; j++)
        w->lane[j].builder->expected = expect_rows(&w->rows->cells.bytes, batch->n_records);
    *l = (load){batch, w->n_rows, w->n_lanes};
    w->n_rows += batch->n_records;
    for (size_t j = 0; j < w->n_lanes; j++)
        if (w->lane[j].n_taken == w->n_cut)
            enqueue(w, j);
    w->n_cut++;
    if (w->n_lanes == 0)
        finish(w, l);
}

static void cut(work *w)
{
    hbl_rows *rows = w->rows;
    hbl_batch *batch = w->idle[--w->n_idle];
    hbl_error error = HBL_ERROR_INIT;
    int status;

    w->cutting = true;
    pthread_mutex_unlock(&w->lock);
    status = hbl_cells_next(&rows->cells, SIZE_MAX, batch, &error);
    if (!status)
        hbl_cells_tell(&rows->cells);
    pthread_mutex_lock(&w->lock);
    w->cutting = false;
    if (!status && batch->odd_cells > 0)
        status = fail_count(rows, batch, &error);
    if (!status && batch->n_records > 0)
        status = add_lines(w, batch, &error);
    if (status)
        note_failure(w, w->n_cut, 0, status, &error);
    else if (batch->n_records > 0)
        hand_out(w, batch);
    else
        w->to_end = true;
    pthread_cond_broadcast(&w->changed);
}

/* ---- taking a batch into a column */

static void take(work *w)
{
    const size_t j = dequeue(w), k = w->lane[j].n_taken;
    hbl_column_builder *b = w->lane[j].builder;
    load *l = load_of(w, k);
    hbl_error error = HBL_ERROR_INIT;
    int status = HBL_OK;

    pthread_mutex_unlock(&w->lock);
    if (!b->again)
        status = hbl_column_take(b, l->first_row, l->batch, w->rows->cells.options.decimal, &error);
    pthread_mutex_lock(&w->lock);
    if (status)
        note_failure(w, k, j, status, &error);
    w->again |= k == 0 && b->again;
    if (++w->lane[j].n_taken < w->n_cut)
        enqueue(w, j);
    if (--l->n_takers == 0)
        finish(w, l);
    pthread_cond_broadcast(&w->changed);
}

/* ---- threads */

/* Ahead of the columns, so that no thread waits for the cutter, but by little while there is other
 * work: what has been cut lies in the caches then. */
static bool shall_cut(const work *w)
{
    const size_t ahead = w->n_cut - w->n_finished;

    return !w->cutting && !w->to_end && w->n_idle > 0 &&
           (w->n_queued == 0 || (w->threads > 1 && ahead < 2));
}

/* One of the threads. Whoever waits does so for a job of another one, which therefore goes on. */
static void do_jobs(void *context, size_t i, int thread)
{
    work *w = context;

    (void)i, (void)thread;
    pthread_mutex_lock(&w->lock);
    while (!w->stopped && !(w->to_end && w->n_finished == w->n_cut)) {
        if (shall_cut(w))
            cut(w);
        else if (w->n_queued > 0)
            take(w);
        else
            pthread_cond_wait(&w->changed, &w->lock);
    }
    pthread_mutex_unlock(&w->lock);
}

/* The first batch by one thread: what fits one is read before others would have begun. */
static void share(work *w)
{
    const int threads = w->rows->cells.options.threads;

    pthread_mutex_lock(&w->lock);
    cut(w);
    pthread_mutex_unlock(&w->lock);
    w->threads = w->rows->cells.short_read ? 1 : threads > 0 ? threads : hbl_processors();
    if ((size_t)w->threads > w->n_lanes + 1)
        w->threads = (int)w->n_lanes + 1;
    hbl_parallel_for(w->threads, (size_t)w->threads, do_jobs, w);
}

/* ---- all rows */

static int prepare(work *w, hbl_error *error)
{
    hbl_rows *rows = w->rows;
    const size_t n = rows->table->n_columns;

    w->lane = hbl_calloc(n, sizeof *w->lane, "columns", error);
    w->queue = hbl_calloc(n, sizeof *w->queue, "columns", error);
    for (size_t j = 0; w->lane && j < n; j++)
        if (!rows->builder[j].done)
            w->lane[w->n_lanes++].builder = &rows->builder[j];
    while (w->n_idle < HBL_ROWS_BATCHES) {
        w->idle[w->n_idle] = &rows->batch[w->n_idle];
        w->n_idle++;
    }
    return w->lane && w->queue ? HBL_OK : HBL_ERR_MEMORY;
}

int hbl_rows_read(hbl_rows *rows, size_t *n_rows, bool *to_end, hbl_error *error)
{
    work w = {.rows = rows};
    int status = prepare(&w, error);

    if (!status) {
        pthread_mutex_init(&w.lock, NULL);
        pthread_cond_init(&w.changed, NULL);
        share(&w);
        pthread_cond_destroy(&w.changed);
        pthread_mutex_destroy(&w.lock);
        status = w.status ? hbl_fail(error, w.error.status, "%s", w.error.message) : HBL_OK;
    }
    *n_rows = w.n_rows;
    *to_end = !w.stopped;
    free(w.lane);
    free(w.queue);
    return status;
}

void hbl_rows_release(hbl_rows *rows)
{
    for (size_t j = 0; rows->builder && j < rows->table->n_columns; j++)
        hbl_column_release(&rows->builder[j]);
    free(rows->builder);
    hbl_batch_release(&rows->header);
    for (size_t k = 0; k < HBL_ROWS_BATCHES; k++)
        hbl_batch_release(&rows->batch[k]);
    hbl_cells_close(&rows->cells);
}
