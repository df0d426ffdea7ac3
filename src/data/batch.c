/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/batch.h"

#include <stdlib.h>

#include "core/fail.h"
#include "core/memory.h"

int hbl_batch_reserve(hbl_batch *batch, size_t used, hbl_error *error)
{
    size_t size = batch->text_size ? batch->text_size : HBL_BATCH_TEXT;
    char *text;

    while (size <= used)
        size *= 2;
    if (size == batch->text_size)
        return HBL_OK;
    text = realloc(batch->text, size + HBL_BATCH_PADDING);
    if (!text)
        return hbl_fail_memory(error, "a file's buffer");
    batch->text = text;
    batch->text_size = size;
    return HBL_OK;
}

int hbl_batch_widen(hbl_batch *batch, hbl_error *error)
{
    return hbl_grow(&batch->span, &batch->span_capacity, batch->span_capacity + 1,
                    sizeof *batch->span, "a record", error);
}

/* Without quotes a cell has no doubled ones. */
static void undouble(char *start, hbl_span *span)
{
    char *to = start;

    for (size_t i = 0; i < span->size; i++) {
        *to++ = start[i];
        i += start[i] == '"';
    }
    span->size = (uint32_t)(to - start);
}

void hbl_batch_undouble(hbl_batch *batch)
{
    hbl_span *span = batch->span + batch->n_records * batch->n_cells;

    for (size_t place = 0; place < batch->n_cells; place++)
        undouble(batch->text + span[place].start, &span[place]);
}

int hbl_batch_add(hbl_batch *batch, uint64_t line, hbl_error *error)
{
    const int status = hbl_grow(&batch->line, &batch->line_capacity, batch->n_records + 1,
                                sizeof *batch->line, "lines", error);

    if (!status)
        batch->line[batch->n_records++] = line;
    return status;
}

void hbl_batch_release(hbl_batch *batch)
{
    free(batch->span);
    free(batch->line);
    free(batch->text);
    *batch = (hbl_batch){0};
}
